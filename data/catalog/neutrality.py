"""Is the order neutral? Exposure of every provider in the shown lists beside what its offer explains.

For each place in a list, the log says which providers had a run that was as good for the question: what only the
shuffle of the day sets apart. A provider's expected exposure is its share of those; its real exposure is that of the run
that stood there. Places higher up weigh more: 1 / log2(1 + place).

The shuffle of a day is the same for everybody, so lists of one day are not independent: a day is one observation. The
interval is a bootstrap over days with a fixed seed. The verdict is a test on the differences of the days
(self-normalised sum, normal bound) at 1 in 100 for all providers together (Bonferroni).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import NormalDist
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Course, Provider, Run, ShownList

LEAST_DAYS = 14
"""With fewer days nothing can be proved, so nothing is said."""

NOTICEABLE = 0.005
"""A smaller difference in the share of all exposure is nobody's business, however certain it is."""

_ERROR = 0.01
_RESAMPLES = 2000
_SEED = 20261123
_BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One list that was shown: on which day, after how many earlier runs, whose runs stood there, and what was as good.

    `offer`: provider → runs that fitted the question. `equals`: for each place, provider → runs that were as good.
    """

    day: date
    skipped: int
    providers: tuple[int, ...]
    offer: Mapping[int, int]
    equals: tuple[Mapping[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """Shares from 0 to 1 of one provider: of the runs that fitted, of the exposure expected, and of that which it had.

    `low` and `high`: 95 % interval of `real - expected`. `flagged`: too far from 0 to be chance.
    """

    provider_id: int
    name: str
    offer: float
    expected: float
    real: float
    low: float
    high: float
    flagged: bool

    @property
    def difference(self) -> float:
        return self.real - self.expected


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Every provider that was or could have been shown, the farthest from what is expected first."""

    lists: int
    days: int
    providers: tuple[Exposure, ...]

    @property
    def enough(self) -> bool:
        """Whether there are days enough to judge by."""
        return self.days >= LEAST_DAYS

    @property
    def flagged(self) -> tuple[Exposure, ...]:
        return tuple(provider for provider in self.providers if provider.flagged)


async def audit(
    session: AsyncSession, start: datetime, end: datetime, regions: frozenset[str] | None = None
) -> Audit:
    """The lists shown from `start` until before `end` (aware), of some regions or of all."""
    of_regions = true() if regions is None else ShownList.region_id.in_(regions)
    lists = (
        await session.scalars(
            select(ShownList).where(
                ShownList.created_at >= start,
                ShownList.created_at < end,
                ShownList.equals.is_not(None),
                of_regions,
            )
        )
    ).all()
    runs = {run for kept in lists for run in kept.run_ids}
    owner: dict[int, int] = dict(
        (
            await session.execute(
                select(Run.id, Course.provider_id)
                .join(Course, Course.id == Run.course_id)
                .where(Run.id.in_(runs))
            )
        ).all()
    )
    names: dict[int, str] = dict((await session.execute(select(Provider.id, Provider.name))).all())
    return weigh([_shown(kept, owner) for kept in lists], names)


def _shown(kept: ShownList, owner: Mapping[int, int]) -> Shown:
    # A run that is gone since leaves its place out, with what was as good.
    places = [
        (owner[run], {int(key): count for key, count in equals.items()})
        for run, equals in zip(kept.run_ids, kept.equals or (), strict=False)
        if run in owner
    ]
    return Shown(
        day=kept.created_at.astimezone(_BRUSSELS).date(),
        skipped=kept.skipped,
        providers=tuple(provider for provider, _ in places),
        offer={int(key): count for key, count in (kept.offer or {}).items()},
        equals=tuple(equals for _, equals in places),
    )


def weigh(lists: Iterable[Shown], names: Mapping[int, str]) -> Audit:
    """The audit of these lists; pure, and the same every time."""
    number = 0
    real: _ByDay = defaultdict(lambda: defaultdict(float))
    expected: _ByDay = defaultdict(lambda: defaultdict(float))
    offer: dict[int, float] = defaultdict(float)
    for shown in lists:
        number += 1
        fitted = sum(shown.offer.values())
        for place, (provider, equals) in enumerate(
            zip(shown.providers, shown.equals, strict=True), shown.skipped + 1
        ):
            weight = 1 / math.log2(1 + place)
            real[shown.day][provider] += weight
            for other, runs in equals.items():
                expected[shown.day][other] += weight * runs / sum(equals.values())
            for other, runs in shown.offer.items():
                offer[other] += weight * runs / fitted
    days = sorted(real)
    ids = sorted({provider for found in expected.values() for provider in found} | set(offer))
    if not ids:
        return Audit(lists=number, days=0, providers=())
    had, due = _table(real, days, ids), _table(expected, days, ids)
    total = float(had.sum())
    low, high = _intervals(had - due, had.sum(axis=1))
    certain = _certain(had - due, len(days))
    found = [
        Exposure(
            provider_id=provider,
            name=names.get(provider, f"#{provider}"),
            offer=offer[provider] / total,
            expected=float(due[:, column].sum()) / total,
            real=float(had[:, column].sum()) / total,
            low=float(low[column]),
            high=float(high[column]),
            flagged=bool(certain[column]) and abs(float((had - due)[:, column].sum()) / total) >= NOTICEABLE,
        )
        for column, provider in enumerate(ids)
    ]
    found.sort(key=lambda provider: (not provider.flagged, -abs(provider.difference), provider.name))
    return Audit(lists=number, days=len(days), providers=tuple(found))


_ByDay = dict[date, dict[int, float]]
_Table = np.ndarray[tuple[int, int], np.dtype[np.float64]]
_Row = np.ndarray[tuple[int], np.dtype[np.float64]]


def _table(found: _ByDay, days: Sequence[date], ids: Sequence[int]) -> _Table:
    """Days × providers."""
    return np.array([[found[day].get(provider, 0.0) for provider in ids] for day in days], dtype=np.float64)


def _intervals(differences: _Table, totals: _Row) -> tuple[_Row, _Row]:
    """The middle 95 % of what other days could have given, as shares of all exposure."""
    drawn = np.random.default_rng(_SEED).multinomial(
        len(totals), np.full(len(totals), 1 / len(totals)), size=_RESAMPLES
    )
    shares = (drawn @ differences) / (drawn @ totals)[:, None]
    low, high = np.quantile(shares, (0.025, 0.975), axis=0)
    return low, high


def _certain(differences: _Table, days: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each provider, whether its differences all point one way more than chance allows."""
    bound = NormalDist().inv_cdf(1 - _ERROR / (2 * differences.shape[1]))
    spread = np.sqrt((differences**2).sum(axis=0))
    statistic = np.abs(differences.sum(axis=0)) / np.where(spread > 0, spread, np.inf)
    return np.asarray((statistic > bound) & (days >= LEAST_DAYS))
