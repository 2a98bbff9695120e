"""Open Education API v6: course and programme offerings, with what they expand or what stands beside them.

https://openonderwijsapi.nl (specification v6, EUPL-1.2). Read are: one object, a list, an answer with `items`, or an
object with lists of offerings, courses, programmes and organisations. Texts come in several languages: Dutch first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from data.catalog.importers import json_stream
from data.catalog.importers.base import Document, Found, Problem, Unreadable
from data.catalog.importers.references import References

NAME = "ooapi"
LABEL = "OOAPI v6"

LISTS = (
    "items", "courses", "programmes", "organisations", "offerings", "courseOfferings", "programmeOfferings",
)  # fmt: skip
OFFERINGS = {"courseOfferingId": "course", "programmeOfferingId": "programme"}
KINDS = ("course", "programme", "organisation")
MODES = {
    "on campus": "contact", "situated": "contact", "presential": "contact", "blended": "blended", "hybrid": "blended",
    "online": "online", "distance-learning": "online", "distance learning": "online",
}  # fmt: skip
STATES = {"cancelled": "cancelled", "canceled": "cancelled", "inactive": "cancelled"}
Node = Mapping[str, Any]


def looks_like(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    names = (
        b'"courseId"',
        b'"courseOfferingId"',
        b'"programmeId"',
        b'"programmeOfferingId"',
        b'"organisationId"',
    )
    return start[:1] in (b"{", b"[") and b"schema.org" not in start and any(name in start for name in names)


def read(document: Document) -> Iterator[Found | Problem]:
    lists = _lists(document)
    with References() as known:
        for _, node in json_stream.records(document, lists):
            kind = _kind(node)
            if kind:
                known.put(f"{kind}:{node[kind + 'Id']}", dict(node))
        some = False
        for line, node in json_stream.records(document, lists):
            offered = next((kind for name, kind in OFFERINGS.items() if name in node), None)
            if offered:
                yield _run(line, node, offered, known)
            elif _kind(node) in ("course", "programme"):
                yield Found(line=line, has_run=False, **_course(node, str(_kind(node)), known))
            elif _kind(node) is None:
                yield Problem(line=line, sentence="This is no offering, course, programme or organisation.")
            else:
                continue
            some = True
        if not some:
            raise Unreadable("There is no course and no offering in this OOAPI file, only organisations.")


def _lists(document: Document) -> tuple[str, ...]:
    """The lists to look into: none in a single object, which begins with its id and has lists of its own."""
    return () if re.match(rb'\W*\{\s*"\w+Id"', document.head()) else LISTS


def _kind(node: Node) -> str | None:
    """course · programme · organisation; None for an offering and anything else."""
    if any(name in node for name in OFFERINGS):
        return None
    return next((kind for kind in KINDS if f"{kind}Id" in node), None)


def _expanded(node: Node, kind: str, known: References) -> Node:
    """The object that a node has inside it, or points at by id."""
    inner = node.get(kind)
    if isinstance(inner, Mapping) and inner:
        return inner
    return known.get(f"{kind}:{node.get(kind + 'Id')}")


def _course(course: Node, kind: str, known: References) -> dict[str, Any]:
    return {
        **_provider(_expanded(course, "organisation", known)),
        "course_id": course.get(f"{kind}Id"),
        "title": _text(course.get("name")),
        "description": _text(course.get("description")),
        "level": course.get("level"),
        "language": _first(course.get("teachingLanguages")),
        "requirements": _text(course.get("admissionRequirements")),
        "certificate": _text(course.get("qualificationAwarded")),
        "course_url": course.get("link"),
    }


def _run(line: int, offering: Node, kind: str, known: References) -> Found:
    course = _expanded(offering, kind, known)
    about = _course(course, kind, known)
    about["course_id"] = about["course_id"] or offering.get(f"{kind}Id")
    about["title"] = about["title"] or _text(offering.get("name"))
    provider = _expanded(offering, "organisation", known)
    if provider.get("name"):
        about |= _provider(provider)
    languages = offering.get("teachingLanguages")
    if languages:
        about["language"] = _first(languages)
    price = _price(offering)
    periods = [period for period in offering.get("enrolmentPeriods") or [] if isinstance(period, Mapping)]
    return Found(
        line=line,
        **about,
        **_place(offering, course),
        run_id=offering.get("courseOfferingId") or offering.get("programmeOfferingId"),
        start=offering.get("startDateTime"),
        end=offering.get("endDateTime"),
        enrol_until=max((str(period.get("endDateTime") or "") for period in periods), default=None),
        mode=_mode(offering.get("modesOfDelivery")),
        price=price.get("amount"),
        currency=price.get("currency"),
        status=_status(offering),
        url=offering.get("link"),
    )


def _provider(organisation: Node) -> dict[str, Any]:
    return {
        "provider_id": organisation.get("organisationId"),
        "provider_name": _text(organisation.get("name")) or organisation.get("shortName"),
        "provider_url": organisation.get("link"),
    }


def _place(*nodes: Node) -> dict[str, Any]:
    addresses = [
        item for node in nodes for item in node.get("addresses") or [] if isinstance(item, Mapping) and item
    ]
    if not addresses:
        return {}
    address = addresses[0]
    street = " ".join(str(part) for part in (address.get("street"), address.get("streetNumber")) if part)
    point = address.get("geolocation") or {}
    return {
        "street": street or None,
        "postcode": address.get("postCode"),
        "municipality": address.get("city"),
        "country": (address.get("countryCode") or {}).get("iso3166-1-alpha2"),
        "lat": point.get("latitude"),
        "lon": point.get("longitude"),
    }


def _price(offering: Node) -> Node:
    costs = [cost for cost in offering.get("priceInformation") or [] if isinstance(cost, Mapping)]
    return next((cost for cost in costs if cost.get("costType") == "total_costs"), {})


def _status(offering: Node) -> str | None:
    places, taken = offering.get("maxNumberStudents"), offering.get("enrolledNumberStudents")
    if isinstance(places, int) and isinstance(taken, int) and 0 < places <= taken:
        return "full"
    return STATES.get(str(offering.get("state") or "").lower())


def _mode(modes: Any) -> str | None:
    known = {MODES[mode] for mode in map(str, modes or []) if mode in MODES}
    return "blended" if len(known) > 1 else next(iter(known), None)


def _text(value: Any) -> str | None:
    """One text of a list of {language, value}."""
    if isinstance(value, str):
        return value
    texts = {
        str(item.get("language", ""))[:2]: str(item.get("value", ""))
        for item in reversed(value or [])
        if isinstance(item, Mapping)
    }
    return texts.get("nl") or texts.get("en") or next(iter(texts.values()), None)


def _first(values: Any) -> str | None:
    return str(values[0]) if isinstance(values, list) and values else None
