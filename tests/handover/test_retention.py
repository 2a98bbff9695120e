"""How long whom: what a person is kept as, until which day, and what keeps them longer."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text, update

from data.tables import (
    Appointment,
    CallTask,
    Consent,
    ConsentKind,
    Counter,
    CourseWish,
    Enrolment,
    FollowUp,
    MicroContact,
    Note,
    Person,
    Region,
)
from dispatch import clock
from handover import consents, holds, retention

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HERE = frozenset({"gent"})


async def old(world: Any, **more: Any) -> Person:
    """Somebody who was last heard of on 2 March 2026."""
    return await world.person(created_at=LONG_AGO, last_seen_at=LONG_AGO, **more)


async def stands(world: Any, person: Person, now: datetime = NOW) -> retention.Standing:
    await world.session.flush()
    found = await retention.of(world.session, person.id, now=now)
    assert found is not None
    return found


async def appointment(world: Any, person: Person, at: datetime, status: str, **more: Any) -> Appointment:
    staff = await world.staff()
    counter = await world.add(Counter(region_id="gent", name="bib Gent"))
    return await world.add(
        Appointment(
            token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id, staff_id=staff.id,
            status=status, wall_start="2026-03-05T10:00", starts_at=at, ends_at=at + timedelta(hours=1),
            created_at=LONG_AGO, **more,
        )
    )  # fmt: skip


async def test_who_spoke_with_the_bot_alone_is_kept_for_the_shortest_time(world: Any) -> None:
    person = await old(world)
    talk, address = await world.conversation(person), await world.address(person)
    await world.message(talk, address, created_at=LONG_AGO)
    await world.message(talk, address, direction="out", author="bot", status="sent", created_at=LONG_AGO)
    found = await stands(world, person)
    assert (found.kind, found.term, found.until, found.stays) == ("chat", 90, date(2026, 5, 31), None)
    assert found.over(clock.day_of(NOW))


@pytest.mark.parametrize("touch", ["wrote", "called", "met", "cancelled", "noted", "enrolled"])
async def test_who_was_helped_by_one_of_ours_is_kept_longer(world: Any, touch: str) -> None:
    person, staff = await old(world), await world.staff()
    at = LONG_AGO + timedelta(days=3)
    match touch:
        case "wrote":
            talk, address = await world.conversation(person), await world.address(person)
            await world.message(talk, address, direction="out", author="staff", status="sent", created_at=at)
        case "called":
            await world.add(
                MicroContact(
                    person_id=person.id, staff_id=staff.id, way="call", direction="out", channel="phone", at=at
                )
            )  # fmt: skip
        case "met":
            await appointment(world, person, at, "attended")
        case "cancelled":
            await appointment(world, person, at, "cancelled")
        case "noted":
            await world.add(
                Note(person_id=person.id, staff_id=staff.id, text="belde haar school", created_at=at)
            )
        case _:
            await world.add(
                Enrolment(person_id=person.id, what="Spaans", enrolled_on=at.date(), staff_id=staff.id)
            )
    found = await stands(world, person)
    assert (found.kind, found.term, found.stays) == ("contact", 365, None)
    heard = at if touch in ("wrote", "called") else LONG_AGO  # a note is no contact, nor what was cancelled
    assert found.last_at == (at + timedelta(hours=1) if touch == "met" else heard)
    assert not found.over(clock.day_of(NOW))
    assert found.over(found.until + timedelta(days=1))


async def test_what_was_put_right_counts_no_longer(world: Any) -> None:
    person, staff = await old(world), await world.staff()
    shared = {"person_id": person.id, "staff_id": staff.id, "direction": "out", "channel": "phone"}
    wrong = await world.add(MicroContact(**shared, way="call", at=LONG_AGO))
    await world.add(MicroContact(**shared, way="call", at=LONG_AGO, replaces_id=wrong.id, voided=True))
    assert (await stands(world, person)).kind == "chat"


async def test_a_trajectory_is_kept_in_years_from_its_end(world: Any) -> None:
    person, staff = await old(world), await world.staff()
    track = await world.trajectory(person, staff)
    track.opened_at = LONG_AGO
    assert (await stands(world, person)).stays == "trajectory"
    track.closed_at = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)
    found = await stands(world, person)
    assert (found.kind, found.term, found.until, found.stays) == ("file", 5, date(2033, 2, 28), None)


async def test_a_region_has_its_own_terms(world: Any) -> None:
    await world.session.execute(
        update(Region)
        .where(Region.id == "gent")
        .values(keep_chat_days=30, keep_contact_days=60, keep_file_years=2)
    )
    here, there, nowhere = (
        await old(world),
        await old(world, region="antwerpen"),
        await old(world, region=None),
    )
    assert [(await stands(world, one)).term for one in (here, there, nowhere)] == [30, 90, 90]
    guided = await old(world, region="antwerpen")
    track = await world.trajectory(guided, await world.staff())
    track.closed_at = NOW
    found = await stands(world, guided)
    assert (found.term, found.region_id) == (2, "gent"), "the term of a file is that of who opened it"


async def test_a_file_is_never_kept_longer_than_was_agreed_to(world: Any) -> None:
    person = await old(world)
    track = await world.trajectory(person, await world.staff())
    track.closed_at = LONG_AGO
    for years in (8, 3):  # the newest words hold
        await world.add(
            Consent(person_id=person.id, kind="file", wording="ja", channel="desk", keep_years=years)
        )
    assert (await stands(world, person)).term == 3
    await world.session.execute(update(Region).where(Region.id == "gent").values(keep_file_years=1))
    assert (await stands(world, person)).term == 1


@pytest.mark.parametrize("open_", ["held", "appointment", "call", "follow_up", "waits", "wish"])
async def test_nobody_goes_while_something_is_open(world: Any, open_: str) -> None:
    person, staff = await old(world), await world.staff()
    match open_:
        case "held":
            await holds.place(world.session, person.id, reason="klacht", by=staff, now=NOW)
        case "appointment":
            await appointment(world, person, NOW + timedelta(days=1), "confirmed")
        case "call":
            await world.add(CallTask(person_id=person.id, reason="asked", due_at=NOW, created_at=LONG_AGO))
        case "follow_up":
            await world.add(
                FollowUp(
                    person_id=person.id,
                    staff_id=staff.id,
                    text="hoe gaat het",
                    due_at=NOW + timedelta(days=9),
                )
            )
        case "waits":
            await world.conversation(person, holder="queue", waiting_on="us")
        case _:
            consent = await world.add(
                Consent(person_id=person.id, kind="news", wording="ja", channel="sms", given_at=LONG_AGO)
            )
            address = await world.address(person)
            talk = await world.conversation(person)
            await world.add(
                CourseWish(
                    person_id=person.id, consent_id=consent.id, address_id=address.id, conversation_id=talk.id,
                    search={}, search_key="x", expires_at=NOW + timedelta(days=9),
                )
            )  # fmt: skip
    found = await stands(world, person)
    assert (found.stays, found.last_at) == (open_, LONG_AGO)
    assert not found.over(date(2099, 1, 1))
    assert await retention.due(world.session, now=NOW, limit=9) == []
    assert [one.stays for one in await retention.everybody(world.session, HERE, now=NOW)] == [open_]


@pytest.mark.parametrize("waiting_on", ["client", "us"])
async def test_what_waits_on_the_client_or_on_the_bot_keeps_nobody(world: Any, waiting_on: str) -> None:
    person = await old(world)
    holder = (
        {"holder": "bot"} if waiting_on == "us" else {"holder": "staff", "staff_id": (await world.staff()).id}
    )
    await world.conversation(person, waiting_on=waiting_on, **holder)
    assert (await stands(world, person)).stays is None


@pytest.mark.parametrize(
    ("heard", "until"),
    [
        (datetime(2025, 12, 31, 22, 59, tzinfo=UTC), date(2026, 3, 31)),  # 23.59 in Belgium
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), date(2026, 4, 1)),  # midnight there
        (datetime(2026, 7, 26, 21, 59, tzinfo=UTC), date(2026, 10, 24)),  # in summer time, to winter time
        (datetime(2026, 7, 26, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
        (
            datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
            date(2026, 6, 27),
        ),  # in the hour after the clock went forward
    ],
)
async def test_a_day_is_a_day_in_belgium(world: Any, heard: datetime, until: date) -> None:
    person = await world.person(created_at=heard, last_seen_at=heard)
    await world.session.flush()
    midnight, _ = clock.day_bounds(until + timedelta(days=1), until + timedelta(days=1))
    for now, goes in ((midnight - timedelta(seconds=1), False), (midnight, True)):
        assert (await stands(world, person, now)).until == until
        assert (await retention.due(world.session, now=now, limit=9) != []) is goes


async def test_what_the_bot_sends_by_itself_is_no_contact(world: Any) -> None:
    person = await old(world)
    talk, address = await world.conversation(person), await world.address(person)
    await world.message(
        talk, address, direction="out", author="bot", status="sent", purpose="news", created_at=NOW
    )
    assert (await stands(world, person)).last_at == LONG_AGO


async def test_who_is_gone_or_is_another_does_not_stand(world: Any) -> None:
    gone, other = await old(world, erased_at=NOW), await old(world)
    other.merged_into_id = (await world.person()).id
    await world.session.flush()
    for person in (gone, other):
        assert await retention.of(world.session, person.id, now=NOW) is None
    assert await retention.due(world.session, now=NOW, limit=9) == []


async def test_counted_and_foretold_by_region(world: Any) -> None:
    soon = NOW - timedelta(days=80)
    await old(world)
    await world.person(created_at=soon, last_seen_at=soon)
    await old(world, region="antwerpen")
    guided = await old(world)
    (await world.trajectory(guided, await world.staff())).opened_at = LONG_AGO
    await world.session.flush()
    standings = await retention.everybody(world.session, HERE, now=NOW)
    assert [one.until for one in standings] == [date(2026, 5, 31), date(2026, 12, 4), date(2031, 3, 2)]
    today = clock.day_of(NOW)
    here = retention.counted(standings, today=today, until=today + timedelta(days=30))
    assert here == {
        "chat": retention.Count(kept=2, due=1, soon=2), "contact": retention.Count(), "file": retention.Count(kept=1)
    }  # fmt: skip
    assert len(await retention.everybody(world.session, None, now=NOW)) == 4


@pytest.mark.parametrize("language", ["nl", "fr", "en", "tr", "ar", "uk", "pl", "es"])
def test_a_term_is_said_in_every_language_of_clients(language: str) -> None:
    said = {retention.in_words(kind, number, language) for kind in ("chat", "file") for number in (7, 10)}
    assert len(said) == 4
    assert all(any(sign.isdigit() for sign in one) for one in said)
    assert all("\xa0" not in one for one in said), "which would make an SMS twice as dear"


@pytest.mark.parametrize("language", ["nl", "fr", "en", "tr", "ar", "uk", "pl", "es"])
def test_what_is_agreed_to_says_the_term_and_that_it_may_be_shorter(language: str) -> None:
    parts = consents.standard(ConsentKind.FILE, language)
    said = consents.Wording(language=language, parts=parts, years=7).said("text", staff="Els")
    assert retention.in_words("file", 7, language) in said
    assert retention.in_words("file", 5, language) not in said
    assert "{" not in said


async def test_a_region_cannot_choose_what_no_rule_allows(world: Any) -> None:
    with pytest.raises(Exception, match="ck_region_keep"):
        await world.session.execute(text("UPDATE region SET keep_file_years = 11"))
    await world.session.rollback()
