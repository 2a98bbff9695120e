"""The front page, the pages about us, and the error pages."""

from datetime import date, time

import httpx
import pytest
from fastapi import FastAPI

from bot.guard import SecurityHeaders
from data.db import Database
from data.tables import Counter, Region, Sitting, Staff


async def test_an_empty_service_says_what_one_can_do(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert 'action="/chat"' in page.text
    assert "Stel je vraag in de chat" in page.text


async def test_counters_show_their_place_and_hours(browser: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Leerwinkel Gent", office_hours={}))
        await session.flush()
        els = Staff(name="Els", email="els@x.example", role="counsellor", region_id="gent", password_hash="-")
        desk = Counter(region_id="gent", name="bib <Zuid>", street="Kerkstraat 4", postcode="9000",
                       municipality="Gent", walk_in=True, invented=True)  # fmt: skip
        shut = Counter(region_id="gent", name="oude bib", active=False)
        session.add_all([els, desk, shut])
        await session.flush()
        session.add(Sitting(counter_id=desk.id, staff_id=els.id, weekday=1, starts=time(13), ends=time(16),
                            valid_from=date(2026, 1, 1)))  # fmt: skip
    page = (await browser.get("/")).text
    assert "bib &lt;Zuid&gt;" in page
    assert "di 13:00 tot 16:00" in page
    assert "zonder afspraak" in page
    assert "verzonnen" in page
    assert "oude bib" not in page


@pytest.mark.parametrize("path", ["/", "/neutraal", "/toegankelijkheid", "/privacy", "/aanbod"])
@pytest.mark.parametrize("language", ["nl", "fr", "en"])
async def test_every_page_speaks_three_languages(
    browser: httpx.AsyncClient, path: str, language: str
) -> None:
    page = await browser.get(path, params={"lang": language})
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert page.text.count("<h1") == 1
    assert "style=" not in page.text
    assert "<script>" not in page.text


async def test_a_wrong_address_is_a_page_with_a_next_step(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/nergens")
    assert page.status_code == 404
    assert "Deze pagina vinden we niet" in page.text
    assert 'href="/chat?lang=nl"' in page.text


async def test_no_address_makes_us_link_to_another_site(browser: httpx.AsyncClient) -> None:
    page = await browser.get("http://leerlijn.test//evil.example/x?q=%22%3E%3Cscript%3E")
    assert page.status_code == 404
    assert 'href="//' not in page.text
    assert "evil.example" not in page.text
    assert 'href="?q=%22%3E%3Cscript%3E&amp;lang=fr"' in page.text


async def test_machines_keep_json(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/v1/nergens")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not Found"}


async def test_our_own_failure_is_calm_and_tells_no_secrets(app: FastAPI, browser: httpx.AsyncClient) -> None:
    @app.get("/stuk")
    async def broken() -> None:
        raise RuntimeError("password=hunter2")

    page = await browser.get("/stuk")
    assert page.status_code == 500
    assert "Er ging iets mis bij ons" in page.text
    assert "hunter2" not in page.text


@pytest.mark.parametrize("path", ["/stuk", "/api/stuk"])
async def test_our_own_failure_is_as_safe_as_other_pages(
    app: FastAPI, browser: httpx.AsyncClient, path: str
) -> None:
    """What fails passes no middleware on its way back."""
    app.add_middleware(SecurityHeaders, https=True, embed_origins="*")

    @app.get(path)
    async def broken() -> None:
        raise RuntimeError

    failed, found = await browser.get(path), await browser.get("/aanbod")
    assert failed.status_code == 500
    safe = ("x-content-type-options", "referrer-policy", "strict-transport-security", "x-frame-options")
    assert [failed.headers[name] for name in safe] == [found.headers[name] for name in safe]
    assert "object-src 'none'" in failed.headers["content-security-policy"]


async def test_the_widget_may_be_loaded_by_any_site(browser: httpx.AsyncClient) -> None:
    script = await browser.get("/widget.js")
    assert script.headers["access-control-allow-origin"] == "*"
    assert script.headers["content-type"].startswith("text/javascript")
    demo = await browser.get("/demo-site")
    assert '<leerlijn-chat language="nl">' in demo.text
    assert "verzonnen" in demo.text


async def test_the_chat_stays_light(browser: httpx.AsyncClient) -> None:
    files = ["leerlijn.css", "chat.js", "chat-link.js"]
    sizes = [len((await browser.get(f"/static/{name}")).content) for name in files]
    assert sizes[0] <= 40_000
    assert sum(sizes) <= 60_000


@pytest.mark.parametrize(("language", "said"), [("nl", ("90 dagen", "5 jaar")), ("fr", ("90 jours", "5 ans")), ("en", ("90 days", "5 years"))])  # fmt: skip
async def test_how_long_we_keep_somebody_is_what_the_regions_chose(
    browser: httpx.AsyncClient, database: Database, language: str, said: tuple[str, str]
) -> None:
    usual = (await browser.get(f"/privacy?lang={language}")).text
    assert all(words in usual for words in said)
    assert "<table" not in usual
    async with database.transaction() as session:
        for code in ("x-een", "x-twee"):
            days = 33 if code == "x-een" else 90
            session.add(Region(id=code, name=f"Leerwinkel {code}", office_hours={}, keep_chat_days=days))
    several = (await browser.get(f"/privacy?lang={language}")).text
    row = several.split("Leerwinkel x-een")[1].split("</tr>")[0]
    assert "33" in row
    assert said[1] in row
