"""An integrator's side of a channel of their own: hears what we send, hands out files, answers what a test scripts."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Kiosk:
    """What came, and what to answer: status, body, headers; status 0 hangs up after taking it."""

    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    script: deque[tuple[int, bytes, dict[str, str]]] = field(default_factory=deque)
    delay: float = 0.0
    port: int = 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    side: Kiosk


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        side = self.server.side
        body = self.rfile.read(int(self.headers["content-length"]))
        side.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        time.sleep(side.delay)
        self._say(*(side.script.popleft() if side.script else (200, b'{"ok": true}', {})))

    def do_GET(self) -> None:
        side = self.server.side
        side.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        self._say(*(side.script.popleft() if side.script else (200, b"bytes", {})))

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        if status == 0:
            self.close_connection = True
            self.connection.close()
            return
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


@contextmanager
def running() -> Iterator[Kiosk]:
    """A started one, closed at the end."""
    side = Kiosk()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.side = side
    side.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield side
    finally:
        server.shutdown()
        server.server_close()
