"""Being told once when a course comes that is not there now: asking for it, and thinking better of it."""

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.flows import courses
from bot.offered import NO_WISH, WISH, typed
from bot.state import Search
from bot.turn_types import Outcome, Reply, Turn
from data import events, geo
from data.catalog.search import search
from data.catalog.subjects import subject
from data.tables import Consent, ConsentKind, CourseWish, WishState

LASTS = timedelta(days=365)
MOST = 10  # wishes of one person at a time
ENDED_BY_PERSON = "person"


async def said(turn: Turn) -> Outcome | None:
    """The answer to "laat weten" after a search in vain, and to "niet meer nodig"; None for anything else."""
    spoken = typed(turn.understanding)
    if spoken in WISH and turn.dialogue.search is not None:
        return await _wish(turn, replace(turn.dialogue.search, offset=0, cheapest_first=False))
    if spoken in NO_WISH:
        ended = await end_all(turn.session, turn.person.id, now=turn.now)
        return Outcome(
            replies=(Reply(text=turn.say("wish_ended" if ended else "wish_none")),),
            dialogue=turn.dialogue.settled(),
        )
    return None


async def end_all(session: AsyncSession, person_id: int, *, now: datetime) -> int:
    """The person wants no such message any more; returns how many wishes that ends."""
    ended = await session.scalars(
        update(CourseWish)
        .where(CourseWish.person_id == person_id, CourseWish.state == WishState.WAITING)
        .values(state=WishState.STOPPED, ended_at=now)
        .returning(CourseWish.id)
    )
    ids = ended.all()
    await _withdraw(session, [*ids], now)
    if ids:
        await events.record(
            session, "wish.stopped", person_id=person_id, data={"wish_ids": [*ids], "by": ENDED_BY_PERSON}
        )
    return len(ids)


async def end(session: AsyncSession, wish: CourseWish, state: WishState, *, now: datetime) -> None:
    """Nothing more will be sent for this wish, and what was agreed to is used up."""
    wish.state, wish.ended_at = state, now
    await _withdraw(session, [wish.id], now)
    await events.record(
        session,
        f"wish.{state}",
        person_id=wish.person_id,
        data={"wish_id": wish.id, "message_id": wish.message_id},
    )


def looked_for(wanted: Search, language: str) -> str:
    """What a search is about, in words."""
    names = [item.label(language) for item in map(subject, wanted.subject_ids) if item]
    return ", ".join(names) or wanted.text or ""


async def _wish(turn: Turn, wanted: Search) -> Outcome:
    found = await search(turn.session, courses.to_query(wanted), today=turn.today)
    if found.hits and not found.relaxed:  # there is one by now
        return await courses.show(turn, wanted)
    waiting = await turn.session.scalar(
        select(func.count())
        .select_from(CourseWish)
        .where(CourseWish.person_id == turn.person.id, CourseWish.state == WishState.WAITING)
    )
    if (waiting or 0) >= MOST:
        return Outcome(replies=(Reply(text=turn.say("wish_too_many")),), dialogue=turn.dialogue.settled())
    place = geo.by_key(wanted.place_key) if wanted.place_key else None
    where = (
        turn.say("courses_near", place=place.named(turn.say.language))
        if place
        else turn.say("courses_anywhere")
    )
    text = turn.say("wish_kept", subject=looked_for(wanted, turn.say.own), where=where)
    await _keep(turn, wanted, text)
    return Outcome(replies=(Reply(text=text),), dialogue=replace(turn.dialogue, misses=0))


async def _keep(turn: Turn, wanted: Search, wording: str) -> None:
    """The wish with its consent; asked twice it is one wish."""
    stored = asdict(wanted)
    key = sha256(json.dumps(stored, sort_keys=True, default=list).encode()).hexdigest()
    same = select(CourseWish.id).where(
        CourseWish.person_id == turn.person.id,
        CourseWish.search_key == key,
        CourseWish.state == WishState.WAITING,
    )
    if await turn.session.scalar(same) is not None:  # no race: the turn holds the lock on the person
        return
    consent = Consent(
        person_id=turn.person.id, kind=ConsentKind.NEWS, wording=wording, channel=turn.message.channel,
        given_at=turn.now,
    )  # fmt: skip
    turn.session.add(consent)
    await turn.session.flush()
    wish_id = await turn.session.scalar(
        insert(CourseWish)
        .values(
            person_id=turn.person.id, address_id=turn.address.id, conversation_id=turn.conversation.id,
            consent_id=consent.id, search=stored, search_key=key, checked_at=turn.now, created_at=turn.now,
            expires_at=turn.now + LASTS,
        )
        .returning(CourseWish.id)
    )  # fmt: skip
    await events.record(
        turn.session, "wish.kept", person_id=turn.person.id, conversation_id=turn.conversation.id,
        region_id=turn.conversation.region_id, data={"wish_id": wish_id},
    )  # fmt: skip


async def _withdraw(session: AsyncSession, wish_ids: list[int], now: datetime) -> None:
    used = select(CourseWish.consent_id).where(CourseWish.id.in_(wish_ids))
    await session.execute(
        update(Consent)
        .where(Consent.id.in_(used), Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )
