"""Who floods, drips or forges gets nowhere with the live chat, and takes nothing from others."""

import asyncio

import httpx
import pytest
from sqlalchemy import delete, select
from websockets.asyncio.client import connect

from bot.pages import socket
from data.db import Database
from data.tables import Decision, Event, Job, Message, Receipt
from tests.bot.pages.test_socket import Tab, tab


async def test_a_thousand_messages_a_second_end_the_talk_and_others_go_on(
    address: str, database: Database
) -> None:
    async with tab(address) as mine, tab(address) as flood:
        await mine.hello()
        await flood.hello()
        began = asyncio.get_running_loop().time()
        for number in range(200):
            try:
                await flood.put(type="message", client_msg_id=f"m-{number:06d}", text="x")
            except Exception:
                break
        assert await flood.closed() == 1008
        lasted = asyncio.get_running_loop().time() - began
        await mine.put(type="message", client_msg_id="m-000001", text="dag")
        await mine.until("ack")
    async with database.transaction() as session:
        taken = await session.scalars(select(Message.id).where(Message.text == "x"))
        assert len(taken.all()) <= socket.BURST + socket.A_SECOND * lasted + 1


async def test_a_frame_of_sixteen_megabytes_ends_the_talk(address: str) -> None:
    async with tab(address) as mine:
        await mine.hello()
        await mine.connection.send("x" * 16_000_000)
        assert await mine.closed() == 1009


async def test_a_frame_in_pieces_without_end_is_not_waited_for(address: str) -> None:
    async def drip() -> None:
        async def pieces():
            while True:
                yield "x" * 4096
                await asyncio.sleep(0)

        await mine.connection.send(pieces())

    async with tab(address) as mine:
        await mine.hello()
        dripping = asyncio.create_task(drip())
        assert await mine.closed() == 1009
        await asyncio.gather(dripping, return_exceptions=True)


async def test_who_says_nothing_for_long_is_let_go(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "IDLE", 0.3)
    async with tab(address) as mine:
        await mine.hello()
        assert await mine.closed() == 1001


async def test_words_that_are_no_utf8_end_the_talk(address: str) -> None:
    async with tab(address) as mine:
        await mine.hello()
        await mine.connection.send(b"\xff\xfe", text=True)
        assert await mine.closed() == 1007


async def test_so_many_sockets_and_no_more(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "MOST", 2)
    async with tab(address) as one, tab(address) as two:
        await one.hello()
        await two.hello()
        async with connect(
            f"ws://{address}/chat/socket", additional_headers={"Origin": f"http://{address}"}
        ) as third:
            assert await Tab(third).closed() == 1013
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://{address}/chat")).status_code == 200
    async with asyncio.timeout(5):
        while True:
            async with tab(address) as later:
                try:
                    await later.hello()
                    break
                except Exception:
                    await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://{address}.evil.example", "file://"]
)
async def test_only_our_own_pages_open_a_socket(address: str, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin.replace("{address}", address)}
    with pytest.raises(Exception, match="403"):
        async with connect(f"ws://{address}/chat/socket", additional_headers=headers):
            pass


# Where a page goes on


async def say(mine: Tab, text: str, number: int) -> int:
    await mine.put(type="message", client_msg_id=f"m-{number:06d}", text=text)
    ack = await mine.until("ack")
    await mine.until("message")
    return int(ack["seq"])


async def test_a_page_that_saw_more_than_there_is_starts_anew(address: str) -> None:
    async with tab(address) as mine:
        welcome = await mine.hello()
        await say(mine, "dag", 1)
        await mine.until("message")
    token = welcome["token"]
    for number, (last_seq, reset) in enumerate(((0, False), (2**53, True), (2**63 - 1, True)), 2):
        async with tab(address) as again:
            welcome = await again.hello(token, last_seq)
            known = len(welcome["messages"])
            assert (welcome["reset"], known) == (reset, 2 * (number - 1))
            await say(
                again, f"en toen {number}", number
            )  # what comes afterwards arrives, whatever was seen before
            await again.until("message")
    async with tab(address) as page:
        last = (await page.hello(token, 0))["messages"][-1]["seq"]
    async with tab(address) as page:
        welcome = await page.hello(token, last)
        assert (welcome["reset"], welcome["messages"]) == (False, [])


async def test_a_number_that_is_none_is_no_hello(address: str) -> None:
    for odd in (2**63, 10**40, -1, "x", 1.5, None):
        async with tab(address) as mine:
            await mine.put(type="hello", token=None, last_seq=odd, language="nl")
            assert await mine.closed() == 1007


async def test_a_message_that_was_erased_leaves_the_rest_in_place(address: str, database: Database) -> None:
    async with tab(address) as mine:
        welcome = await mine.hello()
        seq = await say(mine, "een", 1)
        await mine.until("message")
    async with database.transaction() as session:
        for table in (Job, Event, Decision):
            await session.execute(delete(table))
        answer = await session.scalar(select(Message.id).where(Message.answers_id == seq))
        await session.execute(delete(Receipt).where(Receipt.message_id == seq))
        await session.execute(delete(Message).where(Message.id == answer))
    async with tab(address) as again:  # it saw the answer, which is gone now
        welcome = await again.hello(welcome["token"], answer or 0)
        assert (welcome["reset"], [m["seq"] for m in welcome["messages"]]) == (True, [seq])
