"""Every action of the console can be undone, from the message after it, or says why not."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import (
    Absence,
    CallTask,
    Conversation,
    Enrolment,
    Event,
    FollowUp,
    MicroContact,
    PhaseChange,
    Region,
    Role,
    SavedReply,
    Sitting,
    Staff,
    Trajectory,
    TrajectoryStep,
)
from handover import auth, microcontacts
from handover.console import undo
from handover.console.routes import ROUTES
from tests.handover.objects import objects_of

HEADERS = {"origin": "http://test"}
TEMPLATES = Path(__file__).parents[2] / "handover/console/templates"
POSTS = {route.path for route in ROUTES if route.method == "POST"}


def test_every_action_is_undone_by_another_or_says_why_not() -> None:
    said = [undo.UNDONE_BY.keys(), undo.STAYS.keys(), undo.KEEPS_NOTHING]
    assert sorted(POSTS) == sorted(path for paths in said for path in paths)
    assert {by for by in undo.UNDONE_BY.values() if by} <= POSTS | {"/login"}
    assert all(sentence.endswith(".") for sentence in undo.STAYS.values())


def test_what_is_said_before_stands_on_a_page() -> None:
    pages = "".join(page.read_text() for page in TEMPLATES.glob("*.html"))
    assert undo.STAYS.keys() >= undo.SAID_BEFORE
    for path in undo.SAID_BEFORE:
        assert f'_("{undo.STAYS[path]}")' in pages, path


def _route(path: str) -> str:
    """The action that a path belongs to: one with its name written out goes before one with an id there."""
    fits = [route for route in POSTS if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path)]
    return min(fits, key=lambda route: route.count("{"))


class Console:
    """Somebody of ours who does something, and then sees the page that comes next."""

    def __init__(self, browser: httpx.AsyncClient, csrf: str) -> None:
        self.browser, self.csrf, self.page = browser, csrf, ""

    async def do(self, path: str, **fields: object) -> httpx.Response:
        form = {name: str(value) for name, value in fields.items()} | {"csrf": self.csrf}
        answer = await self.browser.post(f"/console{path}", data=form, headers=HEADERS)
        if answer.status_code == 303:
            self.page = (await self.browser.get(answer.headers["location"])).text
            if "Ongedaan maken" in self.page:
                by = undo.UNDONE_BY[_route(path)] or _route(path)
                assert _route(self.undoing[0]) == by, f"{path} is not undone as undo.py says"
        return answer

    @property
    def said(self) -> str:
        found = re.search(r'<div class="toast done" data-done><p>(.*?)</p>', self.page)
        return unescape(found[1]) if found else ""

    @property
    def undoing(self) -> tuple[str, dict[str, str]]:
        """Where the button in the message posts, and what."""
        found = re.search(r'<div class="toast done".*?<form method="post" action="/console(.*?)">(.*?)</form>', self.page, re.S)  # fmt: skip
        assert found, self.page[-3000:]
        fields = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', found[2])
        return found[1], {name: unescape(value) for name, value in fields if name not in ("csrf", "naar")}

    async def undo(self) -> httpx.Response:
        path, fields = self.undoing
        return await self.do(path, **fields)


@pytest.fixture
async def objects(world: Any) -> dict[str, Any]:
    await world.add(Region(id="brussel", name="Brussel", office_hours={}, answer_minutes=15))
    owner = await world.staff(Role.COUNSELLOR, "gent", name="Els")
    return await objects_of(world, "gent", owner, "hier")


@pytest.fixture
async def lead(world: Any, objects: dict[str, Any], browser: httpx.AsyncClient) -> Console:
    staff = await world.staff(Role.COORDINATOR, "gent", name="Griet")
    return await _at(world, staff, browser)


async def _at(world: Any, staff: Staff, browser: httpx.AsyncClient) -> Console:
    now = datetime.now(UTC)
    token = await auth.start(world.session, staff.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    assert who is not None
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)
    return Console(browser, who.csrf)


def _state(row: Conversation) -> tuple[Any, ...]:
    return (
        row.holder, row.staff_id, row.life, row.urgency, row.reason, row.waiting_on, row.waiting_since,
        row.promised_at, row.promise_made_at, row.closed_at,
    )  # fmt: skip


@pytest.mark.parametrize("step", ["bot", "vrijgeven", "sluiten", "toewijzen", "overnemen"])
async def test_a_conversation_stands_again_as_it_stood(
    world: Any, database: Database, lead: Console, objects: dict[str, Any], step: str
) -> None:
    """Whoever held it, the wait and the promise: nothing of it is lost by a step and its undoing."""
    talk = await world.session.get(Conversation, objects["conversation_id"])
    talk.urgency, talk.reason, talk.promised_at = (
        "high",
        "asked_person",
        datetime.now(UTC) + timedelta(hours=1),
    )
    talk.waiting_since = datetime.now(UTC) - timedelta(hours=2)
    colleague = await world.staff(Role.COUNSELLOR, "gent")
    await world.session.commit()
    before, version = _state(talk), talk.version
    at = f"/gesprek/{talk.id}"
    assert (await lead.do(f"{at}/{step}", version=version, staff_id=colleague.id)).status_code == 303
    assert lead.said
    async with database.transaction() as session:
        changed = await session.get_one(Conversation, talk.id)
        assert _state(changed) != before
    assert (await lead.undo()).status_code == 303
    async with database.transaction() as session:
        again = await session.get_one(Conversation, talk.id)
        assert _state(again) == before
        assert again.version == version + 2
        kinds = (await session.scalars(select(Event.kind).where(Event.conversation_id == talk.id))).all()
    assert kinds.count("conversation.put_back") == 1
    assert lead.said == undo.STAYS["/gesprek/{conversation_id}/terugzetten"]


async def test_a_counsellor_takes_back_what_left_their_sight(
    world: Any, database: Database, objects: dict[str, Any], browser: httpx.AsyncClient
) -> None:
    """A conversation of the bot is none of theirs; the one that they gave away a moment ago still is."""
    els = await world.session.get(Staff, objects["staff_id"])
    person = await world.person(name="Nieuw")
    talk = await world.conversation(person, holder="staff", staff_id=els.id)
    desk = await _at(world, els, browser)
    answer = await desk.do(f"/gesprek/{talk.id}/bot")
    assert answer.headers["location"] == "/console/wachtrij"
    assert desk.said == "Het gesprek is terug bij de bot."
    path, fields = desk.undoing
    other = await _at(world, await world.staff(Role.COUNSELLOR, "gent"), browser)
    assert (await other.do(path, **fields)).status_code == 404  # nor is it of a colleague
    desk = await _at(world, els, browser)
    assert (await desk.do(path, **fields)).status_code == 303
    async with database.transaction() as session:
        assert (await session.get_one(Conversation, talk.id)).staff_id == els.id


async def test_what_happened_meanwhile_stays(
    world: Any, database: Database, lead: Console, objects: dict[str, Any]
) -> None:
    """A colleague who took it, or a client who wrote: neither is undone with the step before."""
    talk_id = objects["conversation_id"]
    await lead.do(f"/gesprek/{talk_id}/vrijgeven")
    path, fields = lead.undoing
    await lead.do(f"/gesprek/{talk_id}/overnemen", version=2)
    refused = await lead.do(path, **fields)
    assert refused.status_code == 409
    assert "Intussen is dit veranderd" in refused.text
    await lead.do(f"/gesprek/{talk_id}/vrijgeven")
    talk = await world.session.get(Conversation, talk_id, populate_existing=True)
    address = await world.address(await world.person())
    await world.message(talk, address, "nog iets", created_at=datetime.now(UTC) + timedelta(seconds=1))
    await world.session.commit()
    refused = await lead.undo()
    assert refused.status_code == 409
    assert "Intussen is er geschreven" in refused.text
    async with database.transaction() as session:
        assert (await session.get_one(Conversation, talk_id)).holder == "queue"


async def test_a_phase_goes_back_unless_a_colleague_changed_it(
    database: Database, lead: Console, objects: dict[str, Any]
) -> None:
    at = f"/client/{objects['person_id']}/fase"
    await lead.do(at, phase="keuze")
    assert lead.said == "De fase is nu keuze."
    assert lead.undoing == (at, {"phase": "intake", "was": "keuze"})
    path, fields = lead.undoing
    await lead.do(at, phase="opvolging")
    assert (await lead.do(path, **fields)).status_code == 409
    await lead.undo()
    async with database.transaction() as session:
        track = await session.get_one(Trajectory, objects["trajectory_id"])
        rows = (await session.scalars(select(PhaseChange.phase).order_by(PhaseChange.id))).all()
    assert track.phase == "keuze"
    assert rows == ["keuze", "opvolging", "keuze"]  # nothing of it is erased


async def test_a_trajectory_goes_on(database: Database, lead: Console, objects: dict[str, Any]) -> None:
    await lead.do(f"/client/{objects['person_id']}/afsluiten", outcome="ingeschreven")
    await lead.undo()
    async with database.transaction() as session:
        track = await session.get_one(Trajectory, objects["trajectory_id"])
    assert (track.closed_at, track.outcome, track.phase) == (None, None, "intake")
    again = await lead.do(f"/client/{objects['person_id']}/traject/heropenen", trajectory_id=track.id)
    assert again.status_code == 409


async def test_an_enrolment_by_mistake_never_began(
    database: Database, lead: Console, objects: dict[str, Any]
) -> None:
    """Neither the aftercare nor the step that it brought stays behind."""
    await lead.do(
        f"/client/{objects['person_id']}/traject/inschrijving", what="Spaans", enrolled_on="2026-11-01"
    )
    assert lead.said == "De inschrijving is genoteerd."
    async with database.transaction() as session:
        assert (await session.get_one(Trajectory, objects["trajectory_id"])).phase == "nazorg"
    await lead.undo()
    async with database.transaction() as session:
        assert (await session.get_one(Trajectory, objects["trajectory_id"])).phase == "intake"
        row = (await session.scalars(select(Enrolment).where(Enrolment.what == "Spaans"))).one()
        asks = (await session.scalars(select(TrajectoryStep).where(TrajectoryStep.due_on.is_not(None)))).one()
    assert row.stop_reason == "vergissing"
    assert asks.dropped_at is not None


async def test_steps(database: Database, lead: Console, objects: dict[str, Any]) -> None:
    async def state() -> tuple[bool, bool]:
        async with database.transaction() as session:
            row = await session.get_one(TrajectoryStep, objects["step_id"])
            return row.done_at is not None, row.dropped_at is not None

    await lead.do(f"/traject/stap/{objects['step_id']}", step_state="done")
    assert await state() == (True, False)
    await lead.undo()
    assert await state() == (False, False)
    await lead.do(f"/client/{objects['person_id']}/traject/stap", step="bel de school")
    await lead.undo()
    async with database.transaction() as session:
        added = (
            await session.scalars(select(TrajectoryStep).where(TrajectoryStep.text == "bel de school"))
        ).one()
    assert added.dropped_at is not None


async def test_what_was_planned(database: Database, lead: Console, objects: dict[str, Any]) -> None:
    async def states() -> tuple[str, str]:
        async with database.transaction() as session:
            message = await session.get_one(FollowUp, objects["follow_up_id"])
            call = await session.get_one(CallTask, objects["call_task_id"])
            return message.state, call.state

    await lead.do(f"/opvolging/{objects['follow_up_id']}/schrappen")
    await lead.do(f"/oproep/{objects['call_task_id']}/schrappen")
    assert await states() == ("cancelled", "cancelled")
    await lead.undo()
    await lead.do(f"/opvolging/{objects['follow_up_id']}/toch")
    assert await states() == ("planned", "open")
    await lead.undo()
    assert (await states())[0] == "cancelled"


async def test_a_contact_is_put_right_and_not_erased(
    database: Database, lead: Console, objects: dict[str, Any]
) -> None:
    await lead.do(f"/client/{objects['person_id']}/contact", way="visit", minutes=30)
    assert lead.said.startswith("Het contact is genoteerd, en de oproep is afgevinkt.")
    await lead.undo()
    async with database.transaction() as session:
        rows = (
            await session.scalars(
                select(MicroContact).where(MicroContact.way == "visit").order_by(MicroContact.id)
            )
        ).all()
        counted = (await session.scalars(select(MicroContact.id).where(microcontacts.stands()))).all()
    assert [(row.voided, row.minutes) for row in rows] == [(False, 30), (True, 30)]
    assert rows[1].replaces_id == rows[0].id
    assert not {row.id for row in rows} & set(counted)
    assert lead.said == undo.STAYS["/microcontact/{contact_id}"]


async def test_absences(database: Database, lead: Console, objects: dict[str, Any]) -> None:
    async def until() -> datetime:
        async with database.transaction() as session:
            return (await session.get_one(Absence, objects["absence_id"])).ends_at

    before = await until()
    await lead.do(f"/agenda/afwezig/{objects['absence_id']}/terug")
    assert await until() < before
    path, fields = lead.undoing
    await lead.undo()
    assert await until() == before
    assert (await lead.do(path, **fields)).status_code == 409  # by now it is as it was
    await lead.undo()
    assert await until() < before


async def test_what_a_coordinator_changes(database: Database, lead: Console, objects: dict[str, Any]) -> None:
    async def state() -> tuple[Any, ...]:
        async with database.transaction() as session:
            reply = await session.get_one(SavedReply, objects["reply_id"])
            sitting = await session.get_one(Sitting, objects["sitting_id"])
            staff = await session.get_one(Staff, objects["other_staff_id"])
            return reply.active, sitting.valid_to, sitting.schools, staff.active

    before = await state()
    for path, fields in (
        (f"/beheer/antwoord/{objects['reply_id']}", {"name": "Weg", "text_nl": "Dag"}),
        (f"/beheer/zitdag/{objects['sitting_id']}", {"valid_to": "2031-01-01", "schools": "flemish"}),
        (f"/beheer/medewerker/{objects['other_staff_id']}", {"active": "0"}),
    ):
        assert (await lead.do(path, **fields)).status_code == 303, path
        assert await state() != before, path
        by, undoing = lead.undoing
        await lead.undo()
        assert await state() == before, path
        if "was" in undoing:
            assert (await lead.do(by, **undoing)).status_code == 409, path


async def test_cards_sittings_duty_and_holds(
    database: Database, lead: Console, objects: dict[str, Any]
) -> None:
    """Each is undone by its opposite, of which the page tells with the next button."""
    sitting, person = f"/beheer/zitdag/{objects['sitting_id']}", f"/client/{objects['person_id']}"
    for path, fields, undone_by in (
        ("/beheer/kaart/evc/verberg", {"reason": "klopt niet"}, "/beheer/kaart/evc/toon"),
        (f"{sitting}/niet", {"day": "2030-01-09"}, f"{sitting}/toch"),
        (f"{person}/niet-wissen", {"reason": "klacht"}, f"{person}/niet-wissen/opheffen"),
    ):
        assert (await lead.do(path, **fields)).status_code == 303, path
        assert lead.undoing[0] == undone_by
        assert (await lead.undo()).status_code == 303, path
    async with database.transaction() as session:
        (await session.get_one(Staff, objects["staff_id"])).duty = True
    await lead.do("/team/wacht", staff_id=objects["other_staff_id"])
    await lead.undo()
    async with database.transaction() as session:
        on_duty = (await session.scalars(select(Staff.id).where(Staff.duty))).all()
    assert on_duty == [objects["staff_id"]]


async def test_what_cannot_be_undone_says_so(lead: Console, objects: dict[str, Any]) -> None:
    await lead.do(f"/client/{objects['person_id']}/nota", text="kwam met zijn zus")
    assert lead.said == "Een nota blijft staan. Klopt ze niet, schrijf er dan een nieuwe bij."
    assert "Ongedaan maken" not in lead.page
    assert "data-done" not in (await lead.browser.get("/console/wachtrij")).text  # said once


async def test_a_message_that_we_did_not_make_is_not_shown(
    world: Any, lead: Console, objects: dict[str, Any], browser: httpx.AsyncClient
) -> None:
    """A cookie that somebody else wrote, or that was another's, puts no button on a page."""
    answer = await lead.browser.post(
        f"/console/client/{objects['person_id']}/fase", data={"csrf": lead.csrf, "phase": "keuze"}, headers=HEADERS
    )  # fmt: skip
    mine = answer.cookies[undo.COOKIE]
    text, signature = mine.split(".")
    for forged in (f"{text}.{signature[::-1]}", text, f"{text[:-4]}AAAA.{signature}", "é.é", "."):
        browser.cookies.delete(undo.COOKIE)
        page = await browser.get("/console/wachtrij", headers={"cookie": f"leerlijn_staff={browser.cookies['leerlijn_staff']}; {undo.COOKIE}={forged}".encode()})  # fmt: skip
        assert page.status_code == 200
        assert "data-done" not in page.text
    await _at(world, await world.staff(Role.DISPATCHER, "gent"), browser)
    browser.cookies.set(undo.COOKIE, mine)
    assert "data-done" not in (await browser.get("/console/wachtrij")).text
