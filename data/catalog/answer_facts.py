"""An answer card with the stored facts it rests on: where from, since when, and what must be said about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.answer_cards import AnswerCard
from data.catalog.facts import FactValue, facts_by_id, shipped
from data.tables import AnswerCardCheck

HOLDS_FOR = timedelta(days=365)
"""How long a card that staff looked at need not be looked at again."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where facts of a card were seen, and when."""

    name: str
    url: str | None
    checked_on: date


@dataclass(frozen=True, kw_only=True)
class Backed:
    """A card with the facts it rests on, as they are stored on a day."""

    card: AnswerCard
    facts: tuple[FactValue, ...]
    on: date
    held: bool = False  # staff say that something in it is wrong: nobody is shown it

    @property
    def disputed(self) -> bool:
        """Whether sources disagree, so that the answer must say that it has to be checked."""
        return any(fact.disputed for fact in self.facts)

    @property
    def stale(self) -> bool:
        """Whether a fact is past the day it should have been checked again, or no longer holds."""
        return len(self.facts) < len(self.card.fact_ids) or any(fact.stale(self.on) for fact in self.facts)

    @property
    def changed(self) -> tuple[FactValue, ...]:
        """Facts that somebody corrected since the card was written: they go before its text."""
        written = _written()
        return tuple(fact for fact in self.facts if written.get(fact.id) != fact.statement)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The pages the facts were seen on, each once, in the order of the facts."""
        found = (Source(name=f.source, url=f.source_url, checked_on=f.checked_on) for f in self.facts)
        return tuple(dict.fromkeys(found))


async def backed(session: AsyncSession, card: AnswerCard, *, on: date) -> Backed:
    """The card with its stored facts, and with what staff said of it."""
    facts = await facts_by_id(session, card.fact_ids, on=on)
    check = await session.get(AnswerCardCheck, card.id)
    if check is None:
        return Backed(card=card, facts=facts, on=on)
    looked = tuple(_looked_at(fact, check.checked_on) for fact in facts)
    return Backed(card=card, facts=looked, on=on, held=check.held_at is not None)


def _looked_at(fact: FactValue, checked_on: date | None) -> FactValue:
    if checked_on is None or checked_on <= fact.checked_on:
        return fact
    again = max(checked_on + HOLDS_FOR, fact.recheck_after or checked_on)
    return replace(fact, checked_on=checked_on, recheck_after=again)


@cache
def _written() -> Mapping[str, str]:
    return {fact.id: fact.statement for fact in shipped()}
