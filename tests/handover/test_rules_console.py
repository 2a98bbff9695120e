"""What a coordinator keeps of a region and of the answer cards, and what people are asked to agree to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from channels import quiet
from channels.policy import QUIET, may_send
from data.catalog import card_checks
from data.catalog.answer_cards import LANGUAGES, cards
from data.catalog.answer_facts import backed
from data.db import Database
from data.tables import Address, Consent, ConsentKind, Message, Region, Role
from dispatch import clock
from handover import consents
from tests.data.test_answer_cards import row as fact_row
from tests.handover.test_partners_console import log_in

RULES = {"quiet_from": "20", "quiet_until": "9", "ask_satisfied": "1"}


async def post(browser: httpx.AsyncClient, csrf: str, path: str, **form: str) -> httpx.Response:
    return await browser.post(
        f"/console/beheer/{path}", data={**form, "csrf": csrf}, headers={"origin": "http://test"}
    )


async def test_a_region_keeps_its_own_quiet_hours(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    person, other = await world.person(), await world.person(region="antwerpen")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await post(browser, csrf, "regio/gent/regels", **RULES)).status_code == 303
    async with database.transaction() as session:
        gent = await session.get_one(Region, "gent")
        assert (gent.quiet_from, gent.quiet_until, gent.ask_satisfied) == (20, 9, True)
        assert await quiet.hours(session, person.id) == (20, 9)
        assert await quiet.hours(session, other.id) == QUIET
    page = (await browser.get("/console/beheer/regio/gent")).text
    assert "stil vanaf (was 21, nu 20)" in page
    assert "vraag naar tevredenheid (was nee, nu ja)" in page
    assert (await post(browser, csrf, "regio/antwerpen/regels", **RULES)).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"), [("quiet_from", "12"), ("quiet_until", "13"), ("quiet_until", "")]
)
async def test_the_night_stays_quiet(
    world: Any, browser: httpx.AsyncClient, database: Database, field: str, typed: str
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    refused = await post(browser, csrf, "regio/gent/regels", **RULES | {field: typed})
    assert refused.status_code == 422
    assert "Kies voor de stille uren een uur van" in refused.text
    async with database.transaction() as session:
        assert (await session.get_one(Region, "gent")).quiet_until == 8


def test_what_we_write_first_waits_for_the_regions_morning() -> None:
    address, message = Address(scheme="sms", path="+32470000001"), Message(purpose="follow_up", channel="sms")
    early = datetime(2026, 11, 24, 8, 30, tzinfo=clock.ZONE)
    assert may_send(message, address, early).allowed
    held = may_send(message, address, early, quiet=(20, 9))
    assert held.until == early.replace(hour=9, minute=0)
    assert may_send(Message(purpose="reply", channel="sms"), address, early, quiet=(20, 9)).allowed


async def test_a_card_that_is_wrong_is_shown_to_nobody_until_it_is_right(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await post(browser, csrf, "kaart/evc/verberg", reason=" ")).status_code == 409
    assert (await post(browser, csrf, "kaart/evc/verberg", reason="De prijs is oud.")).status_code == 303
    async with database.transaction() as session:
        assert (await backed(session, cards()["evc"], on=date(2026, 11, 24))).held
    page = (await browser.get("/console/beheer/kaarten")).text
    assert page.index('id="evc"') < page.index('id="graduaat"'), "what needs a look comes first"
    assert "De prijs is oud." in page
    assert "Antwoordkaart verborgen" in page
    assert (await post(browser, csrf, "kaart/evc/toon")).status_code == 303
    async with database.transaction() as session:
        assert not (await backed(session, cards()["evc"], on=date(2026, 11, 24))).held
    await log_in(world, browser, Role.COUNSELLOR)
    assert (await browser.get("/console/beheer/kaarten")).status_code == 403


async def test_a_card_that_was_looked_at_today_says_so_and_holds_a_year(world: Any) -> None:
    card, staff = cards()["evc"], await world.staff()
    for fact_id in card.fact_ids:
        await world.add(fact_row(fact_id, recheck_after=date(2027, 8, 31)))
    later = date(2027, 10, 1)
    before = await backed(world.session, card, on=later)
    assert before.stale
    await card_checks.checked(world.session, card.id, later, by_id=staff.id, now=datetime.now(UTC))
    world.session.expire_all()
    after = await backed(world.session, card, on=later)
    assert (after.stale, {source.checked_on for source in after.sources}) == (False, {later})
    much_later = await backed(world.session, card, on=later + timedelta(days=366))
    assert much_later.stale


async def test_the_consents_are_counted_and_their_texts_shown(world: Any, browser: httpx.AsyncClient) -> None:
    person, gone, far = await world.person(), await world.person(), await world.person(region="antwerpen")
    for who, withdrawn in ((person, None), (person, None), (gone, world.now), (far, None)):
        await world.add(
            Consent(person_id=who.id, kind="file", wording="ja", channel="desk", withdrawn_at=withdrawn)
        )
    counted = await consents.given(world.session, frozenset({"gent"}))
    assert counted["file"] == consents.Given(stands=1, withdrawn=1)
    await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get("/console/beheer/toestemmingen")).text
    assert "We willen een dossier voor je openen." in page
    assert 'lang="ar" dir="rtl"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_consent_to_a_file_says_what_how_long_and_who(language: str) -> None:
    """The same parts in every language, the counsellor by name, and an answer of one digit."""
    parts = consents.texts()["file"][language]
    assert set(parts) == {"text", "ask", "yes_word", "no_word", "yes", "no"}
    assert "{staff}" in parts["text"]
    assert "1" in parts["ask"]
    assert "2" in parts["ask"]
    assert consents.of_row(None, ConsentKind.FILE, language, None).said("text", staff="Els").count("Els") == 1
