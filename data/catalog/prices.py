"""What a run costs: lesson hours × tariff, with exemptions and ceilings. Says what is known, promises nothing.

The rule that holds on the day a run starts decides: that day says to which semester, so under which ceiling, it belongs
(onderwijs.vlaanderen.be). Where official pages disagree, all they say is kept, and the answer says where to check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal(0)
SEPTEMBER = 9
FOURTH = ".fourth"
"""What follows the key of a rule in that of the rule for who enrols for the same module a fourth time or more."""
TIMES_BEFORE = 3


class Status(StrEnum):
    """Situations that lower a price. The words are ours; `of_person` reads them from what a person told us."""

    LEEFLOON = "leefloon"
    JOB_SEEKER = "job_seeker"
    UNEMPLOYED = "unemployed"
    INTEGRATION = "integration"
    DISABILITY = "disability"
    DETAINED = "detained"
    MATERIAL_AID = "material_aid"
    NO_DIPLOMA = "no_diploma"
    BRUSSELS = "brussels"


_SAME_STATUS = {
    "cpas": Status.LEEFLOON,
    "ocmw": Status.LEEFLOON,
    "fired": Status.UNEMPLOYED,
    "inburgeraar": Status.INTEGRATION,
    "prisoner": Status.DETAINED,
    "asylum_seeker": Status.MATERIAL_AID,
}
_NO_DIPLOMA = frozenset({"none", "geen", "no", "LO", "primary"})
_BRUSSELS_NIS_PREFIX = "21"


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """A lower tariff (per lesson hour, or fixed) for a situation, what proves it, and when it holds."""

    status: str
    per_hour: Decimal | None
    fixed: Decimal | None
    prove: str
    source: str
    source_url: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """A dated price rule as a value; amounts in euro. Neither `per_hour` nor `fixed`: the price is unknown.

    `ceiling` is the most that a semester costs, `year_ceiling` the most that a school year costs. Rules with the same
    `key` are versions of one: of different years, or by pages that disagree.
    """

    id: str
    key: str
    statement: str
    per_hour: Decimal | None
    fixed: Decimal | None
    ceiling: Decimal | None
    year_ceiling: Decimal | None = None
    exemptions: tuple[Exemption, ...]
    disputed: bool
    source: str
    source_url: str | None
    checked_on: date
    valid_from: date | None
    valid_to: date | None
    invented: bool

    def covers(self, on: date) -> bool:
        """Whether the rule holds on a day."""
        return _holds(self.valid_from, self.valid_to, on)


class PartKind(StrEnum):
    """What a part of a price tells: `catalog.price_words` has the sentences."""

    PER_HOUR = "per_hour"  # hours, tariff, amount
    FIXED = "fixed"  # amount
    UNKNOWN = "unknown"
    CEILING = "ceiling"  # amount
    YEAR_CEILING = "year_ceiling"  # amount
    LOWERED = "lowered"  # status, amount, prove
    LOWER_FOR = "lower_for"  # statuses that pay less, amount of the lowest
    MATERIAL = "material"  # amount
    OTHER_PAGE = "other_page"  # amount, source
    CHECK = "check"
    CHECK_YEAR = "check_year"  # school_year
    FOURTH_PERHAPS = "fourth_perhaps"  # tariff: nobody knows how often they enrolled before
    FOURTH_TIME = "fourth_time"  # the tariff counted in is that of a fourth enrolment


@dataclass(frozen=True, kw_only=True)
class PricePart:
    """One thing to say about a price; amounts in euro."""

    kind: PartKind
    amount: Decimal | None = None
    hours: int | None = None
    tariff: Decimal | None = None
    status: str | None = None
    prove: str | None = None
    statuses: tuple[str, ...] = ()
    source: str | None = None
    school_year: str | None = None


@dataclass(frozen=True, kw_only=True)
class OtherPrice:
    """What another official page says that the same run costs, in euro; None where it names no amount."""

    amount: Decimal | None
    statement: str
    source: str
    source_url: str | None


@dataclass(frozen=True, kw_only=True)
class Price:
    """What somebody probably pays for a run, in euro without material; None where nobody can tell.

    `full_amount` is without the exemption that `amount` counts in; `to_prove` is what that exemption asks for.
    `disputed`: official pages disagree or the rule does not cover the day, so it must be checked with the school;
    `others` is what the pages say that disagree.
    """

    amount: Decimal | None
    full_amount: Decimal | None
    material: Decimal
    rule_id: str
    statement: str
    parts: tuple[PricePart, ...]
    source: str
    source_url: str | None
    source_date: date
    to_prove: str | None
    disputed: bool
    others: tuple[OtherPrice, ...] = ()


def of_person(facts: Mapping[str, Any]) -> frozenset[str]:
    """The price-lowering situations in what a person told us (`Person.facts`: status, diploma, nis)."""
    said = facts.get("status")
    words = [said] if isinstance(said, str) else list(said or ())
    found = {str(_SAME_STATUS.get(word, word)) for word in words}
    if facts.get("diploma") in _NO_DIPLOMA:
        found.add(Status.NO_DIPLOMA)
    if str(facts.get("nis", "")).startswith(_BRUSSELS_NIS_PREFIX):
        found.add(Status.BRUSSELS)
    return frozenset(str(status) for status in found)


def price_for(
    lesson_hours: int,
    rule: Tariff,
    person_facts: Mapping[str, Any],
    on: date,
    *,
    versions: Sequence[Tariff] = (),
    material: Decimal = ZERO,
    ends: date | None = None,
    enrolled_before: int | None = None,
) -> Price:
    """The price of a run of `lesson_hours` that starts on a day, for a person with these facts ({} if unknown).

    `rule` is the rule the run names, `versions` are all rules with its key: the one that holds on that day counts.
    Among them may be those for a fourth enrolment (`FOURTH`). `enrolled_before`: how often this person enrolled for
    the same module in the last six school years; None if nobody knows.
    """
    statuses = of_person(person_facts)
    fourth = next((item for item in versions if item.key == rule.key + FOURTH and item.covers(on)), None)
    again = fourth is not None and enrolled_before is not None and enrolled_before >= TIMES_BEFORE
    holding = fourth if fourth is not None and again else in_force(rule, versions, on)
    years = 1 if ends is None else max(1, _year_of(ends) - _year_of(on) + 1)
    full = _amount(lesson_hours, holding.per_hour, holding.fixed, holding, years)
    exemption = _best(holding, statuses, lesson_hours, full, on, years)
    amount = full if exemption is None else _exempt(exemption, lesson_hours, holding, years)
    others = _others(holding, versions, statuses, lesson_hours, amount, on, years)
    disputed = holding.disputed or not holding.covers(on) or bool(others)
    parts = _parts(lesson_hours, holding, full, exemption, amount, material, others, on, years)
    if again:
        parts.insert(1, PricePart(kind=PartKind.FOURTH_TIME))
    elif fourth is not None and enrolled_before is None:
        parts.append(PricePart(kind=PartKind.FOURTH_PERHAPS, tariff=fourth.per_hour))
    return Price(
        amount=amount,
        full_amount=full,
        material=material,
        rule_id=holding.id,
        statement=holding.statement,
        parts=tuple(parts),
        source=exemption.source if exemption else holding.source,
        source_url=(exemption.source_url if exemption else None) or holding.source_url,
        source_date=holding.checked_on,
        to_prove=exemption.prove if exemption else None,
        disputed=disputed,
        others=others,
    )


def in_force(rule: Tariff, versions: Sequence[Tariff], on: date) -> Tariff:
    """The rule itself if it holds on the day; else the newest version that does; else the one nearest in time."""
    if rule.covers(on):
        return rule
    same = [version for version in versions if version.key == rule.key]
    holding = [version for version in same if version.covers(on)]
    if holding:
        return max(holding, key=lambda version: (version.valid_from or date.min, version.id))
    return min((rule, *same), key=lambda version: _days_apart(version, on))


def exemption_of(stored: Mapping[str, Any]) -> Exemption:
    """An element of `price_rule.exemptions` as a value."""
    return Exemption(
        status=stored["status"],
        per_hour=_decimal(stored.get("per_hour")),
        fixed=_decimal(stored.get("fixed")),
        prove=stored["prove"],
        source=stored["source"],
        source_url=stored.get("source_url"),
        valid_from=_date(stored.get("valid_from")),
        valid_to=_date(stored.get("valid_to")),
    )


def school_year(on: date) -> str:
    """The school year of a day, "2026-2027"; it begins on 1 September."""
    year = _year_of(on)
    return f"{year}-{year + 1}"


def _year_of(on: date) -> int:
    return on.year if on.month >= SEPTEMBER else on.year - 1


def _holds(first: date | None, last: date | None, on: date) -> bool:
    return (first is None or first <= on) and (last is None or on <= last)


def _days_apart(rule: Tariff, on: date) -> int:
    if rule.valid_to is not None and rule.valid_to < on:
        return (on - rule.valid_to).days
    if rule.valid_from is not None and on < rule.valid_from:
        return (rule.valid_from - on).days
    return 0


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _amount(
    hours: int, per_hour: Decimal | None, fixed: Decimal | None, rule: Tariff, years: int
) -> Decimal | None:
    if fixed is not None:
        return fixed
    if per_hour is None:
        return None
    total = (per_hour * hours).quantize(CENT, ROUND_HALF_UP)
    return min(total, *_ceilings(rule, years)) if _ceilings(rule, years) else total


def _ceilings(rule: Tariff, years: int) -> list[Decimal]:
    yearly = None if rule.year_ceiling is None else rule.year_ceiling * years
    return [ceiling for ceiling in (rule.ceiling, yearly) if ceiling is not None]


def _exempt(exemption: Exemption, hours: int, rule: Tariff, years: int) -> Decimal | None:
    return _amount(hours, exemption.per_hour, exemption.fixed, rule, years)


def _best(
    rule: Tariff, statuses: frozenset[str], hours: int, full: Decimal | None, on: date, years: int
) -> Exemption | None:
    """The exemption that makes it cheapest, among those of the person that hold; None if none makes it cheaper."""
    offers = [
        (amount, exemption)
        for exemption in rule.exemptions
        if exemption.status in statuses
        and _holds(exemption.valid_from, exemption.valid_to, on)
        and (amount := _exempt(exemption, hours, rule, years)) is not None
        and (full is None or amount < full)
    ]
    return min(offers, key=lambda offer: offer[0])[1] if offers else None


def _others(
    holding: Tariff,
    versions: Sequence[Tariff],
    statuses: frozenset[str],
    hours: int,
    amount: Decimal | None,
    on: date,
    years: int,
) -> tuple[OtherPrice, ...]:
    """What other versions that hold on the same day make it, where that differs."""
    found = []
    for rule in versions:
        if rule.key != holding.key or rule.id == holding.id or not rule.covers(on):
            continue
        full = _amount(hours, rule.per_hour, rule.fixed, rule, years)
        exemption = _best(rule, statuses, hours, full, on, years)
        other = full if exemption is None else _exempt(exemption, hours, rule, years)
        if other != amount:
            found.append(
                OtherPrice(
                    amount=other, statement=rule.statement, source=rule.source, source_url=rule.source_url
                )
            )
    return tuple(found)


def _parts(
    hours: int,
    rule: Tariff,
    full: Decimal | None,
    exemption: Exemption | None,
    amount: Decimal | None,
    material: Decimal,
    others: tuple[OtherPrice, ...],
    on: date,
    years: int,
) -> list[PricePart]:
    parts = [*_basis(hours, rule, full, years)]
    lower = [item for item in rule.exemptions if _holds(item.valid_from, item.valid_to, on)]
    if exemption is not None:
        parts.append(
            PricePart(kind=PartKind.LOWERED, amount=amount, status=exemption.status, prove=exemption.prove)
        )
    elif lower:
        lowest = min(_exempt(item, hours, rule, years) or ZERO for item in lower)
        statuses = tuple(dict.fromkeys(item.status for item in lower))
        parts.append(PricePart(kind=PartKind.LOWER_FOR, amount=lowest, statuses=statuses))
    if material:
        parts.append(PricePart(kind=PartKind.MATERIAL, amount=material))
    parts += [PricePart(kind=PartKind.OTHER_PAGE, amount=o.amount, source=o.source) for o in others]
    if rule.disputed or others:
        parts.append(PricePart(kind=PartKind.CHECK))
    if not rule.covers(on):
        parts.append(PricePart(kind=PartKind.CHECK_YEAR, school_year=school_year(on)))
    return parts


def _basis(hours: int, rule: Tariff, full: Decimal | None, years: int) -> list[PricePart]:
    if full is None:
        return [PricePart(kind=PartKind.UNKNOWN)]
    if rule.per_hour is None or rule.fixed is not None:
        return [PricePart(kind=PartKind.FIXED, amount=full)]
    total = (rule.per_hour * hours).quantize(CENT, ROUND_HALF_UP)
    parts = [PricePart(kind=PartKind.PER_HOUR, amount=total, hours=hours, tariff=rule.per_hour)]
    if full < total:
        by_semester = rule.ceiling == full
        kind = PartKind.CEILING if by_semester else PartKind.YEAR_CEILING
        parts.append(PricePart(kind=kind, amount=full if by_semester else rule.year_ceiling))
    return parts
