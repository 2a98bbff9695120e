"""The page and the file of what people looked for in vain."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from data.catalog.barriers import barriers
from data.catalog.demand import Asked, DemandLog
from data.catalog.gaps import Month
from data.tables import Correction, Decision, DemandKind, Role
from dispatch import clock
from handover import auth
from handover.console import gaps
from handover.console.gaps import subject_words

LOG = DemandLog(b"secret", k=5)


async def log_in(world: Any, browser: httpx.AsyncClient, role: Role, region: str | None = "gent") -> None:
    staff = await world.staff(role, region)
    browser.cookies.set("leerlijn_staff", await auth.start(world.session, staff.id, now=datetime.now(UTC)))
    await world.session.commit()


async def ask(world: Any, day: date, count: int, **asked: Any) -> None:
    buckets: set[int] = set()
    number = 0
    while len(buckets) < count:
        number += 1
        asker = f"p{number}"
        if LOG.bucket(asker) not in buckets:
            buckets.add(LOG.bucket(asker))
            values = {"language": "nl", **asked}
            await LOG.record(
                world.session, Asked(**values), DemandKind.NONE, heard="chat", asker=asker, day=day
            )


@pytest.fixture
def today() -> date:
    return clock.day_of(datetime.now(UTC))


async def test_each_sees_the_own_region_and_an_analyst_all(
    world: Any, browser: httpx.AsyncClient, today: date
) -> None:
    await ask(world, today, 6, subject_id="spaans", nis="44021", region="gent", day_part="evening")
    await ask(world, today, 7, subject_id="lassen", nis="11002", region="antwerpen", mode="online")
    await ask(world, today, 4, subject_id="frans", nis="44021", region="gent")
    await ask(world, today, 5, subject_id="italiaans", nis="44021", region="gent")
    await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get("/console/rapporten/tekorten?maanden=1")).text
    assert "Spaans" in page
    assert "avond" in page
    assert "Lassen" not in page
    assert "Frans" not in page, "four people are too few"
    assert "Italiaans" not in page, "the five of it would give away the four"
    assert "talen, samen" in page
    assert "staan niet in deze tabel" not in page, "all of them are in it"
    assert "/console/rapporten/tekorten" in (await browser.get("/console/rapporten")).text
    await log_in(world, browser, Role.ANALYST, None)
    everything = (await browser.get("/console/rapporten/tekorten?maanden=1")).text
    assert "Spaans" in everything or "talen, samen" in everything
    assert "Lassen" in everything
    assert "Lassen" not in (await browser.get("/console/rapporten/tekorten?maanden=1&regio=gent")).text
    await log_in(world, browser, Role.DISPATCHER)
    assert (await browser.get("/console/rapporten/tekorten")).status_code == 403
    assert (await browser.get("/console/rapporten/tekorten.csv")).status_code == 403
    assert "/console/rapporten/tekorten" not in (await browser.get("/console/rapporten")).text


async def test_a_long_table_says_how_many_it_leaves_out(
    world: Any, browser: httpx.AsyncClient, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "SHOWN", 1)
    for subject_id in ("spaans", "lassen", "koken"):
        await ask(world, today, 6, subject_id=subject_id, nis="44021", region="gent")
    await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get("/console/rapporten/tekorten?maanden=1")).text
    assert "Nog 2 kleinere groepen staan niet in deze tabel." in page


async def test_nothing_yet_is_said(world: Any, browser: httpx.AsyncClient, today: date) -> None:
    await ask(world, today, 2, subject_id="spaans")
    await log_in(world, browser, Role.ADMIN, None)
    page = (await browser.get("/console/rapporten/tekorten")).text
    assert "Nog niets te tonen" in page
    assert f"Te weinig vragen om te tonen in: {Month.of(today)}" in page


async def test_the_file_holds_months_that_are_over(
    world: Any, browser: httpx.AsyncClient, today: date
) -> None:
    over = today.replace(day=1) - timedelta(days=1)
    await ask(world, over, 6, subject_id="spaans", nis="44021", region="gent")
    await ask(world, today, 6, subject_id="lassen", nis="44021", region="gent")
    for _ in range(2):
        await ask(world, over, 6, subject_id="=cmd()", nis="44021", region="gent", level="-1")
    await log_in(world, browser, Role.COORDINATOR)
    answer = await browser.get("/console/rapporten/tekorten.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"{Month.of(over)}.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    spanish = [row for row in rows if row["onderwerp"] == "Spaans"]
    assert [(row["gemeente"], row["nis"], row["aantal"]) for row in spanish] == [("Gent", "44021", "6")]
    assert not [row for row in rows if row["onderwerp"] == "Lassen"]
    assert "'=cmd()" in answer.text, "no spreadsheet takes a subject for a formula"


async def test_barriers_are_counted_by_region_and_month(world: Any) -> None:
    day = datetime(2026, 11, 10, 12, tzinfo=UTC)

    async def names(
        barrier: str | None, region: str, *, negated: bool = False, intent: str = "find_course"
    ) -> Decision:
        person = await world.person(region=region)
        talk = await world.conversation(person)
        message = await world.message(talk, await world.address(person))
        slots = [{"name": "barrier", "value": barrier, "negated": negated}] if barrier is not None else []
        return await world.add(
            Decision(
                message_id=message.id, conversation_id=talk.id, intent=intent, confidence=0.9, language="nl",
                tier="mediation", action="offer", reasons=[], understanding={"slots": slots}, model_version="1",
                created_at=day,
            )
        )  # fmt: skip

    for _ in range(3):
        await names("childcare", "gent")
        await names(None, "gent", intent="practical_barrier")
    corrected = await names("money", "antwerpen")
    staff = await world.staff()
    person_id = (await world.session.get_one(type(corrected), corrected.id)).conversation_id
    await world.add(
        Correction(
            message_id=corrected.message_id, person_id=person_id, staff_id=staff.id, intent="find_course",
            tier="mediation", slots=[{"name": "barrier", "value": "mobility", "negated": False}], language="nl",
            model_version="1",
        )
    )  # fmt: skip
    await names("mobility", "antwerpen")
    await names("mobility", "gent")
    await names("time", "gent", negated=True)
    months = [Month.of(day.date())]
    found = await barriers(world.session, months, k=3)
    assert [(row.barrier, row.region, row.persons) for row in found] == [
        ("", "gent", 3), ("childcare", "gent", 3), ("mobility", "*", 3),
    ]  # fmt: skip
    assert [
        row.barrier for row in await barriers(world.session, months, k=3, regions=frozenset({"gent"}))
    ] == ["", "childcare"]
    assert await barriers(world.session, [months[0].after], k=3) == []


def test_subjects_in_words() -> None:
    assert [subject_words(code) for code in ("spaans", "*", "area:talen", "~", "~imkeren", "")] == [
        "Spaans", "alle andere onderwerpen", "talen, samen", "onbekende onderwerpen, samen", "imkeren", "geen onderwerp",
    ]  # fmt: skip
