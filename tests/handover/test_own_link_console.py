"""Staff send a client the link to their own file, and cannot read it themselves."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update

from channels.opt_outs import OptOuts
from data.db import Database
from data.tables import Address, Message, OwnLink, Person, Role
from handover import auth, erasing, own_links
from tests.handover.conftest import ORIGIN

LINK = re.compile(r"/mijn/([\w-]{20,})")


class Console:
    """A dispatcher who is logged in, and a client who writes by SMS."""

    def __init__(self, database: Database, browser: httpx.AsyncClient, **known: Any) -> None:
        self.database, self.browser = database, browser
        self.person, self.address, self.csrf = known["person"], known["address"], known["csrf"]

    async def post(self, path: str, **form: str) -> httpx.Response:
        data = {"csrf": self.csrf} | form
        at = f"/console/client/{self.person}/eigen-gegevens{path}"
        return await self.browser.post(at, data=data, headers={"origin": ORIGIN})

    async def sent(self) -> list[Message]:
        async with self.database.transaction() as session:
            out = select(Message).where(Message.direction == "out").order_by(Message.id)
            return list(await session.scalars(out))


@pytest.fixture
async def console(world: Any, browser: httpx.AsyncClient, database: Database) -> Console:
    staff = await world.staff(Role.DISPATCHER)
    person = await world.person(name="Fatma")
    address = await world.address(person)
    await world.message(await world.conversation(person), address, "hallo")
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    browser.cookies.set("leerlijn_staff", token)
    await world.session.commit()
    return Console(database, browser, person=person.id, address=address.id, csrf=who.csrf)


async def test_the_link_goes_to_the_address_and_staff_do_not_see_it(console: Console) -> None:
    answer = await console.post("", address_id=str(console.address))
    assert answer.status_code == 303
    (message,) = await console.sent()
    assert (message.address_id, message.author, message.status) == (console.address, "system", "queued")
    found = LINK.search(message.text)
    assert found is not None
    async with console.database.transaction() as session:
        opened = await own_links.find(session, found[1], now=datetime.now(UTC))
        assert opened is not None
        assert opened.person.id == console.person
        row = (await session.scalars(select(OwnLink))).one()
        assert row.by_id is not None
    page = (await console.browser.get(f"/console/client/{console.person}")).text
    assert "/mijn/…" in page
    assert found[1] not in page
    assert "werkt nog tot" in page
    assert "kan elke nota lezen" in page


async def test_staff_stop_it(console: Console) -> None:
    await console.post("", address_id=str(console.address))
    (message,) = await console.sent()
    found = LINK.search(message.text)
    assert found is not None
    assert (await console.post("/stop")).status_code == 303
    async with console.database.transaction() as session:
        assert await own_links.find(session, found[1], now=datetime.now(UTC)) is None
        await own_links.conceal(session, now=datetime.now(UTC) + timedelta(seconds=1))
    (message,) = await console.sent()
    assert LINK.search(message.text) is None


async def test_not_to_somebody_elses_address(console: Console, world: Any) -> None:
    other = await world.address(await world.person(), path="+32470999999")
    await world.session.commit()
    assert (await console.post("", address_id=str(other.id))).status_code == 404
    assert (await console.post("", address_id="")).status_code == 400
    assert await console.sent() == []


@pytest.mark.parametrize("why", ["shared", "opted_out_at"])
async def test_not_to_a_shared_telephone_nor_after_stop(console: Console, why: str) -> None:
    values = {"shared": True} if why == "shared" else {"opted_out_at": datetime.now(UTC)}
    async with console.database.transaction() as session:
        await session.execute(update(Address).values(values))
    assert (await console.post("", address_id=str(console.address))).status_code == 409
    assert await console.sent() == []
    assert (
        "geen adres dat van deze persoon alleen is"
        in (await console.browser.get(f"/console/client/{console.person}")).text
    )


async def test_whoever_was_erased_is_no_longer_there(console: Console) -> None:
    async with console.database.transaction() as session:
        await erasing.erase(session, console.person, opt_outs=OptOuts(b"x"), now=datetime.now(UTC))
        talk = await session.scalar(text("SELECT id FROM conversation"))
        assert (await session.scalars(select(Person.name))).all() == [None]
    for path in (f"client/{console.person}", f"gesprek/{talk}"):
        assert (await console.browser.get(f"/console/{path}")).status_code == 404, path
    for path in ("clienten?lijst=regio", "wachtrij?lijst=closed", "dag"):
        page = await console.browser.get(f"/console/{path}")
        assert page.status_code == 200
        assert f"/client/{console.person}" not in page.text
        assert f"/gesprek/{talk}" not in page.text
