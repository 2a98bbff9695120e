"""What staff do in the console: answering, taking over, notes, contacts, plans; and what is refused."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import (
    Appointment,
    Conversation,
    Counter,
    FollowUp,
    Message,
    MicroContact,
    Note,
    Person,
    Role,
    Trajectory,
)
from handover import auth
from handover.console.newsroom import Seen
from handover.queue import Listing

Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def desk(world: Any, browser: httpx.AsyncClient) -> tuple[Any, Post]:
    """A dispatcher of gent at work: the row, and a way to post forms."""
    staff = await world.staff(Role.DISPATCHER, name="Els Peeters")
    now = datetime.now(UTC)
    token = await auth.start(world.session, staff.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)

    async def post(path: str, **fields: object) -> httpx.Response:
        form = {"csrf": who.csrf if who else "", **{name: str(value) for name, value in fields.items()}}
        return await browser.post(f"/console/{path}", data=form)

    return staff, post


async def _client(world: Any, **more: Any) -> tuple[Any, Any, Any]:
    person = await world.person()
    address = await world.address(person)
    talk = await world.conversation(person, **{"holder": "queue", "waiting_on": "us", **more})
    message = await world.message(talk, address, "kan iemand mij bellen", created_at=datetime.now(UTC))
    await world.session.commit()
    return person, talk, message


async def _all(database: Database, table: Any) -> list[Any]:
    async with database.transaction() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


async def test_an_answer_is_queued_and_takes_over(database: Database, world: Any, desk: Any) -> None:
    staff, post = desk
    person, _, message = await _client(world)
    answer = await post(
        f"client/{person.id}/antwoord", text="Ik bel je zo", client_msg_id=uuid4(), seen=message.id
    )
    assert answer.status_code == 303
    sent = (await _all(database, Message))[-1]
    assert (sent.text, sent.author, sent.channel, sent.status) == ("Ik bel je zo", "staff", "sms", "queued")
    held = (await _all(database, Conversation))[0]
    assert (held.holder, held.staff_id, held.waiting_on, held.version) == ("staff", staff.id, "client", 2)
    assert [row.way for row in await _all(database, MicroContact)] == ["message"]


async def test_the_same_form_sent_twice_is_one_message(database: Database, world: Any, desk: Any) -> None:
    _, post = desk
    person, _, message = await _client(world)
    fields = {"text": "dag", "client_msg_id": uuid4(), "seen": message.id}
    for _ in range(3):
        assert (await post(f"client/{person.id}/antwoord", **fields)).status_code == 303
    assert [row.text for row in await _all(database, Message)] == ["kan iemand mij bellen", "dag"]


@pytest.mark.parametrize(
    ("author", "sentence"),
    [("staff", "Karim Haddad antwoordde"), ("bot", "De bot antwoordde"), ("person", "schreef")],
)
async def test_an_older_draft_is_held_back_and_kept(
    database: Database, world: Any, desk: Any, author: str, sentence: str
) -> None:
    _, post = desk
    person, talk, message = await _client(world)
    colleague = await world.staff(name="Karim Haddad")
    said_at = datetime.now(UTC) - timedelta(seconds=8)
    await world.message(
        talk, await world.address(person, "web", uuid4().hex), "al gebeld", author=author,
        direction="in" if author == "person" else "out", status="sent", channel="web",
        staff_id=colleague.id if author == "staff" else None,
        created_at=said_at,
    )  # fmt: skip
    await world.session.commit()
    answer = await post(
        f"client/{person.id}/antwoord", text="mijn lange tekst", client_msg_id=uuid4(), seen=message.id,
        conversation_id=talk.id,
    )  # fmt: skip
    assert answer.status_code == 409
    assert sentence in answer.text
    (ago,) = re.findall(r"\b(\d+) seconden geleden", answer.text)
    assert 8 <= int(ago) <= (datetime.now(UTC) - said_at).total_seconds()
    assert "mijn lange tekst</textarea>" in answer.text
    assert len(await _all(database, Message)) == 2


async def test_a_take_over_that_comes_second_is_told_who_was_first(
    database: Database, world: Any, desk: Any
) -> None:
    staff, post = desk
    colleague = await world.staff(name="Karim Haddad")
    _, talk, _ = await _client(world, holder="staff", staff_id=colleague.id, version=2)
    late = await post(f"gesprek/{talk.id}/overnemen", version=1)
    assert late.status_code == 409
    assert "Karim Haddad nam dit gesprek net over" in late.text
    assert (await _all(database, Conversation))[0].staff_id == colleague.id
    knowing = await post(f"gesprek/{talk.id}/overnemen", version=2)
    assert knowing.status_code == 303
    assert (await _all(database, Conversation))[0].staff_id == staff.id


async def test_release_give_back_close_and_reopen(database: Database, world: Any, desk: Any) -> None:
    _, post = desk
    _, talk, _ = await _client(world)
    seen = []
    for step in ("overnemen", "vrijgeven", "bot", "sluiten", "heropenen"):
        assert (await post(f"gesprek/{talk.id}/{step}", version=1)).status_code == 303, step
        row = (await _all(database, Conversation))[0]
        seen.append((row.holder, row.life))
    assert seen == [
        ("staff", "open"), ("queue", "open"), ("bot", "open"), ("bot", "closed"), ("bot", "open"),
    ]  # fmt: skip
    refused = await post(f"gesprek/{talk.id}/heropenen")
    assert refused.status_code == 409
    assert "Dit gesprek is al open." in refused.text


async def test_what_people_write_is_shown_inert(world: Any, desk: Any, browser: httpx.AsyncClient) -> None:
    person, talk, _ = await _client(world)
    nasty = "<script>alert(1)</script> {{ 7*7 }} \"'><img src=x>"
    person.name = nasty
    await world.message(talk, await world.address(person), nasty)
    await world.add(Note(person_id=person.id, staff_id=desk[0].id, text=nasty, created_at=world.now))
    await world.session.commit()
    for path in (f"gesprek/{talk.id}", f"client/{person.id}", "wachtrij", "clienten", "zoek?q=script", "dag"):
        page = (await browser.get(f"/console/{path}")).text
        assert "<script>alert" not in page, path
        assert "<img" not in page, path
        assert " style=" not in page, path
        assert not re.search(r"\son[a-z]+=", page), path
        assert "{{ 7*7 }}" in page or path == "dag", path
    assert '<bdi dir="auto">' in page or path == "dag"


async def test_a_note_a_contact_and_the_phases(database: Database, world: Any, desk: Any) -> None:
    staff, post = desk
    person, _, _ = await _client(world)
    await post(f"client/{person.id}/nota", text="  liever in de voormiddag ")
    await post(f"client/{person.id}/nota", text="   ")
    assert [row.text for row in await _all(database, Note)] == ["liever in de voormiddag"]
    missing = await post(f"client/{person.id}/traject", staff_id=staff.id, question="lassen")
    assert missing.status_code == 409
    opened = await post(f"client/{person.id}/traject", staff_id=staff.id, question="lassen", agreed=1)
    assert opened.status_code == 303
    await post(f"client/{person.id}/contact", way="call", minutes=15, direction="in", purpose="intake")
    await post(f"client/{person.id}/contact", way="no_show", minutes=15)
    call, no_show = await _all(database, MicroContact)
    (track,) = await _all(database, Trajectory)
    assert (call.way, call.minutes, call.direction, call.trajectory_id) == ("call", 15, "in", track.id)
    assert (no_show.way, no_show.minutes) == ("no_show", 0)
    await post(f"client/{person.id}/fase", phase="intake")
    assert (await _all(database, Trajectory))[0].phase == "intake"
    silent = await post(f"client/{person.id}/begeleider", staff_id=staff.id, reason=" ")
    assert silent.status_code == 409
    await post(f"client/{person.id}/afsluiten", outcome="ingeschreven")
    assert (await _all(database, Trajectory))[0].outcome == "ingeschreven"


async def test_a_message_for_later_and_its_cancelling(database: Database, world: Any, desk: Any) -> None:
    _, post = desk
    person, _, _ = await _client(world)
    past = await post(f"client/{person.id}/later", text="hoe gaat het", due_at="2020-01-01T10:00")
    assert past.status_code == 409
    assert "hoe gaat het</textarea>" in past.text
    fine = await post(
        f"client/{person.id}/later", text="hoe gaat het", due_at="2030-01-07T10:00", cancel_if_wrote="1"
    )
    assert fine.status_code == 409, "nobody asked whether we may write first"
    assert "hoe gaat het</textarea>" in fine.text
    fine = await post(
        f"client/{person.id}/later",
        text="hoe gaat het",
        due_at="2030-01-07T10:00",
        cancel_if_wrote="1",
        agreed="1",
    )
    assert fine.status_code == 303
    (row,) = await _all(database, FollowUp)
    assert row.due_at == datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
    assert row.cancel_if_wrote
    await post(f"opvolging/{row.id}/schrappen")
    assert (await _all(database, FollowUp))[0].state == "cancelled"


@pytest.mark.parametrize("path", ["antwoord", "later"])
async def test_what_is_too_long_for_an_sms_is_told_and_kept(
    database: Database, world: Any, desk: Any, path: str
) -> None:
    """Its end would never arrive."""
    _, post = desk
    person, _, message = await _client(world)
    fields = {"client_msg_id": uuid4(), "seen": message.id, "due_at": "2030-01-07T10:00", "agreed": "1"}
    long = await post(f"client/{person.id}/{path}", text="é" * 1_609 + "!", **fields)
    assert long.status_code == 409
    assert "kort dit in met 10 tekens" in long.text
    assert "é!</textarea>" in long.text
    assert len(await _all(database, Message)) == 1
    assert await _all(database, FollowUp) == []
    assert (await post(f"client/{person.id}/{path}", text="é" * 1_600, **fields)).status_code == 303


async def test_a_long_answer_in_the_web_chat_is_as_long_as_it_is(
    database: Database, world: Any, desk: Any
) -> None:
    _, post = desk
    person, talk, _ = await _client(world)
    web = await world.address(person, "web", uuid4().hex)
    last = await world.message(talk, web, "nog iets", channel="web", created_at=datetime.now(UTC))
    await world.session.commit()
    answer = await post(f"client/{person.id}/antwoord", text="x" * 3_000, client_msg_id=uuid4(), seen=last.id)
    assert answer.status_code == 303
    assert len((await _all(database, Message))[-1].text) == 3_000


async def test_marking_an_appointment_counts_once_and_can_be_put_right(
    database: Database, world: Any, desk: Any
) -> None:
    staff, post = desk
    person, _, _ = await _client(world)
    counter = await world.add(Counter(region_id="gent", name="bib"))
    now = datetime.now(UTC)
    rows = []
    for offset in (-30, 90):
        rows.append(
            await world.add(
                Appointment(
                    token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id,
                    staff_id=staff.id, status="confirmed", wall_start="2026-01-01T10:00",
                    starts_at=now + timedelta(minutes=offset), ends_at=now + timedelta(minutes=offset + 60),
                )
            )
        )  # fmt: skip
    await world.session.commit()
    for outcome in ("attended", "attended", "no_show"):
        marked = await post(f"afspraak/{rows[0].id}/resultaat", outcome=outcome)
        assert marked.status_code == 303
    first, second = await _all(database, MicroContact)
    assert (first.way, first.minutes) == ("visit", 60)
    assert (second.way, second.replaces_id) == ("no_show", first.id)
    assert (await post(f"afspraak/{rows[1].id}/resultaat", outcome="attended")).status_code == 409
    assert (await post(f"afspraak/{rows[1].id}/annuleren")).status_code == 303
    assert (await post(f"afspraak/{rows[0].id}/annuleren")).status_code == 409
    assert [row.status for row in await _all(database, Appointment)] == ["no_show", "cancelled"]


async def test_a_refusal_leaves_an_htmx_page_as_it_is(
    world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    _, talk, _ = await _client(world)
    answer = await browser.post(f"/console/gesprek/{talk.id}/sluiten", headers={"hx-request": "true"})
    assert answer.status_code == 403
    assert answer.headers["hx-reswap"] == "none"
    assert "refused" in answer.headers["hx-trigger"]


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.DISPATCHER, Role.ADMIN])
async def test_every_list_shows_for_every_role(world: Any, browser: httpx.AsyncClient, role: Role) -> None:
    staff = await world.staff(role, None if role == Role.ADMIN else "gent")
    colleague = await world.staff()
    talks = [
        await world.conversation(await world.person(), **more)
        for more in (
            {"holder": "queue"}, {"holder": "bot"}, {"holder": "staff", "staff_id": staff.id},
            {"holder": "staff", "staff_id": colleague.id}, {"life": "closed", "closed_at": world.now},
        )
    ]  # fmt: skip
    for talk in talks:
        await world.trajectory(await world.session.get(Person, talk.person_id), staff, region="gent")
    browser.cookies.set("leerlijn_staff", await auth.start(world.session, staff.id, now=datetime.now(UTC)))
    await world.session.commit()
    for listing in (*Listing, "onzin"):
        answer = await browser.get(f"/console/wachtrij?lijst={listing}")
        assert answer.status_code == 200, listing
    for talk in talks:
        assert (await browser.get(f"/console/gesprek/{talk.id}")).status_code == 200, talk.holder


def test_a_stream_sends_late_commits_and_nothing_twice() -> None:
    seen = Seen(10)
    assert seen.new(12, 0.0)
    assert seen.new(11, 1.0), "an id given out before 12 and committed after it"
    assert not seen.new(12, 2.0)
    seen.settle(5.0)
    assert seen.floor == 10
    seen.settle(10.5)
    assert seen.floor == 12
