"""The program that embeds sentences for another: `python -m nlu.embedding_worker`, talked to over its standard input.

Native code that reads strangers' messages runs here, so that a crash costs one message and not the server. It ends
when the other side is gone.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from nlu.embedder import Embedder
from nlu.embedding_wire import GLANCE, numbered, parted, receive_frame, send_frame
from nlu.encoders import EncoderError, encoder_of
from nlu.memory import give_back

log = logging.getLogger(__name__)
_SWITCH = 0.0005  # seconds: a thread back from the graph must not wait for one that cuts words


def main() -> None:
    """Say hello, then answer until the line is closed."""
    given = argparse.ArgumentParser()
    given.add_argument("--beside", type=Path, required=True)
    given.add_argument("--folder", type=Path, default=None)
    given.add_argument("--prefix", default="")
    given.add_argument("--threads", type=int, default=1)
    arguments = given.parse_args()
    sys.setswitchinterval(_SWITCH)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the line
    line = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    try:
        embedder = encoder_of(arguments.folder, arguments.prefix).open(arguments.beside, threads=1)
        embedder.embed("hello")
    except EncoderError as error:
        send_frame(line, json.dumps({"error": str(error)}).encode())
        return
    give_back()
    send_frame(line, json.dumps({"width": embedder.width}).encode())
    serve(line, embedder, threads=arguments.threads)


def serve(line: socket.socket, embedder: Embedder, *, threads: int) -> None:
    """Answer frames on so many threads, in any order. Ends the process.

    Each message is embedded alone: in a run with others its rounding would depend on them, so the same message would not
    always mean the same, and only messages of equal length could share one.
    """
    listening, speaking = threading.Lock(), threading.Lock()

    def answer() -> None:
        while True:
            with listening:
                number, asked = parted(receive_frame(line))
            text = asked[1:].decode(errors="ignore")
            row = embedder.glance(text) if asked[:1] == GLANCE else embedder.embed(text)
            with speaking:
                send_frame(line, numbered(number, row.astype("<f4").tobytes()))

    def answer_or_end() -> None:
        try:
            answer()
        except (EOFError, OSError):
            os._exit(0)  # the other side is gone
        except BaseException:
            log.exception("embedding failed")
            os._exit(1)  # a clean start is surer than half a worker

    for _ in range(threads - 1):
        threading.Thread(target=answer_or_end, daemon=True).start()
    answer_or_end()


if __name__ == "__main__":
    main()
