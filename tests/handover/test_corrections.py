"""What staff say a message meant: from the thread, in whole, in bulk; what is kept of it, and until when."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select, update

from data.db import Database
from data.tables import Correction, Decision, Event, Message, Person, Role
from handover import auth, doubts

Post = Callable[..., Awaitable[httpx.Response]]
SLOTS = [
    {"name": "place", "value": "gent", "negated": False},
    {"name": "phone", "value": "+32470123456", "negated": False},
]


@pytest.fixture
async def els(world: Any) -> Any:
    """A dispatcher of gent."""
    return await world.staff(Role.DISPATCHER, name="Els Peeters")


@pytest.fixture
async def post(world: Any, els: Any, browser: httpx.AsyncClient) -> Post:
    """Posts a form of the console as Els."""
    now = datetime.now(UTC)
    token = await auth.start(world.session, els.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    browser.cookies.set("leerlijn_staff", token)
    csrf = who.csrf if who else ""

    async def send(path: str, **fields: object) -> httpx.Response:
        await world.session.commit()
        form = {"csrf": csrf, **{name: str(value) for name, value in fields.items()}}
        return await browser.post(f"/console/{path}", data=form)

    return send


async def understood(
    world: Any, text: str = "dag Els, ik heet Fatma, bel 0470 12 34 56", *, region: str = "gent", **more: Any
) -> Decision:
    """A message of a new person with what the bot made of it."""
    person = await world.person(region=region)
    talk = await world.conversation(person)
    message = await world.message(talk, await world.address(person), text, created_at=datetime.now(UTC))
    values: dict[str, Any] = {
        "intent": "find_course", "confidence": 0.41, "language": "nl", "tier": "information",
        "action": "answer_courses", "reasons": [], "model_version": "4-abc", "created_at": datetime.now(UTC),
        "understanding": {"ranking": [["find_course", 0.41], ["evc", 0.3]], "slots": SLOTS, "act": None},
    }  # fmt: skip
    return await world.add(Decision(message_id=message.id, conversation_id=talk.id, **(values | more)))


async def kept(database: Database) -> list[Correction]:
    async with database.transaction() as session:
        return list(await session.scalars(select(Correction).order_by(Correction.message_id)))


async def test_one_press_says_what_it_was_and_keeps_no_name_or_number(
    database: Database, world: Any, els: Any, post: Post
) -> None:
    decision = await understood(world)
    answer = await post(f"beslissing/{decision.id}", intent="benefit_effect")
    assert answer.status_code == 303
    (row,) = await kept(database)
    assert (row.intent, row.tier, row.staff_id, row.language) == ("benefit_effect", "referral", els.id, "nl")
    assert row.model_version == "4-abc"
    assert row.wording == "dag [naam], ik heet [naam], bel [telefoon]"
    assert row.slots == [SLOTS[0], {"name": "phone", "value": "***", "negated": False}]
    async with database.transaction() as session:
        event = (await session.scalars(select(Event).where(Event.kind == "decision.corrected"))).one()
        assert (await session.get_one(Decision, decision.id)).intent == "find_course", "the bot's word stays"
    assert (event.staff_id, event.person_id) == (els.id, row.person_id)
    assert event.data["intent"] == "benefit_effect"
    assert "0470" not in str(event.data)


async def test_tier_and_slots_are_corrected_each_by_itself(
    database: Database, world: Any, post: Post
) -> None:
    decision = await understood(world)
    await post(f"beslissing/{decision.id}", tier="mediation")
    await post(f"beslissing/{decision.id}", drop="1")
    (row,) = await kept(database)
    assert (row.intent, row.tier, row.slots) == ("find_course", "mediation", SLOTS[:1])
    await post(f"beslissing/{decision.id}", intent="evc")
    (row,) = await kept(database)
    assert (row.intent, row.tier) == ("evc", "information"), "another intent brings its usual tier"
    async with database.transaction() as session:
        told = (await session.scalars(select(Event.id).where(Event.kind == "decision.corrected"))).all()
    assert len(told) == 3, "what was said before is in the events"


async def test_the_whole_form_sets_everything(database: Database, world: Any, post: Post) -> None:
    decision = await understood(world)
    await post(
        f"beslissing/{decision.id}", whole=1, intent="find_course", tier="information", name_0="place",
        value_0="aalst", name_1="subject", value_1="", name_2="time_of_day", value_2="evening", not_2=1,
    )  # fmt: skip
    (row,) = await kept(database)
    assert row.slots == [
        {"name": "place", "value": "aalst", "negated": False},
        {"name": "time_of_day", "value": "evening", "negated": True},
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"intent": "no_such"},
        {"tier": "vip"},
        {"drop": "x"},
        {"whole": 1, "name_0": "shoe_size", "value_0": "42"},
    ],
)
async def test_what_no_page_sends_is_refused(
    database: Database, world: Any, post: Post, fields: dict[str, Any]
) -> None:
    decision = await understood(world)
    assert (await post(f"beslissing/{decision.id}", **fields)).status_code == 400
    assert await kept(database) == []


async def test_it_goes_with_the_person(database: Database, world: Any, post: Post) -> None:
    for text in ("a", "b"):
        await post(f"beslissing/{(await understood(world, text)).id}", intent="evc")
    first, second = await kept(database)
    async with (
        database.transaction() as session
    ):  # what deleting a person takes with it, in the order of keys
        await session.execute(update(Event).values(person_id=None, conversation_id=None))
        await session.execute(delete(Decision).where(Decision.message_id == first.message_id))
        await session.execute(delete(Message).where(Message.id == first.message_id))
    assert [row.message_id for row in await kept(database)] == [second.message_id]
    async with database.transaction() as session:
        rule = Correction.__table__.c.person_id.foreign_keys
        assert {key.ondelete for key in rule} == {"CASCADE"}
        assert await session.get(Person, first.person_id) is not None


async def test_the_thread_shows_both_words_and_the_keys(
    world: Any, browser: httpx.AsyncClient, post: Post
) -> None:
    decision = await understood(world)
    await post(f"beslissing/{decision.id}", intent="evc")
    person_id = (await world.session.get_one(Message, decision.message_id)).person_id
    page = (await browser.get(f"/console/client/{person_id}")).text
    assert "verbeterd: ervaring laten erkennen" in page
    assert "De bot las hierin: <strong>cursus zoeken</strong>" in page
    assert page.count('name="intent" value="evc" data-key="2" aria-pressed="true"') == 1


async def test_doubts_are_grouped_counted_and_named_in_bulk(
    database: Database, world: Any, els: Any, browser: httpx.AsyncClient, post: Post
) -> None:
    alike = [await understood(world, f"kan ik hier leren lassen {when}") for when in ("nu", "dan", "snel")]
    lone = await understood(world, "hmm", intent="vague_need", confidence=0.2)
    await understood(world, "zeker", confidence=0.95)
    await understood(world, "2", understanding={"act": "choose"})
    await understood(world, "ver weg", region="antwerpen")
    await understood(world, "vorige maand", created_at=datetime.now(UTC) - timedelta(days=8))
    week = await doubts.of_week(world.session, els, now=datetime.now(UTC))
    assert [[doubt.decision.id for doubt in group.doubts] for group in week.groups] == [
        [decision.id for decision in reversed(alike)],
        [lone.id],
    ]
    assert (week.read, week.open, week.named) == (6, 4, 0)
    assert week.groups[0].guesses == ["find_course", "evc"]

    await post("twijfels", intent="evc", **{f"m{decision.message_id}": 1 for decision in alike[:2]})
    assert [(row.message_id, row.intent) for row in await kept(database)] == [
        (decision.message_id, "evc") for decision in alike[:2]
    ]
    page = (await browser.get("/console/twijfels")).text
    assert "leren lassen snel" in page
    assert "leren lassen nu" not in page
    week = await doubts.of_week(world.session, els, now=datetime.now(UTC))
    assert (week.open, week.named) == (2, 2)


async def test_what_the_bot_gave_up_on_is_a_doubt_however_sure_it_was(world: Any, els: Any) -> None:
    decision = await understood(world, "ja maar nee", confidence=0.99)
    await world.add(
        Event(
            kind="conversation.escalated", conversation_id=decision.conversation_id,
            data={"reason": "not_understood"}, created_at=decision.created_at,
        )
    )  # fmt: skip
    week = await doubts.of_week(world.session, els, now=datetime.now(UTC))
    assert [group.doubts[0].decision.id for group in week.groups] == [decision.id]


async def test_another_choice_than_the_guesses_counts_first(
    database: Database, world: Any, post: Post
) -> None:
    decision = await understood(world)
    await post("twijfels", intent="evc", other="complaint", **{f"m{decision.message_id}": 1})
    assert [row.intent for row in await kept(database)] == ["complaint"]
    assert (await post("twijfels", **{f"m{decision.message_id}": 1})).status_code == 400
