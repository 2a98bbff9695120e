"""What staff say that a message really meant: kept beside what the bot thought, and learnt from later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Correction, Decision, Message, Person, Staff
from dispatch.triage import TIERS, Tier
from handover.wording import pseudonymise

MASK = "***"
MOST_SLOTS = 8
_PERSONAL = frozenset({"phone", "email", "personal_number"})


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a message means: the bot's reading of it, or what staff make of it.

    `slots` are records with `name`, `value` and `negated`.
    """

    intent: str
    tier: str
    slots: Sequence[Mapping[str, Any]] = ()

    def about(self, intent: str) -> "Meaning":
        """The same message about something else, on the tier that this usually has."""
        return self if intent == self.intent else replace(self, intent=intent, tier=usual_tier(intent))


def usual_tier(intent: str) -> str:
    """The tier of an intent when nothing else is known."""
    return TIERS.get(intent, Tier.SERVICE).value


def read_by(decision: Decision, correction: Correction | None) -> Meaning:
    """The newest word on a message: the correction, else what the bot understood."""
    if correction is not None:
        return Meaning(intent=correction.intent, tier=correction.tier, slots=correction.slots)
    return Meaning(
        intent=decision.intent, tier=decision.tier, slots=decision.understanding.get("slots") or ()
    )


async def correct(
    session: AsyncSession,
    decision: Decision,
    message: Message,
    meaning: Meaning,
    *,
    staff: Staff,
    now: datetime,
) -> None:
    """Keep `meaning` as the newest word on `message`, in the running transaction, with an event.

    Whether this member of staff may see the message is for the caller to ask.
    """
    person = await session.get_one(Person, message.person_id)
    colleagues = await session.scalars(select(Staff.name).where(Staff.region_id == person.region_id))
    values = {
        "staff_id": staff.id,
        "intent": meaning.intent,
        "tier": meaning.tier,
        "slots": [_without_who(slot) for slot in meaning.slots[:MOST_SLOTS]],
        "language": decision.language,
        "wording": pseudonymise(message.text, [person.name or "", *colleagues]),
        "model_version": decision.model_version,
        "created_at": now,
    }
    row = insert(Correction).values(message_id=message.id, person_id=person.id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["message_id"], set_=values))
    await events.record(
        session, "decision.corrected", person_id=person.id, conversation_id=message.conversation_id,
        region_id=person.region_id, staff_id=staff.id,
        data={
            "message_id": message.id, "intent": meaning.intent, "tier": meaning.tier,
            "slots": [slot["name"] for slot in meaning.slots], "read_as": decision.intent,
            "model_version": decision.model_version,
        },
    )  # fmt: skip


def _without_who(slot: Mapping[str, Any]) -> dict[str, Any]:
    value = MASK if slot["name"] in _PERSONAL else str(slot["value"])
    return {"name": slot["name"], "value": value, "negated": bool(slot.get("negated"))}
