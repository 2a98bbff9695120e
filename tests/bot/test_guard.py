"""What every request passes, on a real port: limits of size and time, and the headers of every answer."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Form, Request
from starlette.responses import StreamingResponse

from bot import guard
from bot.guard import BodyLimit, SecurityHeaders
from tests.plain_http import plain_http

LIMIT = 1000


def _app(*, https: bool = False) -> FastAPI:
    app = FastAPI()
    app.add_middleware(BodyLimit, limit=LIMIT)
    app.add_middleware(SecurityHeaders, https=https, embed_origins="https://school.example")

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.post("/form")
    async def form(text: str = Form("")) -> int:
        return len(text)

    @app.post("/unread")
    async def unread() -> str:
        return "ok"

    @app.get("/console/x")
    @app.get("/chat")
    @app.get("/page")
    async def page() -> str:
        return "ok"

    @app.get("/events")
    async def events() -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            for number in range(4):
                await asyncio.sleep(0.15)
                yield f"data: {number}\n\n"

        return StreamingResponse(lines())

    return app


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[int]:
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", log_level="critical", http="httptools")
    )
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with _serving(_app()) as port:
        yield port


@pytest.fixture
async def client(port: int) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", transport=plain_http()) as client:
        yield client


async def _raw(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send pieces as they are, and read until the server closes or is silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)
    answer = b""
    try:
        async with asyncio.timeout(2):
            while chunk := await reader.read(4096):
                answer += chunk
                if b"\r\n\r\n" in answer:
                    break
    except TimeoutError:
        pass
    writer.close()
    return answer


@pytest.mark.parametrize(("size", "status"), [(0, 200), (LIMIT, 200), (LIMIT + 1, 413), (LIMIT * 50, 413)])
async def test_bodies_up_to_the_limit(client: httpx.AsyncClient, size: int, status: int) -> None:
    assert (await client.post("/size", content=b"x" * size)).status_code == status


@pytest.mark.parametrize("path", ["/size", "/form"])
async def test_a_body_without_a_stated_length_is_counted(client: httpx.AsyncClient, path: str) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LIMIT // 100 + 1):
            yield b"x" * 100

    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post(path, content=chunks(), headers=headers)
    assert answer.status_code == 413
    assert "groot" in answer.text


async def test_a_false_length_does_not_let_more_in(port: int) -> None:
    answer = await _raw(
        port, b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n" + b"x" * (LIMIT * 2)
    )
    assert re.match(
        rb"HTTP/1\.1 (200 OK(.|\r\n)*\r\n\r\n10|400)", answer
    )  # the rest is another, broken request


@pytest.mark.parametrize("length", [b"-1", b"abc", b"1e9", b"99999999999999999999"])
async def test_a_length_that_is_no_number_is_refused(port: int, length: bytes) -> None:
    answer = await _raw(port, b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n")
    assert re.match(rb"HTTP/1\.1 (400|413)", answer)


async def test_a_body_that_does_not_come_is_not_waited_for(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "READ_TIMEOUT", 0.2)
    answer = await _raw(port, b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    assert answer.startswith(b"HTTP/1.1 408")


async def test_a_body_that_drips_is_not_waited_for_either(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "READ_TIMEOUT", 0.3)
    head = b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    answer = await _raw(port, head, *[b"x"] * 20, pause=0.05)
    assert answer.startswith(b"HTTP/1.1 408")


async def test_reading_time_does_not_count_for_answers(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "READ_TIMEOUT", 0.2)
    answer = await client.get("/events")
    assert answer.text.count("data:") == 4


async def test_slow_bodies_leave_others_served(port: int, client: httpx.AsyncClient) -> None:
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
    for _, writer in opened:
        writer.write(b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    async with asyncio.timeout(2):
        assert (await client.get("/page")).status_code == 200
    for _, writer in opened:
        writer.close()


@pytest.mark.parametrize("path", ["/page", "/chat", "/console/x", "/nergens", "/size"])
async def test_every_answer_has_a_strict_policy(client: httpx.AsyncClient, path: str) -> None:
    first, second = [await client.get(path) for _ in range(2)]
    policy = first.headers["content-security-policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert "unsafe" not in policy
    assert policy != second.headers["content-security-policy"]  # a fresh nonce
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in first.headers


async def test_refusals_have_the_headers_too(client: httpx.AsyncClient) -> None:
    answer = await client.post("/size", content=b"x" * LIMIT * 2)
    assert answer.status_code == 413
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in answer.headers


async def test_only_the_chat_may_be_framed(client: httpx.AsyncClient) -> None:
    chat, page = await client.get("/chat"), await client.get("/page")
    assert "frame-ancestors https://school.example" in chat.headers["content-security-policy"]
    assert "x-frame-options" not in chat.headers
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


async def test_private_pages_are_not_kept(client: httpx.AsyncClient) -> None:
    assert (await client.get("/console/x")).headers["cache-control"] == "no-store"
    assert (await client.get("/chat")).headers["cache-control"] == "no-store"
    assert "cache-control" not in (await client.get("/page")).headers


async def test_https_is_demanded_where_it_is_there() -> None:
    async with _serving(_app(https=True)) as port, httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/page")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


async def test_only_a_form_with_files_and_what_providers_send_may_be_larger() -> None:
    app = FastAPI()
    app.add_middleware(
        BodyLimit, limit=LIMIT, uploads={"/files": 3 * LIMIT}, batches={"/webhooks/whatsapp": 2 * LIMIT}
    )

    @app.post("/files")
    @app.post("/other")
    @app.post("/webhooks/whatsapp")
    async def size(request: Request) -> int:
        return len(await request.body())

    form = {"content-type": "multipart/form-data; boundary=x"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        for path, headers, length, status in (
            ("/files", form, 3 * LIMIT, 200), ("/files", form, 3 * LIMIT + 1, 413), ("/files", {}, LIMIT + 1, 413),
            ("/other", form, LIMIT + 1, 413), ("/webhooks/whatsapp", {}, 2 * LIMIT, 200),
            ("/webhooks/whatsapp", {}, 2 * LIMIT + 1, 413),
        ):  # fmt: skip
            answer = await client.post(path, content=b"x" * length, headers=headers)
            assert answer.status_code == status, (path, headers, length)
