from __future__ import annotations

from datetime import UTC, date, datetime

from data.catalog.facts import facts_for
from data.db import Database
from data.tables import Fact

TODAY = date(2026, 11, 23)


async def test_facts_for_gives_what_holds_today(database: Database) -> None:
    def fact(source_id: str, **columns: object) -> Fact:
        return Fact(
            topic="evc", statement="EVC kent vier stappen.", as_of="2019", status="seen", source="vlaanderen.be",
            source_id=source_id, fetched_at=datetime(2026, 11, 1, tzinfo=UTC), checked_on=date(2026, 11, 1), **columns,
        )  # fmt: skip

    async with database.transaction() as session:
        session.add_all(
            [
                fact("holds"),
                fact("over", valid_to=date(2026, 11, 22)),
                fact("later", valid_from=date(2027, 1, 1)),
                fact("disputed", conflicts_with="holds"),
            ]
        )
        await session.flush()
        found = await facts_for(session, "evc", on=TODAY)
        assert [item.id for item in found] == ["holds", "disputed"]
        assert [item.disputed for item in found] == [False, True]
        assert await facts_for(session, "naric", on=TODAY) == ()
