"""A mail server for tests that takes what it is given, or does what the script says. Real SMTP, by aiosmtpd."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(kw_only=True)
class MailServer:
    """What it took, and what it answers. A script is a code and text for each step, used once; "cut" hangs up,
    "silence" never answers.
    """

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    script: dict[str, list[str]] = field(default_factory=dict)
    password: str | None = None
    transports: list[Any] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, read back."""
        found = [message_from_bytes(envelope.content, policy=policy.default) for envelope in self.taken]
        return [mail for mail in found if isinstance(mail, EmailMessage)]

    def _next(self, step: str) -> str | None:
        waiting = self.script.get(step)
        return waiting.pop(0) if waiting else None

    async def _answer(self, step: str, server: SMTP) -> str | None:
        answer = self._next(step)
        if answer == "cut":
            server.transport.abort()
            return "421 gone"
        if answer == "silence":
            await asyncio.sleep(3600)
        return answer

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := await self._answer("mail", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := await self._answer("rcpt", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._next("data")
        if answer in ("taken and cut", "taken and silence"):
            self.taken.append(envelope)
            answer = answer.removeprefix("taken and ")
        if answer == "cut":
            server.transport.abort()
            return "421 gone"
        if answer == "silence":
            await asyncio.sleep(3600)
        if answer:
            return answer
        self.taken.append(envelope)
        return "250 OK taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(success=right, handled=False)


@asynccontextmanager
async def running(
    *, password: str | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[MailServer]:
    """A server on a free port of this machine, in this event loop."""
    desk = MailServer(password=password)
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it asks for a password without TLS
            return SMTP(
                desk, hostname="mx.test", enable_SMTPUTF8=True, loop=loop, auth_require_tls=False, tls_context=tls,
                authenticator=desk.authenticate if password else None, auth_required=password is not None,
            )  # fmt: skip

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    desk.port = server.sockets[0].getsockname()[1]
    try:
        yield desk
    finally:
        server.close()
