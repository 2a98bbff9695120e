"""May this message leave now? Asked by the sender at the last moment, and shown by the console with its reason.

What STOP stops: everything that we would write first (follow-ups, news) and replies. A reminder of an appointment
that the person made still comes, unless STOP was the answer to a reminder or was said twice; then nothing comes. The
confirmation of STOP says so. A `notice` (that confirmation, the text of a crisis) always leaves.

What may be written first: a follow-up by one of ours needs consent or an own appointment (`plan.may_write_first`);
news and thanks were asked for when they were promised.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from channels import abilities
from channels.segments import BODY_LIMIT, cost, to_gsm7
from data.tables import Address, Author, Message
from data.translation import N_

ALWAYS = frozenset({"reply", "notice", "opener", "code"})  # asked for by the person, or required of us
FIRST = frozenset({"follow_up", "reminder", "news"})  # we write first
QUIET = (21, 8)  # no follow-up between these hours of wall time, where a region has no hours of its own
# Messenger's human-agent tag: https://developers.facebook.com/docs/messenger-platform/send-messages/message-tags
BY_PERSON = {"messenger": timedelta(days=7)}

STOPPED = N_("deze persoon vroeg om geen berichten meer (STOP)")
BLOCKED = N_("deze persoon blokkeerde ons op dit kanaal")
CLOSED = N_("het tijdvenster voor vrije tekst is dicht")
NO_CONSENT = N_("deze persoon vond het nog niet goed dat wij eerst schrijven")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`allowed`, or the reason in words for staff; `until` when it is only a matter of waiting.

    `shut`: free text is not allowed now, but an approved template is.
    """

    allowed: bool
    reason: str = ""
    until: datetime | None = None
    shut: bool = False


def may_send(
    message: Message,
    address: Address,
    now: datetime,
    *,
    consented: bool = True,
    quiet: tuple[int, int] = QUIET,
) -> Verdict:
    """Opt-out, reach, window, consent and `quiet` hours. `now` is local wall time with its zone."""
    if address.opted_out_at is not None and not _despite_stop(message, address):
        return Verdict(allowed=False, reason=STOPPED)
    if address.blocked_at is not None:
        return Verdict(allowed=False, reason=BLOCKED)
    if address.unreachable is not None:
        return Verdict(allowed=False, reason=address.unreachable)
    if not consented:
        return Verdict(allowed=False, reason=NO_CONSENT)
    left = window_left(
        message.channel or abilities.channel_of(address.scheme), address, now, author=message.author
    )
    if left is not None and left < timedelta(0) and message.template is None:
        return Verdict(allowed=False, reason=CLOSED, shut=True)
    if message.purpose not in ALWAYS and (now.hour >= quiet[0] or now.hour < quiet[1]):
        morning = now.replace(hour=quiet[1], minute=0, second=0, microsecond=0)
        return Verdict(
            allowed=False,
            reason=N_("stille uren"),
            until=morning if morning > now else morning + timedelta(days=1),
        )
    return Verdict(allowed=True)


def window_left(
    channel: str, address: Address, now: datetime, *, author: str | None = Author.BOT
) -> timedelta | None:
    """How long free text is still allowed, negative when it no longer is; None: this channel has no window."""
    window = abilities.of(channel).window
    if window is None:
        return None
    if author == Author.STAFF:
        window = BY_PERSON.get(channel, window)
    if address.last_in_at is None:
        return timedelta(seconds=-1)
    return address.last_in_at + window - now


def _despite_stop(message: Message, address: Address) -> bool:
    return message.purpose == "notice" or (message.purpose == "reminder" and not address.reminders_off)


def excess(scheme: str, text: str) -> int:
    """By how many characters `text` is too long for one message to such an address, of which the end would be lost."""
    return max(0, len(to_gsm7(text)) - BODY_LIMIT) if scheme == "sms" else 0


def parts_of(channel: str, text: str) -> int | None:
    """What a message costs, in SMS segments; None where length costs nothing."""
    return cost(to_gsm7(text)).parts if channel == "sms" else None
