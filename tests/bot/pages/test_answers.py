"""The answer cards as pages: sources, options side by side, translations marked as such, and what is wrong with them."""

import json
import random
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, date, datetime
from html import unescape

import httpx
import pytest
from sqlalchemy import select

from bot.pages.render import BRUSSELS
from data.catalog import card_checks
from data.catalog.answer_cards import LANGUAGES, ORIGINAL, cards, words_around
from data.db import Database
from data.seed.offer import seed_offer
from data.tables import Course, Fact, Staff


@pytest.fixture
async def catalogue(database: Database) -> Database:
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await seed_offer(session, random.Random(7), now, now.astimezone(BRUSSELS).date())
    return database


async def test_all_cards_are_listed_in_every_language(browser: httpx.AsyncClient) -> None:
    for language in LANGUAGES:
        page = (await browser.get("/antwoorden", params={"lang": language})).text
        assert page.count('href="/antwoorden/') >= len(cards())
        for card in cards().values():
            assert f"/antwoorden/{card.id}?lang={language}" in page
    arabic = (await browser.get("/antwoorden", params={"lang": "ar"})).text
    assert '<div class="stack l" lang="ar" dir="rtl">' in arabic
    assert '<html lang="nl">' in arabic, "what stands around it is Dutch, and says so"


async def test_a_card_has_its_options_sources_and_translations(
    browser: httpx.AsyncClient, catalogue: Database
) -> None:
    dutch = (await browser.get("/antwoorden/evc")).text
    assert "EVC betekent dat je laat erkennen wat je al kan." in dutch
    assert dutch.count("<dt>") == 2
    assert 'href="https://www.kortenberg.be/ervaringsbewijs-7"' in dutch
    assert "nagekeken op 20/11/2026" in dutch
    assert "Officiële pagina&#39;s zeggen niet hetzelfde" in dutch
    assert "Vertaald" not in dutch
    data = json.loads(re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', dutch)[0])
    assert data["mainEntity"]["acceptedAnswer"]["text"].startswith("EVC betekent")

    arabic = (await browser.get("/antwoorden/evc", params={"lang": "ar"})).text
    assert '<article class="stack" lang="ar" dir="rtl">' in arabic
    assert "مترجم من الهولندية." in arabic
    assert 'href="/antwoorden/evc?lang=nl" lang="nl"' in arabic
    for language in LANGUAGES:
        assert f'hreflang="{language}"' in arabic

    async with catalogue.transaction() as session:
        fact = (await session.scalars(select(Fact).where(Fact.source_id == "evc.duration"))).one()
        fact.statement, fact.recheck_after = "Reken op drie maanden.", date(2020, 1, 1)
    corrected = (await browser.get("/antwoorden/evc")).text
    assert "Een deel hiervan is verbeterd:" in corrected
    assert "Reken op drie maanden." in corrected
    assert "Dit moest al opnieuw nagekeken worden" in corrected
    assert "opnieuw na te kijken" in corrected


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != ORIGINAL])
async def test_what_stands_around_a_card_is_in_its_language(
    browser: httpx.AsyncClient, catalogue: Database, language: str
) -> None:
    said, dutch = words_around(language), words_around(ORIGINAL)
    pages = {
        "/antwoorden": ("title", "lead", "other", "ask", "offer"),
        "/antwoorden/evc": ("back", "based", "talk_button", "ask", "wrong"),
    }
    for path, names in pages.items():
        page = unescape((await browser.get(path, params={"lang": language})).text)
        main = page.partition("<main")[2].partition("</main>")[0]
        for name in names:
            assert said[name] in main, (path, name)
            assert dutch[name] not in main, (path, name)
        assert said["languages"] in main
    assert said["checked_on"].format(day="20/11/2026") in main
    assert dutch["checked_on"].format(day="20/11/2026") not in main


@pytest.mark.parametrize("card_id", ["x", "%00", "evc%2F..", "é"])
async def test_an_unknown_card_is_a_calm_404(browser: httpx.AsyncClient, card_id: str) -> None:
    answer = await browser.get(f"/antwoorden/{card_id}")
    assert answer.status_code == 404
    assert 'href="/chat?lang=nl"' in answer.text


async def test_search_engines_get_what_is_real(browser: httpx.AsyncClient, catalogue: Database) -> None:
    robots = (await browser.get("/robots.txt")).text
    assert "Disallow: /console" in robots
    assert "Sitemap: http://leerlijn.test/sitemap.xml" in robots
    async with catalogue.transaction() as session:
        course = (await session.scalars(select(Course).order_by(Course.id).limit(1))).one()
        course.invented = False
        real = course.id
    page = await browser.get("/sitemap.xml")
    assert page.headers["content-type"].startswith("application/xml")
    tree = ElementTree.fromstring(page.text)  # noqa: S314 - our own page
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    addresses = [found.text for found in tree.findall("s:url/s:loc", names)]
    assert "http://leerlijn.test/antwoorden/evc" in addresses
    assert [a for a in addresses if a and "/cursus/" in a] == [f"http://leerlijn.test/aanbod/cursus/{real}"]
    assert len(tree.findall("s:url/x:link", names)) == len(cards()) * len(LANGUAGES)


async def test_a_card_that_staff_hid_says_so_and_gives_no_facts(
    browser: httpx.AsyncClient, catalogue: Database
) -> None:
    async with catalogue.transaction() as session:
        staff = Staff(name="Griet", email="griet@voorbeeld.invalid", role="admin", password_hash="-")
        session.add(staff)
        await session.flush()
        await card_checks.hold(session, "evc", "oud", by_id=staff.id, now=datetime.now(UTC))
    for language in LANGUAGES:
        page = (await browser.get("/antwoorden/evc", params={"lang": language})).text
        assert words_around(language)["held"].replace("'", "&#39;") in page
        assert cards()["evc"].said(language).sentences[0].replace("'", "&#39;") not in page
    assert "kortenberg.be" not in page
    assert "oud" not in re.findall(r"<main.*</main>", page, re.DOTALL)[0], "why is for staff"
