"""Files of messages: fetched later, in a queue and with a worker of their own, cleaned, and kept under the var folder.

    attachment waiting ─ job FETCH ─► channel.fetch (the provider's own hosts) ─► incoming/… ─► channels.cleaning,
                                      a process of its own ─► kept under a name of ours, or refused with the reason

A file goes when its row goes: `sweep` removes what no row names. Several machines share one folder or have none to
show: the var folder has to be the same for `serve` and `work`.
"""

import asyncio
import json
import logging
import os
import secrets
import shlex
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Attached, Channel, Fetches, Kept, Rejected, SendError, Unavailable, clean_text
from channels.outbox import address_topic
from data import events, queue
from data.db import Database, after_commit
from data.queue import Lane, LeasedJob
from data.tables import Address, Attachment, AttachmentState, Message
from data.translation import N_

log = logging.getLogger(__name__)
FETCH = "fetch"
LIMIT = 20_000_000  # bytes of one file; Telegram gives bots no more
NAME_LIMIT = 200  # bytes of its name
MOST = 2**31 - 1  # bytes that a provider may say it has
FETCHING, CLEANING = 120.0, 90.0  # seconds
RENEW_EVERY = 8.0  # seconds, well within the lease
GIVE_UP_AFTER = timedelta(hours=24)
UNSURE_FOR = 3600.0  # seconds that a file without a row may be about to get one
HERE = Path(__file__).resolve().parents[1]
TOO_BIG = N_("het bestand is te groot")
LOST = N_("het bestand kon niet opgehaald worden")
CRASHED = N_("het bestand kon niet nagekeken worden")
VIRUS = N_("de virusscanner hield het bestand tegen")
INFECTED = 1  # what clamscan and clamdscan end with
NO_FILES = N_("dit kanaal geeft geen bestanden")


class Refused(Exception):
    """A file we do not keep; the sentence says why, in Dutch for staff."""


