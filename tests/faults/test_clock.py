"""18. The clock of the machine jumps an hour ahead and an hour back, for the program and its database alike."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from data import embedded
from tests.faults.program import Program, lend_model
from tests.faults.test_faults import ASKED, all_answered_once, numbers, wait_for
from tests.stubs.twilio import Fault, TwilioStub, refused

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed: apt install libfaketime")

HOUR = 3600
UNSETTLED = (
    "SELECT count(*) FROM message WHERE direction = 'out' AND status IN ('queued', 'sending', 'unknown')"
)


class Clock:
    """The offset in seconds that every process started with `environment` adds to the time of day."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    def jump(self, seconds: int) -> None:
        made = self._file.with_suffix(".new")
        made.write_text(f"{seconds:+d}\n")
        made.chmod(0o644)
        made.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DISABLE_SHM": "1",
        }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jumping")


@pytest.fixture(scope="module")
def clock(folder: Path) -> Clock:
    return Clock(folder / "clock")  # where PostgreSQL's user may come too


@pytest.fixture(scope="module")
def jumping(folder: Path, clock: Clock, stub: TwilioStub) -> Iterator[Program]:
    """The program with a database of its own, so that both see the same clock."""
    lend_model(folder)
    program = Program(folder, sms_api=stub.url, environment=clock.environment)
    program.start()
    yield program
    program.close()
    embedded.start(folder / "postgres").close()


def ask(program: Program, query: str, *values: object) -> object:
    """The first value of the first row."""
    server = embedded.start(program.var_dir / "postgres")

    async def run() -> object:
        connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    try:
        return asyncio.run(run())
    finally:
        server.close()


def settled(program: Program) -> None:
    """Nothing is on its way any more."""
    wait_for(lambda: ask(program, UNSETTLED) == 0, program.log)


def test_an_hour_ahead_and_an_hour_back_nothing_is_lost_doubled_or_stalled(
    jumping: Program, clock: Clock, stub: TwilioStub
) -> None:
    first, on_the_line, ahead, rested, back, perhaps = numbers(6)
    assert jumping.hears(ASKED, first) == 200
    all_answered_once(stub, [first], jumping)

    # Ahead: every lease is over at once, also of what the provider has on the line just now.
    stub.script.append(Fault(status=201, delay=3.0, takes=True))
    assert jumping.hears(ASKED, on_the_line) == 200
    wait_for(lambda: stub.bodies(on_the_line), jumping.log)
    clock.jump(HOUR)
    shown = ask(jumping, "SELECT now()")
    assert isinstance(shown, datetime)
    assert shown - datetime.now(UTC) > timedelta(minutes=55), "the database has the same clock"
    assert jumping.hears(ASKED, ahead) == 200
    all_answered_once(stub, [on_the_line, ahead], jumping)
    settled(jumping)

    # What was to wait half an hour leaves when the clock says that it is over, and leaves once.
    stub.script.append(refused(429, 20429, Retry_After=str(HOUR // 2)))
    asked = len(stub.requests)
    assert jumping.hears(ASKED, rested) == 200
    wait_for(lambda: len(stub.requests) > asked, jumping.log)
    time.sleep(1)
    assert stub.bodies(rested) == []
    clock.jump(2 * HOUR)
    all_answered_once(stub, [rested], jumping)

    # Back, to before all of this: who writes now is answered now, and what perhaps left is looked up, not sent again.
    clock.jump(-HOUR)
    assert jumping.hears(ASKED, back) == 200
    all_answered_once(stub, [back], jumping)
    stub.script.append(Fault(hangs_up=True, takes=True))
    assert jumping.hears(ASKED, perhaps) == 200
    wait_for(lambda: stub.bodies(perhaps), jumping.log)
    settled(jumping)
    all_answered_once(stub, [first, on_the_line, ahead, rested, back, perhaps], jumping)
    assert ask(jumping, "SELECT count(*) FROM job WHERE state <> 'done'") == 0
    assert "Traceback" not in jumping.log()


def test_a_message_that_perhaps_left_is_found_though_our_clock_is_an_hour_ahead_of_the_providers(
    jumping: Program, clock: Clock, stub: TwilioStub
) -> None:
    (person,) = numbers(1)
    clock.jump(HOUR)
    stub.script.append(Fault(hangs_up=True, takes=True))
    assert jumping.hears(ASKED, person) == 200
    wait_for(lambda: stub.bodies(person), jumping.log)
    settled(jumping)
    all_answered_once(stub, [person], jumping)
