"""Saying on a page that something is wrong, without JavaScript."""

import html
import random
import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select

from bot.pages.report import LONGEST, MOST_A_DAY
from data.db import Database
from data.seed.offer import seed_offer
from data.tables import CatalogueReport, Region, Run
from tests.offer import add_run

OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
async def run(database: Database) -> Run:
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Gent", office_hours={}))
        return await add_run(session)


async def reports(database: Database) -> list[CatalogueReport]:
    async with database.transaction() as session:
        return list((await session.scalars(select(CatalogueReport).order_by(CatalogueReport.id))).all())


def form(run: Run, **more: str) -> dict[str, str]:
    return {
        "kind": "run",
        "id": str(run.id),
        "about": "price",
        "text": "het is 300 euro",
        "lang": "nl",
    } | more


async def test_from_the_course_page_to_the_thanks(
    browser: httpx.AsyncClient, database: Database, run: Run
) -> None:
    page = (await browser.get(f"/aanbod/{run.id}")).text
    assert "Klopt er iets niet?" in page
    assert f'name="id" value="{run.id}"' in page
    sent = await browser.post("/melding", data=form(run), headers=OURS)
    assert sent.status_code == 303
    thanks = await browser.get(sent.headers["location"])
    assert "Een collega kijkt het na" in thanks.text
    (kept,) = await reports(database)
    assert (kept.text, kept.about, kept.heard, kept.region_id) == ("het is 300 euro", "price", "page", "gent")
    assert kept.person_id is None
    await browser.post("/melding", data=form(run), headers=OURS)
    assert len(await reports(database)) == 1, "sent twice it is one report"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"about": ""}, "Kies eerst"),
        ({"about": "everything"}, "Kies eerst"),
        ({"about": "other", "text": "  "}, "in een paar woorden"),
        ({"text": "x" * (LONGEST + 1)}, "te lang"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_lost(
    browser: httpx.AsyncClient, database: Database, run: Run, more: dict[str, str], says: str
) -> None:
    answer = await browser.post("/melding", data=form(run, **more), headers=OURS)
    assert answer.status_code == 422
    assert says in answer.text
    assert form(run, **more)["text"].strip() in answer.text
    assert await reports(database) == []


async def test_without_words_the_choice_is_enough(
    browser: httpx.AsyncClient, database: Database, run: Run
) -> None:
    await browser.post("/melding", data=form(run, about="gone", text=""), headers=OURS)
    assert [row.text for row in await reports(database)] == ["De cursus bestaat niet meer"]


async def test_from_another_site_by_a_program_or_too_often(
    browser: httpx.AsyncClient, database: Database, run: Run
) -> None:
    foreign = await browser.post("/melding", data=form(run), headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    filled = await browser.post("/melding", data=form(run, website="http://x"), headers=OURS)
    assert filled.status_code == 303
    assert await reports(database) == []
    codes = [
        (await browser.post("/melding", data=form(run, text=f"fout {number}"), headers=OURS)).status_code
        for number in range(MOST_A_DAY + 2)
    ]
    assert codes == [303] * MOST_A_DAY + [429] * 2
    assert len(await reports(database)) == MOST_A_DAY


async def test_markup_stays_text_and_numbers_stay_out(
    browser: httpx.AsyncClient, database: Database, run: Run
) -> None:
    text = "<script>alert(1)</script> bel 0470 12 34 56"
    await browser.post("/melding", data=form(run, text=text), headers=OURS)
    (kept,) = await reports(database)
    assert "0470" not in kept.text
    again = await browser.post("/melding", data=form(run, about="", text=text), headers=OURS)
    assert "<script>alert" not in again.text


@pytest.mark.parametrize(
    "query", ["", "kind=run&id=0", "kind=run&id=999999", "kind=person&id=1", "kind=run&id=²"]
)
async def test_what_is_not_there(browser: httpx.AsyncClient, database: Database, query: str) -> None:
    assert (await browser.get(f"/melding?{query}")).status_code == 404
    assert (
        await browser.post("/melding", data={"kind": "run", "id": "999999"}, headers=OURS)
    ).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("fr", "Quelque chose"), ("en", "Is something wrong?")])
async def test_in_other_languages(browser: httpx.AsyncClient, run: Run, language: str, words: str) -> None:
    page = await browser.get(f"/melding?kind=run&id={run.id}&lang={language}")
    assert words in page.text


async def test_a_statement_behind_an_answer_card(browser: httpx.AsyncClient, database: Database) -> None:
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await seed_offer(session, random.Random(7), now, now.date())
    card = (await browser.get("/antwoorden/evc")).text
    links = re.findall(r'href="(/melding\?kind=fact&amp;id=\d+&amp;lang=nl)"', card)
    assert links
    form_page = await browser.get(html.unescape(links[0]))
    assert "Klopt er iets niet?" in form_page.text
    number = re.findall(r'name="id" value="(\d+)"', form_page.text)[0]
    data = {"kind": "fact", "id": number, "about": "other", "text": "dit is oud", "lang": "nl"}
    assert (await browser.post("/melding", data=data, headers=OURS)).status_code == 303
    (kept,) = await reports(database)
    assert (kept.kind, kept.region_id, kept.text) == ("fact", None, "dit is oud")
