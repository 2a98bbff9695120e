"""The answer cards read as they should in every language, and say nothing that their facts do not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.catalog.answer_cards import (
    LANGUAGES,
    AnswerCard,
    Wording,
    asks_about_kinds,
    cards,
    cards_for,
    words_around,
)
from data.catalog.answer_facts import Backed, backed
from data.catalog.facts import shipped
from data.db import Database
from data.tables import Fact

TODAY = date(2026, 11, 23)
LONGEST, MOST = 15, 3
NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
PROMISES = re.compile(
    r"\bbehoud|\bje houdt je uitkering|\bgegarandeerd|\bzeker recht|\btu gardes\b|\byou keep\b", re.IGNORECASE
)
ALL = [pytest.param(card, id=card.id) for card in cards().values()]


def numbers(texts: tuple[str, ...]) -> set[float]:
    """The numbers in some texts: "1,50" and "1.50" are one, and so are "3.714" and 3714."""
    found = set()
    for number in NUMBER.findall(" ".join(texts)):
        plain = number.replace(",", ".")
        thousands = re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain)
        found.add(float(plain.replace(".", "")) if thousands else float(plain))
    return found


def everything(wording: Wording) -> tuple[str, ...]:
    return (*wording.sentences, *(f"{name}: {what}" for name, what in wording.options))


def test_there_is_a_card_for_each_question_that_is_no_course_list() -> None:
    assert len(cards()) >= 16
    for topic in (
        "secondary_diploma", "evc", "diploma_recognition", "financing_leave", "dutch_nt2", "practical_barrier",
        "basic_skills", "enrolment", "entry_requirements", "course_price", "higher_education",
    ):  # fmt: skip
        assert any(topic in card.topics for card in cards().values()), topic


@pytest.mark.parametrize("card", ALL)
def test_every_card_is_there_in_every_language(card: AnswerCard) -> None:
    assert tuple(card.wordings) == LANGUAGES


@pytest.mark.parametrize("card", ALL)
def test_a_card_is_short(card: AnswerCard) -> None:
    for wording in card.wordings.values():
        assert 1 <= len(wording.sentences) <= MOST
        for sentence in wording.sentences:
            assert len(sentence.split()) <= LONGEST, sentence
            assert sentence[-1] in ".?", sentence
            assert not re.search(r"[.?!]\s+\S", sentence[:-1]), sentence
        for name, what in wording.options:
            assert len(what.split()) <= LONGEST, what
            assert len(name.split()) <= 8, name
            assert what[-1] not in ".!?", what
        assert "!" not in "".join(everything(wording))
        assert "\N{EM DASH}" not in "".join(everything(wording))


@pytest.mark.parametrize("card", ALL)
def test_every_number_of_a_card_is_in_one_of_its_facts(card: AnswerCard) -> None:
    for wording in card.wordings.values():
        facts = {fact.id: fact for fact in shipped()}
        known = numbers(tuple(f"{facts[fact].statement} {facts[fact].as_of}" for fact in card.fact_ids))
        years = {float(year) for fact in card.fact_ids for year in re.findall(r"\d{4}", facts[fact].as_of)}
        extra = numbers(everything(wording)) - known - years
        assert not extra, f"{extra} is in none of {card.fact_ids}"


@pytest.mark.parametrize("card", ALL)
def test_a_translation_says_the_same_and_nothing_more(card: AnswerCard) -> None:
    for wording in card.wordings.values():
        original = card.wordings["nl"]
        assert len(wording.sentences) == len(original.sentences)
        assert len(wording.options) == len(original.options)
        assert numbers(everything(wording)) == numbers(everything(original))
        for name in ("CVO", "VDAB", "Ligo", "Syntra", "NARIC", "Examencommissie", "De Lijn", "HBO5"):
            said, meant = (name in " ".join(everything(each)) for each in (wording, original))
            assert said == meant, f"{name}: only one of the two names it"


@pytest.mark.parametrize("card", ALL)
def test_a_card_promises_nobody_money(card: AnswerCard) -> None:
    for wording in card.wordings.values():
        assert not PROMISES.search(" ".join(everything(wording)))


@pytest.mark.parametrize("card", ALL)
def test_a_card_never_picks(card: AnswerCard) -> None:
    assert len(card.wordings["nl"].options) != 1, "one option is a pick"


def test_what_stands_around_a_card_is_there_in_every_language() -> None:
    keys = set(words_around("nl"))
    for language in LANGUAGES:
        words = words_around(language)
        assert set(words) == keys, language
        assert bool(words["translated"]) == (language != "nl"), "a translation says that it is one"
        assert words["more_word"] in words["more"], language
        assert words["talk_word"] in words["more"], language


@pytest.mark.parametrize(
    ("topic", "text", "ids"),
    [
        ("evc", "wat is EVC?", ["evc"]),
        ("financing_leave", "hoe vraag ik opleidingsverlof aan", ["opleidingsverlof"]),
        ("financing_leave", "kan ik met opleidingscheques betalen?", ["opleidingscheques"]),
        ("financing_leave", "bestaat er een premie", ["premie-diploma"]),
        ("financing_leave", "wie betaalt dat", ["opleidingscheques", "opleidingsverlof"]),
        ("secondary_diploma", "wat is het verschil", ["diploma-secundair"]),
        ("secondary_diploma", "wat is de examencommissie?", ["examencommissie"]),
        ("practical_barrier", "is er kinderopvang", ["kinderopvang"]),
        ("practical_barrier", "ik kan niet weg", []),
        ("find_course", "verschil tussen CVO en Syntra?", ["soorten-scholen"]),
        ("smalltalk", "CVO nedir?", ["soorten-scholen"]),
        ("find_course", "ik zoek een cursus spaans", []),
        ("course_price", "krijg ik vrijstelling", ["prijs"]),
        ("secondary_diploma", "j'ai fait l'école primaire", ["diploma-secundair"]),
    ],
)  # fmt: skip
def test_a_message_finds_its_card(topic: str, text: str, ids: list[str]) -> None:
    assert [card.id for card in cards_for(topic, text)] == ids


def test_only_a_question_about_kinds_of_schools_is_answered_whatever_the_intent() -> None:
    assert asks_about_kinds("wat is het verschil tussen een CVO en VDAB")
    assert not asks_about_kinds("cursus bij CVO in Gent")
    assert not asks_about_kinds("wat is het verschil tussen Spaans 1 en 2")


def row(source_id: str, **columns: Any) -> Fact:
    known = {fact.id: fact for fact in shipped()}[source_id]
    fields: dict[str, Any] = {
        "topic": known.topic, "statement": known.statement, "as_of": known.as_of, "status": "seen",
        "source": known.source, "source_url": known.source_url, "source_id": source_id,
        "fetched_at": datetime(2026, 11, 1, tzinfo=UTC), "checked_on": date(2026, 11, 20),
    }  # fmt: skip
    return Fact(**fields | columns)


async def test_a_card_says_when_its_facts_are_past_their_date_corrected_or_gone(database: Database) -> None:
    card = cards()["graduaat"]
    async with database.transaction() as session:
        stored = row("graduaat", recheck_after=date(2027, 8, 31))
        session.add(stored)
        await session.flush()

        async def on(day: date) -> Backed:
            return await backed(session, card, on=day)

        today = await on(TODAY)
        assert [fact.id for fact in today.facts] == ["graduaat"]
        assert not today.stale
        assert not today.changed
        assert today.sources[0].checked_on == date(2026, 11, 20)
        assert not (await on(date(2027, 8, 31))).stale
        assert (await on(date(2027, 9, 1))).stale

        stored.statement = "HBO5 verpleegkunde heet nu ook graduaat."
        await session.flush()
        assert [fact.statement for fact in (await on(TODAY)).changed] == [stored.statement]

        stored.valid_to = date(2026, 11, 22)
        await session.flush()
        ended = await on(TODAY)
        assert ended.facts == ()
        assert ended.stale


async def test_a_card_says_that_its_sources_disagree(database: Database) -> None:
    async with database.transaction() as session:
        session.add_all([row("evc.price", conflicts_with="evc.price.kortenberg"), row("evc.steps")])
        await session.flush()
        assert (await backed(session, cards()["evc"], on=TODAY)).disputed
