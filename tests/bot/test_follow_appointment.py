"""Who names Gent and books in Aalst is seen by the leerwinkel that receives them, and the thread says why."""

from sqlalchemy import select, update

from bot.hub import Hub
from data.tables import Appointment, Conversation, Event, Person, Staff, Trajectory
from handover import access
from handover import conversation as handover
from tests.bot.test_turn import conversation_of, write


async def sees(hub: Hub, talk: Conversation, region: str) -> bool:
    """Whether the dispatcher of a region sees the thread."""
    async with hub.database.transaction() as session:
        dispatcher = await session.scalar(
            select(Staff).where(Staff.role == "dispatcher", Staff.region_id == region).limit(1)
        )
        assert dispatcher is not None
        query = access.conversations_of(dispatcher).where(Conversation.id == talk.id)
        return (await session.scalars(query)).one_or_none() is not None


async def traces(hub: Hub, talk: Conversation) -> list[tuple[str | None, str]]:
    async with hub.database.transaction() as session:
        found = await session.scalars(
            select(Event)
            .where(Event.kind == handover.FOLLOWED, Event.conversation_id == talk.id)
            .order_by(Event.id)
        )
        return [(event.region_id, event.data["from_region"]) for event in found]


async def test_the_thread_goes_with_the_appointment_and_back_when_it_is_cancelled(
    hub: Hub, number: str
) -> None:
    first = await write(hub, number, "ik zoek een cursus Spaans in Gent")
    assert (await conversation_of(hub, first)).region_id == "gent"
    await write(hub, number, "ik wil graag een afspraak in Aalst")
    booked = await write(hub, number, "1")
    talk = await conversation_of(hub, booked)
    async with hub.database.transaction() as session:
        appointment = (
            await session.scalars(select(Appointment).where(Appointment.person_id == talk.person_id))
        ).one()
        person = await session.get_one(Person, talk.person_id)
    assert appointment.region_id == talk.region_id == "oost-vlaanderen"
    assert person.region_id == "gent", "where they live does not change"
    assert await sees(hub, talk, "oost-vlaanderen")
    assert await traces(hub, talk) == [("oost-vlaanderen", "gent")]
    await write(hub, number, "annuleer")
    back = await conversation_of(hub, await write(hub, number, "ja"))
    assert back.region_id == "gent"
    assert await traces(hub, back) == [("oost-vlaanderen", "gent"), ("gent", "oost-vlaanderen")]
    assert not await sees(hub, back, "oost-vlaanderen")


async def test_in_the_own_region_nothing_moves(hub: Hub, number: str) -> None:
    await write(hub, number, "ik wil graag een afspraak in Aalst")
    talk = await conversation_of(hub, await write(hub, number, "1"))
    assert talk.region_id == "oost-vlaanderen"
    assert await traces(hub, talk) == []


async def test_who_waits_or_is_guided_stays_where_they_are(hub: Hub, number: str) -> None:
    talk = await conversation_of(hub, await write(hub, number, "ik zoek een cursus Spaans in Gent"))
    async with hub.database.transaction() as session:
        staff = await session.scalar(
            select(Staff).where(Staff.role == "counsellor", Staff.region_id == "gent").limit(1)
        )
        assert staff is not None
        session.add(Trajectory(person_id=talk.person_id, region_id="gent", staff_id=staff.id))
    async with hub.database.transaction() as session:
        row = await handover.lock(session, talk.id)
        assert not await handover.follow(session, row, "limburg")
        await session.execute(
            update(Trajectory).where(Trajectory.person_id == talk.person_id).values(closed_at=row.opened_at)
        )
        row.holder = "queue"
        assert not await handover.follow(session, row, "limburg")
        row.holder = "bot"
        assert not await handover.follow(session, row, None)
        assert not await handover.follow(session, row, "gent")
        assert await handover.follow(session, row, "limburg")
