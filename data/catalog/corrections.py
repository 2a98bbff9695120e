"""Accepted corrections of catalogue records, laid over whatever the source says, at every import anew.

An import calls `lift` before it writes and `apply` when it has written, in its one transaction. Between the two the
rows hold what the source said last, so that the import sees only real changes. Where nothing was lifted, `apply` tells
by `fetched_at` whether a row was written since; an import that leaves a row alone then has to leave that alone too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import RecordKind

TAKEN_OVER, REPLACED, WITHDRAWN = "taken_over", "replaced", "withdrawn"

FIELDS: Mapping[RecordKind, tuple[str, ...]] = {
    RecordKind.RUN: (
        "start_date", "end_date", "enrol_until", "weekdays", "starts", "ends", "day_parts", "mode", "lesson_hours",
        "material_cost", "status", "url",
    ),
    RecordKind.COURSE: ("title", "description", "level", "language", "requirements", "certificate"),
    RecordKind.PLACE: ("name", "street", "postcode", "municipality", "nis", "lat", "lon", "wheelchair"),
    RecordKind.PROVIDER: ("name", "url", "phone"),
    RecordKind.PRICE_RULE: ("per_hour", "fixed", "ceiling", "statement"),
    RecordKind.FACT: ("statement", "value", "unit"),
}  # fmt: skip
"""What can be corrected: columns of the table that bears the name of the kind."""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """The source of a corrected field says something new, other than the correction."""

    kind: RecordKind
    source: str
    source_id: str
    field: str
    value: Any
    was: Any
    now: Any


@dataclass(frozen=True, kw_only=True)
class Applied:
    """How many corrections lie over the catalogue now; ids of those that the source took over; what it changed else."""

    laid: int = 0
    taken_over: Sequence[int] = ()
    changed: Sequence[Changed] = field(default=())


# The names of tables and columns below come from FIELDS alone.
_LIVE = "c.kind = '{kind}' AND c.ended_at IS NULL AND (CAST(:source AS text) IS NULL OR c.source = :source)"
_SAME = "r.source = c.source AND r.source_id = c.source_id"
_TAKE_OVER = f"""
    UPDATE record_correction AS c SET ended_at = now(), end_reason = '{TAKEN_OVER}'
      FROM {{kind}} AS r
     WHERE {_LIVE} AND {_SAME} AND to_jsonb(r) -> c.field = c.value
       AND (c.applied_at IS NULL OR r.fetched_at > c.applied_at)
    RETURNING c.id
"""  # noqa: S608
_CHANGED = f"""
    WITH fresh AS (
        SELECT c.id, c.was, to_jsonb(r) -> c.field AS now
          FROM record_correction AS c JOIN {{kind}} AS r ON {_SAME}
         WHERE {_LIVE} AND to_jsonb(r) -> c.field NOT IN (c.was, c.value)
           FOR UPDATE OF c
    )
    UPDATE record_correction AS c SET was = fresh.now, changed_at = now()
      FROM fresh WHERE c.id = fresh.id
    RETURNING c.source, c.source_id, c.field, c.value, fresh.was, fresh.now
"""  # noqa: S608
_OVERLAY = f"""
    UPDATE {{kind}} AS r SET ({{columns}}) = (SELECT {{columns}} FROM jsonb_populate_record(r, fix.fields))
      FROM (SELECT c.source, c.source_id, jsonb_object_agg(c.field, c.{{side}}) AS fields
              FROM record_correction AS c WHERE {_LIVE} GROUP BY c.source, c.source_id) AS fix
     WHERE r.source = fix.source AND r.source_id = fix.source_id
"""  # noqa: S608
_LAID = f"""
    UPDATE record_correction AS c SET applied_at = greatest(clock_timestamp(), r.fetched_at)
      FROM {{kind}} AS r WHERE {_LIVE} AND {_SAME}
