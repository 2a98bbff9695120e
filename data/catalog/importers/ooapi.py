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
    return _object(node, kind) or known.get(f"{kind}:{node.get(kind + 'Id')}")


def _course(course: Node, kind: str, known: References) -> dict[str, Any]:
    return {
        **_provider(_expanded(course, "organisation", known)),
        "course_id": _said(course, f"{kind}Id"),
        "title": _text(course, "name"),
        "description": _text(course, "description"),
        "level": _said(course, "level"),
        "language": next(iter(_words(course, "teachingLanguages")), None),
        "requirements": _text(course, "admissionRequirements"),
        "certificate": _text(course, "qualificationAwarded"),
        "course_url": _said(course, "link"),
    }


def _run(line: int, offering: Node, kind: str, known: References) -> Found:
    course = _expanded(offering, kind, known)
    about = _course(course, kind, known)
    about["course_id"] = about["course_id"] or _said(offering, f"{kind}Id")
    about["title"] = about["title"] or _text(offering, "name")
    about["language"] = next(iter(_words(offering, "teachingLanguages")), about["language"])
    provider = _provider(_expanded(offering, "organisation", known))
    if provider["provider_name"]:
        about |= provider
    costs = [cost for cost in _objects(offering, "priceInformation") if cost.get("costType") == "total_costs"]
    periods = [_said(period, "endDateTime") or "" for period in _objects(offering, "enrolmentPeriods")]
    return Found(
        line=line,
        **about,
        **_place(offering, course),
        run_id=_said(offering, f"{kind}OfferingId"),
        start=_said(offering, "startDateTime"),
        end=_said(offering, "endDateTime"),
        enrol_until=max(periods, default=None),
        mode=_mode(_words(offering, "modesOfDelivery")),
        price=_said(costs[0], "amount") if costs else None,
        currency=_said(costs[0], "currency") if costs else None,
        status=_status(offering),
        url=_said(offering, "link"),
    )


def _provider(organisation: Node) -> dict[str, Any]:
    return {
        "provider_id": _said(organisation, "organisationId"),
        "provider_name": _text(organisation, "name") or _said(organisation, "shortName"),
        "provider_url": _said(organisation, "link"),
    }


def _place(*nodes: Node) -> dict[str, Any]:
    address = next((item for node in nodes for item in _objects(node, "addresses") if item), {})
    street = " ".join(filter(None, (_said(address, "street"), _said(address, "streetNumber"))))
    point = _object(address, "geolocation")
    return {
        "street": street or None,
        "postcode": _said(address, "postCode"),
        "municipality": _said(address, "city"),
        "country": _said(_object(address, "countryCode"), "iso3166-1-alpha2"),
        "lat": _said(point, "latitude"),
        "lon": _said(point, "longitude"),
    }


def _status(offering: Node) -> str | None:
    places, taken = offering.get("maxNumberStudents"), offering.get("enrolledNumberStudents")
    if isinstance(places, int) and isinstance(taken, int) and 0 < places <= taken:
        return "full"
    return STATES.get((_said(offering, "state") or "").lower())


def _mode(modes: list[str]) -> str | None:
    known = {MODES[mode] for mode in modes if mode in MODES}
    return "blended" if len(known) > 1 else next(iter(known), None)


# Nothing is sure about the types of what others send: these take what has the right one and pass over the rest.
def _said(node: Node, name: str) -> str | None:
    value = node.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _words(node: Node, name: str) -> list[str]:
    value = node.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _object(node: Node, name: str) -> Node:
    value = node.get(name)
    return value if isinstance(value, Mapping) else {}


def _objects(node: Node, name: str) -> list[Node]:
    value = node.get(name)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _text(node: Node, name: str) -> str | None:
    """One text of a list of {language, value}."""
    texts = {
        (_said(item, "language") or "")[:2]: _said(item, "value") for item in reversed(_objects(node, name))
    }
    return texts.get("nl") or texts.get("en") or next(iter(texts.values()), None) or _said(node, name)
