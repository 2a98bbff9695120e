"""Reading rows from the files of the demo, and putting many into the database at once."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib import resources
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Base


async def write(session: AsyncSession, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns; nobody needs their ids, so the ORM stays out of it."""
    if rows:
        await (await session.connection()).execute(insert(table), rows)


async def put(session: AsyncSession, table: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows that all have the same columns, and return their ids in the same order."""
    if not rows:
        return []
    key = table.__mapper__.primary_key[0]
    inserted = await session.execute(insert(table).returning(key, sort_by_parameter_order=True), rows)
    return list(inserted.scalars())


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the demo."""
    text = resources.files("data.seed").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))
