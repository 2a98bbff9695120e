"""Phone calls through Twilio Voice: signed webhooks in, TwiML out.

https://www.twilio.com/docs/voice/twiml
Recordings: https://www.twilio.com/docs/voice/api/recording
A call is answered within its own requests (bot.calls), so nothing is ever sent: what nobody was on the line to hear
is settled there as well.
"""

import re
from collections.abc import AsyncIterator
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

import httpx
from twilio.request_validator import RequestValidator

from channels.base import (
    Attached,
    Inbound,
    Item,
    Misconfigured,
    Outgoing,
    Rejected,
    Sent,
    Throttled,
    Unavailable,
    Webhook,
)
from channels.twilio_form import is_signed
from channels.voice.call import Call, Recording, Step, read
from channels.voice.twiml import Script
from data.translation import N_

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
HOPS = 3
ELSEWHERE = re.compile(r"(?:[\w-]+\.)*(?:twilio|twiliocdn)\.com")  # where Twilio may keep a file itself
NOT_READY = 10.0  # seconds until a recording that was just made can be fetched


class Voice:
    """The voice channel."""

    name: ClassVar[str] = "voice"
    scheme: ClassVar[str] = "tel"

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        number: str,
        api_base: str = "https://api.twilio.com",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.number = number
        self._api = api_base.rstrip("/")
        self._credentials = httpx.BasicAuth(account_sid, auth_token)
        self._validator = RequestValidator(auth_token)
        self._http = httpx.AsyncClient(timeout=TIMEOUT, transport=transport)

    def verify(self, webhook: Webhook) -> bool:
        return is_signed(self._validator, webhook)

    def parse(self, webhook: Webhook) -> list[Item]:
        """What they said or pressed, or spoke in after the tone; the other requests only ask what to do next."""
        call = read(webhook)
        if call.step is Step.RECORDED and call.recording is not None:
            return [_voicemail(call, call.recording)]
        asks_a_person = call.step is Step.LANGUAGE and call.keys == "0"
        says = call.step is Step.HEARD and call.words and not (call.offered and call.keys == "9")
        if not (asks_a_person or says):
            return []
        return [
            Inbound(
                external_id=call.external_id(call.turn),
                path=call.path,
                text=call.words,
                display=None if call.number else "verborgen nummer",
                language=call.language,
            )
        ]

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        return "text/xml", Script().to_xml()

    async def send(self, message: Outgoing) -> Sent:
        raise Rejected(N_("wat aan de telefoon gezegd wordt, wordt niet verstuurd"))

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        return None

    async def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        """The recording as MP3. Only our account's address gets the credentials; a redirect goes without them."""
        url = f"{ref}.mp3" if not urlsplit(ref).path.endswith((".mp3", ".wav")) else ref
        if _origin(url) != _origin(self._api):
            raise Rejected(N_("deze opname staat niet bij Twilio"))
        auth: httpx.Auth | None = self._credentials
        for _ in range(HOPS):
            try:
                async with self._http.stream("GET", url, auth=auth, follow_redirects=False) as reply:
                    if not reply.is_redirect:
                        _check(reply)
                        async for piece in _at_most(reply, limit):
                            yield piece
                        return
                    url = urljoin(url, reply.headers.get("location", ""))
            except httpx.HTTPError as error:
                raise Unavailable from error
            parts = urlsplit(url)
            if parts.scheme != "https" or not ELSEWHERE.fullmatch(parts.hostname or ""):
                raise Rejected(N_("de opname verwijst naar een adres dat niet van Twilio is"))
            auth = None
        raise Rejected(N_("de opname verwijst te vaak door"))

    async def close(self) -> None:
        await self._http.aclose()


def _voicemail(call: Call, recording: Recording) -> Inbound:
    file = Attached(
        ref=recording.url, kind="audio", media_type="audio/mpeg", name=f"voicemail-{call.sid[-8:]}.mp3"
    )
    return Inbound(
        external_id=call.voicemail_id,
        path=call.path,
        text=f"🎤 {recording.seconds} s",
        display=None if call.number else "verborgen nummer",
        language=call.language,
        media=(file,),
        automatic=True,  # a colleague listens to it; there are no words for the bot to answer
    )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _check(reply: httpx.Response) -> None:
    if reply.status_code in (401, 403):
        raise Misconfigured(f"Twilio {reply.status_code}")
    if reply.status_code == 404:  # made just now, or gone: whoever asks gives up some time
        raise Unavailable(N_("de opname is er nog niet"), retry_after=NOT_READY)
    if reply.status_code == 429:
        raise Throttled(retry_after=5.0)
    if reply.status_code >= 500:
        raise Unavailable(f"Twilio {reply.status_code}")
    if not reply.is_success:
        raise Rejected(f"Twilio {reply.status_code}")


async def _at_most(reply: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    taken = 0
    async for piece in reply.aiter_bytes():
        taken += len(piece)
        if taken > limit:
            raise Rejected(N_("de opname is te groot"))
        yield piece
