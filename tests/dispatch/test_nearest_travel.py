"""The nearest by public transport, and what takes the last place of the list."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, time

import pytest

from data.tables import Counter
from dispatch import counters
from dispatch.counters import CounterOffer, Why
from dispatch.travel import Router
from tests.dispatch.world import NOW, World
from tests.stubs.router import RouterStub

GENT, LOKEREN, AALST, BRUGGE, LEUVEN = (
    (51.05, 3.72),
    (51.10, 3.99),
    (50.94, 4.04),
    (51.21, 3.22),
    (50.88, 4.70),
)
TOWNS = {"Gent": GENT, "Lokeren": LOKEREN, "Aalst": AALST, "Brugge": BRUGGE}


@pytest.fixture
def stub() -> Iterator[RouterStub]:
    stub = RouterStub()
    stub.start()
    yield stub
    stub.close()


@pytest.fixture
async def router(stub: RouterStub) -> AsyncIterator[Router]:
    router = Router(stub.url, kind="otp", timeout=1.0)
    yield router
    await router.close()


@pytest.fixture
async def four(world: World) -> None:
    for name in TOWNS:
        await _at(world, name)


async def _at(
    world: World, name: str, weekday: int = 1, first: date | None = None, **more: object
) -> Counter:
    lat, lon = TOWNS[name]
    counter = await world.counter(name, lat=lat, lon=lon)
    staff = await world.counsellor(**more)
    await world.sitting(counter, staff, weekday, valid_from=first or date(2026, 1, 1))
    return counter


async def _nearest(world: World, **more: object) -> list[CounterOffer]:
    async with world.database.transaction() as session:
        return await counters.nearest(session, *GENT, **({"now": NOW} | more))  # type: ignore[arg-type]


def _said(offers: list[CounterOffer]) -> list[tuple[str, int | None]]:
    return [(offer.counter.name, offer.travel_minutes) for offer in offers]


async def test_by_travel_time_at_that_hour(
    world: World, four: None, stub: RouterStub, router: Router
) -> None:
    stub.takes = {GENT: 35, LOKEREN: 80, AALST: 30, BRUGGE: 25}
    offers = await _nearest(world, router=router)
    assert _said(offers) == [("Brugge", 25), ("Aalst", 30), ("Gent", 35)]
    assert [Why.NEAREST in offer.reasons for offer in offers] == [True, False, False]
    assert {asked["arrive"] for asked in stub.asked} == {offer.slot.starts_at for offer in offers}
    other = await _nearest(world, router=router, skip=1)
    assert {name for name, _ in _said(other)} == {"Brugge", "Aalst", "Gent"}
    assert {offer.slot.starts_at for offer in other} < {asked["arrive"] for asked in stub.asked}


async def test_where_nothing_goes_by_then_comes_last(
    world: World, four: None, stub: RouterStub, router: Router
) -> None:
    stub.takes = {GENT: None, LOKEREN: 80, AALST: 30, BRUGGE: None}
    assert _said(await _nearest(world, router=router)) == [("Aalst", 30), ("Lokeren", 80), ("Gent", None)]


async def test_a_counter_for_the_postcode_still_goes_first(
    world: World, four: None, stub: RouterStub, router: Router
) -> None:
    counter = await world.counter("eigen", lat=LEUVEN[0], lon=LEUVEN[1], postcodes=["9000"])
    await world.sitting(counter, await world.counsellor())
    stub.takes = {GENT: 35, LOKEREN: 80, AALST: 30, BRUGGE: 25, LEUVEN: 90}
    offers = await _nearest(world, router=router, postcodes=("9000",))
    assert _said(offers) == [("eigen", 90), ("Brugge", 25), ("Aalst", 30)]


async def test_a_router_that_fails_changes_nothing(
    world: World, four: None, stub: RouterStub, router: Router
) -> None:
    stub.says = (500, b"{}")
    assert _said(await _nearest(world, router=router)) == [("Gent", None), ("Lokeren", None), ("Aalst", None)]
    assert stub.requests > 0
    assert await _nearest(world, router=router) == await _nearest(world)


async def test_the_own_counsellor_is_not_reordered(world: World, stub: RouterStub, router: Router) -> None:
    own, person = await world.counsellor(), await world.person()
    await world.trajectory(person, own)
    for weekday, name in ((1, "Aalst"), (2, "Gent")):
        lat, lon = TOWNS[name]
        await world.sitting(await world.counter(name, lat=lat, lon=lon), own, weekday)
    stub.takes = {GENT: 5, AALST: 55}
    offers = await _nearest(world, router=router, person_id=person.id)
    assert _said(offers)[:2] == [("Aalst", 55), ("Gent", 5)]


async def test_the_last_place_is_for_who_speaks_the_language(world: World) -> None:
    for name in ("Gent", "Lokeren", "Aalst"):
        await _at(world, name)
    await _at(world, "Brugge", languages=["nl", "fr"])
    assert [name for name, _ in _said(await _nearest(world))] == ["Gent", "Lokeren", "Aalst"]
    offers = await _nearest(world, language="fr")
    assert [name for name, _ in _said(offers)] == ["Gent", "Lokeren", "Brugge"]
    assert [Why.LANGUAGE in offer.reasons for offer in offers] == [False, False, True]
    assert {"Aalst"} <= {name for name, _ in _said(await _nearest(world, language="fr", skip=2))}, "not lost"


@pytest.mark.parametrize(("first", "taken"), [(date(2026, 12, 1), True), (date(2026, 11, 30), False)])
async def test_the_last_place_is_for_what_is_a_week_sooner(world: World, first: date, taken: bool) -> None:
    weekday = first.weekday()
    for name in ("Gent", "Lokeren", "Aalst"):
        await _at(world, name, weekday, first)
    await _at(world, "Brugge")  # Tuesday 24 November
    offers = await _nearest(world)
    assert [name for name, _ in _said(offers)] == ["Gent", "Lokeren", "Brugge" if taken else "Aalst"]
    assert (Why.SOONEST in offers[2].reasons) is taken
    assert Why.SOONEST not in offers[0].reasons


async def test_soonest_is_not_said_when_all_are_as_soon(world: World, four: None) -> None:
    assert not any(Why.SOONEST in offer.reasons for offer in await _nearest(world))


async def test_soonest_is_said_of_each_that_is(world: World) -> None:
    await _at(world, "Gent", 3)
    await _at(world, "Lokeren")
    await _at(world, "Aalst")
    offers = await _nearest(world)
    assert [(offer.counter.name, Why.SOONEST in offer.reasons) for offer in offers] == [
        ("Gent", False), ("Lokeren", True), ("Aalst", True)
    ]  # fmt: skip
    assert offers[0].slot.starts_at.time() == time(8), "nine o'clock in Belgium"
