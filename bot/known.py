"""What we know of a person, for triage; and what a message adds to it."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies import to_type
from bot.state import Asked, Dialogue
from bot.turn_types import known_place, place_in, where_they_live
from data.tables import Conversation, Holder, Person, Trajectory
from dispatch import booking
from dispatch.triage import Known
from nlu import Understanding
from nlu.text import words

KEPT = ("status", "diploma", "nt2_level", "age")
SURE = 0.85  # of the language, before a known one is given up
WORDS = 3
CHOSEN = "language_chosen"
"""In `Person.facts`: the language was asked for, or set by staff; no guess changes it."""

_KNOWN = select(  # made once, and one look for all: it is asked for every message
    func.count(Trajectory.id), func.min(Trajectory.staff_id), booking.HAS_UPCOMING
).where(Trajectory.person_id == bindparam("person_id"), Trajectory.closed_at.is_(None))


def choose_language(person: Person, language: str) -> None:
    """Read and write with this person in `language` from now on."""
    person.language = language
    person.facts = {**person.facts, CHOSEN: True}


def remember(person: Person, conversation: Conversation, spoken: Understanding, *, first: bool) -> None:
    """Keep the language, the place and the facts that answers need; nothing else of what was said."""
    language = spoken.language
    long_enough = len(spoken.text.split()) >= WORDS
    if (
        not person.facts.get(CHOSEN)
        and " ".join(words(spoken.text)) not in to_type()
        and language != person.language
        and (
            (first and (long_enough or spoken.language_confidence >= SURE))
            or (long_enough and spoken.language_confidence >= SURE)
        )
    ):
        person.language = language
    facts = dict(person.facts)
    for name in KEPT:
        value = spoken.value(name)
        if value is not None:
            facts[name] = int(value) if name == "age" and value.isdigit() else value
    place = place_in(spoken)
    if place is not None and known_place(person) is None:
        facts = where_they_live(person, place, spoken.value("postcode"), facts)
        person.region_id = person.region_id or place.region
    if facts != person.facts:
        person.facts = facts
    conversation.region_id = conversation.region_id or person.region_id


async def known_of(
    session: AsyncSession, person: Person, talk: Conversation | None, dialogue: Dialogue, now: datetime
) -> Known:
    """What triage may weigh; without a conversation, what it may weigh of the person alone."""
    found = await session.execute(_KNOWN, {"person_id": person.id, "now": now})
    trajectories, counsellor_id, has_appointment = found.one()
    age = person.facts.get("age")
    return Known(
        language=person.language,
        age=age if isinstance(age, int) else None,
        nis=person.nis,
        has_appointment=has_appointment,
        has_trajectory=trajectories > 0,
        counsellor_id=counsellor_id,
        status=_text(person.facts.get("status")),
        diploma=_text(person.facts.get("diploma")),
        nt2_level=_text(person.facts.get("nt2_level")),
        asked=frozenset({Asked.CLARIFY.value} if dialogue.misses else ()),
        waits=talk is not None and talk.holder != Holder.BOT,
        in_crisis=talk is not None and talk.holder == Holder.QUEUE and talk.reason == "crisis",
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
