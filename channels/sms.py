"""SMS through Twilio: signed webhooks in, the REST API out.

Incoming: https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import re
from collections.abc import AsyncIterator
from typing import ClassVar

import httpx

from channels.base import Delivery, Inbound, Malformed, Outgoing, Sent, Webhook
from channels.segments import BODY_LIMIT, cost, split, to_gsm7
from channels.twilio_form import form_of
from channels.twilio_rest import (
    API_BASE,
    EMPTY_TWIML,
    TwilioRest,
    files_of,
    news_of,
    sid_of,
)


class Sms:
    """The SMS channel."""

    name: ClassVar[str] = "sms"
    scheme: ClassVar[str] = "sms"

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
        self._number = number
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

    def parse(self, webhook: Webhook) -> list[Inbound] | list[Delivery]:
        form = form_of(webhook)
        sid = sid_of(form)
        if form.last("MessageStatus"):
            return news_of(form)
        if "From" not in form:
            raise Malformed("no From")
        if not re.fullmatch(r"\+?[0-9A-Za-z ]{2,20}", form.last("From")):
            return []
        return [
            Inbound(external_id=sid, path=form.last("From"), text=form.last("Body"), media=files_of(form))
        ]

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        return "text/xml", EMPTY_TWIML

    async def send(self, message: Outgoing) -> Sent:
        text = render(message)
        sid = await self._twilio.create(
            to=message.path, from_=self._number, body=text, status_callback=self._callback
        )
        return Sent(external_id=sid, parts=cost(text).parts)

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        text = render(message)
        sid = await self._twilio.find(
            to=message.path, from_=self._number, body=text, since=sent_after, others=message.others
        )
        return Sent(external_id=sid, parts=cost(text).parts) if sid else None

    def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        return self._twilio.fetch(ref, limit)

    async def close(self) -> None:
        await self._twilio.close()


def render(message: Outgoing) -> str:
    """The text as it leaves: plain GSM-7 where the language allows, within Twilio's limit."""
    return split(to_gsm7(message.text), BODY_LIMIT)[0]
