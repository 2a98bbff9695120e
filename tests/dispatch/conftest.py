"""Fixtures of the tests of dispatching."""

import pytest

from data.db import Database
from tests.dispatch.world import Desk, World


@pytest.fixture
async def world(database: Database) -> World:
    """An empty database with one region, `gent`."""
    world = World(database)
    await world.region()
    return world


@pytest.fixture
async def desk(database: Database) -> Desk:
    """The same, to book in."""
    desk = Desk(database)
    await desk.region()
    return desk
