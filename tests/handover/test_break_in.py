"""Fault 66: requests forged from elsewhere, a session chosen by another, guessing, a closed account's open stream.

That every action of the console wants a session, its token and our own origin is in `test_access`, route by route.
"""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import Role, Staff, StaffSession
from handover import auth, feeds
from handover.console import live
from handover.console.newsroom import Newsroom
from handover.passwords import hash_password

PASSWORD = "een lang wachtwoord"
OURS = {"origin": "http://test"}
COOKIE = "leerlijn_staff"


@pytest.fixture
async def els(world: Any) -> Staff:
    staff = await world.staff(email="els@voorbeeld.invalid", password_hash=hash_password(PASSWORD))
    await world.session.commit()
    return staff


async def log_in(browser: httpx.AsyncClient, password: str = PASSWORD, **headers: str) -> httpx.Response:
    form = {"email": "els@voorbeeld.invalid", "password": password}
    return await browser.post("/console/login", data=form, headers=OURS | headers)


async def csrf_of(database: Database, staff_id: int) -> str:
    async with database.transaction() as session:
        return (
            await session.scalars(select(StaffSession.csrf).where(StaffSession.staff_id == staff_id))
        ).one()


@pytest.fixture
async def admin(world: Any, els: Staff) -> tuple[str, str]:
    """Token and CSRF token of somebody who looks after accounts."""
    boss = await world.staff(Role.ADMIN, None)
    token = await auth.start(world.session, boss.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    await world.session.commit()
    assert who is not None
    return token, who.csrf


async def close(browser: httpx.AsyncClient, admin: tuple[str, str], els: Staff, active: str) -> int:
    """The admin closes or opens an account, in a browser of their own."""
    path, form = f"/console/beheer/medewerker/{els.id}", {"csrf": admin[1], "active": active}
    request = browser.build_request("POST", path, data=form, headers=OURS)
    request.headers["cookie"] = f"{COOKIE}={admin[0]}"
    return (await browser.send(request)).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://test.evil.example"},
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    ],
)  # fmt: skip
async def test_forged_from_another_site(
    browser: httpx.AsyncClient, database: Database, els: Staff, headers: dict[str, str]
) -> None:
    """With the cookie, and even with the right token, which that site cannot know."""
    await log_in(browser)
    form = {"csrf": await csrf_of(database, els.id), "presence": "away"}
    forged = await browser.post("/console/aanwezig", data=form, headers=headers)
    assert forged.status_code == 403
    async with database.transaction() as session:
        assert (await session.get_one(Staff, els.id)).presence == "available"
    assert (await browser.post("/console/aanwezig", data=form, headers=OURS)).status_code == 303


async def test_logging_somebody_in_from_another_site(browser: httpx.AsyncClient, els: Staff) -> None:
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}):
        answer = await log_in(browser, **headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


async def test_the_token_of_another_session_opens_nothing(
    browser: httpx.AsyncClient, database: Database, els: Staff, admin: tuple[str, str]
) -> None:
    await log_in(browser)
    for token in (admin[1], "", "é", (await csrf_of(database, els.id))[:-1]):
        form = {"csrf": token, "presence": "away"}
        assert (await browser.post("/console/aanwezig", data=form, headers=OURS)).status_code == 403, token


async def test_a_session_chosen_by_another_is_not_taken_over(
    browser: httpx.AsyncClient, database: Database, els: Staff
) -> None:
    chosen = "a-cookie-that-somebody-planted-before-the-log-in"
    browser.cookies.set(COOKIE, chosen)
    given = (await log_in(browser)).cookies[COOKIE]
    assert given != chosen
    browser.cookies.clear()
    browser.cookies.set(COOKIE, chosen)
    assert (await browser.get("/console/dag")).headers["location"].startswith("/console/login")
    # nor does a real session of before live on beside the new one
    browser.cookies.clear()
    browser.cookies.set(COOKIE, given)
    again = (await log_in(browser)).cookies[COOKIE]
    assert again != given
    async with database.transaction() as session:
        assert await auth.session_of(session, given, now=datetime.now(UTC)) is None


async def test_guessing_is_stopped_over_the_wire_also_for_who_guesses_right(
    browser: httpx.AsyncClient, database: Database, els: Staff
) -> None:
    answers = await asyncio.gather(*(log_in(browser, f"raad {number}") for number in range(12)))
    told = [answer.status_code for answer in answers]
    assert told.count(401) == auth.PER_ACCOUNT
    assert told.count(429) == 12 - auth.PER_ACCOUNT
    right = await log_in(browser)
    assert right.status_code == 429
    assert "set-cookie" not in right.headers
    async with database.transaction() as session:
        assert (await session.scalars(select(StaffSession))).all() == []


async def test_a_closed_account_is_out_and_its_open_stream_ends(
    browser: httpx.AsyncClient, database: Database, els: Staff, admin: tuple[str, str]
) -> None:
    token = (await log_in(browser)).cookies[COOKIE]
    async with database.transaction() as session:
        feed = await feeds.make(session, els, now=datetime.now(UTC))
    async with (
        asyncio.timeout(10),
        aclosing(cast(Any, live.news(database, Newsroom(database), token, 0))) as stream,
    ):
        await anext(stream)
        reading = asyncio.create_task(_rest(stream))
        await asyncio.sleep(0.3)
        begun = asyncio.get_running_loop().time()
        assert await close(browser, admin, els, "0") == 303
        parts = await reading
        assert asyncio.get_running_loop().time() - begun < 3, "not only at the next poll"
    assert parts[-1].startswith(b"event: gone")
    assert (await browser.get("/console/dag")).headers["location"].startswith("/console/login")
    async with database.transaction() as session:
        assert await feeds.read(session, feed, names=False, now=datetime.now(UTC)) is None


async def test_an_account_that_opens_again_lets_no_old_cookie_in(
    browser: httpx.AsyncClient, database: Database, els: Staff, admin: tuple[str, str]
) -> None:
    await log_in(browser)
    assert (await browser.get("/console/dag")).status_code == 200
    for active in ("0", "1"):
        assert await close(browser, admin, els, active) == 303
    assert (await browser.get("/console/dag")).headers["location"].startswith("/console/login")
    assert (await log_in(browser)).status_code == 303


async def _rest(stream: Any) -> list[bytes]:
    return [part async for part in stream]
