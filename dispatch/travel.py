"""How long somebody is on the way by public transport to be somewhere at an hour, asked of a router that we are given.

OpenTripPlanner 2: POST /otp/gtfs/v1, `planConnection` with `latestArrival` (2.6 and later);
https://docs.opentripplanner.org/api/dev-2.x/graphql-gtfs/introduction
MOTIS 2: GET /api/v1/plan with `arriveBy`; https://github.com/motis-project/motis/blob/master/openapi.yaml

What it is told of a person is the middle of their town, nothing else. A router that does not answer in time rests, and
then everything goes on in a straight line.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

log = logging.getLogger(__name__)
TIMEOUT = 2.0  # seconds for all trips of one question: somebody waits for the answer
FAILURES = 3  # in a row, then it rests
REST = 60.0  # seconds; then one question tries again
KEPT, KEEP = 5_000, 3_600.0  # answers, and the seconds that one holds
ITINERARIES = 5


@dataclass(frozen=True, kw_only=True)
class Trip:
    """To be at a point (degrees) at `arrive` (aware)."""

    lat: float
    lon: float
    arrive: datetime


class Unanswered(Exception):
    """The router did not answer, or not with what it should."""


class Router:
    """`kind` is otp or motis; `url` is where it is reached, without the path of its API."""

    def __init__(
        self,
        url: str,
        *,
        kind: str,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._ask = {"otp": self._ask_otp, "motis": self._ask_motis}[kind]
        self._timeout = timeout
        self._clock = clock
        self._client = httpx.AsyncClient(base_url=url.rstrip("/"), timeout=timeout, transport=transport)
        self._failures = 0
        self._rests_until = -math.inf
        self._known: dict[tuple[float, float, Trip, bool], tuple[float, int | None]] = {}

    async def minutes(
        self, lat: float, lon: float, trips: Sequence[Trip], *, wheelchair: bool = False
    ) -> list[int | None] | None:
        """For each trip the minutes of the one that leaves last and is still in time; None where there is none.

        None instead of the list: the router does not answer, or rests because it did not.
        """
        now = self._clock()
        keys = [(lat, lon, trip, wheelchair) for trip in trips]
        new = [key for key in dict.fromkeys(keys) if key not in self._known or self._known[key][0] < now]
        if new:
            if now < self._rests_until:
                return None
            try:
                async with asyncio.timeout(self._timeout):
                    found = await self._ask(lat, lon, [key[2] for key in new], wheelchair)
            except (Unanswered, httpx.HTTPError, TimeoutError) as error:
                self._failed(error)
                return None
            self._failures = 0
            if len(self._known) + len(new) > KEPT:
                self._known = {}
            self._known |= {key: (now + KEEP, took) for key, took in zip(new, found, strict=True)}
        return [self._known[key][1] for key in keys]

    async def close(self) -> None:
        await self._client.aclose()

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures = FAILURES - 1  # after the rest one failure is enough
            self._rests_until = self._clock() + REST
        log.warning("the router did not answer (%s); distances are in a straight line", type(error).__name__)

    async def _ask_otp(
        self, lat: float, lon: float, trips: Sequence[Trip], wheelchair: bool
    ) -> list[int | None]:
        """All trips in one query, each under a name of its own."""
        wheels = ", preferences: {accessibility: {wheelchair: {enabled: true}}}" if wheelchair else ""
        plans = "\n".join(
            f"t{number}: planConnection(origin: {_point(lat, lon)}, destination: {_point(trip.lat, trip.lon)},"
            f' dateTime: {{latestArrival: "{trip.arrive.isoformat()}"}}, first: {ITINERARIES}{wheels})'
            " { edges { node { start duration } } }"
            for number, trip in enumerate(trips)
        )
        answer = await self._client.post("/otp/gtfs/v1", json={"query": f"{{ {plans} }}"})
        data = _object(_json(answer).get("data"))
        return [
            _minutes(
                [_object(edge).get("node") for edge in _list(_object(data.get(f"t{number}")).get("edges"))]
            )
            for number in range(len(trips))
        ]

    async def _ask_motis(
        self, lat: float, lon: float, trips: Sequence[Trip], wheelchair: bool
    ) -> list[int | None]:
        wheels = {"pedestrianProfile": "WHEELCHAIR", "useRoutedTransfers": "true"} if wheelchair else {}

        async def ask(trip: Trip) -> int | None:
            answer = await self._client.get(
                "/api/v1/plan",
                params={
                    "fromPlace": f"{lat},{lon},0", "toPlace": f"{trip.lat},{trip.lon},0", "arriveBy": "true",
                    "time": trip.arrive.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "timetableView": "false",
                    **wheels,
                },
            )  # fmt: skip
            found = _json(answer)
            return _minutes([*_list(found.get("itineraries")), *_list(found.get("direct", []))])

        return list(await asyncio.gather(*map(ask, trips)))


def _point(lat: float, lon: float) -> str:
    return f"{{location: {{coordinate: {{latitude: {lat:.5f}, longitude: {lon:.5f}}}}}}}"


def _minutes(itineraries: Iterable[Any]) -> int | None:
    """Of the one that leaves last. OTP says `start` and MOTIS `startTime`; `duration` is in seconds with both."""
    found = []
    for one in map(_object, itineraries):
        start, duration = one.get("start", one.get("startTime")), one.get("duration")
        if not isinstance(start, str) or not isinstance(duration, int | float) or isinstance(duration, bool):
            raise Unanswered("an itinerary without a start and a duration")
        try:
            found.append((datetime.fromisoformat(start).astimezone(UTC), -duration))
        except (ValueError, OverflowError):
            raise Unanswered("an itinerary without a start and a duration") from None
    return max(1, math.ceil(-max(found)[1] / 60)) if found else None


def _json(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise Unanswered(str(answer.status_code))
    try:
        return _object(answer.json())
    except ValueError:
        raise Unanswered("no JSON") from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unanswered("not the object that it should be")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Unanswered("not the list that it should be")
    return value
