"""Reports that something in the offer is wrong: kept without persons, decided once, by who may."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from data.catalog import corrections
from data.db import Database
from data.tables import CatalogueReport, Event, PriceRule, RecordCorrection, RecordKind, Role, Run, Staff
from data.translation import again, speaking
from handover import access, auth, catalogue_reports
from handover.conversation import NotAllowed
from tests.offer import SOURCE, add_run

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ORIGIN = "http://test"


@pytest.fixture
async def run(world: Any) -> Run:
    return await add_run(world.session)


async def report(world: Any, run: Run, words: str = "de prijs is 300 euro", **more: Any) -> CatalogueReport:
    more = {"heard": "page", "now": NOW} | more
    id_ = await catalogue_reports.report(world.session, RecordKind.RUN, run.id, words, **more)
    found: CatalogueReport = await world.session.get_one(CatalogueReport, id_)
    return found


async def test_a_report_goes_to_the_region_of_the_place(world: Any, run: Run) -> None:
    kept = await report(world, run)
    assert (kept.region_id, kept.state, kept.source, kept.source_id) == ("gent", "open", SOURCE, "1-run")
    assert kept.shown["start_date"] == "2027-01-05"
    event = (await world.session.scalars(select(Event).where(Event.kind == "catalogue.reported"))).one()
    assert (event.region_id, event.data["report_id"]) == ("gent", kept.id)
    rule = (await world.session.scalars(select(PriceRule))).one()
    of_rule = await catalogue_reports.report(
        world.session, RecordKind.PRICE_RULE, rule.id, "fout", heard="page", now=NOW
    )
    nowhere = await world.session.get_one(CatalogueReport, of_rule)
    assert nowhere.region_id is None
    for region in ("gent", "antwerpen"):
        staff = await world.staff(Role.DISPATCHER, region)
        seen = set(await world.session.scalars(access.reports_of(staff)))
        assert seen == ({kept, nowhere} if region == "gent" else {nowhere})


async def test_persons_stay_out_of_it(world: Any, run: Run) -> None:
    person = await world.person(name="Fatma Yilmaz")
    kept = await report(
        world,
        run,
        "Fatma hier, bel mij op 0470 12 34 56, mijn nummer is 85.07.30-033.28",
        person_id=person.id,
    )
    assert "0470" not in kept.text
    assert "85.07.30" not in kept.text
    assert "Fatma" not in kept.text


async def test_one_message_is_one_report_and_no_record_is_none(world: Any, run: Run) -> None:
    person = await world.person()
    talk = await world.conversation(person)
    message = await world.message(talk, await world.address(person))
    first = await report(world, run, message_id=message.id)
    assert (await report(world, run, message_id=message.id)).id == first.id
    gone = await catalogue_reports.report(
        world.session, RecordKind.RUN, run.id + 99, "weg", heard="page", now=NOW
    )
    assert gone is None


async def test_accepted_it_holds_at_once_and_is_decided_once(world: Any, run: Run) -> None:
    kept, staff = await report(world, run), await world.staff(Role.COORDINATOR)
    given = {"staff": staff, "now": NOW}
    for wrong in (
        {"field": "provider_id", "typed": "7", "reason": "x"},
        {"field": "material_cost", "typed": "gratis", "reason": "x"},
        {"field": "material_cost", "typed": "35", "reason": "  "},
    ):
        with pytest.raises(NotAllowed):
            await catalogue_reports.accept(world.session, kept, **wrong, **given)
    await catalogue_reports.accept(
        world.session, kept, field="material_cost", typed="35 euro", reason="gebeld", **given
    )
    await world.session.refresh(run)
    assert run.material_cost == 35
    assert (kept.state, kept.decided_by, kept.reason) == ("accepted", staff.id, "gebeld")
    with pytest.raises(NotAllowed):
        await catalogue_reports.refuse(world.session, kept, reason="", **given)
    (live,) = await catalogue_reports.live_corrections(world.session, kept)
    assert (live.field, live.value, live.was, live.accepted_by) == ("material_cost", 35, 20, staff.id)
    await catalogue_reports.withdraw(world.session, kept, live.id, **given)
    await world.session.refresh(run)
    assert run.material_cost == 20
    with pytest.raises(NotAllowed):
        await catalogue_reports.withdraw(world.session, kept, live.id, **given)


async def test_what_a_source_says_anew_is_a_task_once(world: Any, run: Run) -> None:
    staff = await world.staff(Role.COORDINATOR)
    named = (RecordKind.RUN, SOURCE, "1-run")
    await corrections.correct(
        world.session, *named, {"material_cost": 35.0}, accepted_by=staff.id, reason="gebeld"
    )
    for _ in range(2):
        values = {"material_cost": 40, "fetched_at": datetime.now(UTC) + timedelta(days=1)}
        await world.session.execute(update(Run).where(Run.id == run.id).values(values))
        await corrections.apply(world.session, source=SOURCE)
        await catalogue_reports.report_changed(world.session, now=NOW)
    (kept,) = (await world.session.scalars(select(CatalogueReport))).all()
    assert (kept.heard, kept.about, kept.region_id) == ("import", "material_cost", "gent")
    assert "40" in kept.text
    assert "35" in kept.text
    with speaking("fr"):
        assert again(kept.text).startswith("La source dit maintenant autre chose: ")


@pytest.fixture
async def logged_in(world: Any, browser: httpx.AsyncClient) -> dict[str, str]:
    """A dispatcher of Gent in the browser: what each form of theirs carries."""
    staff: Staff = await world.staff(Role.DISPATCHER)
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    browser.cookies.set("leerlijn_staff", token)
    return {"csrf": who.csrf if who else ""}


async def test_staff_report_see_the_source_and_decide(
    database: Database, world: Any, run: Run, browser: httpx.AsyncClient, logged_in: dict[str, str]
) -> None:
    await world.session.commit()
    headers = {"origin": ORIGIN}
    form = await browser.get(f"/console/meldingen/nieuw?soort=run&nr={run.id}")
    assert "Spaans 1, Gent" in form.text
    kept = await browser.post(
        "/console/meldingen", headers=headers,
        data=logged_in | {"kind": "run", "record_id": str(run.id), "text": "start een week later <b>"},
    )  # fmt: skip
    page = await browser.get(kept.headers["location"])
    for words in (
        "start een week later &lt;b&gt;",
        "Bron:",
        SOURCE,
        "https://voorbeeld.invalid/bron",
        "5/1/2027",
        "1/11/2026",
    ):
        assert words in page.text, words
    assert "start een week later" in (await browser.get("/console/meldingen")).text

    wrong = await browser.post(
        f"{page.url}/aanvaarden", headers=headers,
        data=logged_in | {"field": "start_date", "value": "volgende week", "reason": "gebeld"},
    )  # fmt: skip
    assert wrong.status_code == 422
    assert "Geef een datum" in wrong.text
    assert 'value="volgende week"' in wrong.text, "what was typed stays"
    right = await browser.post(
        f"{page.url}/aanvaarden", headers=headers,
        data=logged_in | {"field": "start_date", "value": "12/1/2027", "reason": "gebeld"},
    )  # fmt: skip
    assert right.status_code == 303
    after = await browser.get(str(page.url))
    assert "12/1/2027" in after.text
    assert "Volg weer de bron" in after.text
    assert "aanvaard" in after.text
    assert "start een week later" not in (await browser.get("/console/meldingen")).text
    assert "start een week later" in (await browser.get("/console/meldingen?lijst=alle")).text
    late = await browser.post(f"{page.url}/weigeren", headers=headers, data=logged_in)
    assert late.status_code == 409
    async with database.transaction() as session:
        (live,) = (await session.scalars(select(RecordCorrection))).all()
    again = await browser.post(
        f"{page.url}/intrekken", headers=headers, data=logged_in | {"correction_id": str(live.id)}
    )
    assert again.status_code == 303
    assert "Volg weer de bron" not in (await browser.get(str(page.url))).text
    assert (await browser.get("/console/meldingen/nieuw?soort=run&nr=99999")).status_code == 404
    assert (await browser.get("/console/meldingen/nieuw?soort=person&nr=1")).status_code == 303
