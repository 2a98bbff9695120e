"""A process is killed before and after every commit between a webhook and its reply; another takes over.

I1 what was acknowledged is in the inbox once · I2 it has one reply · I3 in order · I4 no status went back.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.hub import Hub, open_hub
from bot.settings import Settings, SmsSettings
from channels.base import Inbound
from channels.outbox import RANK
from data.tables import Status
from tests.faults.dying import ASKED
from tests.faults.program import ROOT, lend_model
from tests.stubs import twilio
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, TwilioStub

MOST = 20  # commits of one message; it takes far fewer
TAKES = 60  # seconds


@pytest.fixture(scope="module")
def stub() -> Iterator[TwilioStub]:
    with twilio.running() as server:
        yield server


@pytest.fixture(scope="module")
async def successor(
    seeded_url: str, stub: TwilioStub, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hub]:
    """The process that goes on where the killed one stopped."""
    folder = tmp_path_factory.mktemp("crashes")
    lend_model(folder)
    sms = SmsSettings(account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, api_base=stub.url)  # type: ignore[arg-type]
    async with open_hub(Settings(database_url=seeded_url, var_dir=folder, sms=sms)) as hub:
        yield hub


def dies(hub: Hub, stub: TwilioStub, point: int, phase: str, external_id: str, number: str) -> str:
    """What the process printed before it was killed, or "acked done" when it was not."""
    environment = {
        **os.environ, "LEERLIJN_DATABASE_URL": hub.settings.database_url, "LEERLIJN_VAR_DIR": str(hub.settings.var_dir),
        "LEERLIJN_SMS__ACCOUNT_SID": ACCOUNT, "LEERLIJN_SMS__AUTH_TOKEN": TOKEN, "LEERLIJN_SMS__NUMBER": NUMBER,
        "LEERLIJN_SMS__API_BASE": stub.url, "LEERLIJN_NLU__EMBEDDING_WORKERS": "0",
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.dying", str(point), phase, external_id, number],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TAKES, check=False,
    )  # fmt: skip
    assert ended.returncode in (0, -9), ended.stderr[-2000:]
    return " ".join(ended.stdout.split())


async def goes_on(hub: Hub, external_id: str, number: str, *, acked: bool) -> None:
    """The provider comes again when it got no 200; leases run out; the successor works."""
    if not acked:
        item = Inbound(external_id=external_id, path=number, text=ASKED)
        await hub.inbox.accept("sms", "sms", [item])
    for _ in range(4):
        async with hub.database.transaction() as session:
            await session.execute(
                text(
                    "UPDATE job SET run_at = now(), lease_until = NULL, lease_owner = NULL WHERE state = 'ready'"
                )
            )
        await hub.worker.run_until_idle()
        await hub.worker.drain()


async def check(hub: Hub, stub: TwilioStub, external_id: str, number: str, where: str) -> None:
    async with hub.database.transaction() as session:
        rows = (
            await session.execute(
                text(
                    "SELECT m.id, m.direction, m.status, m.external_id, m.answers_id, m.text FROM message m "
                    "JOIN address a ON a.id = m.address_id WHERE a.path = :number ORDER BY m.id"
                ),
                {"number": number},
            )
        ).all()
        moves = (
            await session.execute(
                text(
                    "SELECT (data ->> 'message_id')::bigint AS id, split_part(kind, '.', 2) AS status FROM event "
                    "WHERE kind LIKE 'message.%' AND person_id = (SELECT person_id FROM message WHERE id = :id) "
                    "ORDER BY event.id"
                ),
                {"id": rows[0].id},
            )
        ).all()
        left = await session.scalar(
            text("SELECT count(*) FROM job WHERE state = 'ready' AND kind IN ('turn', 'send')")
        )
    heard = [row for row in rows if row.direction == "in"]
    replies = [row for row in rows if row.direction == "out"]
    assert [row.external_id for row in heard] == [external_id], f"I1 {where}"
    assert len(replies) >= 1, f"I2 {where}"
    assert {row.answers_id for row in replies if row.answers_id} == {heard[0].id}, f"I2 {where}"
    assert [row.status for row in replies] == ["sent"] * len(replies), f"{where}: {replies}"
    assert stub.bodies(number) == [row.text for row in replies], f"I2, I3 {where}"
    ranks: dict[int, list[int]] = {}
    for move in moves:
        if move.status in RANK:
            ranks.setdefault(move.id, []).append(RANK[Status(move.status)])
    assert all(seen == sorted(seen) for seen in ranks.values()), f"I4 {where}"
    assert left == 0, where


async def test_killed_at_every_commit_nothing_is_lost_doubled_or_turned_back(
    successor: Hub, stub: TwilioStub
) -> None:
    survived = []
    for point in range(1, MOST):
        for phase in ("before", "after"):
            external_id, number = f"SM{uuid4().hex}", f"+3246{uuid4().int % 10_000_000:07d}"
            printed = await asyncio.to_thread(dies, successor, stub, point, phase, external_id, number)
            await goes_on(successor, external_id, number, acked="acked" in printed)
            await check(successor, stub, external_id, number, f"{phase} commit {point}")
            survived.append((point, phase))
            if "done" in printed:
                assert point > 2, "a message takes at least two commits: taken in, and sent"
                return
    raise AssertionError(f"a message took more than {MOST} commits: {survived}")
