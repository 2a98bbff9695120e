"""For the tests of the catalogue: one of a few lines that every test writes for itself and undoes."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from tests.data.catalogue import Catalogue
from tests.data.importing import Imports
from tests.databases import EMPTY


@pytest.fixture(scope="module")
async def empty_engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An empty catalogue; every test undoes what it writes, which is faster than emptying all tables."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(EMPTY)
    yield engine
    await engine.dispose()


@pytest.fixture
async def session(empty_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(empty_engine, expire_on_commit=False) as session:
        yield session
        await session.rollback()


@pytest.fixture
def catalogue(session: AsyncSession) -> Catalogue:
    return Catalogue(session)


@pytest.fixture
async def imports(database_url: str) -> AsyncIterator[Imports]:
    """For imports, which begin and end transactions themselves."""
    engine = create_async_engine(database_url)
    async with engine.connect() as connection, AsyncSession(connection, expire_on_commit=False) as session:
        await session.execute(EMPTY)
        yield Imports(session)
        await session.rollback()
    await engine.dispose()
