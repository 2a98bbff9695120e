"""European Learning Model v3.1, application profile LOQ: learning opportunities with what they refer to.

https://github.com/european-commission-empl/European-Learning-Model (xsd/loq, EUPL-1.2). A learning opportunity is a
run; the learning achievement (or the activity) it leads to is the course. What `data.catalog.exporters.elm` writes in
notes, because ELM has no word for it, is understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from data.catalog.importers import xml_stream
from data.catalog.importers.base import Document, Found, Problem, Unreadable
from data.catalog.importers.elm_words import MODES, NOTE, WHEELCHAIR, local_id
from data.catalog.importers.references import References
from data.catalog.importers.xml_stream import Node
from data.catalog.reading import STATUSES

NAME = "elm"
LABEL = "ELM v3.1 (LOQ)"

REFERRED = (
    "organisation", "agent", "location", "qualification", "learningAchievementSpecification",
    "learningActivitySpecification",
)  # fmt: skip
REFERRED_SECTIONS = ("agentReferences", "locationReferences", "learningAchievementSpecificationReferences")
APART = (
    "learningOpportunity",
    "accreditation",
    "group",
    "learningAssessmentSpecification",
    "learningOutcome",
)


def looks_like(head: bytes) -> bool:
    return b"<" in head[:200] and b"http://data.europa.eu/snb/model/" in head


def read(document: Document) -> Iterator[Found | Problem]:
    with References() as known:
        for node, _ in xml_stream.records(document, REFERRED, skip=APART):
            known.put(node.attribute("id"), _referred(node))
        some = False
        for node, _ in xml_stream.records(document, ("learningOpportunity",), skip=REFERRED_SECTIONS):
            some = True
            yield _run(node, known)
        if not some:
            raise Unreadable("There is no learning opportunity in this ELM file.")


def _referred(node: Node) -> dict[str, Any]:
    return {"organisation": _provider, "agent": _provider, "location": _place}.get(node.name, _course)(node)


def _provider(node: Node) -> dict[str, Any]:
    notes = _notes(node)
    phone = node.value("contactPoint", "phone", "phoneNumber")
    return {
        "provider_id": local_id(node.attribute("id")),
        "provider_name": _text(node, "altLabel") or _text(node, "legalName") or _text(node, "prefLabel"),
        "provider_kind": notes.get("kind"),
        "provider_url": node.value("homepage", "contentUrl"),
        "provider_phone": phone,
    }


def _place(node: Node) -> dict[str, Any]:
    return {
        "place_id": local_id(node.attribute("id")),
        "place_name": _text(node, "geographicName"),
        "address": node.value("address", "fullAddress", "noteLiteral"),
        "country": _country(node),
        "lat": node.value("geometry", "latitude") or None,
        "lon": node.value("geometry", "longitude") or None,
        "wheelchair": next(
            (known for said in node.all("description") if (known := WHEELCHAIR.get(said.text.strip()))), None
        ),
    }


def _course(node: Node) -> dict[str, Any]:
    notes = _notes(node)
    return {
        "course_id": local_id(node.attribute("id")),
        "title": _text(node, "title"),
        "description": _text(node, "description"),
        "subjects": tuple(filter(None, notes.get("subjects", "").split(","))),
        "level": notes.get("level"),
        "language": notes.get("language") or _language(node),
        "requirements": node.value("entryRequirement", "noteLiteral"),
        "certificate": notes.get("certificate"),
        "course_url": node.value("homepage", "contentUrl"),
        "valid_from": notes.get("valid_from"),
        "valid_to": notes.get("valid_to"),
    }


def _run(node: Node, known: References) -> Found:
    notes = _notes(node)
    course = known.get(_idref(node, "learningAchievementSpecification"))
    course = course or known.get(_idref(node, "learningActivitySpecification"))
    title, description = _text(node, "title"), _text(node, "description")
    course = {**course, "language": course.get("language") or _language(node)}
    if not course.get("title"):
        course |= {"title": title, "description": description}
    days, starts, ends = _schedule(node.value("scheduleInformation", "noteLiteral"))
    price = next((detail for detail in node.all("priceDetail") if detail.first("amount")), None)
    return Found(
        line=node.line,
        **{**course, "subjects": tuple(course.get("subjects") or ())},
        **known.get(_idref(node, "providedBy")),
        **known.get(_idref(node, "location")),
        run_id=local_id(node.attribute("id")),
        start=node.value("temporal", "startDate"),
        end=node.value("temporal", "endDate"),
        enrol_until=max((item.text.strip() for item in node.all("applicationDeadline")), default=None),
        weekdays=days,
        starts=starts,
        ends=ends,
        day_parts=tuple(filter(None, notes.get("day_parts", "").split(","))),
        mode=_mode(node),
        lesson_hours=notes.get("lesson_hours"),
        price=price.value("amount", "value") if price else None,
        currency=(_uri(price.first("amount", "unit")) if price else "") or None,
        price_rule=notes.get("price_rule"),
        material=notes.get("material"),
        # Free text in ELM ("published"): only what says something of places left is taken over.
        status=node.value("status") if node.value("status").lower() in STATUSES else None,
        url=notes.get("url") or node.value("homepage", "contentUrl"),
    )


def _notes(node: Node) -> dict[str, str]:
    """Our own notes: what follows `NOTE` in the address of their subject → their text."""
    found = {}
    for note in node.all("additionalNote"):
        subject = note.first("subject")
        if subject and subject.attribute("uri").startswith(NOTE):
            found[subject.attribute("uri").removeprefix(NOTE)] = note.value("noteLiteral")
    return found


def _text(node: Node, name: str) -> str:
    """The text in Dutch, else in English, else the first."""
    texts = {
        child.attribute("language")[:2]: " ".join(child.text.split()) for child in reversed(node.all(name))
    }
    return texts.get("nl") or texts.get("en") or next(iter(texts.values()), "")


def _idref(node: Node, name: str) -> str:
    found = node.first(name)
    return found.attribute("idref") if found else ""


def _uri(node: Node | None) -> str:
    """The last part of the address of a concept."""
    return node.attribute("uri").rpartition("/")[2] if node else ""


def _language(node: Node) -> str:
    return _uri(node.first("language") or node.first("defaultLanguage"))


def _country(node: Node) -> str:
    return _uri(node.first("address", "countryCode"))


def _mode(node: Node) -> str | None:
    known = {MODES[item.attribute("uri")] for item in node.all("mode") if item.attribute("uri") in MODES}
    return "blended" if len(known) > 1 else next(iter(known), None)


@lru_cache(maxsize=1024)
def _schedule(text: str) -> tuple[tuple[str, ...], str | None, str | None]:
    """Days and hours as we write them: "di, do 18:30-21:30"."""
    hours = re.search(r"(\d\d:\d\d)(?:-(\d\d:\d\d))?", text)
    days = tuple(re.findall(r"\b(?:ma|di|wo|do|vr|za|zo)\b", text))
    return days, hours and hours[1], hours and hours[2]
