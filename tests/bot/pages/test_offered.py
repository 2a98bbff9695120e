"""Pages of one course and of one provider, over the demo offer."""

import random
import re
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from bot.pages.render import BRUSSELS, texts
from data.db import Database
from data.seed.offer import seed_offer
from data.tables import Course, Place, Provider, Run

MONTHS = texts("nl")["months"]
TODAY = datetime.now(BRUSSELS).date()


@pytest.fixture
async def catalogue(database: Database) -> Database:
    async with database.transaction() as session:
        await seed_offer(session, random.Random(7), datetime.now(UTC), TODAY)
    return database


async def test_from_a_run_to_its_course_its_provider_and_back(
    browser: httpx.AsyncClient, catalogue: Database
) -> None:
    """One visit, because filling the catalogue takes longer than reading it."""
    async with catalogue.transaction() as session:
        run = (
            await session.scalars(
                select(Run).where(Run.status == "open", Run.enrol_until >= TODAY).order_by(Run.id).limit(1)
            )
        ).one()
        course = await session.get_one(Course, run.course_id)
        provider = await session.get_one(Provider, course.provider_id)
        towns = set(await session.scalars(select(Place.municipality).where(Place.provider_id == provider.id)))

    shown = (await browser.get(f"/aanbod/{run.id}")).text
    assert f'href="/aanbod/cursus/{course.id}?lang=nl"' in shown
    assert f'href="/aanbod/aanbieder/{provider.id}?lang=nl"' in shown

    page = (await browser.get(f"/aanbod/cursus/{course.id}")).text
    assert f'href="/aanbod/{run.id}?lang=nl"' in page
    assert "Je kan nog starten" in page
    assert "Bron: " in page
    assert "noindex" in page, "an invented course must not end up in search engines"
    joinable = page.partition("Volzet of al gestart")[0]
    starts = [
        date(int(year), MONTHS.index(month) + 1, int(day))
        for day, month, year in re.findall(r"start \w+ (\d+) (\w+) (\d{4})", joinable)
    ]
    assert starts
    assert starts == sorted(starts)

    whole = (await browser.get(f"/aanbod/aanbieder/{provider.id}")).text
    assert all(town in whole for town in towns)
    titles = re.findall(r'href="/aanbod/cursus/\d+\?lang=nl" lang="nl">([^<]+)<', whole)
    assert titles == sorted(titles)
    assert 'href="/neutraal?lang=nl"' in whole

    async with catalogue.transaction() as session:
        (await session.get_one(Run, run.id)).valid_to = TODAY - timedelta(days=1)
        (await session.get_one(Course, course.id)).valid_to = TODAY - timedelta(days=1)
        (await session.get_one(Provider, provider.id)).valid_to = TODAY - timedelta(days=1)
    gone = await browser.get(f"/aanbod/{run.id}")
    assert gone.status_code == 410
    assert "Deze cursus is voorbij" in gone.text
    gone = await browser.get(f"/aanbod/cursus/{course.id}")
    assert gone.status_code == 410
    assert f'href="/aanbod/{run.id}?lang=nl"' not in gone.text
    assert (await browser.get(f"/aanbod/aanbieder/{provider.id}")).status_code == 410


async def test_a_run_that_is_over_is_gone_and_says_what_to_do(
    browser: httpx.AsyncClient, catalogue: Database
) -> None:
    async with catalogue.transaction() as session:
        run_id = (await session.scalars(select(Run.id).order_by(Run.id).limit(1))).one()
        (await session.get_one(Run, run_id)).status = "ended"
    page = await browser.get(f"/aanbod/{run_id}", params={"lang": "fr"})
    assert page.status_code == 410
    assert "noindex" in page.text
    assert "/aanbod/cursus/" in page.text


@pytest.mark.parametrize("path", ["cursus", "aanbieder"])
@pytest.mark.parametrize("number", ["999999", "0", "-1", "abc", "1" * 30, "²", "%00"])
async def test_what_we_do_not_know_is_a_calm_404(browser: httpx.AsyncClient, path: str, number: str) -> None:
    assert (await browser.get(f"/aanbod/{path}/{number}")).status_code == 404


async def test_a_provider_without_anything_has_a_next_step(
    browser: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        provider = Provider(
            name="CVO Leeg", kind="cvo", source="test", source_id="leeg", fetched_at=datetime.now(UTC),
            checked_on=date(2026, 11, 1),
        )  # fmt: skip
        session.add(provider)
        await session.flush()
        number = provider.id
    page = await browser.get(f"/aanbod/aanbieder/{number}")
    assert page.status_code == 200
    assert "We kennen geen adres" in page.text
    assert 'href="/aanbod?lang=nl"' in page.text
    assert (await browser.get(f"/aanbod/aanbieder/{number}", params={"page": "2"})).status_code == 404


async def test_price_start_and_order_filter(browser: httpx.AsyncClient, catalogue: Database) -> None:
    later = (TODAY + timedelta(days=60)).isoformat()
    query = {"subject": "spaans", "most": "200", "start": later, "order": "price"}
    page = (await browser.get("/aanbod", params=query)).text
    assert f'value="{later}"' in page
    assert '<option value="200" selected>' in page
    prices = [
        float(found.replace(",", ".")) for found in re.findall(r'<strong class="number">([\d,]+) euro', page)
    ]
    assert prices
    assert max(prices) <= 200
