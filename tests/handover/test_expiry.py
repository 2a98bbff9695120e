"""Those whose term is over go at night: looked at again under the lock, each by itself, with a proof that names nobody."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from channels.opt_outs import OptOuts
from data.db import Database
from data.tables import (
    Address,
    ContactWay,
    Correction,
    Decision,
    Erasure,
    Event,
    Message,
    MicroContact,
    Note,
    Person,
    Role,
    Staff,
)
from dispatch import clock
from handover import conversation, erasing, expiry, holds, microcontacts, reports, retention
from handover.console import report_figures
from handover.console.gaps import BARRIERS as WORDS
from handover.erased_columns import BARRIERS
from handover.expiry import Night

NIGHT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # half past three in Belgium
LONG_AGO = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OUTS = OptOuts(b"x")


async def old(world: Any, name: str = "Fatma", **more: Any) -> Person:
    """Somebody with a thread, last heard of on 2 March."""
    person = await world.person(name=name, created_at=LONG_AGO, last_seen_at=LONG_AGO, **more)
    talk, address = await world.conversation(person), await world.address(person)
    await world.message(talk, address, f"mijn naam is {name}", created_at=LONG_AGO)
    return person


async def left(database: Database) -> list[str | None]:
    async with database.transaction() as session:
        kept = select(Person.name).where(Person.erased_at.is_(None)).order_by(Person.id)
        return list(await session.scalars(kept))


async def certificates(database: Database) -> list[Erasure]:
    async with database.transaction() as session:
        return list(await session.scalars(select(Erasure).order_by(Erasure.id)))


async def test_in_the_night_and_not_by_day(world: Any, database: Database) -> None:
    await old(world)
    await world.person(name="Ali", created_at=NIGHT, last_seen_at=NIGHT)
    await world.session.commit()
    night = Night()
    for hour in (0, 4, 12):  # 1, 5 and 13 o'clock in Belgium
        at = NIGHT.replace(hour=hour)
        assert await expiry.tonight(database, night, opt_outs=OUTS, now=at) == 0
    assert await left(database) == ["Fatma", "Ali"]
    assert await expiry.tonight(database, night, opt_outs=OUTS, now=NIGHT) == 1
    assert await left(database) == ["Ali"]
    assert await expiry.tonight(database, night, opt_outs=OUTS, now=NIGHT) == 0


@pytest.mark.parametrize(
    ("at", "erases"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 1),  # half past two, the first time
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 1),  # and again an hour later
        (datetime(2026, 10, 25, 4, 0, tzinfo=UTC), 0),  # five
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), 0),  # a minute before two, which is three
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), 1),
    ],
)
async def test_the_nights_on_which_the_clock_is_set(
    world: Any, database: Database, at: datetime, erases: int
) -> None:
    await old(world)
    await world.session.commit()
    assert await expiry.tonight(database, Night(), opt_outs=OUTS, now=at) == erases


@pytest.mark.parametrize(("hour", "day"), [(0, 24), (3, 24), (4, 25), (12, 25), (22, 25), (23, 25)])
def test_which_night_comes(hour: int, day: int) -> None:
    """At 23 hours UTC it is the 25th in Belgium, and that is its night."""
    assert expiry.next_night(NIGHT.replace(hour=hour)).day == day


async def test_a_few_at_a_time_and_the_next_night_again(
    world: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "BATCH", 2)
    for number in range(5):
        await old(world, f"p{number}")
    await world.session.commit()
    night = Night()
    done = [await expiry.tonight(database, night, opt_outs=OUTS, now=NIGHT) for _ in range(4)]
    assert done == [2, 2, 1, 0]
    assert len(await certificates(database)) == 5
    world.session.expire_all()
    await old(world, "later")
    await world.session.commit()
    assert await expiry.tonight(database, night, opt_outs=OUTS, now=NIGHT) == 0, "tonight is over"
    assert await expiry.tonight(database, night, opt_outs=OUTS, now=NIGHT + timedelta(days=1)) == 1


@pytest.mark.parametrize("change", ["wrote", "held", "phoned"])
async def test_who_turns_out_to_stay_is_left_alone(
    world: Any, database: Database, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Between being found and being locked somebody wrote, or placed a hold."""
    person, admin = await old(world), await world.staff(Role.ADMIN)
    await world.session.commit()
    whole = erasing.lock

    async def meanwhile(session: Any, person_id: int) -> Any:
        async with database.transaction() as other:
            if change == "held":
                by = await other.get_one(Staff, admin.id)
                await holds.place(other, person.id, reason="klacht", by=by, now=NIGHT)
            elif change == "wrote":
                mine = await conversation.lock_person(other, person.id)
                mine.last_seen_at = NIGHT
            else:
                await microcontacts.log(
                    other, person.id, way=ContactWay.CALL, direction="in", channel="phone", staff_id=admin.id, at=NIGHT
                )  # fmt: skip
        return await whole(session, person_id)

    monkeypatch.setattr(erasing, "lock", meanwhile)
    assert await expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT) == 0
    assert await left(database) == ["Fatma"]
    assert await certificates(database) == []


