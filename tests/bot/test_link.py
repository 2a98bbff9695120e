"""One person by SMS and by another number, linked by a code: asked for, sent, typed at either end."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from bot.hub import Hub
from bot.replies import BRUSSELS
from channels.base import Inbound
from data.tables import AddressLink, LinkCode, Message, Person, PersonMerge
from handover import link_codes
from tests.stubs.twilio import sid


@pytest.fixture
def other(number: str) -> str:
    """A second number."""
    return number[:-7] + f"{(int(number[-7:]) + 1) % 10_000_000:07d}"


async def says(hub: Hub, number: str, words: str) -> list[str]:
    """What the bot answers to one SMS."""
    (accepted,) = await hub.inbox.accept("sms", "sms", [Inbound(external_id=sid(), path=number, text=words)])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        found = await session.scalars(
            select(Message.text).where(Message.answers_id == accepted.message_id).order_by(Message.step)
        )
        return list(found)


async def code_for(hub: Hub, number: str) -> str:
    """The last code that was sent to a number."""
    async with hub.database.transaction() as session:
        words = await session.scalar(
            text(
                "SELECT m.text FROM message m JOIN address a ON a.id = m.address_id "
                "WHERE a.path = :path AND m.purpose = 'code' ORDER BY m.id DESC LIMIT 1"
            ),
            {"path": number},
        )
    found = re.search(r"\d{3} \d{3}", words or "")
    assert found is not None, words
    return found.group()


async def person_of(hub: Hub, number: str) -> int:
    async with hub.database.transaction() as session:
        found = await session.scalar(
            text(
                "SELECT l.person_id FROM address_link l JOIN address a ON a.id = l.address_id "
                "WHERE a.path = :path AND l.ended_at IS NULL"
            ),
            {"path": number},
        )
        assert found is not None
        return int(found)


async def test_a_code_typed_where_it_was_asked_for_links_a_new_number(
    hub: Hub, number: str, other: str
) -> None:
    await says(hub, number, "hallo")
    (sent,) = await says(hub, number, f"dit is ook mijn nummer: 0{other[3:]}")
    assert other[-4:] in sent
    assert other not in sent
    (done,) = await says(hub, number, await code_for(hub, other))
    assert "Gelukt" in done
    assert await person_of(hub, other) == await person_of(hub, number)
    async with hub.database.transaction() as session:
        verified = await session.scalars(
            select(AddressLink.verified).where(
                AddressLink.person_id == await person_of(hub, number), AddressLink.ended_at.is_(None)
            )
        )
        assert all(verified)


async def test_a_code_typed_at_the_other_number_merges_who_wrote_from_there(
    hub: Hub, number: str, other: str
) -> None:
    await says(hub, number, "hallo")
    await says(hub, other, "hallo")
    first, second = await person_of(hub, number), await person_of(hub, other)
    assert first != second
    await says(hub, number, f"koppel mijn andere gsm {other}")
    (done,) = await says(hub, other, f"code {await code_for(hub, other)}")
    assert "Gelukt" in done
    assert await person_of(hub, number) == await person_of(hub, other) == min(first, second)
    async with hub.database.transaction() as session:
        row = await session.scalar(select(PersonMerge).where(PersonMerge.kept_id == min(first, second)))
        assert row is not None
        assert (row.how, row.by_id) == ("code", None)
        merged = await session.get_one(Person, max(first, second))
        assert merged.merged_into_id == min(first, second)
    assert await says(hub, other, "hallo")  # and goes on there


async def test_we_ask_which_when_they_do_not_say(hub: Hub, number: str, other: str) -> None:
    await says(hub, number, "hallo")
    (which,) = await says(hub, number, "dit is ook mijn gsm")
    assert "Welk nummer" in which
    (sent,) = await says(hub, number, other)
    assert "code van 6 cijfers" in sent


async def test_five_wrong_tries_end_a_code(hub: Hub, number: str, other: str) -> None:
    await says(hub, number, "hallo")
    await says(hub, number, f"dit is ook mijn nummer {other}")
    right = (await code_for(hub, other)).replace(" ", "")
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(link_codes.TRIES - 1):
        assert "klopt niet" in (await says(hub, number, wrong))[0]
    assert "niet meer" in (await says(hub, number, wrong))[0]
    await says(hub, number, right)
    with pytest.raises(AssertionError):
        await person_of(hub, other)


async def test_an_old_code_is_no_code(hub: Hub, number: str, other: str) -> None:
    await says(hub, number, "hallo")
    await says(hub, number, f"dit is ook mijn nummer {other}")
    code = await code_for(hub, other)
    async with hub.database.transaction() as session:
        await session.execute(text("UPDATE link_code SET expires_at = now() - interval '1 second'"))
    await says(hub, number, code)
    with pytest.raises(AssertionError):
        await person_of(hub, other)


async def test_three_codes_an_hour_and_no_more(hub: Hub, number: str, other: str) -> None:
    await says(hub, number, "hallo")
    answers = [(await says(hub, number, f"dit is ook mijn nummer {other}"))[0] for _ in range(4)]
    assert ["code van 6" in answer for answer in answers] == [True, True, True, False]


async def test_a_code_of_somebody_else_does_nothing(hub: Hub, number: str, other: str) -> None:
    stranger = other[:-1] + str((int(other[-1]) + 5) % 10)
    await says(hub, number, "hallo")
    await says(hub, number, f"dit is ook mijn nummer {other}")
    await says(hub, stranger, await code_for(hub, other))
    assert await person_of(hub, stranger) != await person_of(hub, number)


async def test_used_codes_are_not_kept_readable_and_never_stored_plain(
    hub: Hub, number: str, other: str
) -> None:
    await says(hub, number, "hallo")
    await says(hub, number, f"dit is ook mijn nummer {other}")
    code = (await code_for(hub, other)).replace(" ", "")
    async with hub.database.transaction() as session:
        assert code not in set(await session.scalars(select(LinkCode.code_hash)))
        await link_codes.conceal_old(session, now=datetime.now(BRUSSELS) + timedelta(minutes=20))
        left = await session.scalar(
            select(func.count())
            .select_from(Message)
            .where(Message.purpose == "code", Message.text.regexp_match(r"\d{3} \d{3}"))
        )
        assert left == 0
