"""The register of counters: whom each is for, who may change it, and what is refused."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data import geo
from data.db import Database
from data.tables import Counter, Event, Role
from dispatch import counter_register
from tests.handover.test_partners_console import log_in

HERE = "/console/beheer/loket"
RIGHT = {
    "name": "bib Aalst", "host": "Utopia", "street": "Kerkstraat 4", "postcode": "9300", "languages": "fr NL, nl",
    "postcodes": "9320 9300, 9320", "reach_km": "", "wheelchair": "1", "active": "1",
}  # fmt: skip


async def send(browser: httpx.AsyncClient, csrf: str, path: str = HERE, **form: str) -> httpx.Response:
    return await browser.post(path, data={**RIGHT, **form, "csrf": csrf}, headers={"origin": "http://test"})


async def all_of_them(database: Database) -> list[Counter]:
    async with database.transaction() as session:
        return list(await session.scalars(select(Counter).order_by(Counter.id)))


async def test_a_coordinator_adds_one_and_says_whom_it_is_for(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    added = await send(browser, csrf, region_id="antwerpen")
    assert added.status_code == 303
    (counter,) = await all_of_them(database)
    aalst = geo.by_postcode("9300")[0]
    assert (counter.region_id, counter.kind, counter.municipality) == ("gent", "place", "Aalst")
    assert (counter.lat, counter.lon) == (aalst.lat, aalst.lon)
    assert (counter.postcodes, counter.reach_km, counter.languages) == (["9300", "9320"], None, ["fr", "nl"])
    path = added.headers["location"]
    assert "9300 9320" in (await browser.get(path)).text
    listed = (await browser.get("/console/beheer")).text
    assert "2 postcodes" in listed
    assert f'href="{path}"' in listed

    assert (
        await send(browser, csrf, path, postcodes="", reach_km="15", wheelchair="", lift="1")
    ).status_code == 303
    (counter,) = await all_of_them(database)
    assert (counter.postcodes, counter.reach_km, counter.wheelchair, counter.lift) == ([], 15, False, True)
    async with database.transaction() as session:
        query = select(Event).where(Event.kind == counter_register.CHANGED).order_by(Event.id)
        first, second = (await session.scalars(query)).all()
    assert first.data["new"] is True
    assert second.data["changes"] == {
        "postcodes": [["9300", "9320"], []], "reach_km": [None, 15], "wheelchair": [True, False], "lift": [False, True],
    }  # fmt: skip
    assert "voor welke postcodes (was: 9300 9320)" in (await browser.get(path)).text


async def test_where_it_is_known_exactly_stays_when_other_things_change(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    counter = await world.add(
        Counter(region_id="gent", name="bib", postcode="9300", lat=50.9, lon=4.0, languages=["nl"])
    )
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await send(browser, csrf, f"{HERE}/{counter.id}")).status_code == 303
    (kept,) = await all_of_them(database)
    assert (kept.lat, kept.lon, kept.host) == (50.9, 4.0, "Utopia")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Vul de naam in"),
        ("postcode", "0001", "Vul de postcode in van waar het loket is"),
        ("postcodes", "9300 12345", "12345 is geen postcode die we kennen."),
        ("reach_km", "0", "Vul een aantal kilometer in"),
        ("reach_km", "-3", "Vul een aantal kilometer in"),
        ("reach_km", "ver", "Vul een aantal kilometer in"),
        ("languages", "", "Vul de talen in"),
        ("street", "x" * 201, "Dat is te lang"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: Any, browser: httpx.AsyncClient, database: Database, field: str, typed: str, said: str
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    answer = await send(browser, csrf, **{field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Utopia"' in answer.text
    assert await all_of_them(database) == []


async def test_only_of_the_own_region_and_only_who_manages(world: Any, browser: httpx.AsyncClient) -> None:
    counter = await world.add(Counter(region_id="antwerpen", name="bib", languages=["nl"]))
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await browser.get(f"{HERE}/{counter.id}")).status_code == 404
    assert (await send(browser, csrf, f"{HERE}/{counter.id}")).status_code == 404
    csrf = await log_in(world, browser, Role.COUNSELLOR)
    assert (await browser.get(f"{HERE}/nieuw")).status_code == 403
    assert (await send(browser, csrf)).status_code == 403


async def test_by_phone_there_is_no_place(world: Any, browser: httpx.AsyncClient, database: Database) -> None:
    counter = await world.add(Counter(region_id="gent", kind="phone", name="telefoon", languages=["nl"]))
    csrf = await log_in(world, browser, Role.ADMIN, None)
    page = (await browser.get(f"{HERE}/{counter.id}")).text
    assert 'name="postcodes"' not in page
    saved = await send(browser, csrf, f"{HERE}/{counter.id}", postcode="", postcodes="", languages="nl fr")
    assert saved.status_code == 303
    (kept,) = await all_of_them(database)
    assert (kept.lat, kept.languages) == (None, ["fr", "nl"])
