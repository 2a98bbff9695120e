"""Messenger: signed webhooks in, the Send API out.

Send API: https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
Quick replies: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
Human agent: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/message-tags
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

import httpx

from channels import meta
from channels.base import Choice, Item, Outgoing, Rejected, Sent, UnknownOutcome, Webhook, WindowClosed
from channels.choices import as_lines, is_number
from channels.messenger import incoming
from channels.messenger.meanings import MEANINGS
from channels.reading import code, json_object
from channels.segments import units
from data.translation import N_

TEXT_LIMIT = 2000
QUICK_REPLIES, TITLE, PAYLOAD = 13, 20, 1000


class Messenger:
    """One page at Meta."""

    name: ClassVar[str] = "messenger"
    scheme: ClassVar[str] = "messenger"

    def __init__(
        self,
        *,
        page_id: str,
        page_token: str,
        app_secret: str,
        verify_token: str,
        app_id: str = "",
        api_base: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._page = incoming.Page(page_id=page_id, app_id=app_id)
        self._app_secret = app_secret
        self._verify_token = verify_token
        self._graph = meta.Graph(api_base=api_base, token=page_token, meanings=MEANINGS, transport=transport)

    def verify(self, webhook: Webhook) -> bool:
        return meta.is_signed(webhook, self._app_secret)

    def handshake(self, webhook: Webhook) -> bytes | None:
        return meta.handshake(webhook, self._verify_token)

    def parse(self, webhook: Webhook) -> list[Item]:
        return incoming.read(json_object(webhook.body), self._page)

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        return "text/plain", b"EVENT_RECEIVED"

    async def send(self, message: Outgoing) -> Sent:
        """Within 24 hours as a response. What one of ours writes later, up to 7 days, goes as a human agent's."""
        content = {"recipient": {"id": message.path}, "message": _content(message)}
        try:
            return await self._post(content | {"messaging_type": "RESPONSE"})
        except WindowClosed:  # Meta took nothing
            if not message.human:
                raise
        return await self._post(content | {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"})

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        """Not asked: the echo of the message brings back our mark, and settles it then."""
        raise UnknownOutcome

    async def typing(self, path: str, external_id: str) -> None:
        """Show that the message was seen and that an answer is coming."""
        for action in ("mark_seen", "typing_on"):
            await self._graph.post("me/messages", {"recipient": {"id": path}, "sender_action": action})

    def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        """The address is signed itself: it needs no token, and gets none."""
        return self._graph.download(ref, limit, with_token=False)

    async def close(self) -> None:
        await self._graph.close()

    async def _post(self, body: dict[str, Any]) -> Sent:
        said = await self._graph.post("me/messages", body)
        if not (mid := code(said, "message_id")):
            raise UnknownOutcome(N_("antwoord zonder id"))
        return Sent(external_id=mid)


def _content(message: Outgoing) -> dict[str, Any]:
    """Text, with quick replies where they fit; long choices stand in full in the text, with their numbers to tap."""
    titles = [choice.label.strip() for choice in message.choices]
    text, tapped = message.text, _fit(titles, message.choices)
    if not tapped:
        titles = [choice.value if is_number(choice) else choice.label.strip() for choice in message.choices]
        tapped = _fit(titles, message.choices)
        text = as_lines(text, message.choices, in_words=not tapped)
    if not text:
        raise Rejected(N_("een leeg bericht"))
    if units(text) > TEXT_LIMIT:
        raise Rejected(N_("te lang voor Messenger: hoogstens {most} tekens").format(most=TEXT_LIMIT))
    content: dict[str, Any] = {"text": text, "metadata": meta.mark(message.message_id)}
    if titles and tapped:
        content["quick_replies"] = [
            {"content_type": "text", "title": title, "payload": choice.value}
            for title, choice in zip(titles, message.choices, strict=True)
        ]
    return content


def _fit(titles: Sequence[str], choices: Sequence[Choice]) -> bool:
    short = all(0 < units(title) <= TITLE for title in titles)
    return len(titles) <= QUICK_REPLIES and short and all(0 < len(one.value) <= PAYLOAD for one in choices)
