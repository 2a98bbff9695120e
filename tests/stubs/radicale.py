"""A real CalDAV server: Radicale on a free port, in a process and a folder of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from icalendar import Calendar, Event

PASSWORD = "geheim-van-de-agenda"
CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = {folder}/collections
[logging]
level = error
"""
MAKE = (
    '<mkcalendar xmlns="urn:ietf:params:xml:ns:caldav" xmlns:d="DAV:"><d:set><d:prop>'
    "<d:displayname>werk</d:displayname></d:prop></d:set></mkcalendar>"
)


@dataclass(kw_only=True)
class Radicale:
    """A running server. Its users are els and jan, with the same password; each has the calendar `werk`."""

    url: str

    def address(self, user: str) -> str:
        return f"{self.url}/{user}/werk/"

    def renew(self, user: str) -> str:
        """The calendar of `user`, empty; returns its address."""
        self.ask("DELETE", self.address(user), user)
        made = self.ask("MKCALENDAR", self.address(user), user, content=MAKE)
        assert made.status_code == 201, made.text
        return self.address(user)

    def events(self, user: str) -> list[Event]:
        """What stands in the calendar, the first first."""
        answer = self.ask("GET", self.address(user), user)
        found = [*Calendar.from_ical(answer.text).walk("VEVENT")] if answer.text.strip() else []
        return sorted(found, key=lambda event: event.start)

    def ask(self, verb: str, url: str, user: str, **more: object) -> httpx.Response:
        return httpx.request(verb, url, auth=(user, PASSWORD), timeout=10, **more)  # type: ignore[arg-type]


@contextmanager
def running(folder: Path) -> Iterator[Radicale]:
    """Start Radicale, and stop it by its own process."""
    (folder / "users").write_text("".join(f"{user}:{PASSWORD}\n" for user in ("els", "jan")))
    for _ in range(3):  # another program may have taken the port meanwhile
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (folder / "config").write_text(CONFIG.format(port=port, folder=folder))
        command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
        process = subprocess.Popen(command)
        try:
            if _answers(process, port):
                yield Radicale(url=f"http://127.0.0.1:{port}")
                return
        finally:
            process.terminate()
            process.wait(10)
    raise RuntimeError("Radicale did not start")


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), 5):
                return True
        except OSError:
            time.sleep(0.05)
    return False
