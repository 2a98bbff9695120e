"""The e-mail channel at its edges: signed mails that are posted, files that are fetched, marks that are ours."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import (
    Channel,
    Fetches,
    Inbound,
    Listens,
    Malformed,
    Outgoing,
    Rejected,
    UnknownOutcome,
    Webhook,
)
from channels.email import kept as kept_mails
from channels.email.channel import Email, sign
from channels.email.kept import Kept
from channels.email.marks import Marks
from channels.email.sending import Server
from tests.channels.mail import ADDRESS, MARKS, SECRET

NOW = 1_795_000_000
WEBHOOK_SECRET = "a secret for posted mail"
MAIL = b"From: Fatma <fatma@voorbeeld.be>\r\nMessage-ID: <1@voorbeeld.be>\r\n\r\nDag"


@pytest.fixture
def channel(tmp_path: Path) -> Email:
    return Email(
        address=ADDRESS, secret=SECRET, folder=tmp_path / "mail", server=Server(host="127.0.0.1", port=1),
        webhook_secret=WEBHOOK_SECRET, clock=lambda: float(NOW),
    )  # fmt: skip


def posted(body: bytes, headers: Mapping[str, str] | None = None, *, at: int = NOW) -> Webhook:
    signed = {
        "x-leerlijn-timestamp": str(at),
        "x-leerlijn-signature": sign(body, at, WEBHOOK_SECRET.encode()),
    }
    return Webhook(
        method="POST",
        url="https://hub.example/webhooks/email",
        headers=signed | dict(headers or {}),
        body=body,
    )


def test_it_is_a_channel_that_listens_and_fetches(channel: Email) -> None:
    assert isinstance(channel, Channel)
    assert isinstance(channel, Listens)
    assert isinstance(channel, Fetches)
    assert (channel.name, channel.scheme) == ("email", "mailto")


def test_a_signed_mail_is_taken(channel: Email) -> None:
    webhook = posted(MAIL)
    assert channel.verify(webhook)
    (item,) = channel.parse(webhook)
    assert isinstance(item, Inbound)
    assert (item.path, item.text) == ("fatma@voorbeeld.be", "Dag")
    assert channel.answer(webhook)[1] == b"ok"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-leerlijn-signature": ""},
        {"x-leerlijn-signature": "sha256=" + "0" * 64},
        {"x-leerlijn-signature": "sha256=é"},
        {"x-leerlijn-timestamp": ""},
        {"x-leerlijn-timestamp": "-1"},
        {"x-leerlijn-timestamp": "1e9"},
        {"x-leerlijn-timestamp": "٣"},
        {"x-leerlijn-timestamp": "9" * 400},
        {"x-leerlijn-timestamp": str(NOW + 1)},
    ],
)
def test_what_is_not_signed_so_is_refused(channel: Email, headers: dict[str, str]) -> None:
    assert not channel.verify(posted(MAIL, headers))


def test_an_old_or_changed_mail_is_refused(channel: Email) -> None:
    assert not channel.verify(posted(MAIL, at=NOW - 301))
    assert not channel.verify(posted(MAIL, at=NOW + 301))
    assert channel.verify(posted(MAIL, at=NOW - 299))
    changed = Webhook(method="POST", url="", headers=posted(MAIL).headers, body=MAIL + b"!")
    assert not channel.verify(changed)


def test_without_a_secret_nothing_is_taken(tmp_path: Path) -> None:
    open_to_all = Email(
        address=ADDRESS, secret=SECRET, folder=tmp_path, server=Server(host="x"), clock=lambda: NOW
    )
    signed = posted(MAIL).headers | {"x-leerlijn-signature": sign(MAIL, NOW, b"")}
    assert not open_to_all.verify(Webhook(method="POST", url="", headers=signed, body=MAIL))


@pytest.mark.parametrize("body", [b"", b" \r\n", b"\0\xff", b'{"text": "hallo"}', b"a=1&b=2"])
def test_what_is_no_mail(channel: Email, body: bytes) -> None:
    """Fault 52: nothing to read is refused; a form or JSON is at most a mail of nobody, which is never answered."""
    if not body.strip():
        with pytest.raises(Malformed):
            channel.parse(posted(body))
        return
    (item,) = channel.parse(posted(body))
    assert isinstance(item, Inbound)
    assert item.automatic


WITH_FILES = (
    b"From: a@b.be\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nDag\r\n"
    b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.be\r\nSubject: binnenin\r\n\r\nx\r\n--b--\r\n"
)


async def fetched(channel: Email, ref: str, limit: int = 1000) -> bytes:
    return b"".join([piece async for piece in channel.fetch(ref, limit)])


async def test_files_are_fetched_from_the_mail(channel: Email) -> None:
    (item,) = channel.parse(posted(WITH_FILES))
    assert isinstance(item, Inbound)
    pdf, inside = item.media
    assert (pdf.name, pdf.size) == ("a.pdf", 4)
    assert await fetched(channel, pdf.ref) == b"%PDF"
    assert b"binnenin" in await fetched(channel, inside.ref)
    (again,) = channel.parse(posted(WITH_FILES))
    assert isinstance(again, Inbound)
    assert again.media == item.media
    with pytest.raises(Rejected, match="te groot"):
        await fetched(channel, pdf.ref, 3)


@pytest.mark.parametrize(
    "ref", ["", "x", "../../etc/passwd", "0" * 40 + "/1", "0" * 40 + "/../1", "0" * 40, "é/1"]
)
async def test_refs_that_are_none_of_ours(channel: Email, ref: str) -> None:
    with pytest.raises(Rejected):
        await fetched(channel, ref)


def test_kept_mails_are_private_and_go_after_a_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(tmp_path / "mail")
    name = kept.put(WITH_FILES)
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == f"{name}.eml"
    assert path.stat().st_mode & 0o077 == 0
    later = time.time() + kept_mails.KEEP + 60
    monkeypatch.setattr(kept_mails.time, "time", lambda: later)
    kept.sweep()
    assert not path.exists()
    Kept(tmp_path / "never made").sweep()


async def test_raw_mails_are_thrown_away_without_a_mailbox_too(
    channel: Email, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.parse(posted(WITH_FILES))
    monkeypatch.setattr(kept_mails, "KEEP", -1.0)

    async def deliver(items: object) -> None: ...

    listening = asyncio.create_task(channel.listen(deliver))
    async with asyncio.timeout(5):
        while list((tmp_path / "mail").iterdir()):
            await asyncio.sleep(0.01)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


def test_marks_are_ours_and_of_one_message() -> None:
    assert MARKS.ours(MARKS.message_id(5)) == MARKS.message_id(5)
    assert MARKS.message_id(5) == Marks(ADDRESS.upper(), SECRET).message_id(5)
    assert MARKS.message_id(5) != MARKS.message_id(6)
    reply = MARKS.of_address(MARKS.reply_to(5).upper())  # some programs change the case
    assert reply is not None
    assert (reply.message_id, reply.bounce) == (5, False)
    bounce = MARKS.of_address(MARKS.bounces_to(5, "a@b.be"))
    assert bounce is not None
    assert (bounce.message_id, bounce.bounce) == (5, True)
    assert MARKS.went_to(bounce, "a@b.be")
    assert not MARKS.went_to(bounce, "c@b.be")
    assert not MARKS.went_to(reply, "a@b.be")
    for other in (
        Marks(ADDRESS, b"other"),
        Marks("x@leerlijn.example", SECRET),
        Marks("leerlijn@elders.example", SECRET),
    ):
        assert MARKS.of_address(other.reply_to(5)) is None
    assert MARKS.is_own(MARKS.reply_to(5))
    assert not MARKS.is_own("leerlijn@elders.example")
    assert len(MARKS.bounces_to(10**12, "a@b.be").partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1


def test_a_mailbox_without_plus_addresses() -> None:
    plain = Marks(ADDRESS, SECRET, plus=False)
    assert plain.reply_to(5) == plain.bounces_to(5, "a@b.be") == ADDRESS
    assert plain.ours(plain.message_id(5)) is not None


@given(st.text(max_size=80))
def test_no_text_is_a_mark_by_chance(text: str) -> None:
    assert MARKS.ours(text) is None
    assert MARKS.of_address(text) is None


async def test_a_mail_server_cannot_be_asked(channel: Email) -> None:
    with pytest.raises(UnknownOutcome) as caught:
        await channel.find(Outgoing(message_id=9, path="a@b.be", text="x"), 0.0)
    assert caught.value.external_id == MARKS.message_id(9)
