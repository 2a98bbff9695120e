"""A local Bot API: python-telegram-bot itself talks to it, over real HTTP.

It keeps updates until they are confirmed by a higher offset, gives ids to what it takes, hands out files, and
answers what a test scripts. `python -m tests.stubs.telegram PORT` runs it as a process of its own, in which
`POST /say?chat=…&text=…` plays a person and `GET /said` tells what they were sent.
"""

import json
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.stubs.serving import Serving, StubServer

TOKEN = "123456789:AAnot-a-real-token-at-all-0123456789"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Leerlijn", "username": "leerlijn_bot"}
CHAT = 987654321


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What to answer one call with. `takes`: what was asked is done nevertheless."""

    status: int = 500
    body: bytes = b""
    takes: bool = False
    delay: float = 0.0
    hangs_up: bool = False


def refused(status: int, description: str, **parameters: Any) -> Fault:
    """An error in Telegram's own form."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return Fault(
        status=status, body=json.dumps(body | ({"parameters": parameters} if parameters else {})).encode()
    )


@dataclass
class TelegramStub(Serving):
    """`url` is LEERLIJN_TELEGRAM__API_BASE. Faults of `script` are used up, one a call of a method named there."""

    port: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    script: dict[str, deque[Fault]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    webhook: dict[str, Any] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    next_id: int = 1000

    def __post_init__(self) -> None:
        self._serve_with(_Server, _Handler, self.port)

    def fails(self, method: str, *faults: Fault) -> None:
        self.script.setdefault(method, deque()).extend(faults)

    def sent(self, method: str = "sendMessage") -> list[dict[str, Any]]:
        return [fields for name, fields in self.calls if name == method]

    def bring(self, update: dict[str, Any]) -> None:
        """An update for whoever polls."""
        with self.changed:
            self.updates.append(update)
            self.changed.notify_all()


class _Server(StubServer):
    stub: TelegramStub


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        stub = self.server.stub
        path = urlsplit(self.path).path
        if path == "/said":
            self._write(200, json.dumps(stub.sent()).encode())
        elif path.startswith(f"/file/bot{TOKEN}/") and path.rpartition("/")[2] in stub.files:
            self._write(200, stub.files[path.rpartition("/")[2]], "application/octet-stream")
        else:
            self._write(404, b"{}")

    def do_POST(self) -> None:
        stub = self.server.stub
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        url = urlsplit(self.path)
        if url.path == "/say":
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            stub.bring(message(asked["text"], chat=int(asked.get("chat", CHAT))))
            return self._write(200, b"{}")
        if not url.path.startswith(f"/bot{TOKEN}/"):
            return self._refuse(refused(401, "Unauthorized"))
        method = url.path.rpartition("/")[2]
        fields = self._fields(raw)
        stub.calls.append((method, fields))
        script = stub.script.get(method)
        fault = script.popleft() if script else None
        if fault is None or fault.takes:
            result = self._do(method, fields)
        if fault is not None:
            return self._refuse(fault)
        if result is None:
            return self._refuse(refused(404, "Not Found"))
        return self._write(200, json.dumps({"ok": True, "result": result}).encode())

    def _fields(self, raw: bytes) -> dict[str, Any]:
        if "json" in self.headers.get("content-type", ""):
            return dict(json.loads(raw))
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))

    def _do(self, method: str, fields: Mapping[str, Any]) -> Any:
        stub = self.server.stub
        match method:
            case "getMe":
                return BOT
            case "sendMessage":
                stub.next_id += 1
                return {
                    "message_id": stub.next_id, "date": int(time.time()), "from": BOT, "text": fields["text"],
                    "chat": {"id": int(fields["chat_id"]), "type": "private", "first_name": "Fatma"},
                }  # fmt: skip
            case "getUpdates":
                return self._poll(int(fields.get("offset", 0)), float(fields.get("timeout", 0)))
            case "getFile":
                name = str(fields["file_id"])
                size = len(stub.files.get(name, b""))
                return {
                    "file_id": name,
                    "file_unique_id": name,
                    "file_size": size,
                    "file_path": f"photos/{name}",
                }
            case "setWebhook":
                stub.webhook = dict(fields)
                return True
            case "deleteWebhook":
                stub.webhook = {}
                return True
            case "getWebhookInfo":
                return {
                    "url": stub.webhook.get("url", ""), "has_custom_certificate": False,
                    "pending_update_count": len(stub.updates),
                }  # fmt: skip
            case "sendChatAction" | "answerCallbackQuery":
                return True
        return None

    def _poll(self, offset: int, timeout: float) -> list[dict[str, Any]]:
        stub = self.server.stub
        with stub.changed:
            stub.updates[:] = [update for update in stub.updates if update["update_id"] >= offset]
            if not stub.updates:
                stub.changed.wait(min(timeout, 2.0))
            return list(stub.updates)

    def _refuse(self, fault: Fault) -> None:
        time.sleep(fault.delay)
        if fault.hangs_up:
            self.close_connection = True
            self.connection.close()
            return
        self._write(fault.status, fault.body)

    def _write(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


@contextmanager
def running(port: int = 0) -> Iterator[TelegramStub]:
    stub = TelegramStub(port)
    stub.start()
    try:
        yield stub
    finally:
        stub.close()


_numbers = iter(range(1, 10**9))


def user(**more: Any) -> dict[str, Any]:
    return {
        "id": CHAT,
        "is_bot": False,
        "first_name": "Fatma",
        "last_name": "El Amrani",
        "language_code": "nl",
    } | more


def update(**what: Any) -> dict[str, Any]:
    return {"update_id": 700_000_000 + next(_numbers), **what}


def message_body(text: str | None = None, *, chat: int = CHAT, **more: Any) -> dict[str, Any]:
    """The `message` of an update, with the fields that Telegram sends."""
    body: dict[str, Any] = {
        "message_id": next(_numbers), "date": int(time.time()), "from": user(id=chat),
        "chat": {"id": chat, "type": "private", "first_name": "Fatma"},
    }  # fmt: skip
    return body | ({"text": text} if text is not None else {}) | more


def message(text: str | None = None, *, chat: int = CHAT, **more: Any) -> dict[str, Any]:
    return update(message=message_body(text, chat=chat, **more))


if __name__ == "__main__":
    with running(int(sys.argv[1])) as server:
        threading.Event().wait()
