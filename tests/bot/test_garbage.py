"""What stays is set aside from the garbage collector, at the start and once the program is warm."""

import asyncio
import gc
from contextlib import suppress

from bot import garbage


async def test_what_stays_is_set_aside_at_the_start_and_again_when_warm(monkeypatch):
    monkeypatch.setattr(garbage, "WARM", (0, 0.05))
    models = [[n] for n in range(50_000)]
    setting = asyncio.create_task(garbage.set_aside())
    await asyncio.sleep(0.01)
    at_the_start = gc.get_freeze_count()
    statements = [[n] for n in range(50_000)]
    await setting

    assert at_the_start >= len(models)
    assert gc.get_freeze_count() > at_the_start + len(statements) // 2  # others of before may have gone
    assert len(gc.get_objects()) < len(statements)  # what the collector still goes through


async def test_it_ends_with_the_program():
    setting = asyncio.create_task(garbage.set_aside())
    await asyncio.sleep(0.01)

    setting.cancel()
    with suppress(asyncio.CancelledError):
        await setting

    assert setting.cancelled()
