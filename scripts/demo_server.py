"""The demo as `make run` starts it, on a free port and with a storage folder of its own: for tests and pictures."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN = 180  # seconds: a database, migrations and all demo data from nothing, on a slow machine
# The machine's own Chromium must not look for updates.
CHROMIUM_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--no-first-run",
]


class DemoError(RuntimeError):
    """The demo did not start; the text is what it printed last."""


@dataclass(frozen=True, kw_only=True)
class DemoServer:
    """A running demo."""

    url: str
    folder: Path


def chromium() -> str | None:
    """Where Debian's Chromium is, if it is installed."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def chromium_arguments() -> list[str]:
    """How Chromium is started; as root it has no sandbox to offer."""
    return [*CHROMIUM_ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else CHROMIUM_ARGUMENTS


@contextmanager
def running_demo(folder: Path) -> Iterator[DemoServer]:
    """A demo that stores everything in `folder`, answering /ready; stopped at the end. Raises DemoError."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "LEERLIJN_VAR_DIR": str(folder), "LEERLIJN_PORT": str(port)}
    printed = folder / "demo.log"
    with printed.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, url, printed)
        yield DemoServer(url=url, folder=folder)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, printed: Path) -> None:
    until = time.monotonic() + START_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{url}/ready", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass  # not listening yet
        time.sleep(0.2)
    raise DemoError(f"the demo did not get ready:\n{printed.read_text(encoding='utf-8')[-3000:]}")
