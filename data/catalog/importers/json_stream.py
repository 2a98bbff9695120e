"""JSON record by record: the elements of a list, or of the list in an envelope, without reading the whole."""

from __future__ import annotations

import codecs
import json
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from data.catalog.importers.base import LONGEST_RECORD, Document, Unreadable

CHUNK = 65536
SPACE = " \t\r\n\ufeff"


def records(document: Document, lists: Collection[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, object) of each object in a list at the top, or in the members named `lists` of the object at the top.

    An object at the top without such a list is itself the one record. Raises Unreadable.
    """
    text = _Text(document.start())
    try:
        if text.next() == "[":
            yield from _elements(text)
        else:
            yield from _envelope(text, lists)
        if text.next():
            raise Unreadable(f"After the end of the JSON, on line {text.line}, there is more.")
    except UnicodeDecodeError as error:
        raise Unreadable("The JSON is not UTF-8. Ask for it in UTF-8.") from error
    except ValueError as error:  # a number of thousands of digits
        raise Unreadable(f"The JSON on line {text.line} cannot be read: {error}.") from error
    except RecursionError as error:
        raise Unreadable(f"The JSON on line {text.line} is nested too deep to be a catalogue.") from error


def _envelope(text: _Text, lists: Collection[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    line, rest, found = text.line, {}, False
    text.take("{")
    while text.next() != "}":
        name = text.value()
        text.take(":")
        if name in lists and text.next() == "[":
            found = True
            yield from _elements(text)
        else:
            rest[name] = text.value()
        if text.next() != "}":
            text.take(",")
    text.take("}")
    if not found:
        yield line, rest


def _elements(text: _Text) -> Iterator[tuple[int, dict[str, Any]]]:
    text.take("[")
    while text.next() != "]":
        line = text.line
        element = text.value()
        if not isinstance(element, dict):
            raise Unreadable(f"On line {line} there should be an object, with braces.")
        yield line, element
        if text.next() != "]":
            text.take(",")
    text.take("]")


class _Text:
    """A window on the text that moves on with what was read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._decoder = json.JSONDecoder()
        self._window, self._at, self._ended = "", 0, False
        self.line = 1

    def next(self) -> str:
        """The character that comes after white space; empty at the end."""
        while True:
            while self._at < len(self._window):
                character = self._window[self._at]
                if character not in SPACE:
                    return character
                self.line += character == "\n"
                self._at += 1
            if not self._read(CHUNK):
                return ""

    def take(self, character: str) -> None:
        found = self.next()
        if found != character:
            told = f"“{found}”" if found else "the end of the file, which may have been cut off"
            raise Unreadable(
                f"The JSON on line {self.line} should go on with “{character}”, but there is {told}."
            )
        self._at += 1

    def value(self) -> Any:
        """The value that comes next, of any kind."""
        self.next()
        size = CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._window, self._at)
                # A number at the very end of the window may go on after it.
                if end < len(self._window) or self._ended:
                    break
            except json.JSONDecodeError as error:
                # Broken well before the end of what was read: more text does not mend it. Of a text without an end,
                # the error gives the beginning.
                broken = error.pos < len(self._window) - CHUNK and not error.msg.startswith("Unterminated")
                if self._ended or broken:
                    line = self.line + self._window.count("\n", self._at, error.pos)
                    cut = ", or it was cut off" if self._ended else ""
                    raise Unreadable(f"The JSON is wrong on line {line}: {error.msg}{cut}.") from error
            if len(self._window) - self._at > LONGEST_RECORD:
                raise Unreadable(f"The record that begins on line {self.line} is far too large for a course.")
            self._read(size)
            size *= 2
        self.line += self._window.count("\n", self._at, end)
        self._at = end
        return value

    def _read(self, size: int) -> bool:
        chunk = self._file.read(size)
        self._ended = self._ended or len(chunk) < size
        self._window = self._window[self._at :] + self._decode(chunk, not chunk)
        self._at = 0
        return bool(chunk)
