"""WhatsApp through Meta's Cloud API: signed webhooks in, the Graph API out.

https://developers.facebook.com/documentation/business-messaging/whatsapp
"""

from collections.abc import AsyncIterator
from typing import ClassVar

import httpx

from channels import meta
from channels.base import Item, Outgoing, Rejected, Sent, Unavailable, UnknownOutcome, Webhook
from channels.downloads import GONE, TOO_BIG
from channels.reading import code, json_object, number, objects, words
from channels.whatsapp import incoming
from channels.whatsapp.meanings import MEANINGS
from channels.whatsapp.outgoing import content, receiver
from data.translation import N_

NO_FILE: meta.Meanings = {code: meta.Meaning(error=Rejected, words=GONE) for code in (100, (100, 33))}


class WhatsAppCloud:
    """One phone number at Meta."""

    name: ClassVar[str] = "whatsapp"
    scheme: ClassVar[str] = "whatsapp"

    def __init__(
        self,
        *,
        phone_number_id: str,
        access_token: str,
        app_secret: str,
        verify_token: str,
        api_base: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._number_id = phone_number_id
        self._app_secret = app_secret
        self._verify_token = verify_token
        self._graph = meta.Graph(
            api_base=api_base, token=access_token, meanings=MEANINGS, transport=transport
        )

    def verify(self, webhook: Webhook) -> bool:
        return meta.is_signed(webhook, self._app_secret)

    def handshake(self, webhook: Webhook) -> bytes | None:
        return meta.handshake(webhook, self._verify_token)

    def parse(self, webhook: Webhook) -> list[Item]:
        return incoming.read(json_object(webhook.body), self._number_id)

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        return "text/plain", b"ok"

    async def send(self, message: Outgoing) -> Sent:
        mark = meta.mark(message.message_id)
        said = await self._graph.post(
            f"{self._number_id}/messages",
            {"messaging_product": "whatsapp", **receiver(message.path), **content(message)}
            | {"biz_opaque_callback_data": mark},
        )
        external_id = next((code(one, "id") for one in objects(said.get("messages"))), "")
        if not external_id:
            raise UnknownOutcome(N_("antwoord zonder id"))
        return Sent(external_id=external_id)

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        """Meta cannot be asked; its statuses bring back our mark, and settle it then."""
        raise UnknownOutcome

    async def typing(self, path: str, external_id: str) -> None:
        """Show that an answer is coming, for 25 seconds at most, and that the message was read."""
        await self._graph.post(
            f"{self._number_id}/messages",
            {
                "messaging_product": "whatsapp", "status": "read", "message_id": external_id,
                "typing_indicator": {"type": "text"},
            },
        )  # fmt: skip

    async def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        """Meta gives an address for the id, good for five minutes; the token goes with both."""
        if not ref.isascii() or not ref.isdecimal():
            raise Rejected(GONE)
        try:
            file = await self._graph.get(ref, NO_FILE, phone_number_id=self._number_id)
        except UnknownOutcome as error:  # asking again does no harm
            raise Unavailable from error
        if number(file, "file_size") > limit:
            raise Rejected(TOO_BIG)
        async for piece in self._graph.download(words(file, "url"), limit, with_token=True):
            yield piece

    async def close(self) -> None:
        await self._graph.close()
