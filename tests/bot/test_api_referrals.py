"""A partner's program refers a client: with its own key, in sentences when something is wrong."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.app import create_app
from bot.settings import Settings
from data.catalog.demand import DemandLog
from data.db import Database
from data.tables import Conversation, Partner, Referral, Region
from handover.referral_in import key_hash

KEY = "a-key-of-theirs"
RIGHT: dict[str, Any] = {
    "referrer": "An", "contact": "an@ocmw.example", "first_name": "Fatma", "phone": "0470 12 34 57",
    "question": "Zoekt Nederlands", "client_agrees": True,
}  # fmt: skip


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Gent", office_hours={}))
        await session.flush()
        session.add(
            Partner(kind="ocmw", name="OCMW Gent", owns="geld", region_id="gent", key_hash=key_hash(KEY))
        )
        session.add(
            Partner(kind="ocmw", name="Weg", owns="geld", active=False, key_hash=key_hash("an-old-key"))
        )
    app = create_app(Settings())
    app.state.database, app.state.demand = database, DemandLog(b"test", k=5)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://hub.example") as client:
        yield client


async def send(client: httpx.AsyncClient, key: str = KEY, **more: Any) -> httpx.Response:
    return await client.post(
        "/api/v1/referrals", json=RIGHT | more, headers={"authorization": f"Bearer {key}"}
    )


async def test_taken_into_the_queue_of_the_partners_region(
    client: httpx.AsyncClient, database: Database
) -> None:
    answer = await send(client)
    assert answer.status_code == 201, answer.text
    async with database.transaction() as session:
        referral = (await session.scalars(select(Referral))).one()
        talk = (await session.scalars(select(Conversation))).one()
        partner = (await session.scalars(select(Partner).where(Partner.active))).one()
    assert answer.json() == {"reference": referral.reference}
    assert (referral.partner_id, referral.direction) == (partner.id, "in")
    assert (talk.region_id, talk.holder, talk.reason) == ("gent", "queue", "referral_in")
    assert (await send(client)).json() == answer.json(), "sent again it is the same"


@pytest.mark.parametrize("key", ["", "wrong", "an-old-key"])
async def test_without_a_key_that_works_nothing(
    client: httpx.AsyncClient, database: Database, key: str
) -> None:
    assert (await send(client, key)).status_code == 401
    async with database.transaction() as session:
        assert (await session.scalars(select(Referral))).all() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"client_agrees": False}, "'client_agrees' is wrong"),
        ({"phone": "abc"}, "'phone' is no telephone number."),
        ({"postcode": "0001"}, "There is no postcode 0001"),
        ({"question": "   "}, "'question' is empty."),
        ({"birth": "1990"}, "There is no parameter 'birth'."),
    ],
)
async def test_what_is_wrong_is_said_in_a_sentence(
    client: httpx.AsyncClient, change: dict[str, Any], says: str
) -> None:
    answer = await send(client, **change)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


async def test_it_stands_in_the_description(client: httpx.AsyncClient) -> None:
    described = (await client.get("/api/v1/openapi.json")).json()
    assert "post" in described["paths"]["/api/v1/referrals"]
