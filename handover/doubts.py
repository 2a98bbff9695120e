"""Messages that the bot was not sure of, laid together by what they look like, for staff to name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Correction, Decision, Event, Message, Person, Staff
from dispatch.triage import SURE, Action
from handover import access

WEEK = timedelta(days=7)
LARGEST = 12  # messages in a group: what one looks over at once
GUESSES = 5  # as many as there are keys for
_MOST = 400
_ALIKE = 62  # of 100: from there two messages of the same guess read as one question
_NOT_UNDERSTOOD = "not_understood"  # the reason with which the bot gives up


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A message and what the bot made of it."""

    message: Message
    decision: Decision
    person: Person

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """The likeliest intents with their probability, best first."""
        ranked = self.decision.understanding.get("ranking") or []
        return [(str(intent), float(chance)) for intent, chance in ranked] or [
            (self.decision.intent, self.decision.confidence)
        ]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Doubts that are probably about the same; `guesses` are intents, likeliest first."""

    doubts: Sequence[Doubt]
    guesses: Sequence[str]

    @property
    def key(self) -> str:
        return f"g{self.doubts[0].message.id}"


@dataclass(frozen=True, kw_only=True)
class Week:
    """The doubts of a week: how many messages were read, doubted, and named since."""

    groups: Sequence[Group]
    read: int
    open: int
    named: int


async def of_week(session: AsyncSession, staff: Staff, *, now: datetime) -> Week:
    """The doubts that this member of staff may see and nobody has named yet, largest group first."""
    recent = and_(Decision.created_at >= now - WEEK, access.may_see_person(staff))
    corrected = exists().where(Correction.message_id == Decision.message_id)
    counted = (
        select(
            func.count(),
            func.count().filter(_doubtful(), ~corrected),
            func.count().filter(corrected),
        )
        .select_from(Decision)
        .join(Message, Message.id == Decision.message_id)
        .join(Person, Person.id == Message.person_id)
        .where(recent)
    )
    read, unnamed, named = (await session.execute(counted)).one()
    query = _messages().where(recent, _doubtful(), ~corrected).order_by(Decision.id.desc()).limit(_MOST)
    doubts = await _read(session, query)
    return Week(groups=grouped(doubts), read=read, open=unnamed, named=named)


async def chosen(session: AsyncSession, staff: Staff, message_ids: Iterable[int]) -> Sequence[Doubt]:
    """These messages, as far as this member of staff may see them."""
    query = _messages().where(Message.id.in_(list(message_ids)), access.may_see_person(staff))
    return await _read(session, query.order_by(Message.id))


def grouped(doubts: Sequence[Doubt]) -> list[Group]:
    """Messages of one first guess that read alike go together; what is like no other goes with its guess."""
    by_guess: dict[str, list[list[Doubt]]] = {}
    for doubt in doubts:
        heaps = by_guess.setdefault(doubt.decision.intent, [])
        near = next((heap for heap in heaps if len(heap) < LARGEST and _alike(heap[0], doubt)), None)
        if near is None:
            heaps.append([doubt])
        else:
            near.append(doubt)
    groups: list[Group] = []
    for heaps in by_guess.values():
        single = [heap[0] for heap in heaps if len(heap) == 1]
        groups += [_group(heap) for heap in heaps if len(heap) > 1]
        groups += [_group(single[start : start + LARGEST]) for start in range(0, len(single), LARGEST)]
    return sorted(groups, key=lambda group: -len(group.doubts))


def _group(doubts: Sequence[Doubt]) -> Group:
    chances: dict[str, float] = {}
    for doubt in doubts:
        for intent, chance in doubt.ranking:
            chances[intent] = chances.get(intent, 0.0) + chance
    return Group(doubts=doubts, guesses=sorted(chances, key=lambda intent: -chances[intent])[:GUESSES])


def _alike(one: Doubt, other: Doubt) -> bool:
    return fuzz.token_sort_ratio(one.message.text.lower(), other.message.text.lower()) >= _ALIKE


def _messages() -> Select[Decision, Message, Person]:
    return (
        select(Decision, Message, Person)
        .join(Message, Message.id == Decision.message_id)
        .join(Person, Person.id == Message.person_id)
        .where(Person.erased_at.is_(None))
    )


async def _read(session: AsyncSession, query: Select[Decision, Message, Person]) -> list[Doubt]:
    """What a query of `_messages` finds."""
    return [
        Doubt(message=message, decision=decision, person=person)
        for decision, message, person in (await session.execute(query))
    ]


def _doubtful() -> ColumnElement[bool]:
    """Asked what was meant, less sure than sure enough, or given up; an answer such as "2" is no question."""
    gave_up = exists().where(
        Event.conversation_id == Decision.conversation_id,
        Event.kind == "conversation.escalated",
        Event.data["reason"].as_string() == _NOT_UNDERSTOOD,
        Event.created_at == Decision.created_at,  # the clock of the one transaction that wrote both
    )
    question = Decision.understanding["act"].as_string().is_(None)
    unsure = or_(Decision.action == Action.CLARIFY, Decision.confidence < SURE)
    return or_(and_(question, unsure), gave_up)
