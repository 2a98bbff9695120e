"""python-telegram-bot's wire over httpx: how a call to the Bot API can fail, and no token in a log."""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import orjson
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

from channels.base import Rejected, Unavailable
from channels.waiting import seconds
from data.translation import N_

TIMEOUT = httpx.Timeout(15.0, connect=5.0)


class NotHandedOver(NetworkError):
    """Telegram was not reached."""


class TooFast(TelegramError):
    """Telegram asks to wait."""

    def __init__(self, wait: float) -> None:
        super().__init__("too fast")
        self.wait = wait


class Http(BaseRequest):
    """PTB's wire over httpx, which tells apart "never handed over" and "perhaps handed over"."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @property
    def read_timeout(self) -> float | None:
        return TIMEOUT.read

    async def initialize(self) -> None:
        """The client is open from the start."""

    async def shutdown(self) -> None:
        await self._client.aclose()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        fields = request_data.json_parameters if request_data is not None else {}
        reply = await self._ask(url, data=fields)
        return reply.status_code, reply.content

    async def call(self, url: str, fields: Mapping[str, Any], timeout: float) -> Any:
        """A method of the Bot API with its answer as it came, so that one odd update spoils no other."""
        reply = await self._ask(url, json=fields, timeout=timeout)
        if reply.status_code == httpx.codes.CONFLICT:
            raise Conflict("somebody else gets the updates")
        if reply.status_code in (401, 404):
            raise InvalidToken("this token is not known")
        if not reply.is_success:
            raise NetworkError(f"Telegram {reply.status_code}")
        return self.parse_json_payload(reply.content)["result"]

    async def download(self, url: str, limit: int) -> AsyncIterator[bytes]:
        """At most `limit` bytes. Raises SendError."""
        size = 0
        try:
            async with self._client.stream("GET", url) as reply:
                if not reply.is_success:
                    raise Rejected(N_("het bestand is niet meer bij Telegram"))
                async for chunk in reply.aiter_bytes():
                    size += len(chunk)
                    if size > limit:
                        raise Rejected(N_("het bestand is te groot"))
                    yield chunk
        except httpx.HTTPError as error:
            raise Unavailable from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Without PTB's log line, which would repeat the payload."""
        try:
            data = orjson.loads(payload)
        except orjson.JSONDecodeError:
            data = None
        if not isinstance(data, dict) or (data.get("ok") and "result" not in data):
            raise TelegramError("not Telegram's")
        return data

    async def _ask(self, url: str, timeout: float | None = None, **body: Any) -> httpx.Response:
        limits = httpx.Timeout(timeout, connect=5.0) if timeout else TIMEOUT
        try:
            reply = await self._client.post(url, timeout=limits, **body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise NotHandedOver("not reached") from None
        except httpx.HTTPError as error:
            raise NetworkError(type(error).__name__) from None
        if reply.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise TooFast(_wait(reply))
        return reply


def _wait(reply: httpx.Response) -> float:
    """Seconds that Telegram asks for, in the answer or in its header."""
    try:
        return seconds(str(orjson.loads(reply.content)["parameters"]["retry_after"]))
    except (ValueError, LookupError, TypeError):
        return seconds(reply.headers.get("retry-after", ""))


class Redacted(logging.Filter):
    """httpx logs the address of every request, and Telegram wants the token in it."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        if self._token in record.getMessage():
            record.msg, record.args = record.getMessage().replace(self._token, "…"), ()
        return True