async def test_a_crash_in_the_middle_loses_nothing_and_doubles_nothing(
    world: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await old(world, name) for name in ("een", "twee", "drie")]
    await world.session.commit()
    erase = erasing.erase

    async def dies(session: Any, person_id: int, **more: Any) -> Any:
        found = await erase(session, person_id, **more)
        if person_id == people[1].id:
            raise KeyboardInterrupt  # after all its work, before the commit
        return found

    monkeypatch.setattr(erasing, "erase", dies)
    with pytest.raises(KeyboardInterrupt):
        await expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT)
    assert await left(database) == ["twee", "drie"]
    async with database.transaction() as session:
        texts = await session.scalars(select(Message.text).order_by(Message.id))
        assert list(texts) == ["", "mijn naam is twee", "mijn naam is drie"]
    monkeypatch.setattr(erasing, "erase", erase)
    assert await expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT) == 2  # the next process
    assert await left(database) == []
    assert len(await certificates(database)) == 3


async def test_what_goes_wrong_with_one_holds_up_nobody(
    world: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await old(world, "een")
    await old(world, "twee")
    await world.session.commit()
    erase = erasing.erase

    async def fails(session: Any, person_id: int, **more: Any) -> Any:
        if person_id == broken.id:
            await session.execute(text("SELECT 1 / 0"))
        return await erase(session, person_id, **more)

    monkeypatch.setattr(erasing, "erase", fails)
    assert await expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT) == 1
    assert await left(database) == ["een"]


async def test_two_processes_at_once_erase_everybody_once(world: Any, database: Database) -> None:
    for number in range(6):
        await old(world, f"p{number}")
    await world.session.commit()
    done = await asyncio.gather(
        *(expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT) for _ in range(2))
    )
    assert sum(done) == 6
    assert len(await certificates(database)) == 6


async def test_the_proof_tells_what_was_done_and_not_to_whom(world: Any, database: Database) -> None:
    staff = await world.staff()
    person = await old(world, "Zwaardvogel")
    await world.add(Note(person_id=person.id, staff_id=staff.id, text="boomhutten", created_at=LONG_AGO))
    await microcontacts.log(
        world.session, person.id, way=ContactWay.CALL, direction="in", channel="phone", staff_id=staff.id, at=LONG_AGO,
        purpose="kantklos",
    )  # fmt: skip
    await world.session.commit()
    assert await expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT.replace(year=2027)) == 1
    (proof,) = await certificates(database)
    assert (proof.kind, proof.why, proof.region_id, proof.term) == ("contact", "term", "gent", 365)
    assert proof.erased_at == NIGHT.replace(year=2027)
    assert (
        proof.rows["message"]
        == proof.rows["note"]
        == proof.rows["micro_contact"]
        == proof.rows["address"]
        == 1
    )
    assert "attachment" not in proof.rows
    assert proof.rules.startswith("01")
    async with database.transaction() as session:
        stored = await session.scalar(text("SELECT string_agg(t::text, ' ') FROM erasure AS t"))
        kinds = [
            (await session.scalars(select(func.count()).select_from(table))).one()
            for table in (Message, MicroContact, Address)
        ]
        told = await session.scalars(select(Event.data).where(Event.kind == erasing.ERASED))
        assert list(told) == [{"reason": "term"}], "nobody's day is full of those who went by themselves"
    assert kinds == [1, 1, 1], "what is counted stays"
    for word in ("Zwaardvogel", "boomhutten", "kantklos", "+32"):
        assert word not in stored
    assert set(proof.__table__.columns.keys()) == {
        "id", "kind", "why", "region_id", "term", "rows", "rules", "erased_at"
    }  # fmt: skip


