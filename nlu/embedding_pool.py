"""Sentence embeddings from processes of their own: native code that reads strangers' messages cannot stop the server.

A worker that dies or hangs is started again; meanwhile the others answer, and without others `NoEmbedding` is raised.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from time import monotonic

from nlu.embedder import Floats, harmless
from nlu.embedding_wire import GLANCE, WHOLE, numbered, parted, receive_frame, row_of, send_frame
from nlu.encoders import E5, Encoder
from nlu.engine import NoEmbedding

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 30.0  # seconds until a worker must have said hello
LIMIT = 3.0  # seconds for one message: a person waits
HANGS = 10.0  # seconds without a sign after which a worker is replaced; a busy machine may need some
_LOOK = 0.5  # seconds between looks at what hangs
_PAUSES = (0.0, 1.0, 5.0, 30.0)  # seconds before the next start, longer after every failure in a row
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")
_STEADY = 60.0  # seconds after which a worker that dies did not fail in a row


class EmbeddingPool:
    """Embeds messages in `workers` processes on `threads` threads each. Threads may share it; `close` ends it."""

    def __init__(
        self,
        beside: Path,
        encoder: Encoder = E5,
        *,
        workers: int = 1,
        threads: int = 2,
        limit: float = LIMIT,
        hangs: float = HANGS,
    ) -> None:
        command = [sys.executable, "-m", "nlu.embedding_worker", f"--beside={beside}", f"--threads={threads}"]
        command += encoder.arguments
        self._workers = [_Worker(command, limit, hangs) for _ in range(workers)]

    @property
    def ready(self) -> int:
        """Workers that would answer now."""
        return sum(worker.ready for worker in self._workers)

    @property
    def size(self) -> int:
        """Workers that there should be."""
        return len(self._workers)

    @property
    def processes(self) -> list[int]:
        """Process ids of the workers that run."""
        return [worker.process_id for worker in self._workers if worker.process_id is not None]

    def wait(self, seconds: float = START_LIMIT) -> bool:
        """Wait until the first start of every worker succeeded or failed; whether one is ready."""
        until = monotonic() + seconds
        for worker in self._workers:
            worker.started.wait(max(0.0, until - monotonic()))
        return self.ready > 0

    def embed(self, text: str) -> Floats:
        """The embedding of one message, of length one. Raises NoEmbedding when no worker can give it in time."""
        return self.ask(text).result()

    def ask(self, text: str, *, glance: bool = False) -> Waiting:
        """Have one message embedded, or glanced at, while this thread does something else. Raises NoEmbedding."""
        ready = [worker for worker in self._workers if worker.ready]
        if not ready:
            raise NoEmbedding("no embedding worker is ready")
        asked = harmless(text).encode()
        chosen = ready[
            zlib.crc32(asked) % len(ready)
        ]  # who glanced at a message has half of the whole already
        return chosen.ask((GLANCE if glance else WHOLE) + asked)

    def close(self) -> None:
        """Stop all workers."""
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.join()

    def __enter__(self) -> EmbeddingPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Waiting:
    """A row to come."""

    def __init__(self, worker: _Worker, future: Future[Floats]) -> None:
        self._worker = worker
        self._future = future

    def result(self) -> Floats:
        """Wait for it. Raises NoEmbedding when it does not come in time."""
        return self._worker.wait(self._future)


class _Worker:
    """One process and the thread that starts it, hears it, and starts it again."""

    def __init__(self, command: Sequence[str], limit: float, hangs: float) -> None:
        self.started = threading.Event()
        self.ready = self._was_ready = False
        self.process_id: int | None = None
        self._command = command
        self._limit = limit
        self._hangs = hangs
        self._slow = False
        self._line: socket.socket | None = None
        self._speaking = threading.Lock()
        self._asked: dict[int, tuple[Future[Floats], float]] = {}
        self._number = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="embedding", daemon=True)
        self._thread.start()

    def ask(self, content: bytes) -> Waiting:
        future: Future[Floats] = Future()
        with self._speaking:
            if not self.ready or self._line is None:
                raise NoEmbedding("the embedding worker is being restarted")
            self._number = (self._number + 1) % (1 << 32)
            number = self._number
            self._asked[number] = (future, monotonic())
            try:
                send_frame(self._line, numbered(number, content))
            except OSError as error:
                self._asked.pop(number, None)
                _hang_up(self._line)  # half a frame may have left: only a new worker can be understood again
                raise NoEmbedding("the embedding worker is gone") from error
        return Waiting(self, future)

    def wait(self, future: Future[Floats]) -> Floats:
        try:
            row = future.result(self._limit)
        except TimeoutError as error:
            if not self._slow:
                log.warning("the embedding worker is slow: reading words and letters only until it answers")
            self._slow = True
            raise NoEmbedding("the embedding worker is slow") from error
        self._slow = False
        return row

    def stop(self) -> None:
        self._stopping.set()
        with self._speaking:
            if self._line is not None:
                _hang_up(self._line)

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        failures, told = 0, ""
        while not self._stopping.is_set():
            born = monotonic()
            try:
                self._live()
            except _Failed as error:
                if self._stopping.is_set():
                    break
                if str(error) != told or self._was_ready:
                    log.warning(
                        "the embedding worker %s: reading words and letters only until it is back", error
                    )
                told, self._was_ready = str(error), False
            self.started.set()
            failures = 1 if monotonic() - born > _STEADY else failures + 1
            self._stopping.wait(_PAUSES[min(failures, len(_PAUSES)) - 1])
        self.started.set()

    def _live(self) -> None:
        """One life of the process. Raises _Failed at its end."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                process = subprocess.Popen(self._command, stdin=theirs.fileno(), env=_environment())  # noqa: S603
            with self._speaking:
                self._line, self.process_id = ours, process.pid
            try:
                if self._stopping.is_set():
                    raise EOFError
                self._greet(ours)
                self._hear(ours)
            except EOFError as error:
                raise _Failed("stopped") from error
            except OSError as error:
                raise _Failed(f"broke the line ({type(error).__name__})") from error
            finally:
                self._end(process)

    def _greet(self, line: socket.socket) -> None:
        line.settimeout(START_LIMIT)
        try:
            hello = json.loads(receive_frame(line))
        except TimeoutError as error:
            raise _Failed(f"does not start within {START_LIMIT:.0f} seconds") from error
        if "error" in hello:
            raise _Failed(f"cannot load the encoder ({hello['error']})")
        line.settimeout(_LOOK)
        self.ready = self._was_ready = True
        self.started.set()

    def _hear(self, line: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                number, content = parted(receive_frame(line))
            except TimeoutError:
                self._look()
                continue
            future, _ = self._asked.pop(number, (None, 0.0))
            if future is not None:
                future.set_result(row_of(content))

    def _look(self) -> None:
        """Nothing came for a while: nothing was asked, or it hangs."""
        oldest = min((since for _, since in list(self._asked.values())), default=None)
        if oldest is not None and monotonic() - oldest > self._hangs:
            raise _Failed(f"gave no sign for {self._hangs:.0f} seconds")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with self._speaking:
            self._line, self.ready, self.process_id = None, False, None
            asked, self._asked = self._asked, {}
        for future, _ in asked.values():
            future.set_exception(NoEmbedding("the embedding worker stopped"))
        process.kill()
        process.wait()


def _hang_up(line: socket.socket) -> None:
    """End a conversation for both sides, also for a thread that listens."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


class _Failed(RuntimeError):
    """The end of a worker, in words that follow "the embedding worker"."""


def _environment() -> dict[str, str]:
    """This package in reach, no threads or memory pools that nobody uses, and none of the server's secrets."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return (
        {name: os.environ[name] for name in _INHERITED if name in os.environ} | single | {"PYTHONPATH": path}
    )
