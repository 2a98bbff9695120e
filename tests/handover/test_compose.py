"""The composer: which way and why, how a draft reads, what is put in it, and what calls a planned message off."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from data.db import Database
from data.tables import Appointment, Counter, FollowUp, Message, Person, Role
from handover import auth, followups
from handover.answers import Offered

SOON = timedelta(days=2)


class Engine:
    """The other side of `handover.answers.Answers`; the real one is tested in tests/bot/test_answer_desk.py."""

    def __init__(self, suggestion: str | None) -> None:
        self.suggestion = suggestion

    async def suggest(self, person_id: int) -> str | None:
        return self.suggestion

    async def find(self, session: object, person: Person, words: str) -> Sequence[Offered]:
        return [Offered(key="kaart-evc", title="<EVC>", about="een bewijs", text='Je kan "EVC" doen.')]

    async def text_of(self, session: object, person: Person, key: str) -> str | None:
        return "Je kan EVC doen." if key == "kaart-evc" else None


@pytest.fixture
async def desk(world: Any, browser: httpx.AsyncClient) -> Any:
    """A dispatcher of gent: the row and a way to post forms."""
    staff = await world.staff(Role.DISPATCHER)
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)

    async def post(path: str, **form: object) -> httpx.Response:
        values = {"csrf": who.csrf if who else "", **{name: str(value) for name, value in form.items()}}
        return await browser.post(f"/console/{path}", data=values)

    return staff, post


async def _appointment(world: Any, person: Any, staff: Any, begins: datetime) -> Any:
    counter = await world.add(Counter(region_id="gent", name=f"bib {uuid4().hex[:4]}"))
    return await world.add(
        Appointment(
            token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id, staff_id=staff.id,
            status="confirmed", wall_start="2026-11-27T10:00", starts_at=begins, ends_at=begins + timedelta(hours=1),
        )
    )  # fmt: skip


async def test_the_first_way_that_is_open_is_chosen_and_each_says_why(
    world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    person = await world.person()
    closed = await world.address(person, "whatsapp")
    stopped = await world.address(person, "sms")
    stopped.opted_out_at = datetime.now(UTC)
    mail = await world.address(person, "mailto", "fatma@voorbeeld.example")
    talk = await world.conversation(person)
    await world.message(talk, closed, channel="whatsapp")
    closed.last_in_at = datetime.now(UTC) - timedelta(hours=30)
    await world.session.commit()
    page = (await browser.get(f"/console/gesprek/{talk.id}")).text
    assert f'data-way="{mail.id}">' in page, "the chosen one is shown"
    assert f'data-way="{closed.id}" hidden>' in page
    assert f'data-way="{stopped.id}" hidden>' in page
    assert "het venster voor vrije tekst is dicht" in page
    assert "wil hier geen berichten (STOP)" in page
    closed.last_in_at = datetime.now(UTC) - timedelta(hours=20)
    await world.session.commit()
    page = (await browser.get(f"/console/gesprek/{talk.id}")).text
    assert f'data-way="{closed.id}">' in page
    assert "nog 3 u 59 om vrij te schrijven" in page
    assert "schreef hier laatst" in page


async def test_a_draft_is_read_back_with_hints_and_nothing_is_refused(desk: Any) -> None:
    _, post = desk
    said = (await post("leesbaar", text="Gelieve te bellen naar het CVO.", language="nl")).text
    assert "zeg liever “wil je”" in said
    assert "een school voor volwassenen" in said
    assert "Leest vlot." in (await post("leesbaar", text="Dag. Bel ons maar.", language="nl")).text
    assert (await post("leesbaar", text="", language="nl")).text.strip() == ""
    assert "Leest vlot." in (await post("leesbaar", text="<b>Initieel procedure", language="fr")).text
    assert "wil je" in (await post("leesbaar", text="Gelieve ons te bellen.", language="tr")).text, (
        "written in Dutch"
    )
    assert "&lt;" in (await post("leesbaar", text="<onderwijskwalificatiebeleid> " * 17, language="nl")).text


async def test_what_the_bot_would_say_comes_in_the_draft_and_is_not_sent(
    database: Database, world: Any, desk: Any, browser: httpx.AsyncClient, app: FastAPI
) -> None:
    person = await world.person()
    await world.address(person)
    await world.session.commit()
    path = f"/console/client/{person.id}"
    assert "Stel een antwoord voor" not in (await browser.get(path)).text, "this server has no engine"
    app.state.answers = Engine("Drie cursussen <naaien>.")
    assert "Stel een antwoord voor" in (await browser.get(path)).text
    page = (await browser.get(f"{path}?invoegen=voorstel")).text
    assert ">Drie cursussen &lt;naaien&gt;.</textarea>" in page
    assert "vertrekt pas als jij verstuurt" in page
    alone = await browser.get(f"{path}/voorstel")
    assert (alone.text, alone.headers["content-type"]) == (
        "Drie cursussen <naaien>.",
        "text/plain; charset=utf-8",
    )
    app.state.answers = Engine(None)
    assert "geen antwoord op uit zijn bronnen" in (await browser.get(f"{path}?invoegen=voorstel")).text
    async with database.transaction() as session:
        assert (await session.scalars(select(Message))).all() == []


async def test_an_answer_from_the_offer_is_put_in_by_a_link(
    world: Any, desk: Any, browser: httpx.AsyncClient, app: FastAPI
) -> None:
    person = await world.person()
    await world.address(person)
    await world.session.commit()
    path = f"/console/client/{person.id}"
    assert "niet in het aanbod zoeken" in (await browser.get(f"{path}/aanbod?q=evc")).text
    app.state.answers = Engine(None)
    page = (await browser.get(f"{path}/aanbod?q=evc")).text
    assert f'href="{path}?invoegen=kaart-evc" data-insert="Je kan &#34;EVC&#34; doen."' in page
    assert "&lt;EVC&gt;" in page
    assert ">Je kan EVC doen.</textarea>" in (await browser.get(f"{path}?invoegen=kaart-evc")).text
    for odd in ("kaart-niets", "antwoord-x", "antwoord-99", "%22%3E", "cursus-"):
        assert 'maxlength="4000"' in (await browser.get(f"{path}?invoegen={odd}")).text, odd


async def test_a_planned_message_can_hang_on_an_appointment(
    database: Database, world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, post = desk
    person, other = await world.person(), await world.person(name="Yusuf")
    await world.address(person)
    row = await _appointment(world, person, staff, datetime.now(UTC) + SOON)
    elsewhere = await _appointment(world, other, staff, datetime.now(UTC) + 2 * SOON)
    await world.session.commit()
    page = (await browser.get(f"/console/client/{person.id}")).text
    assert f'<option value="{row.id}" selected>' in page
    form = {"text": "tot morgen", "due_at": "2030-01-07T10:00", "cancel_if_wrote": 1}
    refused = await post(f"client/{person.id}/later", **form, cancel_if_moved_id=elsewhere.id)
    assert refused.status_code == 404, "somebody else's appointment"
    assert (await post(f"client/{person.id}/later", **form, cancel_if_moved_id=row.id)).status_code == 303
    async with database.transaction() as session:
        (planned,) = await session.scalars(select(FollowUp))
        assert (planned.cancel_if_moved_id, planned.cancel_if_wrote) == (row.id, True)
    assert "afspraak verplaatst of afgezegd wordt" in (await browser.get(f"/console/client/{person.id}")).text


@pytest.mark.parametrize(
    ("status", "state"),
    [("confirmed", "sent"), ("attended", "sent"), ("moved", "cancelled"), ("cancelled", "cancelled"), ("no_show", "cancelled")],
)  # fmt: skip
async def test_it_leaves_only_while_that_appointment_is_as_it_was(
    database: Database, world: Any, status: str, state: str, browser: httpx.AsyncClient, desk: Any
) -> None:
    staff, person = await world.staff(), await world.person()
    await world.address(person)
    row = await _appointment(world, person, staff, world.now + SOON)
    planned = await followups.plan(
        world.session, person.id, staff_id=staff.id, text="tot morgen", due_at=world.now + timedelta(days=1),
        cancel_if_moved_id=row.id, now=world.now,
    )  # fmt: skip
    row.status = status
    await world.session.commit()
    await followups.send_due(database, now=world.now)  # long before it is due
    async with database.transaction() as session:
        early = await session.get_one(FollowUp, planned.id)
        assert early.state == ("planned" if state == "sent" else "cancelled"), "staff see it at once"
    await followups.send_due(database, now=world.now + timedelta(days=1))
    async with database.transaction() as session:
        stored = await session.get_one(FollowUp, planned.id)
        assert stored.state == state
        assert stored.state_reason == (None if state == "sent" else "appointment_moved")
    if state == "cancelled":
        page = (await browser.get(f"/console/client/{person.id}")).text
        assert "Gepland bericht vertrekt niet: de afspraak is verplaatst of afgezegd" in page
