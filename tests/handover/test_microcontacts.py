"""The ledger: what counts, what is folded, what is put right."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.tables import ContactWay, MicroContact
from handover import microcontacts


@pytest.mark.parametrize(
    ("minutes", "contacts"),
    [([0], 1), ([0, 10, 40, 70], 1), ([0, 31], 2), ([0, 30], 1), ([0, 29, 60, 61, 180, 200], 3)],
)
async def test_bursts_are_one_contact(world: Any, minutes: list[int], contacts: int) -> None:
    person, staff = await world.person(), await world.staff()
    track = await world.trajectory(person, staff)
    address = await world.address(person)
    talk = await world.conversation(person, holder="staff", staff_id=staff.id)
    for number, minute in enumerate(minutes):
        at = world.now + timedelta(minutes=minute)
        who: dict[str, Any] = (
            {"author": "staff", "direction": "out", "status": "sent", "staff_id": staff.id}
            if number % 2 == 0
            else {}
        )
        message = await world.message(talk, address, "dag", created_at=at, **who)
        await microcontacts.note_message(world.session, message, at=at)
    assert await microcontacts.count(world.session, trajectory_id=track.id) == contacts


async def test_talking_to_the_bot_alone_does_not_stretch_a_burst(world: Any) -> None:
    person, staff = await world.person(), await world.staff()
    address = await world.address(person)
    talk = await world.conversation(person)
    first = await world.message(
        talk, address, author="staff", direction="out", status="sent", staff_id=staff.id
    )
    await microcontacts.note_message(world.session, first, at=world.now)
    for minute in (20, 40):
        at = world.now + timedelta(minutes=minute)
        await world.message(talk, address, author="bot", direction="out", status="sent", created_at=at)
    at = world.now + timedelta(minutes=55)
    last = await world.message(talk, address, created_at=at)
    await microcontacts.note_message(world.session, last, at=at)
    assert await microcontacts.count(world.session, person_id=person.id) == 2


async def test_a_correction_replaces_and_keeps_the_old_row(world: Any) -> None:
    person = await world.person()
    wrong = await microcontacts.log(
        world.session, person.id, way=ContactWay.VISIT, direction="in", channel="desk", staff_id=None,
        at=world.now, minutes=60,
    )  # fmt: skip
    await microcontacts.log(
        world.session, person.id, way=ContactWay.NO_SHOW, direction="in", channel="desk", staff_id=None,
        at=world.now, replaces_id=wrong.id,
    )  # fmt: skip
    assert await microcontacts.count(world.session, person_id=person.id) == 1
    assert len((await world.session.scalars(select(MicroContact))).all()) == 2


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30))
def test_a_burst_is_one_exactly_when_no_gap_is_too_long(minutes: list[int]) -> None:
    start = datetime.fromisoformat("2026-11-24T09:00+00:00")
    times = [start + timedelta(minutes=minute) for minute in sorted(minutes)]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert microcontacts.one_burst(times) == (max(gaps, default=timedelta(0)) <= microcontacts.BURST)
