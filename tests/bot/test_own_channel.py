"""docs/own-channel.md, done: its example runs as it stands against the whole hub, and its settings are read."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette

from bot import webhooks
from bot.hub import Hub, open_hub
from bot.settings import Settings

DOC = Path(__file__).resolve().parents[2] / "docs" / "own-channel.md"
SECRET = "a-secret-of-sixteen"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def example() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


@pytest.fixture
async def hub_and_port(
    seeded_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Hub, str, int]]:
    """A hub with the channel of the page, from the environment as the page says, its webhooks on a real port."""
    port = free_port()
    monkeypatch.setenv("LEERLIJN_OTHER__KIOSK__SECRET", SECRET)
    monkeypatch.setenv("LEERLIJN_OTHER__KIOSK__URL", f"http://127.0.0.1:{port}/messages")
    monkeypatch.setenv("LEERLIJN_OTHER__KIOSK__INTERNAL", "true")
    async with open_hub(Settings(database_url=seeded_url, var_dir=tmp_path)) as hub:
        app = Starlette(routes=webhooks.routes(hub.channels, hub.inbox, "http://hub"))
        server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off")
        )
        serving = asyncio.create_task(server.serve())
        running = asyncio.create_task(hub.run())
        while not server.started:
            await asyncio.sleep(0.02)
        yield hub, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", port
        server.should_exit = True
        await serving
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_the_example_of_the_page_holds_a_conversation(hub_and_port: tuple[Hub, str, int]) -> None:
    _, address, port = hub_and_port
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", example(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "HUB": address, "SECRET": SECRET, "PORT": str(port)}, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(b"Spaanse les in Gent?\n")
    heard = ""
    async with asyncio.timeout(30):
        while "1)" not in heard:  # a choice
            heard += (await program.stdout.readline()).decode()
        assert "digitale assistent" in heard
        program.stdin.write(b"1\n")
        heard = ""
        while "Bron:" not in heard:
            heard += (await program.stdout.readline()).decode()
    program.stdin.close()
    program.kill()
    await program.wait()


def test_the_example_is_short() -> None:
    assert len([line for line in example().splitlines() if line.strip()]) <= 30


@pytest.mark.parametrize(
    ("name", "values", "what"),
    [
        ("sms", {"secret": SECRET}, "name"), ("te-lang", {"secret": SECRET}, "name"), ("Kiosk", {"secret": SECRET}, "name"),
        ("kiosk", {"secret": "short"}, "secret"), ("kiosk", {}, "secret"), ("kiosk", {"secret": SECRET, "url": "kiosk"}, "url"),
        ("kiosk", {"secret": SECRET, "url": "ftp://kiosk.example"}, "url"),
        ("kiosk", {"secret": SECRET, "url": "https://a:b@kiosk.example"}, "url"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(name: str, values: dict[str, str], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        Settings(other={name: values})  # type: ignore[dict-item]
