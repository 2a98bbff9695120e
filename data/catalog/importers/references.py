"""What a document mentions by id, kept on disk: records point at what comes later, and memory stays flat."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import lru_cache
from types import TracebackType
from typing import Any, Self


class References:
    """Id → a JSON object, in a nameless temporary file that goes with the program."""

    def __enter__(self) -> Self:
        self._store = closing(sqlite3.connect(""))
        self._connection = self._store.__enter__()
        self._connection.execute(
            "CREATE TABLE thing (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID"
        )
        self._remembered = lru_cache(maxsize=2048)(self._find)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.__exit__(kind, error, trace)

    def put(self, key: str, content: dict[str, Any]) -> None:
        """Keep it; the first with an id stays."""
        self._connection.execute("INSERT OR IGNORE INTO thing VALUES (?, ?)", (key, json.dumps(content)))

    def get(self, key: str | None) -> dict[str, Any]:
        """What was kept under an id; an empty object if nothing was. Not to be changed by who asks."""
        return self._remembered(key or "")

    def _find(self, key: str) -> dict[str, Any]:
        row = self._connection.execute("SELECT content FROM thing WHERE id = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else {}