class Media:
    """Keeps files in `folder`. `handle` is the handler of FETCH jobs, `gave_up` what to call when one is dead."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        channels: Mapping[str, Channel],
        limit: int = LIMIT,
        *,
        scan: str = "",
    ) -> None:
        self._database = database
        self._folder = folder
        self._channels = channels
        self._limit = limit
        self._scan = shlex.split(scan)  # a virus scanner, which is given the file's name

    def path(self, attachment: Attachment, *, preview: bool = False) -> Path | None:
        """Where the bytes are; None when there are none (any more)."""
        if attachment.state != AttachmentState.KEPT or attachment.file is None:
            return None
        path = self._folder / (f"{attachment.file}.preview" if preview else attachment.file)
        return path if path.is_file() else None

    def free(self) -> int:
        """Bytes left on the disk of the folder."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self._folder).free

    async def handle(self, job: LeasedJob) -> None:
        """Fetch and clean the job's file; what cannot be kept is refused with its reason."""
        async with self._database.transaction() as session:
            found = await session.execute(
                select(Attachment, Message.channel)
                .join(Message, Message.id == Attachment.message_id)
                .where(Attachment.id == job.payload["attachment_id"])
            )
            row = found.one_or_none()
            if row is None or row[0].state != AttachmentState.WAITING:
                await queue.complete(session, job)
                return
        attachment, channel = row[0], self._channels.get(row[1])
        try:
            if not isinstance(channel, Fetches):
                raise Refused(NO_FILES)
            if (attachment.size or 0) > self._limit:
                raise Refused(TOO_BIG)
            async with self._renewing(job), asyncio.timeout(FETCHING + CLEANING):
                kept = await self.keep(channel.fetch(attachment.ref, self._limit), attachment.name)
        except (Refused, Rejected) as error:
            await self._settle(job, attachment.id, refused=str(error))
        except (SendError, TimeoutError) as error:
            await self._again(job, attachment, error)
        else:
            await self._settle(job, attachment.id, kept=kept)

    async def gave_up(self, job: LeasedJob) -> None:
        """A job that failed for good: staff see that there was a file."""
        async with self._database.transaction() as session:
            await _settle(session, job.payload["attachment_id"], refused=LOST)

    async def keep(self, chunks: AsyncIterator[bytes], name: str | None = None) -> Kept:
        """Clean a file and keep it. Raises Refused, and what `chunks` raises."""
        with self._room() as source:
            size = 0
            with source.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > self._limit:
                        raise Refused(TOO_BIG)
                    file.write(chunk)
            cleaned = source.with_suffix(".clean")
            told = await self._clean(source, cleaned)
            if self._scan:
                await self._scanned(cleaned)
            made = f"{secrets.token_hex(16)}.{told['extension']}"
            small = cleaned.with_name(f"{cleaned.name}.preview")
            await asyncio.to_thread(_flush, cleaned)
            if small.exists():
                small.rename(self._folder / f"{made}.preview")
            cleaned.rename(self._folder / made)
        return Kept(
            ref=made, file=made, kind=told["kind"], media_type=told["media_type"], seconds=told["seconds"],
            name=_name(name, told["extension"]), size=(self._folder / made).stat().st_size,
        )  # fmt: skip

    async def sweep(self) -> int:
        """Remove the files that no attachment names, because its message or person is gone; returns how many."""
        if not self._folder.is_dir():
            return 0
        old = time.time() - UNSURE_FOR
        found = {
            path.name for path in self._folder.iterdir() if path.is_file() and path.stat().st_mtime < old
        }
        async with self._database.transaction() as session:
            known = set(
                await session.scalars(
                    select(Attachment.file).where(Attachment.file.in_({_of(name) for name in found}))
                )
            )
        gone = [name for name in found if _of(name) not in known]
        for name in gone:
            (self._folder / name).unlink(missing_ok=True)
        for left in self._folder.glob("incoming/*"):  # of a process that died
            if left.stat().st_mtime < old:
                left.unlink(missing_ok=True)
        return len(gone)

    @contextmanager
    def _room(self) -> Iterator[Path]:
        """A place for bytes that nobody has looked at, empty again afterwards."""
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        source = incoming / secrets.token_hex(16)
        try:
            yield source
        finally:
            for left in incoming.glob(f"{source.name}*"):
                left.unlink(missing_ok=True)

    async def _clean(self, source: Path, target: Path) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "channels.cleaning", str(source), str(target), cwd=HERE, env={},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(CLEANING):
                said, _ = await process.communicate()
        except BaseException:
            if process.returncode is None:
                process.kill()
                await process.wait()
            raise
        if process.returncode != 0 or not said:
            raise Refused(CRASHED)
        told: dict[str, Any] = json.loads(said)
        if "refused" in told:
            raise Refused(told["refused"])
        return told

    async def _scanned(self, path: Path) -> None:
        """Raises Refused for what the scanner finds, and Unavailable when it does not work: then nothing is kept."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._scan, str(path), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
            )
            async with asyncio.timeout(CLEANING):
                found = await process.wait()
        except (OSError, TimeoutError) as error:
            log.error("the virus scanner does not work (%s): see LEERLIJN_MEDIA_SCAN", type(error).__name__)
            raise Unavailable(N_("de virusscanner werkt niet")) from None
        if found == INFECTED:
            raise Refused(VIRUS)
        if found:
            log.error("the virus scanner does not work (it ended with %s): see LEERLIJN_MEDIA_SCAN", found)
            raise Unavailable(N_("de virusscanner werkt niet"))

    @asynccontextmanager
    async def _renewing(self, job: LeasedJob) -> AsyncIterator[None]:
        """Keep the lease while bytes come in."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(RENEW_EVERY)
                async with self._database.transaction() as session:
                    await queue.renew(session, job)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _again(self, job: LeasedJob, attachment: Attachment, error: Exception) -> None:
        async with self._database.transaction() as session:
            age = datetime.now(UTC) - attachment.created_at
            if age > GIVE_UP_AFTER:
                await _settle(session, attachment.id, refused=LOST)
                await queue.complete(session, job)
                return
            asked = error.retry_after if isinstance(error, SendError) else None
            wait = max(
                timedelta(seconds=asked or 0), min(age / 2 + timedelta(seconds=5), timedelta(minutes=30))
            )
            reason = error.reason if isinstance(error, SendError) else Unavailable.words
            await queue.postpone(session, job, delay=wait, reason=reason)

    async def _settle(
        self, job: LeasedJob, attachment_id: int, *, kept: Kept | None = None, refused: str = ""
    ) -> None:
        async with self._database.transaction() as session:
            await _settle(session, attachment_id, kept=kept, refused=refused)
            await queue.complete(session, job)


