from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from data.db import Database
from data.seed import seed


# A weekend and Christmas: what is planned must find its way round them.
@pytest.mark.parametrize("today", [date(2026, 11, 28), date(2026, 12, 25)])
async def test_it_can_be_seeded_on_any_day(database: Database, today: date) -> None:
    now = datetime(today.year, today.month, today.day, 21, 30, tzinfo=UTC)
    async with database.transaction() as session:
        report = await seed(session, today=today, now=now, hash_password=lambda password: password)
    assert report.done
