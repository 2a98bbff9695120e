"""Reports as pages and files: the same figure in each, small numbers hidden, drawn so that no colour is needed."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from sqlalchemy import update

from data.tables import Question, Role, Staff
from data.translation import LANGUAGES
from handover import reports
from handover.console import charts
from handover.console.report_figures import FIGURES, Asked
from handover.reports import REST, Span
from tests.handover.test_partners_console import log_in


def asked(world: Any, regions: frozenset[str] | None = None) -> Asked:
    day = timedelta(days=1)
    span = Span(start=world.now - 30 * day, end=world.now + 30 * day, regions=regions)
    return Asked(session=world.session, span=span, k=5)


async def wrote(world: Any, town: str | None, persons: int, region: str = "gent") -> None:
    for _ in range(persons):
        person = await world.person(region=region, municipality=town)
        await world.message(await world.conversation(person), await world.address(person))


@pytest.mark.parametrize("name", FIGURES)
async def test_each_says_what_it_counts_and_has_a_column_for_each_cell(world: Any, name: str) -> None:
    await wrote(world, "Gent", 6)
    for regions in (None, frozenset({"gent"})):
        figure = await FIGURES[name](asked(world, regions))
        assert figure.id == name
        assert len(figure.means) > 30
        assert all(len(row) == len(figure.head) for row in figure.rows)
        assert all(value >= 0 for _, value in figure.drawn)


async def test_rare_municipalities_are_counted_together_and_cannot_be_worked_out(world: Any) -> None:
    await wrote(world, "Gent", 9)
    await wrote(world, "Deinze", 6)
    await wrote(world, "Melle", 2)
    await wrote(world, "Aalter", 1)
    await wrote(world, "Antwerpen", 7, region="antwerpen")
    found = await reports.reach(world.session, asked(world, frozenset({"gent"})).span)
    assert found == [("Gent", 9), (REST, 9)], "three alone would say that Melle and Aalter are three"


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([("A", 9), ("B", 5)], [("A", 9), ("B", 5)]),
        ([("A", 9), ("B", 4), ("C", 3)], [("A", 9), (REST, 7)]),
        ([("A", 5), ("B", 1)], [(REST, 6)]),
        ([("A", 2), ("B", 2)], []),
        ([], []),
    ],
)
def test_folding_never_leaves_fewer_than_five(rows: Any, shown: Any) -> None:
    assert reports.fold_small(rows) == shown


async def test_satisfaction_counts_who_was_asked_and_hides_few_answers(world: Any) -> None:
    for number, answer in enumerate((1, 1, 2, 3, None, None)):
        person = await world.person()
        talk = await world.conversation(person)
        message = await world.message(talk, await world.address(person))
        await world.add(
            Question(
                person_id=person.id, conversation_id=talk.id, region_id="gent", kind="satisfied", channel="sms",
                message_id=message.id if number < 5 else None, asked_at=world.now, answer=answer,
                answered_at=world.now if answer else None,
            )
        )  # fmt: skip
    found = await reports.satisfaction(world.session, asked(world).span)
    assert (found.asked, found.answered, found.answers) == (5, 4, {1: 2, 2: 1, 3: 1})
    figure = await FIGURES["tevredenheid"](asked(world))
    assert dict(figure.rows)["1, ja"] == "minder dan 5"
    assert figure.drawn == ()


def test_a_chart_is_read_without_colour_and_by_a_screen_reader() -> None:
    drawn = str(charts.bars([("webchat", 12), ("<sms> & zo", 3), ("niets", 0)], title="Kanalen"))
    picture = ElementTree.fromstring(drawn)  # noqa: S314 - our own
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == (
        "Kanalen: staafdiagram. Het hoogst is webchat met 12. De tabel geeft alle cijfers."
    )
    words = [text.text for text in picture.iter("text")]
    assert words == ["webchat", "12", "<sms> & zo", "3", "niets", "0"]
    widths = [float(bar.get("width", "")) for bar in picture.iter("rect")]
    assert widths[0] == 4 * widths[1]
    assert "fill" not in drawn
    assert "style=" not in drawn, "the content security policy lets no style in"
    assert charts.bars([("niets", 0)], title="x") == ""


async def test_the_page_the_csv_and_the_xlsx_say_the_same(world: Any, browser: httpx.AsyncClient) -> None:
    world.now = datetime.now(UTC)
    await wrote(world, "=Gent", 6)
    await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get("/console/rapporten")).text
    for name in FIGURES:
        assert f'id="f-{name}"' in page
    assert page.count('<svg class="chart"') >= 2
    csv = await browser.get("/console/rapporten/cijfers/bereik.csv")
    assert csv.text.startswith("\ufeffGemeente;Personen\r\n'=Gent;6\r\n"), "no cell is a formula"
    assert "Personen die in deze tijd schreven" in csv.text
    assert "bereik" in csv.headers["content-disposition"]
    xlsx = await browser.get("/console/rapporten/cijfers/bereik.xlsx")
    assert io.BytesIO(xlsx.content).read(2) == b"PK"
    everything = (await browser.get("/console/rapporten/cijfers/alles.csv?dagen=7")).text
    assert "Bereik per gemeente;'=Gent;6" in everything
    for wrong in ("bereik.pdf", "geheim.csv", "drempels.csv.csv"):
        assert (await browser.get(f"/console/rapporten/cijfers/{wrong}")).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_figure_is_a_file_in_every_language(
    world: Any, browser: httpx.AsyncClient, language: str
) -> None:
    world.now = datetime.now(UTC)
    await log_in(world, browser, Role.COORDINATOR)
    await world.session.execute(update(Staff).values(console_language=language))
    await world.session.commit()
    for name in (*FIGURES, "alles"):
        csv = await browser.get(f"/console/rapporten/cijfers/{name}.csv")
        xlsx = await browser.get(f"/console/rapporten/cijfers/{name}.xlsx")
        assert (csv.status_code, xlsx.status_code) == (200, 200), name
    heads = {"nl": "Rapport;Wat;Hoeveel", "fr": "Rapport;Quoi;Combien", "en": "Report;What;How many"}
    assert csv.text.startswith(f"\ufeff{heads[language]}")


async def test_barriers_are_for_who_reads_gaps_and_no_region_reads_another(
    world: Any, browser: httpx.AsyncClient
) -> None:
    world.now = datetime.now(UTC)
    await wrote(world, "Antwerpen", 6, region="antwerpen")
    await log_in(world, browser, Role.COUNSELLOR)
    page = (await browser.get("/console/rapporten?regio=antwerpen")).text
    assert "f-drempels" not in page
    assert not re.search(r"<th scope=\"row\">Antwerpen<", page)
    assert (await browser.get("/console/rapporten/cijfers/drempels.csv")).status_code == 404
    await log_in(world, browser, Role.ANALYST, None)
    csv = (await browser.get("/console/rapporten/cijfers/bereik.csv?regio=antwerpen")).text
    assert "Antwerpen;6" in csv
    assert (await browser.get("/console/rapporten/cijfers/drempels.csv")).status_code == 200
