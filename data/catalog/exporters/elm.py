"""The offer as ELM v3.1, application profile LOQ: valid against `loq.xsd`.

A run is a learning opportunity, a course the learning achievement that it leads to; ELM asks for an outcome and a
field of study as well, which are the course's own title and the ISCED-F field of its subject. What ELM has no word for
stands in notes whose subject begins with `NOTE`. `data.catalog.importers.elm` reads back all that is written here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.exporters.offered import Offered, offered
from data.catalog.importers.elm_words import (
    COUNTRIES,
    ISCED_F,
    LANGUAGES,
    MODES,
    NAMESPACE,
    NO_FIELD,
    NOTE,
    WHEELCHAIR,
    our_id,
)
from data.catalog.subjects import subject

NAME = "elm"
AUTHORITY = "http://publications.europa.eu/resource/authority"
ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<Courses xmlns="{NAMESPACE}" xmlns:dc="http://purl.org/dc/terms/"'
    ' xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:locn="http://www.w3.org/ns/locn#"'
    ' xmlns:clv="http://data.europa.eu/m8g/" xsdVersion="3.1.0">\n'
)
DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
_MODE = {ours: address for address, ours in MODES.items()}
_WHEELCHAIR = {told == "ja": sentence for sentence, told in WHEELCHAIR.items()}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


async def write(
    session: AsyncSession, *, today: date, source: str | None = None, invented: bool = False
) -> AsyncIterator[str]:
    """One document, in pieces. It lists each kind of thing apart, so the offer is read once for each.

    Left out are courses without runs, and places in countries that we have no code for: ELM allows neither.
    """

    async def runs() -> AsyncIterator[list[Offered]]:
        async for course in offered(session, today=today, source=source, invented=invented):
            kept = [run for run in course if run.run_id and run.country in COUNTRIES]
            if kept:
                yield kept

    yield ROOT
    yield "<learningOpportunityReferences>\n"
    async for course in runs():
        for run in course:
            yield _opportunity(run)
    yield "</learningOpportunityReferences>\n<learningAchievementSpecificationReferences>\n"
    async for course in runs():
        yield _achievement(course[0])
    yield "</learningAchievementSpecificationReferences>\n<learningOutcomeReferences>\n"
    async for course in runs():
        yield _outcome(course[0])
    for name, one, key in (("agent", _organisation, "provider_id"), ("location", _location, "place_id")):
        yield f"</{'learningOutcome' if name == 'agent' else 'agent'}References>\n<{name}References>\n"
        seen: set[str] = set()
        async for course in runs():
            for run in course:
                if getattr(run, key) not in seen:
                    seen.add(getattr(run, key))
                    yield one(run)
    yield "</locationReferences>\n</Courses>\n"


def _opportunity(run: Offered) -> str:
    price = []
    if run.price is not None:
        unit = _concept("unit", f"{AUTHORITY}/currency/EUR")
        price = [_element("priceDetail", [_element("amount", [unit, _element("value", str(run.price))])])]
    notes = {
        "price_rule": run.rule_id,
        "lesson_hours": str(run.lesson_hours) if run.lesson_hours else None,
        "material": str(run.material_cost) if run.material_cost else None,
        "day_parts": ",".join(run.day_parts),
    }
    return _element(
        "learningOpportunity",
        [
            _text("title", run.title, run.language),
            *_notes(notes),
            _homepage(run.url, run.title, run.language),
            _element("temporal", [_moment("startDate", run.start_date), _moment("endDate", run.end_date)])
            if run.start_date or run.end_date
            else "",
            _concept("mode", _MODE[run.mode]),
            _schedule(run),
            _moment("applicationDeadline", run.enrol_until),
            *price,
            _reference("providedBy", our_id("provider", run.provider_id or "")),
            _reference("location", our_id("place", run.place_id or "")),
            _reference("learningAchievementSpecification", our_id("course", run.course_id or "")),
            _concept("defaultLanguage", _language(run.language)),
            _element("status", run.status),
        ],
        id=our_id("run", run.run_id or ""),
    )


def _achievement(course: Offered) -> str:
    areas = dict.fromkeys(known.area for item in course.subject_ids if (known := subject(item)))
    fields = dict.fromkeys(ISCED_F.get(area, NO_FIELD) for area in areas) or [NO_FIELD]
    notes = {
        "subjects": ",".join(course.subject_ids),
        "level": course.level,
        "language": course.language,
        "certificate": course.certificate,
        "valid_from": str(course.valid_from or ""),
        "valid_to": str(course.valid_to or ""),
    }
    return _element(
        "learningAchievementSpecification",
        [
            _text("title", course.title, course.language),
            _text("description", course.description, course.language),
            *_notes(notes),
            _homepage(course.course_url, course.title, course.language) if course.course_url else "",
            *(_concept("ISCEDFCode", f"http://data.europa.eu/snb/isced-f/{field}") for field in fields),
            _concept("language", _language(course.language)),
            _note("entryRequirement", course.requirements),
            _reference("learningOutcome", our_id("outcome", course.course_id or "")),
        ],
        id=our_id("course", course.course_id or ""),
    )


def _outcome(course: Offered) -> str:
    return _element(
        "learningOutcome",
        [_text("title", course.title, course.language)],
        id=our_id("outcome", course.course_id or ""),
    )


def _organisation(run: Offered) -> str:
    phone = _element("phone", [_element("phoneNumber", run.provider_phone)]) if run.provider_phone else ""
    return _element(
        "organisation",
        [
            _text("legalName", run.provider_name, "nl"),
            _homepage(run.provider_url, run.provider_name, "nl") if run.provider_url else "",
            *_notes({"kind": run.provider_kind}),
            _reference("location", our_id("place", run.place_id or "")),
            _element("contactPoint", [phone]) if phone else "",
        ],
        id=our_id("provider", run.provider_id or ""),
    )


def _location(run: Offered) -> str:
    address = ", ".join(filter(None, (run.street, f"{run.postcode} {run.municipality}".strip())))
    wheelchair = _WHEELCHAIR[run.wheelchair] if run.wheelchair is not None else None
    return _element(
        "location",
        [
            _text("geographicName", run.place_name, "nl"),
            _text("description", wheelchair, "nl"),
            _element(
                "address",
                [
                    _note("fullAddress", address),
                    _concept("countryCode", f"{AUTHORITY}/country/{COUNTRIES[run.country]}"),
                ],
            ),
            _element(
                "locn:geometry",
                [_element("clv:longitude", str(run.lon)), _element("clv:latitude", str(run.lat))],
            )
            if run.lat is not None
            else "",
        ],
        id=our_id("place", run.place_id or ""),
    )


def _schedule(run: Offered) -> str:
    days = ", ".join(DAYS[day] for day in run.weekdays)
    hours = "-".join(f"{hour:%H:%M}" for hour in (run.starts, run.ends) if hour)
    return _note("scheduleInformation", " ".join(filter(None, (days, hours))))


def _language(code: str) -> str:
    return f"{AUTHORITY}/language/{LANGUAGES.get(code, 'UND')}"


def _notes(values: dict[str, str | None]) -> Iterator[str]:
    for name, value in values.items():
        yield _note("additionalNote", value, subject=NOTE + name)


def _note(name: str, text: str | None, *, subject: str = "") -> str:
    if not text:
        return ""
    return _element(
        name, [_concept("dc:subject", subject) if subject else "", _text("noteLiteral", text, "nl")]
    )


def _homepage(url: str | None, title: str, language: str) -> str:
    return _element("homepage", [_text("title", title, language), _element("contentUrl", url) if url else ""])


def _moment(name: str, day: date | None) -> str:
    return _element(name, f"{day}T00:00:00") if day else ""


def _concept(name: str, address: str) -> str:
    return f"<{name} uri={quoteattr(address)}/>"


def _reference(name: str, address: str) -> str:
    return f"<{name} idref={quoteattr(address)}/>"


def _text(name: str, text: str | None, language: str) -> str:
    return _element(name, text, language=language) if text else ""


def _element(name: str, content: str | Iterable[str] | None, **attributes: str) -> str:
    """An element: a text, which is escaped, or elements, which are not."""
    inner = escape(_NO_XML.sub(" ", content)) if isinstance(content, str) else "".join(content or ())
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{told}>{inner}</{name}>{chr(10) if 'id' in attributes else ''}"
