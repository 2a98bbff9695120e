"""What an importer is: a module that reads one format, record by record, in constant memory.

A format's module has `NAME` (for `--format`), `LABEL` (for people), `looks_like(head)` and `read(document)`, which
yields a `Found` for each run (or for a course without runs), and a `Problem` for what it cannot read. It checks
nothing: `data.catalog.checking` does that for all formats alike. What is wrong with the whole document is `Unreadable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

HEAD = 65536  # bytes that are enough to recognise a format
LONGEST_RECORD = 8_000_000  # bytes of one record; more is no course


class Unreadable(Exception):
    """The document as a whole cannot be read; the sentence says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a record was rejected. `page`: which page of a sitemap, empty for a single document."""

    line: int
    sentence: str
    page: str = ""

    def __str__(self) -> str:
        return f"{self.page + ', ' if self.page else ''}line {self.line}: {self.sentence}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A run as its document writes it, with its course, provider and place; texts are not checked yet.

    Ids are those of the source; where it gives none, they are derived from names. `run_id` and `start` empty and
    `has_run` false: a course without runs. `weekdays` and `day_parts` hold words, `subjects` our ids or words.
    `price_rule`: a key or id of `price_rule`; `decreed`: the tariff of the decree holds, by kind of provider.
    `page`: the address of the page that it stood on, when that is not the document's own.
    """

    line: int
    page: str = ""
    has_run: bool = True
    provider_id: str | None = None
    provider_name: str | None = None
    provider_kind: str | None = None
    provider_url: str | None = None
    provider_phone: str | None = None
    place_id: str | None = None
    place_name: str | None = None
    address: str | None = None
    street: str | None = None
    postcode: str | None = None
    municipality: str | None = None
    country: str | None = None
    lat: str | float | None = None
    lon: str | float | None = None
    wheelchair: str | bool | None = None
    course_id: str | None = None
    title: str | None = None
    description: str | None = None
    subjects: tuple[str, ...] = ()
    level: str | None = None
    language: str | None = None
    requirements: str | None = None
    certificate: str | None = None
    course_url: str | None = None
    run_id: str | None = None
    start: str | None = None
    end: str | None = None
    enrol_until: str | None = None
    weekdays: tuple[str, ...] = ()
    starts: str | None = None
    ends: str | None = None
    day_parts: tuple[str, ...] = ()
    mode: str | None = None
    lesson_hours: str | int | None = None
    price: str | float | None = None
    currency: str | None = None
    price_rule: str | None = None
    decreed: bool = False
    material: str | float | None = None
    status: str | None = None
    url: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


def no_page(address: str) -> Document:
    """A document that may lead to no other page."""
    raise Unreadable(f"This is a list of pages, and {address} cannot be fetched from here.")


@dataclass(kw_only=True)
class Document:
    """A file that can be read more than once, from its beginning.

    `origin`: file name or address. `encoding`: of its text, None where only the format itself can tell. `fetch`
    opens another page, for a sitemap. `tell` takes a sentence about how the document was read (its separator, what
    was passed over); each sentence counts once.
    """

    file: BinaryIO
    origin: str = ""
    encoding: str | None = "utf-8"
    fetch: Callable[[str], Document] = no_page
    notes: list[str] = field(default_factory=list)

    def tell(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def start(self) -> BinaryIO:
        """The file, at its beginning."""
        self.file.seek(0)
        return self.file

    def head(self) -> bytes:
        """The first bytes."""
        return self.start().read(HEAD)


class Importer(Protocol):
    """What the module of a format offers."""

    NAME: str
    LABEL: str

    def looks_like(self, head: bytes) -> bool:
        """Whether a document that begins so is of this format."""

    def read(self, document: Document) -> Iterator[Found | Problem]:
        """All records, in the order of the document. Raises Unreadable."""
