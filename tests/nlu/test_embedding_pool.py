"""Embedding in processes that may die: whatever happens to them there is an answer, and a new worker."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from nlu.embedding_pool import ROOT, EmbeddingPool
from nlu.embedding_wire import numbered, parted, receive_frame, send_frame
from nlu.encoders import E5, encoder_of
from nlu.engine import NoEmbedding


@pytest.fixture(scope="module")
def pool(encoder_folder: Path) -> Iterator[EmbeddingPool]:
    with EmbeddingPool(encoder_folder, workers=1, threads=2, limit=20.0) as pool:
        assert pool.wait()
        yield pool


@pytest.fixture
def doomed(encoder_folder: Path) -> Iterator[EmbeddingPool]:
    """A pool whose worker will not live."""
    with EmbeddingPool(encoder_folder, workers=1, threads=1, limit=1.0, hangs=1.5) as pool:
        assert pool.wait()
        yield pool


def _until_ready(pool: EmbeddingPool, *, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not pool.ready and time.monotonic() < until:
        time.sleep(0.02)
    assert pool.ready


def test_a_worker_embeds_as_this_process_would(pool: EmbeddingPool, encoder_folder: Path) -> None:
    here = E5.open(encoder_folder)
    for text in ("hallo", "Waar kan ik Spaans leren in Gent?", "أريد أن أتعلم الهولندية", ""):
        assert float(pool.ask(text, glance=True).result() @ here.glance(text)) > 0.999
        assert float(pool.embed(text) @ here.embed(text)) > 0.999


def test_many_threads_get_their_own_answers(pool: EmbeddingPool) -> None:
    texts = [f"bericht {number} over {'les ' * (number % 5)}" for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(pool.embed, texts))
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(row, pool.embed(text))  # whatever else was asked encoder_folder it


@pytest.mark.parametrize(
    "text", ["\0", "a\0b", "\ud800", "x" * 1_000_000, "🏳️‍🌈" * 3_000, "\u202e", "﷽" * 2_000]
)
def test_hostile_messages_are_embedded(pool: EmbeddingPool, text: str) -> None:
    assert np.isfinite(pool.embed(text)).all()
    assert pool.ready


def test_a_killed_worker_is_replaced(doomed: EmbeddingPool, caplog: pytest.LogCaptureFixture) -> None:
    (victim,) = doomed.processes
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(NoEmbedding):
        for _ in range(100):
            doomed.embed("hallo")
    _until_ready(doomed)
    assert doomed.processes != [victim]
    assert np.linalg.norm(doomed.embed("hallo")) == pytest.approx(1, abs=1e-3)
    assert [record.levelno for record in caplog.records].count(logging.WARNING) == 1


def test_who_waits_for_a_worker_that_dies_is_told(doomed: EmbeddingPool) -> None:
    (victim,) = doomed.processes
    os.kill(victim, signal.SIGSTOP)  # it will not answer before it dies
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(doomed.embed, "hallo")
        time.sleep(0.1)
        began = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(NoEmbedding):
            waiting.result()
    assert time.monotonic() - began < 0.9  # at once, not at the time limit


def test_a_worker_that_hangs_is_replaced(doomed: EmbeddingPool) -> None:
    (victim,) = doomed.processes
    os.kill(victim, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(NoEmbedding):
        doomed.embed("hallo")
    assert time.monotonic() - began < 3
    deadline = time.monotonic() + 30
    while doomed.processes in ([victim], []) and time.monotonic() < deadline:
        time.sleep(0.02)
    _until_ready(doomed)
    assert doomed.processes != [victim]
    assert np.isfinite(doomed.embed("hallo")).all()


def test_an_encoder_that_cannot_be_loaded_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    (tmp_path / "tokenizer.json").write_text("{}")
    with EmbeddingPool(tmp_path, encoder_of(tmp_path), workers=1) as pool:
        assert not pool.wait()
        with pytest.raises(NoEmbedding):
            pool.embed("hallo")
    assert "tokenizer.json cannot be read" in caplog.text


def test_workers_end_with_the_pool(encoder_folder: Path) -> None:
    with EmbeddingPool(encoder_folder, workers=2, threads=1) as pool:
        assert pool.wait()
        processes = pool.processes
        assert pool.ready == len(processes) == 2
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_workers_end_when_the_program_is_killed(encoder_folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from nlu.embedding_pool import EmbeddingPool\n"
        f"pool = EmbeddingPool(Path({str(encoder_folder)!r})); pool.wait(); print(*pool.processes, flush=True); time.sleep(60)"
    )
    program = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    worker = int(program.stdout.readline())
    program.kill()
    program.wait()
    program.stdout.close()
    until = time.monotonic() + 10
    while _runs(worker) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _runs(worker)


def _runs(process: int) -> bool:
    """Whether it is there, and not merely waiting to be counted by a parent that does not look."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_a_worker_does_not_see_our_secrets(encoder_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEERLIJN_SECRET", "very-secret-value")
    with EmbeddingPool(encoder_folder, workers=1) as pool:
        assert pool.wait()
        assert b"very-secret-value" not in Path(f"/proc/{pool.processes[0]}/environ").read_bytes()


def test_frames_come_whole_or_not_at_all() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.05)
        send_frame(theirs, numbered(7, b"x" * 100))
        assert parted(receive_frame(ours)) == (7, b"x" * 100)
        with pytest.raises(TimeoutError):
            receive_frame(ours)
        theirs.sendall(b"\xff\xff\xff\x7f")
        with pytest.raises(OSError, match="2147483647 bytes"):
            receive_frame(ours)
        theirs.sendall(b"\x02\0")
        with pytest.raises(OSError, match="half a frame"):
            receive_frame(ours)
        theirs.sendall(b"\x00\x00")
        theirs.close()
        with pytest.raises((EOFError, OSError)):
            receive_frame(ours)
