"""The same splits by Rasa 3.6, when there is one: LEERLIJN_RASA or `rasa` on PATH. It runs in its own Python."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import yaml

from tests.benchmarks.bench_nlu_sets import Pair, Split

STARTS_WITHIN = 300  # seconds
_EPOCHS_FEW, _EPOCHS_FULL = 100, 12
_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def executable() -> str | None:
    """Where Rasa is; None when this machine has none."""
    return os.environ.get("LEERLIJN_RASA") or shutil.which("rasa")


def measure(rasa: str, split: Split) -> dict[str, float]:
    """Accuracy by DIET with Rasa's default features: 100 epochs with few examples, 12 with all (hours otherwise)."""
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        _write(folder, split)
        began = time.perf_counter()
        _run(rasa, folder, "train", "nlu", "--nlu", "nlu.yml", "--config", "config.yml", "--out", "models")
        trained = time.perf_counter()
        with _server(rasa, folder) as url, httpx.Client(base_url=url, timeout=60) as client:
            figures = {"seconds_training": trained - began, "accuracy": _accuracy(client, split.test)}
            if split.typos:
                figures["accuracy_typos"] = _accuracy(client, split.typos)
            return figures


def _write(folder: Path, split: Split) -> None:
    by_label: dict[str, list[str]] = {}
    for text, label in split.train:
        by_label.setdefault(label, []).append(" ".join(text.split()).replace("[", "(").replace("]", ")"))
    blocks = [
        {"intent": label, "examples": "".join(f"- {text}\n" for text in texts)}
        for label, texts in by_label.items()
    ]
    epochs = _EPOCHS_FULL if split.seed is None else _EPOCHS_FEW
    words = {"name": "CountVectorsFeaturizer"}
    pipeline = [
        {"name": "WhitespaceTokenizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        words,
        words | {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True, "random_seed": 0},
    ]
    config = {"recipe": "default.v1", "language": "en", "pipeline": pipeline, "assistant_id": "bench"}
    for name, content in (("nlu.yml", {"version": "3.1", "nlu": blocks}), ("config.yml", config)):
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _run(rasa: str, folder: Path, *arguments: str) -> None:
    subprocess.run([rasa, *arguments], cwd=folder, env=os.environ | _QUIET, check=True, capture_output=True)


@contextlib.contextmanager
def _server(rasa: str, folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [rasa, "run", "--enable-api", "-m", "models", "-i", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | _QUIET, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process)
            yield url
        finally:
            process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/status").status_code == 200:
                return
        time.sleep(1)
    raise RuntimeError("Rasa did not start")


def _accuracy(client: httpx.Client, wanted: Sequence[Pair]) -> float:
    right = 0
    for text, label in wanted:
        answer = client.post("/model/parse", json={"text": text}).raise_for_status().json()
        right += answer["intent"]["name"] == label
    return right / len(wanted)
