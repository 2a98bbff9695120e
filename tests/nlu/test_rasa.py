"""A Rasa server gives the intent; whatever it does, there is an answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nlu import Understanding
from nlu.rasa import RasaUnderstander
from nlu.values import NO_HINTS, Hints


class Embedded:
    """Stands for our own engine: an answer that can be told from Rasa's."""

    model_version = "3-abc"

    def understand(self, text: str, hints: Hints = NO_HINTS) -> Understanding:
        return Understanding(
            text=text, language="nl", language_confidence=1.0, intent="smalltalk", confidence=0.4,
            ranking=(("smalltalk", 0.4),), slots=(), act="confirm" if text == "ja" else None,
            crisis="dood" in text, opt_out=text == "STOP", opt_in=False, model_version=self.model_version,
        )  # fmt: skip


class Server:
    def __init__(self) -> None:
        self.status, self.body, self.asked = 200, "", []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["content-length"]))
                outer.asked.append((self.path, json.loads(sent)))
                self.send_response(outer.status)
                self.send_header("content-length", str(len(outer.body.encode())))
                self.end_headers()
                self.wfile.write(outer.body.encode())

            def log_message(self, *args: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


def _rasa(url: str) -> RasaUnderstander:
    return RasaUnderstander(Embedded(), url, timeout=1.0)  # type: ignore[arg-type]


def test_the_intent_is_rasas_and_the_rest_ours(server: Server) -> None:
    server.body = json.dumps(
        {"intent": {"name": "find_course", "confidence": 0.9},
         "intent_ranking": [{"name": "confirm", "confidence": 0.95}, {"name": "find_course", "confidence": 0.9},
                            {"name": "course_price", "confidence": 0.05}]}
    )  # fmt: skip
    said = _rasa(server.url).understand("Spaanse les")
    assert (said.intent, said.confidence, said.language) == ("find_course", 0.9, "nl")
    assert said.model_version == "rasa+3-abc"
    assert server.asked == [("/model/parse", {"text": "Spaanse les"})]


@pytest.mark.parametrize("text", ["ja", "STOP", "ik wil dood"])
def test_what_is_certain_is_not_asked(server: Server, text: str) -> None:
    assert _rasa(server.url).understand(text).intent == "smalltalk"
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, ""),
        (200, "<html>"),
        (200, "[]"),
        (200, "{}"),
        (200, '{"intent": {}}'),
        (200, '{"intent_ranking": [1]}'),
    ],
)
def test_a_server_that_does_not_help_is_left_out(server: Server, status: int, body: str) -> None:
    server.status, server.body = status, body
    assert _rasa(server.url).understand("Spaanse les").intent == "smalltalk"


def test_a_server_that_is_away_is_left_out() -> None:
    assert _rasa("http://127.0.0.1:9").understand("Spaanse les").intent == "smalltalk"
