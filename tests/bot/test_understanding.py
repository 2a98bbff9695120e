"""The engine that the settings choose, and a new model taken up while running."""

import asyncio
import io
import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import understanding
from bot.commands import understand
from bot.settings import SETUP_VAR, NluSettings, Settings
from bot.understanding import Understanders
from nlu import ModelError, encoders, train
from nlu.model_file import ModelFile, read, save
from tests.nlu.test_onnx_model import MARKS, word_pieces, write_model
from tests.once import lend_encoder

Open = Callable[..., Understanders]


@pytest.fixture(scope="module")
def models(encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models that differ in one example, `one.npz` and `two.npz`, and `….plain.npz` without embeddings."""
    folder = tmp_path_factory.mktemp("models")
    lend_encoder(encoder_folder, folder)
    for name, more in (("one", ""), ("two", "      - dag en bedankt\n")):
        training = folder / name
        training.mkdir()
        (training / "nl.yml").write_text(
            'version: "3.1"\nnlu:\n'
            "  - intent: smalltalk\n    examples: |\n      - hallo\n      - goeiedag\n      - hoi daar\n" + more +
            "  - intent: find_course\n    examples: |\n      - Waar kan ik Spaans leren\n      - een cursus koken\n"
            "      - ik zoek een les\n"
        )  # fmt: skip
        train(training, folder / f"{name}.npz")
        whole = read(folder / f"{name}.npz")
        kept = {
            key: value for key, value in whole.arrays.items() if not key.startswith(("meaning", "hidden"))
        }
        save(folder / f"{name}.plain.npz", ModelFile(header=whole.header, arrays=kept))
    return folder


@pytest.fixture
def opened(tmp_path: Path, models: Path) -> Iterator[Open]:
    made: list[Understanders] = []

    def make(**chosen: object) -> Understanders:
        place(models / "one.plain.npz", tmp_path)
        settings = Settings(var_dir=tmp_path, nlu=NluSettings(**chosen))  # type: ignore[arg-type]
        made.append(Understanders(settings))
        made[-1].load()
        return made[-1]

    yield make
    for understanders in made:
        understanders.close()


def place(model: Path, var: Path) -> None:
    """Put a model in its place as training does: beside, then swap."""
    shutil.copy(model, var / "new")
    (var / "new").replace(var / "model.npz")


def test_a_new_model_is_taken_up(opened: Open, models: Path, tmp_path: Path) -> None:
    understanders = opened()
    before = understanders.current()
    assert not understanders.refresh()
    place(models / "two.plain.npz", tmp_path)
    assert understanders.refresh()
    assert not understanders.refresh()
    assert understanders.current().model_version != before.model_version
    assert before.understand("hallo").model_version == before.model_version  # a turn that runs keeps the old


@pytest.mark.parametrize("broken", [b"", b"no model at all"])
def test_a_broken_model_leaves_the_old_and_is_told_once(
    opened: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: bytes
) -> None:
    understanders = opened()
    before = understanders.current()
    (tmp_path / "model.npz").write_bytes(broken)
    assert not any(understanders.refresh() for _ in range(3))
    assert understanders.current() is before
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "the old one stays" in caplog.text


def test_a_model_that_loads_but_cannot_read_leaves_the_old(
    opened: Open, models: Path, tmp_path: Path
) -> None:
    understanders = opened()
    before = understanders.current()
    content = read(models / "two.plain.npz")
    save(
        tmp_path / "model.npz",
        ModelFile(
            header=content.header, arrays=content.arrays | {"spelling_bias": content.arrays["idf"][:1]}
        ),
    )
    content.arrays["spelling_weights"] = content.arrays["spelling_weights"][:1]
    save(tmp_path / "model.npz", content)
    assert not understanders.refresh()
    assert understanders.current() is before


def test_a_model_that_goes_away_leaves_the_old(opened: Open, tmp_path: Path) -> None:
    understanders = opened()
    before = understanders.current()
    (tmp_path / "model.npz").rename(tmp_path / "elsewhere.npz")
    understanders.refresh()
    assert understanders.current().understand("hallo").intent == before.understand("hallo").intent


async def test_watching_takes_it_up_by_itself(
    opened: Open, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "LOOK_EVERY", 0.02)
    understanders = opened()
    before = understanders.current()
    watching = asyncio.create_task(understanders.watch())
    place(models / "two.plain.npz", tmp_path)
    async with asyncio.timeout(20):
        while understanders.current() is before:
            await asyncio.sleep(0.02)
    watching.cancel()


def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path)
    if settings.model_path.parent == SETUP_VAR:
        settings = Settings(var_dir=SETUP_VAR / "no" / "such")
    understanders = Understanders(settings)
    with pytest.raises(RuntimeError, match="load"):
        understanders.current()
    understanders.close()


def test_a_server_lives_on_when_its_worker_is_killed(
    models: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The whole way: settings, a model with embeddings, a process, its death, and what the person gets meanwhile."""
    lend_encoder(models, tmp_path)
    place(models / "one.npz", tmp_path)
    understanders = Understanders(Settings(var_dir=tmp_path))
    try:
        understanders.load()
        assert understanders.embedding() == "1 of 1 embedding workers ready"
        doubtful = "shkoj ne nje kurs gjuhe {}"  # words and letters are never sure of it
        assert understanders.current().understand(doubtful.format(1)).intent
        (victim,) = understanders.workers
        os.kill(victim, signal.SIGKILL)
        assert understanders.current().understand(doubtful.format(2)).intent
        until = time.monotonic() + 30
        while understanders.workers in ([victim], []) or not understanders.embeds:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert caplog.text.count("reading words and letters only") == 1
    finally:
        understanders.close()


def test_a_model_with_another_encoder_gets_workers_of_its_own(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lend_encoder(models, tmp_path)
    place(models / "one.npz", tmp_path)
    understanders = Understanders(Settings(var_dir=tmp_path))
    try:
        understanders.load()
        before = understanders.workers
        place(models / "two.npz", tmp_path)
        assert understanders.refresh()
        assert understanders.workers == before  # the same encoder goes on
        content = read(tmp_path / "model.npz")
        unfit = content.arrays | {"spelling_weights": content.arrays["spelling_weights"][:1]}
        save(tmp_path / "model.npz", ModelFile(header=content.header, arrays=unfit))
        assert not understanders.refresh()
        assert understanders.workers == before
        monkeypatch.setattr(encoders, "_E5", "e5-small-next")
        train(models / "one", tmp_path / "model.npz")
        assert understanders.refresh()
        assert understanders.embeds
        assert set(understanders.workers).isdisjoint(before)
    finally:
        understanders.close()


def test_a_sentence_model_of_ones_own_is_used_by_setting(models: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    pieces = MARKS | {
        word: number for number, word in enumerate(("hallo", "cursus", "les", "waar"), len(MARKS))
    }
    (own / "tokenizer.json").write_text(json.dumps(word_pieces(pieces)))
    write_model(own, len(pieces))
    train(models / "one", tmp_path / "model.npz", encoder=encoders.encoder_of(own))
    understanders = Understanders(Settings(var_dir=tmp_path, nlu=NluSettings(embedding_model=own)))
    other = Understanders(Settings(var_dir=tmp_path))
    try:
        understanders.load()
        assert understanders.embedding() == "1 of 1 embedding workers ready"
        assert understanders.current().understand("hallo").intent == "smalltalk"
        with pytest.raises(ModelError, match="train it with: python -m bot train"):
            other.load()
    finally:
        understanders.close()
        other.close()


async def test_lines_are_answered_in_their_order(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened()
    lines = [json.dumps({"text": f"hallo {'en nog veel meer ' * (60 - n)}"}) for n in range(60)]
    lines[5], lines[6] = "no json", "[" * 100_000
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    assert await understand.run_understand(Settings(var_dir=tmp_path), None) == 0  # type: ignore[arg-type]
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["error" in answer for answer in answers] == [n in (5, 6) for n in range(60)]
    assert len(answers) == 60


def test_an_answer_does_not_wait_for_the_next_line(
    opened: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    understander = opened().current()
    come, go = os.pipe()
    with open(come, encoding="utf-8") as lines, open(go, "w", encoding="utf-8") as writer:
        monkeypatch.setattr(sys, "stdin", lines)
        answering = threading.Thread(target=understand._answer_all, args=(understander,))
        answering.start()
        print(json.dumps({"text": "hallo"}), file=writer, flush=True)
        until, shown = time.monotonic() + 10, ""
        while not shown and time.monotonic() < until:
            time.sleep(0.01)
            shown = capsys.readouterr().out
        assert json.loads(shown)["intent"] == "smalltalk"
        writer.close()
        answering.join(10)
        assert not answering.is_alive()


def test_an_unfit_encoder_is_refused_with_a_sentence(opened: Open, tmp_path: Path) -> None:
    understanders = opened(embedding_model=tmp_path / "none")
    assert not understanders.embeds
    assert understanders.embedding() == "no sentence embeddings"


def test_a_wrong_model_stops_the_first_load(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"x")
    understanders = Understanders(Settings(var_dir=tmp_path))
    with pytest.raises(ModelError, match="python -m bot train"):
        understanders.load()
    understanders.close()
