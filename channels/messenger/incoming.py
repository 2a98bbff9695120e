"""What Meta tells about a page: every event of every entry.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.base import (
    Attached,
    Deleted,
    Delivery,
    Echo,
    Edited,
    Inbound,
    Item,
    Malformed,
    ReadUpTo,
)
from channels.meta import marked
from channels.reading import Object, code, each, line, number, objects, under, words
from data.tables import Status

log = logging.getLogger(__name__)
MEDIA = {"image": "image", "video": "video", "audio": "audio", "file": "document"}
LIKES = ("369239263222822", "369239343222814", "369239383222810")  # the thumb, in its three sizes
WELCOME = ("GET_STARTED", "FACEBOOK_WELCOME")  # says no more than its title
UNREADABLE = "❔"


@dataclass(frozen=True, kw_only=True)
class Page:
    """Whose events we take: our page's, and which app is ours."""

    page_id: str
    app_id: str


def read(payload: Object, page: Page) -> list[Item]:
    """All that is about our page. Raises Malformed when it is no webhook of a page.

    `standby` holds what another app of ours answers, such as the inbox of Meta: the thread is one.
    """
    if payload.get("object") != "page":
        raise Malformed("not of a page")
    items: list[Item] = []
    for entry in objects(payload.get("entry")):
        if code(entry, "id") != page.page_id:
            log.info("messenger: an event of another page was ignored")
            continue
        for name in ("messaging", "standby"):
            items += each("messenger: an event", objects(entry.get(name)), lambda event: _event(event, page))
    return items


def _event(event: Object, page: Page) -> list[Item]:
    """Reactions, opt-ins, referrals, hand-overs between apps and what is new at Meta say nothing that we keep."""
    if message := under(event, "message"):
        if message.get("is_echo") is True:
            return _echo(event, message, page)
        if message.get("is_deleted") is True:
            return [Deleted(external_id=_id(message, "mid"))]
        return [_inbound(event, message)]
    if edit := under(event, "message_edit"):
        return [Edited(external_id=_id(edit, "mid"), text=words(edit, "text"))]
    if postback := under(event, "postback"):
        return [_tapped(event, postback)]
    if delivery := under(event, "delivery"):
        mids = delivery.get("mids")
        told = [{"mid": mid} for mid in mids] if isinstance(mids, list) else []
        known = [code(one, "mid") for one in told]
        arrived: list[Item] = [Delivery(external_id=mid, status=Status.DELIVERED) for mid in known if mid]
        return [*arrived, _up_to(event, delivery, Status.DELIVERED)]
    if seen := under(event, "read"):
        return [_up_to(event, seen, Status.READ)]
    log.info("messenger: an event of a kind that we do not take was ignored")
    return []


def _inbound(event: Object, message: Object) -> Inbound:
    text, media = _content(message)
    return Inbound(
        external_id=_id(message, "mid"), path=_person(event, "sender"),
        text=words(under(message, "quick_reply"), "payload") or text, media=media,
        answers=code(under(message, "reply_to"), "mid") or None,
    )  # fmt: skip


def _tapped(event: Object, postback: Object) -> Inbound:
    """A button of a menu. Older ones have no id of their own."""
    person, title = _person(event, "sender"), words(postback, "title")
    payload = words(postback, "payload")
    mid = code(postback, "mid") or f"{person}:{number(event, 'timestamp')}:postback"
    return Inbound(external_id=mid, path=person, text=title if payload in WELCOME else payload or title)


def _echo(event: Object, message: Object, page: Page) -> list[Item]:
    """Our own message brings back our mark, so that we know its id at Meta; one of another app is a take-over."""
    mid = _id(message, "mid")
    if (message_id := marked(words(message, "metadata"))) is not None:
        return [Delivery(external_id=mid, status=Status.SENT, message_id=message_id)]
    if page.app_id and code(message, "app_id") == page.app_id:
        return []
    text, media = _content(message)
    return [Echo(external_id=mid, path=_person(event, "recipient"), text=text, media=media)]


def _up_to(event: Object, news: Object, status: Status) -> ReadUpTo:
    moment = number(news, "watermark") / 1000
    if not 0 < moment < 4_000_000_000:
        raise ValueError("no moment in it")
    return ReadUpTo(path=_person(event, "sender"), at=datetime.fromtimestamp(moment, UTC), status=status)


def _id(parent: Object, name: str) -> str:
    if not (found := code(parent, name)):
        raise ValueError("no id in it")
    return found


def _person(event: Object, role: str) -> str:
    found = code(under(event, role), "id")
    if not re.fullmatch(r"\d{1,30}", found):
        raise ValueError("no person in it")
    return found


def _content(message: Object) -> tuple[str, tuple[Attached, ...]]:
    """Words a person can read, and files to fetch later."""
    lines, files = [words(message, "text")], []
    for one in objects(message.get("attachments")):
        kind, payload = words(one, "type"), under(one, "payload")
        url = code(payload, "url")
        if code(payload, "sticker_id") in LIKES:
            lines.append("👍")
        elif kind in MEDIA and url:
            sticker = bool(code(payload, "sticker_id"))
            files.append(Attached(ref=url, kind="sticker" if sticker else MEDIA[kind]))
        elif kind == "location":
            lines.append(_place(under(payload, "coordinates")))
        else:  # a link, a post, a reel
            named = [line(payload, "title") or line(one, "title"), url or code(one, "url")]
            lines.append(" ".join(part for part in named if part) or UNREADABLE)
    text = "\n".join(part for part in lines if part)
    return text or ("" if files else UNREADABLE), tuple(files)


def _place(spot: Mapping[str, object]) -> str:
    degrees = [spot.get("lat"), spot.get("long")]
    return "📍 " + ", ".join(f"{one:.5f}" for one in degrees if isinstance(one, int | float))
