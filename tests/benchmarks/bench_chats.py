"""Two thousand browsers that have the chat open and say nothing: what they cost the program in memory.

    python -m tests.benchmarks.bench_chats [--sockets 2000]

Each is welcomed over the real protocol, so each has a token, a subscription and two tasks of its own in the program.
"""

import argparse
import asyncio
import json
import os
import resource
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from tests.benchmarks.load import percentile
from tests.benchmarks.stage import staged
from tests.faults.program import lend_model

AT_ONCE = 50  # handshakes
SETTLED = 3.0  # seconds
ASKED = 50  # sockets that are asked whether they still answer


@dataclass(frozen=True, kw_only=True)
class Chats:
    """`grown` in megabytes for all; `connect` sockets a second; `ping` in milliseconds, p50 and p99, with all open."""

    sockets: int
    grown: float
    connect: float
    ping: tuple[float, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sockets", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        lend_model(Path(made))
        print(json.dumps(asdict(measure(Path(made), given.sockets))))


def measure(folder: Path, sockets: int = 2000) -> Chats:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (min(most, sockets * 2 + 1000), most)
    )  # the program inherits it
    with staged(folder, several=False) as stage:
        return uvloop.run(_measure(stage.urls[0], stage.serving[0], sockets))


async def _measure(url: str, pid: int, sockets: int) -> Chats:
    address = url.replace("http", "ws", 1) + "/chat/socket"
    gate = asyncio.Semaphore(AT_ONCE)

    async def open_one() -> ClientConnection:
        async with gate:
            socket = await connect(address, origin=url, compression=None, ping_interval=None)  # type: ignore[arg-type]
            await socket.send('{"type":"hello"}')
            assert json.loads(await socket.recv())["type"] == "welcome"
            return socket

    first = [await open_one() for _ in range(20)]  # what the first ones load is no part of what each costs
    await asyncio.sleep(SETTLED)
    before, began = _megabytes(pid), time.perf_counter()
    opened = await asyncio.gather(*(open_one() for _ in range(sockets)))
    took = time.perf_counter() - began
    await asyncio.sleep(SETTLED)
    grown = _megabytes(pid) - before
    pings = []
    for socket in opened[:: max(1, sockets // ASKED)]:
        asked = time.perf_counter()
        await socket.send('{"type":"ping"}')
        assert json.loads(await socket.recv())["type"] == "pong"
        pings.append(time.perf_counter() - asked)
    await asyncio.gather(*(socket.close() for socket in (*first, *opened)))
    return Chats(
        sockets=sockets, grown=grown, connect=sockets / took, ping=(percentile(pings, 0.5), percentile(pings, 0.99))
    )  # fmt: skip


def _megabytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