"""  # noqa: S608
_LIFTED = f"UPDATE record_correction AS c SET applied_at = NULL WHERE {_LIVE}"  # noqa: S608


async def apply(session: AsyncSession, *, source: str | None = None) -> Applied:
    """Lay every live correction (of one source) over the catalogue, and say what its sources made of them.

    A source that says the corrected value by now ends the correction. One that says something new, but something
    else, does not: the correction goes on until staff decide, who are told by its `changed_at`, once. Rows that the session had
    loaded before are not read anew.
    """
    laid = 0
    taken_over: list[int] = []
    changed: list[Changed] = []
    for kind in RecordKind:
        for_source = {"source": source}
        taken_over += (await session.scalars(_sql(_TAKE_OVER, kind), for_source)).all()
        changed += [
            Changed(kind=kind, **row)
            for row in (await session.execute(_sql(_CHANGED, kind), for_source)).mappings()
        ]
        await session.execute(_sql(_OVERLAY, kind, side="value"), for_source)
        laid += (await session.execute(_sql(_LAID, kind), for_source)).rowcount  # type: ignore[attr-defined]
    return Applied(laid=laid, taken_over=taken_over, changed=changed)


async def lift(session: AsyncSession, *, source: str | None = None) -> None:
    """Put back, until `apply`, what the sources themselves said last."""
    for kind in RecordKind:
        for statement in (_sql(_OVERLAY, kind, side="was"), _sql(_LIFTED, kind)):
            await session.execute(statement, {"source": source})


async def correct(
    session: AsyncSession,
    kind: RecordKind,
    source: str,
    source_id: str,
    fields: Mapping[str, Any],
    *,
    accepted_by: int,
    reason: str,
) -> list[int]:
    """Keep new values of some fields, as to_jsonb would give them, and lay them over; returns ids of corrections.

    Raises ValueError for a field that cannot be corrected, LookupError for a record that is not there.
    """
    unknown = fields.keys() - set(FIELDS[kind])
    if unknown:
        raise ValueError(f"{kind} has no field {sorted(unknown)} to correct")
    named = {"kind": kind, "source": source, "source_id": source_id}
    await lift(session, source=source)
    record = await record_of(session, kind, source, source_id)
    if record is None:
        raise LookupError(f"there is no {kind} {source_id}")
    ids = []
    for name, value in fields.items():
        await session.execute(_END, {**named, "field": name, "why": REPLACED})
        values = {"field": name, "value": value, "was": record[name], "by": accepted_by, "reason": reason}
        ids.append(await session.scalar(_KEEP, {**named, **values}))
    await apply(session, source=source)
    return ids


async def withdraw(session: AsyncSession, correction_id: int) -> None:
    """End a correction, and let the record say again what its source says."""
    row = (
        await session.execute(
            text(
                "UPDATE record_correction SET ended_at = now(), end_reason = :why WHERE id = :id AND ended_at IS NULL "
                "RETURNING kind, source, source_id, field, was"
            ).columns(was=JSONB),
            {"id": correction_id, "why": WITHDRAWN},
        )
    ).one_or_none()
    if row is None:
        return
    kind = RecordKind(row.kind)
    columns = ", ".join(FIELDS[kind])
    await session.execute(
        text(
            f"UPDATE {kind} AS r SET ({columns}) = (SELECT {columns} FROM jsonb_populate_record(r, :fields))"  # noqa: S608
            " WHERE source = :source AND source_id = :source_id"
        ).bindparams(bindparam("fields", type_=JSONB)),
        {"fields": {row.field: row.was}, "source": row.source, "source_id": row.source_id},
    )


async def record_of(
    session: AsyncSession, kind: RecordKind, source: str, source_id: str
) -> Mapping[str, Any] | None:
    """The row of a record as JSON values, its dates and times as text; None when there is none."""
    found: Mapping[str, Any] | None = await session.scalar(
        text(
            f"SELECT to_jsonb(r) AS record FROM {kind} AS r WHERE source = :source AND source_id = :source_id"  # noqa: S608
        ).columns(record=JSONB),
        {"source": source, "source_id": source_id},
    )
    return found


def _sql(template: str, kind: RecordKind, **more: str) -> Any:
    columns = ", ".join(FIELDS[kind])
    statement = text(template.format(kind=kind.value, columns=columns, **more))
    return statement.columns(value=JSONB, was=JSONB, now=JSONB) if template is _CHANGED else statement


_END = text(
    "UPDATE record_correction SET ended_at = now(), end_reason = :why WHERE kind = :kind AND source = :source"
    " AND source_id = :source_id AND field = :field AND ended_at IS NULL"
)
_KEEP = text(
    "INSERT INTO record_correction (kind, source, source_id, field, value, was, accepted_by, reason)"
    " VALUES (:kind, :source, :source_id, :field, :value, :was, :by, :reason) RETURNING id"
).bindparams(bindparam("value", type_=JSONB), bindparam("was", type_=JSONB))
