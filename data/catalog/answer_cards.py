"""Answer cards: reviewed short answers to questions that are no course list, each resting on sourced facts.

One file a card in `answers/`, with the Dutch text and its translations: the same sentences, numbers and options, and
nothing more (the language law). What stands around a card is in `answer_words.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

ORIGINAL = "nl"
LANGUAGES = ("nl", "fr", "en", "tr", "ar", "uk", "pl", "es")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A card in one language: at most three short sentences, and options as (name, what it is), side by side."""

    language: str
    title: str
    sentences: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class AnswerCard:
    """A question that is answered with a fixed text.

    `topics` are the intents it answers; `words` in a message point at it; with `words_only` nothing else does.
    A card without topics is found by its words alone, whatever the intent. A question with its `words` about one of
    `subjects` (of the catalogue) is for the card rather than for a list of courses; so is the price of what is `priced`.
    """

    id: str
    topics: tuple[str, ...]
    words: re.Pattern[str]
    words_only: bool
    subjects: tuple[str, ...]
    priced: tuple[str, ...]
    fact_ids: tuple[str, ...]
    wordings: Mapping[str, Wording]

    def said(self, language: str) -> Wording:
        """The card in this language, else in Dutch."""
        return self.wordings.get(language.split("-")[0]) or self.wordings[ORIGINAL]


@cache
def cards() -> Mapping[str, AnswerCard]:
    """Id → card, in the order of the ids."""
    folder = resources.files("data.catalog").joinpath("answers")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    found = (_card(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8")) for file in files)
    return {card.id: card for card in found}


@cache
def words_around(language: str) -> Mapping[str, str]:
    """What stands around a card: its source, that it is a translation, what to do next. Dutch for languages we lack."""
    text = resources.files("data.catalog").joinpath("answer_words.toml").read_text(encoding="utf-8")
    words: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    return words.get(language.split("-")[0]) or words[ORIGINAL]


def cards_for(topic: str, text: str) -> tuple[AnswerCard, ...]:
    """The card that a message points at; without such words all cards of its topic, to choose from."""
    named = named_card(topic, text)
    if named is not None:
        return (named,)
    return tuple(card for card in cards().values() if topic in card.topics and not card.words_only)


def named_card(topic: str, text: str) -> AnswerCard | None:
    """The card whose words are in the text, among those that answer the topic."""
    found = [
        card
        for card in cards().values()
        if (not card.topics or topic in card.topics) and card.words.search(text)
    ]
    return min(found, key=lambda card: not card.words_only, default=None)


def card_of_subject(subject_ids: Iterable[str], text: str) -> AnswerCard | None:
    """The card that a question about one of these subjects is for, when the text has its words."""
    wanted = set(subject_ids)
    found = (card for card in cards().values() if wanted & set(card.subjects) and card.words.search(text))
    return next(found, None)


def price_card(subject_ids: Iterable[str]) -> AnswerCard | None:
    """The card that tells what one of these subjects costs, wherever it is done."""
    wanted = set(subject_ids)
    return next((card for card in cards().values() if wanted & set(card.priced)), None)


def asks_about_kinds(text: str) -> bool:
    """Whether a text asks something that a card answers whatever its intent: "verschil tussen CVO en Syntra?"."""
    return any(not card.topics and card.words.search(text) for card in cards().values())


def _card(card_id: str, text: str) -> AnswerCard:
    table = tomllib.loads(text)
    return AnswerCard(
        id=card_id,
        topics=tuple(table["topics"]),
        words=re.compile(rf"\b(?:{table['words']})", re.IGNORECASE),
        words_only=table.get("words_only", False),
        subjects=tuple(table.get("subjects", ())),
        priced=tuple(table.get("priced", ())),
        fact_ids=tuple(table["facts"]),
        wordings={
            language: Wording(
                language=language,
                title=table[language]["title"],
                sentences=tuple(table[language]["sentences"]),
                options=tuple((name, what) for name, what in table[language].get("options", ())),
            )
            for language in LANGUAGES
            if language in table
        },
    )
