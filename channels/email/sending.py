"""Handing a mail to a mail server, and what its answers mean.

Codes: RFC 5321 (4.2), enhanced codes: RFC 3463. Once the whole mail was written to the server, only its answer tells
whether it took it: a connection that breaks there leaves it open.
"""

import asyncio
import re
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import SMTP

from channels.base import (
    Misconfigured,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Unreachable,
)
from channels.email.automatic import GONE, reason
from data.translation import N_

COMMAND = 8.0  # seconds for one answer
BEFORE, DATA = (
    10.0,
    9.0,
)  # seconds until the mail itself is written, and for that; together below the sender's limit
GREYLISTED = 300.0  # seconds to wait when a server says "not now"
_TOO_FAST = re.compile(r"\b4\.(?:7\.(?:0|28|500)|4\.5|3\.2)\b|rate|too many|throttl", re.IGNORECASE)
_NOBODY = re.compile(
    r"user (?:is )?unknown|unknown (?:user|recipient|mailbox)|no such (?:user|mailbox|recipient|address)|"
    r"does not exist|mailbox (?:not found|unavailable)|address rejected|invalid recipient",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where we hand mail over. `security`: starttls, tls (from the first byte), or none."""

    host: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = ""


async def hand_over(server: Server, mail: EmailMessage, *, sender: str, recipient: str) -> None:
    """Give one mail to the server. Raises SendError."""
    client = _client(server)
    try:
        try:
            async with asyncio.timeout(BEFORE):
                await _connect(client, server)
                await _envelope(client, sender, recipient)
        except TimeoutError as error:
            raise Unavailable from error
        await _data(client, mail)
    finally:
        client.close()


async def check(server: Server) -> None:
    """Connect and log in, for `doctor`. Raises SendError."""
    client = _client(server)
    try:
        await _connect(client, server)
    finally:
        client.close()


def trusted() -> ssl.SSLContext:
    """Who may be trusted: whom the system trusts."""
    return ssl.create_default_context()


def _client(server: Server) -> SMTP:
    return SMTP(
        hostname=server.host, port=server.port, timeout=COMMAND, use_tls=server.security == "tls",
        start_tls=server.security == "starttls", tls_context=None if server.security == "none" else trusted(),
    )  # fmt: skip


async def _connect(client: SMTP, server: Server) -> None:
    try:
        await client.connect()
        if server.user:
            await client.login(server.user, server.password)
    except aiosmtplib.SMTPAuthenticationError as error:
        if error.code < 500:
            raise Unavailable(N_("de mailserver antwoordt {code}").format(code=error.code)) from None
        raise Misconfigured(N_("de mailserver aanvaardt gebruiker en wachtwoord niet")) from None
    except aiosmtplib.SMTPResponseException as error:
        raise Unavailable(N_("de mailserver antwoordt {code}").format(code=error.code)) from None
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPServerDisconnected, TimeoutError, OSError) as error:
        raise Unavailable from error
    except aiosmtplib.SMTPException as error:  # no STARTTLS, or no way to log in
        raise Misconfigured(N_("de mailserver kent STARTTLS of inloggen niet")) from error


async def _envelope(client: SMTP, sender: str, recipient: str) -> None:
    try:
        await client.mail(sender)
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(error, Misconfigured(N_("de mailserver laat ons niet afzenden"))) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Unavailable from error
    try:
        await client.rcpt(recipient)
    except aiosmtplib.SMTPResponseException as error:
        code = _enhanced(error.message)
        gone = code in GONE or (
            not code and error.code in (550, 551, 553) and _NOBODY.search(error.message) is not None
        )
        final = Unreachable(reason(code or "5.1.1"), one_address=True) if gone else Rejected(reason(code))
        raise _refused(error, final, one_address=True) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Unavailable from error


async def _data(client: SMTP, mail: EmailMessage) -> None:
    try:
        async with asyncio.timeout(DATA):
            await client.data(mail.as_bytes())
    except aiosmtplib.SMTPDataError as error:
        raise _refused(error, Rejected(reason(_enhanced(error.message)))) from None
    except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:  # it may have been taken
        raise UnknownOutcome from error


def _refused(
    error: aiosmtplib.SMTPResponseException, final: SendError, *, one_address: bool = False
) -> SendError:
    """4xx: later, in a while if it is about speed; 5xx: `final`. What the server says may name the person."""
    if error.code >= 500:
        return final
    if _TOO_FAST.search(error.message):
        return Throttled(retry_after=GREYLISTED / 5)
    wait = GREYLISTED if error.code == 450 else None
    return Unavailable(
        N_("de mailserver antwoordt {code}").format(code=error.code),
        retry_after=wait,
        one_address=one_address,
    )


def _enhanced(message: str) -> str:
    found = re.search(r"\b[45]\.\d{1,3}\.\d{1,3}\b", message)
    return found[0] if found else ""
