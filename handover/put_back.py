"""Putting back what somebody of ours just did with a conversation: the whole state of before, wait and promise included.

Every such step keeps in its event how the conversation stood before it. It goes back only for who did it, as long as
the version is still that of the step and nobody said a word since: a wait must never get lost by it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Conversation, Event, Life, Message, Staff
from data.translation import N_, _
from handover.refusal import NotAllowed

STEPS = frozenset({"take_over", "assign", "give_back", "release", "close", "reopen"})
"""A message that was sent (`staff_wrote`) is not among them."""
KIND = "conversation.put_back"
MEANWHILE = N_("Intussen is dit veranderd. Kijk eerst hoe het nu staat.")
_CODES = ("holder", "staff_id", "life", "urgency", "reason", "region_id", "waiting_on")
_MOMENTS = (
    "waiting_since", "promised_at", "promise_made_at", "promise_warned_at", "promise_broken_at", "closed_at",
)  # fmt: skip


def state_of(conversation: Conversation) -> dict[str, Any]:
    """Holder, wait, promise and life, as an event can keep them: codes, ids and moments in ISO 8601."""
    moments = {name: getattr(conversation, name) for name in _MOMENTS}
    return {name: getattr(conversation, name) for name in _CODES} | {
        name: at.isoformat() if at is not None else None for name, at in moments.items()
    }


async def step_of(session: AsyncSession, conversation_id: int, version: int, staff_id: int) -> Event | None:
    """The step by which `staff_id` brought the conversation to `version`, when it is one that can go back."""
    query = select(Event).where(
        Event.conversation_id == conversation_id, Event.staff_id == staff_id, Event.data.has_key("was"),
        Event.data["version"].as_integer() == version,
    )  # fmt: skip
    return (await session.scalars(query.order_by(Event.id.desc()).limit(1))).one_or_none()


async def put_back(session: AsyncSession, conversation: Conversation, step: Event, *, by_id: int) -> None:
    """How it stood before `step`, in a conversation that the caller has locked. Raises NotAllowed when that is no more."""
    if conversation.version != step.data["version"]:
        raise NotAllowed(_(MEANWHILE))
    said = select(Message.id).where(
        Message.person_id == conversation.person_id, Message.created_at > step.created_at
    )
    if await session.scalar(said.limit(1)) is not None:
        raise NotAllowed(_("Intussen is er geschreven. Kijk eerst wat, en kies dan wie verder gaat."))
    was = step.data["was"]
    if was["staff_id"] is not None and not (await session.get_one(Staff, was["staff_id"])).active:
        raise NotAllowed(_("Die medewerker werkt hier niet meer. Kies iemand anders."))
    for name in _CODES:
        setattr(conversation, name, was[name])
    for name in _MOMENTS:
        setattr(conversation, name, datetime.fromisoformat(was[name]) if was[name] else None)
    if conversation.life == Life.OPEN and await _another_open(session, conversation):
        raise NotAllowed(_("Met deze persoon loopt al een nieuwer gesprek. Ga daar verder."))
    conversation.version += 1
    await session.flush()
    await events.record(
        session, KIND, person_id=conversation.person_id, conversation_id=conversation.id,
        region_id=conversation.region_id, staff_id=by_id,
        data={
            "step": step.data["step"], "version": conversation.version, "holder": conversation.holder,
            "holder_staff_id": conversation.staff_id,
        },
    )  # fmt: skip


async def _another_open(session: AsyncSession, conversation: Conversation) -> bool:
    with session.no_autoflush:
        found = await session.scalar(
            select(Conversation.id).where(
                Conversation.person_id == conversation.person_id, Conversation.id != conversation.id,
                Conversation.life == Life.OPEN,
            )
        )  # fmt: skip
    return found is not None
