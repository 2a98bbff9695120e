"""The public pages on an application of their own, over the test's database."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from bot.pages.routes import add_pages
from data.db import Database

BASE = "http://leerlijn.test"


@pytest.fixture
def app(database: Database) -> FastAPI:
    """The pages without the rest of the program."""
    app = FastAPI()
    app.state.database = database
    add_pages(app)
    return app


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without JavaScript that keeps cookies and does not follow redirects by itself."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client
