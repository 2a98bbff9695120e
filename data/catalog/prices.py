"""What a run costs: lesson hours × tariff, with exemptions and a ceiling. Says what is known, promises nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal(0)


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
    """A lower tariff (per lesson hour, or fixed) for a situation, and what proves it."""

    status: str
    per_hour: Decimal | None
    fixed: Decimal | None
    prove: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """A dated price rule as a value; amounts in euro. Neither `per_hour` nor `fixed`: the price is unknown."""

    id: str
    key: str
    statement: str
    per_hour: Decimal | None
    fixed: Decimal | None
    ceiling: Decimal | None
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
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


class PartKind(StrEnum):
    """What a part of a price tells: `catalog.price_words` has the sentences."""

    PER_HOUR = "per_hour"  # hours, tariff, amount
    FIXED = "fixed"  # amount
    UNKNOWN = "unknown"
    CEILING = "ceiling"  # amount
    LOWERED = "lowered"  # status, amount, prove
    LOWER_FOR = "lower_for"  # statuses that pay less, amount of the lowest
    MATERIAL = "material"  # amount
    CHECK = "check"


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


@dataclass(frozen=True, kw_only=True)
class Price:
    """What somebody probably pays for a run, in euro without material; None where nobody can tell.

    `full_amount` is without the exemption that `amount` counts in; `to_prove` is what that exemption asks for.
    `disputed`: official pages disagree or the rule does not cover the day, so it must be checked with the school.
    """

    amount: Decimal | None
    full_amount: Decimal | None
    material: Decimal
    rule_id: str
    parts: tuple[PricePart, ...]
    source: str
    source_url: str | None
    source_date: date
    to_prove: str | None
    disputed: bool


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
    material: Decimal = ZERO,
) -> Price:
    """The price of a run of `lesson_hours` by `rule` on a day, for a person with these facts ({} if unknown)."""
    full = _amount(lesson_hours, rule.per_hour, rule.fixed, rule.ceiling)
    exemption = _best(rule, of_person(person_facts), lesson_hours, full)
    amount = full if exemption is None else _exempt(exemption, lesson_hours, rule.ceiling)
    disputed = rule.disputed or not rule.covers(on)
    return Price(
        amount=amount,
        full_amount=full,
        material=material,
        rule_id=rule.id,
        parts=tuple(_parts(lesson_hours, rule, full, exemption, amount, material, disputed)),
        source=exemption.source if exemption else rule.source,
        source_url=rule.source_url,
        source_date=rule.checked_on,
        to_prove=exemption.prove if exemption else None,
        disputed=disputed,
    )


def exemption_of(stored: Mapping[str, Any]) -> Exemption:
    """An element of `price_rule.exemptions` as a value."""
    return Exemption(
        status=stored["status"],
        per_hour=_decimal(stored.get("per_hour")),
        fixed=_decimal(stored.get("fixed")),
        prove=stored["prove"],
        source=stored["source"],
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _amount(
    hours: int, per_hour: Decimal | None, fixed: Decimal | None, ceiling: Decimal | None
) -> Decimal | None:
    if fixed is not None:
        return fixed
    if per_hour is None:
        return None
    total = (per_hour * hours).quantize(CENT, ROUND_HALF_UP)
    return total if ceiling is None else min(total, ceiling)


def _exempt(exemption: Exemption, hours: int, ceiling: Decimal | None) -> Decimal | None:
    return _amount(hours, exemption.per_hour, exemption.fixed, ceiling)


def _best(rule: Tariff, statuses: frozenset[str], hours: int, full: Decimal | None) -> Exemption | None:
    """The exemption that makes it cheapest, among those of the person; None if none makes it cheaper."""
    offers = [
        (amount, exemption)
        for exemption in rule.exemptions
        if exemption.status in statuses
        and (amount := _exempt(exemption, hours, rule.ceiling)) is not None
        and (full is None or amount < full)
    ]
    return min(offers, key=lambda offer: offer[0])[1] if offers else None


def _parts(
    hours: int,
    rule: Tariff,
    full: Decimal | None,
    exemption: Exemption | None,
    amount: Decimal | None,
    material: Decimal,
    disputed: bool,
) -> list[PricePart]:
    parts: list[PricePart] = []
    if full is None:
        parts.append(PricePart(kind=PartKind.UNKNOWN))
    elif rule.per_hour is None:
        parts.append(PricePart(kind=PartKind.FIXED, amount=full))
    else:
        parts.append(PricePart(kind=PartKind.PER_HOUR, amount=full, hours=hours, tariff=rule.per_hour))
        if rule.ceiling is not None and full == rule.ceiling:
            parts.append(PricePart(kind=PartKind.CEILING, amount=rule.ceiling))
    if exemption is not None:
        parts.append(
            PricePart(kind=PartKind.LOWERED, amount=amount, status=exemption.status, prove=exemption.prove)
        )
    elif rule.exemptions:
        lowest = min(_exempt(item, hours, rule.ceiling) or ZERO for item in rule.exemptions)
        statuses = tuple(dict.fromkeys(item.status for item in rule.exemptions))
        parts.append(PricePart(kind=PartKind.LOWER_FOR, amount=lowest, statuses=statuses))
    if material:
        parts.append(PricePart(kind=PartKind.MATERIAL, amount=material))
    if disputed:
        parts.append(PricePart(kind=PartKind.CHECK))
    return parts
