"""For the tests of imports and exports: an empty catalogue, and nothing left of it afterwards."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from tests.data.importing import Imports
from tests.databases import EMPTY


@pytest.fixture
async def imports(database_url: str) -> AsyncIterator[Imports]:
    engine = create_async_engine(database_url)
    async with engine.connect() as connection, AsyncSession(connection, expire_on_commit=False) as session:
        await session.execute(EMPTY)
        yield Imports(session)
        await session.rollback()
    await engine.dispose()
