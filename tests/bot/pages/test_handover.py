"""What would be passed on, as the client sees it: read, struck out, corrected, agreed to, refused, taken back."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from data.db import Database
from data.tables import (
    Address,
    AddressLink,
    Consent,
    ConsentText,
    Conversation,
    Event,
    Partner,
    Person,
    Referral,
    Region,
    Staff,
)
from dispatch import partners
from dispatch.partners import LASTS, NotOffered

OURS = {"sec-fetch-site": "same-origin"}
LINES = ["Vraag: iets met hout", "Bereikbaar op 0470 00 00 01", "Ik zoek al lang werk"]


@pytest.fixture
async def offered(database: Database) -> Referral:
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Gent", office_hours={}))
        await session.flush()
        person = Person(name="Fatma", language="nl", region_id="gent", facts={})
        partner = Partner(kind="vdab", name="VDAB", owns="werk zoeken", phone="0800 30 700")
        address = Address(scheme="sms", path="+32470000001", display="0470 00 00 01")
        session.add_all([person, partner, address])
        await session.flush()
        session.add(AddressLink(address_id=address.id, person_id=person.id, is_primary=True, reason="test"))
        return await partners.offer(
            session, person_id=person.id, partner_id=partner.id, summary="\n".join(LINES), lines=LINES
        )


def form(answer: str = "yes", **more: str) -> dict[str, str]:
    kept = {f"keep{number}": "1" for number in range(3)}
    return {f"line{number}": line for number, line in enumerate(LINES)} | kept | {"answer": answer} | more


async def send(browser: httpx.AsyncClient, referral: Referral, data: dict[str, str]) -> httpx.Response:
    return await browser.post(f"/d/{referral.token}", data=data, headers=OURS)


async def now_of(database: Database, referral: Referral) -> Referral:
    async with database.transaction() as session:
        return await session.get_one(Referral, referral.id)


async def consents(database: Database) -> list[Consent]:
    async with database.transaction() as session:
        return list(await session.scalars(select(Consent)))


async def test_struck_out_corrected_and_agreed_to_word_for_word(
    browser: httpx.AsyncClient, database: Database, offered: Referral
) -> None:
    page = await browser.get(f"/d/{offered.token}")
    assert all(line in page.text for line in LINES)
    assert "noindex" in page.text
    assert page.headers["cache-control"] == "no-store"
    answer = form(line0="Vraag: een opleiding houtbewerking")
    del answer["keep2"]
    assert (await send(browser, offered, answer)).status_code == 303
    row = await now_of(database, offered)
    agreed = ["Vraag: een opleiding houtbewerking", "Bereikbaar op 0470 00 00 01"]
    assert (row.state, row.lines, row.summary) == ("consented", agreed, "\n".join(agreed))
    (consent,) = await consents(database)
    assert consent.wording.split("\n") == ["Ik vind goed dat dit naar VDAB gaat:", *agreed]
    assert (consent.channel, consent.partner_id) == ("web", offered.partner_id)
    async with database.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
    assert (talk.holder, talk.reason) == ("queue", "referral"), "a colleague passes it on"
    after = (await browser.get(f"/d/{offered.token}")).text
    assert "Je zei ja." in after
    assert "al lang werk" not in after


async def test_no_passes_on_nothing(
    browser: httpx.AsyncClient, database: Database, offered: Referral
) -> None:
    await send(browser, offered, form("no"))
    row = await now_of(database, offered)
    assert (row.state, row.lines, row.summary) == ("declined", [], None)
    await send(browser, offered, form())
    assert (await now_of(database, offered)).state == "declined", "a no stands"
    assert await consents(database) == []


async def test_doing_nothing_is_a_no(
    browser: httpx.AsyncClient, database: Database, offered: Referral
) -> None:
    async with database.transaction() as session:
        assert await partners.lapse(session, now=datetime.now(UTC)) == 0
        await session.execute(
            update(Referral).values(state_at=datetime.now(UTC) - LASTS - timedelta(hours=1))
        )
    await send(browser, offered, form())  # an old page, before the sweep came by
    assert (await now_of(database, offered)).state == "offered"
    assert "We geven niets door." in (await browser.get(f"/d/{offered.token}")).text
    async with database.transaction() as session:
        assert await partners.lapse(session, now=datetime.now(UTC)) == 1
        kinds = (await session.scalars(select(Event.kind))).all()
    assert "referral.lapsed" in kinds
    assert (await now_of(database, offered)).summary is None
    assert await consents(database) == []


async def test_a_yes_can_be_taken_back_until_it_is_passed_on(
    browser: httpx.AsyncClient, database: Database, offered: Referral
) -> None:
    await send(browser, offered, form())
    await send(browser, offered, {"answer": "withdraw"})
    row = await now_of(database, offered)
    assert (row.state, row.summary) == ("declined", None)
    assert (await consents(database))[0].withdrawn_at is not None
    async with database.transaction() as session:
        with pytest.raises(NotOffered):
            await partners.pass_on(session, offered.id, via="phone", staff_id=1, now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"keep0": "", "keep1": "", "keep2": ""}, "Er blijft niets over"),
        ({"line0": " ", "line1": "", "line2": "\n"}, "Er blijft niets over"),
        ({"line0": "x" * 301}, "te lang"),
    ],
)
async def test_what_cannot_be_passed_on_is_said(
    browser: httpx.AsyncClient, database: Database, offered: Referral, change: dict[str, str], says: str
) -> None:
    answer = await send(browser, offered, form(**change))
    assert answer.status_code == 422
    assert says in answer.text
    assert (await now_of(database, offered)).state == "offered"


async def test_another_site_and_another_address_reach_nothing(
    browser: httpx.AsyncClient, database: Database, offered: Referral
) -> None:
    evil = {"sec-fetch-site": "cross-site"}
    assert (await browser.post(f"/d/{offered.token}", data=form(), headers=evil)).status_code == 403
    assert (await now_of(database, offered)).state == "offered"
    assert (await browser.get("/d/x")).status_code == 404
    assert (await browser.post("/d/x", data=form(), headers=OURS)).status_code == 404


@pytest.mark.parametrize(("language", "says"), [("fr", "Oui, transmettez ceci"), ("en", "Yes, pass this on")])
async def test_in_the_language_of_the_person(
    browser: httpx.AsyncClient, database: Database, offered: Referral, language: str, says: str
) -> None:
    async with database.transaction() as session:
        await session.execute(update(Person).values(language=language))
    assert says in (await browser.get(f"/d/{offered.token}")).text


async def test_agreed_to_in_the_words_of_the_region_that_the_page_showed(
    browser: httpx.AsyncClient, database: Database, offered: Referral
) -> None:
    async with database.transaction() as session:
        griet = Staff(
            name="Griet", email="griet@x.invalid", password_hash="", role="coordinator", region_id="gent"
        )
        session.add(griet)

    async def says(version: int, words: str) -> int:
        parts = {"text": "Dit: {vraag}", "page": words}
        async with database.transaction() as session:
            row = ConsentText(
                region_id="gent", kind="referral", language="nl", version=version, by_id=griet.id, parts=parts
            )
            session.add(row)
            await session.flush()
            return row.id

    first = await says(1, "Dit mag {partner} weten:")
    page = (await browser.get(f"/d/{offered.token}")).text
    assert "Dit mag VDAB weten:" in page
    assert f'name="text_id" value="{first}"' in page
    assert "I agree that this goes to VDAB:" in (await browser.get(f"/d/{offered.token}?lang=en")).text
    await says(2, "Dit gaat naar {partner}:")
    await send(browser, offered, form(text_id=str(first)))
    (consent,) = await consents(database)
    assert consent.wording.split("\n") == ["Dit mag VDAB weten:", *LINES]
    assert consent.text_id == first
