"""A real mailbox: what comes in is taken once, whatever happens to the connection, the UIDs or the mail (fault 38)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from channels.base import Inbound, Item, Misconfigured, Unavailable
from channels.email import mailbox as mailboxes
from channels.email.channel import Email
from channels.email.mailbox import Account, Connection, Mailbox
from channels.email.reading import read
from channels.email.sending import Server
from tests.channels.mail import ADDRESS, MARKS, SECRET
from tests.stubs import dovecot
from tests.stubs.dovecot import Cable, Dovecot

pytestmark = pytest.mark.skipif(
    dovecot.PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd dovecot-lmtpd)"
)


@pytest.fixture(scope="module")
def the_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with dovecot.running(tmp_path_factory.mktemp("dovecot")) as server:
        yield server


@pytest.fixture
def server(the_server: Dovecot) -> Dovecot:
    the_server.empty()
    return the_server


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "PAUSES", (0.05, 0.2))
    monkeypatch.setattr(mailboxes, "TIMEOUT", 8.0)


@pytest.fixture
async def line(server: Dovecot) -> AsyncIterator[Cable]:
    async with dovecot.cable(server.imap) as line:
        yield line


def account(port: int, **more: object) -> Account:
    given = Account(host="127.0.0.1", port=port, tls=False, user=dovecot.USER, password=dovecot.PASSWORD)
    return replace(given, **more)  # type: ignore[arg-type]


@dataclass(kw_only=True)
class Store:
    """As the inbox does it: each mail is known by its id, and taken once. `breaks` fails before anything is stored."""

    taken: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    brought: int = 0
    breaks: Callable[[str], bool] = lambda _: False
    after: Callable[[], Awaitable[None]] | None = None

    async def take(self, raw: bytes) -> None:
        self.brought += 1
        for item in read(raw, MARKS, lambda _: "kept"):
            assert isinstance(item, Inbound)
            if self.breaks(item.text):
                raise OSError("the database is away")
            if item.external_id not in self.seen:
                self.seen.add(item.external_id)
                self.taken.append(item.text)
        if self.after is not None:
            await self.after()

    async def has(self, count: int, seconds: float = 30) -> list[str]:
        async with asyncio.timeout(seconds):
            while len(self.taken) < count:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)  # would more come?
        assert len(self.taken) == count
        return self.taken


@asynccontextmanager
async def watching(box: Mailbox, store: Store) -> AsyncIterator[None]:
    task = asyncio.create_task(box.watch(store.take))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def mail(words: str, number: int = 0) -> str:
    return f"From: fatma@voorbeeld.be\nMessage-ID: <{number or abs(hash(words))}@voorbeeld.be>\n\n{words}"


async def flags(server: Dovecot, folder: str = "INBOX") -> list[str]:
    async with Connection(account(server.imap)) as connection:
        await connection.select(folder)
        uids = await connection.search("ALL")
        found = []
        for uid in uids:
            answer = await connection._ask(connection._client.uid("fetch", str(uid), "(FLAGS)"))
            found.append(bytes(answer.lines[0]).decode())
        return found


async def test_what_waits_and_what_comes_is_taken_once_and_marked(server: Dovecot) -> None:
    server.deliver(mail("eerste"))
    store = Store()
    async with watching(Mailbox(account(server.imap)), store):
        assert await store.has(1) == ["eerste"]
        server.deliver(mail("tweede"))  # while IDLE
        assert await store.has(2) == ["eerste", "tweede"]
    assert store.brought == 2
    assert all(r"\Seen" in line and "LeerlijnTaken" in line for line in await flags(server))
    again = Store()
    async with watching(Mailbox(account(server.imap)), again):
        await asyncio.sleep(0.5)
    assert again.brought == 0


async def test_mail_that_somebody_read_before_us_is_taken(server: Dovecot) -> None:
    server.deliver(mail("gelezen"))
    async with Connection(account(server.imap)) as connection:
        await connection.select("INBOX")
        await connection._ask(connection._client.uid("store", "1", "+FLAGS", r"(\Seen)"))
    store = Store()
    async with watching(Mailbox(account(server.imap)), store):
        assert await store.has(1) == ["gelezen"]


async def test_taken_mail_is_moved_where_the_settings_say(server: Dovecot) -> None:
    server.deliver(mail("weg"))
    store = Store()
    async with watching(Mailbox(account(server.imap, done="Verwerkt")), store):
        await store.has(1)
        server.deliver(mail("ook"))
        await store.has(2)
    assert await flags(server) == []
    assert len(await flags(server, "Verwerkt")) == 2


async def test_the_line_is_cut_in_idle(server: Dovecot, line: Cable) -> None:
    store = Store()
    async with watching(Mailbox(account(line.port)), store):
        server.deliver(mail("een"))
        await store.has(1)
        await asyncio.sleep(0.3)  # idling
        line.cut()
        server.deliver(mail("twee"))
        assert await store.has(2) == ["een", "twee"]
        line.cut()
        line.cut()
        server.deliver(mail("drie"))
        assert await store.has(3) == ["een", "twee", "drie"]
    assert line.count >= 3


async def test_the_line_is_cut_between_storing_and_marking(server: Dovecot, line: Cable) -> None:
    cuts = iter([True, True])

    async def cut() -> None:
        if next(cuts, False):
            line.cut()

    store = Store(after=cut)
    server.deliver(mail("een"))
    server.deliver(mail("twee"))
    async with watching(Mailbox(account(line.port)), store):
        assert await store.has(2) == ["een", "twee"]
    assert store.brought >= 3  # brought again, and known


async def test_a_line_that_is_dead_without_a_word(
    server: Dovecot, line: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server never says it is gone, as behind a router that forgot us."""
    monkeypatch.setattr(mailboxes, "IDLE", 0.5)
    monkeypatch.setattr(mailboxes, "TIMEOUT", 0.5)
    store = Store()
    async with watching(Mailbox(account(line.port)), store):
        server.deliver(mail("een"))
        await store.has(1)
        line.dead = True
        server.deliver(mail("twee"))
        await asyncio.sleep(1.5)
        line.cut()
        line.dead = False
        assert await store.has(2) == ["een", "twee"]


