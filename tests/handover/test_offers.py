"""Moments offered in a message: ticked by one of ours, picked once by the client, and never booked twice."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.pages import choose_time
from data.db import Database
from data.tables import Appointment, AppointmentOffer, Counter, Interpreter, Message, Role, Sitting
from dispatch import calendar, clock, interpreters
from handover import auth, offers
from handover.conversation import NotAllowed

BASE = "http://test"


async def _sitting(world: Any, staff: Any) -> Any:
    """This counsellor sits every day from 9 to 17 in the library of their region."""
    counter = await world.add(Counter(region_id=staff.region_id, name="bib Aalst", municipality="Aalst"))
    for weekday in range(7):
        await world.add(
            Sitting(counter_id=counter.id, staff_id=staff.id, weekday=weekday, starts=time(9), ends=time(17),
                    valid_from=date(2026, 1, 1))
        )  # fmt: skip
    return counter


async def _slots(world: Any, now: datetime, region: str = "gent") -> list[Any]:
    return await calendar.free_slots(
        world.session, kind="mediation", start=now + timedelta(hours=3), end=now + timedelta(days=9),
        region_id=region, now=now,
    )  # fmt: skip


@pytest.fixture
async def pages(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.database = database
    app.include_router(choose_time.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as client:
        yield client


@pytest.fixture
async def offered(world: Any) -> tuple[Any, Any, list[Any]]:
    """A client who was offered three times by a counsellor: offer, client and slots."""
    staff, person, now = await world.staff(), await world.person(), datetime.now(UTC)
    await _sitting(world, staff)
    slots = (await _slots(world, now))[:3]
    offer = await offers.make(world.session, person, slots, by_id=staff.id, now=now)
    await world.session.commit()
    return offer, person, slots


async def test_the_client_picks_one_and_has_an_appointment(
    database: Database, offered: Any, pages: httpx.AsyncClient
) -> None:
    offer, person, slots = offered
    page = await pages.get(f"/a/kies/{offer.token}")
    assert page.status_code == 200
    assert all(f'value="{slot.key}"' in page.text for slot in slots)
    answer = await pages.post(f"/a/kies/{offer.token}", data={"slot": str(slots[1].key)})
    async with database.transaction() as session:
        (made,) = await session.scalars(select(Appointment))
    assert (made.person_id, made.status, made.starts_at) == (person.id, "confirmed", slots[1].starts_at)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/a/{made.token}?done=confirmed")
    for again in (slots[0], slots[1]):  # a second press, also on another time, books nothing more
        answer = await pages.post(f"/a/kies/{offer.token}", data={"slot": str(again.key)})
        assert answer.headers["location"].startswith(f"/a/{made.token}")
    assert (await pages.get(f"/a/kies/{offer.token}")).headers["location"] == f"/a/{made.token}"
    async with database.transaction() as session:
        assert len((await session.scalars(select(Appointment))).all()) == 1


async def test_an_interpreter_comes_along_with_what_is_picked(
    database: Database, world: Any, offered: Any, pages: httpx.AsyncClient
) -> None:
    offer, person, slots = offered
    hours = {day: [["00:00", "23:45"]] for day in interpreters.DAYS}
    amal = await world.add(Interpreter(region_id="gent", name="Amal", languages=["ar"], hours=hours))
    person.language = "ar"
    await world.session.commit()
    await pages.post(f"/a/kies/{offer.token}", data={"slot": str(slots[0].key)})
    async with database.transaction() as session:
        (made,) = await session.scalars(select(Appointment))
    assert made.interpreter_id == amal.id


async def test_who_picks_first_has_it_and_the_others_see_what_is_left(
    world: Any, offered: Any, pages: httpx.AsyncClient
) -> None:
    offer, _, slots = offered
    other = await world.person(name="Yusuf")
    second = await offers.make(world.session, other, slots[:2], by_id=offer.by_id, now=datetime.now(UTC))
    await world.session.commit()
    await pages.post(f"/a/kies/{second.token}", data={"slot": str(slots[0].key)})
    late = await pages.post(f"/a/kies/{offer.token}", data={"slot": str(slots[0].key)})
    assert late.status_code == 409
    assert "Dat moment is net weg" in late.text
    assert f'value="{slots[0].key}"' not in late.text
    assert f'value="{slots[2].key}"' in late.text


async def test_what_was_not_offered_cannot_be_picked(
    database: Database, world: Any, offered: Any, pages: httpx.AsyncClient
) -> None:
    offer, _, slots = offered
    free = await _slots(world, datetime.now(UTC))
    not_offered = next(slot for slot in free if slot.key not in {one.key for one in slots})
    for odd in (str(not_offered.key), "", "x", "1.2.3"):
        assert (await pages.post(f"/a/kies/{offer.token}", data={"slot": odd})).status_code == 409
    assert (await pages.get("/a/kies/niets")).status_code == 404
    evil = await pages.post(
        f"/a/kies/{offer.token}", data={"slot": str(slots[0].key)}, headers={"origin": "https://evil.example"}
    )
    assert evil.status_code == 403
    async with database.transaction() as session:
        assert (await session.scalars(select(Appointment))).all() == []


async def test_an_offer_ends_after_a_week(world: Any, offered: Any, pages: httpx.AsyncClient) -> None:
    offer, _, slots = offered
    offer.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    world.session.add(offer)
    await world.session.commit()
    assert "voorbij of al bezet" in (await pages.get(f"/a/kies/{offer.token}")).text
    assert (await pages.post(f"/a/kies/{offer.token}", data={"slot": str(slots[0].key)})).status_code == 409


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "Kies hier"), ("fr", "Choisis ici"), ("en", "Choose here"), ("tr", "Kies hier")],
)
async def test_the_text_is_in_the_language_of_the_client(
    world: Any, offered: Any, language: str, words: str
) -> None:
    offer, _, slots = offered
    text = await offers.text_of(world.session, offer, language, base=BASE, now=datetime.now(UTC))
    assert f"{words}: {BASE}/a/kies/{offer.token}" in text
    begins = clock.wall(slots[0].starts_at)
    assert f"- {begins.day}/{begins.month} {begins:%H:%M}, bib Aalst" in text


async def test_none_or_too_many_are_refused(world: Any) -> None:
    staff, person, now = await world.staff(), await world.person(), datetime.now(UTC)
    await _sitting(world, staff)
    slots = await _slots(world, now)
    for count, why in ((0, "minstens één"), (6, "hoogstens 5")):
        with pytest.raises(NotAllowed, match=why):
            await offers.make(world.session, person, slots[:count], by_id=staff.id, now=now)


async def test_ticked_times_come_in_the_draft_and_nothing_is_sent(
    database: Database, world: Any, browser: httpx.AsyncClient
) -> None:
    staff, person = await world.staff(Role.DISPATCHER), await world.person()
    await world.address(person)
    counsellor = await world.staff()
    await _sitting(world, counsellor)
    far = await world.staff(region="antwerpen")
    await _sitting(world, far)
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    elsewhere = (await _slots(world, datetime.now(UTC), "antwerpen"))[0]
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)
    path = f"/console/client/{person.id}/momenten"
    page = (await browser.get(path)).text
    keys = re.findall(r'name="(slot_\d+)" value="([^"]+)"', page)
    assert len(keys) >= 6
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None
    form = {"csrf": csrf[1], "kind": "mediation"}
    assert "Kies minstens één moment" in (await browser.post(path, data=form)).text
    assert (await browser.post(path, data={**form, "slot_1": "x"})).status_code == 400
    assert (await browser.post(path, data={**form, "slot_1": str(elsewhere.key)})).status_code == 404
    answer = await browser.post(path, data={**form, **dict(keys[:2])})
    assert answer.status_code == 303
    page = (await browser.get(answer.headers["location"])).text
    async with database.transaction() as session:
        (offer,) = await session.scalars(select(AppointmentOffer))
        assert (await session.scalars(select(Message))).all() == []
    assert f"/a/kies/{offer.token}" in page
    assert offer.keys == sorted(value for _, value in keys[:2])
    other = await world.person(name="Yusuf")
    await world.address(other)
    await world.session.commit()
    assert (
        offer.token
        not in (await browser.get(f"/console/client/{other.id}?invoegen=momenten-{offer.id}")).text
    )
