from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalog import price_words
from data.catalog.facts import shipped
from data.catalog.prices import Exemption, Tariff, in_force, of_person, price_for, school_year
from data.catalog.shipped_rules import tariffs

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


def with_versions(rule_id: str, hours: int, facts: dict[str, Any], on: date, ends: date | None = None) -> Any:
    rules = tariffs()
    rule = rules[rule_id]
    versions = [other for other in rules.values() if other.key == rule.key]
    return price_for(hours, rule, facts, on, versions=versions, ends=ends)


VERSIONED: list[tuple[str, int, dict[str, Any], date, str, str | None, list[str], bool]] = [
    # rule the run names, hours, person, start, rule that counts, euro, what other pages make it, disputed
    ("cvo-standard", 400, {}, date(2026, 11, 23), "cvo-standard", "300", [], False),
    ("cvo-standard", 400, {}, date(2015, 9, 1), "cvo-standard", "300", [], False),
    ("cvo-standard", 400, {}, date(2015, 8, 31), "cvo-standard-2015", "460", [], False),
    ("cvo-standard-2015", 400, {}, date(2027, 1, 10), "cvo-standard", "300", [], False),
    (
        "cvo-standard",
        60,
        {},
        date(2027, 9, 1),
        "cvo-standard",
        "90.00",
        [],
        True,
    ),  # nobody looked that far yet
    ("cvo-standard", 60, {}, date(2014, 12, 1), "cvo-standard-2015", "90.00", [], True),
    ("cbe-standard", 60, {}, date(2026, 11, 23), "cbe-standard", "90.00", ["0.00"], True),
    ("cbe-free", 60, {}, date(2026, 11, 23), "cbe-free", "0.00", ["90.00"], True),
    ("cbe-standard", 60, {"status": "leefloon"}, date(2026, 11, 23), "cbe-standard", "0.00", [], True),
    ("cvo-general", 120, {}, date(2026, 11, 23), "cvo-general", "180.00", ["0.00"], True),
    ("cvo-general", 120, {"diploma": "none"}, date(2026, 11, 23), "cvo-general", "0.00", [], False),
    ("evc-test", 8, {}, date(2026, 11, 23), "evc-test", "120", [], True),
    ("evc-test", 8, {"status": "job_seeker"}, date(2026, 11, 23), "evc-test", "60", ["0"], True),
]


@pytest.mark.parametrize(
    ("rule", "hours", "facts", "on", "counts", "amount", "others", "disputed"), VERSIONED
)
def test_the_rule_that_holds_on_the_day_a_run_starts_counts(
    rule: str,
    hours: int,
    facts: dict[str, Any],
    on: date,
    counts: str,
    amount: str,
    others: list[str],
    disputed: bool,
) -> None:
    price = with_versions(rule, hours, facts, on)
    assert price.rule_id == counts
    assert price.amount == Decimal(amount)
    assert [other.amount for other in price.others] == [Decimal(other) for other in others]
    assert price.disputed is disputed
    assert all(other.source and other.source_url for other in price.others)


def test_a_course_without_modules_has_a_ceiling_a_school_year() -> None:
    assert with_versions("cvo-linear", 640, {}, date(2026, 9, 1), date(2027, 6, 30)).amount == Decimal("600")
    assert with_versions("cvo-linear", 640, {}, date(2026, 9, 1), date(2028, 6, 30)).amount == Decimal(
        "960.00"
    )
    assert with_versions("cvo-linear", 300, {}, date(2026, 9, 1), date(2027, 6, 30)).amount == Decimal(
        "450.00"
    )


def test_the_start_decides_the_semester_however_long_a_module_lasts() -> None:
    long = with_versions("cvo-standard", 400, {}, date(2026, 9, 1), date(2027, 6, 30))
    assert long.amount == Decimal("300")
    assert price_words.sentences(long)[:2] == (
        "400 lestijden × 1,50 euro = 600 euro.",
        "Je betaalt nooit meer dan 300 euro per semester.",
    )


def test_pages_that_disagree_are_both_said_with_where_to_check() -> None:
    price = with_versions("cbe-standard", 60, {}, TODAY)
    assert price_words.short(price) == "gratis of 90 euro, vraag na"
    said = price_words.sentences(price)
    assert "Een andere pagina (onderwijs.vlaanderen.be) zegt: niets (gratis)." in said
    assert "Vraag de prijs na bij de school: officiële pagina's zeggen niet hetzelfde." in said
    assert price_words.short(price, "fr") == "gratuit ou 90 euros, à vérifier"


def test_after_the_year_that_was_looked_at_the_answer_says_so() -> None:
    price = with_versions("cvo-standard", 60, {}, date(2027, 9, 13))
    assert price_words.sentences(price)[-1] == (
        "Voor schooljaar 2027-2028 kan het anders zijn: vraag het na bij de school."
    )


@pytest.mark.parametrize(("day", "year"), [((2026, 8, 31), "2025-2026"), ((2026, 9, 1), "2026-2027")])
def test_a_school_year_begins_in_september(day: tuple[int, int, int], year: str) -> None:
    assert school_year(date(*day)) == year


def test_each_exemption_has_the_source_of_its_own_fact() -> None:
    facts = {fact.id: fact for fact in shipped()}
    price = price_for(60, tariffs()["cvo-standard"], {"status": "unemployed"}, TODAY)
    assert (price.source, price.source_url) == (
        facts["fee.partial.exemption"].source,
        facts["fee.partial.exemption"].source_url,
    )


