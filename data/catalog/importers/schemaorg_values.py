"""A schema.org Course as `Found` values: one for each of its instances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from data.catalog.importers.base import Found
from data.catalog.importers.references import References

MODES = {"onsite": "contact", "blended": "blended", "online": "online"}
DAY_PARTS = ("morning", "afternoon", "evening")  # as we write them ourselves
STATUSES = {
    "EventCancelled": "cancelled",
    "SoldOut": "full",
    "OutOfStock": "full",
    "Discontinued": "cancelled",
}
Node = Mapping[str, Any]


def listed(value: Any) -> list[Any]:
    """What JSON-LD writes as one or as many, always as many."""
    return [] if value is None else value if isinstance(value, list) else [value]


def types_of(node: Node) -> list[str]:
    """The types, without the address of the vocabulary."""
    return [re.split(r"[/:#]", kind)[-1] for kind in listed(node.get("@type")) if isinstance(kind, str)]


def first(value: Any) -> str | None:
    """The first text in a value: a text or a number, an object's value, name or address, or the first of many."""
    for item in listed(value):
        if isinstance(item, bool):
            continue
        if isinstance(item, str | int | float):
            return str(item)
        if isinstance(item, Mapping):
            for name in ("@value", "value", "name", "@id", "url"):
                if name in item:
                    return first(item[name])
    return None


def identifier(node: Node, *others: str) -> str | None:
    """The source's own id: `identifier`, else `@id`, else one of the other properties.

    An address that only says where within a page or a site ("./", "#cursus") is none: other pages have the same.
    """
    found = (first(node.get(name)) for name in ("identifier", "@id", *others))
    return next((text for text in found if text and not text.startswith((".", "/", "#", "_:"))), None)


def runs_of(course: Node, line: int, others: References) -> Iterator[Found]:
    """Each instance of the course; without any, the course by itself."""
    about = _course(course, others)
    instances = [item for item in listed(course.get("hasCourseInstance")) if isinstance(item, Mapping)]
    if not instances:
        yield Found(line=line, has_run=False, **about)
    for instance in instances:
        yield Found(line=line, **about, **_run(_resolved(instance, others), course, others))


def _resolved(value: Any, others: References) -> Node:
    """An object, looked up when there is only its id; empty for anything else."""
    item = next(iter(listed(value)), None)
    if not isinstance(item, Mapping):
        return {}
    return others.get(item["@id"]) or item if set(item) == {"@id"} and isinstance(item["@id"], str) else item


def _course(course: Node, others: References) -> dict[str, Any]:
    said = next(iter(listed(course.get("provider"))), None)
    provider = _resolved(said, others)
    credential = course.get("educationalCredentialAwarded")
    return {
        "provider_id": identifier(provider, "url") if provider else None,
        "provider_name": first(provider.get("name")) if provider else first(said),
        "provider_kind": first(provider.get("additionalType")),
        "provider_url": first(provider.get("url")),
        "provider_phone": first(provider.get("telephone")),
        "course_id": identifier(course, "courseCode", "url"),
        "title": first(course.get("name")),
        "description": first(course.get("description")),
        "subjects": tuple(
            text
            for item in listed(course.get("about"))
            if (
                text := first(item.get("termCode") or item.get("name"))
                if isinstance(item, Mapping)
                else first(item)
            )
        ),
        "level": first(course.get("educationalLevel")),
        "language": first(course.get("inLanguage")),
        "requirements": first(course.get("coursePrerequisites")),
        "certificate": first(credential),
        "course_url": first(course.get("url")),
        "valid_from": first(course.get("validFrom")),
        "valid_to": first(course.get("expires")),
    }


def _run(run: Node, course: Node, others: References) -> dict[str, Any]:
    schedule = _resolved(run.get("courseSchedule") or run.get("eventSchedule"), others)
    offer = _resolved(run.get("offers") or course.get("offers"), others)
    rule = _resolved(offer.get("priceSpecification"), others)
    material = _resolved(offer.get("addOn"), others)
    status = " ".join(
        str(text) for text in (first(run.get("eventStatus")), first(offer.get("availability"))) if text
    )
    return {
        **_place(run.get("location"), others),
        "run_id": identifier(run, "url"),
        "start": first(run.get("startDate")) or first(schedule.get("startDate")),
        "end": first(run.get("endDate")) or first(schedule.get("endDate")),
        "enrol_until": first(offer.get("availabilityEnds")) or first(offer.get("validThrough")),
        "weekdays": tuple(day for item in listed(schedule.get("byDay")) if (day := first(item))),
        "starts": first(schedule.get("startTime")) or _hour(first(run.get("startDate"))),
        "ends": first(schedule.get("endTime")) or _hour(first(run.get("endDate"))),
        "day_parts": tuple(str(part) for part in listed(schedule.get("name")) if part in DAY_PARTS),
        "mode": _mode([str(mode) for mode in listed(run.get("courseMode"))]),
        "lesson_hours": _hours(first(run.get("courseWorkload")) or first(schedule.get("duration"))),
        "price": first(offer.get("price")) or first(rule.get("price")),
        "currency": first(offer.get("priceCurrency")) or first(rule.get("priceCurrency")),
        "price_rule": first(rule.get("name")),
        "material": first(material.get("price")),
        "status": next((ours for word, ours in STATUSES.items() if word in status), None),
        "url": first(run.get("url")) or first(offer.get("url")) or first(course.get("url")),
    }


def _place(value: Any, others: References) -> dict[str, Any]:
    places = [_resolved(item, others) or item for item in listed(value)]
    place = next(
        (item for item in places if isinstance(item, Mapping) and "VirtualLocation" not in types_of(item)),
        None,
    )
    if place is None:
        return {"address": next((item for item in places if isinstance(item, str)), None)}
    address = _resolved(place.get("address"), others)
    point = _resolved(place.get("geo"), others)
    return {
        "place_id": identifier(place),
        "place_name": first(place.get("name")),
        "address": None if address else first(place.get("address")),
        "street": first(address.get("streetAddress")),
        "postcode": first(address.get("postalCode")),
        "municipality": first(address.get("addressLocality")),
        "country": first(address.get("addressCountry")),
        "lat": first(point.get("latitude")),
        "lon": first(point.get("longitude")),
        "wheelchair": next(
            (
                feature.get("value")
                for feature in listed(place.get("amenityFeature"))
                if isinstance(feature, Mapping) and "wheelchair" in str(feature.get("name", "")).lower()
            ),
            None,
        ),
    }


def _mode(words: list[str]) -> str | None:
    plain = [word.rpartition("/")[2].lower() for word in words]
    known = [MODES[word] for word in plain if word in MODES]
    if known:
        return "blended" if len(set(known)) > 1 else known[0]
    if any(word in ("mooc", "distance learning", "distance") for word in plain):
        return "online"
    return None  # "full-time" and the like say nothing about the place


def _hours(text: str | None) -> str | None:
    """Lesson hours, if it says lesson hours or an ISO 8601 duration in hours and no rhythm ("PT2H a week")."""
    said = re.fullmatch(r"\s*(\d+)\s*(?:lestijden|lesson hours)?\s*|\s*PT(\d+)H\s*", text or "", re.I)
    return said and (said[1] or said[2])


def _hour(moment: str | None) -> str | None:
    """The hour in a date with a time."""
    found = re.search(r"T(\d\d:\d\d)", moment or "")
    return found[1] if found and found[1] != "00:00" else None
