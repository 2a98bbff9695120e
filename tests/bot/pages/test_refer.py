"""A professional refers a client on the page: checked, kept once, put before the right region, told to nobody."""

import re

import httpx
import pytest
from sqlalchemy import func, select

from bot.pages.refer import MOST_A_DAY
from data.db import Database
from data.tables import (
    Address,
    AddressLink,
    CallTask,
    Consent,
    Conversation,
    Event,
    Person,
    Referral,
    Region,
)

OURS = {"sec-fetch-site": "same-origin"}
RIGHT = {
    "organisation": "OCMW Aalst", "referrer": "An Peeters", "contact": "053 12 34 56", "first_name": "Fatma",
    "phone": "0470 12 34 56", "postcode": "9300", "question": "Zoekt een opleiding in de zorg.", "language": "tr",
    "agreed": "1", "lang": "nl",
}  # fmt: skip


@pytest.fixture(autouse=True)
async def _regions(database: Database) -> None:
    async with database.transaction() as session:
        session.add_all(
            Region(id=id_, name=id_, office_hours={}) for id_ in ("oost-vlaanderen", "gent", "limburg")
        )


async def send(browser: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await browser.post("/doorverwijzen", data=RIGHT | form, headers=OURS)


async def count(database: Database, table: type) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_somebody_new_waits_in_the_queue_of_their_region(
    browser: httpx.AsyncClient, database: Database
) -> None:
    assert "<form" in (await browser.get("/doorverwijzen")).text
    sent = await send(browser, question="Zoekt zorg. Rijksregister 85.07.30-033.28")
    assert sent.status_code == 303
    thanks = (await browser.get(sent.headers["location"])).text
    async with database.transaction() as session:
        person = (await session.scalars(select(Person))).one()
        talk = (await session.scalars(select(Conversation))).one()
        referral = (await session.scalars(select(Referral))).one()
        task = (await session.scalars(select(CallTask))).one()
        consent = (await session.scalars(select(Consent))).one()
        schemes = set(await session.scalars(select(Address.scheme).where(Address.path == "+32470123456")))
        kinds = set(await session.scalars(select(Event.kind)))
    assert (person.name, person.language, person.region_id) == ("Fatma", "tr", "oost-vlaanderen")
    assert (talk.holder, talk.reason, talk.region_id) == ("queue", "referral_in", "oost-vlaanderen")
    assert talk.promised_at is not None
    assert (referral.direction, referral.state, referral.partner_id) == ("in", "arrived", None)
    assert referral.summary == "Zoekt zorg. Rijksregister ***"
    assert referral.referrer is not None
    assert referral.referrer["organisation"] == "OCMW Aalst"
    assert referral.reference is not None
    assert referral.reference in thanks
    assert re.fullmatch(r"DV-[2-9A-Z]{8}", referral.reference)
    assert (task.reason, task.about) == ("referral_in", referral.summary)
    assert "An Peeters (OCMW Aalst) verklaart" in consent.wording
    assert schemes == {"tel", "sms"}
    assert "referral.received" in kinds


async def test_sent_twice_it_is_one_referral(browser: httpx.AsyncClient, database: Database) -> None:
    first, again = await send(browser), await send(browser)
    assert first.headers["location"] == again.headers["location"]
    assert (
        await count(database, Referral)
        == await count(database, Person)
        == await count(database, CallTask)
        == 1
    )


async def test_a_number_that_is_somebodys_is_theirs_and_nothing_of_them_changes(
    browser: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        person = Person(name="Emine", language="nl", region_id="limburg", facts={})
        address = Address(scheme="sms", path="+32470123456")
        session.add_all([person, address])
        await session.flush()
        session.add(AddressLink(address_id=address.id, person_id=person.id, is_primary=True, reason="test"))
    sent = await send(browser)
    page = (await browser.get(sent.headers["location"])).text
    assert "Emine" not in page
    async with database.transaction() as session:
        known = (await session.scalars(select(Person))).one()
        talk = (await session.scalars(select(Conversation))).one()
    assert (known.name, known.language, talk.region_id) == ("Emine", "nl", "limburg")
    assert await count(database, Consent) == 0, "nobody agrees for somebody we know already"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"agreed": ""}, "Vraag het eerst aan je cliënt."),
        ({"phone": "12"}, "Dat is geen telefoonnummer."),
        ({"postcode": "0001"}, "Die postcode kennen we niet."),
        ({"question": "  "}, "Vul alle velden in"),
        ({"organisation": ""}, "Vul alle velden in"),
        ({"question": "x" * 501}, "Dat is te lang."),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    browser: httpx.AsyncClient, database: Database, change: dict[str, str], says: str
) -> None:
    answer = await send(browser, **change)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="An Peeters"' in answer.text
    assert await count(database, Person) == 0


async def test_another_site_a_robot_and_a_flood_reach_nothing(
    browser: httpx.AsyncClient, database: Database
) -> None:
    evil = await browser.post("/doorverwijzen", data=RIGHT, headers={"sec-fetch-site": "cross-site"})
    assert evil.status_code == 403
    assert (await send(browser, website="https://spam.example")).status_code == 303
    assert await count(database, Person) == 0
    for number in range(MOST_A_DAY):
        assert (await send(browser, question=f"vraag {number}")).status_code == 303
    assert (await send(browser, question="nog een")).status_code == 429
    assert await count(database, Referral) == MOST_A_DAY


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_in_the_other_languages(browser: httpx.AsyncClient, language: str) -> None:
    page = (await browser.get(f"/doorverwijzen?lang={language}")).text
    assert 'name="agreed"' in page
    assert "Je cliënt" not in page
