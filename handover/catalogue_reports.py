"""What people say is wrong in the catalogue: a task for the region where the record is, accepted or refused by staff."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from data import events, geo
from data.catalog import correction_fields, corrections
from data.catalog.correction_fields import NotAValue
from data.tables import (
    CatalogueReport,
    Course,
    Person,
    Place,
    RecordCorrection,
    RecordKind,
    Region,
    ReportState,
    Run,
    Staff,
)
from data.translation import N_, _
from handover.conversation import NotAllowed
from handover.wording import pseudonymise

LONGEST = 1_000  # characters of a report
DECIDED = N_("Deze melding is al behandeld.")
CHANGED = N_("De bron zegt nu iets anders: {was}. Wij tonen: {value}.")
GONE = N_("Dit gegeven staat niet meer in het aanbod. Weiger de melding met die reden.")


async def report(
    session: AsyncSession,
    kind: RecordKind,
    record_id: int,
    words: str,
    *,
    heard: str,
    about: str | None = None,
    person_id: int | None = None,
    conversation_id: int | None = None,
    address_id: int | None = None,
    message_id: int | None = None,
    staff_id: int | None = None,
    now: datetime,
) -> int | None:
    """Keep that a record is wrong; returns the report's id, None when there is no such record.

    `words` are kept without names and numbers of persons. One message makes one report, however often it is read.
    """
    record = await by_id(session, kind, record_id)
    if record is None:
        return None
    names = []
    if person_id is not None:
        names = [await session.scalar(select(Person.name).where(Person.id == person_id)) or ""]
    return await _keep(
        session, kind, record, pseudonymise(words.strip()[:LONGEST], names), heard=heard, about=about,
        person_id=person_id, conversation_id=conversation_id, address_id=address_id, message_id=message_id,
        staff_id=staff_id, now=now,
    )  # fmt: skip


async def report_changed(session: AsyncSession, *, now: datetime) -> int:
    """A task for each correction whose source says something new; returns how many. Run by a timer."""
    found = await session.scalars(
        select(RecordCorrection)
        .where(RecordCorrection.changed_at.is_not(None), RecordCorrection.ended_at.is_(None))
        .order_by(RecordCorrection.id)
        .with_for_update(skip_locked=True)
    )
    rows = found.all()
    for row in rows:
        row.changed_at = None
        kind = RecordKind(row.kind)
        record = await corrections.record_of(session, kind, row.source, row.source_id)
        if record is not None:
            words = CHANGED.format(was=row.was, value=row.value)
            await _keep(session, kind, record, words, heard="import", about=row.field, now=now)
    return len(rows)


async def accept(
    session: AsyncSession,
    row: CatalogueReport,
    *,
    field: str,
    typed: str,
    reason: str,
    staff: Staff,
    now: datetime,
) -> None:
    """Take over a new value of one field, which holds from now on and after every import.

    Raises NotAllowed, with a sentence for staff, when the value cannot be, the report is decided, or the record is gone.
    """
    _still_open(row)
    kind = RecordKind(row.kind)
    if field not in correction_fields.EDITABLE[kind]:
        raise NotAllowed(_("Kies wat er anders moet."))
    if not reason.strip():
        raise NotAllowed(_("Zeg hoe je het weet, bijvoorbeeld: gebeld met de school."))
    record = await corrections.record_of(session, kind, row.source, row.source_id)
    if record is None:
        raise NotAllowed(_(GONE))
    try:
        fields = correction_fields.read(kind, field, typed, record)
    except NotAValue as problem:
        raise NotAllowed(str(problem)) from None
    ids = await corrections.correct(
        session, kind, row.source, row.source_id, fields, accepted_by=staff.id, reason=reason.strip()
    )
    await _decide(session, row, ReportState.ACCEPTED, reason.strip(), staff, now, {"correction_ids": ids})


async def refuse(
    session: AsyncSession, row: CatalogueReport, *, reason: str, staff: Staff, now: datetime
) -> None:
    """Leave the record as it is. Raises NotAllowed when the report is decided."""
    _still_open(row)
    await _decide(session, row, ReportState.REFUSED, reason.strip(), staff, now, {})


async def withdraw(
    session: AsyncSession, row: CatalogueReport, correction_id: int, *, staff: Staff, now: datetime
) -> None:
    """End a correction of the record that this report is about: its source is believed again."""
    of_record = {item.id for item in await live_corrections(session, row)}
    if correction_id not in of_record:
        raise NotAllowed(_("Deze verbetering geldt niet meer."))
    await corrections.withdraw(session, correction_id)
    await events.record(
        session, "catalogue.correction_withdrawn", region_id=row.region_id, staff_id=staff.id,
        data={"report_id": row.id, "correction_id": correction_id},
    )  # fmt: skip


async def live_corrections(session: AsyncSession, row: CatalogueReport) -> Sequence[RecordCorrection]:
    """The corrections that lie over the record of a report."""
    found = await session.scalars(
        select(RecordCorrection)
        .where(
            RecordCorrection.kind == row.kind, RecordCorrection.source == row.source,
            RecordCorrection.source_id == row.source_id, RecordCorrection.ended_at.is_(None),
        )
        .order_by(RecordCorrection.field)
    )  # fmt: skip
    return found.all()


async def title_of(session: AsyncSession, kind: RecordKind, record: Mapping[str, Any]) -> str:
    """What to call a record in a list: its own name, or that of its course and place."""
    if kind is RecordKind.RUN:
        found = await session.execute(
            select(Course.title, Place.municipality)
            .join(Run, Run.course_id == Course.id)
            .join(Place, Place.id == Run.place_id)
            .where(Run.id == record["id"])
        )
        return ", ".join(found.one())
    for name in ("title", "name", "statement"):
        if record.get(name):
            return str(record[name])[:120]
    return str(record["source_id"])


async def _keep(
    session: AsyncSession,
    kind: RecordKind,
    record: Mapping[str, Any],
    words: str,
    *,
    heard: str,
    about: str | None,
    person_id: int | None = None,
    conversation_id: int | None = None,
    address_id: int | None = None,
    message_id: int | None = None,
    staff_id: int | None = None,
    now: datetime,
) -> int | None:
    region_id = await _region(session, kind, record)
    kept = insert(CatalogueReport).values(
        kind=kind, source=record["source"], source_id=record["source_id"], region_id=region_id, about=about, text=words,
        shown=record, heard=heard, person_id=person_id, conversation_id=conversation_id, address_id=address_id,
        message_id=message_id, staff_id=staff_id, created_at=now,
    )  # fmt: skip
    report_id: int | None = await session.scalar(
        kept.on_conflict_do_nothing(index_elements=["message_id"]).returning(CatalogueReport.id)
    )
    if report_id is None:
        found: int | None = await session.scalar(
            select(CatalogueReport.id).where(CatalogueReport.message_id == message_id)
        )
        return found
    await events.record(
        session, "catalogue.reported", region_id=region_id, conversation_id=conversation_id, person_id=person_id,
        staff_id=staff_id, data={"report_id": report_id, "kind": kind, "heard": heard},
    )  # fmt: skip
    return report_id


async def _decide(
    session: AsyncSession,
    row: CatalogueReport,
    state: ReportState,
    reason: str,
    staff: Staff,
    now: datetime,
    data: dict[str, Any],
) -> None:
    row.state, row.decided_by, row.decided_at, row.reason = state, staff.id, now, reason or None
    await session.flush()
    await events.record(
        session, f"catalogue.report_{state}", region_id=row.region_id, staff_id=staff.id,
        data={"report_id": row.id, **data},
    )  # fmt: skip


def _still_open(row: CatalogueReport) -> None:
    if row.state != ReportState.OPEN:
        raise NotAllowed(_(DECIDED))


async def by_id(session: AsyncSession, kind: RecordKind, record_id: int) -> Mapping[str, Any] | None:
    """A record as JSON values; None when there is none."""
    found: Mapping[str, Any] | None = await session.scalar(
        text(f"SELECT to_jsonb(r) AS record FROM {kind} AS r WHERE r.id = :id").columns(record=JSONB),  # noqa: S608
        {"id": record_id},
    )
    if found is not None:
        found = {name: value for name, value in found.items() if name != "search"}
    return found


async def _region(session: AsyncSession, kind: RecordKind, record: Mapping[str, Any]) -> str | None:
    """The region of the places where the record counts; None when these are several, or none."""
    of_kind = {
        RecordKind.RUN: select(Place.nis).where(Place.id == record.get("place_id")),
        RecordKind.COURSE: select(Place.nis).join(Run, Run.place_id == Place.id).where(Run.course_id == record["id"]),
        RecordKind.PLACE: select(Place.nis).where(Place.id == record["id"]),
        RecordKind.PROVIDER: select(Place.nis).where(Place.provider_id == record["id"]),
    }.get(kind)  # fmt: skip
    if of_kind is None:
        return None
    regions = {geo.region_of(nis) for nis in (await session.scalars(of_kind.distinct())).all()}
    if len(regions) != 1:
        return None
    return await session.scalar(select(Region.id).where(Region.id == regions.pop()))
