"""`python -m bot gaps` over a database with some demand."""

import argparse
import csv
import io
import json
from datetime import date

import pytest

from bot.__main__ import main
from bot.commands.gaps import add_to, run_gaps
from bot.settings import Settings
from data.catalog.demand import Asked, DemandLog
from data.db import Database
from data.tables import DemandKind, Region

DAY = date(2026, 3, 10)


async def run(url: str, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    given = parser.parse_args(["gaps", "--from", "2026-03", "--until", "2026-03-31", *arguments])
    return await run_gaps(Settings(database_url=url, gaps_k=3), given)


@pytest.fixture
async def demand(database: Database) -> str:
    log = DemandLog(b"secret", k=3)
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Leerwinkel Gent", office_hours={}))
        for number in range(40):
            asked = Asked(subject_id="spaans", language="nl", nis="44021", region="gent", day_part="evening")
            await log.record(session, asked, DemandKind.NONE, heard="chat", asker=f"p{number}", day=DAY)
    return database.url


async def test_a_table(demand: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(demand) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[1].split()[:3] == ["niets", "gevonden", "Spaans"]
    assert "40 questions without a good answer, 2026-03 to 2026-03" in printed


async def test_json_csv_and_a_region(demand: str, capsys: pytest.CaptureFixture[str]) -> None:
    await run(demand, "--format", "json")
    told = json.loads(capsys.readouterr().out)
    assert (told["total"], told["k"], told["gaps"][0]["nis"]) == (40, 3, "44021")
    await run(demand, "--format", "csv", "--region", "gent")
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff")), delimiter=";")
    assert (row["gemeente"], row["regio"], row["aantal"]) == ("Gent", "Leerwinkel Gent", "40")
    await run(demand, "--region", "limburg")
    assert "0 questions" in capsys.readouterr().out


async def test_months_the_wrong_way_round(demand: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(demand, "--until", "2026-01") == 2
    assert "earlier month first" in capsys.readouterr().err


def test_what_is_no_month(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["gaps", "--from", "gisteren"])
    assert "'gisteren' is no month" in capsys.readouterr().err
