"""Demand without offer, by subject, level, language, municipality, part of the day and mode: nobody to be recognised.

The cells of `data.catalog.folding` are made by calendar month, for all regions at once. A report over months, or of a
region, adds up or leaves out whole cells, so two reports cannot be subtracted to find a smaller one. Who reads a
running month every day does see it grow; what goes out to others holds closed months only.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import geo
from data.catalog.folding import REST, Key, Row, Step, fold, whatever
from data.catalog.subjects import subject
from data.tables import Demand, DemandTopic

KIND, SUBJECT, LEVEL, LANGUAGE, PLACE, DAY_PART, MODE = range(7)
TOPIC, AREA = "~", "area:"
"""Before a word that is no subject of ours, or alone when too few people said it; before an area of subjects."""


@dataclass(frozen=True, kw_only=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(year=day.year, number=day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def after(self) -> "Month":
        return Month(year=self.year + self.number // 12, number=self.number % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


def months(first: date, last: date) -> list[Month]:
    """The calendar months that hold the days from `first` to `last`."""
    found, month = [], Month.of(first)
    while month.first <= last:
        found.append(month)
        month = month.after
    return found


def year_until(today: date, *, closed: bool) -> list[Month]:
    """Twelve months up to this one, or up to the last that is over."""
    last = today.replace(day=1) - timedelta(days=1) if closed else today
    return months(last - timedelta(days=364), last)[-12:]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """How often something was asked in vain. A field is empty when it was not asked for, REST when it is too rare to tell.

    `kind` as in DemandKind, with the wishes let go: "relaxed:weekday+time_of_day". `subject`: an id, AREA and an area,
    or TOPIC and a word. `nis` and `region`: where, as far as can be told.
    """

    kind: str
    subject: str
    level: str
    language: str
    nis: str
    region: str
    day_part: str
    mode: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """Gaps, most asked first; `total` is what they add up to, `too_few` the months in which too few people asked."""

    gaps: Sequence[Gap]
    total: int
    too_few: Sequence[Month]


async def gaps(
    session: AsyncSession, wanted: Sequence[Month], *, k: int, regions: frozenset[str] | None = None
) -> Gaps:
    """The demand without offer of whole months; of some regions only: the cells that lie in them."""
    totals: Counter[Key] = Counter()
    too_few = []
    for month in wanted:
        rows = await _demand(session, month)
        cells = fold(rows, STEPS, k)
        if rows and not cells:
            too_few.append(month)
        for cell in cells:
            totals[cell.key] += cell.count
    found = [_gap(key, count) for key, count in totals.items()]
    seen = [gap for gap in found if regions is None or gap.region in regions]
    return Gaps(
        gaps=sorted(seen, key=lambda gap: (-gap.count, gap.subject, gap.nis, gap.kind, gap.day_part)),
        total=sum(gap.count for gap in seen),
        too_few=too_few,
    )


async def _demand(session: AsyncSession, month: Month) -> list[Row]:
    columns = (
        Demand.kind, Demand.wishes, Demand.subject_id, DemandTopic.word, Demand.topic_key, Demand.level,
        Demand.language, Demand.nis, Demand.region, Demand.day_part, Demand.mode, Demand.bucket,
    )  # fmt: skip
    found = await session.execute(
        select(*columns, func.count().label("asked"))
        .outerjoin(DemandTopic, DemandTopic.key == Demand.topic_key)
        .where(Demand.day >= month.first, Demand.day < month.after.first)
        .group_by(*columns)
    )
    return [
        Row(
            key=(
                ":".join(part for part in (row.kind, "+".join(row.wishes)) if part),
                row.subject_id or (f"{TOPIC}{row.word or ''}" if row.topic_key else ""),
                row.level or "", row.language, row.nis or row.region or "", row.day_part or "", row.mode or "",
            ),
            asker=row.bucket, count=row.asked,
        )
        for row in found
    ]  # fmt: skip


def _bare(kind: str) -> str:
    return kind.partition(":")[0]


def _area(subject_id: str) -> str:
    """The area of a subject; of a word that we do not know: that it is one."""
    if subject_id.startswith(TOPIC):
        return TOPIC
    known = subject(subject_id)
    return f"{AREA}{known.area}" if known else subject_id


def region_of(place: str) -> str:
    """The region of what stands in the cell for the place: a NIS code, or a region already."""
    return (geo.region_of(place) or "") if place[:1].isdigit() else place


STEPS: Sequence[Step] = (
    {KIND: _bare}, {MODE: whatever}, {DAY_PART: whatever}, {LEVEL: whatever}, {LANGUAGE: whatever}, {KIND: whatever},
    {PLACE: region_of}, {PLACE: whatever}, {SUBJECT: _area},
)  # fmt: skip
"""From fine to coarse. The subject goes last: it is what a provider can do something about."""


def _gap(key: Key, count: int) -> Gap:
    place = key[PLACE]
    return Gap(
        kind=key[KIND], subject=key[SUBJECT], level=key[LEVEL], language=key[LANGUAGE],
        nis=place if place[:1].isdigit() else (REST if place == REST or place else ""), region=region_of(place),
        day_part=key[DAY_PART], mode=key[MODE], count=count,
    )  # fmt: skip
