"""What a raw mail tells: who wrote, what, in answer to what; or news of the post. Never raises, whatever the bytes.

A mail that cannot be read becomes a message that says so, with the mail itself as its file.
"""

import hashlib
import logging
import re
from collections.abc import Callable
from email.message import Message

from channels.base import Attached, Delivery, Inbound, Item, clean_text
from channels.email import automatic
from channels.email.marks import Marks
from channels.email.parts import (
    addresses,
    files_of,
    header,
    normal,
    one_line,
    parse,
    raw_header,
    raw_headers,
    text_of,
)
from channels.email.quoting import own_words
from data.tables import Status

log = logging.getLogger(__name__)
NOBODY = "onbekend@leerlijn.invalid"  # of mails without any sender: kept, never answered (RFC 2606)
UNREADABLE = "(We konden deze mail niet lezen. Ze zit als bestand bij dit bericht.)"
WHOLE = "mail"  # instead of the number of a part: the raw mail itself
FILES_LIMIT = 25
Keep = Callable[[bytes], str]
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")


def read(raw: bytes, marks: Marks, keep: Keep) -> list[Item]:
    """All that a mail tells. `keep` puts the raw mail aside for its files and returns its name there.

    Only its errors are passed on (OSError: the disk is full), so that the mail comes again.
    """
    try:
        return _read(raw, marks, keep)
    except OSError:
        raise
    except Exception:  # the parser of the standard library fails on some mails, in ways it does not promise
        log.exception("a mail could not be read")
        return [_unreadable(raw, keep)]


def _read(raw: bytes, marks: Marks, keep: Keep) -> list[Item]:
    message = parse(raw)
    message_id = _message_id(message)
    if message_id and marks.ours(message_id):
        log.warning("a mail of our own came back and is left alone")
        return []
    answers = answered(message, marks)
    news = automatic.news(message, marks, answers)
    if news is not None:
        return news
    senders = addresses(message, "From") or addresses(message, "Sender", "Return-Path")
    name, path = senders[0] if senders else ("", NOBODY)
    by_machine = automatic.is_automatic(message, marks)
    if automatic.no_reply(path) and (others := addresses(message, "Reply-To")):
        others = [
            other for other in others if not automatic.no_reply(other[1]) and not marks.is_own(other[1])
        ]
        if others:  # a form on a website: the person is whom an answer would go to
            name, path = others[0]
            by_machine = automatic.is_automatic(_without_sender(message), marks)
    subject = header(message, "Subject")
    text = own_words(clean_text(text_of(message), 200_000), subject=subject) or subject
    files = files_of(message)[:FILES_LIMIT]
    kept = keep(raw) if files else ""
    media = tuple(
        Attached(ref=f"{kept}/{file.number}", kind=file.kind, media_type=file.media_type, name=file.name,
                 size=len(file.content))
        for file in files
    )  # fmt: skip
    inbound = Inbound(
        external_id=external_id(message_id, message, text, [file.content for file in files]),
        path=path, display=one_line(f"{name} <{path}>" if name else path, 200), text=text, media=media,
        subject=subject or None, answers=answers, automatic=by_machine or path == NOBODY or _to_bounces(message, marks),
    )  # fmt: skip
    if answers is None:
        return [inbound]
    arrived = Status.DELIVERED if inbound.automatic else Status.READ
    return [Delivery(external_id=answers, status=arrived), inbound]


def external_id(message_id: str, message: Message, text: str, files: list[bytes]) -> str:
    """What makes a mail itself: its Message-ID, and its content, because some programs use one id for several mails.

    Not the raw bytes: a mail that comes by two ways has other Received lines.
    """
    digest = hashlib.sha256()
    for value in (
        raw_header(message, "From"),
        raw_header(message, "Date"),
        raw_header(message, "Subject"),
        text,
    ):
        digest.update(value.encode("utf-8", "replace") + b"\0")
    for content in files:
        digest.update(hashlib.sha256(content).digest())
    return f"{message_id}#{digest.hexdigest()[:16]}"


def message_id_of(external_id: str) -> str | None:
    """The Message-ID in an id of this channel, with its brackets; None for a mail without one."""
    found = _MESSAGE_ID.match(external_id)
    return found[0] if found else None


def answered(message: Message, marks: Marks) -> str | None:
    """The message of ours that this mail answers: by In-Reply-To, References from the newest, or the plus-address.

    Each is signed by us, so that nobody can put words into a thread they have not read. The subject says nothing.
    """
    named = _MESSAGE_ID.findall(raw_header(message, "In-Reply-To"))
    named += reversed(_MESSAGE_ID.findall(" ".join(raw_headers(message, "References"))))
    for candidate in named:
        if ours := marks.ours(candidate):
            return ours
    for _, path in addresses(message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"):
        if mark := marks.of_address(path):
            return marks.message_id(mark.message_id)
    return None


def _message_id(message: Message) -> str:
    found = _MESSAGE_ID.search(raw_header(message, "Message-ID"))
    return one_line(found[0], 302) if found else ""


def _to_bounces(message: Message, marks: Marks) -> bool:
    """To the address where failures come back: whatever it is, a machine sent it there."""
    recipients = addresses(message, "To", "Delivered-To", "X-Original-To", "Envelope-To")
    return any((mark := marks.of_address(path)) is not None and mark.bounce for _, path in recipients)


def _without_sender(message: Message) -> Message:
    """The headers that say whether a machine wrote, without the sender of a form and what his server adds."""
    copy = Message()
    for name, value in message.raw_items():
        if name.lower() not in ("from", "sender", "return-path", "auto-submitted"):
            copy[name] = value
    return copy


def _unreadable(raw: bytes, keep: Keep) -> Inbound:
    sender = re.search(
        rb"^From:[^\r\n]{0,300}?([^\s<>@,;:\"]{1,64}@[\w.-]{1,200})",
        raw[:200_000],
        re.IGNORECASE | re.MULTILINE,
    )
    path = normal(sender[1].decode("ascii", "ignore")) if sender else ""
    return Inbound(
        external_id=f"#{hashlib.sha256(raw).hexdigest()[:32]}", path=path or NOBODY, text=UNREADABLE,
        media=(Attached(ref=f"{keep(raw)}/{WHOLE}", media_type="message/rfc822", name="mail.eml", size=len(raw)),),
        automatic=not path,
    )  # fmt: skip
