"""WhatsApp through Twilio: the forms of SMS with `whatsapp:` before every address.

Incoming: https://www.twilio.com/docs/messaging/guides/webhook-request
Templates: https://www.twilio.com/docs/content/send-templates-created-with-the-content-template-builder
"""

import json
import re
from collections.abc import AsyncIterator
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx

from channels.base import Inbound, Item, Malformed, Outgoing, Reach, Rejected, Sent, UnknownOutcome, Webhook
from channels.choices import as_lines
from channels.reading import code, line
from channels.segments import units
from channels.twilio_form import Form, form_of
from channels.twilio_rest import (
    API_BASE,
    EMPTY_TWIML,
    TwilioRest,
    files_of,
    news_of,
    sid_of,
)
from channels.whatsapp.addresses import sender_of
from data.translation import N_

PREFIX = "whatsapp:"
TEXT_LIMIT = 1600  # characters; Twilio refuses more (21617)
NOBODY_THERE = ("63003", "63024", "63033")
MESSAGE = "bericht"  # in the callback's address: our own id of the message


class WhatsAppTwilio:
    """One WhatsApp sender at Twilio. It has no buttons without a template each, so choices are numbered lines."""

    name: ClassVar[str] = "whatsapp"
    scheme: ClassVar[str] = "whatsapp"

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        number: str,
        public_url: str,
        shared_key: str = "",
        api_base: str = API_BASE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._sender = PREFIX + number.removeprefix(PREFIX)
        self._callback = f"{public_url}/webhooks/{self.name}/status"
        self._twilio = TwilioRest(
            account_sid=account_sid,
            auth_token=auth_token,
            shared_key=shared_key,
            api_base=api_base,
            transport=transport,
        )

    def verify(self, webhook: Webhook) -> bool:
        return self._twilio.verify(webhook)

    def parse(self, webhook: Webhook) -> list[Item]:
        form = form_of(webhook)
        sid = sid_of(form)
        if form.last("MessageStatus"):
            return [*news_of(form, message_id=_message_id(webhook.url)), *_reach(form)]
        if "From" not in form:
            raise Malformed("no From")
        if not form.last("From").startswith(PREFIX):
            return []
        try:
            path, aliases = sender_of(
                form.last("From").removeprefix(PREFIX), form.last("WaId"), form.last("ExternalUserId")
            )
        except ValueError:
            return []
        return [
            Inbound(
                external_id=sid, path=path, text=_text(form), display=line(_plain(form), "ProfileName"),
                media=files_of(form), aliases=aliases,
                answers=code(_plain(form), "OriginalRepliedMessageSid") or None,
            )
        ]  # fmt: skip

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        return "text/xml", EMPTY_TWIML

    async def send(self, message: Outgoing) -> Sent:
        sid = await self._twilio.create(
            to=PREFIX + message.path, from_=self._sender,
            status_callback=f"{self._callback}?{MESSAGE}={message.message_id}", **content(message),
        )  # fmt: skip
        return Sent(external_id=sid)

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        if (
            message.template is not None
        ):  # Twilio fills it in, so its words are not ours; the callback settles it
            raise UnknownOutcome
        sid = await self._twilio.find(
            to=PREFIX + message.path, from_=self._sender, body=content(message)["body"], since=sent_after,
            others=message.others,
        )  # fmt: skip
        return Sent(external_id=sid) if sid else None

    def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        return self._twilio.fetch(ref, limit)

    async def close(self) -> None:
        await self._twilio.close()


def content(message: Outgoing) -> dict[str, str]:
    """A template by its ContentSid, or the text. Raises Rejected for what Twilio would not take whole."""
    template = message.template
    if template is not None:
        if not template.provider_id:
            raise Rejected(N_("het sjabloon heeft geen ContentSid bij Twilio"))
        places = {
            str(place): " ".join(value.split()) or "-" for place, value in enumerate(template.values, 1)
        }
        variables = {"content_variables": json.dumps(places, ensure_ascii=False)} if places else {}
        return {"content_sid": template.provider_id} | variables
    text = as_lines(message.text, message.choices)
    if units(text) > TEXT_LIMIT:
        raise Rejected(
            N_("te lang voor WhatsApp via Twilio: hoogstens {most} tekens").format(most=TEXT_LIMIT)
        )
    return {"body": text}


def _message_id(url: str) -> int | None:
    given = parse_qs(urlsplit(url).query).get(MESSAGE, [""])[-1]
    return int(given) if re.fullmatch(r"[0-9]{1,18}", given) else None


def _reach(form: Form) -> list[Reach]:
    """Nobody can be reached at this number, until they write."""
    if form.last("ErrorCode") not in NOBODY_THERE or form.last("MessageStatus") not in (
        "failed",
        "undelivered",
    ):
        return []
    try:
        path, _ = sender_of(form.last("To").removeprefix(PREFIX))
    except ValueError:
        return []
    return [Reach(path=path, open=False)]


def _plain(form: Form) -> dict[str, str]:
    return {name: values[-1] for name, values in form.items()}


def _text(form: Form) -> str:
    """A tapped choice comes as its value; a place as words."""
    if tapped := form.last("ButtonPayload") or form.last("ListId"):
        return tapped
    if form.last("Latitude") and form.last("Longitude"):
        known = _plain(form)
        named = (line(known, "Label"), line(known, "Address"))
        at = f"{line(known, 'Latitude')}, {line(known, 'Longitude')}"
        return " ".join(part for part in ("📍", *named, at) if part)
    return form.last("Body") or form.last("ButtonText")
