"""Which questions about courses were answered poorly, or not at all: in chat, on the page and over the API."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from bot.turn_types import Reply, Turn
from channels.base import Choice
from data import geo
from data.catalog.demand import Asked, DemandLog
from data.catalog.search import CourseQuery, Relaxed, SearchResult, search, subjects_in
from data.tables import DemandKind

LOOKED_AT = 50  # runs among which a full one is looked for
MOST_SUBJECTS = 3  # of one question
_PROGRAM = re.compile(r"bot|crawl|spider|slurp|preview|monitor", re.IGNORECASE)


async def note(turn: Turn, query: CourseQuery, place: geo.Place | None, found: SearchResult) -> bool:
    """Count this search of a conversation when it was answered poorly; returns whether it was."""
    if query.offset:
        return False
    kind = await _kind(turn.session, query, found, turn.today)
    if kind is None:
        return False
    region = place.region if place else turn.person.region_id
    asked = Asked(
        level=query.level or turn.understanding.value("nt2_level"), language=turn.person.language.split("-")[0],
        nis=place.nis if place else None, region=region, day_part=query.time_of_day, mode=query.mode,
    )  # fmt: skip
    await _record(
        turn.session, turn.demand, asked, kind, query, found, heard="chat", asker=f"person {turn.person.id}",
        same_people=None, day=turn.today,
    )  # fmt: skip
    return True


def offering(turn: Turn, reply: Reply, key: str) -> Reply:
    """A poor answer with the offer to tell when there is a better one: a word to type, and a button."""
    tail = "\n".join(part for part in (reply.tail, turn.say(key)) if part)
    button = Choice(label=turn.say("wish_button"), value=turn.say("wish_word"))
    return replace(reply, tail=tail, extra=(*reply.extra, button))


async def note_visit(
    request: HTTPConnection,
    session: AsyncSession,
    query: CourseQuery,
    place: geo.Place | None,
    found: SearchResult,
    *,
    language: str,
    heard: str,
    today: date,
) -> None:
    """The same for a search without a conversation; paging, reloading and programs do not count."""
    agent = request.headers.get("user-agent", "")
    looked_for = query.subject_ids or query.text
    if query.offset or not looked_for or "purpose" in request.headers or "sec-purpose" in request.headers:
        return
    if heard == "page" and _PROGRAM.search(agent):
        return
    kind = await _kind(session, query, found, today)
    if kind is None:
        return
    asked = Asked(
        language=language, nis=place.nis if place else None, region=place.region if place else None,
        day_part=query.time_of_day, mode=query.mode, level=query.level,
    )  # fmt: skip
    log: DemandLog = request.app.state.demand
    network = network_of(request)
    await _record(
        session, log, asked, kind, query, found, heard=heard, asker=f"visitor {network} {agent}",
        same_people=f"visitor {network}", day=today,
    )  # fmt: skip


def network_of(request: HTTPConnection) -> str:
    """Where a request comes from: an IPv4 address, or the half of an IPv6 address that its owner cannot choose."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(address if address.version == 4 else ipaddress.ip_network((int(address), 64), strict=False))


async def _kind(
    session: AsyncSession, query: CourseQuery, found: SearchResult, today: date
) -> DemandKind | None:
    """How poorly it was answered; None: well."""
    if found.hits and not found.relaxed:
        return None
    full = await search(session, replace(query, only_open=False, limit=LOOKED_AT, offset=0), today=today)
    if not full.relaxed and any(hit.status == "full" for hit in full.hits):
        return DemandKind.FULL
    if "subject" in found.relaxed:  # what only resembles it is not it
        return DemandKind.NONE if _subjects(query) else DemandKind.UNKNOWN_TOPIC
    if Relaxed.DISTANCE in found.relaxed:
        return DemandKind.TOO_FAR
    if found.hits:
        return DemandKind.RELAXED
    return DemandKind.NONE if _subjects(query) else DemandKind.UNKNOWN_TOPIC


async def _record(
    session: AsyncSession,
    log: DemandLog,
    asked: Asked,
    kind: DemandKind,
    query: CourseQuery,
    found: SearchResult,
    *,
    heard: str,
    asker: str,
    same_people: str | None,
    day: date,
) -> None:
    subjects: Sequence[str | None] = _subjects(query)[:MOST_SUBJECTS] or (None,)
    for subject_id in subjects:
        await log.record(
            session, replace(asked, subject_id=subject_id), kind, wishes=tuple(found.relaxed),
            topic=None if subject_id else query.text, heard=heard, asker=asker, same_people=same_people, day=day,
        )  # fmt: skip


def _subjects(query: CourseQuery) -> tuple[str, ...]:
    return query.subject_ids or subjects_in(query.text or "")
