"""Help for the tests of imports: what a test imports, and what is in the catalogue then."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.importers import importer_for
from data.catalog.importers.base import Document, Problem
from data.catalog.importing import Order, Report, import_catalogue
from data.catalog.staging import Origin

SAMPLES = Path(__file__).parent / "catalog_samples"
TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
TABLES = ("provider", "place", "course", "run")


def document(content: bytes | str, origin: str = "test", **options: Any) -> Document:
    return Document(
        file=io.BytesIO(content if isinstance(content, bytes) else content.encode()), origin=origin, **options
    )


def sample(name: str) -> Document:
    return document((SAMPLES / name).read_bytes(), name)


@dataclass
class Imports:
    """Imports into one session, as source "test" unless told otherwise."""

    session: AsyncSession
    problems: list[Problem] = field(default_factory=list)

    async def __call__(
        self,
        given: Document | str | bytes,
        *,
        format: str | None = None,
        source: str = "test",
        today: date = TODAY,
        **order: Any,
    ) -> Report:
        """The report; `problems` has what was rejected this time."""
        self.problems.clear()
        read = given if isinstance(given, Document) else document(given)
        origin = Origin(source=source, licence="CC0", checked_on=today, fetched_at=NOW, invented=False)
        return await import_catalogue(
            self.session, read, importer_for(read, format), Order(origin=origin, by="tester", **order),
            today=today, on_problem=self.problems.append,
        )  # fmt: skip

    async def rows(self, query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.session.execute(text(query))).mappings()]

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All records, without the moment of fetching."""
        return {
            table: await self.rows(f"SELECT * FROM {table} ORDER BY source, source_id")  # noqa: S608
            for table in (*TABLES, "price_rule")
        }


def totals(report: Report) -> dict[str, int]:
    """new, changed and gone, over all kinds."""
    return {
        what: sum(counts[what] for counts in report.counts.values()) for what in ("new", "changed", "gone")
    }


NOTHING = {"new": 0, "changed": 0, "gone": 0}
