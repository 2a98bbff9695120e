"""Files in the chat: as a form and by script, cleaned before they are kept, and one's own to see."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.pages import uploads
from data.db import Database
from data.tables import Attachment, Message
from tests import files

JSON = {"Accept": "application/json"}


def photo(name: str = "foto.jpg", data: bytes | None = None) -> tuple[str, tuple[str, bytes, str]]:
    return ("file", (name, files.picture() if data is None else data, "image/jpeg"))


async def stored(database: Database, table: Any) -> list[Any]:
    async with database.transaction() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


async def test_a_photo_goes_with_the_form_and_stands_in_the_thread(
    browser: httpx.AsyncClient, database: Database
) -> None:
    sent = await browser.post("/chat", data={"text": "dit is mijn diploma", "lang": "nl"}, files=[photo()])
    assert sent.status_code == 303
    (attachment,) = await stored(database, Attachment)
    assert (attachment.state, attachment.kind, attachment.name) == ("kept", "image", "foto.jpg")
    page = (await browser.get(sent.headers["location"])).text
    assert f'<img src="/chat/bijlage/{attachment.id}?klein=1" alt="foto.jpg">' in page
    picture = await browser.get(f"/chat/bijlage/{attachment.id}")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert b"GeheimeCamera" not in picture.content


async def test_a_file_needs_no_words(browser: httpx.AsyncClient, database: Database) -> None:
    sent = await browser.post(
        "/chat", data={"lang": "nl"}, files=[photo(), photo("2.png", files.picture("PNG"))]
    )
    assert sent.status_code == 303
    (message, *_) = await stored(database, Message)
    assert message.text == ""
    assert [row.message_id for row in await stored(database, Attachment)] == [message.id] * 2


async def test_an_empty_choice_of_files_is_no_file(browser: httpx.AsyncClient, database: Database) -> None:
    """What a browser sends for a file field that nobody touched."""
    empty = ("file", ("", b"", "application/octet-stream"))
    assert (await browser.post("/chat", data={"text": "dag"}, files=[empty])).status_code == 303
    assert await stored(database, Attachment) == []
    assert (await browser.post("/chat", data={"text": " "}, files=[empty])).status_code == 422


async def test_somebody_elses_file_is_not_there(browser: httpx.AsyncClient, database: Database) -> None:
    await browser.post("/chat", data={"lang": "nl"}, files=[photo()])
    (attachment,) = await stored(database, Attachment)
    browser.cookies.clear()
    for cookie in (None, "x" * 43):
        if cookie:
            browser.cookies.set("visitor", cookie)
        assert (await browser.get(f"/chat/bijlage/{attachment.id}")).status_code == 404
    for odd in ("0", "-1", str(2**70), "x"):
        assert (await browser.get(f"/chat/bijlage/{odd}")).status_code in (400, 404)


async def test_the_same_form_twice_is_one_message(browser: httpx.AsyncClient, database: Database) -> None:
    seqs = []
    for _ in range(2):
        form = {"text": "kijk", "client_msg_id": "m-1"}
        answer = await browser.post("/chat", data=form, files=[photo()], headers=JSON)
        seqs.append(answer.json()["seq"])
    assert seqs[0] == seqs[1]
    assert len(await stored(database, Attachment)) == 1
    other = await browser.post(
        "/chat", data={"text": "kijk", "client_msg_id": "m-1"}, files=[photo("andere.jpg")], headers=JSON
    )
    assert other.json()["seq"] != seqs[0]


async def test_a_browser_without_cookies_says_who_it_is(
    browser: httpx.AsyncClient, database: Database
) -> None:
    token = "t" * 43
    for text in ("een", "twee"):
        browser.cookies.clear()
        form = {"text": text, "token": token}
        assert (await browser.post("/chat", data=form, files=[photo()], headers=JSON)).status_code == 200
    assert len({message.address_id for message in await stored(database, Message)}) == 1


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (files.SVG, 415, "Dit bestand kunnen we niet aannemen"),
        (b"<script>alert(1)</script>", 415, "Dit bestand kunnen we niet aannemen"),
        (files.huge_png(), 415, "Dit bestand kunnen we niet aannemen"),
        (b"x" * (uploads.FILE_LIMIT + 1), 413, "te groot"),
    ],
    ids=["svg", "html", "pixels", "bytes"],
)
async def test_what_is_refused_says_what_to_do_and_keeps_the_words(
    browser: httpx.AsyncClient, database: Database, tmp_path: Path, data: bytes, status: int, words: str
) -> None:
    answer = await browser.post("/chat", data={"text": "mijn cv", "lang": "nl"}, files=[photo("a.jpg", data)])
    assert answer.status_code == status
    assert words in answer.text
    assert ">mijn cv</textarea>" in answer.text
    said = await browser.post("/chat", data={"lang": "nl"}, files=[photo("a.jpg", data)], headers=JSON)
    assert (said.status_code, words in said.json()["error"]) == (status, True)
    assert await stored(database, Message) == []
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


async def test_too_many_at_once_and_too_many_an_hour(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = await browser.post("/chat", data={"lang": "nl"}, files=[photo()] * 4)
    assert (many.status_code, "hoogstens 3" in many.text) == (400, True)
    monkeypatch.setattr(uploads, "FILES_AN_HOUR", 1)
    assert (await browser.post("/chat", data={"lang": "nl"}, files=[photo()])).status_code == 303
    again = await browser.post("/chat", data={"lang": "nl"}, files=[photo("b.jpg")])
    assert (again.status_code, "over een uur" in again.text) == (429, True)


async def test_a_full_disk_or_a_queue_of_files_is_said(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "FREE_NEEDED", 10**18)
    assert (await browser.post("/chat", data={"lang": "nl"}, files=[photo()])).status_code == 503
    monkeypatch.undo()
    monkeypatch.setattr(uploads, "TURN_WITHIN", 0.05)
    for _ in range(uploads.AT_ONCE):
        await uploads._turns.acquire()
    busy = await browser.post("/chat", data={"lang": "nl"}, files=[photo()])
    for _ in range(uploads.AT_ONCE):
        uploads._turns.release()
    assert (busy.status_code, "te druk" in busy.text) == (503, True)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..\\..\\x.exe",
        "\u202egpj.exe",
        "<img src=x onerror=alert(1)>.jpg",
        "a" * 1000,
        "\x00.jpg",
    ],
)
async def test_a_name_is_only_words(
    browser: httpx.AsyncClient, database: Database, tmp_path: Path, name: str
) -> None:
    await browser.post("/chat", data={"lang": "nl"}, files=[photo(name)])
    (attachment,) = await stored(database, Attachment)
    assert len(attachment.name or "") <= 210
    assert not set(attachment.name or "") & set("/\\<>\u202e\x00")
    kept = {path.name for path in (tmp_path / "media").iterdir() if path.is_file()}
    assert kept == {attachment.file, f"{attachment.file}.preview"}
    assert "<img src=x" not in (await browser.get("/chat")).text


async def test_a_form_of_another_site_brings_no_files(browser: httpx.AsyncClient, database: Database) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = await browser.post("/chat", data={"lang": "nl"}, files=[photo()], headers=foreign)
    assert answer.status_code == 403
    assert await stored(database, Attachment) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--", b"\xff" * 1000],
)
async def test_a_broken_form_is_refused(browser: httpx.AsyncClient, body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await browser.post("/chat", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
