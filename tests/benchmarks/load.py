"""An open-loop generator: each request has its moment, whether or not the ones before it were answered."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import uvloop

TIMEOUT = 60.0  # seconds for one answer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`due` and `done` in seconds since 1970; waiting counts from `due`, so that no lateness is hidden."""

    due: float
    sent: float
    done: float
    status: int

    @property
    def took(self) -> float:
        return self.done - self.due


def as_bytes(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """A whole POST request, so that sending it costs the generator nothing but the writing."""
    parts = urlsplit(url)
    head = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*head, "", ""]).encode() + body


def offer(urls: Sequence[str], requests: Sequence[bytes], rate: float) -> list[Answer]:
    """Send `requests` at `rate` a second to each of `urls` in turn, over as many connections as that needs."""
    return uvloop.run(_offer(urls, requests, rate))


async def _offer(urls: Sequence[str], requests: Sequence[bytes], rate: float) -> list[Answer]:
    servers = [(urlsplit(url), list[_Connection]()) for url in urls]
    loop = asyncio.get_running_loop()
    started = time.time() + 0.2

    async def one(index: int, request: bytes) -> Answer:
        due = started + index / rate
        sent = time.time()
        parts, idle = servers[index % len(servers)]
        connection = None
        while connection is None and idle:
            connection = kept if (kept := idle.pop()).open else None
        try:
            if connection is None:
                _, connection = await loop.create_connection(_Connection, parts.hostname, parts.port)
            status = await asyncio.wait_for(connection.ask(request), TIMEOUT)
            idle.append(connection)
        except (OSError, TimeoutError):
            status = 0
        return Answer(due=due, sent=sent, done=time.time(), status=status)

    tasks = []
    for index, request in enumerate(requests):
        wait = started + index / rate - time.time()
        if wait > 0:
            await asyncio.sleep(wait)
        elif index % 50 == 0:
            await asyncio.sleep(0)
        tasks.append(asyncio.create_task(one(index, request)))
    answers = await asyncio.gather(*tasks)
    for _, idle in servers:
        for connection in idle:
            connection.close()
    return list(answers)


class _Connection(asyncio.Protocol):
    """One keep-alive connection; reads just enough of an answer to know that it is whole."""

    @property
    def open(self) -> bool:
        """False once the server let go of it, which it does with connections that rest."""
        return not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._read = b""
        self._answer: asyncio.Future[int] | None = None

    def ask(self, request: bytes) -> "asyncio.Future[int]":
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, separator, body = self._read.partition(b"\r\n\r\n")
        if not separator or self._answer is None:
            return
        length = next(
            int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
        )
        if len(body) >= length:
            self._read = b""
            self._answer.set_result(int(head[9:12]))
            self._answer = None

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    def close(self) -> None:
        self._transport.close()


def percentile(values: Iterable[float], share: float) -> float:
    """In milliseconds; nan without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")