def test_an_exemption_holds_between_its_dates() -> None:
    rule = tariffs()["cvo-standard"]
    ended = tuple(replace(item, valid_to=date(2026, 8, 31)) for item in rule.exemptions)
    over = replace(rule, exemptions=ended)
    assert price_for(60, over, {"status": "leefloon"}, date(2026, 8, 31)).amount == 0
    later = price_for(60, over, {"status": "leefloon"}, date(2026, 9, 1))
    assert later.amount == Decimal("90.00")
    assert not any("minder" in sentence for sentence in price_words.sentences(later))


MONEY = st.decimals(min_value=0, max_value=1000, places=2)
DAYS = st.none() | st.dates(min_value=date(2010, 1, 1), max_value=date(2035, 1, 1))
STATUSES = st.sampled_from(["leefloon", "unemployed", "disability", "no_diploma"])
EXEMPTIONS = st.builds(
    Exemption, status=STATUSES, per_hour=st.none() | MONEY, fixed=st.none() | MONEY, prove=st.just("een attest"),
    source=st.just("vlaanderen.be"), valid_from=DAYS, valid_to=DAYS,
)  # fmt: skip
TARIFFS = st.builds(
    Tariff, id=st.text("abc", min_size=1), key=st.just("one"), statement=st.just("Een regel."), per_hour=st.none() | MONEY,
    fixed=st.none() | MONEY, ceiling=st.none() | MONEY, year_ceiling=st.none() | MONEY,
    exemptions=st.lists(EXEMPTIONS, max_size=4).map(tuple), disputed=st.booleans(), source=st.sampled_from(["a.be", "b.be"]),
    source_url=st.none(), checked_on=st.just(TODAY), valid_from=DAYS, valid_to=DAYS, invented=st.booleans(),
)  # fmt: skip


@given(
    rule=TARIFFS, others=st.lists(TARIFFS, max_size=3), hours=st.integers(0, 2000), statuses=st.lists(STATUSES),
    on=st.dates(min_value=date(2012, 1, 1), max_value=date(2033, 1, 1)), material=MONEY,
)  # fmt: skip
def test_no_price_is_negative_raised_by_an_exemption_above_its_ceiling_or_without_a_source(
    rule: Tariff, others: list[Tariff], hours: int, statuses: list[str], on: date, material: Decimal
) -> None:
    plain = price_for(hours, rule, {}, on, versions=others, material=material)
    price = price_for(hours, rule, {"status": statuses}, on, versions=others, material=material)
    counts = in_force(rule, others, on)
    assert price.source
    assert price.full_amount == plain.amount
    if price.amount is not None:
        assert price.amount >= 0
        if plain.amount is not None:
            assert price.amount <= plain.amount
        if counts.fixed is None and counts.ceiling is not None and price.to_prove is None:
            assert price.amount <= counts.ceiling
        if counts.fixed is None and counts.year_ceiling is not None and price.to_prove is None:
            assert price.amount <= counts.year_ceiling
    assert price.disputed or counts.covers(on)
    assert price.material == material
    for language in ("nl", "fr", "en"):
        assert len(price_words.sentences(price, language)) == len(price.parts)


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


@pytest.mark.parametrize(
    ("status", "begins"),
    [
        ("job_seeker", "Als werkzoekende betaal je misschien"),
        ("detained", "In de gevangenis betaal je misschien"),
    ],
)
def test_the_situation_reads_as_dutch(status: str, begins: str) -> None:
    price = price_for(60, tariffs()["cvo-standard"], {"status": status}, TODAY)
    assert any(sentence.startswith(begins) for sentence in price_words.sentences(price))


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


@pytest.mark.parametrize(
    ("before", "facts", "amount"),
    [
        (None, {}, "90.00"),
        (0, {}, "90.00"),
        (2, {}, "90.00"),
        (3, {}, "180.00"),
        (4, {}, "180.00"),
        (3, {"status": "leefloon"}, "90.00"),
        (2, {"status": "leefloon"}, "0.00"),
        (3, {"status": "unemployed"}, "180.00"),  # only a full exemption halves it
    ],
)
def test_a_fourth_enrolment_in_the_same_module_costs_more(
    before: int | None, facts: dict[str, Any], amount: str
) -> None:
    rules = tuple(tariffs().values())
    price = price_for(60, tariffs()["cvo-standard"], facts, TODAY, versions=rules, enrolled_before=before)
    assert price.amount == Decimal(amount)
    said = " ".join(price_words.sentences(price))
    assert ("drie keer in voor dezelfde module? Dan betaal je 3 euro" in said) is (before is None)
    assert ("de school kijkt dat na" in said) is (before is not None and before >= 3)
    assert "dezelfde module?" not in " ".join(price_words.sentences(price, brief=True))
    assert price.source
    earlier = price_for(
        60, tariffs()["cvo-standard"], facts, date(2019, 8, 31), versions=rules, enrolled_before=before
    )
    assert earlier.amount != Decimal("180.00"), "the rule holds since 1 September 2019"


def test_a_fourth_enrolment_stays_below_the_ceiling_and_is_only_for_modules() -> None:
    rules = tuple(tariffs().values())
    assert price_for(
        200, tariffs()["cvo-standard"], {}, TODAY, versions=rules, enrolled_before=3
    ).amount == Decimal(300)
    assert price_for(
        60, tariffs()["cvo-linear"], {}, TODAY, versions=rules, enrolled_before=3
    ).amount == Decimal("90.00")
