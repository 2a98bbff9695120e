"""Every route of the console × every role × objects of one's own and of another region."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import select

from channels import templates
from channels.media import Media
from data.db import Database
from data.tables import (
    Correction,
    Region,
    Role,
    TemplateState,
)
from handover import access, attention, auth
from handover.console import live
from handover.console.desk import Route
from handover.console.entrance import log_out
from handover.console.routes import ROUTES
from tests.handover.objects import fill, form_of, objects_of

ORIGIN = "http://test"


@dataclass
class Scene:
    """Staff of each role in `gent`, and the same objects in `gent` and in `antwerpen`."""

    staff: dict[str, Any]
    tokens: dict[str, tuple[str, str]]
    here: dict[str, Any]
    elsewhere: dict[str, Any]
    words: str


@pytest.fixture
async def scene(world: Any, app: FastAPI, database: Database, tmp_path: Path) -> Scene:
    app.state.media = Media(database, tmp_path, {})
    await world.add(Region(id="brussel", name="Brussel", office_hours={}, answer_minutes=15))
    for words in ("dichtbij", "veraf"):
        (tmp_path / f"{words}.pdf").write_bytes(b"%PDF-")
    now = datetime.now(UTC)
    staff = {role.value: await world.staff(role, "gent") for role in Role}
    for role in (Role.ADMIN, Role.ANALYST):
        staff[role.value].region_id = None
    other = await world.staff(Role.COUNSELLOR, "antwerpen")
    here = await objects_of(world, "gent", staff["counsellor"], "dichtbij")
    elsewhere = await objects_of(world, "antwerpen", other, "veraf")
    news = templates.texts()["leerlijn_nieuws", "whatsapp", "nl"]
    await templates.judge(world.session, news, TemplateState.APPROVED, provider_id=None)
    tokens = {}
    for role, person in staff.items():
        token = await auth.start(world.session, person.id, now=now)
        who = await auth.session_of(world.session, token, now=now)
        tokens[role] = (token, who.csrf if who else "")
    await world.session.commit()
    return Scene(
        staff={role: person.id for role, person in staff.items()}, tokens=tokens, here=here,
        elsewhere=elsewhere, words="veraf",
    )  # fmt: skip


DONE = (200, 204, 303)
NAMED_IN_FORM = {"/agenda/nu", "/infosessies/nieuw"}
"""Actions whose object is chosen in the form: a counter of another region is as unknown there as in a path."""


async def _ask(
    browser: httpx.AsyncClient, route: Route, objects: dict[str, Any], token: str, form: dict[str, str]
) -> httpx.Response:
    browser.cookies.set("leerlijn_staff", token)
    path = fill(route.path, objects)
    if route.method == "GET":
        return await browser.get(path)
    return await browser.post(path, data=form, headers={"origin": ORIGIN})


async def test_another_regions_objects_do_not_exist(browser: httpx.AsyncClient, scene: Scene) -> None:
    """72. What is of another region is as unknown as what was never there."""
    for route in ROUTES:
        if route.handler is log_out:
            continue  # ends the session that the next route needs
        for role in set(Role) - {Role.ADMIN}:
            token, csrf = scene.tokens[role]
            form = form_of(route, scene.elsewhere, csrf, scene.staff["counsellor"])
            answer = await _ask(browser, route, scene.elsewhere, token, form)
            about = (route.method, route.path, role, answer.status_code)
            if role not in route.roles:
                assert answer.status_code == 403, about
            elif "{" in route.path or route.path in NAMED_IN_FORM:
                assert answer.status_code == 404, about
            else:
                assert answer.status_code in DONE, about
            assert scene.words not in answer.text, about


async def test_the_same_requests_work_in_ones_own_region(browser: httpx.AsyncClient, scene: Scene) -> None:
    """So that the refusals above are about rights and nothing else."""
    worked = set()
    for route in ROUTES:
        if route.handler is log_out:
            continue
        for role in sorted(route.roles):
            token, csrf = scene.tokens[role]
            objects = dict(scene.here)
            if route.path == "/beheer/medewerker/{staff_id}":
                objects["staff_id"] = scene.staff["dispatcher"]
            if route.path.endswith("/weigeren"):  # the first is accepted by then
                objects["report_id"] = objects["other_report_id"]
            form = form_of(route, objects, csrf, scene.staff["counsellor"])
            answer = await _ask(browser, route, objects, token, form)
            # 400 and 409 come from what came before to the same object (closed, cancelled, opened)
            allowed = DONE if route.method == "GET" else (*DONE, 400, 409)
            assert answer.status_code in allowed, (route.method, route.path, role, answer.status_code)
            if answer.status_code in DONE:
                worked.add(route.path)
    never = {route.path for route in ROUTES} - worked - {"/uit"}
    # what is before them leaves these nothing to do here; test_console does them one by one
    assert never <= {
        "/client/{person_id}/traject", "/client/{person_id}/traject/vraag", "/afspraak/{appointment_id}/annuleren",
        "/afspraak/{appointment_id}/verplaats", "/client/{person_id}/afspraak",  # want a free time: test_agenda_day
        "/afspraak/{appointment_id}/tolk",  # wants one to come: test_resources_console
        "/gesprek/{conversation_id}/vrijgeven", "/oproep/{call_task_id}/schrappen",
        "/gesprek/{conversation_id}/terugzetten", "/oproep/{call_task_id}/toch",  # want what they undo: test_undo
    }  # fmt: skip


async def test_without_session_csrf_or_origin_nothing(browser: httpx.AsyncClient, scene: Scene) -> None:
    token, csrf = scene.tokens["admin"]
    for route in ROUTES:
        form = form_of(route, scene.here, csrf, scene.staff["counsellor"])
        answer = await _ask(browser, route, scene.here, "", form)
        if route.method == "GET":
            assert answer.status_code == 303, route.path
            assert answer.headers["location"].startswith("/console/login?naar=")
            continue
        assert answer.status_code == 401, route.path
        wrong = {**form, "csrf": "x" * 32}
        assert (await _ask(browser, route, scene.here, token, wrong)).status_code == 403, route.path
        path = fill(route.path, scene.here)
        other = await browser.post(path, data=form, headers={"origin": "https://evil.example"})
        assert other.status_code == 403, route.path


async def test_a_forged_id_in_a_form_reaches_nothing(
    database: Database, browser: httpx.AsyncClient, scene: Scene
) -> None:
    """Ids inside forms (colleague, address) are scoped like ids in paths."""
    token, csrf = scene.tokens["dispatcher"]
    browser.cookies.set("leerlijn_staff", token)
    headers = {"origin": ORIGIN}
    assign = await browser.post(
        f"/console/gesprek/{scene.here['conversation_id']}/toewijzen",
        data={"csrf": csrf, "staff_id": str(scene.elsewhere["staff_id"])}, headers=headers,
    )  # fmt: skip
    assert assign.status_code == 404
    answer = await browser.post(
        f"/console/client/{scene.here['person_id']}/antwoord",
        data={
            "csrf": csrf, "text": "dag", "client_msg_id": str(uuid4()), "seen": "999999",
            "address_id": str(scene.elsewhere["address_id"]),
        }, headers=headers,
    )  # fmt: skip
    assert answer.status_code == 404
    named = await browser.post(
        "/console/twijfels",
        data={"csrf": csrf, "intent": "evc", f"m{scene.elsewhere['message_id']}": "1"}, headers=headers,
    )  # fmt: skip
    assert named.status_code == 303
    async with database.transaction() as session:
        assert (await session.scalars(select(Correction))).all() == []


def test_every_kind_of_object_in_a_path_is_in_the_scene(scene: Scene) -> None:
    """So that a new route with a new kind of id cannot be left out."""
    named = {name for route in ROUTES for name in re.findall(r"\{(\w+)\}", route.path)}
    assert named <= scene.here.keys()
    assert all(scene.here[name] != scene.elsewhere[name] for name in named)


async def test_the_stream_tells_nothing_of_a_thread_out_of_sight(
    database: Database, scene: Scene, app: FastAPI
) -> None:
    """Who looks at a client of another region is as unknown as that client."""
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await attention.look(
            session, scene.elsewhere["person_id"], scene.elsewhere["staff_id"], typing=True, now=now
        )
        await attention.look(
            session, scene.here["person_id"], scene.staff["counsellor"], typing=True, now=now
        )
    for role, (token, _) in scene.tokens.items():
        for objects, near in ((scene.here, True), (scene.elsewhere, False)):
            request = Request(
                {"type": "http", "app": app, "method": "GET", "path": "/console/events", "query_string": f"person={objects['person_id']}".encode(),
                 "headers": [(b"cookie", f"leerlijn_staff={token}".encode())]}
            )  # fmt: skip
            answer = await live.stream(request)
            if role == Role.ANALYST:
                assert answer.status_code == 403
                continue
            assert isinstance(answer, StreamingResponse)
            parts = aiter(answer.body_iterator)
            said = [bytes(await anext(parts)), bytes(await anext(parts))]
            await parts.aclose()  # type: ignore[attr-defined]
            told = (near and role != Role.COUNSELLOR) or (not near and role == Role.ADMIN)
            assert any(b"event: looking" in part for part in said) is told, (role, near)


async def test_odd_paths_are_not_found(browser: httpx.AsyncClient, scene: Scene) -> None:
    browser.cookies.set("leerlijn_staff", scene.tokens["admin"][0])
    for path in ("gesprek/x", "gesprek/-1", "gesprek/99999999999999999999", "client/0", "gesprek/²", "x"):
        assert (await browser.get(f"/console/{path}")).status_code == 404, path


async def test_search_finds_only_what_one_may_see(browser: httpx.AsyncClient, scene: Scene) -> None:
    for role, sees in (("counsellor", True), ("dispatcher", True), ("admin", True)):
        browser.cookies.set("leerlijn_staff", scene.tokens[role][0])
        near = re.sub("</?mark>", "", (await browser.get("/console/zoek?q=dichtbij")).text)
        assert ("hallo dichtbij" in near) is sees
        far = re.sub("</?mark>", "", (await browser.get("/console/zoek?q=veraf")).text)
        assert ("hallo veraf" in far) is (role == "admin")


@pytest.mark.parametrize("role", list(Role))
async def test_who_sees_which_conversation(world: Any, role: Role) -> None:
    staff = await world.staff(role, None if role in (Role.ADMIN, Role.ANALYST) else "gent")
    colleague, other = await world.staff(), await world.staff(region="antwerpen")
    cases = {
        "queue here": {"holder": "queue"},
        "queue nowhere": {"holder": "queue", "region_id": None},
        "queue elsewhere": {"holder": "queue", "region_id": "antwerpen"},
        "bot here": {"holder": "bot"},
        "colleague": {"holder": "staff", "staff_id": colleague.id},
        "elsewhere": {"holder": "staff", "staff_id": other.id, "region_id": "antwerpen"},
        "mine": {"holder": "staff", "staff_id": staff.id, "region_id": "antwerpen"},
    }
    made = {
        name: (
            await world.conversation(await world.person(region="antwerpen"), **{"region_id": "gent", **more})
        ).id
        for name, more in cases.items()
    }
    guided = await world.person(region="antwerpen")
    await world.trajectory(guided, staff, region="antwerpen")
    made["own client"] = (await world.conversation(guided, region_id="antwerpen")).id
    found = {row.id for row in await world.session.scalars(access.conversations_of(staff))}
    seen = {name for name, id_ in made.items() if id_ in found}
    region = {"queue here", "queue nowhere", "mine", "own client"}
    assert seen == {
        Role.COUNSELLOR: region, Role.DISPATCHER: region | {"bot here", "colleague"},
        Role.COORDINATOR: region | {"bot here", "colleague"}, Role.ANALYST: set(), Role.ADMIN: set(made),
    }[role]  # fmt: skip
    people = {row.id for row in await world.session.scalars(access.persons_of(staff))}
    assert (guided.id in people) is (role != Role.ANALYST)
    assert bool(people) is (role != Role.ANALYST)


async def test_figures_of_regions(world: Any) -> None:
    assert access.visible_regions(await world.staff(Role.DISPATCHER)) == {"gent"}
    assert access.visible_regions(await world.staff(Role.ANALYST, None)) is None
    assert await world.session.get(Region, "gent") is not None
