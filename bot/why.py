"""Why the bot did what it did: a stored decision, and the same message decided once more.

A decision depends on the message, the model, the rules, and on what was known before: the hints for reading and the
facts for triage. The last two are stored with the decision (`given`), so that the first can be held against today's.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Correction, Decision, Message
from dispatch import triage
from dispatch.triage import Known
from nlu import Hints, Understander
from nlu.rasa import RasaUnderstander

NOT_KEPT = "what was known before is not kept for this message, so it cannot be decided again"


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A stored decision, what staff made of it, and what would be decided today (None: cannot be told)."""

    decision: Decision
    channel: str
    correction: Correction | None
    today: triage.Decision | None
    model_today: str

    @property
    def the_same(self) -> bool:
        now, then = self.today, self.decision
        return now is not None and (now.tier, now.action, now.partner) == (
            then.tier,
            then.action,
            then.partner,
        )


def given(hints: Hints, known: Known) -> dict[str, Any]:
    """What was known before reading and deciding, as JSON; what says nothing is left out."""
    facts = {name: value for name, value in asdict(known).items() if value}
    return {
        "hints": {
            "language": hints.language,
            "expected": sorted(hints.expected),
            "at": hints.now.isoformat() if hints.now else None,
        },
        "known": facts | {"asked": sorted(known.asked)},
    }


async def explain(
    session: AsyncSession, message_id: int, understander: Understander | RasaUnderstander
) -> Explained | None:
    """Why message `message_id` was answered as it was; None when the bot decided nothing for it."""
    row = (
        await session.execute(
            select(Decision, Message, Correction)
            .join(Message, Message.id == Decision.message_id)
            .outerjoin(Correction, Correction.message_id == Message.id)
            .where(Decision.message_id == message_id)
        )
    ).one_or_none()
    if row is None:
        return None
    decision, message, correction = row
    before = decision.understanding.get("given")
    today = None
    if before and not message.deleted_at:
        spoken = understander.understand(message.text, _hints(before["hints"], message.channel))
        today = triage.weightiest(triage.decide_each(spoken, _known(before["known"]), message.channel))
    return Explained(
        decision=decision, channel=message.channel, correction=correction, today=today,
        model_today=understander.model_version,
    )  # fmt: skip


def _hints(stored: Mapping[str, Any], channel: str) -> Hints:
    at = datetime.fromisoformat(stored["at"]) if stored["at"] else None
    return Hints(language=stored["language"], channel=channel, expected=frozenset(stored["expected"]), now=at)


def _known(stored: Mapping[str, Any]) -> Known:
    names = {field.name for field in fields(Known)}
    return Known(**{name: value for name, value in stored.items() if name in names - {"asked"}},
                 asked=frozenset(stored["asked"]))  # fmt: skip
