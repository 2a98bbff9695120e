"""A telephone that several persons use: who writes is asked, and remembered for the conversation."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Address, AddressLink, Conversation, Message, Person
from data.translation import _
from handover import conversation as talks
from handover.conversation import NotAllowed, Step


async def share(
    session: AsyncSession, address: Address, name: str, *, by_id: int | None, now: datetime
) -> Person:
    """One more person writes from this address. Raises NotAllowed without a name to tell them by."""
    if not name.strip():
        raise NotAllowed(_("Schrijf de voornaam van wie dit toestel ook gebruikt."))
    first = await session.scalar(select(Person).where(Person.id.in_(_linked(address.id))).limit(1))
    person = Person(
        name=name.strip(),
        language=first.language if first else "nl",
        region_id=first.region_id if first else None,
    )
    session.add(person)
    await session.flush()
    session.add(
        AddressLink(
            address_id=address.id, person_id=person.id, is_primary=False, linked_by=by_id, reason="shared"
        )
    )
    address.shared = True
    await session.flush()
    await events.record(
        session, "address.shared", person_id=person.id, region_id=person.region_id, staff_id=by_id,
        data={"address_id": address.id},
    )  # fmt: skip
    return person


async def who_may_write(session: AsyncSession, address_id: int) -> Sequence[Person]:
    """The persons behind an address, in a fixed order."""
    found = await session.scalars(
        select(Person).where(Person.id.in_(_linked(address_id))).order_by(Person.id)
    )
    return found.all()


async def writes_now(
    session: AsyncSession, address_id: int, person_id: int, messages: Sequence[Message], *, now: datetime
) -> Conversation:
    """From now on this person is taken to write here, and `messages` are theirs; returns their conversation."""
    links = update(AddressLink).where(AddressLink.address_id == address_id, AddressLink.ended_at.is_(None))
    await session.execute(links.values(is_primary=AddressLink.person_id == person_id))
    person = await talks.lock_person(session, person_id)
    talk = await talks.open_for(session, person_id, messages[0].channel, person.region_id, now=now)
    was = {message.conversation_id for message in messages if message.conversation_id != talk.id}
    for message in messages:
        message.person_id, message.conversation_id = person_id, talk.id
    await session.flush()
    await talks.move(session, talk, Step.CLIENT_WROTE, now=now)
    for conversation_id in was:  # whose it turned out not to be waits for nothing
        other = await talks.lock(session, conversation_id)
        if other.holder == "bot":
            await talks.move(session, other, Step.BOT_ANSWERED, now=now)
    await events.record(
        session,
        "address.writes",
        person_id=person_id,
        conversation_id=talk.id,
        data={"address_id": address_id},
    )
    return talk


def _linked(address_id: int) -> Select[int]:
    return select(AddressLink.person_id).where(
        AddressLink.address_id == address_id, AddressLink.ended_at.is_(None)
    )
