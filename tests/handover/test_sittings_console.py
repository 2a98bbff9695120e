"""Sittings and office hours in the console: added, not in school holidays, not on some day, and what is refused."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import Appointment, Counter, Event, Person, Region, Role, Sitting, SittingException, Staff
from dispatch import clock
from handover import region_hours
from tests.handover.test_partners_console import log_in

ORIGIN = {"origin": "http://test"}


@pytest.fixture
async def there(world: Any) -> tuple[Counter, Staff]:
    counter = await world.add(Counter(region_id="gent", name="bib", languages=["nl"], lat=51.0, lon=3.7))
    return counter, await world.staff(Role.COUNSELLOR, name="Els")


async def post(browser: httpx.AsyncClient, csrf: str, path: str, **form: str) -> httpx.Response:
    return await browser.post(f"/console/beheer{path}", data={**form, "csrf": csrf}, headers=ORIGIN)


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.transaction() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


def coming(weekday: int) -> date:
    """The next such weekday that is at least a week away and no public holiday."""
    day = clock.day_of(datetime.now(UTC)) + timedelta(days=7)
    while day.weekday() != weekday or clock.is_public_holiday(day):
        day += timedelta(days=1)
    return day


TUESDAY = {"weekday": "1", "starts": "09:00", "ends": "12:30", "schools": "flemish"}


async def test_added_changed_and_left_out_for_a_day(
    world: Any, browser: httpx.AsyncClient, database: Database, there: tuple[Counter, Staff]
) -> None:
    counter, els = there
    csrf = await log_in(world, browser, Role.COORDINATOR)
    home = f"/loket/{counter.id}"
    added = await post(browser, csrf, f"{home}/zitdag", staff_id=str(els.id), **TUESDAY)
    assert added.status_code == 303
    (sitting,) = await rows(database, Sitting)
    assert (sitting.weekday, sitting.starts, sitting.ends, sitting.schools) == (
        1,
        time(9),
        time(12, 30),
        "flemish",
    )
    day = coming(1)
    left_out = await post(
        browser, csrf, f"/zitdag/{sitting.id}/niet", day=day.isoformat(), reason="studiedag"
    )
    assert left_out.status_code == 303
    page = (await browser.get(f"/console/beheer{home}")).text
    assert "dinsdag 09.00-12.30, Els" in page
    assert "studiedag" in page
    assert (await post(browser, csrf, f"/zitdag/{sitting.id}/toch", day=day.isoformat())).status_code == 303
    assert await rows(database, SittingException) == []
    changed = await post(browser, csrf, f"/zitdag/{sitting.id}", schools="", valid_to=day.isoformat())
    assert changed.status_code == 303
    (sitting,) = await rows(database, Sitting)
    assert (sitting.schools, sitting.valid_to) == (None, day)
    kinds = [row.kind for row in await rows(database, Event) if row.kind.startswith("sitting.")]
    assert kinds == ["sitting.changed", "sitting.skipped", "sitting.held_after_all", "sitting.changed"]


async def test_nobody_sits_in_two_places_at_once(
    world: Any, browser: httpx.AsyncClient, database: Database, there: tuple[Counter, Staff]
) -> None:
    counter, els = there
    other = await world.add(Counter(region_id="gent", name="huis", languages=["nl"]))
    csrf = await log_in(world, browser, Role.COORDINATOR)
    await post(browser, csrf, f"/loket/{counter.id}/zitdag", staff_id=str(els.id), **TUESDAY)
    path = f"/loket/{other.id}/zitdag"
    refused = await post(
        browser, csrf, path, staff_id=str(els.id), **TUESDAY | {"starts": "12:00", "ends": "14:00"}
    )
    assert refused.status_code == 409
    assert "Els zit dan al in bib" in refused.text
    after = await post(
        browser, csrf, path, staff_id=str(els.id), **TUESDAY | {"starts": "12:30", "ends": "14:00"}
    )
    assert after.status_code == 303
    assert len(await rows(database, Sitting)) == 2


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"weekday": "7"}, "Kies een weekdag."),
        ({"starts": "negen"}, "Vul het begin en het einde in"),
        ({"starts": "13:00"}, "Het einde moet na het begin komen."),
        ({"valid_from": "2027-02-29"}, "Vul een dag in die bestaat."),
        ({"valid_from": "2027-02-01", "valid_to": "2027-01-01"}, "De laatste dag komt voor de eerste."),
        ({"schools": "german"}, "Kies welke schoolvakanties."),
        ({"staff_id": ""}, "Kies wie er zit."),
    ],
)
async def test_a_sitting_that_cannot_be(
    world: Any, browser: httpx.AsyncClient, database: Database, there: tuple[Counter, Staff], form: dict[str, str],
    said: str,
) -> None:  # fmt: skip
    counter, els = there
    csrf = await log_in(world, browser, Role.COORDINATOR)
    refused = await post(
        browser, csrf, f"/loket/{counter.id}/zitdag", **({"staff_id": str(els.id)} | TUESDAY | form)
    )
    assert refused.status_code == 409
    assert said in refused.text
    assert await rows(database, Sitting) == []


async def test_a_day_with_an_appointment_is_not_taken_away(
    world: Any, browser: httpx.AsyncClient, database: Database, there: tuple[Counter, Staff]
) -> None:
    counter, els = there
    day = coming(1)
    sitting = await world.add(
        Sitting(
            counter_id=counter.id, staff_id=els.id, weekday=1, starts=time(9), ends=time(12),
            valid_from=date(2026, 1, 1),
        )
    )  # fmt: skip
    person: Person = await world.person()
    begins = clock.instant(datetime.combine(day, time(10)))
    await world.add(
        Appointment(
            token="x", person_id=person.id, region_id="gent", counter_id=counter.id, staff_id=els.id,
            status="confirmed", wall_start=clock.wall_text(begins), starts_at=begins,
            ends_at=begins + timedelta(minutes=75),
        )
    )  # fmt: skip
    csrf = await log_in(world, browser, Role.COORDINATOR)
    said = f"Op {day.day}/{day.month}/{day.year} heeft iemand dan een afspraak."
    last = (day - timedelta(days=1)).isoformat()
    for path, form in (("/niet", {"day": day.isoformat()}), ("", {"schools": "", "valid_to": last})):
        refused = await post(browser, csrf, f"/zitdag/{sitting.id}{path}", **form)
        assert refused.status_code == 409
        assert said in refused.text
    assert (await post(browser, csrf, f"/zitdag/{sitting.id}/niet", day=last)).status_code == 409, "a Monday"
    assert await rows(database, SittingException) == []


async def test_only_of_the_own_region(
    world: Any, browser: httpx.AsyncClient, there: tuple[Counter, Staff]
) -> None:
    counter, els = there
    sitting = await world.add(
        Sitting(
            counter_id=counter.id, staff_id=els.id, weekday=1, starts=time(9), ends=time(12),
            valid_from=date(2026, 1, 1),
        )
    )  # fmt: skip
    csrf = await log_in(world, browser, Role.COORDINATOR, "antwerpen")
    assert (await post(browser, csrf, f"/zitdag/{sitting.id}", schools="")).status_code == 404
    assert (await post(browser, csrf, f"/loket/{counter.id}/zitdag", **TUESDAY)).status_code == 404
    assert (await browser.get("/console/beheer/regio/gent")).status_code == 404


WEEK = {"mo": "9:00-12:30 13.00-17:00", "tu": "9:00-12:00", "answer_minutes": "20"}


async def test_the_office_hours_of_a_region(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    path = "/regio/gent"
    assert 'value="09:00-12:30 13:00-17:00"' in (await browser.get(f"/console/beheer{path}")).text
    saved = await post(browser, csrf, path, **WEEK, schools="french", holiday_tu="10:00 - 12:00")
    assert saved.status_code == 303
    async with database.transaction() as session:
        region = await session.get_one(Region, "gent")
        told = (await session.scalars(select(Event).where(Event.kind == region_hours.CHANGED))).one()
    assert region.office_hours == {
        "mo": [["09:00", "12:30"], ["13:00", "17:00"]], "tu": [["09:00", "12:00"]],
        "school_holidays": {"schools": "french", "tu": [["10:00", "12:00"]]},
    }  # fmt: skip
    assert region.answer_minutes == 20
    assert told.data["was"]["answer_minutes"] == 15
    page = (await browser.get(f"/console/beheer{path}")).text
    assert 'value="10:00-12:00"' in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"mo": "9-12"}, "Schrijf de uren van maandag als"),
        ({"mo": "9:00-25:00"}, "Schrijf de uren van maandag als"),
        ({"mo": "9:00-12:00 11:00-13:00"}, "Schrijf de uren van maandag als"),
        ({"mo": "", "tu": ""}, "Vul op minstens één dag uren in."),
        ({"answer_minutes": "0"}, "Vul een aantal minuten in"),
        ({"answer_minutes": "gauw"}, "Vul een aantal minuten in"),
        ({"schools": "flemish", "holiday_su": "altijd"}, "Schrijf de uren van zondag als"),
    ],
)
async def test_hours_that_cannot_be_read(
    world: Any, browser: httpx.AsyncClient, database: Database, form: dict[str, str], said: str
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    refused = await post(browser, csrf, "/regio/gent", **(WEEK | form))
    assert refused.status_code == 422
    assert said in refused.text
    async with database.transaction() as session:
        assert (await session.get_one(Region, "gent")).answer_minutes == 15
