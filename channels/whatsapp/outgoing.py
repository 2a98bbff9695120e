"""How a message looks in the Cloud API: text, buttons, a list, or an approved template.

Messages: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
Buttons: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
Lists: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from channels.base import Choice, Outgoing, Rejected, Template
from channels.choices import as_lines, cut, is_number
from channels.segments import units
from channels.whatsapp.addresses import is_phone
from data.translation import N_

TEXT_LIMIT, BODY_LIMIT = 4096, 1024  # characters of a text, and of one with buttons or a list
BUTTONS, BUTTON_TITLE = 3, 20
ROWS, ROW_TITLE, ROW_DESCRIPTION, ROW_ID = 10, 24, 72, 200
OPEN_LIST = {"nl": "Kies", "fr": "Choisir", "en": "Choose"}
Content = dict[str, Any]


def content(message: Outgoing) -> Content:
    """Type and content of the message. Raises Rejected for what WhatsApp would not take whole."""
    if message.template is not None:
        return _template(message.template)
    if message.choices and message.text and units(message.text) <= BODY_LIMIT:
        for make in (_buttons, _rows, _numbered_rows):
            if (interactive := make(message)) is not None:
                return {"type": "interactive", "interactive": interactive}
    text = as_lines(message.text, message.choices)
    if not text:
        raise Rejected(N_("een leeg bericht"))
    if units(text) > TEXT_LIMIT:
        raise Rejected(N_("te lang voor WhatsApp: hoogstens {most} tekens").format(most=TEXT_LIMIT))
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def receiver(path: str) -> Content:
    """A phone number goes in `to`, an id that hides it in `recipient`."""
    if is_phone(path):
        return {"recipient_type": "individual", "to": path.removeprefix("+")}
    return {"recipient_type": "individual", "recipient": path}


def _buttons(message: Outgoing) -> Content | None:
    titles = [choice.label.strip() for choice in message.choices]
    if len(titles) > BUTTONS or not _fit(titles, BUTTON_TITLE) or not _have_ids(message.choices):
        return None
    buttons = [
        {"type": "reply", "reply": {"id": choice.value, "title": title}}
        for choice, title in zip(message.choices, titles, strict=True)
    ]
    return {"type": "button", "body": {"text": message.text}, "action": {"buttons": buttons}}


def _rows(message: Outgoing) -> Content | None:
    """A list of choices that are short enough to be read there."""
    rows = [{"id": choice.value, "title": choice.label.strip()} for choice in message.choices]
    return _list(message, message.text, rows)


def _numbered_rows(message: Outgoing) -> Content | None:
    """Longer choices stand in full in the text, where they are read without opening anything; the list has their numbers."""
    text = as_lines(message.text, message.choices, in_words=False)
    rows = [
        {"id": choice.value, "title": choice.value, "description": cut(choice.label, ROW_DESCRIPTION)}
        if is_number(choice)
        else {"id": choice.value, "title": choice.label.strip()}
        for choice in message.choices
    ]
    return _list(message, text, rows) if units(text) <= BODY_LIMIT else None


def _list(message: Outgoing, text: str, rows: Sequence[Mapping[str, str]]) -> Content | None:
    if len(rows) > ROWS or not _fit([row["title"] for row in rows], ROW_TITLE):
        return None
    if not _have_ids(message.choices):
        return None
    language = (message.language or "nl").split("-")[0]
    action = {"button": OPEN_LIST.get(language, OPEN_LIST["nl"]), "sections": [{"rows": rows}]}
    return {"type": "list", "body": {"text": text}, "action": action}


def _fit(titles: Sequence[str], limit: int) -> bool:
    return all(0 < units(title) <= limit for title in titles) and len(set(titles)) == len(titles)


def _have_ids(choices: Iterable[Choice]) -> bool:
    values = [choice.value for choice in choices]
    apart = len(set(values)) == len(values)
    return apart and all(value == value.strip() and 0 < len(value) <= ROW_ID for value in values)


def _template(template: Template) -> Content:
    """The values may hold no line ends and no empty places: WhatsApp refuses those."""
    parameters = [{"type": "text", "text": " ".join(value.split()) or "-"} for value in template.values]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    language = {"policy": "deterministic", "code": template.language}
    return {
        "type": "template",
        "template": {"name": template.name, "language": language, "components": components},
    }
