"""What Meta's Cloud API tells: every message and status of every change of every entry.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes
"""

import logging
from collections.abc import Mapping
from functools import partial

from channels.base import Attached, Deleted, Delivery, Echo, Edited, Inbound, Item, Malformed, Reach
from channels.meta import marked
from channels.reading import Object, code, each, line, media_type, number, objects, under, words
from channels.whatsapp.addresses import sender_of
from channels.whatsapp.meanings import NOBODY_THERE, reason
from data.tables import Status

log = logging.getLogger(__name__)
MEDIA = {
    "image": "image", "audio": "audio", "voice": "audio", "video": "video", "document": "document",
    "sticker": "sticker",
}  # fmt: skip
STATUSES = {
    "sent": Status.SENT, "delivered": Status.DELIVERED, "read": Status.READ, "played": Status.READ,
    "failed": Status.FAILED,
}  # fmt: skip
# A thumb under a message is no message; the others tell about numbers, groups and screens.
IGNORED = frozenset({"reaction", "system", "request_welcome", "ephemeral", "group"})
UNREADABLE = "❔"  # a kind of message that WhatsApp does not pass on, such as a poll: in any language


def read(payload: Object, phone_number_id: str) -> list[Item]:
    """All that is about our own number. Raises Malformed when it is no webhook of WhatsApp."""
    if payload.get("object") != "whatsapp_business_account":
        raise Malformed("not of WhatsApp")
    return [
        item
        for entry in objects(payload.get("entry"))
        for change in objects(entry.get("changes"))
        for item in _change(under(change, "value"), phone_number_id)
    ]


def _change(value: Object, phone_number_id: str) -> list[Item]:
    if code(under(value, "metadata"), "phone_number_id") != phone_number_id:
        log.info("whatsapp: news about something else than our number was ignored")
        return []
    for error in objects(value.get("errors")):
        log.warning("whatsapp: Meta reports error %d", number(error, "code"))
    contacts = objects(value.get("contacts"))
    items: list[Item] = []
    items += each("whatsapp: a message", objects(value.get("messages")), partial(_message, contacts=contacts))
    items += each("whatsapp: an echo", objects(value.get("message_echoes")), _echo)
    items += each("whatsapp: a status", objects(value.get("statuses")), _status)
    return items


def _message(message: Object, contacts: list[Object]) -> list[Item]:
    kind = words(message, "type")
    if kind in IGNORED or code(message, "group_id"):
        log.info("whatsapp: a message of a kind that we do not take was ignored")
        return []
    if kind == "revoke":
        return [Deleted(external_id=_id(under(message, "revoke"), "original_message_id"))]
    if kind == "edit":
        edit = under(message, "edit")
        text, _ = _content(under(edit, "message"))
        if text == UNREADABLE:
            raise ValueError("an edit that cannot be read")
        return [Edited(external_id=_id(edit, "original_message_id"), text=text)]
    contact = _contact(message, contacts)
    path, aliases = sender_of(
        words(message, "from"),
        words(contact, "wa_id"),
        words(message, "from_user_id"),
        words(contact, "user_id"),
    )
    text, media = _content(message)
    return [
        Inbound(
            external_id=_id(message, "id"), path=path, text=text, display=line(under(contact, "profile"), "name"),
            media=media, aliases=aliases, answers=code(under(message, "context"), "id") or None,
        )
    ]  # fmt: skip


def _echo(message: Object) -> list[Item]:
    """A message that one of ours typed in the WhatsApp Business app; what they change there later is ignored."""
    if words(message, "type") in IGNORED | {"edit", "revoke"}:
        return []
    path, _ = sender_of(words(message, "to"), words(message, "to_user_id"))
    text, media = _content(message)
    return [Echo(external_id=_id(message, "id"), path=path, text=text, media=media)]


def _status(status: Object) -> list[Item]:
    """News about a message of ours; `deleted`, `warning` and what is new at Meta say nothing about arrival."""
    known = STATUSES.get(words(status, "status"))
    if known is None:
        return []
    codes = [told for error in objects(status.get("errors")) if (told := number(error, "code"))]
    news = Delivery(
        external_id=_id(status, "id"), status=known, reason=reason(codes[0]) if codes else None,
        message_id=marked(words(status, "biz_opaque_callback_data")),
    )  # fmt: skip
    if known is not Status.FAILED or NOBODY_THERE not in codes:
        return [news]
    try:
        path, _ = sender_of(words(status, "recipient_id"), words(status, "recipient_user_id"))
    except ValueError:
        return [news]
    return [news, Reach(path=path, open=False)]  # until they write


def _id(parent: Object, name: str) -> str:
    if not (found := code(parent, name)):
        raise ValueError("no id in it")
    return found


def _contact(message: Object, contacts: list[Object]) -> Object:
    """Who wrote, as the change describes them."""
    names = {words(message, "from"), words(message, "from_user_id")} - {""}
    return next((one for one in contacts if {words(one, "wa_id"), words(one, "user_id")} & names), {})


def _content(message: Object) -> tuple[str, tuple[Attached, ...]]:
    """Words a person can read, and files to fetch later."""
    kind = words(message, "type")
    inner = under(message, kind)
    if kind in MEDIA and (ref := code(inner, "id")):
        file = Attached(
            ref=ref, kind=MEDIA[kind], media_type=media_type(inner, "mime_type"),
            name=line(inner, "filename"),
        )  # fmt: skip
        return words(inner, "caption"), (file,)
    match kind:
        case "text":
            return words(inner, "body"), ()
        case "button":
            return words(inner, "payload") or words(inner, "text"), ()
        case "interactive":
            return _tapped(inner), ()
        case "location":
            return _place(inner), ()
        case "contacts":
            return "\n".join(map(_card, objects(message.get("contacts")))) or UNREADABLE, ()
    return UNREADABLE, ()


def _tapped(interactive: Object) -> str:
    for kind in ("button_reply", "list_reply"):
        reply = under(interactive, kind)
        if reply:
            return words(reply, "id") or words(reply, "title")
    return words(under(interactive, "nfm_reply"), "body") or UNREADABLE


def _place(location: Mapping[str, object]) -> str:
    spot = [location.get("latitude"), location.get("longitude")]
    at = ", ".join(f"{degrees:.5f}" for degrees in spot if isinstance(degrees, int | float))
    return " ".join(part for part in ("📍", line(location, "name"), line(location, "address"), at) if part)


def _card(contact: Object) -> str:
    phones = [line(phone, "phone") for phone in objects(contact.get("phones"))]
    return " ".join(part for part in ("👤", line(under(contact, "name"), "formatted_name"), *phones) if part)
