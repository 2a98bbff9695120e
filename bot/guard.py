"""What every request passes: a size limit, a reading time limit, and the security headers of every answer."""

import asyncio
import secrets

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READ_TIMEOUT = 15.0  # seconds for the whole body
NO_STORE = ("/console", "/a/", "/chat")


class BodyTooLarge(Exception):
    """The body is over the limit."""


class BodyTooSlow(Exception):
    """The body did not come in time."""


class BodyLimit:
    """Refuses bodies over `limit` bytes with 413, and those that do not come with 408, before anything is parsed."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        size, complete = 0, False
        deadline = asyncio.get_running_loop().time() + READ_TIMEOUT

        async def limited() -> Message:
            nonlocal size, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow from None
            size += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if size > self._limit:
                raise BodyTooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        length = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if not length.isdigit() or int(length) > self._limit:
                raise BodyTooLarge
            await self._app(scope, limited, noted)
        except BodyTooLarge:
            if not started:
                await PlainTextResponse("Te groot. Stuur minder tegelijk.", 413)(scope, receive, send)
        except BodyTooSlow:
            if not started:
                await PlainTextResponse("Te traag. Probeer opnieuw.", 408)(scope, receive, send)


class SecurityHeaders:
    """A strict content policy with a nonce per answer, and the other headers that browsers know.

    Only the embedded chat may be framed by other sites, and only by those in `embed_origins`.
    """

    def __init__(self, app: ASGIApp, *, https: bool, embed_origins: str) -> None:
        self._app = app
        self._https = https
        self._embed = embed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["csp_nonce"] = nonce
        path = scope["path"]
        embedded = path == "/chat" or path.startswith("/chat/")
        ancestors = self._embed if embedded else "'none'"
        policy = (
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
            f"frame-ancestors {ancestors}"
        )

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                if self._https:
                    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
                if not embedded:
                    headers["X-Frame-Options"] = "DENY"
                if path.startswith(NO_STORE) and "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, with_headers)
