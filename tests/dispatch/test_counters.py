"""The nearest counters with a time: three at most, then phone and video, each with its reason."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from data.tables import Counter, CounterKind, Staff
from dispatch import booking, counters, near
from dispatch.counters import CounterOffer, Why
from tests.dispatch.world import NOW, TUESDAY, World

GENT = (51.05, 3.72)
AALST = (50.94, 4.04)
BRUGGE = (51.21, 3.22)
LEUVEN = (50.88, 4.70)


async def _at(
    world: World, name: str, where: tuple[float, float], weekday: int = 1, **more: object
) -> Counter:
    counter = await world.counter(name, lat=where[0], lon=where[1], **more)
    await world.sitting(counter, await world.counsellor(), weekday)
    return counter


async def _nearest(world: World, where: tuple[float, float] = GENT, **more: object) -> list[CounterOffer]:
    async with world.database.transaction() as session:
        return await counters.nearest(session, *where, **({"now": NOW} | more))  # type: ignore[arg-type]


def _said(offers: list[CounterOffer]) -> list[tuple[str, str]]:
    return [(offer.counter.name, offer.slot.wall_start) for offer in offers]


async def test_nearest_first_with_phone_and_video_last(world: World) -> None:
    await _at(world, "Leuven", LEUVEN)
    await _at(world, "Aalst", AALST)
    await _at(world, "Gent", GENT)
    await _at(world, "Brugge", BRUGGE)
    await _at(world, "video", GENT, 3, kind=CounterKind.VIDEO)
    await _at(world, "telefoon", GENT, 2, kind=CounterKind.PHONE)
    offers = await _nearest(world)
    assert _said(offers) == [
        ("Gent", "2026-11-24T09:00"),
        ("Aalst", "2026-11-24T09:00"),
        ("Brugge", "2026-11-24T09:00"),
        ("telefoon", "2026-11-25T09:00"),
        ("video", "2026-11-26T09:00"),
    ]
    assert [offer.reasons for offer in offers] == [
        (Why.NEAREST,), (Why.NEARBY,), (Why.NEARBY,), (Why.PHONE,), (Why.VIDEO,)
    ]  # fmt: skip
    assert offers[0].distance_km == 0
    assert 20 < (offers[1].distance_km or 0) < 30
    assert offers[3].distance_km is None


async def test_a_counter_without_time_makes_room_for_the_next(world: World) -> None:
    full = await world.counter("Gent")
    staff = await world.counsellor()
    await world.sitting(full, staff)
    await world.absence(staff, NOW, NOW + timedelta(days=60))
    await _at(world, "Aalst", AALST)
    assert [name for name, _ in _said(await _nearest(world))] == ["Aalst"] * 3


async def test_other_times_first_at_the_nearest_then_further_away(world: World) -> None:
    for name, where in (("Gent", GENT), ("Aalst", AALST), ("Brugge", BRUGGE), ("Lokeren", (51.10, 3.99))):
        await _at(world, name, where)
    first, second, third = [_said(await _nearest(world, skip=skip)) for skip in range(3)]
    assert [name for name, _ in first] == ["Gent", "Lokeren", "Aalst"]
    assert [name for name, _ in second] == ["Gent", "Lokeren", "Aalst"]
    assert {wall for _, wall in second} == {"2026-12-01T09:00"}
    assert third[0][0] == "Brugge"
    assert len({*first, *second, *third}) == 9


async def test_too_far_is_not_offered(world: World) -> None:
    await _at(world, "Leuven", LEUVEN)
    await _at(world, "telefoon", GENT, kind=CounterKind.PHONE)
    assert [name for name, _ in _said(await _nearest(world, region_id="gent"))] == ["telefoon"]


async def test_a_counter_for_a_postcode_goes_first_there_and_is_offered_nowhere_else(world: World) -> None:
    await _at(world, "Gent", GENT)
    await _at(world, "Aalst", AALST, postcodes=["9050", "9300"])
    offers = await _nearest(world, postcodes=("9050",))
    assert [offer.counter.name for offer in offers[:2]] == ["Aalst", "Gent"]
    assert offers[0].reasons == (Why.NEARBY, Why.AREA)
    assert offers[1].reasons == (Why.NEAREST,), "what is nearest stays called so"
    for postcodes in ((), ("9000",)):
        assert {offer.counter.name for offer in await _nearest(world, postcodes=postcodes)} == {"Gent"}


async def test_a_postcode_is_served_however_far(world: World) -> None:
    await _at(world, "Leuven", LEUVEN, postcodes=["9000"])
    offers = await _nearest(world, postcodes=("9000", "9030"))
    assert {offer.counter.name for offer in offers} == {"Leuven"}
    assert (offers[0].distance_km or 0) > near.TOO_FAR_KM


@pytest.mark.parametrize(
    ("reach_km", "postcodes", "offered"),
    [(20, [], False), (30, [], True), (30, ["1000"], True), (20, ["1000"], False), (90, [], True)],
)
async def test_the_area_of_a_counter_by_distance(
    world: World, reach_km: int, postcodes: list[str], offered: bool
) -> None:
    """Aalst is some 25 km from Gent."""
    await _at(world, "Aalst", AALST, reach_km=reach_km, postcodes=postcodes)
    assert bool(await _nearest(world, postcodes=("9000",))) is offered
    async with world.database.transaction() as session:
        places = await near.near_counters(session, *GENT, postcodes=("9000",))
        hours = await near.open_hours(session, *GENT, on=TUESDAY, postcodes=("9000",))
    assert (bool(places), bool(hours)) == (offered, offered)


async def test_further_than_usual_when_the_counter_says_so(world: World) -> None:
    await _at(world, "Leuven", LEUVEN, reach_km=90)
    assert {offer.counter.name for offer in await _nearest(world)} == {"Leuven"}


async def test_phone_is_of_the_own_region(world: World) -> None:
    await world.region("limburg")
    await _at(world, "Gent", GENT)
    await _at(world, "telefoon Gent", GENT, kind=CounterKind.PHONE)
    await _at(world, "telefoon Limburg", GENT, region_id="limburg", kind=CounterKind.PHONE)
    assert [name for name, _ in _said(await _nearest(world))][-1] == "telefoon Gent"
    assert [name for name, _ in _said(await _nearest(world, region_id="limburg"))][-1] == "telefoon Limburg"


async def test_not_within_the_next_two_hours(world: World) -> None:
    await _at(world, "Gent", GENT)
    soon = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 8:00 in Belgium; the sitting begins at 9:00
    assert _said(await _nearest(world, now=soon))[0] == ("Gent", "2026-11-24T10:15")


async def test_wheelchair(world: World) -> None:
    await _at(world, "Gent", GENT)
    await _at(world, "Aalst", AALST, wheelchair=True)
    offers = await _nearest(world, wheelchair=True)
    assert {offer.counter.name for offer in offers} == {"Aalst"}
    assert Why.WHEELCHAIR in offers[0].reasons


async def test_who_speaks_the_language_goes_first_on_a_day(world: World) -> None:
    counter = await world.counter("Gent")
    dutch = await world.counsellor()
    french = await world.counsellor(languages=["nl", "fr"])
    for staff in (dutch, french):
        await world.sitting(counter, staff)
    assert (await _nearest(world))[0].slot.staff_id == dutch.id
    offer = (await _nearest(world, language="fr"))[0]
    assert offer.slot.staff_id == french.id
    assert offer.reasons == (Why.NEAREST, Why.LANGUAGE)


async def test_a_wished_day(world: World) -> None:
    await _at(world, "Gent", GENT)
    await _at(world, "Gent 2", GENT, 3)
    assert {wall[:10] for _, wall in _said(await _nearest(world, weekdays={3}))} == {
        "2026-11-26", "2026-12-03", "2026-12-10",
    }  # fmt: skip
    later = _said(await _nearest(world, earliest=TUESDAY + timedelta(days=5)))
    assert min(wall for _, wall in later) == "2026-12-01T09:00"


async def test_nothing_at_all(world: World) -> None:
    assert await _nearest(world) == []


async def _client(world: World) -> tuple[int, Staff, Staff]:
    own, deputy = await world.counsellor(), await world.counsellor()
    person = await world.person()
    await world.trajectory(person, own, deputy)
    await _at(world, "vlakbij", GENT)
    far = await world.counter("verder", lat=AALST[0], lon=AALST[1])
    await world.sitting(far, own, 3)
    await world.sitting(far, deputy, 4)
    phone = await world.counter("telefoon", kind=CounterKind.PHONE)
    await world.sitting(phone, own, 4, time(13), time(16))
    return person.id, own, deputy


async def test_a_client_sees_the_own_counsellor(world: World) -> None:
    person_id, own, _ = await _client(world)
    offers = await _nearest(world, person_id=person_id)
    assert {offer.slot.staff_id for offer in offers} == {own.id}
    assert [offer.reasons for offer in offers] == [(Why.OWN_COUNSELLOR,)] * 3 + [
        (Why.OWN_COUNSELLOR, Why.PHONE)
    ]
    assert _said(offers)[:2] == [("verder", "2026-11-26T09:00"), ("verder", "2026-12-03T09:00")]
    assert 20 < (offers[0].distance_km or 0) < 30


async def test_the_deputy_when_the_own_counsellor_is_away(world: World) -> None:
    person_id, own, deputy = await _client(world)
    await world.absence(own, NOW, NOW + timedelta(days=60))
    offers = await _nearest(world, person_id=person_id)
    assert {offer.slot.staff_id for offer in offers} == {deputy.id}
    assert offers[0].reasons == (Why.DEPUTY,)
    await world.absence(deputy, NOW, NOW + timedelta(days=60))
    assert _said(await _nearest(world, person_id=person_id))[0][0] == "vlakbij"


async def test_what_is_offered_can_be_held(world: World) -> None:
    await _at(world, "Gent", GENT)
    person = await world.person()
    offer = (await _nearest(world))[0]
    async with world.database.transaction() as session:
        held = await booking.hold(session, offer.slot, person.id, now=NOW)
    assert not isinstance(held, booking.Taken)
    assert _said(await _nearest(world))[0] == ("Gent", "2026-11-24T10:15")


async def test_open_hours(world: World) -> None:
    gent = await _at(world, "Gent", GENT)
    await world.sitting(gent, await world.counsellor())  # a colleague at the same hours
    await world.sitting(gent, await world.counsellor(), 0, time(13), time(16))
    await _at(world, "Aalst", AALST)
    old = await world.counter("vroeger")
    await world.sitting(old, await world.counsellor(), valid_to=date(2026, 6, 1))
    async with world.database.transaction() as session:
        found = await near.open_hours(session, *GENT, on=TUESDAY)
    assert [item.counter.name for item in found] == ["Gent", "Aalst"]
    assert [(row.weekday, row.starts) for row in found[0].sittings] == [(0, time(13)), (1, time(9))]


async def test_open_hours_tell_which_are_not_held_in_school_holidays(world: World) -> None:
    gent = await world.counter("Gent")
    await world.sitting(gent, await world.counsellor(), schools="flemish")
    await world.sitting(gent, await world.counsellor(), 2, schools="flemish")
    await world.sitting(gent, await world.counsellor(), 2)  # somebody sits there on Wednesdays all year
    async with world.database.transaction() as session:
        (found,) = await near.open_hours(session, *GENT, on=TUESDAY)
    assert [(row.weekday, row.schools) for row in found.sittings] == [(1, "flemish"), (2, None)]
