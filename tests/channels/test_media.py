"""Files of messages: fetched by a job of their own from real bytes, cleaned, kept, refused, and gone with their row."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import delete, select

from channels import media
from channels.base import (
    Attached,
    Deleted,
    Inbound,
    Misconfigured,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
)
from channels.media import FETCH, Media
from data import queue
from data.queue import MAX_ATTEMPTS
from data.tables import Attachment, Event, Job, Message
from data.worker import Worker
from tests import files
from tests.channels.conftest import CLIENT, Desk


class Provider:
    """A channel that hands out bytes, or fails as told."""

    name: ClassVar[str] = "sms"
    scheme: ClassVar[str] = "sms"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.fails: list[Exception] = []
        self.asked = 0

    async def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        self.asked += 1
        if self.fails:
            raise self.fails.pop(0)
        if ref not in self.files:
            raise Rejected("het bestand is er niet meer")
        for at in range(0, len(self.files[ref]), 50_000):
            yield self.files[ref][at : at + 50_000]


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
async def shelf(desk: Desk, provider: Provider, tmp_path: Path) -> Media:
    return Media(desk.database, tmp_path / "media", {"sms": provider}, limit=2_000_000)  # type: ignore[dict-item]


@pytest.fixture
async def fetcher(desk: Desk, shelf: Media) -> AsyncIterator[Worker]:
    worker = Worker(desk.database, {FETCH: shelf.handle}, concurrency=2, on_dead=shelf.gave_up)
    yield worker
    await worker.drain()


async def hears(desk: Desk, *attached: Attached, words: str = "", external_id: str = "1") -> int:
    item = Inbound(external_id=external_id, path=CLIENT, text=words, media=attached)
    (accepted,) = await desk.inbox.accept("sms", "sms", [item])
    return accepted.message_id


async def the_file(desk: Desk) -> Attachment:
    (attachment,) = await desk.all(Attachment)
    found: Attachment = attachment
    return found


async def test_a_picture_is_fetched_after_the_message_and_kept(
    desk: Desk, provider: Provider, shelf: Media, fetcher: Worker
) -> None:
    provider.files["P"] = files.picture()
    await hears(
        desk, Attached(ref="P", kind="document", media_type="application/x-evil", name="../../a/foto.exe")
    )
    assert (await the_file(desk)).state == "waiting"
    assert provider.asked == 0
    await fetcher.run_until_idle()
    kept = await the_file(desk)
    assert (kept.state, kept.kind, kept.media_type, kept.name) == ("kept", "image", "image/jpeg", "foto.jpg")
    path, preview = shelf.path(kept), shelf.path(kept, preview=True)
    assert path is not None
    assert preview is not None
    assert path.name != "P"
    assert b"GeheimeCamera" not in path.read_bytes()
    assert kept.size == path.stat().st_size
    assert not list(path.parent.glob("incoming/*"))
    assert "attachment.kept" in [event.kind for event in await desk.all(Event)]


async def test_a_file_never_holds_up_an_answer(desk: Desk, provider: Provider, fetcher: Worker) -> None:
    await hears(desk, Attached(ref="slow"), words="dag")
    jobs = {job.kind: job for job in await desk.all(Job)}
    assert jobs["fetch"].key != jobs["turn"].key
    assert jobs["fetch"].lane > jobs["turn"].lane
    await desk.run()  # the worker of turns and sending
    jobs = {job.kind: job for job in await desk.all(Job)}
    assert (jobs["turn"].state, jobs["fetch"].state) == ("done", "ready")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (files.SVG, "dit soort bestand nemen we niet aan"),
        (files.huge_png(), "de foto is te groot"),
        (b"x" * 2_000_001, "het bestand is te groot"),
    ],
    ids=["svg", "pixels", "bytes"],
)
async def test_what_is_refused_says_why_and_leaves_nothing(
    desk: Desk, provider: Provider, shelf: Media, fetcher: Worker, tmp_path: Path, data: bytes, why: str
) -> None:
    provider.files["X"] = data
    await hears(desk, Attached(ref="X", media_type="image/png"))
    await fetcher.run_until_idle()
    refused = await the_file(desk)
    assert (refused.state, refused.reason, refused.file) == ("refused", why, None)
    assert shelf.path(refused) is None
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


async def test_a_size_over_the_limit_is_not_even_asked_for(
    desk: Desk, provider: Provider, fetcher: Worker
) -> None:
    await hears(desk, Attached(ref="X", size=2_000_001), Attached(ref="Y", size=10**18))
    await fetcher.run_until_idle()
    states = [(row.state, row.ref) for row in await desk.all(Attachment)]
    assert states == [("refused", "X"), ("refused", "Y")]
    assert provider.asked == 1  # a size that no file can have says nothing


async def test_a_channel_without_files(desk: Desk, tmp_path: Path) -> None:
    shelf = Media(desk.database, tmp_path, {})
    worker = Worker(desk.database, {FETCH: shelf.handle})
    await hears(desk, Attached(ref="X"))
    await worker.run_until_idle()
    assert (await the_file(desk)).reason == "dit kanaal geeft geen bestanden"


@pytest.mark.parametrize("error", [Unavailable(), Throttled(retry_after=30), Misconfigured(), TimeoutError()])
async def test_a_provider_that_is_away_is_asked_again(
    desk: Desk, provider: Provider, fetcher: Worker, error: Exception
) -> None:
    provider.files["P"] = files.PDF
    provider.fails = [error] * 3
    await hears(desk, Attached(ref="P"))
    for _ in range(3):
        await fetcher.run_until_idle()
        assert (await the_file(desk)).state == "waiting"
        (job,) = [job for job in await desk.all(Job) if job.kind == FETCH]
        least = error.retry_after if isinstance(error, SendError) and error.retry_after else 1
        wait = job.run_at.timestamp() - time.time()
        assert wait > least - 2
        await desk.time_passes()
    await fetcher.run_until_idle()
    assert (await the_file(desk)).state == "kept"


async def test_a_provider_that_stays_away_is_given_up_on(
    desk: Desk, provider: Provider, fetcher: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "GIVE_UP_AFTER", media.timedelta(0))
    provider.fails = [Unavailable()]
    await hears(desk, Attached(ref="P"))
    await fetcher.run_until_idle()
    assert (await the_file(desk)).reason == media.LOST


async def test_a_channel_that_breaks_is_told_as_lost(desk: Desk, provider: Provider, fetcher: Worker) -> None:
    provider.fails = [ZeroDivisionError()] * MAX_ATTEMPTS
    await hears(desk, Attached(ref="P"))
    for _ in range(MAX_ATTEMPTS):
        await desk.time_passes()
        await fetcher.run_until_idle()
    assert (await the_file(desk)).reason == media.LOST


async def test_a_decoder_that_crashes_takes_nothing_down(
    desk: Desk, provider: Provider, fetcher: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "program" / "channels"
    broken.mkdir(parents=True)
    (broken / "cleaning.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(media, "HERE", broken.parent)
    provider.files["P"] = files.picture()
    await hears(desk, Attached(ref="P"))
    await fetcher.run_until_idle()
    assert (await the_file(desk)).reason == media.CRASHED


async def test_a_decoder_that_hangs_is_ended(
    desk: Desk, provider: Provider, fetcher: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "program" / "channels"
    slow.mkdir(parents=True)
    (slow / "cleaning.py").write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr(media, "HERE", slow.parent)
    monkeypatch.setattr(media, "CLEANING", 0.5)
    provider.files["P"] = files.picture()
    await hears(desk, Attached(ref="P"))
    async with asyncio.timeout(20):
        await fetcher.run_until_idle()
    assert (await the_file(desk)).state == "waiting"  # tried again, and given up on after a day


async def test_a_process_that_dies_while_fetching_leaves_the_file_to_the_next(
    desk: Desk, provider: Provider, shelf: Media, fetcher: Worker, tmp_path: Path
) -> None:
    provider.files["P"] = files.picture()
    await hears(desk, Attached(ref="P"))
    async with desk.database.transaction() as session:
        assert await queue.claim(session, [FETCH], "a process that dies", 1)
    half = tmp_path / "media" / "incoming" / "half"  # what it leaves behind
    half.parent.mkdir(parents=True)
    half.write_bytes(b"x")
    os.utime(half, (time.time() - 7200,) * 2)
    await fetcher.run_until_idle()
    assert (await the_file(desk)).state == "waiting"  # it may still be at it
    await desk.time_passes()
    await fetcher.run_until_idle()
    assert (await the_file(desk)).state == "kept"
    await shelf.sweep()
    assert not half.exists()


async def test_what_is_taken_back_takes_its_file_along(
    desk: Desk, provider: Provider, shelf: Media, fetcher: Worker, tmp_path: Path
) -> None:
    provider.files["P"] = files.picture()
    await hears(desk, Attached(ref="P"), external_id="7")
    await fetcher.run_until_idle()
    path = shelf.path(await the_file(desk))
    assert path is not None
    await desk.inbox.accept("sms", "sms", [Deleted(external_id="7")])
    assert await desk.all(Attachment) == []
    assert await shelf.sweep() == 0  # so young a file may be about to get its row
    for each in path.parent.iterdir():
        os.utime(each, (time.time() - 7200,) * 2)
    assert await shelf.sweep() == 2  # and its preview
    assert not path.exists()


async def test_files_with_a_row_stay(desk: Desk, provider: Provider, shelf: Media, fetcher: Worker) -> None:
    provider.files["P"] = files.picture()
    message_id = await hears(desk, Attached(ref="P"))
    await fetcher.run_until_idle()
    path = shelf.path(await the_file(desk))
    assert path is not None
    for each in path.parent.iterdir():
        os.utime(each, (time.time() - 7200,) * 2)
    assert await shelf.sweep() == 0
    assert path.exists()
    async with desk.database.transaction() as session:
        await session.execute(delete(Attachment).where(Attachment.message_id == message_id))
    assert await shelf.sweep() == 2


async def test_hostile_words_about_a_file_are_stored_clean(desk: Desk) -> None:
    await hears(
        desk, Attached(ref="a\x00b", kind="\ud83d", media_type="x\x00", name="\u202egpj.exe\x00", size=-5)
    )
    stored = await the_file(desk)
    assert (stored.ref, stored.media_type, stored.name, stored.size) == ("ab", "x", "gpj.exe", None)
    async with desk.database.transaction() as session:
        assert await session.scalar(select(Message.text)) == ""


@pytest.mark.parametrize(
    ("ends_with", "state", "reason"),
    [("0", "kept", None), ("1", "refused", media.VIRUS), ("2", "waiting", None), ("gone", "waiting", None)],
)
async def test_a_virus_scanner_has_the_last_word(
    desk: Desk, provider: Provider, tmp_path: Path, ends_with: str, state: str, reason: str | None
) -> None:
    scanner = tmp_path / "scan er"
    if ends_with != "gone":
        scanner.write_text(f'#!/bin/sh\ntest -s "$2" || exit 9\nexit {ends_with}\n')
        scanner.chmod(0o755)
    shelf = Media(desk.database, tmp_path / "media", {"sms": provider}, scan=f"'{scanner}' --quiet")  # type: ignore[dict-item]
    worker = Worker(desk.database, {FETCH: shelf.handle})
    provider.files["P"] = files.PDF
    await hears(desk, Attached(ref="P"))
    await worker.run_until_idle()
    found = await the_file(desk)
    assert (found.state, found.reason) == (state, reason)
    kept = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert len(kept) == (1 if state == "kept" else 0)
