"""What every request passes: a size limit, a reading time limit, and the security headers of every answer."""

import asyncio
import secrets
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READ_TIMEOUT = 15.0  # seconds for the whole body
UPLOAD_TIMEOUT = 120.0  # seconds for one with files, from a phone on a slow line
META_LIMIT = 3 * 1024 * 1024
"""Bytes that Meta may send at once: https://developers.facebook.com/docs/graph-api/webhooks"""
BATCHES = {f"/webhooks/{channel}": META_LIMIT for channel in ("whatsapp", "messenger")}
NO_STORE = ("/console", "/a/", "/chat", "/mijn/")
TOO_LARGE = "Te groot. Stuur minder tegelijk."


class BodyRefused(Exception):
    """The body is over the limit, or did not come in time; `answer` says so."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.answer = PlainTextResponse(words, status)


class BodyLimit:
    """Refuses bodies over `limit` bytes with 413, and those that do not come with 408, before anything is parsed.

    `uploads`: the paths where a form with files may be larger, and how large; `batches`: the same where a provider
    sends much at once.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int,
        uploads: Mapping[str, int] | None = None,
        batches: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._limit = limit
        self._uploads = uploads or {}
        self._batches = batches or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        size, complete = 0, False
        headers = dict(scope["headers"])
        limit, patience = self._limit, READ_TIMEOUT
        if scope["path"] in self._uploads and headers.get(b"content-type", b"").startswith(b"multipart/"):
            limit, patience = self._uploads[scope["path"]], UPLOAD_TIMEOUT
        limit = max(limit, self._batches.get(scope["path"], 0))
        deadline = asyncio.get_running_loop().time() + patience
        refused: BodyRefused | None = None

        async def limited() -> Message:
            nonlocal size, complete, refused
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                refused = BodyRefused(408, "Te traag. Probeer opnieuw.")
                raise refused from None
            size += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if size > limit:
                refused = BodyRefused(413, TOO_LARGE)
                raise refused
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if refused is not None and not started:
                return  # a form parser took our refusal for an error of its own; what it says is not sent
            started = True
            await send(message)

        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > limit:
            await PlainTextResponse(TOO_LARGE, 413)(scope, receive, send)
            return
        try:
            await self._app(scope, limited, noted)
        except BodyRefused as error:
            refused = error
        if refused is not None and not started:
            await refused.answer(scope, receive, send)


class SecurityHeaders:
    """A strict content policy with a nonce per answer, and the other headers that browsers know.

    Only the embedded chat may be framed by other sites, and only by those in `embed_origins`.
    """

    def __init__(self, app: ASGIApp, *, https: bool, embed_origins: str) -> None:
        self._app = app
        self._https = https
        self._embed = embed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._https:  # a proxy ends TLS: what the browser sees is the public address's scheme
            scope["scheme"] = {"http": "https", "websocket": "wss"}.get(scope["type"], "https")
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        state = scope.setdefault("state", {})
        state["csp_nonce"] = nonce
        path = scope["path"]
        embedded = path == "/chat" or path.startswith("/chat/")
        ancestors = self._embed if embedded else "'none'"
        policy = (
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
            f"frame-ancestors {ancestors}"
        )

        headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if not embedded:
            headers["X-Frame-Options"] = "DENY"
        state["security_headers"] = headers  # for the page of a failure, which passes no middleware

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                stricter = given.get("content-security-policy")  # of a file that somebody sent
                given.update(headers)
                if stricter is not None:
                    given["Content-Security-Policy"] = stricter
                if path.startswith(NO_STORE) and "cache-control" not in given:
                    given["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, with_headers)
