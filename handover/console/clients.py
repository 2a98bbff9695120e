"""Clients: my own and the region's, and one person with everything we share with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.responses import Response
from sqlalchemy import or_, select

from data.tables import Conversation, Life, Person, Phase, Staff, Trajectory
from handover import access, own_links, queue, watch
from handover.console import calls, compose, dossier, kept, referrals, seek, thread
from handover.console.desk import Desk, Route
from handover.console.threads import colleagues, holder_name, seen
from handover.queue import LastWords
from handover.watch import Sign

LIMIT = 150


@dataclass(frozen=True, kw_only=True)
class ClientRow:
    """One line of the list of clients."""

    person: Person
    trajectory: Trajectory | None
    counsellor: str | None
    conversation: Conversation | None
    last: LastWords | None


async def clients(
    desk: Desk, *, mine: bool, words: str = "", phase: str = "", limit: int = LIMIT
) -> Sequence[ClientRow]:
    """Persons one may see: who waits on us first, then who wrote last."""
    guided = (Trajectory.person_id == Person.id) & Trajectory.closed_at.is_(None)
    talking = (Conversation.person_id == Person.id) & (Conversation.life == Life.OPEN)
    query = (
        select(Person, Trajectory, Staff.name, Conversation)
        .outerjoin(Trajectory, guided)
        .outerjoin(Staff, Staff.id == Trajectory.staff_id)
        .outerjoin(Conversation, talking)
        .where(access.may_see_person(desk.staff), Person.merged_into_id.is_(None), Person.erased_at.is_(None))
        .order_by((Conversation.waiting_on == "us").desc().nulls_last(), Person.last_seen_at.desc().nulls_last(), Person.id)
        .limit(limit)
    )  # fmt: skip
    if mine:
        query = query.where(
            or_(
                Trajectory.staff_id == desk.staff.id,
                Trajectory.deputy_id == desk.staff.id,
                Conversation.staff_id == desk.staff.id,
            )
        )
    if words:
        query = query.where(or_(Person.name.icontains(words), Person.municipality.icontains(words)))
    if phase:
        query = query.where(Trajectory.phase == phase)
    found = (await desk.session.execute(query)).all()
    last = await queue.last_words(desk.session, [person.id for person, *_ in found])
    return [
        ClientRow(
            person=person, trajectory=row, counsellor=name, conversation=talk, last=last.get(person.id)
        )
        for person, row, name, talk in found
    ]  # fmt: skip


async def show_list(desk: Desk) -> Response:
    """/console/clienten?lijst=mij|regio&q=…&fase=…"""
    return await desk.page("clients.html", **await _list(desk), person=None)


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
    return await desk.page(
        "clients.html", status=status, **await _list(desk), person=person, conversation=talk,
        here=f"/console/client/{person.id}", dossier=facts, warning=warning, draft=draft,
        beside=beside, others=await seen(desk, person),
        thread=await thread.read(desk.session, person.id, seek.window(desk), kept=there),
        seek=await seek.asked(desk, person), tools=await compose.tools(desk, person, kept=there),
        ledger=await dossier.ledger(desk.session, person.id) if "ledger" in there.kinds else (),
        colleagues=await colleagues(desk, person),
        holder=await holder_name(desk, talk) if talk else None,
        own_link=await own_links.latest(desk.session, person.id) if "own_links" in there.kinds else None,
    )  # fmt: skip


async def _list(desk: Desk) -> dict[str, Any]:
    query = desk.request.query_params
    mine = query.get("lijst", "mij" if desk.role == "counsellor" else "regio") == "mij"
    phase = query.get("fase", "") if query.get("fase", "") in set(Phase) else ""
    words = query.get("q", "").strip()[:80]
    rows = await clients(desk, mine=mine, words=words, phase=phase)
    return {"rows": rows, "mine": mine, "phase": phase, "words": words, "limit": LIMIT}


ROUTES = (
    Route(method="GET", path="/clienten", handler=show_list),
    Route(method="GET", path="/client/{person_id}", handler=show),
)
