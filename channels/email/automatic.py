"""What a machine wrote, and news of the post itself. Nothing of this is ever answered by a machine.

RFC 3834 (automatic responses), 3461-3464 (delivery reports), 8098 (read receipts), 2369 and 2919 (lists).
"""

import re
from email.message import Message

from channels.base import Delivery, Item, Reach
from channels.email.marks import Marks
from channels.email.parts import (
    addresses,
    content_of,
    decode_bytes,
    leaves,
    normal,
    one_line,
    raw_header,
    raw_headers,
)
from data.tables import Status
from data.translation import N_

_NO_REPLY = re.compile(
    r"(?:do)?[-_.]?(?:no|not|geen|ne|nicht|niet)[-_.]?(?:pas[-_.]?)?(?:reply|reageren|antwoord(?:en)?|repondre|antworten|response)"
    r"|mailer-daemon|postmaster|bounces?|notifications?|auto[-_.]?reply|autoresponder|vacation",
    re.IGNORECASE,
)
_DAEMONS = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_BULK = {"bulk", "list", "junk", "auto_reply", "auto-reply"}
_PRESENT = (
    "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply", "List-Id", "List-Post",
    "List-Help", "List-Unsubscribe", "X-Failed-Recipients",
)  # fmt: skip
_SUBJECT = re.compile(
    r"\s*(?:automatisch antwoord|automatic reply|réponse automatique|automatische antwort|abwesenheitsnotiz|"
    r"out of office|auto(?:matic)? ?response|afwezig(?:heid)?:|absence du bureau|respuesta automática)",
    re.IGNORECASE,
)
# Enhanced status codes of mailboxes that are not there: RFC 3463, and 5.1.10 of RFC 7505.
GONE = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}
_REASONS = {
    "5.1": N_("dit e-mailadres bestaat niet"), "5.2": N_("de mailbox neemt niets aan (vol of gesloten)"),
    "5.3": N_("de mailserver van de ontvanger neemt dit niet aan"), "5.4": N_("de mailserver van de ontvanger is niet bereikbaar"),
    "5.5": N_("de mailserver van de ontvanger verstond ons niet"), "5.6": N_("de inhoud werd niet aangenomen"),
    "5.7": N_("tegengehouden door de mailserver van de ontvanger"),
}  # fmt: skip


def is_automatic(message: Message, marks: Marks) -> bool:
    """Did a machine write this, or would an answer reach nobody?"""
    submitted = raw_header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    suppress = {word.strip().lower() for word in raw_header(message, "X-Auto-Response-Suppress").split(",")}
    if suppress & {"all", "oof", "autoreply"}:
        return True
    if raw_header(message, "Precedence").lower() in _BULK or any(
        raw_headers(message, name) for name in _PRESENT
    ):
        return True
    if any(value.strip() == "<>" for value in raw_headers(message, "Return-Path")):
        return True
    if is_report(message) or _SUBJECT.match(raw_header(message, "Subject")):
        return True
    senders = addresses(message, "From", "Sender")
    return any(marks.is_own(path) for _, path in senders) or any(no_reply(path) for _, path in senders[:1])


def no_reply(path: str) -> bool:
    """Does this address say that nobody reads it?"""
    return _NO_REPLY.fullmatch(path.partition("@")[0].partition("+")[0]) is not None


def is_report(message: Message) -> bool:
    return message.get_content_type() == "multipart/report"


def news(message: Message, marks: Marks, about: str | None) -> list[Item] | None:
    """What a report of the post says about a message of ours; None when this is no such report.

    `about`: the Message-ID of ours that the mail itself points at. A delay is no failure: the post keeps trying.
    """
    bounces = [mark for path in _recipients(message) if (mark := marks.of_address(path)) and mark.bounce]
    sender = next((path for _, path in addresses(message, "From")), "")
    fields = _report(message)
    if fields is None:
        if not (bounces and (_DAEMONS.match(sender) or raw_headers(message, "X-Failed-Recipients"))):
            return None
        fields = {"action": "failed"}  # in words only
    ours = _reported(message, marks) or (marks.message_id(bounces[0].message_id) if bounces else about)
    if ours is None:
        return []  # about a mail that was not ours, or that somebody invented
    action = fields.get("action", "").partition(" ")[0].lower()
    if "disposition" in fields:
        read = "displayed" in fields["disposition"].lower()
        return [Delivery(external_id=ours, status=Status.READ if read else Status.DELIVERED)]
    if action == "delivered":
        return [Delivery(external_id=ours, status=Status.DELIVERED)]
    if action != "failed":
        return []
    code = (
        re.search(
            r"\b5\.\d{1,3}\.\d{1,3}\b", fields.get("status", "") + " " + fields.get("diagnostic-code", "")
        )
        or [""]
    )[0]
    items: list[Item] = [Delivery(external_id=ours, status=Status.FAILED, reason=reason(code))]
    recipient = normal(fields.get("final-recipient", "").partition(";")[2]) or ""
    if code in GONE and bounces and marks.went_to(bounces[0], recipient):
        items.append(Reach(path=recipient, open=False, unreachable=reason(code)))
    return items


def reason(code: str) -> str:
    """What staff read for an enhanced status code."""
    words = _REASONS.get(code.rpartition(".")[0], N_("de mail kwam terug"))
    return N_("{words} ({code})").format(words=words, code=code) if code else words


def _recipients(message: Message) -> list[str]:
    return [path for _, path in addresses(message, "To", "Delivered-To", "X-Original-To", "Envelope-To")]


def _report(message: Message) -> dict[str, str] | None:
    """The fields of the machine-readable part of a report, of its first recipient that failed."""
    if not is_report(message):
        return None
    for _, part, _ in leaves(message):
        if part.get_content_type() in ("message/delivery-status", "message/disposition-notification"):
            text = decode_bytes(content_of(part), None)
            groups = [_fields(group) for group in re.split(r"\r?\n\s*\r?\n", text[:20_000])]
            groups = [group for group in groups if "action" in group or "disposition" in group]
            failed = [group for group in groups if group.get("action", "").lower().startswith("failed")]
            return next(iter(failed or groups), {})
    return None


def _fields(group: str) -> dict[str, str]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", group)
    pairs = (line.partition(":") for line in unfolded.splitlines())
    return {name.strip().lower(): one_line(value, 500) for name, colon, value in pairs if colon}


def _reported(message: Message, marks: Marks) -> str | None:
    """Our Message-ID in what the report gives back of the mail, or in the fields of a read receipt."""
    for _, part, _ in leaves(message):
        if part.get_content_maintype() == "message" or part.get_content_type() == "text/rfc822-headers":
            text = decode_bytes(content_of(part)[:50_000], None)
            named = re.findall(
                r"^(?:Original-)?Message-ID:\s*(<[^<>\s]{1,300}>)", text, re.IGNORECASE | re.MULTILINE
            )
            for candidate in named:
                if ours := marks.ours(candidate):
                    return ours
    return None
