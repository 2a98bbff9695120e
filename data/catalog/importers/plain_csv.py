"""A plain table that any office can fill in; `python -m bot import-catalog --template` writes an empty one.

The columns are explained in `docs/catalogue-csv.md`. Rows whose id begins with "voorbeeld" are passed over.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from data.catalog.importers import delimited
from data.catalog.importers.base import Document, Found, Problem

NAME = "csv"
LABEL = "a plain table (CSV)"

REQUIRED = ("id", "aanbieder", "titel")
EXAMPLE = {
    "id": "voorbeeld-1", "aanbieder": "CVO Voorbeeld", "soort": "cvo", "website": "https://www.voorbeeld.be",
    "telefoon": "09 123 45 67", "plaats": "campus Molen", "straat": "Molenstraat 1", "postcode": "9000",
    "gemeente": "Gent", "rolstoel": "ja", "titel": "Spaans 1: je eerste woorden",
    "beschrijving": "Je leert jezelf voorstellen en iets bestellen.", "onderwerp": "Spaans", "niveau": "A1",
    "taal": "nl", "vooraf": "Geen: je begint van nul.", "attest": "Deelcertificaat A1", "start": "2027-02-02",
    "einde": "2027-06-15", "inschrijven_tot": "2027-02-09", "dagen": "di", "van": "18:30", "tot": "21:30",
    "dagdeel": "", "vorm": "contact", "lestijden": "60", "prijs": "", "tarief": "cvo-standard", "materiaal": "35",
    "status": "open", "link": "https://www.voorbeeld.be/spaans", "geldig_van": "", "geldig_tot": "",
}  # fmt: skip


def template() -> str:
    """The header and one example, which the import passes over."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(EXAMPLE), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(EXAMPLE)
    return text.getvalue()


def looks_like(head: bytes) -> bool:
    return len({*REQUIRED} & {name.casefold() for name in delimited.header_of(head)}) >= 2


def read(document: Document) -> Iterator[Found | Problem]:
    for row in delimited.rows(document, REQUIRED):
        if isinstance(row, Problem):
            yield row
        elif row[1]["id"].casefold().startswith("voorbeeld"):
            document.tell("The example row was passed over.")
        else:
            yield _found(*row)


def _found(line: int, row: dict[str, str]) -> Found:
    get = row.get
    return Found(
        line=line,
        provider_name=row["aanbieder"],
        provider_kind=get("soort"),
        provider_url=get("website"),
        provider_phone=get("telefoon"),
        place_name=get("plaats"),
        street=get("straat"),
        postcode=get("postcode"),
        municipality=get("gemeente"),
        wheelchair=get("rolstoel"),
        title=row["titel"],
        description=get("beschrijving"),
        subjects=_words(get("onderwerp"), r","),
        level=get("niveau"),
        language=get("taal"),
        requirements=get("vooraf"),
        certificate=get("attest"),
        run_id=row["id"],
        start=get("start"),
        end=get("einde"),
        enrol_until=get("inschrijven_tot"),
        weekdays=_words(get("dagen")),
        starts=get("van"),
        ends=get("tot"),
        day_parts=_words(get("dagdeel")),
        mode=get("vorm"),
        lesson_hours=get("lestijden"),
        price=get("prijs"),
        price_rule=get("tarief"),
        material=get("materiaal"),
        status=get("status"),
        url=get("link"),
        valid_from=get("geldig_van"),
        valid_to=get("geldig_tot"),
    )


def _words(text: str | None, between: str = r"[\s,/+&-]|\ben\b") -> tuple[str, ...]:
    return tuple(word.strip() for word in re.split(between, text or "") if word.strip())
