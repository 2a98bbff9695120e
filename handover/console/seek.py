"""Finding one's way in a thread: search in it and over all, to a day, and by a link to one message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from data.ids import id_of
from data.tables import Message, Note, Person
from dispatch import clock
from handover import access, search
from handover.console.desk import Desk, Route
from handover.console.thread import Window
from handover.search import Found

FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)  # what can be a day of a thread


@dataclass(frozen=True, kw_only=True)
class Seek:
    """What was searched for in this thread, what was found, and the day that was jumped to."""

    words: str
    found: Found
    day: date | None


def window(desk: Desk) -> Window:
    """`?rond=12` around a message, `?dag=2026-11-24` from a day on, `?voor=12` what is older."""
    query = desk.request.query_params
    day = _day(desk)
    return Window(
        around=id_of(query.get("rond", "")),
        since=clock.day_bounds(day, day)[0] if day is not None else None,
        before=id_of(query.get("voor", "")),
    )


async def asked(desk: Desk, person: Person) -> Seek:
    """`?zoek=words` in the thread of this person."""
    words = search.asked(desk.request.query_params.get("zoek", ""))
    found = Found()
    if words:
        found = await search.find(desk.session, desk.staff, words, person_id=person.id)
    return Seek(words=words, found=found, day=_day(desk))


async def everywhere(desk: Desk) -> Response:
    """/console/zoek?q=…: persons by name, town or number; messages and notes by their words."""
    typed = desk.request.query_params.get("q", "").strip()[: search.LONGEST]
    words = search.asked(typed)
    people: Sequence[Person] = ()
    found = Found()
    if words:
        people = await search.people(desk.session, desk.staff, words)
        found = await search.find(desk.session, desk.staff, words)
    return await desk.page("search.html", typed=typed, words=words, people=people, found=found)


async def link_to_message(desk: Desk) -> Response:
    """/console/bericht/{message_id}: the place of a message in its thread. A link that can be passed to colleagues."""
    row: Message = await desk.one(
        select(Message)
        .join(Person, Person.id == Message.person_id)
        .where(Message.id == desk.number("message_id"), access.may_see_person(desk.staff))
    )
    words = search.asked(desk.request.query_params.get("zoek", ""))
    return _go(row.person_id, f"m{row.id}", words, rond=str(row.id))


async def link_to_note(desk: Desk) -> Response:
    """/console/nota/{note_id}: the same for a note."""
    row: Note = await desk.one(
        select(Note)
        .join(Person, Person.id == Note.person_id)
        .where(Note.id == desk.number("note_id"), access.may_see_person(desk.staff))
    )
    words = search.asked(desk.request.query_params.get("zoek", ""))
    return _go(row.person_id, f"n{row.id}", words, dag=clock.day_of(row.created_at).isoformat())


def _go(person_id: int, key: str, words: str, **where: str) -> RedirectResponse:
    query = urlencode({**where, **({"zoek": words} if words else {})})
    return RedirectResponse(f"/console/client/{person_id}?{query}#{key}", status_code=303)


def _day(desk: Desk) -> date | None:
    try:
        day = date.fromisoformat(desk.request.query_params.get("dag", ""))
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


ROUTES = (
    Route(method="GET", path="/zoek", handler=everywhere),
    Route(method="GET", path="/bericht/{message_id}", handler=link_to_message),
    Route(method="GET", path="/nota/{note_id}", handler=link_to_note),
)
