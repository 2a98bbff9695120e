"""A Rasa server gives the intent; whatever it does, there is an answer."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nlu import Understanding
from nlu.rasa import REST, RasaError, RasaServer, RasaUnderstander
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
        self.status, self.body, self.asked, self.delay = 200, "", [], 0.0
        self.about: dict[str, dict[str, str | None]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["content-length"]))
                outer.asked.append((self.path, json.loads(sent)))
                time.sleep(outer.delay)
                self.send_response(outer.status)
                self.send_header("content-length", str(len(outer.body.encode())))
                self.end_headers()
                self.wfile.write(outer.body.encode())

            def do_GET(self) -> None:
                body = json.dumps(outer.about.get(self.path, {})).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

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


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def _rasa(url: str, clock: Clock | None = None) -> Iterator[RasaUnderstander]:
    server = RasaServer(url, timeout=0.5, clock=clock or Clock())
    yield RasaUnderstander(Embedded(), server)  # type: ignore[arg-type]
    server.close()


FOUND = json.dumps({"intent": {"name": "find_course", "confidence": 0.9}, "intent_ranking": []})


def test_the_intent_is_rasas_and_the_rest_ours(server: Server) -> None:
    server.body = json.dumps(
        {"intent": {"name": "find_course", "confidence": 0.9},
         "intent_ranking": [{"name": "confirm", "confidence": 0.95}, {"name": "find_course", "confidence": 0.9},
                            {"name": "course_price", "confidence": 0.05}]}
    )  # fmt: skip
    with _rasa(server.url) as rasa:
        said = rasa.understand("Spaanse les")
    assert (said.intent, said.confidence, said.language) == ("find_course", 0.9, "nl")
    assert said.model_version == "rasa+3-abc"
    assert server.asked == [("/model/parse", {"text": "Spaanse les"})]


@pytest.mark.parametrize("text", ["ja", "STOP", "ik wil dood"])
def test_what_is_certain_is_not_asked(server: Server, text: str) -> None:
    with _rasa(server.url) as rasa:
        assert rasa.understand(text).intent == "smalltalk"
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
    with _rasa(server.url) as rasa:
        assert rasa.understand("Spaanse les").intent == "smalltalk"


def test_a_server_that_is_away_is_left_out() -> None:
    with _rasa("http://127.0.0.1:9") as rasa:
        assert rasa.understand("Spaanse les").intent == "smalltalk"


def test_a_slow_server_is_left_out(server: Server) -> None:
    server.body, server.delay = FOUND, 1.5
    with _rasa(server.url) as rasa:
        began = time.monotonic()
        assert rasa.understand("Spaanse les").intent == "smalltalk"
        assert time.monotonic() - began < 1.4


def test_a_server_that_fails_is_warned_of_once_and_asked_again_later(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    server.status = 500
    with _rasa(server.url, clock) as rasa:
        for _ in range(3):
            assert rasa.understand("Spaanse les").intent == "smalltalk"
        assert len(server.asked) == 1  # it rests
        clock.now += REST + 1
        assert rasa.understand("Spaanse les").intent == "smalltalk"
        assert [record.levelname for record in caplog.records].count("WARNING") == 1
        clock.now += REST + 1
        server.status, server.body = 200, FOUND
        assert rasa.understand("Spaanse les").intent == "find_course"
    assert "Spaanse" not in caplog.text


def test_the_state_of_the_server_is_told(server: Server) -> None:
    rasa = RasaServer(server.url)
    with pytest.raises(RasaError, match="something else"):
        rasa.status()
    server.about = {"/version": {"version": "3.6.21"}, "/status": {"model_file": None}}
    with pytest.raises(RasaError, match="no model"):
        rasa.status()
    server.about["/status"]["model_file"] = "models/leerlijn.tar.gz"
    assert rasa.status() == "Rasa 3.6.21 with models/leerlijn.tar.gz"
    rasa.close()


@pytest.mark.rasa
@pytest.mark.skipif("LEERLIJN_RASA_URL" not in os.environ, reason="LEERLIJN_RASA_URL names no server")
def test_a_real_server_reads_our_training_data() -> None:
    """Against Rasa 3.6, in an environment of its own with Python 3.10, from the root of the project:

        python3.10 -m venv ~/rasa && ~/rasa/bin/pip install "rasa==3.6.21"
        ~/rasa/bin/rasa train nlu --nlu nlu/training --domain nlu/training/domain.yml \\
            --config nlu/rasa_config.yml --out ~/rasa/models
        ~/rasa/bin/rasa run --enable-api --model ~/rasa/models --port 5005
        LEERLIJN_RASA_URL=http://127.0.0.1:5005 .venv/bin/python -m pytest tests/nlu/test_rasa.py -m rasa -n 0
    """
    server = RasaServer(os.environ["LEERLIJN_RASA_URL"])
    rasa = RasaUnderstander(Embedded(), server)  # type: ignore[arg-type]
    assert server.status().startswith("Rasa 3.")
    for text, intent in (
        ("Waar kan ik Spaans leren in Gent?", "find_course"),
        ("Ik wil graag een afspraak maken", "appt_book"),
        ("Combien coûte le cours ?", "course_price"),
        ("hoi", "smalltalk"),
    ):
        said = rasa.understand(text)
        assert (said.intent, said.model_version) == (intent, "rasa+3-abc")
    assert rasa.understand("\x00 \ud800 😀" * 50).model_version
    server.close()
