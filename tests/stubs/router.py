"""A router of public transport: answers as OpenTripPlanner 2 and as MOTIS 2 do, with the minutes that a test sets."""

import json
import re
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.stubs.serving import Serving, StubServer

_TRIP = re.compile(
    r"(t\d+): planConnection\(origin: \{location: \{coordinate: \{latitude: ([\d.]+), longitude: ([\d.]+)\}\}\},"
    r" destination: \{location: \{coordinate: \{latitude: ([\d.]+), longitude: ([\d.]+)\}\}\},"
    r' dateTime: \{latestArrival: "([^"]+)"\}, first: \d+(, preferences: [^)]*)?\)'
)


class RouterStub(Serving):
    """`takes`: (lat, lon) rounded to two decimals → minutes, None: there is no way there.

    `asked` has a dict for each trip. `delay` seconds before an answer; `says` (status, body) goes before everything.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.takes: dict[tuple[float, float], int | None] = {}
        self.asked: list[dict[str, Any]] = []
        self.requests = 0
        self.delay = 0.0
        self.says: tuple[int, bytes] | None = None
        self._serve_with(_Server, _Handler, port)

    def itineraries(self, lat: float, lon: float, arrive: datetime, start: str) -> list[dict[str, Any]]:
        """One that leaves in time, and before it one that takes longer and leaves much earlier."""
        took = self.takes.get((round(lat, 2), round(lon, 2)))
        if took is None:
            return []
        return [
            {start: (arrive - timedelta(minutes=minutes + early)).isoformat(), "duration": minutes * 60 - 30}
            for minutes, early in ((took + 25, 60), (took, 2))
        ]


class _Server(StubServer):
    stub: RouterStub


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["query"]
        self._answer(lambda stub: self._otp(stub, query) if self.path == "/otp/gtfs/v1" else None)

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        self._answer(
            lambda stub: self._motis(stub, parse_qs(asked.query)) if asked.path == "/api/v1/plan" else None
        )

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def _otp(self, stub: RouterStub, query: str) -> dict[str, Any]:
        data = {}
        for name, _, _, lat, lon, arrive, wheels in _TRIP.findall(query):
            at = datetime.fromisoformat(arrive)
            stub.asked.append({"to": (float(lat), float(lon)), "arrive": at, "wheelchair": bool(wheels)})
            found = stub.itineraries(float(lat), float(lon), at, "start")
            data[name] = {"edges": [{"node": one} for one in found]}
        return {"data": data}

    def _motis(self, stub: RouterStub, query: dict[str, list[str]]) -> dict[str, Any]:
        lat, lon, level = query["toPlace"][0].split(",")
        assert (level, query["arriveBy"], query["timetableView"]) == ("0", ["true"], ["false"])
        at = datetime.fromisoformat(query["time"][0])
        wheels = query.get("pedestrianProfile") == ["WHEELCHAIR"]
        stub.asked.append({"to": (float(lat), float(lon)), "arrive": at, "wheelchair": wheels})
        return {"itineraries": stub.itineraries(float(lat), float(lon), at, "startTime"), "direct": []}

    def _answer(self, made: Any) -> None:
        stub = self.server.stub
        stub.requests += 1
        time.sleep(stub.delay)
        found = made(stub) if stub.says is None else None
        status, body = stub.says or ((200, json.dumps(found).encode()) if found else (404, b"{}"))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
