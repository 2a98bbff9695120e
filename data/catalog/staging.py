"""How rows that were read become the catalogue: compared and taken over inside the database, kind by kind.

Each kind of record has a temporary table `staged_…` with the columns of its own table, filled from `import_row`. What
differs from the catalogue is noted in `import_change`; then everything is taken over at once. What the source had and
has no more is ended, never deleted, and lives again when it comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.subjects import subjects

# ruff: noqa: S608 - the names put into these statements are those of the tables below, never of a file


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What all records of an import share."""

    source: str
    licence: str | None
    checked_on: date
    fetched_at: datetime
    invented: bool


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A table and where its columns come from: `key` and `columns` are expressions over `import_row` as r.

    `in_use` tells whether a record of the catalogue, called t, is still needed by others of the same source.
    """

    table: str
    key: str
    columns: Mapping[str, str]
    joins: str = ""
    source_url: str = "NULL"
    valid: bool = False
    label: str
    in_use: str = "false"


_OF_SOURCE = "{0}.source = :source AND {0}.source_id = r.{0}_id"
KINDS = (
    Kind(
        table="provider",
        key="r.provider_id",
        columns={"name": "r.provider_name", "kind": "r.provider_kind", "url": "r.provider_url",
                 "phone": "r.provider_phone"},
        label="t.name",
        in_use="EXISTS (SELECT FROM course WHERE course.provider_id = t.id AND course.valid_to IS NULL)",
    ),
    Kind(
        table="place",
        key="r.place_id",
        joins=f"JOIN provider ON {_OF_SOURCE.format('provider')}",
        columns={"provider_id": "provider.id", "name": "r.place_name", "street": "r.street", "postcode": "r.postcode",
                 "municipality": "r.municipality", "country": "r.country", "nis": "r.nis", "lat": "r.lat", "lon": "r.lon",
                 "wheelchair": "r.wheelchair"},
        label="concat_ws(', ', nullif(t.name, ''), nullif(t.municipality, ''))",
        in_use="EXISTS (SELECT FROM run WHERE run.place_id = t.id AND run.status <> 'ended')",
    ),
    Kind(
        table="course",
        key="r.course_id",
        joins=f"JOIN provider ON {_OF_SOURCE.format('provider')}",
        columns={"provider_id": "provider.id", "title": "r.title", "description": "r.description",
                 "subject_ids": "r.subject_ids", "level": "r.level", "language": "r.language",
                 "requirements": "r.requirements", "certificate": "r.certificate"},
        source_url="r.course_url",
        valid=True,
        label="t.title",
        in_use="EXISTS (SELECT FROM run WHERE run.course_id = t.id AND run.status <> 'ended')",
    ),
    Kind(
        table="run",
        key="r.run_id",
        joins=f"JOIN course ON {_OF_SOURCE.format('course')} JOIN place ON {_OF_SOURCE.format('place')}"
        " LEFT JOIN price_rule AS own ON own.source = :source"
        " AND own.source_id = coalesce('fixed-' || r.fixed, 'price-unknown')",
        columns={"course_id": "course.id", "place_id": "place.id", "start_date": "r.start_date",
                 "end_date": "r.end_date", "enrol_until": "r.enrol_until", "weekdays": "r.weekdays",
                 "starts": "r.starts", "ends": "r.ends", "day_parts": "r.day_parts", "mode": "r.mode",
                 "lesson_hours": "r.lesson_hours", "price_rule_id": "coalesce(r.rule_id, own.id)",
                 "material_cost": "r.material_cost", "status": "r.status", "url": "r.url"},
        source_url="nullif(r.page, '')",
        valid=True,
        label="(SELECT title FROM course WHERE course.id = t.course_id) || ', '"
        " || coalesce((SELECT nullif(concat_ws('', municipality, CASE municipality WHEN '' THEN name END), '')"
        " FROM place WHERE place.id = t.place_id), '?') || ', ' || coalesce(t.start_date::text, '?')",
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Change:
    """A difference from the catalogue. `fields`: column → (before, after), of what changed."""

    kind: str
    what: str
    source_id: str
    label: str
    fields: Mapping[str, tuple[Any, Any]]


async def open_tables(session: AsyncSession) -> None:
    """Make the temporary tables; they go with the transaction, or with `close_tables`."""
    statement = resources.files("data.catalog").joinpath("sql", "import_row.sql").read_text(encoding="utf-8")
    await session.execute(text(statement))
    await session.execute(
        text(
            "CREATE TEMPORARY TABLE import_change (kind text, source_id text, what text, before jsonb, after jsonb)"
            " ON COMMIT DROP"
        )
    )


async def close_tables(session: AsyncSession) -> None:
    """Drop them, so that another import may follow in the same transaction."""
    names = ("import_row", "import_change", *(f"staged_{kind.table}" for kind in KINDS))
    await session.execute(text(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{name}' for name in names)}"))


async def duplicates(session: AsyncSession) -> Sequence[tuple[int, str, str, int]]:
    """(line, page, id, line of the first) of runs whose id came before; their rows are removed."""
    found = await session.execute(
        text(
            "WITH numbered AS (SELECT ctid AS row, position, line, page, run_id, first_value(line) OVER same AS first,"
            " row_number() OVER same AS turn FROM import_row WHERE run_id IS NOT NULL"
            " WINDOW same AS (PARTITION BY run_id ORDER BY position)),"
            " removed AS (DELETE FROM import_row USING numbered WHERE import_row.ctid = numbered.row AND turn > 1)"
            " SELECT line, page, run_id, first FROM numbered WHERE turn > 1 ORDER BY position"
        )
    )
    return [(line, page, run_id, first) for line, page, run_id, first in found]


async def take_over(session: AsyncSession, origin: Origin, held: Sequence[str] | None) -> None:
    """Make the catalogue what was read; runs of this source whose ids are `held` stay as they are (None: all that
    were not read)."""
    await session.execute(text("ANALYZE import_row"))
    await _name_subjects(session)
    await _own_prices(session, origin)
    for kind in KINDS:
        await _stage(session, kind, origin)
        # Here the values of the import stand in staged_<table>, under the names of its own columns, and nothing is
        # compared yet: what staff corrected is put over them at this point, so that it counts as no change.
        await _compare(session, kind, origin)
        await _store(session, kind, origin)
    if held is not None:
        for kind in reversed(KINDS):
            await _end(session, kind, origin, held)
    await session.execute(text("ANALYZE provider, place, course, run, price_rule"))


async def _name_subjects(session: AsyncSession) -> None:
    """Courses of which no subject is known get those whose Dutch words are all in the title, in any form and order:
    "Fietsen leren" is about "leren fietsen", "Imkeren" about "imker"."""
    terms = [(item.id, term) for item in subjects() for term in item.dutch]
    await session.execute(
        text(
            "UPDATE import_row SET subject_ids = named.ids FROM ("
            " SELECT title, array_agg(DISTINCT term.id) AS ids"
            " FROM (SELECT DISTINCT title FROM import_row WHERE subject_ids = '{}') AS nameless"
            " JOIN unnest(CAST(:ids AS text[]), CAST(:terms AS text[])) AS term (id, words)"
            " ON to_tsvector('dutch', title) @@ plainto_tsquery('dutch', term.words)"
            " GROUP BY title) AS named WHERE import_row.title = named.title AND subject_ids = '{}'"
        ),
        {"ids": [term[0] for term in terms], "terms": [term[1] for term in terms]},
    )


async def _own_prices(session: AsyncSession, origin: Origin) -> None:
    """A price rule of this source for each fixed amount, and one for what it does not tell."""
    await session.execute(
        text(
            "INSERT INTO price_rule (key, fixed, statement, source, source_id, licence, fetched_at, checked_on, invented)"
            " SELECT :source || '.' || id, fixed,"
            " CASE WHEN fixed IS NULL THEN 'De bron zegt geen prijs.'"
            " ELSE 'Vaste prijs volgens de bron: ' || replace(fixed::text, '.', ',') || ' euro.' END,"
            " :source, id, :licence, :fetched_at, :checked_on, :invented"
            " FROM (SELECT DISTINCT fixed, coalesce('fixed-' || fixed, 'price-unknown') AS id FROM import_row"
            " WHERE run_id IS NOT NULL AND rule_id IS NULL) AS price"
            " ON CONFLICT (source, source_id) DO UPDATE SET fetched_at = excluded.fetched_at,"
            " checked_on = excluded.checked_on, licence = excluded.licence"
        ),
        _shared(origin),
    )


async def _stage(session: AsyncSession, kind: Kind, origin: Origin) -> None:
    names = _names(kind)
    values = {**kind.columns, "valid_from": "NULL", "valid_to": "NULL"}
    if kind.valid:
        values |= {"valid_from": "r.valid_from", "valid_to": "r.valid_to"}
    staged = f"staged_{kind.table}"
    await session.execute(
        text(
            f"CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS"
            f" SELECT source_id, source_url, {', '.join(names)} FROM {kind.table} WITH NO DATA"
        )
    )
    await session.execute(
        text(
            f"INSERT INTO {staged} (source_id, source_url, {', '.join(names)})"
            f" SELECT DISTINCT ON ({kind.key}) {kind.key}, {kind.source_url},"
            f" {', '.join(_typed(name, values[name]) for name in names)}"
            f" FROM import_row AS r {kind.joins} WHERE {kind.key} IS NOT NULL ORDER BY {kind.key}, r.position"
        ),
        {"source": origin.source} if ":source" in kind.joins else {},
    )
    await session.execute(text(f"CREATE UNIQUE INDEX ON {staged} (source_id)"))
    await session.execute(text(f"ANALYZE {staged}"))


def _typed(name: str, expression: str) -> str:
    return f"CAST({expression} AS date)" if name in ("valid_from", "valid_to") else expression


async def _compare(session: AsyncSession, kind: Kind, origin: Origin) -> None:
    names = _names(kind)
    here = ", ".join(f"s.{name}" for name in names)
    there = ", ".join(f"t.{name}" for name in names)
    told = {side: ", ".join(f"'{name}', {side}.{name}" for name in names) for side in "ts"}
    await session.execute(
        text(
            "INSERT INTO import_change (kind, source_id, what, before, after)"
            f" SELECT '{kind.table}', s.source_id, CASE WHEN t.id IS NULL THEN 'new' ELSE 'changed' END,"
            f" CASE WHEN t.id IS NOT NULL THEN jsonb_build_object({told['t']}) END,"
            f" CASE WHEN t.id IS NOT NULL THEN jsonb_build_object({told['s']}) END"
            f" FROM staged_{kind.table} AS s"
            f" LEFT JOIN {kind.table} AS t ON t.source = :source AND t.source_id = s.source_id"
            f" WHERE t.id IS NULL OR ({here}) IS DISTINCT FROM ({there})"
        ),
        {"source": origin.source},
    )


async def _store(session: AsyncSession, kind: Kind, origin: Origin) -> None:
    names = ["source_id", "source_url", *_names(kind)]
    shared = ("source", "licence", "fetched_at", "checked_on", "invented")
    updated = [name for name in (*names, *shared) if name not in ("source", "source_id")]
    await session.execute(
        text(
            f"INSERT INTO {kind.table} ({', '.join((*names, *shared))})"
            f" SELECT {', '.join(names)}, {', '.join(f':{name}' for name in shared)} FROM staged_{kind.table}"
            " ON CONFLICT (source, source_id) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in updated)
        ),
        _shared(origin),
    )


async def _end(session: AsyncSession, kind: Kind, origin: Origin, held: Sequence[str]) -> None:
    """End what the source no longer has: a run gets the status, anything else a last day."""
    if kind.table == "run":
        change, living = (
            "status = 'ended', valid_to = :day",
            "t.status <> 'ended' AND t.source_id <> ALL (:held)",
        )
    else:
        change, living = "valid_to = :day", f"(t.valid_to IS NULL OR t.valid_to > :day) AND NOT {kind.in_use}"
    await session.execute(
        text(
            f"WITH ended AS (UPDATE {kind.table} AS t SET {change} WHERE t.source = :source AND {living}"
            f" AND NOT EXISTS (SELECT FROM staged_{kind.table} AS s WHERE s.source_id = t.source_id)"
            " RETURNING source_id)"
            f" INSERT INTO import_change (kind, source_id, what) SELECT '{kind.table}', source_id, 'gone' FROM ended"
        ),
        {"source": origin.source, "day": origin.checked_on}
        | ({"held": list(held)} if kind.table == "run" else {}),
    )


async def counts(session: AsyncSession) -> dict[str, dict[str, int]]:
    """Kind → new, changed, gone → how many."""
    found = {kind.table: {"new": 0, "changed": 0, "gone": 0} for kind in KINDS}
    query = text("SELECT kind, what, count(*) FROM import_change GROUP BY kind, what")
    for kind, what, number in await session.execute(query):
        found[kind][what] = number
    return found


async def living_runs(session: AsyncSession, source: str) -> int:
    """How many runs of a source have not ended."""
    query = text("SELECT count(*) FROM run WHERE source = :source AND status <> 'ended'")
    return int(await session.scalar(query, {"source": source}) or 0)


async def changed_courses(session: AsyncSession, source: str) -> list[int]:
    """The courses that are new or changed: what is made of their words must be made again."""
    query = text(
        "SELECT course.id FROM import_change JOIN course ON course.source = :source"
        " AND course.source_id = import_change.source_id WHERE kind = 'course' AND what <> 'gone' ORDER BY 1"
    )
    return list(await session.scalars(query, {"source": source}))


async def changes(session: AsyncSession, source: str, most: int) -> list[Change]:
    """What is different, at most `most` of each kind and way."""
    found = []
    for kind in reversed(KINDS):
        for what in ("new", "changed", "gone"):
            rows = await session.execute(
                text(
                    f"SELECT c.source_id, {kind.label} AS label, before, after FROM import_change AS c"
                    f" JOIN {kind.table} AS t ON t.source = :source AND t.source_id = c.source_id"
                    f" WHERE c.kind = '{kind.table}' AND c.what = :what ORDER BY c.source_id LIMIT :most"
                ),
                {"source": source, "what": what, "most": most},
            )
            found += [
                Change(
                    kind=kind.table,
                    what=what,
                    source_id=source_id,
                    label=label,
                    fields=_fields(before, after),
                )
                for source_id, label, before, after in rows
            ]
    return found


def _fields(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, tuple[Any, Any]]:
    if before is None or after is None:
        return {}
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}


def _names(kind: Kind) -> list[str]:
    """The columns that are compared."""
    return [*kind.columns, "valid_from", "valid_to"]


def _shared(origin: Origin) -> dict[str, Any]:
    return {
        "source": origin.source,
        "licence": origin.licence,
        "fetched_at": origin.fetched_at,
        "checked_on": origin.checked_on,
        "invented": origin.invented,
    }
