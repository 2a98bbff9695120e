"""One PostgreSQL a test session, one database a worker, built by the migrations; each test starts empty."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from data import embedded, migrate
from data.db import Database
from data.tables import Base

pytest_plugins = ["tests.hub_fixtures"]

FOR_TESTS = {"LEERLIJN_SHARED", "LEERLIJN_REQUIRE_BROWSER", "LEERLIJN_RASA_URL"}  # the rest would change what is tested
for name in [name for name in os.environ if name.startswith("LEERLIJN_") and name not in FOR_TESTS]:
    del os.environ[name]

TRUNCATE = (
    "TRUNCATE " + ", ".join(table.name for table in Base.metadata.sorted_tables) + " RESTART IDENTITY CASCADE"
)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[embedded.EmbeddedPostgres]:
    """The server that all workers of this run share."""
    root = tmp_path_factory.getbasetemp()
    server = embedded.start((root if worker_id == "master" else root.parent) / "postgres")
    yield server
    server.close()


@pytest.fixture(scope="session")
async def database_url(postgres: embedded.EmbeddedPostgres, worker_id: str) -> str:
    """A migrated, empty database of this worker's own."""
    url = postgres.url_for(f"test_{worker_id}")
    await migrate.create_database(url)
    await migrate.upgrade(url)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database of design.md, empty; real commits, emptied again before the next test."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text(TRUNCATE))
    await engine.dispose()
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The founders' reference folder; tests that use it skip where it is absent."""
    folder = Path(os.environ.get("LEERLIJN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the reference folder ../shared is not here; set LEERLIJN_SHARED to run this")
    return folder
