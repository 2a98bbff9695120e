"""One appointment in the console: its reminders and the ways they took; and one's own calendar, when it is not up to date."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from channels.plan import call_key
from data import sealed
from data.db import Database
from data.tables import Appointment, CalendarAccount, CallSource, CallTask, Counter, Job, Reminder
from handover import auth
from handover.calendar_push import PURPOSE, PUSH

SOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
async def booked(world: Any) -> Any:
    counter = await world.add(Counter(region_id="gent", name="bib Gent"))
    els = await world.staff(name="Els Peeters")
    person = await world.person(name="Fatma")
    address = await world.address(person, path="+32470112233")
    row = await world.add(
        Appointment(
            token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id, staff_id=els.id,
            address_id=address.id, status="confirmed", wall_start="2026-01-01T10:00", starts_at=SOON,
            ends_at=SOON + timedelta(minutes=75),
        )
    )  # fmt: skip
    await world.session.commit()
    return els, person, address, row


async def log_in(world: Any, browser: httpx.AsyncClient, staff: Any) -> str:
    now = datetime.now(UTC)
    token = await auth.start(world.session, staff.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)
    return who.csrf if who else ""


async def test_what_became_of_each_reminder(world: Any, browser: httpx.AsyncClient, booked: Any) -> None:
    els, person, address, row = booked
    talk = await world.conversation(person)
    mail = await world.address(person, "mailto", "fatma@voorbeeld.be")
    out = {"direction": "out", "author": "bot", "purpose": "reminder"}
    failed = await world.message(
        talk, address, "Morgen", status="failed", status_reason="dit nummer bestaat niet", **out
    )
    again = await world.message(
        talk, mail, "Morgen", channel="email", status="delivered", replaces_id=failed.id, **out
    )
    await world.add(
        CallSource(
            key=call_key(again),
            call_task_id=(
                await world.add(CallTask(person_id=person.id, reason="no_channel", due_at=SOON))
            ).id,
        )
    )
    await world.add(
        Reminder(
            appointment_id=row.id,
            kind="day",
            due_at=SOON - timedelta(days=1),
            state="sent",
            message_id=failed.id,
        )
    )
    await world.add(Reminder(appointment_id=row.id, kind="hours", due_at=SOON - timedelta(hours=2)))
    row.coming_at = datetime.now(UTC)
    await log_in(world, browser, els)
    page = (await browser.get(f"/console/afspraak/{row.id}")).text
    day, hours = page.split("De dag vooraf")[1].split("Twee uur vooraf")
    assert "vertrokken" in day
    assert day.index("+32470112233") < day.index("dit nummer bestaat niet") < day.index("fatma@voorbeeld.be")
    assert "aangekomen" in day
    assert f"/console/gesprek/{talk.id}#m{again.id}" in day
    assert "er wordt gebeld" in day
    assert "gepland" in hours
    assert "Langs sms, in het Nederlands" in hours
    assert "antwoordde “ik kom”" in page


async def test_an_appointment_of_elsewhere_does_not_exist(
    world: Any, browser: httpx.AsyncClient, booked: Any
) -> None:
    *_, row = booked
    await log_in(world, browser, await world.staff(region="antwerpen"))
    assert (await browser.get(f"/console/afspraak/{row.id}")).status_code == 404


async def test_without_an_address_somebody_calls(world: Any, browser: httpx.AsyncClient, booked: Any) -> None:
    els, _, _, row = booked
    nobody = await world.person(name="Zonder adres")
    row.person_id, row.address_id = nobody.id, None
    await world.add(Reminder(appointment_id=row.id, kind="day", due_at=SOON - timedelta(days=1)))
    await world.add(Reminder(appointment_id=row.id, kind="hours", due_at=SOON, state="failed"))
    await log_in(world, browser, els)
    page = (await browser.get(f"/console/afspraak/{row.id}")).text
    assert "we kennen geen adres" in page
    assert "Bel zelf" in page


async def test_ones_own_calendar_is_given_and_its_failure_shown(
    world: Any, browser: httpx.AsyncClient, database: Database, booked: Any
) -> None:
    els, *_ = booked
    csrf = await log_in(world, browser, els)
    home = "/console/agenda/telefoon"
    form = {
        "csrf": csrf,
        "url": "https://cloud.voorbeeld.be/dav/els/werk",
        "username": "els",
        "password": "geheim!",
    }
    wrong = await browser.post(f"{home}/schrijf", data=form | {"url": "cloud.voorbeeld.be"})
    assert wrong.status_code == 409
    assert "begint met https://" in wrong.text
    assert (await browser.post(f"{home}/schrijf", data=form | {"password": ""})).status_code == 409
    assert (await browser.post(f"{home}/schrijf", data=form)).status_code == 303
    async with database.transaction() as session:
        account = await session.get_one(CalendarAccount, els.id)
        assert "geheim!" not in account.password
        assert sealed.unseal(b"secret", PURPOSE, account.password) == "geheim!"
        (job,) = await session.scalars(select(Job).where(Job.kind == PUSH))
        assert job.payload == {"staff_id": els.id}
        account.state, account.error = "stopped", "Gebruiker of wachtwoord klopt niet."
    for path in ("/console/agenda", "/console/agenda/dag", home):
        page = (await browser.get(path)).text
        assert "Gebruiker of wachtwoord klopt niet." in page
        assert "geheim!" not in page
    assert (await browser.post(f"{home}/schrijf/opnieuw", data={"csrf": csrf})).status_code == 303
    assert "Gebruiker of wachtwoord klopt niet." not in (await browser.get("/console/agenda")).text
    await browser.post(f"{home}/schrijf/stop", data={"csrf": csrf})
    assert "Stop, en haal" not in (await browser.get(home)).text


async def test_a_service_that_pushes_nothing(
    app: Any, world: Any, browser: httpx.AsyncClient, database: Database, booked: Any
) -> None:
    app.state.settings.agenda_push = "off"
    csrf = await log_in(world, browser, booked[0])
    assert "Wij schrijven in je agenda" not in (await browser.get("/console/agenda/telefoon")).text
    form = {"csrf": csrf, "url": "https://cloud.voorbeeld.be/dav/", "username": "els", "password": "x"}
    assert (await browser.post("/console/agenda/telefoon/schrijf", data=form)).status_code == 409
    async with database.transaction() as session:
        assert await session.get(CalendarAccount, booked[0].id) is None
