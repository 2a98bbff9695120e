"""A small catalogue that a test writes line by line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from data import geo
from data.catalog.search import Near
from data.tables import Course, Place, PriceRule, Provider, Run

TODAY = date(2026, 11, 23)


def near(key: str, max_km: float = 15) -> Near:
    place = geo.by_key(key)
    assert place is not None
    return Near(lat=place.lat, lon=place.lon, max_km=max_km)


class Catalogue:
    """Writes a small catalogue; every `run` is a Spanish evening course in Gent unless told otherwise."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._number = 0
        self._made: dict[str, Any] = {}

    def _sourced(self) -> dict[str, Any]:
        self._number += 1
        return {
            "source": "test",
            "source_id": str(self._number),
            "fetched_at": datetime(2026, 11, 1, tzinfo=UTC),
            "checked_on": date(2026, 11, 12),
        }

    async def _once(self, key: str, row: Any) -> int:
        if key not in self._made:
            self._session.add(row)
            await self._session.flush()
            self._made[key] = row.id
        return int(self._made[key])

    async def run(
        self,
        *,
        town: str = "gent",
        provider: str = "CVO A",
        title: str = "Spaans 1",
        subject: str = "spaans",
        weekday: int = 1,
        part: str = "evening",
        start: date = TODAY + timedelta(days=30),
        per_hour: str | None = "1.50",
        level: str | None = None,
        **columns: Any,
    ) -> int:
        place = geo.by_key(town)
        assert place is not None
        provider_id = await self._once(provider, Provider(name=provider, kind="cvo", **self._sourced()))
        place_id = await self._once(
            f"{provider} {town}",
            Place(
                provider_id=provider_id, name=f"campus {town}", postcode=place.postcodes[0],
                municipality=place.municipality, nis=place.nis, lat=place.lat, lon=place.lon, **self._sourced(),
            ),
        )  # fmt: skip
        course_id = await self._once(
            f"{provider} {title}",
            Course(
                provider_id=provider_id, title=title, description="Je leert het stap voor stap.",
                subject_ids=[subject], level=level, **self._sourced(),
            ),
        )  # fmt: skip
        rule_id = await self._once(
            f"rule {per_hour}",
            PriceRule(
                key="test", per_hour=None if per_hour is None else Decimal(per_hour), ceiling=None,
                statement="Proef.", **self._sourced(),
            ),
        )  # fmt: skip
        run = Run(
            course_id=course_id, place_id=place_id, start_date=start, weekdays=[weekday],
            starts=time(19, 0) if part == "evening" else time(9, 0), ends=time(22, 0), day_parts=[part],
            lesson_hours=columns.pop("lesson_hours", 60), price_rule_id=rule_id, **self._sourced(), **columns,
        )  # fmt: skip
        self._session.add(run)
        await self._session.flush()
        return run.id
