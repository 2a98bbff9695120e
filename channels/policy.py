"""May this message leave now? Asked by the sender at the last moment, and shown by the console."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from channels import abilities
from channels.segments import BODY_LIMIT, to_gsm7
from data.tables import Address, Author, Message

ALWAYS = frozenset({"reply", "notice"})  # asked for by the person, or required of us
QUIET = (21, 8)  # no follow-up between these hours of wall time


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`allowed`, or the reason in words for staff; `until` when it is only a matter of waiting."""

    allowed: bool
    reason: str = ""
    until: datetime | None = None


def may_send(message: Message, address: Address, now: datetime) -> Verdict:
    """Opt-out, window and quiet hours. `now` is local wall time with its zone."""
    if address.opted_out_at is not None and message.purpose != "notice":
        return Verdict(allowed=False, reason="deze persoon vroeg om geen berichten meer (STOP)")
    if address.blocked_at is not None:
        return Verdict(allowed=False, reason="deze persoon blokkeerde ons op dit kanaal")
    window = abilities.window_of(message.channel, human=message.author == Author.STAFF)
    if window and (address.last_in_at is None or now - address.last_in_at > window):
        return Verdict(allowed=False, reason="het tijdvenster voor vrije tekst is dicht")
    if message.purpose not in ALWAYS and (now.hour >= QUIET[0] or now.hour < QUIET[1]):
        morning = now.replace(hour=QUIET[1], minute=0, second=0, microsecond=0)
        return Verdict(
            allowed=False,
            reason="stille uren",
            until=morning if morning > now else morning + timedelta(days=1),
        )
    return Verdict(allowed=True)


def excess(scheme: str, text: str) -> int:
    """By how many characters `text` is too long for one message to such an address, of which the end would be lost."""
    return max(0, len(to_gsm7(text)) - BODY_LIMIT) if scheme == "sms" else 0
