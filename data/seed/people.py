"""Stores the invented clients: persons, addresses, conversations, messages, decisions and their events."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from data.seed.rows import put, read_table, write
from data.seed.threads import Line, Thread
from data.tables import (
    Address,
    AddressLink,
    Author,
    Conversation,
    Decision,
    Direction,
    Holder,
    Life,
    Message,
    Person,
    Status,
    Urgency,
    WaitingOn,
)

NEW_CONVERSATION_AFTER = timedelta(days=21)
MODEL_VERSION = "demo"
# Numbers in a range that no operator has, so that no reminder of the demo can reach a living person.
PHONE = "+32400000{:03d}"
MAIL = "client{:03d}@demo.leerlijn.be"
_NEVER_DOUBTED = frozenset({"smalltalk", "opt_out", "distress_crisis"})
_EVERY = 3  # message of the others is one that the bot doubted: the console has something to name
_SENT = {"whatsapp": Status.READ, "web": Status.READ, "sms": Status.DELIVERED, "mailto": Status.SENT}


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A thread and the ids of what was stored of it."""

    thread: Thread
    person_id: int
    addresses: Mapping[str, int]
    """Channel → address id."""
    conversations: tuple[int, ...]
    """Oldest first."""
    message_ids: tuple[int, ...]
    """One for each line of the thread, in order."""


async def seed_people(
    session: AsyncSession, rng: random.Random, threads: Sequence[Thread], now: datetime
) -> tuple[list[Stored], list[dict[str, Any]], Mapping[str, int]]:
    """Store persons and their talk; returns what was stored, the events that go with it, and how many of each."""
    person_ids = await put(session, Person, [_person_row(thread, now) for thread in threads])
    drafts = [
        (number, channel, thread) for number, thread in enumerate(threads) for channel in thread.channels
    ]
    address_ids = await put(session, Address, [_address_row(*draft) for draft in drafts])
    addresses: list[dict[str, int]] = [{} for _ in threads]
    for (number, channel, _), address_id in zip(drafts, address_ids, strict=True):
        addresses[number][channel] = address_id
    await write(
        session,
        AddressLink,
        [
            {"address_id": address_id, "person_id": person_ids[number], "verified": True}
            for (number, _, _), address_id in zip(drafts, address_ids, strict=True)
        ],
    )
    periods = [_periods(thread.lines) for thread in threads]
    rows = [
        _conversation_row(thread, person_id, period, now, last=period is parts[-1])
        for thread, person_id, parts in zip(threads, person_ids, periods, strict=True)
        for period in parts
    ]
    conversation_ids = iter(await put(session, Conversation, rows))
    conversations = [tuple(next(conversation_ids) for _ in parts) for parts in periods]
    lines = [
        (number, conversations[number][part], line)
        for number, parts in enumerate(periods)
        for part, period in enumerate(parts)
        for line in period
    ]
    message_ids = await put(
        session,
        Message,
        [
            _message_row(threads[number], line, conversation_id, person_ids[number], addresses[number])
            for number, conversation_id, line in lines
        ],
    )
    why = {row["intent"]: row for row in read_table("decisions")}
    decided = [
        _decision_row(rng, threads[number], line, conversation_id, message_id, why[line.intent])
        for (number, conversation_id, line), message_id in zip(lines, message_ids, strict=True)
        if line.intent
    ]
    await write(session, Decision, decided)
    by_thread: list[list[int]] = [[] for _ in threads]
    for (number, _, _), message_id in zip(lines, message_ids, strict=True):
        by_thread[number].append(message_id)
    stored = [
        Stored(
            thread=thread,
            person_id=person_ids[number],
            addresses=addresses[number],
            conversations=conversations[number],
            message_ids=tuple(by_thread[number]),
        )
        for number, thread in enumerate(threads)
    ]
    events = [event for item in stored for event in _events(item)]
    counts = {
        "persons": len(person_ids),
        "conversations": len(rows),
        "messages": len(message_ids),
        "waiting": sum(row["holder"] == Holder.QUEUE for row in rows),
    }
    return stored, events, counts


def _person_row(thread: Thread, now: datetime) -> dict[str, Any]:
    heard = [line.at for line in thread.lines if line.author is Author.PERSON]
    moments = [line.at for line in thread.lines] + [contact.at for contact in thread.contacts]
    return {
        "name": thread.name,
        "language": thread.language,
        "postcode": thread.town.postcodes[0],
        "municipality": thread.town.municipality,
        "nis": thread.town.nis,
        "lat": thread.town.lat,
        "lon": thread.town.lon,
        "region_id": thread.region_id,
        "facts": {"place_key": thread.town.key, **thread.facts},
        "invented": True,
        "created_at": min([*moments, thread.opened_at or now]),
        "last_seen_at": max(heard, default=None),
    }


def _address_row(number: int, channel: str, thread: Thread) -> dict[str, Any]:
    phone = PHONE.format(number + 101)
    path, display = {
        "web": (hashlib.sha256(f"demo-{number}".encode()).hexdigest(), None),
        "mailto": (MAIL.format(number + 101), MAIL.format(number + 101)),
    }.get(channel, (phone, f"+32 400 00 {phone[-4:-2]} {phone[-2:]}"))
    heard = [line.at for line in thread.lines if line.author is Author.PERSON and line.channel == channel]
    return {
        "scheme": channel,
        "path": path,
        "display": display,
        "opted_out_at": thread.lines[-1].at if thread.opted_out else None,
        "last_in_at": max(heard, default=None),
    }


