"""Telling people once, and neutrally, that the course they asked for in vain can be found now."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.flows import course_items, courses, wishes
from bot.replies import BRUSSELS, Replies, replies
from bot.state import Asked, Dialogue, Search
from channels import abilities, quiet
from channels.abilities import channel_of
from channels.base import Choice
from channels.outbox import put
from channels.policy import may_send
from data import geo
from data.catalog import price_words
from data.catalog.price_rules import price_of, versions_for
from data.catalog.prices import Price
from data.catalog.search import RunHit, SearchResult, search
from data.catalog.shown import remember
from data.db import Database
from data.tables import (
    Address,
    Author,
    Conversation,
    CourseWish,
    Holder,
    Life,
    Message,
    Person,
    WishState,
)
from handover import conversation as handover

LOOK_EVERY = timedelta(hours=1)
AT_ONCE = 50  # wishes looked at in one go
PURPOSE = "news"
LISTENING = (None, Asked.COURSE, Asked.CLARIFY)
"""What we may have asked, for a number to mean a course of the news from now on."""


async def tell_due(database: Database, *, now: datetime, public_url: str) -> int:
    """Look anew for what people wait for, each in a transaction of its own; returns how many were told."""
    async with database.transaction() as session:
        found = await session.execute(
            select(CourseWish.id, CourseWish.person_id)
            .where(
                CourseWish.state == WishState.WAITING,
                or_(CourseWish.checked_at <= now - LOOK_EVERY, CourseWish.expires_at <= now),
            )
            .order_by(CourseWish.checked_at, CourseWish.id)
            .limit(AT_ONCE)
        )
        due = found.all()
    told = 0
    for wish_id, person_id in due:
        async with database.transaction() as session:
            person = await handover.lock_person(session, person_id)
            wish = await session.get(CourseWish, wish_id, with_for_update=True, populate_existing=True)
            if wish is not None and wish.state == WishState.WAITING:
                told += await _look(session, wish, person, now=now, public_url=public_url)
    return told


async def _look(
    session: AsyncSession, wish: CourseWish, person: Person, *, now: datetime, public_url: str
) -> bool:
    """Tell this one if there is something, and it may be told now."""
    if wish.expires_at <= now:
        await wishes.end(session, wish, WishState.EXPIRED, now=now)
        return False
    address = await session.get_one(Address, wish.address_id)
    if address.opted_out_at is not None:
        await wishes.end(session, wish, WishState.STOPPED, now=now)
        return False
    wish.checked_at = now
    local = now.astimezone(BRUSSELS)
    undisturbed = await quiet.hours(session, person.id)
    if not may_send(Message(purpose=PURPOSE), address, local, quiet=undisturbed).allowed:
        return False  # at night, or no window to write in: the next time
    wanted = Dialogue.from_json({"search": wish.search}).search or Search()
    found = await search(session, courses.to_query(wanted), today=local.date())
    if not found.hits or found.relaxed:
        return False
    message = await _tell(session, wish, person, address, wanted, found, now=now, public_url=public_url)
    wish.message_id = message.id
    await wishes.end(session, wish, WishState.TOLD, now=now)
    return True


async def _tell(
    session: AsyncSession,
    wish: CourseWish,
    person: Person,
    address: Address,
    wanted: Search,
    found: SearchResult,
    *,
    now: datetime,
    public_url: str,
) -> Message:
    """In the open conversation, or else in the one in which it was asked; nothing changes hands by it."""
    open_now = await session.scalar(
        select(Conversation)
        .where(Conversation.person_id == person.id, Conversation.life == Life.OPEN)
        .with_for_update()
    )
    if open_now is not None:
        talk = open_now
    else:
        talk = await session.get_one(Conversation, wish.conversation_id)
    say, dialogue = replies(person.language), Dialogue.from_json(talk.dialogue)
    listens = talk.life == Life.OPEN and talk.holder == Holder.BOT and dialogue.asked in LISTENING
    versions = await versions_for(session, found.hits)
    lines = [_line(say, hit, price_of(hit, versions, person.facts)) for hit in found.hits]
    place = geo.by_key(wanted.place_key) if wanted.place_key else None
    query = {
        "subject": "".join(wanted.subject_ids[:1]),
        "q": wanted.text or "",
        "where": place.name if place else "",
    }
    link = f"{public_url}/aanbod?" + urlencode({name: value for name, value in query.items() if value})
    buttons = listens and abilities.of(channel_of(address.scheme)).buttons
    text = "\n".join(
        [
            say(
                "wish_news", subject=wishes.looked_for(wanted, say.own), total=found.total,
                where=say("courses_near", place=place.named(say.language)) if place else say("courses_anywhere"),
                checked=say.short_date(min(hit.checked_on for hit in found.hits)),
            ),
            *(() if buttons else (f"{n}) {line}" if listens else f"- {line}" for n, line in enumerate(lines, 1))),
            *((say("courses_invented"),) if any(hit.invented for hit in found.hits) else ()),
            *((say("wish_news_choose"),) if listens else ()),
            say("wish_news_link", link=link),
            say("wish_news_stop"),
        ]
    )  # fmt: skip
    message, _ = await put(
        session, conversation=talk, address_id=address.id, channel=channel_of(address.scheme), author=Author.BOT, text=text,
        language=say.own, purpose=PURPOSE, client_msg_id=f"wish-{wish.id}",
        choices=[Choice(label=line, value=str(n)) for n, line in enumerate(lines, 1)] if buttons else (),
    )  # fmt: skip
    if listens:
        options = tuple(str(hit.run_id) for hit in found.hits)
        talk.dialogue = dialogue.waiting_for(Asked.COURSE, search=wanted, options=options).to_json()
    await remember(
        session,
        found,
        query={"by": "news", "subjects": list(wanted.subject_ids), "place": wanted.place_key},
        place=place,
        conversation_id=talk.id,
        region_id=talk.region_id,
    )
    await session.flush()
    return message


def _line(say: Replies, hit: RunHit, price: Price) -> str:
    times = f"{hit.starts:%H:%M}-{hit.ends:%H:%M}" if hit.starts and hit.ends else ""
    online = say("online") if hit.mode == "online" else ""
    return say(
        "course_line", provider=hit.provider_name, municipality=course_items.town(say, hit),
        days=" ".join(part for part in (online, say.days(hit.weekdays) if hit.weekdays else "", times) if part),
        start=course_items.start(say, hit), price=price_words.short(price, say.own),
    )  # fmt: skip
