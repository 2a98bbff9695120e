"""From "wat weten jullie over mij?" to nothing left: two channels, a booking, notes, the page, the download, the erasure."""

import json
import re
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import create_app
from bot.hub import Hub
from bot.replies import BRUSSELS
from channels.base import Attached, Inbound
from channels.opt_outs import OptOuts
from data.tables import (
    Address,
    AddressLink,
    Appointment,
    CallTask,
    Consent,
    Conversation,
    Enrolment,
    Erasure,
    Event,
    FollowUp,
    MergeHow,
    Message,
    MicroContact,
    Note,
    Partner,
    Person,
    Staff,
    TrajectoryOption,
    TrajectoryStep,
)
from data.tables.guidance import ContactWay
from dispatch import booking, calendar, partners
from handover import (
    call_tasks,
    conversation,
    erasing,
    expiry,
    followups,
    holds,
    looks,
    merging,
    microcontacts,
    retention,
    trajectory,
)

OURS = {"sec-fetch-site": "same-origin"}
ASKS = "Welke gegevens hebben jullie over mij?"
LINK = re.compile(r"/mijn/([\w-]{20,})")
NEEDLES = (
    "Zwaardvogel", "boomhutten", "glasblazer", "trekharmonica", "wolkenteller", "maneblussers", "kantklosser", "zeepzieder",
    "vuurtoren", "attest-zv", "dakpanlegger", "mosterdmolen", "torenspits", "mandenvlechter", "sterrenkijker", "hooizolder", "lantaarnopsteker",
)  # fmt: skip
"""Words that nobody else in the demo data uses; each goes in by another door."""


@pytest.fixture
async def browser(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(hub.settings)
    app.state.database, app.state.demand, app.state.secret = hub.database, hub.demand, hub.secret
    app.state.media = hub.media
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=hub.settings.public_url) as client:
        yield client


async def says(
    hub: Hub, words: str, path: str, channel: str = "sms", media: tuple[Attached, ...] = ()
) -> list[str]:
    """What somebody writes, and what the bot answers."""
    item = Inbound(external_id=uuid4().hex, path=path, text=words, language="nl", media=media)
    (accepted,) = await hub.inbox.accept(channel, channel, [item])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        answers = select(Message.text).where(Message.answers_id == accepted.message_id).order_by(Message.step)
        return list(await session.scalars(answers))


async def link_from(hub: Hub, path: str) -> str:
    said = "\n".join(await says(hub, ASKS, path))
    found = LINK.search(said)
    assert found is not None, said
    return found[0]


async def owner(session: AsyncSession, path: str) -> int:
    found = await session.scalars(
        select(AddressLink.person_id)
        .join(Address, Address.id == AddressLink.address_id)
        .where(Address.path == path, AddressLink.ended_at.is_(None))
    )
    return found.one()


async def dump(hub: Hub) -> dict[str, str]:
    """Every row of every table as text, by table."""
    async with hub.database.transaction() as session:
        names = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        rows = "SELECT string_agg(t::text, chr(10)) FROM {} AS t"
        return {name: await session.scalar(text(rows.format(name))) or "" for name in names}


def where(found: dict[str, str], needle: str) -> list[str]:
    return [table for table, rows in found.items() if needle.casefold() in rows.casefold()]


