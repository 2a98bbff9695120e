"""The live chat: nothing missed, nothing doubled, whatever breaks in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import websockets
from sqlalchemy import func, select
from websockets.asyncio.client import ClientConnection, connect

from bot.pages import socket
from channels.base import Choice
from data.db import Database
from data.tables import Message
from tests.bot.pages.conftest import Parrot


class Tab:
    """One browser tab's side of the socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def put(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def get(self, kind: str) -> Any:
        """The next frame, which must be of this kind."""
        frame = json.loads(await asyncio.wait_for(self.connection.recv(), 5))
        assert frame["type"] == kind, frame
        return frame

    async def until(self, kind: str) -> Any:
        """The next frame of this kind, whatever comes before it."""
        while True:
            frame = json.loads(await asyncio.wait_for(self.connection.recv(), 5))
            if frame["type"] == kind:
                return frame

    async def hello(self, token: str | None = None, last_seq: int = 0) -> Any:
        await self.put(type="hello", token=token, last_seq=last_seq, language="nl")
        return await self.get("welcome")

    async def closed(self) -> int | None:
        """The code with which the server ends it."""
        with pytest.raises(websockets.ConnectionClosed):
            while True:
                await asyncio.wait_for(self.connection.recv(), 5)
        return self.connection.close_code


@asynccontextmanager
async def tab(address: str, **headers: str) -> AsyncIterator[Tab]:
    given = {"Origin": f"http://{address}"} | headers
    async with connect(f"ws://{address}/chat/socket", additional_headers=given) as connection:
        yield Tab(connection)


async def test_a_question_gets_its_receipt_and_its_answer(address: str, parrot: Parrot) -> None:
    parrot.says, parrot.choices = ("Kies een plek:",), [Choice(label="bib Aalst", value="1")]
    async with tab(address) as mine:
        welcome = await mine.hello()
        assert welcome["messages"] == []
        await mine.put(type="message", client_msg_id="m-000001", text="gesprek in Aalst")
        ack = await mine.get("ack")
        assert ack["client_msg_id"] == "m-000001"
        frames = [await mine.get("message")]
        while frames[-1]["author"] == "person":
            frames.append(await mine.get("message"))
        answer = frames[-1]
        assert answer["seq"] > ack["seq"]
        assert (answer["author"], answer["text"]) == ("bot", "Kies een plek:")
        assert answer["choices"] == [{"label": "bib Aalst", "value": "1"}]


async def test_after_a_break_exactly_what_was_missed(address: str) -> None:
    async with tab(address) as mine:
        token = (await mine.hello())["token"]
        await mine.put(type="message", client_msg_id="m-000001", text="een")
        seq = (await mine.get("ack"))["seq"]
    async with tab(address) as mine:
        await mine.hello(token, last_seq=seq)
        await mine.put(type="message", client_msg_id="m-000001", text="een")
        assert (await mine.until("ack"))["seq"] == seq, "sent again, accepted once"
    await answered(address, token)
    async with tab(address) as mine:
        missed = (await mine.hello(token, last_seq=seq))["messages"]
        assert [message["author"] for message in missed] == ["bot"]
    assert await answered(address, token) == ["person", "bot"]


async def test_what_went_as_a_form_and_over_the_socket_is_one_message(address: str) -> None:
    """A page that gave up on sockets posts what waits; when one opens after all, that sends it too."""
    async with tab(address) as mine:
        token = (await mine.hello())["token"]
        form = {"text": "een\r\ntwee", "client_msg_id": "m-000001"}
        async with httpx.AsyncClient(base_url=f"http://{address}", cookies={"visitor": token}) as browser:
            assert (await browser.post("/chat", data=form)).status_code == 303
        await mine.put(type="message", client_msg_id="m-000001", text="een\ntwee")
        await mine.until("ack")
    assert await answered(address, token) == ["person", "bot"]


async def answered(address: str, token: str) -> list[str]:
    """The authors of a thread, once the bot has answered."""
    while True:
        async with tab(address) as mine:
            authors = [message["author"] for message in (await mine.hello(token))["messages"]]
        if authors[-1] == "bot":
            return authors
        await asyncio.sleep(0.05)


async def test_twenty_at_once_are_twenty_and_none_twice(address: str, database: Database) -> None:
    async with tab(address) as mine:
        await mine.hello()
        for number in range(20):
            for _ in range(2):
                await mine.put(type="message", client_msg_id=f"m-{number:06}", text=f"bericht {number}")
        acks: dict[str, set[int]] = {}
        while sum(len(found) for found in acks.values()) < 20 or len(acks) < 20:
            frame = json.loads(await asyncio.wait_for(mine.connection.recv(), 10))
            if frame["type"] == "ack":
                acks.setdefault(frame["client_msg_id"], set()).add(frame["seq"])
    assert all(len(found) == 1 for found in acks.values())
    async with database.transaction() as session:
        received = select(func.count()).select_from(Message).where(Message.direction == "in")
        assert await session.scalar(received) == 20


async def test_a_second_tab_follows(address: str) -> None:
    async with tab(address) as mine:
        token = (await mine.hello())["token"]
        async with tab(address) as other:
            await other.hello(token)
            await mine.put(type="message", client_msg_id="m-000001", text="hallo")
            assert (await other.get("message"))["author"] == "person"
            assert (await other.get("message"))["author"] == "bot"


async def test_the_cookie_of_the_page_opens_the_same_thread(address: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as browser:
        await browser.post("/chat", data={"text": "van de pagina"})
        cookie = f"visitor={browser.cookies['visitor']}"
    async with tab(address, Cookie=cookie) as mine:
        welcome = await mine.hello()
        assert welcome["token"] is None, "a page with a cookie never sees the token"
        assert [message["text"] for message in welcome["messages"]] == ["van de pagina", "Ik hoor je."]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_another_site_gets_no_socket(address: str, origin: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with tab(address, Origin=origin):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"type":"message","client_msg_id":"m-000001","text":"zonder hallo"}', socket.POLICY),
        ('{"type":"dance"}', socket.BAD_DATA),
        ("not json", socket.BAD_DATA),
        ('{"type":"hello","last_seq":-1}', socket.BAD_DATA),
        ('{"type":"hello","token":"' + "x" * 70_000 + '"}', socket.TOO_BIG),
        (b"bytes", socket.BAD_DATA),
    ],
)
async def test_what_is_not_our_protocol_ends_the_talk(address: str, frame: str | bytes, code: int) -> None:
    async with tab(address) as mine:
        await mine.connection.send(frame)
        assert await mine.closed() == code


async def test_silence_ends_the_talk(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "HELLO_PATIENCE", 0.1)
    async with tab(address) as mine:
        assert await mine.closed() == socket.POLICY


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
async def test_a_message_that_cannot_be_taken_is_named(address: str, text: str) -> None:
    async with tab(address) as mine:
        await mine.hello()
        await mine.put(type="message", client_msg_id="m-000009", text=text)
        error = await mine.get("error")
        assert error["client_msg_id"] == "m-000009"
        assert error["text"]
        await mine.put(type="ping")
        await mine.get("pong")
