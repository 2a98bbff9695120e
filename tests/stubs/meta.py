"""A local Meta: the Graph API for WhatsApp and Messenger over HTTP, with the faults a test scripts.

Only the wire is played. It refuses what Meta refuses (a wrong token, a button that is too long), and signs webhooks
with an implementation of its own. `python -m tests.stubs.meta PORT` runs it as a process of its own.
"""

import hashlib
import hmac
import json
import secrets
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from tests.stubs.serving import Serving, StubServer
from tests.stubs.twilio import Fault

NUMBER_ID, PAGE_ID, APP_ID = "106540352242922", "1234567890", "998877665544"
TOKEN, APP_SECRET, VERIFY_TOKEN = "not-a-real-token", "not-a-real-secret", "made-up-by-us"
VERSION = "/v23.0/"
OK = b"{}"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as it came in; `body` is its JSON."""

    method: str
    path: str
    body: dict[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message that "Meta" took: its id there, to whom, what is read, and the body as it came."""

    id: str
    to: str
    text: str
    body: dict[str, Any]


def refused(status: int, code: int, subcode: int = 0, **headers: str) -> Fault:
    """An error in Meta's own form; its message names the person, as Meta's do."""
    error = {
        "message": f"(#{code}) about 32470000001",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "A",
    }
    error |= {"error_subcode": subcode} if subcode else {}
    return Fault(status=status, body=json.dumps({"error": error}).encode(), headers=headers)


class MetaStub(Serving):
    """The server; `url` is the api_base of both channels.

    Faults of `script` are used up, one a request; those of `script_for` by requests to that person only.
    """

    def __init__(self, port: int = 0) -> None:
        self.taken: list[Taken] = []
        self.calls: list[Call] = []
        self.script: deque[Fault] = deque()
        self.script_for: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.files: dict[str, bytes] = {}  # by media id
        self._serve_with(_Server, _Handler, port)

    def texts(self, to: str | None = None) -> list[str]:
        return [message.text for message in self.taken if to in (None, message.to)]

    def answer(self, call: Call) -> tuple[int, bytes]:
        """What Meta says to a request without a scripted fault."""
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, refused(401, 190).body
        if call.method == "GET":
            return self._file(call.path)
        if call.path == f"{VERSION}{NUMBER_ID}/messages":
            return self._whatsapp(call.body)
        if call.path == f"{VERSION}me/messages":
            return self._messenger(call.body)
        return 400, refused(400, 100, 33).body

    def _whatsapp(self, body: dict[str, Any]) -> tuple[int, bytes]:
        if body.get("status") == "read":
            return 200, b'{"success":true}'
        if (text := _whatsapp_text(body)) is None:
            return 400, refused(400, 100).body
        to = body.get("to") or body["recipient"]
        made = Taken(id="wamid." + secrets.token_urlsafe(24), to=to, text=text, body=body)
        self.taken.append(made)
        said = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to, "wa_id": to}],
            "messages": [{"id": made.id}],
        }
        return 200, json.dumps(said).encode()

    def _messenger(self, body: dict[str, Any]) -> tuple[int, bytes]:
        to = body["recipient"]["id"]
        if "sender_action" in body:
            return 200, json.dumps({"recipient_id": to}).encode()
        message = body["message"]
        replies = message.get("quick_replies", [])
        tagged = body["messaging_type"] == "RESPONSE" or body.get("tag") == "HUMAN_AGENT"
        short = len(replies) <= 13 and all(0 < len(reply["title"]) <= 20 for reply in replies)
        if not (tagged and short and 0 < len(message["text"]) <= 2000 and len(message["metadata"]) <= 1000):
            return 400, refused(400, 100).body
        made = Taken(id="m_" + secrets.token_urlsafe(40), to=to, text=message["text"], body=body)
        self.taken.append(made)
        return 200, json.dumps({"recipient_id": to, "message_id": made.id}).encode()

    def _file(self, path: str) -> tuple[int, bytes]:
        name = path.rsplit("/", 1)[-1]
        if name not in self.files:
            return 404, refused(404, 100, 33).body
        if path.startswith("/files/"):
            return 200, self.files[name]
        about = {
            "id": name, "url": f"{self.url}/files/{name}", "mime_type": "image/jpeg",
            "file_size": str(len(self.files[name])), "messaging_product": "whatsapp",
        }  # fmt: skip
        return 200, json.dumps(about).encode()