async def test_who_asked_for_it_is_proved_too(world: Any) -> None:
    person = await old(world)
    await erasing.erase(world.session, person.id, opt_outs=OUTS, now=NIGHT)
    (proof,) = (await world.session.scalars(select(Erasure))).all()
    assert (proof.why, proof.kind, proof.term) == ("asked", "chat", 90)


async def test_a_hold_keeps_them_until_it_is_released(world: Any, database: Database) -> None:
    person, admin = await old(world), await world.staff(Role.ADMIN)
    await holds.place(world.session, person.id, reason="klacht loopt", by=admin, now=NIGHT)
    with pytest.raises(conversation.NotAllowed, match="al niet gewist"):
        await holds.place(world.session, person.id, reason="nog eens", by=admin, now=NIGHT)
    with pytest.raises(erasing.Held):
        await erasing.erase(world.session, person.id, opt_outs=OUTS, now=NIGHT)
    await world.session.commit()
    assert await expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT) == 0
    async with database.transaction() as session:
        await holds.release(session, person.id, by=await session.get_one(Staff, admin.id), now=NIGHT)
        events = await session.scalars(
            select(Event.kind).where(Event.person_id == person.id).order_by(Event.id)
        )
        assert list(events) == ["person.held", "person.released"]
    assert await expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT) == 1


async def test_a_hold_on_who_turned_out_to_be_the_same_keeps_both(world: Any, database: Database) -> None:
    kept, merged, admin = await old(world), await old(world, "Fatima"), await world.staff(Role.ADMIN)
    await holds.place(world.session, merged.id, reason="klacht", by=admin, now=NIGHT)
    merged.merged_into_id = kept.id
    await world.session.commit()
    night = Night()
    assert await expiry.tonight(database, night, opt_outs=OUTS, now=NIGHT) == 0
    assert night.over
    assert await left(database) == ["Fatma", "Fatima"]
    assert (await retention.due(world.session, now=NIGHT, limit=9))[0].person_id == kept.id


@pytest.mark.parametrize("corrected", [False, True])
async def test_reports_say_the_same_afterwards(world: Any, database: Database, corrected: bool) -> None:
    """Each figure counts what it counted; only where somebody lived is not known any more."""
    staff = await world.staff()
    people = [await old(world, f"p{number}", municipality="Gent") for number in range(reports.SMALL)]
    for person in people:
        (message,) = await world.session.scalars(select(Message).where(Message.person_id == person.id))
        slots = [
            {"name": "barrier", "value": "money", "text": "geen geld"},
            {"name": "place", "value": "Gent"},
        ]
        await world.add(
            Decision(
                message_id=message.id, conversation_id=message.conversation_id, intent="find_course", confidence=0.9,
                language="nl", tier="information", action="answer", reasons=["x"], understanding={"slots": slots},
                model_version="1", created_at=LONG_AGO,
            )
        )  # fmt: skip
        if corrected:
            await world.add(
                Correction(
                    message_id=message.id, person_id=person.id, staff_id=staff.id, intent="financing_leave",
                    tier="mediation", slots=[{"name": "barrier", "value": "time", "negated": False}], language="nl",
                    model_version="1",
                )
            )  # fmt: skip
        await microcontacts.log(
            world.session, person.id, way=ContactWay.CALL, direction="in", channel="phone", staff_id=staff.id, at=LONG_AGO
        )  # fmt: skip
    await world.session.commit()
    start, end = clock.day_bounds(LONG_AGO.date(), NIGHT.date())
    span = reports.Span(start=start, end=end, regions=None)

    async def made() -> dict[str, Any]:
        async with database.transaction() as session:
            asked = report_figures.Asked(session=session, span=span, k=1)
            return {
                name: [tuple(row) for row in (await make(asked)).rows]
                for name, make in report_figures.FIGURES.items()
            }

    before = await made()
    assert await expiry.tonight(database, Night(), opt_outs=OUTS, now=NIGHT.replace(year=2027)) == len(people)
    after = await made()
    where = {figures.pop("bereik")[0] for figures in (before, after)}
    assert after == before
    assert before["drempels"] == [("tijd of uren" if corrected else "geld", len(people))]
    assert where == {("Gent", len(people)), ("woonplaats niet bekend", len(people))}
    async with database.transaction() as session:
        kept = await session.scalar(text("SELECT string_agg(understanding::text, ' ') FROM decision"))
    assert "geen geld" not in kept
    assert "Gent" not in kept


def test_the_codes_that_stay_are_those_that_are_counted() -> None:
    assert set(BARRIERS) == set(WORDS) - {"", "*"}
