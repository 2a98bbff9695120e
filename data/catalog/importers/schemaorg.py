"""schema.org: Course and CourseInstance as JSON-LD, in a file, on a page, or on the pages of a sitemap.

https://schema.org/Course, https://schema.org/CourseInstance. Only JSON-LD is read; courses that a page marks up as
microdata or RDFa alone are told about, not guessed at. The names that `data.catalog.exporters.schemaorg` writes for
what schema.org has no word for (a lesson hour, a price rule) are understood.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from data.catalog.importers import json_stream, xml_stream
from data.catalog.importers.base import LONGEST_RECORD, Document, Found, Problem, Unreadable
from data.catalog.importers.references import References
from data.catalog.importers.schemaorg_values import listed, runs_of, types_of

NAME = "schemaorg"
LABEL = "schema.org JSON-LD"

CHUNK = 65536
MOST_PAGES = 5000
LARGEST_PAGE = 16 * 1024**2  # bytes
LISTS = ("@graph", "itemListElement")
MARKED_UP = re.compile(
    rb"""(?:itemtype|typeof)\s*=\s*["'](?:https?://schema\.org/)?Course(?:Instance)?["']""", re.I
)
Node = Mapping[str, Any]


def looks_like(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start[:1] in (b"{", b"["):
        return b"schema.org" in start
    return (
        b"application/ld+json" in start
        or start.startswith((b"<!doctype html", b"<html"))
        or b"<urlset" in start
        or b"<sitemapindex" in start
    )


def read(document: Document) -> Iterator[Found | Problem]:
    head = document.head().lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"["):
        return _of_json(document)
    if b"<urlset" in head or b"<sitemapindex" in head:
        return _of_sitemap(document)
    return _of_page(document)


def _of_json(document: Document) -> Iterator[Found | Problem]:
    with References() as others:
        for _, node in json_stream.records(document, LISTS):
            if "Course" not in types_of(node) and isinstance(node.get("@id"), str):
                others.put(node["@id"], node)
        some = False
        for line, node in json_stream.records(document, LISTS):
            for course in _courses(node):
                some = True
                yield from runs_of(course, line, others)
        if not some:
            raise Unreadable("There is no schema.org Course in this JSON.")


def _courses(node: Node) -> Iterator[Node]:
    """The courses in a node: itself, or what a list or a page holds."""
    if "Course" in types_of(node):
        yield node
        return
    for name in (*LISTS, "item", "mainEntity", "mainEntityOfPage", "hasPart", "makesOffer", "itemOffered"):
        for inner in listed(node.get(name)):
            if isinstance(inner, Mapping):
                yield from _courses(inner)


def _of_page(document: Document) -> Iterator[Found | Problem]:
    """The courses in the scripts of a page, or of any text that holds such scripts."""
    page = document.origin if "://" in document.origin else ""
    scripts = _Scripts()
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    file, marked_up, some = document.start(), False, False
    while chunk := file.read(CHUNK):
        if file.tell() > LARGEST_PAGE:
            raise Unreadable(
                f"This is larger than {LARGEST_PAGE // 1024**2} MB, so no page. Give the JSON-LD itself."
            )
        marked_up = marked_up or bool(MARKED_UP.search(chunk))
        scripts.feed(decode(chunk))
        for line, text in scripts.taken():
            within = Document(file=io.BytesIO(text.encode()), origin=document.origin)
            try:
                for found in _of_json(within):
                    some = True
                    yield _moved(found, line - 1, page)
            except Unreadable as error:
                if "no schema.org Course" not in str(error):
                    yield Problem(line=line, sentence=str(error), page=page)
                    some = True
    if marked_up:
        document.tell("Courses marked up as microdata or RDFa are not read, only those in JSON-LD.")
    if not some:
        also = " Its courses are marked up as microdata or RDFa, which is not read." if marked_up else ""
        raise Unreadable(f"There is no JSON-LD with a Course on this page.{also}")


def _moved(found: Found | Problem, lines: int, page: str) -> Found | Problem:
    fields = {name: getattr(found, name) for name in found.__slots__}
    return type(found)(**{**fields, "line": found.line + lines, "page": found.page or page})


def _of_sitemap(document: Document) -> Iterator[Found | Problem]:
    pages = 0
    for address, line in _addresses(document, depth=0):
        pages += 1
        if pages > MOST_PAGES:
            raise Unreadable(
                f"This sitemap has more than {MOST_PAGES} pages. Give the sitemap of the courses only."
            )
        try:
            page = document.fetch(address)
            try:
                yield from _of_page(page)
            finally:
                page.file.close()
            for note in page.notes:
                document.tell(note)
        except Unreadable as error:
            if "no JSON-LD with a Course" not in str(error):
                yield Problem(line=line, sentence=str(error), page=address)
            else:
                document.tell("Pages without a Course in JSON-LD were passed over.")
    document.tell(f"A sitemap of {pages} pages.")


def _addresses(document: Document, depth: int) -> Iterator[tuple[str, int]]:
    for node, _ in xml_stream.records(document, ("url", "sitemap")):
        address = node.value("loc")
        if not address:
            continue
        if node.name == "url":
            yield address, node.line
        elif depth:
            raise Unreadable("A sitemap of sitemaps of sitemaps is not read. Give one of the sitemaps in it.")
        else:
            inner = document.fetch(address)
            try:
                yield from _addresses(inner, depth + 1)
            finally:
                inner.file.close()


class _Scripts(HTMLParser):
    """Collects the JSON-LD scripts of a page, with the line on which each begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._open = False
        self._line, self._text = 0, io.StringIO()
        self._taken: list[tuple[int, str]] = []

    def taken(self) -> list[tuple[int, str]]:
        found, self._taken = self._taken, []
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and (dict(attrs).get("type") or "").strip().lower() == "application/ld+json":
            self._open, self._line, self._text = True, self.getpos()[0], io.StringIO()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._text.write(data)
            if self._text.tell() > LONGEST_RECORD:
                raise Unreadable(
                    f"The script on line {self._line} is far too large for a page about courses."
                )

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._open:
            self._open = False
            self._taken.append((self._line, self._text.getvalue()))
