"""Clients: my own and the region's, and one person with everything we share with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi.responses import Response
from sqlalchemy import func, or_, select, true

from data.tables import Conversation, Direction, Life, Message, Person, Phase, Staff, Trajectory
from handover import access
from handover.console import dossier, thread
from handover.console.desk import Desk, Route
from handover.console.threads import before_of, holder_name

LIMIT = 150
CONSENT_WORDING = (
    "We houden bij: je gegevens, je vragen en wat we samen afspreken. Alleen je begeleider en diens vervanger"
    " zien dat. Je kan het altijd lezen, verbeteren of laten wissen. Is dat goed voor jou?"
)


@dataclass(frozen=True, kw_only=True)
class ClientRow:
    """One line of the list of clients."""

    person: Person
    trajectory: Trajectory | None
    counsellor: str | None
    conversation: Conversation | None
    words: str | None
    written_at: datetime | None


async def clients(
    desk: Desk, *, mine: bool, words: str = "", phase: str = "", limit: int = LIMIT
) -> Sequence[ClientRow]:
    """Persons one may see: who waits on us first, then who wrote last."""
    last = (
        select(Message.text, Message.created_at)
        .where(
            Message.person_id == Person.id,
            Message.direction == Direction.IN,
            func.char_length(Message.text) > 2,
        )
        .order_by(Message.id.desc())
        .limit(1)
        .lateral("last")
    )
    guided = (Trajectory.person_id == Person.id) & Trajectory.closed_at.is_(None)
    talking = (Conversation.person_id == Person.id) & (Conversation.life == Life.OPEN)
    query = (
        select(
            Person, Trajectory, Staff.name, Conversation, func.left(last.c.text, 160), last.c.created_at
        )
        .outerjoin(Trajectory, guided)
        .outerjoin(Staff, Staff.id == Trajectory.staff_id)
        .outerjoin(Conversation, talking)
        .outerjoin(last, true())
        .where(access.may_see_person(desk.staff))
        .order_by((Conversation.waiting_on == "us").desc().nulls_last(), last.c.created_at.desc().nulls_last())
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
    found = await desk.session.execute(query)
    return [
        ClientRow(
            person=person, trajectory=row, counsellor=name, conversation=talk, words=text, written_at=at
        )
        for person, row, name, talk, text, at in found
    ]


async def show_list(desk: Desk) -> Response:
    """/console/clienten?lijst=mij|regio&q=…&fase=…"""
    return await desk.page("clients.html", **await _list(desk), person=None)


async def show(desk: Desk) -> Response:
    """/console/client/{person_id}"""
    return await show_person(desk, await desk.person())


async def show_person(
    desk: Desk, person: Person, *, status: int = 200, warning: str = "", draft: str = ""
) -> Response:
    facts = await dossier.read(desk.session, person, now=desk.now)
    talk = facts.open_conversation
    return await desk.page(
        "clients.html", status=status, **await _list(desk), person=person, conversation=talk,
        here=f"/console/client/{person.id}", dossier=facts, warning=warning, draft=draft,
        thread=await thread.read(desk.session, person.id, before=before_of(desk)),
        ledger=await dossier.ledger(desk.session, person.id), consent_wording=CONSENT_WORDING,
        colleagues=(await desk.session.scalars(access.colleagues_of(desk.staff))).all(),
        holder=await holder_name(desk, talk) if talk else None,
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