def headers_of(attachment: Attachment) -> dict[str, str]:
    """What a browser is told with the bytes: pictures and sound may be shown in place, all else is only saved.

    Nothing in it is ever run, whatever it is.
    """
    inline = attachment.kind in ("image", "audio", "video")
    name = quote(attachment.name or attachment.file or "bestand", safe="")
    return {
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}",  # RFC 6266
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


async def attach(session: AsyncSession, message: Message, media: tuple[Attached, ...]) -> None:
    """The rows of a message's files; what is still at the provider gets a job."""
    rows = [_row(message, file) for file in media]
    session.add_all(rows)
    await session.flush()
    for row in rows:
        if row.state == AttachmentState.WAITING:
            await queue.enqueue(  # a key a file: one that is slow holds up nothing
                session, FETCH, key=f"fetch:{row.id}", payload={"attachment_id": row.id}, lane=Lane.FOLLOW_UP
            )


def _row(message: Message, file: Attached) -> Attachment:
    row = Attachment(
        message_id=message.id, ref=clean_text(file.ref), kind=clean_text(file.kind),
        media_type=clean_text(file.media_type) if file.media_type else None,
        name=clean_text(file.name, NAME_LIMIT) if file.name else None,
        size=file.size if file.size is not None and 0 <= file.size <= MOST else None,
        state=AttachmentState.WAITING,
    )  # fmt: skip
    if isinstance(file, Kept):
        row.state, row.file, row.seconds = AttachmentState.KEPT, file.file, file.seconds
    return row


async def _settle(
    session: AsyncSession, attachment_id: int, *, kept: Kept | None = None, refused: str = ""
) -> None:
    attachment = await session.get(Attachment, attachment_id)
    if attachment is None or attachment.state != AttachmentState.WAITING:
        return  # taken back meanwhile; the sweep finds the file
    if kept is not None:
        attachment.state, attachment.file, attachment.seconds = AttachmentState.KEPT, kept.file, kept.seconds
        attachment.kind, attachment.media_type, attachment.size = kept.kind, kept.media_type, kept.size
        attachment.name = kept.name
    else:
        attachment.state, attachment.reason = AttachmentState.REFUSED, refused
        log.info("attachment %s was refused: %s", attachment_id, refused)
    message = await session.get_one(Message, attachment.message_id)
    address = await session.get_one(Address, message.address_id)
    await events.record(
        session, f"attachment.{attachment.state}", person_id=message.person_id,
        conversation_id=message.conversation_id, data={"message_id": message.id},
    )  # fmt: skip
    after_commit(session, address_topic(address.scheme, address.path))


def _name(given: str | None, extension: str) -> str | None:
    """The sender's own name for it, as words only: no folders, and the ending of what it has become."""
    words = clean_text((given or "").replace("\\", "/").rpartition("/")[2], NAME_LIMIT)
    stem = "".join(
        c for c in words.rpartition(".")[0] or words if c.isprintable() and c not in '<>:"|?*'
    ).strip(". ")
    return f"{stem}.{extension}" if stem else None


def _of(file: str) -> str:
    return file.removesuffix(".preview")


def _flush(path: Path) -> None:
    """On the disk before a row names it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
