"""What stands around the program in a measurement: a Twilio that only remembers, and a bare echo to compare with.

One ASGI application, so that it costs little of the machine that is measured: `python -m tests.benchmarks.wire PORT`.
"""

import json
import secrets
import sys
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import uvicorn

taken: list[tuple[str, float]] = []  # sid and seconds since 1970, in the order of arrival
resources: dict[str, list[dict[str, str]]] = {}  # by receiver, newest first: what a look-up lists


async def wire(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    status = 200
    if scope["path"].endswith("/Messages.json"):
        if scope["method"] == "POST":
            status, body = 201, take(body.decode())
        else:
            receiver = parse_qs(scope["query_string"].decode())["To"][0]
            page = {"messages": resources.get(receiver, [])[:50], "next_page_uri": None, "uri": scope["path"]}
            body = json.dumps(page).encode()
    elif scope["path"] == "/taken":
        body = json.dumps(taken).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def take(body: str) -> bytes:
    form = parse_qs(body, keep_blank_values=True)
    sid, now = "SM" + secrets.token_hex(16), time.time()
    taken.append((sid, now))
    made = format_datetime(datetime.fromtimestamp(int(now), UTC))
    resource = {
        "sid": sid,
        "status": "queued",
        "body": form["Body"][0],
        "to": form["To"][0],
        "date_created": made,
    }
    resources.setdefault(form["To"][0], []).insert(0, resource)
    return json.dumps(resource).encode()


if __name__ == "__main__":
    uvicorn.run(
        wire, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="error", lifespan="off"
    )  # fmt: skip
