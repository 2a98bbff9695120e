"""What doctor says of the model, the sentence encoder and the Rasa server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.commands.doctor import Finding, _model, _router
from bot.settings import NluSettings, RouterSettings, Settings
from data import geo
from nlu import train
from nlu.encoders import GRAPHS
from tests.once import lend_encoder
from tests.stubs.router import RouterStub

TRAINING = """version: "3.1"
nlu:
  - intent: smalltalk
    examples: |
      - hallo
      - goeiedag
      - hoi daar
  - intent: find_course
    examples: |
      - Waar kan ik Spaans leren in Gent?
      - een cursus koken
      - ik zoek een les
"""


@pytest.fixture(scope="module")
def trained(encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("var")
    lend_encoder(encoder_folder, folder)
    (folder / "training").mkdir()
    (folder / "training" / "nl.yml").write_text(TRAINING)
    train(folder / "training", folder / "model.npz")
    return folder


def _findings(var: Path, **chosen: object) -> dict[str, Finding]:
    settings = Settings(var_dir=var, nlu=NluSettings(**chosen))  # type: ignore[arg-type]
    return {finding.what: finding for finding in _model(settings)}


def test_a_model_that_works_is_described(trained: Path) -> None:
    found = _findings(trained)
    assert list(found) == ["model", "encoder"]
    assert all(finding.well for finding in found.values())
    seen = found["model"].seen
    assert "trained today on 6 messages" in seen
    assert "of held-out messages right; 1 languages: nl" in seen
    assert found["encoder"].seen == "1 of 1 embedding workers ready"


def test_a_missing_encoder_is_wrong(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes((trained / "model.npz").read_bytes())
    assert not (tmp_path / GRAPHS[0]).exists()
    found = _findings(tmp_path)
    assert found["model"].well
    assert not found["encoder"].well
    assert "make setup" in found["encoder"].remedy


def test_a_broken_model_names_the_command(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"no model")
    found = _findings(tmp_path)
    assert list(found) == ["model"]
    assert not found["model"].well
    assert "python -m bot train" in found["model"].remedy


@pytest.fixture
def rasa() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"version": "3.6.21", "model_file": "leerlijn.tar.gz"}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_address[1]}"
    http.shutdown()
    http.server_close()


def test_the_rasa_server_is_looked_at_when_it_is_chosen(trained: Path, rasa: str) -> None:
    found = _findings(trained, engine="rasa", rasa_url=rasa)
    assert found["rasa"].well
    assert found["rasa"].seen == f"Rasa 3.6.21 with leerlijn.tar.gz at {rasa}"


def test_a_rasa_server_that_is_away_is_wrong_and_the_model_still_works(trained: Path) -> None:
    found = _findings(trained, engine="rasa", rasa_url="http://127.0.0.1:9")
    assert found["model"].well
    assert not found["rasa"].well
    assert "LEERLIJN_NLU__RASA_URL" in found["rasa"].remedy


async def test_the_router_is_asked_the_way(tmp_path: Path) -> None:
    stub = RouterStub()
    stub.start()
    settings = Settings(var_dir=tmp_path, router=RouterSettings(url=stub.url, kind="motis"))
    brussels = geo.by_key("brussel")
    assert brussels is not None
    assert (await _router(settings)).seen == "no way from Gent to Brussel"
    stub.takes = {(round(brussels.lat, 2), round(brussels.lon, 2)): 38}
    found = await _router(settings)
    assert (found.well, found.seen) == (True, "38 minutes from Gent to Brussel")
    stub.close()
    away = await _router(settings)
    assert (away.well, away.seen) == (False, "does not answer")
