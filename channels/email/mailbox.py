"""A mailbox over IMAP: what is new is brought, and marked only after it was stored.

The mailbox itself remembers what was taken, by a keyword of ours on each mail. That holds over restarts, over a new
UIDVALIDITY, over several processes, and when a person has read the mail before us; what is brought twice all the same
is known by its id in the database. A UID is only used within one connection, so an expunged one does no harm.

RFC 3501, 2177 (IDLE), 6851 (MOVE), 4315 (UIDPLUS).
"""

import asyncio
import logging
import random
import re
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from aioimaplib import IMAP4, IMAP4_SSL, AioImapException, quoted

from channels.base import Misconfigured, SendError, Unavailable
from data.translation import N_

log = logging.getLogger(__name__)
logging.getLogger("aioimaplib").setLevel(logging.WARNING)  # below that it logs whole mails
TAKEN = "LeerlijnTaken"
TIMEOUT = 20.0  # seconds for one answer of the server
IDLE = 9 * 60.0  # seconds; some networks forget a silent connection after ten minutes
POLL = 60.0  # seconds between looks when the server has no IDLE
PAUSES = (1.0, 60.0)  # seconds before the next try, growing while it fails
SIZE_LIMIT = 40_000_000  # bytes; of a larger mail the first part is read
PIECE = 2_000_000  # bytes of a mail that is too large
PATIENCE = 3  # tries of one mail in a row before the others go first
Take = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where the mail is. `done`: the folder mail is moved to once it is taken; empty: it stays where it is."""

    host: str
    port: int = 993
    tls: bool = True
    user: str = ""
    password: str = ""
    folder: str = "INBOX"
    done: str = ""
    days: int = 30  # mail that came longer ago is left alone
    context: ssl.SSLContext | None = None


@dataclass(kw_only=True)
class _Trouble:
    """Mails that could not be taken: how often, and when to try again."""

    times: dict[str, int] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)


class Mailbox:
    """Watches one folder for ever, and looks up what it is asked for."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._trouble = _Trouble()
        self.connected = False

    async def watch(self, take: Take) -> None:
        """Bring every new mail to `take`, oldest first; never returns, and never raises for what the server does.

        A mail that `take` raised on is brought again, and after some tries it no longer holds up the others.
        """
        pause = PAUSES[0]
        while True:
            try:
                async with Connection(self._account) as connection:
                    await connection.select(self._account.folder)
                    self.connected = True
                    while True:
                        waiting = await self._bring(connection, take)
                        pause = PAUSES[0]
                        await connection.wait_for_news(min(waiting, IDLE))
            except SendError as error:  # what somebody can mend
                log.error("the mailbox cannot be read: %s", error.reason)
            except (AioImapException, OSError, TimeoutError) as error:
                log.warning("the mailbox is not reachable (%s); trying again", type(error).__name__)
            except _NotTaken:
                log.warning("a mail could not be stored; trying again")
            except Exception:  # an answer that no mail server should give; everything else goes on
                log.exception("the mailbox gave an answer that is not understood; trying again")
            finally:
                self.connected = False
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, PAUSES[1])

    async def _bring(self, connection: "Connection", take: Take) -> float:
        """Everything that is new; returns after how many seconds a mail in trouble wants to be tried again."""
        loop = asyncio.get_running_loop()
        for uid in await connection.untaken(self._account.days):
            key = f"{connection.validity}.{uid}"
            if loop.time() < self._trouble.until.get(key, 0.0):
                continue
            raw = await connection.fetch(uid)
            if raw is None:
                continue  # expunged meanwhile
            try:
                await take(raw)
            except Exception as error:  # whatever it is, the mail stays and comes again
                times = self._trouble.times[key] = self._trouble.times.get(key, 0) + 1
                log.error("a mail could not be taken in (%s), try %d", type(error).__name__, times)
                if times < PATIENCE:  # perhaps the database is away: nothing goes before this mail
                    raise _NotTaken from error
                self._trouble.until[key] = loop.time() + min(60.0 * 2 ** (times - PATIENCE), 3600.0)
                continue
            self._trouble.times.pop(key, None)
            self._trouble.until.pop(key, None)
            await connection.mark(uid, self._account.done)
        waits = [until - loop.time() for until in self._trouble.until.values()]
        return max(1.0, min(waits, default=IDLE))

    async def has(self, message_id: str, folder: str) -> bool:
        """Is there a mail with this Message-ID in a folder? Raises Unavailable or Misconfigured."""
        try:
            async with Connection(self._account) as connection:
                await connection.select(folder)
                return bool(await connection.search(f"HEADER Message-ID {quoted(message_id)}"))
        except (AioImapException, OSError, TimeoutError) as error:
            raise Unavailable from error

    async def check(self) -> int:
        """Log in and count what waits, for `doctor`. Raises Unavailable or Misconfigured."""
        try:
            async with Connection(self._account) as connection:
                await connection.select(self._account.folder)
                return len(await connection.untaken(self._account.days))
        except (AioImapException, OSError, TimeoutError) as error:
            raise Unavailable from error


class _NotTaken(Exception):
    """A mail could not be stored, and is tried again before the ones after it."""


