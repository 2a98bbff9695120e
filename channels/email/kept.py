"""Raw mails with files, put aside until the files are fetched: they come with the mail, and not by an address of theirs.

In a folder under the var folder, by the hash of their bytes; gone after a week. Processes on several machines share
that folder, as they share the media.
"""

import asyncio
import hashlib
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from channels.base import Rejected
from channels.email.parts import files_of, parse
from channels.email.reading import WHOLE
from data.translation import N_

KEEP = 7 * 24 * 3600.0  # seconds; the files are fetched within minutes, or within days after trouble
CHUNK = 65_536  # bytes


class Kept:
    """The folder of raw mails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, raw: bytes) -> str:
        """Keep a mail; returns its name. It is whole or not there: a process may die at any moment."""
        name = hashlib.sha256(raw).hexdigest()[:40]
        path = self._folder / f"{name}.eml"
        if path.exists():
            path.touch()
            return name
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = self._folder / f"{name}.{os.getpid()}.half"
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        return name

    def sweep(self) -> None:
        """Remove what is older than a week."""
        for path in self._folder.glob("*.*"):
            with suppress(FileNotFoundError):  # another process was faster
                if path.suffix in (".eml", ".half") and path.stat().st_mtime < time.time() - KEEP:
                    path.unlink()

    async def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        """The bytes of one file of a mail. Raises Rejected when it is gone or too big."""
        content = await asyncio.to_thread(self._content, ref)
        if len(content) > limit:
            raise Rejected(N_("het bestand is te groot"))
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]

    def _content(self, ref: str) -> bytes:
        found = re.fullmatch(rf"([0-9a-f]{{40}})/(\d{{1,4}}|{WHOLE})", ref)
        if found is None:
            raise Rejected(N_("geen bestand van een mail"))
        try:
            raw = (self._folder / f"{found[1]}.eml").read_bytes()
        except FileNotFoundError:
            raise Rejected(N_("het bestand is niet meer beschikbaar")) from None
        if found[2] == WHOLE:
            return raw
        for file in files_of(parse(raw)):
            if file.number == int(found[2]):
                return file.content
        raise Rejected(N_("het bestand zit niet in de mail"))
