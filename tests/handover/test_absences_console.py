"""The page of an absence: what it hits, what each gets, one button for all of them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import Absence, Appointment, AppointmentChange, Counter, Role
from handover import auth
from handover.console.render import wall_input


@pytest.fixture
async def page(world: Any, browser: httpx.AsyncClient) -> Any:
    """Log in as somebody, and post forms as they would."""

    async def log_in(staff: Any) -> Any:
        now = datetime.now(UTC)
        token = await auth.start(world.session, staff.id, now=now)
        who = await auth.session_of(world.session, token, now=now)
        await world.session.commit()
        browser.cookies.set("leerlijn_staff", token)

        async def post(path: str, **fields: object) -> httpx.Response:
            form = {"csrf": who.csrf if who else "", **{name: str(value) for name, value in fields.items()}}
            return await browser.post(f"/console/agenda/{path}", data=form)

        return post

    return log_in


async def _twelve(world: Any, counsellor: Any) -> list[Any]:
    counter = await world.add(Counter(region_id="gent", name="bib"))
    tomorrow = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    rows = []
    for number in range(12):
        person = await world.person(name=f"Cliënt {number}")
        begins = tomorrow + timedelta(hours=2 * number)
        rows.append(
            await world.add(
                Appointment(
                    token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id,
                    staff_id=counsellor.id, status="confirmed", wall_start="2026-01-01T10:00",
                    starts_at=begins, ends_at=begins + timedelta(minutes=75),
                )
            )
        )  # fmt: skip
    return rows


async def test_twelve_are_shown_and_settled_with_one_button(
    database: Database, world: Any, browser: httpx.AsyncClient, page: Any
) -> None:
    ill = await world.staff(Role.COUNSELLOR, name="Els Peeters")
    booked = await _twelve(world, ill)
    post = await page(await world.staff(Role.DISPATCHER))
    now = datetime.now(UTC)
    entered = await post(
        "afwezig", staff_id=ill.id, starts_at=wall_input(now), ends_at=wall_input(now + timedelta(days=4))
    )
    assert entered.status_code == 303
    shown = await browser.get(entered.headers["location"])
    assert "12 afspraken kunnen niet doorgaan" in shown.text
    assert len(re.findall(r'<select id="a\d+"', shown.text)) == 12
    path = entered.headers["location"].removeprefix("/console/agenda/")
    assert (await post(f"{path}/regelen", **{f"a{booked[3].id}": "call"})).status_code == 303
    again = await browser.get(entered.headers["location"])
    assert "kunnen niet doorgaan" not in again.text
    assert again.text.count("wordt geregeld") == 12
    async with database.transaction() as session:
        kinds = {row.appointment_id: row.kind for row in await session.scalars(select(AppointmentChange))}
    assert kinds.pop(booked[3].id) == "call"
    assert set(kinds.values()) == {"deputy"}
    assert len(kinds) == 11


async def test_a_counsellor_enters_only_their_own(database: Database, world: Any, page: Any) -> None:
    els, jan = await world.staff(name="Els"), await world.staff(name="Jan")
    post = await page(els)
    times = {"starts_at": "2030-01-07T10:00", "ends_at": "2030-01-07T12:00"}
    assert (await post("afwezig", staff_id=jan.id, **times)).status_code == 409
    assert (await post("afwezig", staff_id=els.id, **times)).status_code == 303
    async with database.transaction() as session:
        (absence,) = await session.scalars(select(Absence))
        assert (absence.staff_id, absence.starts_at.hour) == (els.id, 9)


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("2030-01-07T10:00", "2030-01-07T09:00", "later einde"),
        ("", "2030-01-07T09:00", "een dag en een uur"),
        ("2030-03-31T02:30", "2030-03-31T09:00", "een dag en een uur"),  # the clock skips it
        ("2020-01-07T10:00", "2020-01-07T12:00", "al voorbij"),
    ],
)
async def test_times_that_cannot_be(world: Any, page: Any, starts: str, ends: str, words: str) -> None:
    els = await world.staff()
    answer = await (await page(els))("afwezig", staff_id=els.id, starts_at=starts, ends_at=ends)
    assert answer.status_code == 409
    assert words in answer.text


async def test_a_client_hears_that_we_cancelled(database: Database, world: Any, page: Any) -> None:
    els = await world.staff()
    (first, *_) = await _twelve(world, els)
    post = await page(els)
    assert (await post(f"../afspraak/{first.id}/annuleren")).status_code == 303
    async with database.transaction() as session:
        (change,) = await session.scalars(select(AppointmentChange))
        assert (change.kind, change.state, change.appointment_id) == ("cancelled", "planned", first.id)
