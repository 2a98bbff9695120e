"""What a process and its embedding worker say to each other over a socket: plain bytes, nothing that could run.

    worker → process   hello: a frame of JSON, {"width": …} or {"error": …}
    process → worker   a frame: number of the request, "g" for a glance or "w" for the whole, then the text in UTF-8
    worker → process   a frame: number of the request, then the row as float32; without a row it could not be embedded

A frame is its length and its bytes, little endian.
"""

from __future__ import annotations

import socket
import struct

import numpy as np

from nlu.embedder import Floats

LONGEST_FRAME = 1 << 20
GLANCE, WHOLE = b"g", b"w"
_LENGTH = struct.Struct("<I")
_NUMBER = struct.Struct("<I")


def send_frame(line: socket.socket, content: bytes) -> None:
    line.sendall(_LENGTH.pack(len(content)) + content)


def receive_frame(line: socket.socket) -> bytes:
    """The next frame. Raises EOFError when the other side is gone, TimeoutError before a frame began, OSError."""
    (length,) = _LENGTH.unpack(_receive(line, _LENGTH.size))
    if length > LONGEST_FRAME:
        raise OSError(f"a frame of {length} bytes")
    return _receive(line, length)


def numbered(number: int, content: bytes) -> bytes:
    return _NUMBER.pack(number) + content


def parted(frame: bytes) -> tuple[int, bytes]:
    """The inverse of `numbered`. Raises OSError for a frame too short."""
    if len(frame) < _NUMBER.size:
        raise OSError("a frame without a number")
    return _NUMBER.unpack_from(frame)[0], frame[_NUMBER.size :]


def row_of(content: bytes) -> Floats:
    return np.frombuffer(content, dtype="<f4")


def _receive(line: socket.socket, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        try:
            part = line.recv(size)
        except TimeoutError as error:
            if parts:
                raise OSError("half a frame") from error
            raise
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
