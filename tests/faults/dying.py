"""One message through the real parts in a process of its own, which is killed at one of its commits.

    python -m tests.faults.dying POINT PHASE EXTERNAL_ID NUMBER

POINT counts commits from 1; PHASE is `before` or `after`. With a point that is never reached it prints "done". What the
webhook would have answered 200 to is printed as "acked" first. Settings come from the environment, as for the program.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.hub import open_hub
from bot.settings import Settings
from channels.base import Inbound
from data.db import Database

ASKED = "Wat is een leerwinkel?"


def die_at(point: int, phase: str) -> None:
    """Let this process be killed around its commit number `point`: the two places where the program commits."""
    commit, once = AsyncSession.commit, Database.once
    passed = 0

    async def around(work: Any, *arguments: Any) -> Any:
        nonlocal passed
        passed += 1
        mine = passed == point
        if mine and phase == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await work(*arguments)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    async def commit_or_die(self: AsyncSession) -> None:
        await around(commit, self)

    async def once_or_die(self: Database, *arguments: Any) -> Any:
        return await around(once, self, *arguments)

    AsyncSession.commit = commit_or_die  # type: ignore[method-assign]
    Database.once = once_or_die  # type: ignore[method-assign]


def tell(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def main(point: int, phase: str, external_id: str, number: str) -> None:
    async with open_hub(Settings()) as hub:
        die_at(point, phase)
        await hub.inbox.accept("sms", "sms", [Inbound(external_id=external_id, path=number, text=ASKED)])
        tell("acked")
        await hub.worker.run_until_idle()
        await hub.worker.drain()
        tell("done")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *sys.argv[2:]))