class Connection:
    """One IMAP connection. aioimaplib leaves a command waiting when the connection is lost; here it raises."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lost = asyncio.Event()
        self._keywords = False
        self.validity = "0"

    async def __aenter__(self) -> Self:
        account = self._account
        if account.tls:
            context = account.context or ssl.create_default_context()
            self._client: IMAP4 = IMAP4_SSL(account.host, account.port, timeout=TIMEOUT, ssl_context=context)
        else:
            self._client = IMAP4(account.host, account.port, timeout=TIMEOUT)
        self._client.protocol.conn_lost_cb = lambda _error: self._lost.set()
        try:
            await self._ask(self._client.wait_hello_from_server())
            logged_in = await self._ask(self._client.login(quoted(account.user), account.password))
            if logged_in.result != "OK":
                raise Misconfigured(N_("de mailbox aanvaardt gebruiker en wachtwoord niet"))
            await self._ask(self._client.protocol.capability())
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        if error[0] is None and not self._lost.is_set():
            with suppress(AioImapException, OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await self._client.logout()
        await self._close()

    async def _close(self) -> None:
        client = self._client
        client._client_task.cancel()
        if client.protocol.transport is not None:
            client.protocol.transport.close()
        for task in [*client.tasks, *client.protocol.tasks]:
            task.cancel()
        with suppress(BaseException):
            await asyncio.gather(
                client._client_task, *client.tasks, *client.protocol.tasks, return_exceptions=True
            )

    async def select(self, folder: str) -> None:
        """Open a folder. Raises Misconfigured when it is not there."""
        answer = await self._ask(self._client.select(quoted(folder)))
        if answer.result != "OK":
            raise Misconfigured(N_("de mailbox heeft geen map {folder}").format(folder=folder))
        lines = [bytes(line) for line in answer.lines]
        for line in lines:
            if found := re.search(rb"UIDVALIDITY (\d+)", line):
                self.validity = found[1].decode()
            if found := re.search(rb"PERMANENTFLAGS \(([^)]*)\)", line):
                self._keywords = rb"\*" in found[1] or TAKEN.lower().encode() in found[1].lower()

    async def search(self, criteria: str) -> list[int]:
        """UIDs, in order."""
        answer = await self._ask(self._client.uid_search(criteria, charset=None))
        if answer.result != "OK":
            raise Unavailable(N_("de mailserver kan niet zoeken"))
        numbers = b" ".join(bytes(line) for line in answer.lines[:-1])
        return sorted({int(number) for number in re.findall(rb"\b\d+\b", numbers)})

    async def untaken(self, days: int) -> list[int]:
        """What was not taken yet, of the last so many days; a server without keywords tells it by what is unread."""
        since = (datetime.now(UTC) - timedelta(days=days)).strftime("%d-%b-%Y")
        new = f"UNKEYWORD {TAKEN}" if self._keywords else "UNSEEN"
        return await self.search(f"{new} UNDELETED SINCE {since}")

    async def fetch(self, uid: int) -> bytes | None:
        """The raw mail, not marked as read; None when it is gone."""
        sized = await self._ask(self._client.uid("fetch", str(uid), "(RFC822.SIZE)"))
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(bytes(line) for line in sized.lines))
        if size is None:
            return None
        part = f"<0.{PIECE}>" if int(size[1]) > SIZE_LIMIT else ""
        answer = await self._ask(self._client.uid("fetch", str(uid), f"(BODY.PEEK[]{part})"), timeout=300.0)
        if answer.result != "OK":
            return None
        return next((bytes(line) for line in answer.lines if isinstance(line, bytearray)), None)

    async def mark(self, uid: int, done: str) -> None:
        """Taken and read; and moved, where the server can do that in one step."""
        flags = rf"(\Seen {TAKEN})" if self._keywords else r"(\Seen)"
        marked = await self._ask(self._client.uid("store", str(uid), "+FLAGS.SILENT", flags))
        if marked.result != "OK":
            log.error("a mail could not be marked as taken; it will be looked at again")
        if done and self._client.has_capability("MOVE"):
            moved = await self._ask(self._client.uid("move", str(uid), quoted(done)))
            if moved.result != "OK":
                log.error("a mail could not be moved to %s: make that folder", done)

    async def wait_for_news(self, seconds: float) -> None:
        """Until the server tells of something, or the time is over. Raises when the connection is lost."""
        if not self._client.has_capability("IDLE"):
            await self._ask(asyncio.sleep(min(seconds, POLL)), timeout=POLL + 1)
            await self._ask(self._client.noop())
            return
        idle = await self._ask(self._client.idle_start(timeout=seconds + TIMEOUT))
        try:
            while True:
                lines = await self._ask(self._client.wait_server_push(timeout=seconds), timeout=seconds + 1)
                told = lines if isinstance(lines, list) else []
                if (
                    any(b"EXISTS" in line or b"RECENT" in line for line in told)
                    or b"stop_wait_server_push" in told
                ):
                    break
                if any(line.startswith((b"BYE", b"* BYE")) for line in told):
                    raise ConnectionResetError("the mail server said goodbye")
        except TimeoutError:
            pass
        self._client.idle_done()
        await self._ask(idle)

    async def _ask(
        self, command: Coroutine[Any, Any, Any] | asyncio.Future[Any], *, timeout: float = TIMEOUT
    ) -> Any:
        """The answer to a command; raises ConnectionResetError when the connection is lost, TimeoutError after a while."""
        asked = asyncio.ensure_future(command)
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({asked, lost}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            if lost.done():
                raise ConnectionResetError("the mail server closed the connection")
            raise TimeoutError
        finally:
            unfinished = [task for task in (asked, lost) if not task.done()]
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
