"""Travel time from a router over real HTTP: both kinds, silence, nonsense, the rest after failures."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count

import pytest

from dispatch import travel
from dispatch.travel import Router, Trip
from tests.stubs.router import RouterStub

AALST, GENT = (50.94, 4.04), (51.05, 3.72)
NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TRIPS = [Trip(lat=AALST[0], lon=AALST[1], arrive=NINE), Trip(lat=GENT[0], lon=GENT[1], arrive=NINE)]
HOME = (50.98, 3.81)


@pytest.fixture
def stub() -> Iterator[RouterStub]:
    stub = RouterStub()
    stub.start()
    stub.takes = {AALST: 42, GENT: None}
    yield stub
    stub.close()


@pytest.fixture(params=["otp", "motis"])
async def router(request: pytest.FixtureRequest, stub: RouterStub) -> AsyncIterator[Router]:
    router = Router(stub.url, kind=request.param, timeout=1.0)
    yield router
    await router.close()


async def test_the_minutes_of_the_trip_that_leaves_last(router: Router, stub: RouterStub) -> None:
    assert await router.minutes(*HOME, TRIPS) == [42, None], "there is no way to Gent by then"
    assert [asked["to"] for asked in sorted(stub.asked, key=lambda asked: asked["to"])] == [AALST, GENT]
    assert {asked["arrive"] for asked in stub.asked} == {NINE}
    assert not any(asked["wheelchair"] for asked in stub.asked)


async def test_in_a_wheelchair(router: Router, stub: RouterStub) -> None:
    await router.minutes(*HOME, TRIPS, wheelchair=True)
    assert all(asked["wheelchair"] for asked in stub.asked)


async def test_the_same_trip_is_asked_once(router: Router, stub: RouterStub) -> None:
    await router.minutes(*HOME, TRIPS)
    asked = stub.requests
    stub.takes[AALST] = 1
    assert await router.minutes(*HOME, [*TRIPS, TRIPS[0]]) == [42, None, 42]
    assert stub.requests == asked
    await router.minutes(*HOME, TRIPS, wheelchair=True)
    assert stub.requests > asked, "in a wheelchair it is another trip"


async def test_silence_is_not_waited_for(stub: RouterStub) -> None:
    for kind in ("otp", "motis"):
        router = Router(stub.url, kind=kind, timeout=0.2)
        stub.delay = 0.6
        assert await router.minutes(*HOME, TRIPS) is None
        await router.close()


@pytest.mark.parametrize(
    "says",
    [
        (500, b"{}"), (404, b"not here"), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (200, b'{"data": null}'),
        (200, b'{"errors": [{"message": "no"}]}'), (200, b'{"data": {"t0": null, "t1": null}, "itineraries": 3}'),
        (200, b'{"data": {"t0": {"edges": [{"node": {"start": "soon", "duration": 5}}]}},'
              b' "itineraries": [{"startTime": "soon", "duration": 5}]}'),
        (200, b'{"data": {"t0": {"edges": [{"node": {"start": "2026-11-24T08:00:00Z"}}]}},'
              b' "itineraries": [{"startTime": "2026-11-24T08:00:00Z"}]}'),
    ],
)  # fmt: skip
async def test_nonsense_is_no_answer(router: Router, stub: RouterStub, says: tuple[int, bytes]) -> None:
    stub.says = says
    assert await router.minutes(*HOME, TRIPS) is None


async def test_nobody_there() -> None:
    router = Router("http://127.0.0.1:9", kind="motis", timeout=1.0)
    assert await router.minutes(*HOME, TRIPS) is None
    await router.close()


async def test_after_three_failures_it_rests_and_then_one_question_tries(stub: RouterStub) -> None:
    seconds = 0.0
    router = Router(stub.url, kind="otp", timeout=1.0, clock=lambda: seconds)
    stub.says = (503, b"{}")
    for _ in range(5):
        assert await router.minutes(*HOME, TRIPS) is None
    assert stub.requests == travel.FAILURES
    seconds += travel.REST
    assert await router.minutes(*HOME, TRIPS) is None
    assert await router.minutes(*HOME, TRIPS) is None
    assert stub.requests == travel.FAILURES + 1, "one question tried, and it rests again"
    seconds += travel.REST
    stub.says = None
    assert await router.minutes(*HOME, TRIPS) == [42, None]
    stub.says = (503, b"{}")
    for number in count(1):
        other = [Trip(lat=AALST[0], lon=AALST[1], arrive=NINE.replace(minute=number))]
        if await router.minutes(*HOME, other) is None and number > travel.FAILURES:
            break
    assert stub.requests == 2 * travel.FAILURES + 2, "who answered well has three failures again"
    assert await router.minutes(*HOME, TRIPS) == [42, None], "what is known is still told while it rests"
    await router.close()


async def test_what_is_known_ends(stub: RouterStub) -> None:
    seconds = 0.0
    router = Router(stub.url, kind="otp", timeout=1.0, clock=lambda: seconds)
    await router.minutes(*HOME, TRIPS)
    stub.takes[AALST] = 50
    seconds += travel.KEEP + 1
    assert await router.minutes(*HOME, TRIPS) == [50, None]
    await router.close()
