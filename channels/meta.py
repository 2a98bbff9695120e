"""What the channels of Meta share: signed webhooks, the handshake, and the Graph API.

Webhooks: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
Errors: https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from channels.base import (
    Misconfigured,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Webhook,
)
from channels.downloads import download, on_host, same_origin
from channels.reading import Object, number, under
from channels.waiting import seconds
from data.translation import N_

API_BASE = "https://graph.facebook.com"
VERSION = "v23.0"
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
MEDIA_HOSTS = ("graph.facebook.com", "lookaside.fbsbx.com", "cdn.fbsbx.com", ".fbcdn.net")
OURS = re.compile(r"leerlijn:(\d{1,18})")  # how a message of ours is marked at Meta


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What an error code of Meta comes to: which error, in which words for staff, and how long to wait."""

    error: type[SendError]
    words: str
    wait: float | None = None  # seconds
    one_address: bool = False


Meanings = Mapping[int | tuple[int, int], Meaning]  # by code, or by code and subcode
NONE: Meanings = {}


def is_signed(webhook: Webhook, secret: str) -> bool:
    """Is `X-Hub-Signature-256` that of these bytes, by the app's secret? Never without a secret."""
    given = webhook.headers.get("x-hub-signature-256", "").encode("utf-8", "replace")
    right = "sha256=" + hmac.new(secret.encode(), webhook.body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(given, right.encode())


def handshake(webhook: Webhook, token: str) -> bytes | None:
    """The challenge, for whoever knows the token that we gave Meta."""
    try:
        asked = {name: values[-1] for name, values in parse_qs(urlsplit(webhook.url).query).items()}
    except ValueError:
        return None
    given = asked.get("hub.verify_token", "").encode("utf-8", "replace")
    knows = bool(token) and hmac.compare_digest(given, token.encode())
    challenge = asked.get("hub.challenge", "")
    if not knows or asked.get("hub.mode") != "subscribe" or not re.fullmatch(r"[\w.-]{1,200}", challenge):
        return None
    return challenge.encode()


def mark(message_id: int) -> str:
    """What goes with a message of ours and comes back with news about it, also when its id at Meta never reached us."""
    return f"leerlijn:{message_id}"


def marked(text: str) -> int | None:
    """Our id of the message, if the mark is ours."""
    found = OURS.fullmatch(text)
    return int(found[1]) if found else None


class Graph:
    """The Graph API over HTTP, which tells apart "never handed over" and "perhaps handed over"."""

    def __init__(
        self, *, api_base: str, token: str, meanings: Meanings, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        self._base = (api_base or API_BASE).rstrip("/")
        self._authorization = {"authorization": f"Bearer {token}"}
        self._meanings = meanings
        self._http = httpx.AsyncClient(timeout=TIMEOUT, transport=transport)

    async def post(self, path: str, body: Mapping[str, Any]) -> Object:
        """What Meta answers to `body`. Raises SendError."""
        return await self._call("POST", path, json=body)

    async def get(self, path: str, meanings: Meanings, **params: str) -> Object:
        """What Meta tells about `path`; `meanings` go before the usual ones. Raises SendError."""
        return await self._call("GET", path, meanings, params=params)

    def download(self, url: str, limit: int, *, with_token: bool) -> AsyncIterator[bytes]:
        """The bytes of a file on Meta's hosts; the token, where it is needed, goes to those only."""

        def trusted(there: httpx.URL) -> bool:
            return on_host(there, *MEDIA_HOSTS) or same_origin(there, self._base)

        def headers(_: httpx.URL) -> Mapping[str, str]:
            return self._authorization if with_token else {}

        return download(self._http, url, limit, trusted=trusted, headers=headers)

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, method: str, path: str, meanings: Meanings = NONE, **more: Any) -> Object:
        try:
            reply = await self._http.request(
                method, f"{self._base}/{VERSION}/{path}", headers=self._authorization, **more
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unavailable from error
        except httpx.HTTPError as error:
            raise UnknownOutcome from error
        try:
            said = reply.json()
        except ValueError:
            said = None
        said = said if isinstance(said, dict) else {}
        if reply.is_success and "error" not in said:
            if not said:
                raise UnknownOutcome(N_("het antwoord is niet van Meta"))
            return said
        raise self._error(reply, under(said, "error"), {**self._meanings, **meanings})

    def _error(self, reply: httpx.Response, told: Object, meanings: Meanings) -> SendError:
        """The error of an answer. Its own text is left out: it may name the person."""
        code, subcode = number(told, "code"), number(told, "error_subcode")
        meaning = meanings.get((code, subcode)) or meanings.get(code) if "code" in told else None
        status = reply.status_code
        if meaning is not None:
            wait = seconds(reply.headers["retry-after"]) if "retry-after" in reply.headers else meaning.wait
            return meaning.error(meaning.words, retry_after=wait, one_address=meaning.one_address)
        what = f"Meta {code or status}"
        if status == 429:
            return Throttled(what, retry_after=seconds(reply.headers.get("retry-after", "")))
        if status >= 500 or reply.is_success:
            return UnknownOutcome(what)
        if status < 400 or status in (401, 403):  # a redirect: not Meta's address
            return Misconfigured(what)
        return Rejected(what)
