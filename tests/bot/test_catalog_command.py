"""import-catalog and export-catalog, as somebody types them."""

import argparse
import json
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import text

from bot.commands import catalog
from bot.flows.course_items import hours_words
from bot.replies import replies
from bot.settings import Settings
from bot.turn_types import Turn
from data.catalog.importers import plain_csv
from data.catalog.search import runs_by_id
from data.db import Database

SAMPLES = Path(__file__).parents[1] / "data" / "catalog_samples"


class Terminal:
    """Runs a command line and keeps what it printed."""

    def __init__(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._settings = Settings(database_url=url)
        self._capsys = capsys
        self.out = self.err = ""

    async def __call__(self, *words: object) -> int:
        parser = argparse.ArgumentParser()
        catalog.add_to(parser.add_subparsers())
        given = parser.parse_args([str(word) for word in words])
        code: int = await given.run(self._settings, given)
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def terminal(database: Database, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(database.url, capsys)


async def count(database: Database, table: str) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


async def test_a_file_first_dry_then_in_earnest_then_again(terminal: Terminal, database: Database) -> None:
    file = SAMPLES / "davinci.csv"
    assert await terminal("import-catalog", file, "--dry-run") == 0
    assert "davinci.csv: DAVINCI columns, source “davinci”." in terminal.out
    assert "+ run 71001: Boekhouden basis, Gent, 2027-02-01" in terminal.out
    assert "A dry run: the catalogue is as before." in terminal.out
    assert await count(database, "run") == 0
    assert await terminal("import-catalog", file, "--show", "1", "--licence", "CC0") == 0
    assert "3 new       0 changed       0 gone   (not shown: 2 more new)" in terminal.out
    assert terminal.out.endswith("3 records read, 0 rejected.\nThe catalogue has it all.\n")
    assert await count(database, "run") == 3
    assert await terminal("import-catalog", file) == 0
    assert "0 new       0 changed       0 gone" in terminal.out
    assert "+" not in terminal.out


async def test_a_wrong_file_names_line_and_reason_and_ends_in_failure(
    terminal: Terminal, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "aanbod 2027-01.csv"
    file.write_bytes((SAMPLES / "davinci.csv").read_bytes().replace(b"9000 Gent", b"9999 Gent"))
    assert await terminal("import-catalog", file) == 1
    assert "source “aanbod”" in terminal.out
    assert "rejected, line 2: The postcode 9999 does not exist in Belgium." in terminal.out
    assert terminal.err.endswith("The catalogue is as before.\n")
    assert await count(database, "run") == 0
    assert await count(database, "catalogue_import") == 1


async def test_what_cannot_be_opened(terminal: Terminal, tmp_path: Path) -> None:
    assert await terminal("import-catalog", tmp_path / "nothing.csv") == 1
    assert terminal.err == f"There is no file {tmp_path / 'nothing.csv'}.\n"
    assert await terminal("import-catalog") == 2
    assert await terminal("import-catalog", "http://127.0.0.1:1/offer.csv") == 1
    assert "add --allow-private" in terminal.err
    sheet = tmp_path / "aanbod.xlsx"
    sheet.write_bytes(b"PK\x03\x04...")
    assert await terminal("import-catalog", sheet) == 1
    assert terminal.err == "This is a zip file or an Excel workbook; save the sheet as CSV (UTF-8).\n"


async def test_a_file_of_gigabytes_is_refused_at_once(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("wb") as written:
        written.write(b"id;aanbieder;titel\n1;a;b\n")
        os.truncate(written.fileno(), 3 * 1024**3)  # sparse: it takes no room
    assert await terminal("import-catalog", file) == 1
    assert "The file is larger than 2 GB." in terminal.err


async def test_the_template(terminal: Terminal) -> None:
    assert await terminal("import-catalog", "--template") == 0
    assert terminal.out.replace("\r", "") == plain_csv.template().replace("\r", "")


@pytest.fixture
def site() -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SAMPLES)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_a_page_from_the_web(terminal: Terminal, site: str) -> None:
    assert await terminal("import-catalog", f"{site}/page.html", "--allow-private") == 0
    assert "schema.org JSON-LD, source “127.0.0.1”." in terminal.out
    assert "+ run https://www.parkschool.example/bloemen#najaar: Bloemschikken, Mechelen" in terminal.out


@pytest.mark.parametrize(
    ("language", "unknown"),
    [
        ("nl", "dagen en uren onbekend"),
        ("fr", "jours et heures inconnus"),
        ("en", "days and hours not known"),
    ],
)
async def test_days_that_a_source_does_not_tell_are_said_to_be_unknown(
    terminal: Terminal, database: Database, language: str, unknown: str
) -> None:
    await terminal("import-catalog", SAMPLES / "davinci.csv")
    await terminal("import-catalog", SAMPLES / "offer.csv")
    async with database.transaction() as session:
        ids = await session.scalars(
            text("SELECT id FROM run WHERE source_id IN ('71001', 'A-1') ORDER BY source_id")
        )
        told, sewing = await runs_by_id(session, list(ids))
    turn = cast(Turn, SimpleNamespace(say=replies(language)))
    assert hours_words(turn, told) == unknown
    assert hours_words(turn, sewing).endswith("19:00-21:30")


async def test_the_offer_goes_out_to_a_file_or_the_terminal(terminal: Terminal, tmp_path: Path) -> None:
    await terminal("import-catalog", SAMPLES / "offer.csv", "--source", "heuvelrug")
    assert await terminal("export-catalog", "--format", "schemaorg", "--source", "heuvelrug") == 0
    assert {course["name"] for course in json.loads(terminal.out)["@graph"]} == {
        "Zelf naaien", "Digitaal fotoboek", "Wandelen",
    }  # fmt: skip
    file = tmp_path / "offer.xml"
    assert await terminal("export-catalog", "--format", "elm", "--output", file) == 0
    assert file.read_text().endswith("</Courses>\n")
    assert list(tmp_path.iterdir()) == [file]
    assert await terminal("import-catalog", file, "--source", "copy", "--dry-run") == 0
    assert await terminal("export-catalog", "--format", "elm", "--output", tmp_path / "no" / "x.xml") == 1
    assert "cannot be written: No such file or directory." in terminal.err
