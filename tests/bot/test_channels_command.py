"""`python -m bot channels`: what it prints, and what its exit code says."""

import argparse

import pytest

from bot.commands import channels as command
from channels import health
from data import queue
from data.db import Database
from data.tables import Job


def asked(**more: object) -> argparse.Namespace:
    return argparse.Namespace(**{"replay": None, "resume": None, **more})


async def test_every_channel_has_a_line_and_all_is_well(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with database.transaction() as session:
        await health.announce(session, ["web", "sms"])
    assert await command._run(database, asked()) == 0
    lines = {line.split()[0]: line.split()[1] for line in capsys.readouterr().out.splitlines()}
    assert (lines["sms"], lines["web"], lines["whatsapp"]) == ("on", "on", "off")


async def test_what_is_wrong_is_said_and_is_the_exit_code(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with database.transaction() as session:
        await health.announce(session, ["sms"])
        await health.suspend(session, "sms", "Twilio 20003")
    assert await command._run(database, asked()) == 1
    assert "Twilio 20003" in capsys.readouterr().out
    assert await command._run(database, asked(resume="sms")) == 0
    assert await command._run(database, asked(resume="telegram")) == 1


async def test_a_dead_job_is_named_and_runs_once_more(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with database.transaction() as session:
        await queue.enqueue(session, "send", key="send:1:0", payload={"message_id": 1})
        job = await session.get_one(Job, 1)
        job.state, job.attempts, job.last_error, job.done_at = "dead", 5, "ValueError", job.created_at
    assert await command._run(database, asked()) == 1
    assert "--replay 1" in capsys.readouterr().out
    assert await command._run(database, asked(replay=1)) == 0
    assert await command._run(database, asked(replay=1)) == 1, "twice is once"
    assert await command._run(database, asked()) == 0
