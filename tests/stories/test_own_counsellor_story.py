"""Who has a counsellor gets their times, or the deputy's with the reason; and who writes while they are away is not left in silence."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.hub import Hub
from data.tables import (
    Absence,
    Address,
    AddressLink,
    Appointment,
    Conversation,
    Person,
    Presence,
    Role,
    Sitting,
    Staff,
    Trajectory,
)
from tests.bot.test_turn import conversation_of, replies_to, write


async def somebody(hub: Hub, name: str, *, region: str = "oost-vlaanderen") -> Staff:
    """A counsellor of this test's own, who sits in the bib of Aalst on Wednesdays and is not at the desk now."""
    async with hub.database.transaction() as session:
        staff = Staff(
            name=name, email=f"{uuid4().hex}@voorbeeld.invalid", role=Role.COUNSELLOR, region_id=region,
            password_hash="-", languages=["nl"], presence=Presence.OFFLINE,
        )  # fmt: skip
        session.add(staff)
        await session.flush()
        like = (
            await session.scalars(
                select(Sitting)
                .join(Staff, Staff.id == Sitting.staff_id)
                .where(Staff.region_id == region)
                .order_by(Sitting.id)
            )
        ).first()
        assert like is not None
        session.add(
            Sitting(
                counter_id=like.counter_id, staff_id=staff.id, weekday=2, starts=like.starts.replace(hour=9),
                ends=like.starts.replace(hour=16), valid_from=like.valid_from,
            )
        )  # fmt: skip
        return staff


@pytest.fixture
async def pair(hub: Hub) -> tuple[Staff, Staff]:
    """Own counsellor and deputy."""
    return await somebody(hub, "Roos Maes"), await somebody(hub, "Tom Claes")


@pytest.fixture
async def client(hub: Hub, number: str, pair: tuple[Staff, Staff]) -> str:
    """A number of somebody in a trajectory with them, with no conversation going on."""
    async with hub.database.transaction() as session:
        person = Person(language="nl", region_id="oost-vlaanderen", facts={"place_key": "aalst"})
        address = Address(scheme="sms", path=number, display=number)
        session.add_all([person, address])
        await session.flush()
        session.add(AddressLink(address_id=address.id, person_id=person.id))
        session.add(
            Trajectory(
                person_id=person.id, region_id="oost-vlaanderen", staff_id=pair[0].id, deputy_id=pair[1].id
            )
        )
    return number


async def away(hub: Hub, staff: Staff) -> None:
    now = datetime.now(UTC)
    async with hub.database.transaction() as session:
        session.add(Absence(staff_id=staff.id, starts_at=now, ends_at=now + timedelta(days=60)))


async def says(hub: Hub, number: str, text: str) -> tuple[str, Conversation]:
    message_id = await write(hub, number, text)
    said = await replies_to(hub, message_id)
    return "\n".join(message.text for message in said), await conversation_of(hub, message_id)


async def booked_with(hub: Hub, talk: Conversation) -> int:
    async with hub.database.transaction() as session:
        return (
            await session.scalars(select(Appointment.staff_id).where(Appointment.person_id == talk.person_id))
        ).one()


async def test_times_of_the_own_counsellor(hub: Hub, client: str, pair: tuple[Staff, Staff]) -> None:
    said, talk = await says(hub, client, "ik wil graag een afspraak")
    assert "Kies een moment met Roos, die je al kent:" in said
    assert talk.holder == "bot", "nobody has to do for them what they can do themselves"
    said, talk = await says(hub, client, "1")
    assert "met Roos" in said
    assert await booked_with(hub, talk) == pair[0].id


async def test_the_deputy_and_why(hub: Hub, client: str, pair: tuple[Staff, Staff]) -> None:
    await away(hub, pair[0])
    said, _ = await says(hub, client, "ik wil graag een afspraak")
    assert "Roos heeft de komende weken geen tijd. Tom neemt het over. Kies een moment:" in said
    said, talk = await says(hub, client, "1")
    assert "met Tom" in said
    assert await booked_with(hub, talk) == pair[1].id


async def test_a_colleague_when_both_are_away(hub: Hub, client: str, pair: tuple[Staff, Staff]) -> None:
    for staff in pair:
        await away(hub, staff)
    said, _ = await says(hub, client, "ik wil graag een afspraak")
    assert "Roos heeft de komende weken geen tijd. Een collega helpt je graag. Kies een plek:" in said


async def test_a_question_while_the_counsellor_is_away_hears_when(hub: Hub, client: str) -> None:
    said, talk = await says(hub, client, "hoi, ik heb nog een vraag over mijn opleiding")
    assert "Ik geef je bericht door aan Roos, die je al kent. Je hoort" in said
    assert (talk.holder, talk.reason, talk.region_id) == ("queue", "own_client", "oost-vlaanderen")
    assert talk.promised_at is not None
    said, talk = await says(hub, client, "het gaat over de stage")
    assert said == "", "told once; who reads it has both"
    assert talk.holder == "queue"
    said, talk = await says(hub, client, "mag ik een afspraak maken?")
    assert "Kies een moment met Roos" in said
    assert talk.holder == "bot"


async def test_beside_the_counsellor_the_bot_is_silent(
    hub: Hub, client: str, pair: tuple[Staff, Staff]
) -> None:
    async with hub.database.transaction() as session:
        row = await session.get_one(Staff, pair[0].id)
        row.presence, row.presence_at = Presence.AVAILABLE, datetime.now(UTC)
    said, talk = await says(hub, client, "ik wil graag een afspraak")
    assert said == ""
    assert (talk.holder, talk.staff_id) == ("staff", pair[0].id)
