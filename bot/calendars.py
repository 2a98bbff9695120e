"""A client's appointment as a calendar file, in their language: behind the link, and along with a mail about it."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies import replies
from bot.turn_types import Reply, Turn
from channels import abilities
from data.tables import Address, Appointment, Counter, InfoSession, Region, Staff
from dispatch import ics


async def file_of(
    session: AsyncSession, appointment: Appointment, *, address: str, attendee: str | None = None
) -> bytes:
    """`address` is that of the appointment's own page; `attendee` the mail address that the file is sent to."""
    say = replies(appointment.language)
    counter = await session.get_one(Counter, appointment.counter_id)
    staff = await session.get_one(Staff, appointment.staff_id)
    region = await session.get_one(Region, appointment.region_id)
    summary = say("calendar_summary", staff=staff.name)
    if appointment.session_id is not None:
        talk = await session.get_one(InfoSession, appointment.session_id)
        summary = say("calendar_session", title=talk.title)
    return ics.calendar_file(
        appointment,
        ics.Wording(
            summary=summary, description=f"{say('calendar_note')}\n{address}",
            location=ics.location_of(counter), url=address,
        ),
        organizer=region.email, attendee=attendee, now=datetime.now(UTC),
    )  # fmt: skip


async def along(
    session: AsyncSession, appointment: Appointment, to: Address, channel: str, public_url: str
) -> str | None:
    """What goes along with a message about an appointment, where the channel carries calendar files."""
    if not abilities.of(channel).calendars:
        return None
    page = f"{public_url}/a/{appointment.token}"
    return (await file_of(session, appointment, address=page, attendee=to.path)).decode()


async def of_reply(turn: Turn, reply: Reply) -> str | None:
    """What goes along with an answer of the bot."""
    if reply.about is None:
        return None
    return await along(turn.session, reply.about, turn.address, turn.message.channel, turn.public_url)
