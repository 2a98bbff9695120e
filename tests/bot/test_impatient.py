"""Heads that do not come: a few hundred of them fill no server."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bot import impatient
from bot.impatient import ImpatientProtocol
from tests.plain_http import plain_http


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(impatient, "HEAD_WITHIN", 0.6)
    app = FastAPI()

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(1.2)
        return "ok"

    config = uvicorn.Config(app, port=0, lifespan="off", log_level="critical", http=ImpatientProtocol)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


async def lasts(port: int, *pieces: bytes, pause: float = 0.1) -> float:
    """Seconds until the server ends a connection on which these pieces come."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(pause)
    async with asyncio.timeout(10):
        while await reader.read(4096):
            pass
    writer.close()
    return loop.time() - began


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"GET /health HT",),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n", b"X: a\r\n", b"X: b\r\n", b"X: c\r\n"),
    ],
)
async def test_half_a_head_is_not_waited_for(port: int, pieces: tuple[bytes, ...]) -> None:
    assert 0.4 < await lasts(port, *pieces) < 3


async def test_a_second_request_on_a_connection_is_held_to_it_too(port: int) -> None:
    whole = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    assert 0.4 < await lasts(port, whole, b"GET /hea") < 3


async def test_an_answer_may_take_its_time(port: int) -> None:
    async with httpx.AsyncClient(transport=plain_http()) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/slow")).status_code == 200


async def test_three_hundred_half_heads_leave_others_served(port: int) -> None:
    async def half() -> None:
        await lasts(port, b"POST /health HTTP/1.1\r\nHost: x\r\nContent-")

    slow = [asyncio.create_task(half()) for _ in range(300)]
    await asyncio.sleep(0.2)
    async with httpx.AsyncClient(transport=plain_http()) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200
    async with asyncio.timeout(20):
        await asyncio.gather(*slow)  # all of them are let go
