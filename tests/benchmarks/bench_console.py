"""Staff at work in the console, all at once: how long a page takes, and how soon news is on the screen.

    python -m tests.benchmarks.bench_console [--staff 300] [--persons 10000] [--messages 100000] [--seconds 180] [--serve 1]

Each member of staff has a stream open and the thread of a client before them (dispatchers the queue), opens a page every
PAUSE seconds, and does what the console's script does with news: after SETTLE it fetches its thread or queue again when
it is about that, later the list beside a thread (a counsellor's own one only when a client of theirs is concerned).
Meanwhile clients write, by signed webhooks, and staff write notes. The pages are real ones over HTTP, of one `serve` that
does everything, or with `--serve 2` of two and two `work`, woken over a Redis, the staff spread over both; what is
counted is from asking to the last byte, also for those that had to wait their turn.
"""

import argparse
import asyncio
import json
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import asyncpg
import uvloop

from tests.benchmarks.console_data import REGIONS, fill
from tests.benchmarks.keep_alive import Wire
from tests.benchmarks.load import as_bytes, percentile
from tests.benchmarks.stage import staged
from tests.faults.program import lend_model
from tests.stubs.twilio import inbound, signed

PAUSE = 20.0  # seconds that somebody reads, thinks and types between two pages
SETTLE, CALM, LATER = 0.15, 1.0, 5.0  # seconds, as in console.js
BEAT = 30.0  # seconds, as in beside.js
ARRIVING = 20.0  # seconds in which everybody opens a first page, of a program that just began: told, and counted apart
WRITES = 1.0  # messages of clients a second, all together
NOTES = 0.5  # notes of staff a second: the moment of their commit is known here
PAGE_LIMIT, SCREEN_LIMIT, WEIGHT_LIMIT = 200.0, 500.0, 150.0  # ms, ms, kB
LISTED = re.compile(r"^(conversation|call|queue|staff|absence|appointment|referral)\.|^message\.received$")


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One member of staff: the cookie, the clients they may open, and what they are."""

    role: str
    token: str
    csrf: str
    region: str
    persons: Sequence[int]
    conversations: Sequence[int]


@dataclass(kw_only=True)
class Seen:
    """What was measured, in seconds: pages by kind, news at the browser and on the screen; and what went wrong."""

    pages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refreshes: list[float] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    arriving: float = 0.0  # ms, the slowest p95 of a page while everybody came in

    def begin(self) -> None:
        """Everybody is in: what counts begins now."""
        self.arriving = max((percentile(times, 0.95) for times in self.pages.values()), default=0.0)
        for measured in (self.pages, self.refreshes, self.arrived, self.shown):
            measured.clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--staff", type=int, default=300)
    parser.add_argument("--persons", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--serve", type=int, choices=(1, 2), default=1, help="web servers")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        lend_model(Path(made))
        measure(Path(made), given.staff, given.persons, given.messages, given.seconds, given.serve)


def measure(folder: Path, staff: int, persons: int, messages: int, seconds: float, serve: int) -> None:
    with staged(folder, several=serve > 1) as stage:
        began = time.perf_counter()
        seats = asyncio.run(_prepare(stage.dsn, staff, persons, messages))
        print(
            f"filled in {time.perf_counter() - began:.0f} s: {persons} persons, {messages} messages, {staff} staff;"
            f" {len(stage.serving)} x serve, {len(stage.working)} x work beside it"
        )
        before = stage.used()
        seen = uvloop.run(_work(stage.urls, seats, seconds))
        used = {part: after - before[part] for part, after in stage.used().items()}
        weight = uvloop.run(_weight(stage.urls[0], seats[0]))
    report(seen, used, weight, seconds)


def report(seen: Seen, used: dict[str, float], weight: float, seconds: float) -> None:
    """A table a person can read, and one line of JSON."""
    print(f"{'page':<16}{'count':>7}{'p50':>8}{'p95':>8}{'worst':>8}  ms")
    for kind, times in sorted(seen.pages.items()):
        print(
            f"{kind:<16}{len(times):>7}{percentile(times, 0.5):>8.0f}{percentile(times, 0.95):>8.0f}{percentile(times, 1):>8.0f}"
        )
    worst = max(percentile(times, 0.95) for times in seen.pages.values())
    found = {
        "pages a second": round(sum(map(len, seen.pages.values())) / seconds, 1),
        "refreshes a second": round(len(seen.refreshes) / seconds, 1),
        "refresh p95 ms": round(percentile(seen.refreshes, 0.95)),
        "slowest page p95 ms": round(worst),
        "while all come in ms": round(seen.arriving),
        "news at the browser p95 ms": round(percentile(seen.arrived, 0.95)),
        "news on the screen p95 ms": round(percentile(seen.shown, 0.95)),
        "script and style kB": round(weight, 1),
        "cpu": {part: round(spent / (ARRIVING + seconds), 2) for part, spent in used.items()},
        "errors": len(seen.errors),
    }
    print(json.dumps(found))
    for error in sorted(set(seen.errors))[:5]:
        print("error:", error)
    held = worst <= PAGE_LIMIT and percentile(seen.shown, 0.95) <= SCREEN_LIMIT and weight <= WEIGHT_LIMIT
    print("within the limits" if held and not seen.errors else "NOT within the limits")


async def _prepare(dsn: str, staff: int, persons: int, messages: int) -> list[Seat]:
    connection = await asyncpg.connect(dsn)
    try:
        await fill(connection, staff=staff, persons=persons, messages=messages)
        now = datetime.now(UTC)
        rows = await connection.fetch(
            "SELECT id, region_id, role FROM staff WHERE role <> 'admin' ORDER BY id"
        )
        logins = [
            (sha256(f"token-{row['id']}".encode()).hexdigest(), row["id"], f"csrf-{row['id']}")
            for row in rows
        ]
        await connection.executemany(
            "INSERT INTO staff_session (token_hash, staff_id, csrf, seen_at, expires_at)"
            " VALUES ($1, $2, $3, now(), now() + interval '7 days')",
            logins,
        )
        seats = []
        for row in rows:
            seen = await connection.fetch(
                "SELECT c.id, c.person_id FROM conversation c LEFT JOIN trajectory t ON t.person_id = c.person_id"
                " AND t.closed_at IS NULL WHERE c.staff_id = $1 OR t.staff_id = $1 ORDER BY c.id LIMIT 40",
                row["id"],
            )
            seats.append(
                Seat(
                    role=row["role"], token=f"token-{row['id']}", csrf=f"csrf-{row['id']}", region=row["region_id"],
                    persons=[one["person_id"] for one in seen], conversations=[one["id"] for one in seen],
                )
            )  # fmt: skip
        await connection.execute("UPDATE staff SET presence = 'available', presence_at = $1", now)
        assert {seat.region for seat in seats} <= set(REGIONS)
        return seats
    finally:
        await connection.close()


async def _work(urls: Sequence[str], seats: Sequence[Seat], seconds: float) -> Seen:
    seen = Seen()
    browsers = [Browser(urls[place % len(urls)], seat, seen) for place, seat in enumerate(seats)]
    async with asyncio.TaskGroup() as group:
        for browser in browsers:
            group.create_task(browser.listen())
            await asyncio.sleep(0.005)
        await asyncio.sleep(2)
        until = time.perf_counter() + ARRIVING + seconds
        arrived = asyncio.get_running_loop().call_later(ARRIVING, seen.begin)
        work: list[Callable[[], Awaitable[None]]] = [browser.read_on for browser in browsers]
        tasks = [group.create_task(_until(one, until, PAUSE)) for one in work]
        tasks += [group.create_task(_until(one.beat, until, BEAT)) for one in browsers if one.opens_a_thread]
        tasks += [group.create_task(browser.refresh_when_due(until)) for browser in browsers]
        tasks += [group.create_task(_clients_write(urls, until)), group.create_task(_notes(browsers, until))]
        await asyncio.wait(tasks)
        arrived.cancel()
        for browser in browsers:
            browser.close()
    return seen


async def _until(step: Callable[[], Awaitable[None]], until: float, every: float) -> None:
    await asyncio.sleep(random.random() * every)
    while time.perf_counter() < until:
        began = time.perf_counter()
        await step()
        await asyncio.sleep(max(0.0, every - (time.perf_counter() - began)))


async def _clients_write(urls: Sequence[str], until: float) -> None:
    count = 0
    while time.perf_counter() < until:
        count += 1
        url = urls[count % len(urls)]
        address = f"{url}/webhooks/sms"
        body, headers = signed(address, inbound("mens", sender=f"+3247{count % 9000:07d}"))
        with suppress(OSError):
            await Wire.once(url, as_bytes(address, body, headers))
        await asyncio.sleep(1 / WRITES)


async def _notes(browsers: "Sequence[Browser]", until: float) -> None:
    while time.perf_counter() < until:
        await random.choice([one for one in browsers if one.opens_a_thread]).write_note()
        await asyncio.sleep(1 / NOTES)


class Browser:
    """What one member of staff's browser does."""

    def __init__(self, url: str, seat: Seat, seen: Seen) -> None:
        self.seat = seat
        self._url, self._seen = url, seen
        self._parts = urlsplit(url)
        self._wire, self._second = Wire(url), Wire(url)
        self._person = random.choice(seat.persons) if seat.persons and seat.role != "dispatcher" else None
        self._path = f"/console/client/{self._person}" if self._person else "/console/wachtrij"
        self._news = asyncio.Event()
        self._looked = 0.0
        self._due: dict[str, float] = {}  # by part of the page: when it is fetched again
        self._list = "/console/clienten?lijst=" + ("mij" if seat.role == "counsellor" else "regio")
        self._committed: float | None = None
        self._stream: asyncio.StreamWriter | None = None

    @property
    def opens_a_thread(self) -> bool:
        return self._person is not None and self._committed is None

    def close(self) -> None:
        for wire in (self._wire, self._second):
            wire.close()
        if self._stream is not None:
            self._stream.close()

    async def read_on(self) -> None:
        """Open one of the pages of a day, as often as they are opened."""
        kind, path = random.choices(*zip(*self._pages(), strict=True))[0]
        began = time.perf_counter()
        status = await self._get(self._wire, path)
        self._seen.pages[kind].append(time.perf_counter() - began)
        if status != 200:
            self._seen.errors.append(f"{kind} answered {status}")

    def _pages(self) -> list[tuple[tuple[str, str], int]]:
        own = random.choice(self.seat.persons) if self.seat.persons else 0
        talk = random.choice(self.seat.conversations) if self.seat.conversations else 0
        pages = [
            (("queue", "/console/wachtrij"), 4), (("day", "/console/dag"), 3), (("agenda", "/console/agenda"), 1),
            (("clients", "/console/clienten?lijst=mij"), 1), (("clients region", "/console/clienten?lijst=regio"), 1),
            (("search", "/console/zoek?q=naailes"), 1), (("search name", "/console/zoek?q=naam+1234"), 1), (("note", "/console/noteer"), 1),
            (("closed", "/console/wachtrij?lijst=gesloten"), 1), (("reports", "/console/rapporten"), 1), (("partners", "/console/partners"), 1),
        ]  # fmt: skip
        if own:
            pages += [
                (("thread", f"/console/client/{own}"), 6),
                (("conversation", f"/console/gesprek/{talk}"), 6),
            ]
        return pages

    async def listen(self) -> None:
        reader, self._stream = await asyncio.open_connection(
            self._parts.hostname, self._parts.port, limit=2**20
        )
        asked = f"/console/events?person={self._person or ''}"
        self._stream.write(self._request("GET", asked))
        with suppress(OSError, asyncio.IncompleteReadError, ConnectionError):
            while line := await reader.readline():
                if line.startswith(b"data: {") and b'"kind"' in line:
                    self._heard(json.loads(line[6:]))

    def _heard(self, what: dict[str, object]) -> None:
        now = time.perf_counter()
        if what["kind"] == "note.written" and what["person"] == self._person and self._committed is not None:
            self._seen.arrived.append(max(0.0, now - self._committed))
        listed = LISTED.match(str(what["kind"])) is not None
        later = now + LATER * (1 + random.random())
        if self._person is None:
            if listed:
                self._soon("rows", max(now + SETTLE, self._looked + CALM))
            return
        if what["person"] == self._person:
            self._soon("thread", now + SETTLE)
        own = self.seat.role != "counsellor" or what["client"] or what["person"] in self.seat.persons
        if listed and own:
            self._soon("list", later)

    def _soon(self, part: str, at: float) -> None:
        if at < self._due.get(part, float("inf")):
            self._due[part] = at
            self._news.set()

    async def refresh_when_due(self, until: float) -> None:
        while (left := until - time.perf_counter()) > 0:
            wait = min([left, *(at - time.perf_counter() for at in self._due.values())])
            if wait > 0:
                self._news.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), wait)
                continue
            part = min(self._due, key=self._due.__getitem__)
            del self._due[part]
            self._looked = time.perf_counter()
            committed = self._committed
            began = time.perf_counter()
            path = self._list if part == "list" else self._path
            status = await self._get(self._second, path, refresh="thread" if part == "thread" else "rows")
            now = time.perf_counter()
            self._seen.refreshes.append(now - began)
            if status != 200:
                self._seen.errors.append(f"refresh answered {status}")
            if part == "thread" and committed is not None and committed == self._committed:
                self._seen.shown.append(now - committed)
                self._committed = None

    async def beat(self) -> None:
        """The thread is still before them."""
        form = urlencode({"csrf": self.seat.csrf, "staat": "kijkt"}).encode()
        status, _ = await self._second.ask(
            self._request("POST", f"/console/client/{self._person}/hier", body=form)
        )
        if status != 204:
            self._seen.errors.append(f"a beat answered {status}")

    async def write_note(self) -> None:
        """On the client before them, from another window: when it is answered it is committed."""
        form = urlencode({"csrf": self.seat.csrf, "text": "belde terug"}).encode()
        self._committed = time.perf_counter()  # at the latest: what is measured is longer than it was
        status, _ = await Wire.once(
            self._url, self._request("POST", f"/console/client/{self._person}/nota", body=form)
        )
        if status != 303:
            self._seen.errors.append(f"a note answered {status}")

    async def _get(self, wire: Wire, path: str, *, refresh: str = "") -> int:
        try:
            status, _ = await wire.ask(self._request("GET", path, refresh=refresh))
        except (OSError, asyncio.IncompleteReadError) as error:
            self._seen.errors.append(type(error).__name__)
            return 0
        return status

    def _request(self, method: str, path: str, *, body: bytes = b"", refresh: str = "") -> bytes:
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self._parts.netloc}",
            f"Cookie: leerlijn_staff={self.seat.token}",
        ]
        if refresh:
            head.append(f"X-Refresh: {refresh}")
        if body:
            head += [f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"]
        return "\r\n".join([*head, "", ""]).encode() + body


async def _weight(url: str, seat: Seat) -> float:
    """Kilobytes of script and style that the first page of a day fetches, as they lie on the server."""
    browser = Browser(url, seat, Seen())
    wire = Wire(url)
    _, page = await wire.ask(browser._request("GET", "/console/wachtrij"))
    wanted = set(re.findall(rb'(?:src|href)="(/[^"]+\.(?:js|css))"', page))
    total = 0
    while wanted:
        path = wanted.pop().decode()
        _, body = await wire.ask(browser._request("GET", path))
        total += len(body)
        folder = path.rsplit("/", 1)[0]
        wanted |= {f"{folder}/{name.decode()}".encode() for name in re.findall(rb'from "\./([\w.]+)"', body)}
    wire.close()
    return total / 1000


if __name__ == "__main__":
    main()