def _receiver(body: dict[str, Any]) -> str:
    to = body.get("to") or body.get("recipient") or ""
    return to["id"] if isinstance(to, dict) else to


def _whatsapp_text(body: dict[str, Any]) -> str | None:
    """What a person reads of the message; None when WhatsApp would refuse it."""
    if ("to" in body) == ("recipient" in body) or body["messaging_product"] != "whatsapp":
        return None
    match body["type"]:
        case "text":
            text: str = body["text"]["body"]
            return text if 0 < len(text) <= 4096 else None
        case "template":
            named = body["template"]
            values = [p["text"] for component in named["components"] for p in component["parameters"]]
            return f"{named['name']}({named['language']['code']}): {' · '.join(values)}"
    inner = body["interactive"]
    action, text = inner["action"], inner["body"]["text"]
    if not 0 < len(text) <= 1024:
        return None
    if inner["type"] == "button":
        titles = [button["reply"]["title"] for button in action["buttons"]]
        return (
            text
            if len(titles) <= 3 and len(set(titles)) == len(titles) and max(map(len, titles)) <= 20
            else None
        )
    rows = [row for section in action["sections"] for row in section["rows"]]
    fit = all(0 < len(r["title"]) <= 24 and len(r.get("description", "")) <= 72 and r["id"] for r in rows)
    return text if fit and len(rows) <= 10 and 0 < len(action["button"]) <= 20 else None


class _Server(StubServer):
    stub: MetaStub


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers.get("content-length", 0)))))

    def do_GET(self) -> None:
        self._answer({})

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: a test that fails shows the calls."""

    def _answer(self, body: dict[str, Any]) -> None:
        stub = self.server.stub
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(method=self.command, path=urlsplit(self.path).path, body=body, headers=headers)
        stub.calls.append(call)
        script = stub.script_for[_receiver(body)] or stub.script
        fault = script.popleft() if script else None
        status, said = stub.answer(call) if fault is None or fault.takes else (0, b"")
        if fault is None:
            return self._write(status, said, "application/json", {})
        time.sleep(fault.delay)
        if fault.hangs_up:
            self.close_connection = True
            self.connection.close()
            return None
        return self._write(fault.status, fault.body, fault.content_type, fault.headers)

    def _write(self, status: int, body: bytes, content_type: str, headers: Mapping[str, str]) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # whoever asked has gone


@contextmanager
def running(port: int = 0) -> Iterator[MetaStub]:
    """A started stub, closed at the end."""
    stub = MetaStub(port)
    stub.start()
    try:
        yield stub
    finally:
        stub.close()


def signed(payload: object, secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a webhook, as Meta signs it."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    digest = hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    return body, {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}


def wamid() -> str:
    """A fresh id in WhatsApp's form."""
    return "wamid." + secrets.token_urlsafe(24)


def change(*, field: str = "messages", number_id: str = NUMBER_ID, **value: Any) -> dict[str, Any]:
    """One change of a WhatsApp webhook."""
    about = {"display_phone_number": "3280012345", "phone_number_id": number_id}
    return {"field": field, "value": {"messaging_product": "whatsapp", "metadata": about, **value}}


def whatsapp(*changes: object) -> dict[str, Any]:
    """A WhatsApp webhook of one entry."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": list(changes)}],
    }


def wrote(
    words: str = "Dag", *, sender: str = "32470000001", name: str = "Amina", **more: Any
) -> dict[str, Any]:
    """A WhatsApp webhook with one text; `more` replaces or adds parts of the message."""
    message = {
        "from": sender,
        "id": wamid(),
        "timestamp": "1795000000",
        "type": "text",
        "text": {"body": words},
    }
    contact = {"profile": {"name": name}, "wa_id": sender}
    return whatsapp(change(contacts=[contact], messages=[message | more]))


def page(*events: object, standby: Sequence[object] = (), page_id: str = PAGE_ID) -> dict[str, Any]:
    """A Messenger webhook of one entry."""
    entry: dict[str, Any] = {"id": page_id, "time": 1795000000000, "messaging": list(events)}
    return {"object": "page", "entry": [entry | ({"standby": list(standby)} if standby else {})]}


def event(person: str = "7001", **more: Any) -> dict[str, Any]:
    """One event from a person to the page."""
    return {"sender": {"id": person}, "recipient": {"id": PAGE_ID}, "timestamp": 1795000000000, **more}


if __name__ == "__main__":
    with running(int(sys.argv[1])) as server:
        threading.Event().wait()
