"""XCRI-CAP 1.2 (EN 15982): catalog > provider > course > presentation.

http://xcri.org/profiles/1.2/catalog. Old and written in many ways, so names are read without their namespaces and a
date from its `dtf` attribute or its text. What a provider says of itself may stand after its courses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data.catalog.importers import xml_stream
from data.catalog.importers.base import Document, Found, Problem, Unreadable
from data.catalog.importers.references import References
from data.catalog.importers.xml_stream import Node

NAME = "xcri"
LABEL = "XCRI-CAP 1.2"

# https://www.xcri.co.uk: attendanceMode and attendancePattern.
MODES = {
    "CM": "contact", "WB": "contact", "MM": "blended", "ON": "online", "DA": "online", "DS": "online",
    "campus": "contact", "mixed mode": "blended", "online": "online", "distance": "online",
}  # fmt: skip
PATTERNS = {"EV": ("evening",), "TW": ("evening",), "evening": ("evening",), "twilight": ("evening",)}


def looks_like(head: bytes) -> bool:
    return b"xcri.org/profiles" in head


def read(document: Document) -> Iterator[Found | Problem]:
    with References() as providers:
        for node, _ in xml_stream.records(document, ("provider",), skip=("course",)):
            providers.put(str(node.line), _provider(node))
        some = False
        for course, around in xml_stream.records(document, ("course",)):
            some = True
            provider = next((providers.get(str(node.line)) for node in around if node.name == "provider"), {})
            yield from _runs(course, provider)
        if not some:
            raise Unreadable("There is no course in this XCRI-CAP catalogue.")


def _provider(node: Node) -> dict[str, Any]:
    return {
        "provider_id": node.value("identifier"),
        "provider_name": node.value("title"),
        "provider_url": node.value("url"),
        "provider_phone": node.value("location", "phone"),
        "place": _place(node),
    }


def _runs(course: Node, provider: dict[str, Any]) -> Iterator[Found]:
    home = provider.get("place") or {}
    about = {name: value for name, value in provider.items() if name != "place"}
    about |= {
        "course_id": course.value("identifier"),
        "title": course.value("title"),
        "description": course.value("description") or course.value("abstract"),
        "subjects": tuple(node.text.strip() for node in course.all("subject")),
        "level": course.value("level") or course.value("qualification", "educationLevel"),
        "requirements": course.value("prerequisite"),
        "certificate": course.value("qualification", "title"),
        "course_url": course.value("url"),
    }
    presentations = course.all("presentation")
    if not presentations:
        yield Found(line=course.line, has_run=False, **about)
    for run in presentations:
        venue = run.first("venue", "provider")
        cost = run.value("cost")
        yield Found(
            line=run.line,
            **about,
            **(_place(venue) if venue else home),
            language=run.value("languageOfInstruction") or course.value("languageOfInstruction"),
            run_id=run.value("identifier"),
            start=_date(run, "start"),
            end=_date(run, "end"),
            enrol_until=_date(run, "applyUntil"),
            day_parts=PATTERNS.get(_code(run, "attendancePattern"), ()),
            mode=MODES.get(_code(run, "attendanceMode")),
            price=cost,
            status="full" if run.value("places") == "0" else None,
            url=run.value("url") or course.value("url"),
        )


def _place(node: Node) -> dict[str, Any]:
    where = node.first("location") or node
    lines = [" ".join(line.text.split()) for line in where.all("address")]
    return {
        "place_id": node.value("identifier") or None,
        "place_name": node.value("title"),
        "street": where.value("street") or (lines[0] if lines else ""),
        "postcode": where.value("postcode"),
        "municipality": where.value("town") or (lines[-1] if len(lines) > 1 else ""),
        "lat": where.value("latitude") or None,
        "lon": where.value("longitude") or None,
    }


def _date(run: Node, name: str) -> str:
    node = run.first(name)
    return (node.attribute("dtf") or node.text.strip()) if node else ""


def _code(run: Node, name: str) -> str:
    """A code like "EV", or else the words in lower case."""
    node = run.first(name)
    if node is None:
        return ""
    return node.attribute("identifier").rpartition("/")[2].upper() or node.text.strip().lower()
