"""The public catalogue over the demo offer."""

import json
import random
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from bot.pages.offer import Search, place_named
from bot.pages.render import BRUSSELS
from data.catalog.indexing import index_texts
from data.db import Database
from data.seed.offer import seed_offer
from data.tables import Run, ShownList
from tests.data.catalogue import Catalogue

SOON = datetime.now(UTC).date() + timedelta(days=30)


@pytest.fixture
async def catalogue(database: Database) -> Database:
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await seed_offer(session, random.Random(7), now, now.astimezone(BRUSSELS).date())
    return database


async def test_a_visitor_searches_pages_and_reads(browser: httpx.AsyncClient, catalogue: Database) -> None:
    """One visit, because filling the catalogue takes longer than reading it."""
    page = (await browser.get("/aanbod", params={"q": "spaans", "where": "9000", "km": "30"})).text
    titles = re.findall(r'<a href="/aanbod/(\d+)\?lang=nl" lang="nl">([^<]+)</a>', page)
    assert titles
    assert all("Spaans" in title for _, title in titles)
    assert "verzonnen demo-gegevens" in page
    assert "Bron: " in page
    assert "nagekeken op" in page
    assert " km</p>" in page
    assert "noindex" in page, "an invented offer must not end up in search engines"

    shown = (await browser.get(f"/aanbod/{titles[0][0]}")).text
    assert titles[0][1] in shown
    assert "Over de prijs: " in shown
    assert "application/ld+json" not in shown, "what is invented is not told to machines as true"

    async with catalogue.transaction() as session:
        kept = (await session.scalars(select(ShownList))).one()
        assert kept.run_ids == [int(run_id) for run_id, _ in titles]
        assert "spaans" not in json.dumps(kept.query), "free words are nobody's business"
        run = await session.get_one(Run, int(titles[0][0]))
        run.invented = False
        run.status = "full"
        run.lesson_hours, run.weekdays, run.day_parts, run.starts, run.ends = 0, [], [], None, None

    real = (await browser.get(f"/aanbod/{titles[0][0]}")).text
    data = json.loads(re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', real)[0])
    assert data["@type"] == "Course"
    assert data["hasCourseInstance"]["location"]["address"]["addressCountry"] == "BE"
    assert "Deze cursus zit vol" in real
    assert "Aantal lestijden" in shown
    assert not {"Aantal lestijden", "Wanneer?"} & set(re.findall("Aantal lestijden|Wanneer.", real)), (
        "not told"
    )

    first = (await browser.get("/aanbod")).text
    onward = re.findall(r'rel="next" href="([^"]+)"', first)[0]
    second = (await browser.get(onward.replace("&amp;", "&"))).text
    assert "blz. 2 van" in second
    of = re.compile(r'href="/aanbod/(\d+)')
    assert set(of.findall(first)).isdisjoint(of.findall(second))

    refused = {"q": "spaans", "not": ["0", "1", "2", "morning"]}
    free = (await browser.get("/aanbod", params=refused)).text
    cards = free.partition("<ol")[2].partition("</ol>")[0]
    assert of.findall(cards)
    assert not re.search(r"\b(?:maandag|dinsdag|woensdag)\b", cards)
    assert free.count(" checked>") == 4, "what was refused stays ticked"
    assert "Wanneer kan je niet?" in free
    onward = re.findall(r'rel="next" href="([^"]+)"', free)
    assert all("not=0&amp;not=1&amp;not=2&amp;not=morning" in address for address in onward)

    relaxed = (
        await browser.get("/aanbod", params={"subject": "chinees", "where": "Koksijde", "km": "5"})
    ).text
    assert "Dit komt in de buurt, met een andere" in relaxed or "Hier vinden we nu niets" in relaxed
    nowhere = (await browser.get("/aanbod", params={"q": "spaans", "where": "Atlantis"})).text
    assert "De plaats “Atlantis” kennen we niet" in nowhere
    assert "Spaans" in nowhere


async def test_what_only_resembles_stands_apart_below_what_fits(
    browser: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        offer = Catalogue(session)
        for provider in "ABCDEFGHIJKL":
            await offer.run(
                title="Handtassen snijden, lijmen en verven", subject="leder", provider=provider, start=SOON
            )
        await offer.run(title="Lederbewerking", subject="naaien", start=SOON)
        await index_texts(session)
    pages = [
        (
            await browser.get(
                "/aanbod", params={"q": "lederen handtassen snijden lijmen verven", "page": page}
            )
        ).text
        for page in (1, 2)
    ]
    headings = [re.findall(r"<h2>([^<]*)</h2>", page) for page in pages]
    assert headings == [["12 gevonden"], ["12 gevonden", "Lijkt erop: nog 1"]]
    fits, alike = pages[1].split("<h2>Lijkt erop")
    linked = re.compile(r'lang="nl">([^<]+)</a></h3>')
    assert linked.findall(fits) == ["Handtassen snijden, lijmen en verven"] * 2
    assert linked.findall(alike) == ["Lederbewerking"]
    assert '<ol class="stack" start="13">' in alike


async def test_nothing_found_has_a_next_step(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/aanbod", params={"q": "onderwaterweven"})).text
    assert "Hier vinden we nu niets" in page
    assert 'href="/chat?lang=nl"' in page


@pytest.mark.parametrize("run_id", ["999999", "0", "-1", "abc", "1" * 30, "²", "%00"])
async def test_an_unknown_run_is_a_calm_404(browser: httpx.AsyncClient, run_id: str) -> None:
    assert (await browser.get(f"/aanbod/{run_id}")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"q": "<script>alert(1)</script>\0", "where": "' OR 1=1 --", "page": "-3", "day": "9", "km": "1e9"},
        {"q": "&|!:*()'", "part": "night", "mode": "x", "subject": "none", "page": "99999999999"},
        {"q": "\U0001f600" * 300, "page": "199"},
    ],
)
async def test_odd_addresses_do_no_harm(browser: httpx.AsyncClient, query: dict[str, str]) -> None:
    page = await browser.get("/aanbod", params=query)
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_an_address_says_all_of_a_search_and_nothing_more() -> None:
    given = {"q": "les", "where": "Aalst", "km": "5", "subject": "spaans", "part": "evening", "day": "0", "mode": "online", "page": "2"}  # fmt: skip
    assert Search.of(given).address("fr") == (
        "/aanbod?q=les&where=Aalst&km=5&subject=spaans&part=evening&day=0&mode=online&page=2&lang=fr"
    )
    assert Search().address("nl") == "/aanbod?lang=nl"
    assert not Search.of({"q": "les", "page": "3"}).narrowed
    assert Search.of({"day": "0"}).narrowed


def test_who_cannot_come_then_says_so_in_the_address() -> None:
    given = {"q": "les", "day": "4", "part": "evening"}
    asked = Search.of(given, ["0", "4", "morning", "evening", "night", "9", "-1"])
    assert (asked.not_days, asked.not_parts) == ((0,), ("morning",)), "what is asked for is not refused"
    assert asked.address("nl") == "/aanbod?q=les&part=evening&day=4&not=0&not=morning&lang=nl"
    assert (asked.query().not_weekdays, asked.query().not_parts) == ((0,), ("morning",))
    assert Search.of({}, ["0"]).narrowed


@pytest.mark.parametrize(
    ("words", "name"),
    [("9300", "Aalst"), ("gent", "Gent"), ("Gand", "Gent"), ("sint niklaas", "Sint-Niklaas"), ("Atlantis", None), ("", None)],
)  # fmt: skip
def test_places_are_known_by_name_and_postcode(words: str, name: str | None) -> None:
    place = place_named(words)
    assert (place.name if place else None) == name


@pytest.mark.parametrize(
    ("words", "left", "where"),
    [
        ("naaien in gent", "naaien", "Gent"),
        ("couture à Gand", "couture", "Gent"),
        ("bloemschikken Mechelen", "bloemschikken", "Mechelen"),
        ("zorg in Boom", "zorg", "Boom"),
        ("zagen van een boom", "zagen van een boom", ""),
        ("gent", "gent", ""),
        ("in Gent", "in Gent", ""),
        ("excel 2000", "excel 2000", ""),
    ],
)
def test_a_town_at_the_end_of_the_words_is_where(words: str, left: str, where: str) -> None:
    asked = Search.of({"q": words}).with_place()
    assert (asked.words, asked.where) == (left, where)
    filled = Search.of({"q": words, "where": "Aalst"})
    assert filled.with_place() == filled