async def a_life_with_us(hub: Hub, number: str, device: str) -> int:
    """They write on two channels, book, and are noted about; returns who they are."""
    now = datetime.now(BRUSSELS)
    file = Attached(ref="https://provider.example/attest-zv", kind="document", name="attest-zv.pdf")
    await says(hub, "hallo, ik bouw graag boomhutten", number)
    await says(hub, "ik ben nu glasblazer", number, media=(file,))
    await says(hub, "en ik speel trekharmonica", device, "web")
    async with hub.database.transaction() as session:
        person_id, other = await owner(session, number), await owner(session, device)
        await merging.merge(session, person_id, other, how=MergeHow.CODE, reason="hooizolder", now=now)
        proved = update(AddressLink).where(AddressLink.person_id == person_id)
        await session.execute(proved.values(verified=True))  # as handover.link_codes does with it
        person = await session.get_one(Person, person_id)
        person.region_id = "gent"
        person.facts = {**person.facts, "occupation": "wolkenteller"}
        staff = (await session.scalars(select(Staff).where(Staff.region_id == "gent"))).first()
        assert staff is not None
        await looks.note(session, person_id, staff.id, now=now)
        session.add(Note(person_id=person_id, staff_id=staff.id, text="Is een van de maneblussers"))
        await trajectory.open_file(
            session, person_id, counsellor_id=staff.id, region_id="gent", question="Iets als kantklosser",
            wording="Ja, zei de zeepzieder", channel="desk", by_id=staff.id, now=now,
        )  # fmt: skip
        track = await trajectory.current(session, person_id)
        assert track is not None
        track.intake = {"goal": "mosterdmolen"}
        session.add(TrajectoryStep(trajectory_id=track.id, phase="intake", text="Naar de torenspits", by="client", staff_id=staff.id))  # fmt: skip
        session.add(TrajectoryOption(trajectory_id=track.id, text="Opleiding tot mandenvlechter", staff_id=staff.id))  # fmt: skip
        session.add(Enrolment(person_id=person_id, what="Cursus sterrenkijker", enrolled_on=now.date(), staff_id=staff.id))  # fmt: skip
        await microcontacts.log(
            session, person_id, way=ContactWay.CALL, direction="in", channel="phone", staff_id=staff.id, at=now,
            minutes=15, purpose="over de vuurtoren",
        )  # fmt: skip
        await followups.plan(
            session, person_id, staff_id=staff.id, text="Hoe is het met de dakpanlegger?", due_at=now + timedelta(days=4),
            address_id=None, cancel_if_wrote=False, now=now,
        )  # fmt: skip
        await call_tasks.ask(session, person_id, reason="asked", about="de lantaarnopsteker", now=now)
        partner = (await session.scalars(select(Partner).where(Partner.kind == "vdab"))).first()
        assert partner is not None
        await partners.offer(
            session, person_id=person_id, partner_id=partner.id, summary="Vraag van Zwaardvogel"
        )
        free = await calendar.free_slots(
            session, kind="mediation", start=now + timedelta(days=25), end=now + timedelta(days=40), region_id="gent"
        )  # fmt: skip
        held = await booking.hold(session, free[0], person_id, now=now, topic="hooizolder")
        assert isinstance(held, Appointment)
        await booking.confirm(session, held.id, now=now)
        return person_id


async def test_read_taken_along_and_gone(hub: Hub, browser: httpx.AsyncClient, number: str) -> None:
    device = uuid4().hex
    person_id = await a_life_with_us(hub, number, device)
    at = await link_from(hub, number)
    page = await browser.get(at)
    assert page.status_code == 200
    named = await browser.post(
        f"{at}/gegevens", data={"name": "Quirine Zwaardvogel", "language": "nl", "place": "9000"}, headers=OURS
    )  # fmt: skip
    assert named.status_code == 303
    page = await browser.get(at)
    for shown in (*NEEDLES, "Quirine", number[3:6]):
        if shown not in ("hooizolder", "attest-zv", "lantaarnopsteker"):
            assert shown in page.text, shown
    told = json.loads((await browser.get(f"{at}/download.json")).text)
    assert told["complete"] is True
    assert {one["channel"] for one in told["messages"]} == {"sms", "web"}
    before = await dump(hub)
    secrets = (*NEEDLES, "Quirine", number[1:], device, at.removeprefix("/mijn/"))
    for needle in secrets:
        assert where(before, needle), f"{needle} was never stored: this test would prove nothing"
    counted = await counts(hub, person_id)

    assert (await browser.get(f"{at}/wissen")).status_code == 200
    assert (await browser.post(f"{at}/wissen", data={"sure": "1"}, headers=OURS)).status_code == 303
    after = await dump(hub)
    left = {needle: where(after, needle) for needle in secrets if where(after, needle)}
    assert left == {}, "the database still knows this"
    assert await counts(hub, person_id) == counted, "figures stay"
    assert (await browser.get(at)).status_code == 404

    await hub.worker.run_until_idle()
    said = await says(hub, "hallo", number)
    assert "digitale assistent" in said[0], "a stranger, who is greeted as one"
    async with hub.database.transaction() as session:
        assert await owner(session, number) != person_id
        cancelled = select(Appointment.status).where(Appointment.person_id == person_id)
        assert set(await session.scalars(cancelled)) == {"cancelled"}
        erased = select(Event.data).where(Event.kind == erasing.ERASED).order_by(Event.id)
        assert any(data.get("appointments") for data in await session.scalars(erased))
        proof = (await session.scalars(select(Erasure).order_by(Erasure.id.desc()).limit(1))).one()
        assert (proof.why, proof.kind, proof.term) == ("asked", "file", 5)


