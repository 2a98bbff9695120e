"""13. A process that the machine stops for longer than its leases last, while the provider has its message."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from data import embedded
from tests.faults.program import Program
from tests.faults.test_faults import ASKED, all_answered_once, numbers, wait_for
from tests.stubs.twilio import Fault, TwilioStub

EXPIRE = "UPDATE job SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL RETURNING id"
SENT = "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent' AND external_id = $1"


@contextmanager
def stopped(program: Program) -> Iterator[None]:
    """SIGSTOP: it runs not one instruction while the block lasts, and knows nothing of it afterwards."""
    assert program.process is not None
    os.kill(program.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(program.process.pid, signal.SIGCONT)


def test_a_process_stopped_past_its_lease_sends_nothing_twice(
    program: Program, var_dir: Path, stub: TwilioStub
) -> None:
    before, after = numbers(2)
    server = embedded.start(var_dir / "postgres")

    async def ask(query: str, *values: object) -> int | None:
        connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
        try:
            number: int | None = await connection.fetchval(query, *values)
            return number
        finally:
            await connection.close()

    before_us = len(program.log())
    other = Program(var_dir, sms_api=stub.url, command=("work",))
    stub.script.append(Fault(status=201, delay=1.0, takes=True))
    assert program.hears(ASKED, before) == 200
    wait_for(lambda: stub.bodies(before), program.log)
    try:
        with stopped(program):
            assert asyncio.run(ask(EXPIRE)), "it has the lease"
            other.launch()
            (sid,) = [taken.sid for taken in stub.taken if taken.to == before]
            wait_for(lambda: asyncio.run(ask(SENT, sid)) == 1, lambda: (program.log()[-3000:], other.log()))
        assert program.hears(ASKED, after) == 200
        all_answered_once(stub, [before, after], program)
        assert asyncio.run(ask("SELECT count(*) FROM job WHERE state <> 'done'")) == 0
        assert "Traceback" not in program.log()[before_us:]
    finally:
        other.close()
        server.close()
