"""The command that plays a year: reads the region as it stands, adds what was asked, prints and draws both."""

from datetime import date, time
from pathlib import Path

import pytest

from bot.commands.simulate import changed, service_of, told, towns_of, write
from data.db import Database
from data.tables import Counter, Region, Role, Sitting, Staff
from dispatch.simulation import Assumptions, Service, play


@pytest.fixture
async def service(database: Database) -> Service:
    async with database.transaction() as session:
        session.add(Region(id="oost-vlaanderen", name="Oost-Vlaanderen", office_hours={}, answer_minutes=15))
        await session.flush()
        staff = [
            Staff(name=name, email=f"{name}@voorbeeld.invalid", role=role, region_id="oost-vlaanderen", password_hash="-")
            for name, role in (("Els", Role.COUNSELLOR), ("Jan", Role.DISPATCHER))
        ]  # fmt: skip
        counter = Counter(region_id="oost-vlaanderen", name="bib Aalst", lat=50.94, lon=4.04)
        session.add_all([*staff, counter])
        await session.flush()
        session.add(
            Sitting(
                counter_id=counter.id,
                staff_id=staff[0].id,
                weekday=1,
                starts=time(9),
                ends=time(12, 30),
                valid_from=date(2026, 1, 1),
            )
        )
        await session.flush()
        return await service_of(session, "oost-vlaanderen")


async def test_the_region_is_read_as_it_stands(service: Service) -> None:
    assert [c.name for c in service.counters] == ["bib Aalst"]
    assert [(s.counter, s.counsellor, s.weekday) for s in service.sittings] == [("bib Aalst", "Els", 1)]
    assert service.dispatchers == 1
    assert {town.name for town in service.towns} > {"aalst-9300", "ninove"} or len(service.towns) > 50


async def test_what_if_two_more_and_tuesday_in_aalst(service: Service, tmp_path: Path) -> None:
    wished = changed(service, 2, 1, ["bib Aalst di 9:00-12:30"])
    assert [s.counsellor for s in wished.sittings] == ["Els", "extra 1", "extra 2", "extra bib Aalst di"]
    assert wished.dispatchers == 2
    assumed = Assumptions(people=300)
    years = {"nu": play(service, assumed, year=2027), "als": play(wished, assumed, year=2027)}
    table = told(years)
    assert table.splitlines()[0].split() == ["nu", "als"]
    assert "werkdruk extra 1" in table
    page = write(tmp_path, "oost-vlaanderen", table, years).read_text(encoding="utf-8")
    assert page.count("<svg") == 2


@pytest.mark.parametrize(
    ("sitting", "says"),
    [
        ("bib Gent di 9:00-12:30", "counters: bib Aalst"),
        ("bib Aalst dinsdag", "is no sitting"),
        ("bib Aalst di 12:30-9:00", "ends before it begins"),
    ],
)
async def test_a_sitting_that_cannot_be_read_is_told_with_how(
    service: Service, sitting: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        changed(service, 0, 0, [sitting])


def test_every_region_has_people() -> None:
    assert sum(town.people for town in towns_of("gent")) > 200_000
    assert towns_of("brussel")
