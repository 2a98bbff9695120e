"""What stands around the program in a measurement: a Twilio that only remembers, and a bare echo to compare with.

One ASGI application, so that it costs little of the machine that is measured: `python -m tests.benchmarks.wire PORT`.
"""

import json
import secrets
import sys
import time
from typing import Any
from urllib.parse import parse_qs

import uvicorn

taken: list[tuple[str, float]] = []  # sid and seconds since 1970, in the order of arrival


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
        form = parse_qs(body.decode())
        sid = "SM" + secrets.token_hex(16)
        taken.append((sid, time.time()))
        status, body = 201, json.dumps({"sid": sid, "status": "queued", "body": form["Body"][0]}).encode()
    elif scope["path"] == "/taken":
        body = json.dumps(taken).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(
        wire, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="error", lifespan="off"
    )  # fmt: skip
