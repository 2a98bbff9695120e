"""An appointment offered in a message: a few free times and a page on which the client picks one."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Appointment, AppointmentKind, AppointmentOffer, Person
from data.translation import _
from dispatch import booking, calendar, clock, interpreters
from dispatch.booking import Refused, Taken
from dispatch.calendar import Slot, SlotKey
from handover.conversation import NotAllowed, lock_person

MOST = 5  # times in one message
GOOD_FOR = timedelta(days=7)
TOKEN_BYTES = 32
WORDS: Mapping[str, tuple[str, str, str]] = {
    "nl": ("Past een van deze momenten voor een gesprek?", "Kies hier", "Past niets? Schrijf het mij."),
    "fr": (
        "Un de ces moments te convient pour un entretien ?",
        "Choisis ici",
        "Rien ne convient ? Écris-le-moi.",
    ),
    "en": ("Does one of these times suit you for a talk?", "Choose here", "Nothing suits? Write to me."),
}


async def make(
    session: AsyncSession, person: Person, slots: Sequence[Slot], *, by_id: int, now: datetime
) -> AppointmentOffer:
    """Offer these times, of one kind. Raises NotAllowed for none or too many."""
    if not slots:
        raise NotAllowed(_("Kies minstens één moment."))
    if len(slots) > MOST:
        raise NotAllowed(_("Kies hoogstens {most} momenten: meer leest niemand.", most=MOST))
    offer = AppointmentOffer(
        token=secrets.token_urlsafe(TOKEN_BYTES), person_id=person.id, by_id=by_id, kind=slots[0].kind,
        keys=[str(slot.key) for slot in slots], expires_at=now + GOOD_FOR, created_at=now,
    )  # fmt: skip
    session.add(offer)
    await session.flush()
    await events.record(
        session, "appointment.offered", person_id=person.id, region_id=person.region_id, staff_id=by_id,
        data={"offer_id": offer.id},
    )  # fmt: skip
    return offer


async def text_of(
    session: AsyncSession, offer: AppointmentOffer, language: str, *, base: str, now: datetime
) -> str:
    """What goes in the message, in the language of the person where we have it, with the address of the page."""
    ask, choose, else_ = WORDS.get(language.split("-")[0], WORDS["nl"])
    times = [
        f"- {clock.wall(slot.starts_at):%-d/%-m %H:%M}, {slot.counter.name}"
        for slot in await free(session, offer, now=now)
    ]
    return "\n".join([ask, *times, f"{choose}: {base}/a/kies/{offer.token}", else_])


async def by_token(session: AsyncSession, token: str) -> AppointmentOffer | None:
    """The offer whose page is /a/kies/{token}."""
    found: AppointmentOffer | None = await session.scalar(
        select(AppointmentOffer).where(AppointmentOffer.token == token)
    )
    return found


async def free(session: AsyncSession, offer: AppointmentOffer, *, now: datetime) -> list[Slot]:
    """The offered times that are still free; none once it has expired."""
    if offer.expires_at <= now:
        return []
    found = [
        await calendar.slot_at(session, SlotKey.parse(key), AppointmentKind(offer.kind), now=now)
        for key in offer.keys
    ]
    return [slot for slot in found if slot is not None and slot.starts_at > now]


async def pick(
    session: AsyncSession, offer: AppointmentOffer, key: str, *, now: datetime
) -> Appointment | None:
    """Book one of the offered times; a second time gives what was picked first. None: it is not free, or not offered."""
    person = await lock_person(session, offer.person_id)
    await session.refresh(offer)
    if offer.appointment_id is not None:
        return await session.get_one(Appointment, offer.appointment_id)
    slot = next((slot for slot in await free(session, offer, now=now) if str(slot.key) == key), None)
    if slot is None:
        return None
    slot = await interpreters.along(session, slot, person.language, now=now)
    held = await booking.hold(
        session, slot, person.id, now=now, language=person.language, created_by=offer.by_id
    )
    if isinstance(held, Taken):
        return None
    made = await booking.confirm(session, held.id, now=now)
    if isinstance(made, Refused):
        return None
    offer.appointment_id = made.id
    await session.flush()
    return made
