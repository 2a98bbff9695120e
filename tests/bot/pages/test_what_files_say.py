"""What a page and the chat say of a course is what its file says: read from the files by hand, field by field.

Each record: the file, the id of the run in it, and the words for title, provider, place, start, end, hours, price and
the rest that must stand on the page of the run, in its order there; then those that the chat must say.
"""

import html
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import select

from bot.flows.course_items import detail_text
from bot.replies import replies
from bot.turn_types import Turn
from data.catalog.importers import importer_for
from data.catalog.importers.base import Document
from data.catalog.importing import Order, import_catalogue
from data.catalog.price_rules import versions_for
from data.catalog.search import runs_by_id
from data.catalog.staging import Origin
from data.db import Database
from data.tables import Run

OURS = Path(__file__).parents[2] / "data" / "catalog_samples"
CHECKED = date(2026, 11, 20)
TODAY = date(2026, 11, 27)
SOURCE = "bron-van-de-proef"


@dataclass(frozen=True, kw_only=True)
class Said:
    """One run: what its page and what the chat must say, and what neither may."""

    file: str
    run: str
    page: tuple[str, ...]
    chat: tuple[str, ...]
    not_said: tuple[str, ...] = ()


SAID = (
    Said(
        file="davinci.csv", run="71001",
        page=("Boekhouden basis", "maandag 1 februari 2027", "vrijdag 11 juni 2027", "campus Spoor",
              "Kerkstraat 4, 9000 Gent", "CVO Vlasrivier", "120 euro", "80 lestijden × 1,50 euro = 120 euro", "in de les"),
        chat=("Boekhouden basis, CVO Vlasrivier", "Waar: campus Spoor, Kerkstraat 4, 9000 Gent.",
              "van 1/2 tot 11/6", "80 lestijden × 1,50 euro = 120 euro"),
    ),
    Said(
        file="davinci.csv", run="71003",
        page=("Rekenen voor elke dag", "maandag 8 februari 2027", "maandag 31 mei 2027", "huis Zuid",
              "Zuidlaan 7, 3600 Genk", "Ligo Duin", "60"),
        chat=("Rekenen voor elke dag, Ligo Duin", "Waar: huis Zuid, Zuidlaan 7, 3600 Genk.", "van 8/2 tot 31/5"),
    ),
    Said(
        file="offer.csv", run="A-1",
        page=("Zelf naaien", "dinsdag, 19:00 tot 21:30", "dinsdag 2 februari 2027", "dinsdag 23 maart 2027",
              "dinsdag 26 januari 2027", "zaal Bron", "Bronstraat 2, 9700 Oudenaarde", "Met de rolstoel ja",
              "Avansa Heuvelrug", "45 euro", "ongeveer 12 euro extra"),
        chat=("Zelf naaien, Avansa Heuvelrug", "Waar: zaal Bron, Bronstraat 2, 9700 Oudenaarde.",
              "di 19:00-21:30, van 2/2 tot 23/3", "De prijs is 45 euro", "ongeveer 12 euro extra", "tot 26/1",
              "https://www.heuvelrug.example/naaien"),
    ),
    Said(
        file="offer.csv", run="A-2",
        page=("Deze cursus zit vol", "dinsdag, donderdag, 09:30 tot 12:00", "dinsdag 6 april 2027", "45 euro"),
        chat=("Let op: deze cursus zit vol.", "di en do 09:30-12:00, van 6/4 tot 25/5"),
    ),
    Said(
        file="offer.csv", run="A-3", page=("Digitaal fotoboek", "gaat niet door", "donderdag", "gratis", "online"),
        chat=("Digitaal fotoboek, Avansa Heuvelrug", "online do"),
    ),
    Said(
        file="page.html", run="https://www.parkschool.example/bloemen#voorjaar",
        page=("Bloemschikken", "Deze cursus zit vol", "dinsdag, 19:00 tot 21:30", "dinsdag 2 maart 2027", "dinsdag 25 mei 2027",
              "Parklaan 3, 2800 Mechelen", "CVO Parkschool", "95 euro", "20"),
        chat=("Bloemschikken, CVO Parkschool", "Parklaan 3, 2800 Mechelen.", "di 19:00-21:30, van 2/3 tot 25/5",
              "De prijs is 95 euro"),
    ),
    Said(
        file="page.html", run="https://www.parkschool.example/bloemen#najaar",
        page=("Bloemschikken", "dinsdag 7 september 2027", "Parklaan 3, 2800 Mechelen", "De prijs ken ik niet",
              "deels online"),
        chat=("Waar: Parklaan 3, 2800 Mechelen.", "start 7/9", "De prijs ken ik niet"),
        not_said=("Parklaan 3, Parklaan 3",),
    ),
    Said(
        file="school.html", run="https://wilg.example/cursus/imkeren#a",
        page=("Imkeren voor beginners", "woensdag, 19:30 tot 22:00", "woensdag 10 februari 2027",
              "woensdag 9 juni 2027", "woensdag 3 februari 2027", "Hof ter Wilg", "Dorpsstraat 7, 9200 Dendermonde",
              "Volkshogeschool De Wilg", "72,50 euro", "40", "basis", "Geen bijenallergie", "attest van deelname"),
        chat=("Imkeren voor beginners, Volkshogeschool De Wilg", "Waar: Hof ter Wilg, Dorpsstraat 7, 9200 Dendermonde.",
              "wo 19:30-22:00, van 10/2 tot 9/6", "De prijs is 72,50 euro", "Geen bijenallergie", "attest van deelname",
              "tot 3/2", "https://wilg.example/inschrijven/imkeren-a"),
    ),
    Said(
        file="school.html", run="https://wilg.example/cursus/imkeren#b",
        page=("Imkeren voor beginners", "startdatum niet vermeld", "online", "gratis"),
        chat=("Waar: online.", "Wanneer: online, start niet vermeld.", "gratis"),
        not_said=("2026", "2027", "None"),
    ),
    Said(
        file="school.html", run="https://wilg.example/cursus/fietsen#1",
        page=("Fietsen leren", "10:00 tot 12:00", "zaterdag 3 april 2027", "zaterdag 29 mei 2027", "Marktplein Zele",
              "gratis"),
        chat=("Fietsen leren, Volkshogeschool De Wilg", "Waar: Marktplein Zele. Vraag het adres aan de school.",
              "van 3/4 tot 29/5"),
        not_said=("None",),
    ),
    Said(
        file="offerings.json", run="off-1",
        page=("Programmeren in Python", "Deze cursus zit vol", "dinsdag 1 juni 2027", "woensdag 20 januari 2027",
              "Vaartkaai 9, 3000 Leuven", "Vaarthogeschool", "210 euro", "deels online", "bachelor"),
        chat=("Programmeren in Python, Vaarthogeschool", "Vaartkaai 9, 3000 Leuven", "van 1/2 tot 1/6", "210 euro",
              "https://www.vaarthogeschool.example/python"),
    ),
    Said(
        file="catalog.xml", run="https://www.linde.example/lassen/1",
        page=("Lassen voor beginners", "Deze cursus zit vol", "avond", "woensdag 3 februari 2027", "woensdag 16 juni 2027",
              "zondag 31 januari 2027", "Werkplaats Linde", "Lindelaan 8, 3500 Hasselt", "Syntra Lindeveld", "395 euro",
              "Attest lasser"),
        chat=("Lassen voor beginners, Syntra Lindeveld", "Waar: Werkplaats Linde, Lindelaan 8, 3500 Hasselt.",
              "van 3/2 tot 16/6", "De prijs is 395 euro", "Attest lasser", "tot 31/1"),
    ),
    Said(
        file="catalog.xml", run="https://www.linde.example/bakken/1",
        page=("Brood bakken", "maandag 1 maart 2027", "Stationsplein 1, 3500 Hasselt", "gratis"),
        chat=("Brood bakken, Syntra Lindeveld", "Stationsplein 1, 3500 Hasselt", "start 1/3"),
    ),
    Said(
        file="opportunities.xml", run="https://www.poort.example/run/1",
        page=("Italiaans 1", "maandag, 18:30 tot 21:00", "maandag 1 februari 2027", "maandag 7 juni 2027",
              "maandag 25 januari 2027", "campus Poort", "Poortstraat 5, 8000 Brugge", "CVO Poort", "120,50 euro", "Geen."),
        chat=("Italiaans 1, CVO Poort", "Waar: campus Poort, Poortstraat 5, 8000 Brugge.",
              "ma 18:30-21:00, van 1/2 tot 7/6", "De prijs is 120,50 euro", "tot 25/1"),
    ),
    Said(
        file="davinci/registratierapport_synthetic.csv", run="900000001",
        page=("Boekhouden basis", "maandag 7 september 2026", "vrijdag 18 december 2026", "Campus Voorbeeld",
              "Voorbeeldstraat 1, 9000 Gent", "CVO VOORBEELD", "80 lestijden × 1,50 euro = 120 euro", "in de les"),
        chat=("Boekhouden basis, CVO VOORBEELD", "Waar: Campus Voorbeeld, Voorbeeldstraat 1, 9000 Gent.",
              "van 7/9 tot 18/12"),
    ),
    Said(
        file="davinci/registratierapport_synthetic.csv", run="900000002",
        page=("NT2 R1 Breakthrough mondeling", "dinsdag 1 september 2026", "vrijdag 29 januari 2027", "Lesplaats Station",
              "Stationsplein 5, 8500 Kortrijk", "120", "deels online"),
        chat=("Waar: Lesplaats Station, Stationsplein 5, 8500 Kortrijk.", "van 1/9 tot 29/1/2027"),
    ),
    Said(
        file="ooapi/v6_CourseOffering_example.json", run="123e4567-e89b-12d3-a456-134564174000",
        page=("Academic and Professional Writing", "woensdag 21 augustus 2019", "woensdag 23 oktober 2019",
              "Moreelsepark 48, 3511 EP Utrecht", "Coöperatie SURF U.A.", "340,84 euro", "deels online"),
        chat=("Academic and Professional Writing, Coöperatie SURF U.A.", "340,84 euro", "Moreelsepark 48, 3511 EP Utrecht"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("said", SAID, ids=lambda said: f"{Path(said.file).name} {said.run[-14:]}")
async def test_the_page_and_the_chat_say_what_the_file_says(
    browser: httpx.AsyncClient, database: Database, said: Said, request: pytest.FixtureRequest
) -> None:
    path = OURS / said.file
    if not path.exists():
        shared: Path = request.getfixturevalue("shared")
        path = shared / "domain" / "samples" / said.file
    run_id = await _taken_over(database, path, said.run)
    response = await browser.get(f"/aanbod/{run_id}")
    page = _words(response.text)
    await _chat_says(database, run_id, said)
    for words in (*said.page, f"Bron: {SOURCE}, nagekeken op 20/11/2026"):
        assert words in page, f"{words!r} is not on the page: {page}"
    assert not [words for words in said.not_said if words in page.replace("20/11/2026", "")]


async def _taken_over(database: Database, path: Path, source_id: str) -> int:
    async with database.transaction() as session:
        with path.open("rb") as file:
            document = Document(file=file, origin=path.name)
            origin = Origin(
                source=SOURCE, licence=None, checked_on=CHECKED, fetched_at=datetime.now(UTC), invented=False
            )
            report = await import_catalogue(
                session, document, importer_for(document), Order(origin=origin, by="tester"), today=TODAY,
                on_problem=lambda problem: pytest.fail(str(problem)),
            )  # fmt: skip
        assert not report.refused
        run = (
            await session.scalars(select(Run).where(Run.source == SOURCE, Run.source_id == source_id))
        ).one()
    return run.id


async def _chat_says(database: Database, run_id: int, said: Said) -> None:
    async with database.transaction() as session:
        (hit,) = await runs_by_id(session, [run_id])
        versions = await versions_for(session, [hit])
    person: Any = SimpleNamespace(facts={})
    turn = SimpleNamespace(say=replies("nl"), person=person, today=TODAY, short=False)
    text = detail_text(cast(Turn, turn), hit, versions)
    for words in (*said.chat, f"Bron: {SOURCE}, nagekeken 20/11"):
        assert words in text, f"{words!r} is not in the chat: {text}"
    assert "None" not in text


def _words(page: str) -> str:
    """The text of the main part of a page."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return (
        re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))
        .replace(" .", ".")
        .replace(" ,", ",")
    )
