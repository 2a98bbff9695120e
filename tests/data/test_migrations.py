"""The migrations make the tables that the code describes, and carry over what was there."""

from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from data import migrate
from data.tables import Base
from tests.databases import Databases


@pytest.fixture(scope="module")
async def address(databases: Databases) -> str:
    """A database of this module's own."""
    return await databases.new("migrations")


@pytest.fixture
async def empty(address: str) -> AsyncIterator[AsyncEngine]:
    """That database without tables."""
    engine = create_async_engine(address)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    yield engine
    await engine.dispose()


def url_of(engine: AsyncEngine) -> str:
    return engine.url.render_as_string(hide_password=False)


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def rows(engine: AsyncEngine, query: str) -> list[tuple[object, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


@pytest.mark.filterwarnings(
    "ignore:Expression #1 '(title|term) gin_trgm_ops'"
)  # alembic cannot compare those
async def test_the_newest_schema_is_what_the_tables_say(empty: AsyncEngine) -> None:
    await migrate.upgrade(url_of(empty))
    async with empty.connect() as connection:
        found = await connection.run_sync(differences)
    assert found == []


async def test_corrections_made_before_they_had_a_table_are_kept(empty: AsyncEngine) -> None:
    await migrate.upgrade(url_of(empty), "0001")
    async with empty.begin() as connection:
        for statement in (
            "INSERT INTO person (id, language) OVERRIDING SYSTEM VALUE VALUES (7, 'nl')",
            "INSERT INTO staff (id, name, email, role, password_hash, languages) OVERRIDING SYSTEM VALUE"
            " VALUES (3, 'Els', 'els@voorbeeld.invalid', 'admin', '-', '{nl}')",
            "INSERT INTO address (id, scheme, path) OVERRIDING SYSTEM VALUE VALUES (5, 'sms', '+32470000000')",
            "INSERT INTO conversation (id, person_id, channel) OVERRIDING SYSTEM VALUE VALUES (2, 7, 'sms')",
            "INSERT INTO message (id, conversation_id, person_id, address_id, channel, direction, author, text,"
            " status) OVERRIDING SYSTEM VALUE SELECT n, 2, 7, 5, 'sms', 'in', 'person', 'dag', 'received'"
            " FROM generate_series(1, 2) AS n",
            "INSERT INTO decision (message_id, conversation_id, intent, confidence, language, tier, action, reasons,"
            " understanding, model_version, corrected_intent, corrected_tier, corrected_by) SELECT n, 2, 'evc', 0.5,"
            " 'nl', 'information', 'clarify', '[]', '{}', '1', CASE n WHEN 1 THEN 'complaint' END,"
            " CASE n WHEN 1 THEN 'service' END, CASE n WHEN 1 THEN 3 END FROM generate_series(1, 2) AS n",
        ):
            await connection.execute(text(statement))
    await migrate.upgrade(url_of(empty))
    query = "SELECT message_id, person_id, staff_id, intent, tier, wording FROM correction"
    found = await rows(empty, query)
    assert found == [(1, 7, 3, "complaint", "service", None)]
