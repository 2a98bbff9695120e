"""A dispatcher who may choose an approved text for a client whose window is shut, as a browser without scripts does it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from channels import sender as sender_module
from channels import templates
from channels.outbox import SEND
from channels.sender import Sender
from channels.whatsapp.through_meta import WhatsAppCloud
from data.db import Database
from data.tables import (
    Address,
    Conversation,
    Message,
    Person,
    Role,
    Staff,
    TemplateState,
)
from data.worker import Worker
from dispatch.clock import ZONE
from handover import auth
from handover.console import desk as desk_module

NEWS, COURSE, MOVED = "leerlijn_nieuws", "leerlijn_cursus", "leerlijn_verplaatst"
CLIENT = "+32470111222"


class Form(HTMLParser):
    """The fields of the form with this id, as a browser without scripts would post them, and what it shows."""

    def __init__(self, page: str, form_id: str = "fill") -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.options: list[str] = []
        self._id, self._inside, self._select = form_id, False, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = self._inside or (tag == "form" and given.get("id") == self._id)
        if not self._inside:
            return
        if tag == "input" and given.get("type") != "checkbox":
            self.fields[given["name"]] = given.get("value", "")
        self._select = given["name"] if tag == "select" else self._select
        if tag == "option":
            self.options.append(given["value"])
            if "selected" in given or self._select not in self.fields:
                self.fields[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


@dataclass(kw_only=True)
class Scene:
    """A dispatcher of Gent, and Fatma who wrote by WhatsApp two days ago; the page with the texts for her."""

    staff: Staff
    person: Person
    address: Address
    talk: Conversation
    database: Database
    browser: httpx.AsyncClient
    worker: Worker
    csrf: str
    approve: Callable[..., Awaitable[None]] = field(repr=False)

    @property
    def path(self) -> str:
        return f"/console/client/{self.person.id}/sjablonen"

    async def page(self, query: str = "") -> str:
        answer = await self.browser.get(f"{self.path}?{query}")
        assert answer.status_code == 200
        return answer.text

    async def post(self, form: dict[str, str], **changed: str) -> httpx.Response:
        return await self.browser.post(self.path, data=form | changed)

    async def form(self, name: str, language: str = "") -> dict[str, str]:
        return Form(await self.page(f"sjabloon={name}&taal={language}")).fields

    async def written(self) -> list[Message]:
        """What went out, the oldest first."""
        async with self.database.transaction() as session:
            rows = await session.scalars(
                select(Message).where(Message.direction == "out").order_by(Message.id)
            )
            return list(rows)

    async def all(self, table: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(table)))


def it_is(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    """The clock of the console and of the sender stands at this hour of today in Belgium."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(ZONE).replace(hour=hour, minute=0).astimezone(tz)

    for module in (desk_module, sender_module):
        monkeypatch.setattr(module, "datetime", Stopped)


@pytest.fixture
async def chooser(
    world: Any,
    browser: httpx.AsyncClient,
    database: Database,
    whatsapp: WhatsAppCloud,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Scene]:
    staff = await world.staff(Role.DISPATCHER, name="Jan Peeters")
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    assert who is not None
    it_is(monkeypatch, 11)
    person = await world.person()
    address = await world.address(person, "whatsapp", CLIENT)
    address.last_in_at = datetime.now(UTC) - timedelta(days=2)
    talk = await world.conversation(person)
    await world.message(talk, address, "ik zoek een cursus", channel="whatsapp")
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)

    async def approve(
        name: str, *languages: str, state: TemplateState = TemplateState.APPROVED, sid: str | None = None
    ) -> None:
        async with database.transaction() as session:
            for language in languages:
                text = templates.texts()[name, "whatsapp", language]
                await templates.judge(session, text, state, provider_id=sid)

    worker = Worker(database, {SEND: Sender(database, {"whatsapp": whatsapp}).handle})
    yield Scene(
        staff=staff, person=person, address=address, talk=talk, database=database, browser=browser, worker=worker,
        csrf=who.csrf, approve=approve,
    )  # fmt: skip
    await worker.drain()