def _periods(lines: Sequence[Line]) -> list[list[Line]]:
    """Cut a thread where nobody wrote for three weeks."""
    periods: list[list[Line]] = []
    for line in lines:
        if periods and line.at - periods[-1][-1].at <= NEW_CONVERSATION_AFTER:
            periods[-1].append(line)
        else:
            periods.append([line])
    return periods


def _conversation_row(
    thread: Thread, person_id: int, period: Sequence[Line], now: datetime, *, last: bool
) -> dict[str, Any]:
    writer = next((line.staff_id for line in reversed(period) if line.staff_id), None)
    open_ = last and thread.state != "closed"
    if open_ and thread.state == "queue":
        holder, staff_id = Holder.QUEUE, None
    elif open_ and thread.state == "bot":
        holder, staff_id = Holder.BOT, None
    else:
        staff_id = thread.staff_id if open_ else writer
        holder = Holder.STAFF if staff_id else Holder.BOT
    on_us = open_ and (holder is Holder.QUEUE or thread.waiting_since is not None)
    return {
        "person_id": person_id,
        "region_id": thread.region_id,
        "holder": holder,
        "staff_id": staff_id,
        "waiting_on": WaitingOn.US if on_us else WaitingOn.CLIENT,
        "life": Life.OPEN if open_ else Life.CLOSED,
        "urgency": thread.urgency if open_ else Urgency.NORMAL,
        "version": {Holder.BOT: 1, Holder.QUEUE: 2, Holder.STAFF: 3}[holder],
        "waiting_since": thread.waiting_since if on_us else None,
        "promised_at": thread.promised_at if on_us else None,
        "reason": thread.reason if open_ else None,
        "channel": period[-1].carrier,
        "dialogue": {"greeted": True},
        "opened_at": period[0].at,
        "closed_at": None if open_ else min(period[-1].at + timedelta(hours=20), now),
    }


def _message_row(
    thread: Thread, line: Line, conversation_id: int, person_id: int, addresses: Mapping[str, int]
) -> dict[str, Any]:
    heard = line.author is Author.PERSON
    return {
        "conversation_id": conversation_id,
        "person_id": person_id,
        "address_id": addresses[line.channel],
        "channel": line.carrier,
        "direction": Direction.IN if heard else Direction.OUT,
        "author": line.author,
        "staff_id": line.staff_id,
        "text": line.text,
        "language": thread.language,
        "status": Status.RECEIVED if heard else _SENT.get(line.channel, Status.SENT),
        "created_at": line.at,
        "status_at": line.at,
    }


def _decision_row(
    rng: random.Random,
    thread: Thread,
    line: Line,
    conversation_id: int,
    message_id: int,
    why: Mapping[str, str],
) -> dict[str, Any]:
    doubtful = line.intent not in _NEVER_DOUBTED and message_id % _EVERY == 0
    confidence = round(rng.uniform(0.36, 0.56) if doubtful else rng.uniform(0.78, 0.97), 2)
    rest = 1 - confidence
    rivals = [
        [name, round(rest * part, 2)] for name, part in zip(why["rivals"].split(","), (0.6, 0.3), strict=True)
    ]
    return {
        "message_id": message_id,
        "conversation_id": conversation_id,
        "intent": line.intent,
        "confidence": confidence,
        "language": thread.language,
        "tier": line.tier,
        "action": why["action"],
        "reasons": [{name: why[name] for name in ("code", "text", "section")}],
        "understanding": {
            "ranking": [[line.intent, confidence], *rivals],
            "slots": [],
            "act": "choose" if line.text.isdigit() else None,
            "language_confidence": 0.99,
        },
        "model_version": MODEL_VERSION,
        "created_at": line.at,
    }


def _events(stored: Stored) -> Iterator[dict[str, Any]]:
    """The trail that the real program leaves: opened, received, queued, escalated, taken over."""
    thread = stored.thread
    shared = {"person_id": stored.person_id, "region_id": thread.region_id}
    message_ids = iter(stored.message_ids)
    for conversation_id, period in zip(stored.conversations, _periods(thread.lines), strict=True):
        common = {**shared, "conversation_id": conversation_id}
        yield {
            **common,
            "kind": "conversation.opened",
            "staff_id": None,
            "data": {},
            "created_at": period[0].at,
        }
        taken = False
        for line in period:
            heard = line.author is Author.PERSON
            data = {"message_id": next(message_ids), "channel": line.carrier}
            if line.author is Author.STAFF and not taken:
                taken = True
                yield {
                    **common,
                    "kind": "conversation.taken_over",
                    "staff_id": line.staff_id,
                    "data": {"holder": Holder.STAFF, "holder_staff_id": line.staff_id},
                    "created_at": line.at,
                }
            yield {
                **common,
                "kind": "message.received" if heard else "message.queued",
                "staff_id": line.staff_id,
                "data": data if heard else {**data, "author": line.author, "purpose": "reply"},
                "created_at": line.at,
            }
    if thread.state == "queue" and thread.waiting_since:
        promised = thread.promised_at.isoformat() if thread.promised_at else None
        yield {
            **shared,
            "conversation_id": stored.conversations[-1],
            "kind": "conversation.escalated",
            "staff_id": None,
            "data": {
                "holder": Holder.QUEUE,
                "urgency": thread.urgency,
                "reason": thread.reason,
                "promised_at": promised,
            },
            "created_at": thread.waiting_since,
        }
