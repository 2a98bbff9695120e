"""Files of clients in the console: seen by who may see the client, and never run."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.guard import SecurityHeaders
from channels.media import Media
from data.db import Database
from data.tables import Attachment, AttachmentState, Role
from handover import auth
from tests import files

KEPT = {"state": AttachmentState.KEPT, "ref": "x"}


@pytest.fixture
async def shelf(app: FastAPI, database: Database, tmp_path: Path) -> Media:
    app.state.media = Media(database, tmp_path, {})
    app.add_middleware(SecurityHeaders, https=False, embed_origins="*")
    return app.state.media


async def bytes_of(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def log_in(world: Any, browser: httpx.AsyncClient, role: Role, region: str) -> None:
    staff = await world.staff(role, region)
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)


async def sent(world: Any, shelf: Media, data: bytes, name: str | None = None) -> tuple[Any, Attachment]:
    """A client of gent who waits, with a file that was kept."""
    person = await world.person()
    talk = await world.conversation(person, holder="queue", waiting_on="us")
    message = await world.message(talk, await world.address(person), "")
    kept = await shelf.keep(bytes_of(data), name)
    row = await world.add(
        Attachment(
            message_id=message.id, file=kept.file, kind=kept.kind, media_type=kept.media_type, name=kept.name,
            size=kept.size, seconds=kept.seconds, **KEPT,
        )
    )  # fmt: skip
    await world.session.commit()
    return talk, row


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.DISPATCHER, "gent", 200), (Role.COUNSELLOR, "gent", 200), (Role.DISPATCHER, "antwerpen", 404),
        (Role.COUNSELLOR, "antwerpen", 404), (Role.ANALYST, "gent", 403),
    ],
)  # fmt: skip
async def test_only_who_may_see_the_client_sees_the_file(
    world: Any, browser: httpx.AsyncClient, shelf: Media, role: Role, region: str, status: int
) -> None:
    _, row = await sent(world, shelf, files.picture())
    assert (await browser.get(f"/console/bijlage/{row.id}")).status_code == 303  # to the log-in page
    await log_in(world, browser, role, region)
    assert (await browser.get(f"/console/bijlage/{row.id}")).status_code == status
    assert (await browser.get(f"/console/bijlage/{row.id}?klein=1")).status_code == status


@pytest.mark.parametrize(
    ("make", "name", "media_type", "disposition"),
    [
        (files.picture, "vakantie é.html", "image/jpeg", "inline; filename*=UTF-8''vakantie%20%C3%A9.jpg"),
        (files.recording, None, "audio/mp4", "inline"),
        (lambda: files.PDF, 'a"b\r\nX: y.pdf', "application/pdf", "attachment; filename*=UTF-8''abX%20y.pdf"),
    ],
    ids=["picture", "voice", "pdf"],
)
async def test_a_file_is_told_as_what_it_is_and_never_run(
    world: Any,
    browser: httpx.AsyncClient,
    shelf: Media,
    make: Any,
    name: str,
    media_type: str,
    disposition: str,
) -> None:
    _, row = await sent(world, shelf, make(), name)
    await log_in(world, browser, Role.DISPATCHER, "gent")
    answer = await browser.get(f"/console/bijlage/{row.id}")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].startswith(disposition)
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]


async def test_a_player_may_ask_for_a_part(world: Any, browser: httpx.AsyncClient, shelf: Media) -> None:
    _, row = await sent(world, shelf, files.recording())
    await log_in(world, browser, Role.DISPATCHER, "gent")
    answer = await browser.get(f"/console/bijlage/{row.id}", headers={"range": "bytes=0-99"})
    assert (answer.status_code, len(answer.content)) == (206, 100)


async def test_a_file_that_is_gone(world: Any, browser: httpx.AsyncClient, shelf: Media) -> None:
    _, row = await sent(world, shelf, files.PDF)
    await log_in(world, browser, Role.DISPATCHER, "gent")
    assert (await browser.get(f"/console/bijlage/{row.id}?klein=1")).status_code == 404  # no picture of it
    path = shelf.path(row)
    assert path is not None
    path.unlink()
    assert (await browser.get(f"/console/bijlage/{row.id}")).status_code == 404
    assert (await browser.get("/console/bijlage/999999")).status_code == 404
    assert (await browser.get("/console/bijlage/..%2F..%2Fsecret")).status_code == 404


async def test_the_thread_shows_what_came(world: Any, browser: httpx.AsyncClient, shelf: Media) -> None:
    talk, picture = await sent(world, shelf, files.picture(), '"><script>alert(1)</script>.jpg')
    for more in (
        {"kind": "audio", "seconds": 12.0, "media_type": "audio/mp4", "file": "a.m4a", **KEPT},
        {"kind": "document", "name": "<b>cv</b>.pdf", "size": 1_200_000, "file": "b.pdf", **KEPT},
        {"kind": "document", "ref": "x"},
        {"kind": "image", "ref": "x", "state": AttachmentState.REFUSED, "reason": "de foto is te groot"},
    ):
        await world.add(Attachment(message_id=picture.message_id, **more))
    await log_in(world, browser, Role.DISPATCHER, "gent")
    page = (await browser.get(f"/console/gesprek/{talk.id}")).text
    assert f'src="/console/bijlage/{picture.id}?klein=1"' in page
    assert "<script>alert" not in page
    assert "<b>cv</b>" not in page
    assert "12 s · nog geen uitgeschreven tekst" in page
    assert "1,2 MB" in page
    assert "document wordt opgehaald" in page
    assert "foto niet bewaard: de foto is te groot" in page