async def test_another_uidvalidity_loses_nothing_and_doubles_nothing(server: Dovecot, line: Cable) -> None:
    store = Store()
    async with watching(Mailbox(account(line.port)), store):
        server.deliver(mail("een"))
        server.deliver(mail("twee"))
        await store.has(2)
        line.cut()
        server.new_uids()
        server.deliver(mail("drie"))
        assert (await store.has(3))[-1] == "drie"
    assert store.brought >= 5  # all of it was looked at again


async def test_mail_that_is_thrown_away_meanwhile(server: Dovecot) -> None:
    async with Connection(account(server.imap)) as connection:
        server.deliver(mail("een"))
        await connection.select("INBOX")
        assert await connection.untaken(30) == [1]
        server.expunge()
        assert await connection.fetch(1) is None
        await connection.mark(1, "Verwerkt")
    store = Store(after=lambda: asyncio.to_thread(server.expunge))
    async with watching(Mailbox(account(server.imap)), store):
        server.deliver(mail("drie"))
        assert await store.has(1) == ["drie"]
        server.deliver(mail("vier"))
        assert await store.has(2) == ["drie", "vier"]


async def test_while_nothing_can_be_stored_mail_waits_in_order(server: Dovecot) -> None:
    away = True
    store = Store(breaks=lambda _: away)
    server.deliver(mail("een"))
    server.deliver(mail("twee"))
    async with watching(Mailbox(account(server.imap)), store):
        await asyncio.sleep(0.12)
        away = False
        assert await store.has(2) == ["een", "twee"]


async def test_a_poisonous_mail_blocks_nobody_and_is_not_lost(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(breaks=lambda text: "gif" in text)
    server.deliver(mail("gif"))
    server.deliver(mail("een"))
    async with watching(Mailbox(account(server.imap)), store):
        assert await store.has(1) == ["een"]
        server.deliver(mail("twee"))
        assert await store.has(2) == ["een", "twee"]
    unread = [line for line in await flags(server) if "LeerlijnTaken" not in line]
    assert len(unread) == 1
    store.breaks = lambda _: False
    async with watching(Mailbox(account(server.imap)), store):
        assert (await store.has(3))[-1] == "gif"


async def test_a_wrong_password_or_folder_is_told_and_tried_again(server: Dovecot) -> None:
    with pytest.raises(Misconfigured, match="wachtwoord"):
        await Mailbox(account(server.imap, password="fout")).check()
    with pytest.raises(Misconfigured, match="Nergens"):
        await Mailbox(account(server.imap, folder="Nergens")).check()
    with pytest.raises(Unavailable):
        await Mailbox(account(1)).check()
    assert await Mailbox(account(server.imap)).check() == 0


async def test_mail_of_any_size_comes_whole_and_too_much_in_part(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = mail("groot") + "\n" + "(x) {12}\n* 3 FETCH (\nA1 OK\n" * 100_000
    server.deliver(big)
    async with Connection(account(server.imap)) as connection:
        await connection.select("INBOX")
        raw = await connection.fetch(1)
        assert raw is not None
        assert raw.replace(b"\r\n", b"\n").endswith(big.encode())
        monkeypatch.setattr(mailboxes, "SIZE_LIMIT", 1000)
        monkeypatch.setattr(mailboxes, "PIECE", 5000)
        part = await connection.fetch(1)
        assert part is not None
        assert len(part) == 5000


async def test_the_channel_keeps_files_until_they_are_fetched(server: Dovecot, tmp_path: Path) -> None:
    channel = Email(
        address=ADDRESS, secret=SECRET, folder=tmp_path / "mail", server=Server(host="127.0.0.1", port=1),
        account=account(server.imap),
    )  # fmt: skip
    items: list[Item] = []

    async def deliver(new: object) -> None:
        items.extend(new)  # type: ignore[call-overload]

    server.deliver(
        "From: a@b.be\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nZie foto\n--b\nContent-Type: image/png; name=f.png\n"
        "Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n"
    )
    task = asyncio.create_task(channel.listen(deliver))
    async with asyncio.timeout(10):
        while not items:
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (item,) = items
    assert isinstance(item, Inbound)
    server.expunge()
    assert b"".join([piece async for piece in channel.fetch(item.media[0].ref, 100)]) == b"\x89PNG\r\n\x1a\n"


async def test_a_mail_in_the_folder_of_sent_mail_is_proof(server: Dovecot, tmp_path: Path) -> None:
    box = Mailbox(account(server.imap))
    server.deliver(f"From: {ADDRESS}\nMessage-ID: {MARKS.message_id(7)}\n\nx")
    assert await box.has(MARKS.message_id(7), "INBOX")
    assert not await box.has(MARKS.message_id(8), "INBOX")
