"""The answer cards as the JSON API gives them."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from data.catalog.answer_cards import ORIGINAL
from data.catalog.answer_facts import Backed

AnswerLanguage = Literal["nl", "fr", "en", "tr", "ar", "uk", "pl", "es"]


class OptionOut(BaseModel):
    """One of the things there is to choose from; their order says nothing."""

    name: str
    what: str


class SourceOut(BaseModel):
    """Where facts of the answer were seen."""

    source: str
    source_url: str | None
    checked_on: date


class AnswerOut(BaseModel):
    """A short reviewed answer. Nothing is promised to anybody."""

    id: str
    topics: list[str] = Field(description="The intents it answers.")
    language: str
    translated: bool = Field(description="From Dutch, which is the text that counts.")
    title: str
    sentences: list[str]
    options: list[OptionOut]
    disputed: bool = Field(description="Official pages disagree: say that it has to be checked.")
    stale: bool = Field(description="A fact is past the day it should have been checked again, or gone.")
    corrected: list[str] = Field(description="What was corrected since the text was written; it goes first.")
    sources: list[SourceOut]
    page: str = Field(description="Our page about this answer.")


class AnswersOut(BaseModel):
    """All answers."""

    answers: list[AnswerOut]


def answer_out(behind: Backed, language: str, base: str) -> AnswerOut:
    """A card as the API shows it; `base` is our own address."""
    wording = behind.card.said(language)
    return AnswerOut(
        id=behind.card.id, topics=list(behind.card.topics), language=wording.language,
        translated=wording.language != ORIGINAL, title=wording.title, sentences=list(wording.sentences),
        options=[OptionOut(name=name, what=what) for name, what in wording.options],
        disputed=behind.disputed, stale=behind.stale,
        corrected=[fact.statement for fact in behind.changed],
        sources=[
            SourceOut(source=source.name, source_url=source.url, checked_on=source.checked_on)
            for source in behind.sources
        ],
        page=f"{base}/antwoorden/{behind.card.id}?lang={wording.language}",
    )  # fmt: skip
