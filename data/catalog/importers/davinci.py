"""DAVINCI: the columns of the *registratierapport* that centres for adult education get from the Flemish government.

Column names and values: https://onderwijs.vlaanderen.be/nl/directies-en-administraties/volwassenenonderwijs/
cursistenadministratie/davinci/cursus-en-cursistenregistratie/registratierapport (seen 2026). The page says neither
separator nor encoding nor the form of dates, and the report may have more columns than it lists. The report gives no
weekday and no hour. The tariff is that of the decree: LES_TIJDEN_INSCHRIJVINGS_GELD is what is paid for.
"""

from __future__ import annotations

from collections.abc import Iterator

from data.catalog.importers import delimited
from data.catalog.importers.base import Document, Found, Problem

NAME = "davinci"
LABEL = "DAVINCI columns"

REQUIRED = (
    "imv_object_id",
    "instellings_nummer",
    "verkorte_naam",
    "module",
    "lesplaats_adres",
    "aanvangs_datum",
)
MODES = {
    "volledig contact": "contact",
    "stagecomponent": "contact",
    "gecombineerd onderwijs": "blended",
    "volledig afstandsonderwijs": "online",
}


def looks_like(head: bytes) -> bool:
    return "imv_object_id" in [name.casefold() for name in delimited.header_of(head)]


def read(document: Document) -> Iterator[Found | Problem]:
    for row in delimited.rows(document, REQUIRED):
        yield row if isinstance(row, Problem) else _found(*row)


def _found(line: int, row: dict[str, str]) -> Found:
    get = row.get
    provider = row["instellings_nummer"]
    kind = get("soort_onderwijs", "")
    cancelled = get("afgelastingsdatum") or get("afgelastings_datum")
    place = get("lesplaats_code")
    module = get("modulecode") or row["module"]
    return Found(
        line=line,
        provider_id=provider,
        provider_name=row["verkorte_naam"],
        place_id=f"{provider}/{place}" if place else None,
        place_name=get("lesplaats_naam"),
        address=row["lesplaats_adres"],
        # The variant stands for another number of hours of the same module: to a learner the same course.
        course_id=f"{provider}/{module}",
        title=row["module"],
        run_id=row["imv_object_id"],
        start=row["aanvangs_datum"],
        end=get("eind_datum"),
        mode=MODES.get(kind.lower(), kind),
        lesson_hours=get("les_tijden_inschrijvings_geld"),
        decreed=True,
        status="cancelled" if cancelled else None,
    )
