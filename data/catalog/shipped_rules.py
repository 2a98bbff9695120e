"""The price rules that come with the program (`price_rules.toml`), as values and as rows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.facts import COLLECTED_ON, FactValue, shipped
from data.catalog.prices import Tariff, exemption_of
from data.tables import PriceRule

DEMO_SOURCE = "Leerlijn demo"


async def ensure(session: AsyncSession, now: datetime, *, demo: bool = False) -> Mapping[str, int]:
    """Store the rules that are not there yet, those of the demo only if asked; rule id → number of its row."""
    wanted = [row for row in rows(now) if demo or not row["invented"]]
    await (await session.connection()).execute(insert(PriceRule).on_conflict_do_nothing(), wanted)
    kept = await session.execute(
        select(PriceRule.source_id, PriceRule.id).where(
            PriceRule.source_id.in_([row["source_id"] for row in wanted]),
            PriceRule.source.in_({row["source"] for row in wanted}),
        )
    )
    return {row.source_id: row.id for row in kept}


def rows(fetched_at: datetime) -> list[dict[str, Any]]:
    """One row for each rule, for the table `price_rule`."""
    return [_row(rule_id, table, fetched_at) for rule_id, table in _tables().items()]


@cache
def tariffs() -> Mapping[str, Tariff]:
    """Rule id → its value."""
    return {rule_id: _tariff(rule_id, table) for rule_id, table in _tables().items()}


@cache
def _tables() -> Mapping[str, dict[str, Any]]:
    return tomllib.loads(
        resources.files("data.catalog").joinpath("price_rules.toml").read_text(encoding="utf-8")
    )


def _row(rule_id: str, table: Mapping[str, Any], fetched_at: datetime) -> dict[str, Any]:
    source, url = _source(table)
    return {
        "source_id": rule_id,
        "source": source,
        "source_url": url,
        "fetched_at": fetched_at,
        "checked_on": COLLECTED_ON,
        "key": table["key"],
        "per_hour": _decimal(table, "per_hour"),
        "fixed": _decimal(table, "fixed"),
        "ceiling": _decimal(table, "ceiling"),
        "year_ceiling": _decimal(table, "year_ceiling"),
        "valid_from": table.get("valid_from"),
        "valid_to": table.get("valid_to"),
        "exemptions": _exemptions(table),
        "disputed": table.get("disputed", False),
        "statement": table["statement"],
        "invented": table.get("invented", False),
    }


def _tariff(rule_id: str, table: Mapping[str, Any]) -> Tariff:
    source, url = _source(table)
    return Tariff(
        id=rule_id,
        key=table["key"],
        statement=table["statement"],
        per_hour=_decimal(table, "per_hour"),
        fixed=_decimal(table, "fixed"),
        ceiling=_decimal(table, "ceiling"),
        year_ceiling=_decimal(table, "year_ceiling"),
        exemptions=tuple(map(exemption_of, _exemptions(table))),
        disputed=table.get("disputed", False),
        source=source,
        source_url=url,
        checked_on=COLLECTED_ON,
        valid_from=table.get("valid_from"),
        valid_to=table.get("valid_to"),
        invented=table.get("invented", False),
    )


def _decimal(table: Mapping[str, Any], name: str) -> Decimal | None:
    return Decimal(table[name]) if name in table else None


def _exemptions(table: Mapping[str, Any]) -> list[dict[str, str]]:
    """The exemptions of a rule, each with the source of its own fact."""
    found = []
    for item in table.get("exemptions", ()):
        source, url = _source({"facts": [item["fact"]]} if "fact" in item else table)
        stored = {name: text for name, text in item.items() if name != "fact"} | {"source": source}
        found.append(stored | ({"source_url": url} if url else {}))
    return found


def _source(table: Mapping[str, Any]) -> tuple[str, str | None]:
    if "facts" not in table:
        return DEMO_SOURCE, None
    first = _facts()[table["facts"][0]]
    return first.source, first.source_url


@cache
def _facts() -> Mapping[str, FactValue]:
    return {fact.id: fact for fact in shipped()}
