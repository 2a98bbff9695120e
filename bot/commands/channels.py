"""channels: how each channel is doing, and what waits or is dead; also lets dead jobs run once more."""

import argparse
from datetime import UTC, datetime

from bot.hub import open_database
from bot.settings import Settings
from channels import health
from data.db import Database
from handover import channel_page
from handover.channel_page import ChannelLine

Subparsers = argparse._SubParsersAction
HEAD = ("channel", "state", "last in", "last out", "errors 1 h", "queue", "oldest", "held", "why")


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("channels", help="how each channel is doing, and what waits or is dead")
    parser.add_argument("--replay", type=int, metavar="JOB", help="let this dead job run once more")
    parser.add_argument("--resume", metavar="CHANNEL", help="try a resting channel now")
    parser.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the table; 1 when a channel is suspended or silent, or a job is dead."""
    async with open_database(settings) as url:
        database = Database(url)
        try:
            return await _run(database, arguments)
        finally:
            await database.close()


async def _run(database: Database, arguments: argparse.Namespace) -> int:
    async with database.transaction() as session:
        if arguments.replay is not None:
            done = await channel_page.revive(session, arguments.replay, by_id=None)
            print("It runs again." if done else f"Job {arguments.replay} is not dead (any more).")
            return 0 if done else 1
        if arguments.resume is not None:
            done = await health.try_now(session, arguments.resume)
            print("The next message is a try." if done else f"Channel {arguments.resume} does not rest.")
            return 0 if done else 1
        found, dead = await channel_page.lines(session), await channel_page.dead(session)
    now = datetime.now(UTC)
    rows = [HEAD, *(_row(line, now) for line in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for job in dead:
        print(
            f"dead: job {job.id} ({job.kind}), {_ago(job.at, now)} ago: {job.error}. Again: --replay {job.id}"
        )
    ill = any(line.health == "suspended" or line.silent_since is not None for line in found)
    return 1 if ill or dead else 0


def _row(line: ChannelLine, now: datetime) -> tuple[str, ...]:
    rate = "-" if line.error_rate is None else f"{100 * line.error_rate:.0f} %"
    why = "; ".join(
        part
        for part in (
            line.reason or "",
            f"silent for {_ago(line.silent_since, now)}" if line.silent_since else "",
        )
        if part
    )
    return (
        line.channel, line.health, _ago(line.last_in, now), _ago(line.last_out, now), rate, str(line.queued), _ago(line.oldest, now),
        str(line.held), why,
    )  # fmt: skip


def _ago(moment: datetime | None, now: datetime) -> str:
    """How long ago: 40 s, 12 min, 5 h, 3 days."""
    if moment is None:
        return "-"
    seconds = int((now - moment).total_seconds())
    for unit, size in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 0)} s"
