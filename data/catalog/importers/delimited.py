"""Text tables: the separator and the encoding are guessed and told; lines and fields have a greatest length."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TextIO

from data.catalog.importers.base import Document, Problem, Unreadable

SEPARATORS = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
ENCODINGS = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
LONGEST_LINE = 1_000_000  # characters
LONGEST_FIELD = 100_000


def header_of(head: bytes) -> list[str]:
    """The names in the first line of a table, whatever its separator; empty if it has none."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = head.decode(encoding, "replace").lstrip().splitlines()
    if lines and _names_separator(lines[0]):
        lines = lines[1:]
    return _split(lines[0], _separator(lines[0])) if lines else []


def rows(document: Document, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]] | Problem]:
    """(line, column → text) of each row; names of columns in lower case.

    Raises Unreadable without a header that has the `required` columns.
    """
    text = io.TextIOWrapper(document.start(), encoding=document.encoding or "utf-8", newline="")
    try:
        yield from _rows(document, text, required)
    except UnicodeDecodeError as error:
        raise Unreadable(f"The text is not {document.encoding}. Save the table as UTF-8.") from error
    finally:
        text.detach()


def _rows(
    document: Document, text: TextIO, required: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]] | Problem]:
    first, above = text.readline(LONGEST_LINE), 1
    if _names_separator(first):
        first, above = text.readline(LONGEST_LINE), 2
    separator = _separator(first)
    names = [name.casefold() for name in _split(first, separator)]
    lacking = [name for name in required if name not in names]
    if lacking:
        raise Unreadable(
            f"The first line has no column {', '.join(lacking)}. It has: {', '.join(names)[:300]}."
        )
    twice = sorted({name for name in names if names.count(name) > 1 and name})
    if twice:
        raise Unreadable(f"The first line has the column {', '.join(twice)} more than once.")
    document.tell(
        f"Read as a table of {len(names)} columns divided by {SEPARATORS[separator]}, in "
        f"{ENCODINGS.get(document.encoding or '', document.encoding)}."
    )
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(_lines(text), delimiter=separator)
    line = above + 1
    try:
        for fields in reader:
            here, line = line, reader.line_num + above + 1
            if not any(field.strip() for field in fields):
                continue
            if len(fields) != len(names):
                yield Problem(
                    line=here,
                    sentence=f"This row has {len(fields)} fields, the first line has {len(names)}. The file may have "
                    "been cut off, or a field holds the separator without quotation marks.",
                )
                continue
            yield here, {name: field.strip() for name, field in zip(names, fields, strict=True)}
    except csv.Error as error:
        raise Unreadable(
            f"From line {line} on the table cannot be read ({error}). Is a quotation mark not closed?"
        ) from error


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise Unreadable(f"A line is longer than {LONGEST_LINE:,} characters: this is no table.")
        yield line


def _names_separator(line: str) -> bool:
    """Whether it is the line that some spreadsheets put above a table: "sep=;"."""
    return line.lstrip("\ufeff").casefold().startswith("sep=")


def _separator(line: str) -> str:
    return max(SEPARATORS, key=line.count)


def _split(line: str, separator: str) -> list[str]:
    fields = next(csv.reader([line.strip("\r\n")], delimiter=separator), [])
    return [field.strip().lstrip("\ufeff") for field in fields]
