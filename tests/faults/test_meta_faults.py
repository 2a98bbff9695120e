"""A program that dies while Meta has its message, where nothing can be looked up."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from data import embedded
from tests.faults.program import Program, lend_model
from tests.stubs import meta
from tests.stubs.meta import APP_SECRET, NUMBER_ID, TOKEN, MetaStub, change, signed, whatsapp, wrote
from tests.stubs.twilio import Fault

PATIENCE = 30.0  # seconds
PERSON = "32470000001"


@pytest.fixture
def graph() -> Iterator[MetaStub]:
    with meta.running() as server:
        yield server


@pytest.fixture
def at_meta(tmp_path: Path, graph: MetaStub) -> Iterator[Program]:
    lend_model(tmp_path)
    program = Program(
        tmp_path, sms_api="http://127.0.0.1:1", whatsapp__phone_number_id=NUMBER_ID, whatsapp__access_token=TOKEN,
        whatsapp__app_secret=APP_SECRET, whatsapp__api_base=graph.url,
    )  # fmt: skip
    program.start()
    yield program
    program.close()
    embedded.start(tmp_path / "postgres").close()


def post(program: Program, payload: object) -> int:
    body, headers = signed(payload)
    return httpx.post(
        f"{program.url}/webhooks/whatsapp", content=body, headers=headers, timeout=15
    ).status_code


def statuses(program: Program) -> list[str]:
    server = embedded.start(program.var_dir / "postgres")

    async def read() -> list[str]:
        connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
        rows = await connection.fetch("SELECT status FROM message WHERE direction = 'out' ORDER BY id")
        await connection.close()
        return [row["status"] for row in rows]

    try:
        return asyncio.run(read())
    finally:
        server.close()


def wait_for(happened: Callable[[], object], program: Program) -> None:
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, program.log()[-3000:]
        time.sleep(0.05)


def test_killed_while_meta_has_it_nothing_is_sent_twice_and_the_status_tells_the_rest(
    at_meta: Program, graph: MetaStub
) -> None:
    graph.script.append(Fault(takes=True, delay=5.0, status=200))
    assert post(at_meta, wrote("Wat is een leerwinkel?", sender=PERSON)) == 200
    wait_for(lambda: graph.taken, at_meta)
    at_meta.kill()
    at_meta.start()
    wait_for(lambda: statuses(at_meta) == ["unknown"], at_meta)
    (taken,) = graph.taken
    marks = {"biz_opaque_callback_data": taken.body["biz_opaque_callback_data"]}
    assert post(at_meta, whatsapp(change(statuses=[{"id": taken.id, "status": "read", **marks}]))) == 200
    assert statuses(at_meta) == ["read"]
    assert len(graph.taken) == 1
    assert TOKEN not in at_meta.log()
    assert PERSON not in at_meta.log()
