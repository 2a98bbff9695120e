"""Saying what messages really meant: one in its thread, or the doubts of a week in bulk."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import Response
from sqlalchemy import select

from data.tables import Correction, Decision, Message, Person
from handover import access, corrections, doubts
from handover.console.desk import BadForm, Desk, NotFound, Route
from handover.console.labels import INTENTS, SLOTS, TIERS
from handover.corrections import MOST_SLOTS, Meaning

_CHOSEN = re.compile(r"m(\d{1,18})", re.ASCII)
_VALUE_LIMIT = 100


async def show(desk: Desk) -> Response:
    """/console/beslissing/{decision_id}: why the bot decided so, and the form to say what was right."""
    decision, message, correction = await _decision(desk)
    return await desk.page(
        "decision.html", decision=decision, message=message, correction=correction,
        meaning=corrections.read_by(decision, correction),
        most=MOST_SLOTS, back=f"/console/client/{message.person_id}",
    )  # fmt: skip


async def correct(desk: Desk) -> Response:
    """Change what the form names and keep the rest: an intent takes its usual tier, `drop` leaves a slot out."""
    decision, message, correction = await _decision(desk)
    meaning = corrections.read_by(decision, correction)
    if "intent" in desk.form:
        meaning = meaning.about(_known(desk.text("intent"), INTENTS))
    if "tier" in desk.form:
        meaning = Meaning(intent=meaning.intent, tier=_known(desk.text("tier"), TIERS), slots=meaning.slots)
    if "whole" in desk.form:
        meaning = Meaning(intent=meaning.intent, tier=meaning.tier, slots=_slots(desk))
    if "drop" in desk.form:
        gone = desk.chosen("drop")
        kept = [slot for number, slot in enumerate(meaning.slots) if number != gone]
        meaning = Meaning(intent=meaning.intent, tier=meaning.tier, slots=kept)
    await corrections.correct(desk.session, decision, message, meaning, staff=desk.staff, now=desk.now)
    return desk.go(f"/console/client/{message.person_id}")


async def show_doubts(desk: Desk) -> Response:
    """/console/twijfels: what the bot was not sure of this week, and nobody has named yet."""
    week = await doubts.of_week(desk.session, desk.staff, now=desk.now)
    return await desk.page("doubts.html", week=week)


async def name_doubts(desk: Desk) -> Response:
    """Say of every ticked message that it was about one thing; what one may not see is left as it is."""
    intent = _known(desk.text("other") or desk.text("intent"), INTENTS)
    ids = [int(found[1]) for name in desk.form if (found := _CHOSEN.fullmatch(name))]
    for doubt in await doubts.chosen(desk.session, desk.staff, ids):
        meaning = corrections.read_by(doubt.decision, None).about(intent)
        await corrections.correct(
            desk.session, doubt.decision, doubt.message, meaning, staff=desk.staff, now=desk.now
        )
    return desk.go("/console/twijfels")


def _slots(desk: Desk) -> Sequence[Mapping[str, Any]]:
    """The rows of the whole form; a row without a value is no slot."""
    rows = []
    for number in range(MOST_SLOTS):
        value = desk.text(f"value_{number}", _VALUE_LIMIT)
        if value:
            name = _known(desk.text(f"name_{number}"), SLOTS)
            rows.append({"name": name, "value": value, "negated": f"not_{number}" in desk.form})
    return rows


def _known(code: str, table: Mapping[str, str]) -> str:
    if code not in table:
        raise BadForm
    return code


async def _decision(desk: Desk) -> tuple[Decision, Message, Correction | None]:
    """The decision in the path, if this member of staff may see the person. Raises NotFound."""
    visible = access.persons_of(desk.staff).with_only_columns(Person.id)
    found = await desk.session.execute(
        select(Decision, Message, Correction)
        .join(Message, Message.id == Decision.message_id)
        .outerjoin(Correction, Correction.message_id == Decision.message_id)
        .where(Decision.id == desk.number("decision_id"), Message.person_id.in_(visible))
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound
    decision, message, correction = row
    return decision, message, correction


ROUTES = (
    Route(method="GET", path="/beslissing/{decision_id}", handler=show),
    Route(method="POST", path="/beslissing/{decision_id}", handler=correct),
    Route(method="GET", path="/twijfels", handler=show_doubts, roles=access.NAMES_DOUBTS),
    Route(method="POST", path="/twijfels", handler=name_doubts, roles=access.NAMES_DOUBTS),
)
