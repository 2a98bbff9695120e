"""Each decision can be told and made again: the same, or else what the rules of today would do."""

from uuid import uuid4

import pytest
from sqlalchemy import select, update

from bot.commands.why import told
from bot.hub import Hub
from bot.why import NOT_KEPT, Explained, explain
from channels.base import Inbound
from data.tables import Correction, Decision, Message, Staff

WORDS = "Krijg ik die cursus boekhouden terugbetaald als ik van een leefloon leef?"


async def ask(hub: Hub, number: str, *texts: str) -> list[int]:
    ids = []
    for text in texts:
        item = Inbound(external_id=uuid4().hex, path=number, text=text)
        (accepted,) = await hub.inbox.accept("sms", "sms", [item])
        await hub.worker.run_until_idle()
        ids.append(accepted.message_id)
    return ids


async def why(hub: Hub, message_id: int) -> Explained:
    async with hub.database.transaction() as session:
        found = await explain(session, message_id, hub.understanders.current())
    assert found is not None
    return found


@pytest.mark.parametrize(
    "talk",
    [
        ("ik zoek een cursus Spaans in Gent op dinsdagavond", "en in Aalst?", "2"),
        ("Ik ben 17 en wil van school veranderen", "nee"),
        ("ik weet het niet meer met mijn job", "9300", "1"),
        (WORDS, "ja"),
        ("hlep", "STOP"),
    ],
)
async def test_the_same_message_is_decided_the_same_way(hub: Hub, number: str, talk: tuple[str, ...]) -> None:
    for message_id in await ask(hub, number, *talk):
        assert (await why(hub, message_id)).the_same


async def test_it_tells_what_was_read_known_and_done_but_not_what_was_said(hub: Hub, number: str) -> None:
    first, second = await ask(hub, number, "ik leef van een leefloon en zoek een cursus in Aalst", WORDS)
    lines = "\n".join(told(await why(hub, second)))
    assert "status = leefloon" in lines
    assert "blueprint" in lines
    assert "today     the same" in lines
    assert "terugbetaald" not in lines
    assert str(first) != str(second)


async def test_another_rule_today_is_told(hub: Hub, number: str) -> None:
    (message_id,) = await ask(hub, number, "Waar kan ik leren lassen in Gent?")
    async with hub.database.transaction() as session:
        await session.execute(
            update(Decision).where(Decision.message_id == message_id).values(action="human", tier="service")
        )
        decision = (await session.scalars(select(Decision).where(Decision.message_id == message_id))).one()
        staff_id = (await session.scalars(select(Staff.id).limit(1))).one()
        message = await session.get_one(Message, message_id)
        session.add(
            Correction(
                message_id=message_id,
                person_id=message.person_id,
                staff_id=staff_id,
                intent="find_course",
                tier="information",
                slots=[],
                language="nl",
                model_version=decision.model_version,
            )
        )
    found = await why(hub, message_id)
    lines = "\n".join(told(found))
    assert not found.the_same
    assert "today     answer_courses on information" in lines
    assert "corrected find_course on information" in lines


async def test_decisions_from_before_this_was_kept_are_told_without_today(hub: Hub, number: str) -> None:
    (message_id,) = await ask(hub, number, "Waar kan ik leren lassen in Gent?")
    async with hub.database.transaction() as session:
        decision = (await session.scalars(select(Decision).where(Decision.message_id == message_id))).one()
        decision.understanding = {k: v for k, v in decision.understanding.items() if k != "given"}
    assert NOT_KEPT in "\n".join(told(await why(hub, message_id)))


async def test_what_the_bot_did_not_decide_has_no_why(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        assert await explain(session, 2**40, hub.understanders.current()) is None
