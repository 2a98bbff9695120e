"""Rows that the tests of handover need, made the short way."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from data.db import Database
from data.tables import (
    Address,
    AddressLink,
    Conversation,
    Message,
    Person,
    Presence,
    Region,
    Role,
    Staff,
    Trajectory,
)
from handover.console.routes import add_console
from tests.handover.approving import chooser as chooser

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday, 10 o'clock in Belgium
HOURS = {day: [["09:00", "12:30"], ["13:00", "17:00"]] for day in ("mo", "tu", "we", "th", "fr")}


@dataclass(kw_only=True)
class World:
    """Makes rows in one session; two regions, `gent` and `antwerpen`, are there from the start."""

    session: AsyncSession
    now: datetime = NOW
    password_hash: str = "-"
    people: list[Person] = field(default_factory=list)

    async def add(self, row: Any) -> Any:
        self.session.add(row)
        await self.session.flush()
        return row

    async def staff(self, role: Role = Role.COUNSELLOR, region: str | None = "gent", **more: Any) -> Staff:
        name = more.pop("name", f"{role.value} {region} {uuid4().hex[:4]}")
        email = more.pop("email", f"{uuid4().hex}@voorbeeld.invalid")
        return await self.add(
            Staff(
                name=name, email=email, role=role, region_id=region,
                password_hash=more.pop("password_hash", self.password_hash), languages=["nl"],
                presence=more.pop("presence", Presence.OFFLINE), presence_at=more.pop("presence_at", None),
                active=more.pop("active", True),
            )
        )  # fmt: skip

    async def person(self, region: str | None = "gent", **more: Any) -> Person:
        return await self.add(
            Person(name=more.pop("name", "Fatma"), language="nl", region_id=region, facts={}, **more)
        )

    async def address(self, person: Person, scheme: str = "sms", path: str | None = None) -> Address:
        path = path or f"+3247{uuid4().int % 10_000_000:07d}"
        row = await self.add(Address(scheme=scheme, path=path, display=path))
        await self.add(
            AddressLink(address_id=row.id, person_id=person.id, is_primary=True, reason="first message")
        )
        return row

    async def conversation(self, person: Person, **more: Any) -> Conversation:
        values: dict[str, Any] = {
            "region_id": person.region_id, "holder": "bot", "waiting_on": "client", "life": "open",
            "urgency": "normal", "version": 1, "channel": "sms", "dialogue": {}, "opened_at": self.now,
        }  # fmt: skip
        return await self.add(Conversation(person_id=person.id, **{**values, **more}))

    async def message(
        self, conversation: Conversation, address: Address, text: str = "Dag", **more: Any
    ) -> Message:
        values: dict[str, Any] = {
            "channel": "sms", "direction": "in", "author": "person", "status": "received", "choices": [],
            "purpose": "reply", "created_at": self.now, "status_at": self.now,
        }  # fmt: skip
        return await self.add(
            Message(
                conversation_id=conversation.id, person_id=conversation.person_id, address_id=address.id,
                text=text, **{**values, **more},
            )
        )  # fmt: skip

    async def trajectory(self, person: Person, staff: Staff, **more: Any) -> Trajectory:
        return await self.add(
            Trajectory(
                person_id=person.id, region_id=more.pop("region", staff.region_id), staff_id=staff.id,
                phase=more.pop("phase", "intake"), opened_at=self.now, **more,
            )
        )  # fmt: skip


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with database.transaction() as session:
        for region, name in (("gent", "Gent"), ("antwerpen", "Antwerpen")):
            session.add(Region(id=region, name=name, office_hours=HOURS, answer_minutes=15))
        await session.flush()
        yield World(session=session)


ORIGIN = "http://test"


@dataclass
class FakeSettings:
    """The settings that the console reads."""

    https: bool = False
    gaps_k: int = 5
    agenda_names: bool = False
    agenda_push: str = "internal"
    demo: bool = False
    public_url: str = ORIGIN


@pytest.fixture
async def app(database: Database) -> FastAPI:
    app = FastAPI()
    app.state.database, app.state.settings, app.state.secret = database, FakeSettings(), b"secret"
    add_console(app)
    return app


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client