async def test_years_later_they_are_gone_by_themselves(hub: Hub, number: str) -> None:
    """Nobody asks; the trajectory was closed, and five years of nights went by."""
    device = uuid4().hex
    person_id = await a_life_with_us(hub, number, device)
    now = datetime.now(BRUSSELS)
    async with hub.database.transaction() as session:
        track = await trajectory.current(session, person_id)
        assert track is not None
        await trajectory.close(
            session, track, outcome="Goed geëindigd, zei Zwaardvogel", by_id=track.staff_id, now=now
        )
        await session.execute(
            update(FollowUp).where(FollowUp.person_id == person_id).values(state="cancelled")
        )
        done = update(CallTask).where(CallTask.person_id == person_id).values(state="done", ended_at=now)
        await session.execute(done)
        talk = await conversation.open_for(session, person_id, "sms", "gent", now=now)
        await conversation.move(session, talk, conversation.Step.CLOSE, now=now)
        later = now + timedelta(days=60)  # the appointment took place
        kept = await retention.of(session, person_id, now=later)
    assert kept is not None
    assert (kept.kind, kept.term) == ("file", 5)
    opt_outs = OptOuts(hub.secret)
    for days, gone in ((0, False), (1, True)):
        at = datetime.combine(kept.until + timedelta(days=days), time(3, 30), BRUSSELS)
        night = expiry.Night()
        async with hub.database.transaction() as session:  # of this person alone: others share the database
            due = [
                one.person_id for one in await retention.due(session, now=at, after=person_id - 1, limit=1)
            ]
            standing = await retention.of(session, person_id, now=at)
        assert (due == [person_id]) is gone, standing
        if gone:
            night.after, night.day = person_id - 1, at.date()
            assert await expiry.tonight(hub.database, night, opt_outs=opt_outs, now=at) >= 1
    after = await dump(hub)
    secrets = (*NEEDLES, number[1:], device)
    assert {needle: where(after, needle) for needle in secrets if where(after, needle)} == {}


async def counts(hub: Hub, person_id: int) -> list[int]:
    """What statistics count of somebody."""
    async with hub.database.transaction() as session:
        return [
            len((await session.scalars(select(table.id).where(table.person_id == person_id))).all())
            for table in (Message, MicroContact, Appointment, Conversation)
        ]


async def test_asked_on_a_shared_telephone_a_colleague_answers(hub: Hub, number: str) -> None:
    await says(hub, "hallo", number)
    async with hub.database.transaction() as session:
        (address,) = await session.scalars(select(Address).where(Address.path == number))
        address.shared = True
    said = "\n".join(await says(hub, ASKS, number))
    assert "/mijn/" not in said
    async with hub.database.transaction() as session:
        talk = (
            await session.scalars(
                select(Conversation).where(Conversation.person_id == await owner(session, number))
            )
        ).one()
    assert (talk.holder, talk.reason) == ("queue", "privacy")


async def test_the_sixth_link_of_a_day_is_a_colleagues(hub: Hub, number: str) -> None:
    links = {await link_from(hub, number) for _ in range(5)}
    assert len(links) == 5
    said = "\n".join(await says(hub, ASKS, number))
    assert "Een collega regelt dit" in said


async def test_after_stop_it_is_still_sent_when_asked(hub: Hub, number: str) -> None:
    await says(hub, "STOP", number)
    assert await link_from(hub, number)
    async with hub.database.transaction() as session:
        out = select(Message.status).where(Message.text.contains("/mijn/"), Message.person_id == await owner(session, number))  # fmt: skip
        assert set(await session.scalars(out)) <= {"sent", "delivered"}


async def test_consents_are_gone_too(hub: Hub, number: str, browser: httpx.AsyncClient) -> None:
    at = await link_from(hub, number)
    async with hub.database.transaction() as session:
        person_id = await owner(session, number)
        session.add(Consent(person_id=person_id, kind="follow_up", wording="ja", channel="desk"))
    await browser.post(f"{at}/wissen", data={"sure": "1"}, headers=OURS)
    async with hub.database.transaction() as session:
        assert (await session.scalars(select(Consent).where(Consent.person_id == person_id))).all() == []


async def test_who_asks_hears_how_long_we_keep_it(hub: Hub, number: str) -> None:
    said = "\n".join(await says(hub, ASKS, number))
    assert "tot 90 dagen na ons laatste contact" in said
    now = datetime.now(BRUSSELS)
    async with hub.database.transaction() as session:
        person_id = await owner(session, number)
        admin = (await session.scalars(select(Staff).where(Staff.role == "admin").limit(1))).one()
        await holds.place(session, person_id, reason="klacht", by=admin, now=now)
    said = "\n".join(await says(hub, ASKS, number))
    assert LINK.search(said)
    assert "90 dagen" not in said, "that would not be true now"
