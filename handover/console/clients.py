"""Clients: my own and the region's, and one person with everything we share with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from fastapi.responses import Response
from sqlalchemy import Row, Select, bindparam, or_, select, union_all
from sqlalchemy.orm import aliased

from data.tables import Conversation, Life, Person, Phase, Staff, Trajectory
from handover import access, own_links, queue, watch
from handover.access import Viewer
from handover.console import calls, compose, dossier, kept, referrals, seek, shown, thread
from handover.console.desk import Desk, Route
from handover.console.threads import colleagues, holder_name, seen
from handover.queue import LastWords
from handover.watch import Sign

HOME = "/console/clienten"
LIMIT = 150  # rows among which the open one is looked for


class Known(NamedTuple):
    """What a list says of a person."""

    id: int
    name: str | None
    municipality: str | None
    language: str


class Guided(NamedTuple):
    """The phase of an open trajectory."""

    phase: str


class Talk(NamedTuple):
    """Of an open conversation, who holds it and who is waited for."""

    holder: str
    waiting_on: str


Columns = tuple[int, str | None, str | None, str, str | None, str | None, str | None, str | None]
Found = Row[*Columns]
"""A row of the list as it is read."""


@dataclass(frozen=True, kw_only=True)
class ClientRow:
    """One line of the list of clients."""

    person: Known
    trajectory: Guided | None
    counsellor: str | None
    conversation: Talk | None
    last: LastWords | None


async def clients(
    desk: Desk, *, mine: bool, words: str = "", phase: str = "", limit: int = LIMIT
) -> Sequence[ClientRow]:
    """Persons one may see: who waits on us first, then who wrote last."""
    return await _with_words(desk, await _found(desk, mine, words, phase, limit))


async def _found(desk: Desk, mine: bool, words: str, phase: str, limit: int) -> Sequence[Found]:
    query = _clients(access.viewer(desk.staff), mine)
    if words:
        query = query.where(or_(Person.name.icontains(words), Person.municipality.icontains(words)))
    if phase:
        query = query.where(Trajectory.phase == phase)
    return (await desk.session.execute(query, access.values(desk.staff) | {"most": limit})).all()


async def _with_words(desk: Desk, found: Sequence[Found]) -> Sequence[ClientRow]:
    last = await queue.last_words(desk.session, [row.id for row in found])
    return [
        ClientRow(
            person=Known(id_, name, municipality, language), trajectory=Guided(phase) if phase else None,
            counsellor=counsellor, conversation=Talk(holder, waiting_on) if holder and waiting_on else None, last=last.get(id_),
        )
        for id_, name, municipality, language, phase, counsellor, holder, waiting_on in found
    ]  # fmt: skip


@cache
def _clients(viewer: Viewer, mine: bool) -> Select[*Columns]:
    query = (
        select(
            Person.id, Person.name, Person.municipality, Person.language, Trajectory.phase, Staff.name,
            Conversation.holder, Conversation.waiting_on,
        )
        .outerjoin(Trajectory, (Trajectory.person_id == Person.id) & Trajectory.closed_at.is_(None))
        .outerjoin(Staff, Staff.id == Trajectory.staff_id)
        .outerjoin(Conversation, (Conversation.person_id == Person.id) & (Conversation.life == Life.OPEN))
        .where(
            access.may_see_person(viewer, few=mine), Person.merged_into_id.is_(None), Person.erased_at.is_(None)
        )
        .order_by((Conversation.waiting_on == "us").desc().nulls_last(), Person.last_seen_at.desc().nulls_last(), Person.id)
        .limit(bindparam("most"))
    )  # fmt: skip
    if mine:
        guided, held = aliased(Trajectory), aliased(Conversation)
        theirs = union_all(
            select(guided.person_id).where(
                guided.closed_at.is_(None),
                or_(guided.staff_id == viewer.id, guided.deputy_id == viewer.id),
            ),
            select(held.person_id).where(held.life == Life.OPEN, held.staff_id == viewer.id),
        )
        query = query.where(Person.id.in_(theirs))
    return query


async def show_list(desk: Desk) -> Response:
    """/console/clienten?lijst=mij|regio&q=…&fase=…"""
    if desk.refreshes == "rows":
        return desk.fragment("clients.html", "rows", **await _list(desk, None), person=None)
    return await desk.page("clients.html", **await _list(desk, None), person=None)


async def show(desk: Desk) -> Response:
    """/console/client/{person_id}"""
    person = await desk.person()
    if person.merged_into_id is not None:
        return desk.go(f"/console/client/{person.merged_into_id}")
    draft = await calls.draft_of(desk, person) or await referrals.invitation(desk, person)
    if (sign := desk.request.query_params.get("concept", "")) in set(Sign):
        draft = watch.suggestion(Sign(sign), person)
    return await show_person(desk, person, draft=draft)


async def show_person(
    desk: Desk,
    person: Person,
    *,
    status: int = 200,
    warning: str = "",
    draft: str = "",
    beside: int | None = None,
) -> Response:
    there = await kept.of_person(desk.session, person.id)
    facts = await dossier.read(desk.session, person, now=desk.now, kept=there, whole_for=desk.staff)
    talk = facts.open_conversation
    pane = {
        "person": person, "conversation": talk, "here": f"/console/client/{person.id}", "mine": _mine(desk),
        "back": shown.address(HOME, _query(desk), shown.asked(desk)), "dossier": facts,
        "warning": warning, "draft": draft, "beside": beside, "others": await seen(desk, person),
        "thread": await thread.read(desk.session, person.id, seek.window(desk), kept=there),
        "seek": await seek.asked(desk, person), "tools": await compose.tools(desk, person, kept=there),
        "ledger": await dossier.ledger(desk.session, person.id) if "ledger" in there.kinds else (),
        "colleagues": await colleagues(desk, person),
        "holder": await holder_name(desk, talk) if talk else None,
        "own_link": await own_links.latest(desk.session, person.id) if "own_links" in there.kinds else None,
    }  # fmt: skip
    if desk.refreshes == "thread":
        return desk.fragment("clients.html", "one", **pane)
    return await desk.page("clients.html", status=status, **pane | await _list(desk, person))


def _mine(desk: Desk) -> bool:
    return desk.request.query_params.get("lijst", "mij" if desk.role == "counsellor" else "regio") == "mij"


def _query(desk: Desk) -> dict[str, str]:
    """What the address says of the list."""
    asked = desk.request.query_params
    phase = asked.get("fase", "") if asked.get("fase", "") in set(Phase) else ""
    return {
        "lijst": "mij" if _mine(desk) else "regio",
        "fase": phase,
        "q": asked.get("q", "").strip()[:80],
    }


async def _list(desk: Desk, opened: Person | None) -> dict[str, Any]:
    """The list of clients, at least to the one that is open."""
    query, wanted, mine = _query(desk), shown.asked(desk), _mine(desk)
    found = await _found(desk, mine, query["q"], query["fase"], max(LIMIT, wanted + 1))
    count = shown.as_many([row.id for row in found], wanted, opened.id if opened is not None else None)
    here = f"/console/client/{opened.id}" if opened is not None else HOME
    return {
        "rows": await _with_words(desk, found[:count]), "mine": mine, "phase": query["fase"], "words": query["q"],
        "again": shown.address(HOME, query, count), "query": shown.address("", query, count),
        "more": shown.address(here, query, count + shown.STEP) if len(found) > count else "",
        "more_rows": shown.address(HOME, query, count + shown.STEP),
    }  # fmt: skip


ROUTES = (
    Route(method="GET", path="/clienten", handler=show_list),
    Route(method="GET", path="/client/{person_id}", handler=show),
)
