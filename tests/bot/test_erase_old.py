"""`python -m bot erase-old`, and the tick that does the same at night."""

import argparse
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.commands.erase_old import add_to, run_erase_old
from bot.replies import BRUSSELS
from bot.settings import Settings
from bot.tick import Ticker
from channels.opt_outs import OptOuts
from data.db import Database
from data.tables import Address, AddressLink, Erasure, Person, Suppression

LONG_AGO = datetime.now(UTC) - timedelta(days=200)


async def run(url: str, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    return await run_erase_old(
        Settings(database_url=url, secret="geheim"), parser.parse_args(["erase-old", *arguments])
    )


@pytest.fixture
async def people(database: Database) -> None:
    """Three who were not heard of for 200 days, of whom one said STOP, and one of yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    async with database.transaction() as session:
        for number, at in enumerate((LONG_AGO, LONG_AGO, LONG_AGO, yesterday)):
            person = Person(name=f"p{number}", created_at=at, last_seen_at=at)
            address = Address(
                scheme="sms", path=f"+3247000000{number}", opted_out_at=LONG_AGO if not number else None
            )
            session.add_all([person, address])
            await session.flush()
            session.add(AddressLink(address_id=address.id, person_id=person.id))


async def left(database: Database) -> list[str | None]:
    async with database.transaction() as session:
        kept = select(Person.name).where(Person.erased_at.is_(None)).order_by(Person.id)
        return list(await session.scalars(kept))


async def test_a_dry_run_only_counts(
    people: None, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(database.url, "--dry-run") == 0
    told = capsys.readouterr().out
    assert told.splitlines()[1].split() == ["chat", "4", "3", "3"]
    assert "0 may not be erased" in told
    assert len(await left(database)) == 4


async def test_it_erases_and_stop_is_remembered(
    people: None, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(database.url) == 0
    assert "3 erased" in capsys.readouterr().out
    assert await left(database) == ["p3"]
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Erasure)) == 3
        (stop,) = await session.scalars(select(Suppression.key))
        assert stop == OptOuts(b"geheim").key("sms", "+32470000000")


@pytest.mark.parametrize(("hour", "kept"), [(12, 4), (3, 1)])
async def test_the_tick_does_it_at_night(people: None, database: Database, hour: int, kept: int) -> None:
    at = (datetime.now(BRUSSELS) + timedelta(days=1)).replace(hour=hour, minute=30)
    ticker = Ticker(database, clock=lambda: at, opt_outs=OptOuts(b"geheim"), push_calendars=False)
    for _ in range(2):
        await ticker.tick()
    assert len(await left(database)) == kept
