"""The demo as `make run` starts it, on a free port and with a storage folder of its own: for tests and pictures."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


class DemoServer:
    """A demo on a free port; `url` reaches it, `folder` is where it stores everything and prints to `demo.log`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers /ready. Raises DemoError."""
        environment = {
            **os.environ, "LEERLIJN_VAR_DIR": str(self.folder), "LEERLIJN_PORT": str(self._port)
        }  # fmt: skip
        printed = self.folder / "demo.log"
        with printed.open("a", encoding="utf-8") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "demo"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        _wait_until_ready(self._process, self.url, printed)

    def stop(self) -> None:
        """End it as a supervisor would; what it stored stays, and `start` goes on from there."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None


def chromium() -> str | None:
    """Where Debian's Chromium is, if it is installed."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def chromium_arguments() -> list[str]:
    """How Chromium is started; as root it has no sandbox to offer."""
    return [*CHROMIUM_ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else CHROMIUM_ARGUMENTS


@contextmanager
def running_demo(folder: Path) -> Iterator[DemoServer]:
    """A demo that stores everything in `folder`, answering /ready; stopped at the end. Raises DemoError."""
    server = DemoServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


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
