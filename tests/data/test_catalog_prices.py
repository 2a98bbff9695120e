from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from data.catalog import price_words
from data.catalog.facts import shipped
from data.catalog.prices import of_person, price_for
from data.seed.price_rules import tariffs

TODAY = date(2026, 11, 23)

CASES: list[tuple[str, int, dict[str, Any], str | None, bool]] = [
    # rule, lesson hours, what the person said, euro, disputed
    ("cvo-standard", 60, {}, "90.00", False),
    ("cvo-standard", 120, {}, "180.00", False),
    ("cvo-standard", 200, {}, "300", False),  # 1,50 × 200 is just the ceiling
    ("cvo-standard", 640, {}, "300", False),
    ("cvo-standard", 60, {"status": "leefloon"}, "0.00", False),
    ("cvo-standard", 60, {"status": "cpas"}, "0.00", False),
    ("cvo-standard", 60, {"status": "unemployed"}, "18.00", False),
    ("cvo-standard", 60, {"status": ["unemployed", "leefloon"]}, "0.00", False),
    ("cvo-standard", 60, {"status": "child_benefit"}, "90.00", False),
    ("cvo-standard", 2000, {"status": "disability"}, "300", False),  # no gain: the ceiling holds
    ("cvo-general", 120, {"diploma": "none"}, "0.00", False),
    ("cvo-general", 120, {"diploma": "SO"}, "180.00", False),
    ("cvo-nt2", 120, {}, "72.00", True),
    ("cvo-nt2-brussel", 120, {"nis": "21015"}, "0.00", True),
    ("cvo-nt2-brussel", 120, {"nis": "44021"}, "72.00", True),
    ("cbe-standard", 60, {}, "90.00", True),
    ("cbe-free", 60, {}, "0.00", True),
    ("vdab-free", 200, {}, None, False),
    ("vdab-free", 200, {"status": "job_seeker"}, "0", False),
    ("evc-test", 8, {}, "120", True),
    ("evc-test", 8, {"status": "leefloon"}, "60", True),
    ("hogeschool-module", 120, {}, None, False),
]


@pytest.mark.parametrize(("rule", "hours", "facts", "amount", "disputed"), CASES)
def test_price_for(rule: str, hours: int, facts: dict[str, Any], amount: str | None, disputed: bool) -> None:
    price = price_for(hours, tariffs()[rule], facts, TODAY)
    assert price.amount == (None if amount is None else Decimal(amount))
    assert price.disputed is disputed
    assert price.rule_id == rule
    assert price.source


def test_an_exemption_keeps_the_full_price_and_says_what_proves_it() -> None:
    price = price_for(60, tariffs()["cvo-standard"], {"status": "leefloon"}, TODAY)
    assert price.full_amount == Decimal("90.00")
    assert price.to_prove is not None
    assert "OCMW" in price.to_prove


def test_nothing_is_said_about_proof_when_no_exemption_counts() -> None:
    assert price_for(60, tariffs()["cvo-standard"], {}, TODAY).to_prove is None


def test_a_rule_outside_its_dates_must_be_checked() -> None:
    rule = replace(tariffs()["cvo-standard"], valid_to=date(2025, 8, 31))
    assert price_for(60, rule, {}, TODAY).disputed
    assert not price_for(60, rule, {}, date(2025, 8, 31)).disputed


def test_of_person_reads_what_was_told() -> None:
    assert of_person({"status": "cpas", "diploma": "none", "nis": "21004"}) == {
        "leefloon",
        "no_diploma",
        "brussels",
    }
    assert of_person({}) == frozenset()


@pytest.mark.parametrize("language", ["nl", "fr", "en", "tr"])
@pytest.mark.parametrize(("rule", "hours", "facts", "amount", "disputed"), CASES)
def test_every_price_can_be_said(
    rule: str, hours: int, facts: dict[str, Any], amount: str | None, disputed: bool, language: str
) -> None:
    price = price_for(hours, tariffs()[rule], facts, TODAY, material=Decimal("12.5"))
    said = price_words.sentences(price, language)
    assert len(said) == len(price.parts)
    assert all(
        sentence.endswith((".", ".)")) and "None" not in sentence and "{" not in sentence for sentence in said
    )
    assert "!" not in "".join(said)


def test_dutch_sentences() -> None:
    price = price_for(60, tariffs()["cvo-standard"], {"status": "leefloon"}, TODAY, material=Decimal("12.50"))
    assert price_words.sentences(price) == (
        "60 lestijden × 1,50 euro = 90 euro.",
        "Met leefloon betaal je misschien niets (gratis). Neem mee: een attest van het OCMW, niet ouder dan 1 maand.",
        "Cursusmateriaal: ongeveer 12,50 euro extra.",
    )
    assert price_words.short(price) == "gratis"
    assert price_words.short(price_for(60, tariffs()["vdab-free"], {}, TODAY)) == "prijs navragen"
    assert price_words.short(price_for(61, tariffs()["cvo-standard"], {}, TODAY), "en") == "91.50 euros"


def test_every_rule_rests_on_a_fact_or_says_that_it_is_invented() -> None:
    for rule in tariffs().values():
        assert rule.invented != (rule.source_url is not None), rule.id


def test_facts_that_disagree_name_each_other() -> None:
    facts = {fact.id: fact for fact in shipped()}
    assert facts["fee.cbe.standard.new"].conflicts_with == "fee.cbe.free.old"
    assert facts["fee.cbe.free.old"].conflicts_with == "fee.cbe.standard.new"
    assert facts["loopbaancheque.2025"].disputed
    assert not facts["other.lines"].verified
    assert all(fact.statement and fact.source for fact in facts.values())
