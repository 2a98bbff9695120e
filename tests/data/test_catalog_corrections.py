"""Accepted corrections over what imports bring."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog import corrections
from data.catalog.correction_fields import EDITABLE, NotAValue, read
from data.catalog.corrections import FIELDS
from data.db import Database
from data.tables import Base, RecordCorrection, RecordKind, Region, Role, Run, Staff
from data.translation import speaking
from tests.offer import FETCHED, SOURCE, add_run

LATER = FETCHED + timedelta(days=40)


@pytest.fixture
async def staff_id(database: Database) -> int:
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Gent", office_hours={}))
        await session.flush()
        staff = Staff(
            name="Els",
            email="els@voorbeeld.invalid",
            role=Role.COORDINATOR,
            region_id="gent",
            password_hash="-",
        )
        session.add(staff)
        await session.flush()
        return staff.id


async def correct(database: Database, staff_id: int, **fields: Any) -> None:
    async with database.transaction() as session:
        await corrections.correct(
            session, RecordKind.RUN, SOURCE, "1-run", fields, accepted_by=staff_id, reason="gebeld"
        )


async def an_import(session: AsyncSession, *, lifted: bool, **says: Any) -> corrections.Applied:
    """An upsert by source id that writes every column anew, as the source has it, and the corrections over it."""
    if lifted:
        await corrections.lift(session, source=SOURCE)
    columns = {c.name: c for c in Run.__table__.columns if c.name != "id"}
    row = (await session.execute(select(*columns.values()).where(Run.source_id == "1-run"))).mappings().one()
    values = {
        **row,
        "status": "open",
        "material_cost": 20,
        "start_date": date(2027, 1, 5),
        "fetched_at": LATER,
        **says,
    }
    upsert = insert(Run).values(values)
    await session.execute(upsert.on_conflict_do_update(index_elements=["source", "source_id"], set_=values))
    return await corrections.apply(session, source=SOURCE)


async def run_of(database: Database) -> Run:
    async with database.transaction() as session:
        return (await session.scalars(select(Run).where(Run.source_id == "1-run"))).one()


async def live(database: Database) -> dict[str, Any]:
    async with database.transaction() as session:
        rows = await session.scalars(select(RecordCorrection).where(RecordCorrection.ended_at.is_(None)))
        return {row.field: (row.value, row.was) for row in rows}


@pytest.fixture
async def offer(database: Database) -> Database:
    async with database.transaction() as session:
        await add_run(session)
        await add_run(session, "2")
    return database


@pytest.mark.parametrize("lifted", [True, False])
async def test_a_correction_survives_every_import(offer: Database, staff_id: int, lifted: bool) -> None:
    await correct(
        offer, staff_id, status="cancelled", start_date="2027-02-02", weekdays=[1, 3], end_date=None
    )
    for days in range(3):
        async with offer.transaction() as session:
            applied = await an_import(
                session, lifted=lifted, fetched_at=LATER + timedelta(days=days), weekdays=[1],
                end_date=date(2027, 6, 1), lesson_hours=61 + days,
            )  # fmt: skip
        assert (applied.laid, applied.taken_over, applied.changed) == (4, [], [])
        run = await run_of(offer)
        assert (run.status, run.start_date, run.weekdays, run.end_date) == (
            "cancelled",
            date(2027, 2, 2),
            [1, 3],
            None,
        )
        assert run.lesson_hours == 61 + days, "what nobody corrected comes from the source"
    async with offer.transaction() as session:
        other = (await session.scalars(select(Run).where(Run.source_id == "2-run"))).one()
    assert (other.status, other.weekdays) == ("open", [1])


async def test_an_import_that_leaves_the_row_alone_ends_nothing(offer: Database, staff_id: int) -> None:
    await correct(offer, staff_id, status="full")
    async with offer.transaction() as session:
        applied = await corrections.apply(session)
        assert (applied.taken_over, applied.changed) == ([], [])
        await corrections.lift(session, source=SOURCE)
        touched = update(Run).where(Run.source_id == "1-run").values(fetched_at=LATER)
        await session.execute(touched)  # compared by a hash, found the same, and only noted as seen
        applied = await corrections.apply(session, source=SOURCE)
    assert (applied.laid, applied.taken_over, applied.changed) == (1, [], [])
    assert (await run_of(offer)).status == "full"


async def test_while_lifted_the_rows_are_what_the_source_said(offer: Database, staff_id: int) -> None:
    await correct(offer, staff_id, status="full")
    async with offer.transaction() as session:
        await corrections.lift(session, source=SOURCE)
        status = select(Run.status).where(Run.source_id == "1-run")
        assert await session.scalar(status) == "open"
        await corrections.apply(session, source="another")
        assert await session.scalar(status) == "open", "another source's import"
        await corrections.apply(session)
        assert await session.scalar(status) == "full"


@pytest.mark.parametrize("lifted", [True, False])
async def test_a_source_that_says_the_same_ends_it(offer: Database, staff_id: int, lifted: bool) -> None:
    await correct(offer, staff_id, status="cancelled")
    async with offer.transaction() as session:
        applied = await an_import(session, lifted=lifted, status="cancelled")
    assert len(applied.taken_over) == 1
    assert await live(offer) == {}
    async with offer.transaction() as session:
        assert await session.scalar(select(RecordCorrection.end_reason)) == corrections.TAKEN_OVER
        await an_import(session, lifted=lifted, status="open")
    assert (await run_of(offer)).status == "open", "from then on the source is followed"


@pytest.mark.parametrize("lifted", [True, False])
async def test_a_source_that_says_something_else_is_told_once(
    offer: Database, staff_id: int, lifted: bool
) -> None:
    await correct(offer, staff_id, material_cost=35.0)
    async with offer.transaction() as session:
        applied = await an_import(session, lifted=lifted, material_cost=40)
    (changed,) = applied.changed
    assert (changed.field, changed.value, changed.was, changed.now) == ("material_cost", 35, 20, 40)
    assert (await run_of(offer)).material_cost == 35, "ours holds until staff decide"
    async with offer.transaction() as session:
        again = await an_import(
            session, lifted=lifted, material_cost=40, fetched_at=LATER + timedelta(days=1)
        )
    assert (again.changed, again.taken_over) == ([], [])


async def test_corrected_twice_the_second_holds_and_withdrawn_the_source(
    offer: Database, staff_id: int
) -> None:
    await correct(offer, staff_id, status="full")
    await correct(offer, staff_id, status="cancelled")
    assert await live(offer) == {"status": ("cancelled", "open")}
    assert (await run_of(offer)).status == "cancelled"
    async with offer.transaction() as session:
        id_ = await session.scalar(select(RecordCorrection.id).where(RecordCorrection.ended_at.is_(None)))
        await corrections.withdraw(session, id_)
        await corrections.withdraw(session, id_)
    assert (await run_of(offer)).status == "open"


async def test_what_cannot_be_corrected(offer: Database, staff_id: int) -> None:
    with pytest.raises(ValueError, match="no field"):
        await correct(offer, staff_id, id=7)
    async with offer.transaction() as session:
        with pytest.raises(LookupError):
            await corrections.correct(
                session, RecordKind.RUN, SOURCE, "gone", {"status": "full"}, accepted_by=staff_id, reason="-"
            )


def test_every_field_is_a_column_and_every_editable_one_can_be_kept() -> None:
    for kind, fields in FIELDS.items():
        assert set(fields) <= set(Base.metadata.tables[kind].columns.keys())
        assert set(EDITABLE[kind]) <= set(fields)


RECORD = {"starts": "19:00:00", "ends": "22:00:00", "start_date": "2027-01-05", "end_date": "2027-06-01"}


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("start_date", "12/1/2027", {"start_date": "2027-01-12"}),
        ("start_date", "2027-01-12", {"start_date": "2027-01-12"}),
        ("end_date", " ", {"end_date": None}),
        ("starts", "9u30", {"starts": "09:30:00", "day_parts": ["morning", "afternoon"]}),
        ("starts", "18.30", {"starts": "18:30:00", "day_parts": ["evening"]}),
        ("weekdays", "di en do", {"weekdays": [1, 3]}),
        ("weekdays", "maandag - vrijdag", {"weekdays": [0, 1, 2, 3, 4]}),
        ("material_cost", "€ 12,50", {"material_cost": 12.5}),
        ("status", "gaat niet door", {"status": "cancelled"}),
        ("status", "full", {"status": "full"}),
        ("mode", "online", {"mode": "online"}),
        ("lesson_hours", "40", {"lesson_hours": 40}),
        ("wheelchair", "Ja", {"wheelchair": True}),
        ("title", "  Spaans   1 ", {"title": "Spaans 1"}),
    ],
)
def test_what_staff_type(field: str, typed: str, kept: dict[str, Any]) -> None:
    assert read(RecordKind.RUN, field, typed, RECORD) == kept


@pytest.mark.parametrize(
    ("language", "field", "typed", "kept"),
    [
        ("fr", "weekdays", "mardi et je", {"weekdays": [1, 3]}),
        ("fr", "weekdays", "lu-ve", {"weekdays": [0, 1, 2, 3, 4]}),
        ("fr", "starts", "18h30", {"starts": "18:30:00", "day_parts": ["evening"]}),
        ("fr", "status", "Complet", {"status": "full"}),
        ("fr", "wheelchair", "oui", {"wheelchair": True}),
        ("fr", "material_cost", "12,50 euros", {"material_cost": 12.5}),
        ("en", "weekdays", "tu and thursday", {"weekdays": [1, 3]}),
        ("en", "mode", "partly online", {"mode": "blended"}),
    ],
)
def test_what_staff_type_in_their_language(
    language: str, field: str, typed: str, kept: dict[str, Any]
) -> None:
    with speaking(language):
        assert read(RecordKind.RUN, field, typed, RECORD) == kept


def test_a_postcode_brings_its_municipality() -> None:
    kept = read(RecordKind.PLACE, "postcode", "9300", {})
    assert (kept["municipality"], kept["nis"]) == ("Aalst", "41002")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("start_date", "31/2/2027"), ("start_date", "1/1/1899"), ("start_date", "9/9/2027"), ("start_date", "snel"),
        ("start_date", ""), ("end_date", "1/1/2027"), ("starts", "25u"), ("starts", "23:00"), ("weekdays", "elke dag"),
        ("weekdays", "en"), ("material_cost", "-5"), ("material_cost", "nan"), ("material_cost", "veel"),
        ("status", "weg"), ("lesson_hours", "0"), ("lesson_hours", "²"), ("postcode", "0000"), ("url", "javascript:x"),
        ("title", "x" * 501), ("wheelchair", "misschien"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(field: str, typed: str) -> None:
    with pytest.raises(NotAValue, match=r"\.$"):
        read(RecordKind.RUN, field, typed, RECORD)
