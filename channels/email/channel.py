"""E-mail: in by IMAP or by a signed webhook, out by SMTP. Mail in, mail out, one thread.

The webhook takes one raw mail (RFC 5322) a request, signed with the secret of the settings:

    POST /webhooks/email
    X-Leerlijn-Timestamp: seconds since 1970, at most five minutes ago
    X-Leerlijn-Signature: sha256=HMAC-SHA256(secret, timestamp + "." + body), in hexadecimal
"""

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import ClassVar

from channels.base import Deliver, Item, Letter, Malformed, Outgoing, Sent, UnknownOutcome, Webhook
from channels.email.kept import Kept
from channels.email.mailbox import Account, Mailbox
from channels.email.marks import Marks
from channels.email.reading import read
from channels.email.sending import Server, check, hand_over
from channels.email.writing import compose, letter_of

log = logging.getLogger(__name__)
SWEEP = 3600.0  # seconds
SKEW = 300.0  # seconds that a signature stays good


class Email:
    """The e-mail channel; its addresses are `mailto` paths in lower case."""

    name: ClassVar[str] = "email"
    scheme: ClassVar[str] = "mailto"

    def __init__(
        self,
        *,
        address: str,
        secret: bytes,
        folder: Path,
        server: Server,
        account: Account | None = None,
        sender_name: str = "Leerlijn",
        sent_folder: str = "",
        webhook_secret: str = "",
        plus: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._marks = Marks(address, secret, plus=plus)
        self._kept = Kept(folder)
        self._server = server
        self._mailbox = Mailbox(account) if account is not None else None
        self._sender_name = sender_name
        self._sent_folder = sent_folder
        self._webhook_secret = webhook_secret.encode()
        self._clock = clock

    def verify(self, webhook: Webhook) -> bool:
        given = webhook.headers.get("x-leerlijn-timestamp", "")
        if not self._webhook_secret or not given.isascii() or not given.isdigit() or len(given) > 12:
            return False
        wanted = sign(webhook.body, int(given), self._webhook_secret)
        signature = webhook.headers.get("x-leerlijn-signature", "")
        fresh = abs(self._clock() - int(given)) <= SKEW
        return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace")) and fresh

    def parse(self, webhook: Webhook) -> list[Item]:
        if not webhook.body.strip():
            raise Malformed("no mail")
        return read(webhook.body, self._marks, self._kept.put)

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        return "text/plain", b"ok"

    async def listen(self, deliver: Deliver) -> None:
        """Watch the mailbox, if there is one; and throw away raw mails whose time is over."""

        async def take(raw: bytes) -> None:
            items = await asyncio.to_thread(read, raw, self._marks, self._kept.put)
            if items:
                await deliver(items)

        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep())
            if self._mailbox is not None:
                await self._mailbox.watch(take)

    async def _sweep(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._kept.sweep)
            except OSError as error:
                log.warning("raw mails could not be thrown away (%s)", type(error).__name__)
            await asyncio.sleep(SWEEP)

    def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        return self._kept.fetch(ref, limit)

    async def send(self, message: Outgoing) -> Sent:
        mail = compose(message, self._marks, name=self._sender_name)
        message_id = self._marks.message_id(message.message_id)
        try:
            await hand_over(
                self._server, mail, sender=self._marks.bounces_to(message.message_id, message.path),
                recipient=mail["To"].addresses[0].addr_spec,
            )  # fmt: skip
        except UnknownOutcome as error:
            raise UnknownOutcome(error.reason, external_id=message_id) from error
        return Sent(external_id=message_id)

    async def write(self, letter: Letter) -> None:
        """A letter, outside every thread; what fails later comes back to our own address."""
        mail = letter_of(letter, self._marks, name=self._sender_name)
        recipient = mail["To"].addresses[0].addr_spec
        await hand_over(self._server, mail, sender=self._marks.address, recipient=recipient)

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        """Mail servers cannot be asked. Only a copy in the folder where the server keeps what was sent proves it.

        Otherwise a failure that comes back, or an answer, settles it later: both name our Message-ID.
        """
        message_id = self._marks.message_id(message.message_id)
        if self._mailbox and self._sent_folder and await self._mailbox.has(message_id, self._sent_folder):
            return Sent(external_id=message_id)
        raise UnknownOutcome(external_id=message_id)

    async def check(self) -> str:
        """What `doctor` sees of both servers. Raises SendError."""
        await check(self._server)
        waiting = await self._mailbox.check() if self._mailbox else None
        return "SMTP answers" + ("" if waiting is None else f", IMAP answers ({waiting} mails wait)")

    async def close(self) -> None:
        """Nothing stays open between two mails."""


def sign(body: bytes, timestamp: int, secret: bytes) -> str:
    """The `X-Leerlijn-Signature` of a mail, for whoever posts it."""
    return "sha256=" + hmac.new(secret, b"%d." % timestamp + body, hashlib.sha256).hexdigest()
