"""A connection that stays open between requests, as a browser has it, and reads whole answers."""

import asyncio
import re
from urllib.parse import urlsplit


class Wire:
    """One keep-alive connection to the server."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        async with self._turn:
            for fresh in (False, True):
                if self._streams is None:
                    self._streams = await asyncio.open_connection(
                        self._parts.hostname, self._parts.port, limit=2**20
                    )
                    fresh = True
                reader, writer = self._streams
                try:
                    writer.write(request)
                    return await _answer(reader)
                except (OSError, asyncio.IncompleteReadError):
                    self.close()
                    if fresh:
                        raise
            raise AssertionError("asked twice")

    @classmethod
    async def once(cls, url: str, request: bytes) -> tuple[int, bytes]:
        wire = cls(url)
        try:
            return await wire.ask(request)
        finally:
            wire.close()

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"content-length: (\d+)", head)
    return int(head[9:12]), await reader.readexactly(int(length[1])) if length else b""
