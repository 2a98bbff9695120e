"""Who opened a person's thread or file is kept by day, for that person."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from channels.media import Media
from data.db import Database
from data.tables import Attachment, ContactWay, FileLook, MergeHow, Person, Role, Staff
from dispatch.clock import day_of
from handover import auth, looks, merging, microcontacts
from handover.looks import Look


@pytest.fixture
async def scene(
    world: Any, app: FastAPI, browser: httpx.AsyncClient, database: Database, tmp_path: Path
) -> dict[str, Any]:
    """A dispatcher who is logged in, and somebody who writes, with a file."""
    app.state.media = Media(database, tmp_path, {})
    (tmp_path / "a.pdf").write_bytes(b"%PDF-")
    staff = await world.staff(Role.DISPATCHER, name="Griet Peeters")
    person = await world.person()
    address = await world.address(person)
    talk = await world.conversation(person, holder="queue", waiting_on="us")
    message = await world.message(talk, address, "hallo")
    file = await world.add(
        Attachment(message_id=message.id, ref="x", kind="document", file="a.pdf", state="kept")
    )
    browser.cookies.set("leerlijn_staff", await auth.start(world.session, staff.id, now=datetime.now(UTC)))
    await world.session.commit()
    return {"person": person.id, "staff": staff.id, "talk": talk.id, "file": file.id}


async def kept(database: Database) -> list[tuple[int, int, int]]:
    async with database.transaction() as session:
        rows = await session.scalars(select(FileLook).order_by(FileLook.person_id))
        return [(row.person_id, row.staff_id, row.times) for row in rows]


async def test_every_opening_of_thread_or_file_counts(
    browser: httpx.AsyncClient, database: Database, scene: dict[str, Any]
) -> None:
    person, staff = scene["person"], scene["staff"]
    await browser.get("/console/wachtrij")
    assert await kept(database) == [], "the list is not their file"
    assert (await browser.get(f"/console/gesprek/{scene['talk']}")).status_code == 200
    assert await kept(database) == [(person, staff, 1)]
    await browser.get(f"/console/client/{person}")
    assert await kept(database) == [(person, staff, 2)]


async def test_a_page_that_fetches_itself_again_is_no_look(
    browser: httpx.AsyncClient, database: Database, scene: dict[str, Any]
) -> None:
    await browser.get(f"/console/client/{scene['person']}", headers={"x-refresh": "1"})
    assert await kept(database) == []


async def test_a_file_opened_by_its_address_is_a_look_once(
    browser: httpx.AsyncClient, database: Database, scene: dict[str, Any]
) -> None:
    for _ in range(3):  # sound is fetched in pieces
        assert (await browser.get(f"/console/bijlage/{scene['file']}")).status_code == 200
    assert await kept(database) == [(scene["person"], scene["staff"], 1)]


async def test_who_may_not_see_leaves_nothing(
    world: Any, browser: httpx.AsyncClient, database: Database, scene: dict[str, Any]
) -> None:
    other = await world.staff(Role.COUNSELLOR, "antwerpen")
    browser.cookies.set("leerlijn_staff", await auth.start(world.session, other.id, now=datetime.now(UTC)))
    await world.session.commit()
    assert (await browser.get(f"/console/client/{scene['person']}")).status_code == 404
    assert await kept(database) == []


async def test_read_by_day_also_of_who_turned_out_to_be_the_same(database: Database, world: Any) -> None:
    now = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # still the 24th in Belgium
    session = world.session
    staff: Staff = await world.staff(Role.COUNSELLOR, name="Els Maes")
    kept_, merged = await world.person(), await world.person()
    await looks.note(session, merged.id, staff.id, now=now - timedelta(days=1))
    for _ in range(2):
        await looks.note(session, kept_.id, staff.id, now=now)
    row = await merging.merge(session, kept_.id, merged.id, how=MergeHow.STAFF, by_id=staff.id, now=now)
    expected = [
        Look(day=day_of(now), name="Els Maes", role="counsellor", region="Gent", times=2),
        Look(day=day_of(now - timedelta(days=1)), name="Els Maes", role="counsellor", region="Gent", times=1),
    ]
    assert await looks.of_person(session, kept_.id) == expected
    await merging.undo(session, row.id, by_id=staff.id, now=now)
    assert (await session.get_one(Person, merged.id)).merged_into_id is None
    assert await looks.of_person(session, kept_.id) == expected[:1]


async def test_who_is_in_a_file_that_is_taken_along_was_looked_at(
    world: Any, browser: httpx.AsyncClient, database: Database, scene: dict[str, Any]
) -> None:
    for way in (ContactWay.CALL, ContactWay.VISIT):
        await microcontacts.log(
            world.session, scene["person"], way=way, direction="in", channel="phone", staff_id=scene["staff"],
            at=datetime.now(UTC),
        )  # fmt: skip
    await world.session.commit()
    answer = await browser.get("/console/microcontacten.csv")
    assert answer.status_code == 200
    assert await kept(database) == [(scene["person"], scene["staff"], 1)]
    await browser.get(f"/console/client/{scene['person']}/contacten")
    assert await kept(database) == [(scene["person"], scene["staff"], 2)]
