"""The offer as schema.org JSON-LD: Course with its instances, https://schema.org/Course.

For a lesson hour and for a tariff schema.org has no word: `courseWorkload` holds "60 lestijden", and the name of a
`UnitPriceSpecification` that of the price rule. `data.catalog.importers.schemaorg` reads back all that is written here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.exporters.offered import Offered, of_hit, offered
from data.catalog.listing import CoursePage
from data.catalog.search import RunHit
from data.catalog.subjects import subject

NAME = "schemaorg"
CONTEXT = "https://schema.org"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MODES = {"contact": "Onsite", "blended": "Blended", "online": "Online"}
Node = dict[str, Any]


async def write(
    session: AsyncSession, *, today: date, source: str | None = None, invented: bool = False
) -> AsyncIterator[str]:
    """One document with all courses in its graph, in pieces."""
    yield f'{{"@context": "{CONTEXT}", "@graph": ['
    divider = "\n"
    async for runs in offered(session, today=today, source=source, invented=invented):
        yield divider + orjson.dumps(course_of(runs)).decode()
        divider = ",\n"
    yield "\n]}\n"


def course_jsonld(hit: RunHit, *, url: str) -> Node:
    """A run that was found, as its page says it to machines; `url` is the address of that page."""
    run = of_hit(hit)
    course = course_of([run])
    (instance,) = course["hasCourseInstance"]
    # Search engines look for the offer at the course.
    about = {"url": url, "hasCourseInstance": instance, "offers": _offer(run)}
    return {"@context": CONTEXT, "@id": url, **course, **about}


def course_page_jsonld(page: CoursePage, *, base: str) -> Node:
    """A course as its page says it to machines, with the addresses of its runs; `base` is our own address."""
    return _without_nothing({
        "@context": CONTEXT,
        "@type": "Course",
        "name": page.course.title,
        "description": page.course.description or page.course.title,
        "url": f"{base}/aanbod/cursus/{page.course.id}",
        "inLanguage": page.course.language,
        "provider": {"@type": "Organization", "name": page.provider.name},
        "hasCourseInstance": [
            {
                "@type": "CourseInstance",
                "url": f"{base}/aanbod/{hit.run_id}",
                "startDate": hit.start_date,
                "courseMode": MODES[hit.mode],
            }
            for hit in page.open
        ],
    })  # fmt: skip


def course_of(runs: Sequence[Offered]) -> Node:
    """A course with its runs, all of which have its words; the first may be no run at all."""
    first = runs[0]
    return _without_nothing({
        "@type": "Course",
        "identifier": first.course_id,
        "name": first.title,
        "description": first.description,
        "url": first.course_url,
        "inLanguage": first.language,
        "about": [
            {"@type": "DefinedTerm", "termCode": subject_id, "name": known.label("nl") if known else None}
            for subject_id in first.subject_ids
            for known in [subject(subject_id)]
        ],
        "educationalLevel": first.level,
        "coursePrerequisites": first.requirements,
        "educationalCredentialAwarded": first.certificate,
        "provider": {
            "@type": "EducationalOrganization",
            "identifier": first.provider_id,
            "name": first.provider_name,
            "additionalType": first.provider_kind,
            "url": first.provider_url,
            "telephone": first.provider_phone,
        },
        "validFrom": first.valid_from,
        "expires": first.valid_to,
        "license": first.licence,
        "sdPublisher": {"@type": "Organization", "name": first.source},
        "sdDatePublished": first.checked_on,
        "hasCourseInstance": [_run(run) for run in runs if run.place_name is not None],
    })  # fmt: skip


def _run(run: Offered) -> Node:
    return {
        "@type": "CourseInstance",
        "identifier": run.run_id,
        "url": run.url,
        "courseMode": MODES[run.mode],
        "startDate": run.start_date,
        "endDate": run.end_date,
        "courseWorkload": f"{run.lesson_hours} lestijden" if run.lesson_hours else None,
        "eventStatus": f"{CONTEXT}/EventCancelled" if run.status == "cancelled" else None,
        "courseSchedule": {
            "@type": "Schedule",
            "name": list(run.day_parts),
            "byDay": [f"{CONTEXT}/{DAYS[day]}" for day in run.weekdays],
            "startTime": run.starts and f"{run.starts:%H:%M}",
            "endTime": run.ends and f"{run.ends:%H:%M}",
            "repeatFrequency": "P1W" if run.weekdays else None,
        },
        "location": {
            "@type": "Place",
            "identifier": run.place_id,
            "name": run.place_name,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": run.street,
                "postalCode": run.postcode,
                "addressLocality": run.municipality,
                "addressCountry": run.country,
            },
            "geo": {"@type": "GeoCoordinates", "latitude": run.lat, "longitude": run.lon},
            "amenityFeature": None
            if run.wheelchair is None
            else {"@type": "LocationFeatureSpecification", "name": "wheelchair", "value": run.wheelchair},
        },
        "offers": _offer(run),
    }


def _offer(run: Offered) -> Node:
    return _without_nothing({
        "@type": "Offer",
        "category": None if run.price is None else "Paid" if run.price else "Free",
        "price": run.price,
        "priceCurrency": None if run.price is None else "EUR",
        "availability": f"{CONTEXT}/SoldOut" if run.status == "full" else f"{CONTEXT}/InStock"
        if run.status == "open" else None,
        "availabilityEnds": run.enrol_until,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "name": run.rule_id,
            "price": run.per_hour,
            "priceCurrency": "EUR" if run.per_hour is not None else None,
            "unitText": "lestijd" if run.per_hour is not None else None,
            "maxPrice": run.ceiling,
        },
        "addOn": {"@type": "Offer", "name": "Lesmateriaal", "price": run.material_cost, "priceCurrency": "EUR"}
        if run.material_cost else None,
    })  # fmt: skip


def _without_nothing(node: Node) -> Node:
    """The node without what is not known, dates and amounts as text; an inner node of which only its type is left
    goes as well."""
    kept: Node = {}
    for name, value in node.items():
        if isinstance(value, dict):
            value = _without_nothing(value)
            if not value.keys() - {"@type"}:
                continue
        elif isinstance(value, list):
            value = [_without_nothing(item) if isinstance(item, dict) else item for item in value]
        if value in (None, "", []):
            continue
        plain = isinstance(value, str | bool | int | float | list | dict)
        kept[name] = value if plain else str(value)
    return kept
