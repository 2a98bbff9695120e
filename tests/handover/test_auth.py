"""Log-in: the sessions, what ends them, and the limit on guessing."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from data.db import Database
from data.tables import LoginAttempt, Presence, Staff, StaffSession
from handover import auth
from handover.auth import LogInRefused, Passwords
from handover.passwords import hash_password

PASSWORD = "een lang wachtwoord"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def _log_in(database: Database, email: str, password: str, **more: Any) -> str:
    return await auth.log_in(
        database, more.pop("passwords", Passwords()), email=email, password=password,
        network_address=more.pop("network_address", "192.0.2.1"), secret=b"s", now=more.pop("now", NOW), **more,
    )  # fmt: skip


@pytest.fixture
async def els(world: Any) -> Staff:
    staff = await world.staff(email="els@voorbeeld.invalid", password_hash=hash_password(PASSWORD))
    await world.session.commit()
    return staff


def test_hashes_are_salted_argon2id_with_the_stated_cost() -> None:
    one, two = hash_password("x"), hash_password("x")
    assert one != two
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_session_is_found_by_its_token_and_ends(database: Database, els: Staff) -> None:
    token = await _log_in(database, " ELS@voorbeeld.invalid", PASSWORD)
    async with database.transaction() as session:
        assert await session.scalar(select(StaffSession).where(StaffSession.token_hash == token)) is None
        who = await auth.session_of(session, token, now=NOW)
        assert who is not None
        assert who.staff.id == els.id
        assert who.staff.presence == Presence.AVAILABLE
        assert await auth.session_of(session, token + "x", now=NOW) is None
        assert await auth.session_of(session, "", now=NOW) is None
        assert await auth.session_of(session, token, now=NOW + auth.IDLE + timedelta(minutes=1)) is None
        await auth.end(session, token, now=NOW)
        assert await auth.session_of(session, token, now=NOW) is None
        staff = await session.get(Staff, els.id, populate_existing=True)
        assert staff is not None
        assert staff.presence == Presence.OFFLINE


async def test_a_session_lasts_a_week_at_most(database: Database, els: Staff) -> None:
    token = await _log_in(database, els.email, PASSWORD)
    at = NOW
    async with database.transaction() as session:
        while at < NOW + auth.LONGEST - timedelta(hours=11):
            assert await auth.session_of(session, token, now=at) is not None
            at += timedelta(hours=11)
        assert await auth.session_of(session, token, now=NOW + auth.LONGEST) is None


async def test_logging_in_again_ends_the_old_cookie(database: Database, els: Staff) -> None:
    old = await _log_in(database, els.email, PASSWORD)
    new = await _log_in(database, els.email, PASSWORD, old_token=old)
    async with database.transaction() as session:
        assert await auth.session_of(session, old, now=NOW) is None
        assert await auth.session_of(session, new, now=NOW) is not None


async def test_an_account_that_is_closed_is_out_at_once(database: Database, els: Staff) -> None:
    token = await _log_in(database, els.email, PASSWORD)
    async with database.transaction() as session:
        staff = await session.get(Staff, els.id)
        assert staff is not None
        staff.active = False
    async with database.transaction() as session:
        assert await auth.session_of(session, token, now=NOW) is None
    with pytest.raises(LogInRefused):
        await _log_in(database, els.email, PASSWORD)


async def test_wrong_and_unknown_are_told_alike(database: Database, els: Staff) -> None:
    sentences = set()
    for email, password in ((els.email, "fout"), ("niemand@voorbeeld.invalid", PASSWORD)):
        with pytest.raises(LogInRefused) as refused:
            await _log_in(database, email, password)
        sentences.add(str(refused.value))
    assert len(sentences) == 1


async def test_guessing_one_account_stops_also_when_done_at_once(database: Database, els: Staff) -> None:
    async def guess(number: int) -> bool:
        try:
            await _log_in(database, els.email, f"fout {number}", network_address=f"192.0.2.{number}")
        except LogInRefused as refused:
            return refused.too_many
        return False

    refused = await asyncio.gather(*(guess(number) for number in range(12)))
    assert refused.count(False) == auth.PER_ACCOUNT
    with pytest.raises(LogInRefused) as refusal:
        await _log_in(database, els.email, PASSWORD)
    assert refusal.value.too_many
    later = NOW + auth.WINDOW + timedelta(seconds=1)
    assert await _log_in(database, els.email, PASSWORD, now=later)
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(LoginAttempt)) == 0


async def test_guessing_many_accounts_from_one_address_stops(database: Database, els: Staff) -> None:
    passwords = Passwords()
    too_many = []
    for number in range(auth.PER_NETWORK_ADDRESS + 1):
        with pytest.raises(LogInRefused) as refused:
            await _log_in(database, f"{number}@voorbeeld.invalid", "x", passwords=passwords)
        too_many.append(refused.value.too_many)
    assert too_many == [False] * auth.PER_NETWORK_ADDRESS + [True]


async def test_attempts_keep_no_address_and_no_account(database: Database, els: Staff) -> None:
    with pytest.raises(LogInRefused):
        await _log_in(database, els.email, "fout")
    async with database.transaction() as session:
        keys = (await session.scalars(select(LoginAttempt.key))).all()
    assert len(keys) == 2
    assert not any("els" in key or "192" in key for key in keys)


async def test_the_log_in_page(browser: httpx.AsyncClient, els: Staff) -> None:
    assert (await browser.get("/console/")).status_code == 200
    form = {"email": els.email, "password": "fout"}
    wrong = await browser.post("/console/login", data=form)
    assert wrong.status_code == 401
    assert auth.WRONG in wrong.text
    assert "fout" not in wrong.text
    form["password"] = PASSWORD
    evil = await browser.post("/console/login", data=form, headers={"origin": "https://evil.example"})
    assert evil.status_code == 403
    answer = await browser.post("/console/login", data={**form, "naar": "/console/agenda?week=2026-11-23"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/agenda?week=2026-11-23"
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("leerlijn_staff=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await browser.get("/console/")).headers["location"] == "/console/dag"


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/console/\\evil", "/console//evil.example/", "/elders", ""],
)
async def test_log_in_never_leads_elsewhere(browser: httpx.AsyncClient, els: Staff, to: str) -> None:
    form = {"email": els.email, "password": PASSWORD, "naar": to}
    assert (await browser.post("/console/login", data=form)).headers["location"] == "/console/"


def test_with_https_the_cookie_is_bound_to_the_host() -> None:
    assert auth.cookie_name(https=True) == "__Host-leerlijn"


async def test_nobody_waits_for_somebody_elses_note_that_one_is_there(database: Database, world: Any) -> None:
    """A slow page holds its rows; who looks in meanwhile, also for all at once, goes on without them."""
    staff = await world.staff(presence="available", presence_at=NOW)
    token = await auth.start(world.session, staff.id, now=NOW)
    await world.session.commit()
    later = NOW + auth.SEEN_EVERY + timedelta(seconds=1)
    async with database.transaction() as slow:
        assert await auth.session_of(slow, token, now=later) is not None
        async with asyncio.timeout(5), database.transaction() as other:
            assert list(await auth.sessions_of(other, [token, "none"], now=later)) == [token]
    async with database.transaction() as session:
        assert (await session.scalars(select(StaffSession.seen_at))).all() == [later]
        assert (await session.scalars(select(Staff.presence_at))).all() == [later]
