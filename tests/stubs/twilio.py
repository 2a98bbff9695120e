"""A local Twilio: takes messages over its REST API, lists them, and answers what a test scripts.

Only the wire is played. What it says follows Twilio's published API description; requests from "Twilio" to us are
signed by Twilio's own SDK. `python -m tests.stubs.twilio PORT` runs it as a process of its own.
"""

import json
import secrets
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.stubs.serving import Serving, StubServer

ACCOUNT = "AC" + "0" * 32
TOKEN = "not-a-real-token"
NUMBER = "+3280012345"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message that "Twilio" took and will deliver."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str
    at: float  # seconds since 1970


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    fields: Sequence[tuple[str, str]]
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What to answer one request with, instead of what Twilio does. `takes`: the message is taken nevertheless."""

    status: int = 500
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    takes: bool = False
    delay: float = 0.0  # seconds before the answer
    hangs_up: bool = False  # no answer at all


def refused(status: int, code: int, **headers: str) -> Fault:
    """An error in Twilio's own form."""
    body = {"code": code, "message": f"about {code}", "more_info": "", "status": status}
    return Fault(status=status, body=json.dumps(body).encode(), headers=headers)


class TwilioStub(Serving):
    """The server; `url` is LEERLIJN_SMS__API_BASE. Faults of `script` are used up, one a request."""

    def __init__(self, port: int = 0) -> None:
        self.taken: list[Taken] = []
        self.requests: list[Request] = []
        self.script: deque[Fault] = deque()
        self._serve_with(_Server, _Handler, port)

    def bodies(self, to: str | None = None) -> list[str]:
        """The texts taken, in order; only those to one number if given."""
        return [message.body for message in self.taken if to in (None, message.to)]


class _Server(StubServer):
    stub: TwilioStub


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        fields = parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)
        self._answer(fields)

    def do_GET(self) -> None:
        self._answer(parse_qsl(urlsplit(self.path).query))

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: a test that fails shows the requests."""

    def _answer(self, fields: list[tuple[str, str]]) -> None:
        stub = self.server.stub
        stub.requests.append(
            Request(
                method=self.command,
                path=urlsplit(self.path).path,
                fields=fields,
                headers={name.lower(): value for name, value in self.headers.items()},
            )
        )
        fault = stub.script.popleft() if stub.script else None
        answer: tuple[int, bytes]
        if self.command == "POST" and (fault is None or fault.takes):
            answer = 201, self._take(dict(fields))
        else:
            answer = 200, self._list(dict(fields))
        if fault is not None:
            time.sleep(fault.delay)
            if fault.hangs_up:
                self.close_connection = True
                self.connection.close()
                return
            self._write(fault.status, fault.body, fault.content_type, fault.headers)
        else:
            self._write(*answer, "application/json", {})

    def _take(self, form: dict[str, str]) -> bytes:
        taken = Taken(
            sid="SM" + secrets.token_hex(16),
            to=form.get("To", ""),
            sender=form.get("From", ""),
            body=form.get("Body", ""),
            callback=form.get("StatusCallback", ""),
            at=time.time(),
        )
        self.server.stub.taken.append(taken)
        return json.dumps(_as_resource(taken)).encode()

    def _list(self, wanted: dict[str, str]) -> bytes:
        found = [
            _as_resource(message)
            for message in reversed(self.server.stub.taken)
            if wanted.get("To") in (None, message.to) and wanted.get("From") in (None, message.sender)
        ][: int(wanted.get("PageSize", 50))]
        return json.dumps(
            {"messages": found, "page": 0, "page_size": 50, "next_page_uri": None, "uri": self.path}
        ).encode()

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
            self.close_connection = True  # whoever asked is gone: a test that kills does that


def _as_resource(message: Taken) -> dict[str, Any]:
    made = format_datetime(datetime.fromtimestamp(int(message.at), UTC))
    return {
        "account_sid": ACCOUNT, "api_version": "2010-04-01", "body": message.body, "date_created": made,
        "date_sent": None, "date_updated": made, "direction": "outbound-api", "error_code": None,
        "error_message": None, "from": message.sender, "messaging_service_sid": None, "num_media": "0",
        "num_segments": "1", "price": None, "price_unit": None, "sid": message.sid, "status": "queued",
        "subresource_uris": {}, "to": message.to, "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message.sid}.json",
    }  # fmt: skip


@contextmanager
def running(port: int = 0) -> Iterator[TwilioStub]:
    """A started stub, closed at the end."""
    stub = TwilioStub(port)
    stub.start()
    try:
        yield stub
    finally:
        stub.close()


def sid() -> str:
    """A fresh id in Twilio's form."""
    return "SM" + secrets.token_hex(16)


def inbound(text: str, *, sender: str = "+32470000001", message_sid: str | None = None) -> dict[str, str]:
    """The form of an incoming SMS, with the fields that Twilio sends."""
    message_sid = message_sid or sid()
    return {
        "MessageSid": message_sid, "SmsMessageSid": message_sid, "SmsSid": message_sid, "AccountSid": ACCOUNT,
        "From": sender, "To": NUMBER, "Body": text, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received",
        "FromCountry": "BE", "ToCountry": "BE", "ApiVersion": "2010-04-01",
    }  # fmt: skip


def signed(
    url: str, form: Mapping[str, str] | Sequence[tuple[str, str]], token: str = TOKEN
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a webhook, signed by Twilio's own SDK as Twilio would for `url`."""
    pairs = list(form.items()) if isinstance(form, Mapping) else list(form)
    body = urlencode(pairs)
    signature = RequestValidator(token).compute_signature(url, _Repeated(pairs))
    return body.encode(), {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": signature,
    }


class _Repeated(dict[str, list[str]]):
    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__(parse_qs(urlencode(pairs), keep_blank_values=True))

    def getlist(self, name: str) -> list[str]:
        return self[name]


if __name__ == "__main__":
    with running(int(sys.argv[1])) as server:
        threading.Event().wait()
