"""Sourced statements for questions that are no course list: where they come from, as of when, and what disputes them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables.catalog import Fact

COLLECTED_ON = date(2026, 11, 20)
"""When the shipped facts were last looked at, all together."""
SCHOOL_YEAR_ENDS = date(2027, 8, 31)
"""Until when they may stand unchecked, where they name no day of their own."""


@dataclass(frozen=True, kw_only=True)
class FactValue:
    """One statement, in Dutch.

    `as_of` is the source's own dating, in words ("undated", "2025-2026"); `verified` is False for what nobody saw
    on a page; `conflicts_with` names the fact or page that says otherwise: tell both, and say it must be checked.
    After `recheck_after` an answer says that it must be looked at again.
    """

    id: str
    topic: str
    statement: str
    value: str | None
    unit: str | None
    as_of: str
    source: str
    source_url: str | None
    checked_on: date
    verified: bool
    conflicts_with: str | None
    recheck_after: date | None = None
    plain: Mapping[str, str] = field(default_factory=dict)
    """Language → the same in plain words; empty for what only staff need."""

    def said(self, language: str) -> str:
        """The fact as a client reads it; in Dutch where we lack the language, as found where we have no plain words."""
        return self.plain.get(language) or self.plain.get("nl") or self.statement

    @property
    def disputed(self) -> bool:
        """Whether an answer must say that this has to be checked."""
        return self.conflicts_with is not None or not self.verified

    def stale(self, on: date) -> bool:
        """Whether it should have been looked at again before this day."""
        return self.recheck_after is not None and self.recheck_after < on


@cache
def shipped() -> tuple[FactValue, ...]:
    """The facts that come with the program (`data/seed/facts.jsonl`); conflicts are named on both sides."""
    text = resources.files("data.seed").joinpath("facts.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    against = {row["conflict"]: row["id"] for row in rows if "conflict" in row}
    return tuple(_fact(row, row.get("conflict") or against.get(row["id"])) for row in rows)


async def facts_for(session: AsyncSession, topic: str, *, on: date) -> tuple[FactValue, ...]:
    """The stored facts of a topic (an intent, 'norm' or 'indicators') that hold on a day, in a fixed order."""
    rows = await session.scalars(
        select(Fact)
        .where(
            Fact.topic == topic,
            or_(Fact.valid_from.is_(None), Fact.valid_from <= on),
            or_(Fact.valid_to.is_(None), Fact.valid_to >= on),
        )
        .order_by(Fact.id)
    )
    return tuple(fact_of(row) for row in rows)


async def facts_by_id(session: AsyncSession, ids: Sequence[str], *, on: date) -> tuple[FactValue, ...]:
    """The stored facts with these ids that hold on a day, in the order asked for."""
    rows = await session.scalars(
        select(Fact).where(
            Fact.source_id.in_(ids),
            or_(Fact.valid_from.is_(None), Fact.valid_from <= on),
            or_(Fact.valid_to.is_(None), Fact.valid_to >= on),
        )
    )
    found = {row.source_id: fact_of(row) for row in rows}
    return tuple(found[fact_id] for fact_id in ids if fact_id in found)


def fact_of(row: Fact) -> FactValue:
    """A stored fact as a value."""
    return FactValue(
        id=row.source_id,
        topic=row.topic,
        statement=row.statement,
        value=row.value,
        unit=row.unit,
        as_of=row.as_of,
        source=row.source,
        source_url=row.source_url,
        checked_on=row.checked_on,
        verified=row.status == "seen",
        conflicts_with=row.conflicts_with,
        recheck_after=row.recheck_after,
        # Somebody may have corrected the stored fact: then our plain words are no longer its words.
        plain=_plain().get(row.source_id, {}) if row.statement == _statements().get(row.source_id) else {},
    )


def _fact(row: Mapping[str, Any], conflict: str | None) -> FactValue:
    source = row.get("source", "")
    host = urlsplit(source).netloc.removeprefix("www.").rstrip(".")
    return FactValue(
        id=row["id"],
        topic=row["topic"],
        statement=row["statement"],
        value=None if "value" not in row else str(row["value"]),
        unit=row.get("unit"),
        as_of=row.get("as_of", "unknown"),
        source=host or source or "unverified",
        source_url=source if host else None,
        checked_on=COLLECTED_ON,
        verified=row["status"] == "seen",
        conflicts_with=conflict,
        recheck_after=date.fromisoformat(row["recheck_after"])
        if "recheck_after" in row
        else SCHOOL_YEAR_ENDS,
        plain=_plain().get(row["id"], {}),
    )


@cache
def _statements() -> Mapping[str, str]:
    return {fact.id: fact.statement for fact in shipped()}


@cache
def _plain() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("data.seed").joinpath("facts_plain.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
