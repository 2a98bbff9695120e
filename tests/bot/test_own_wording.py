"""What a region asks in its own words is what clients read, and what they read is what is kept of a yes."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from bot.hub import Hub
from bot.replies import BRUSSELS
from channels.base import Inbound
from data.tables import (
    Address,
    AddressLink,
    Consent,
    ConsentKind,
    ConsentText,
    Message,
    Person,
    Referral,
    Region,
    Staff,
    Trajectory,
)
from handover import consent_texts, consents, file_consent

FILE = {
    "text": "We maken een map voor jou. {begeleider} leest ze. We houden ze {termijn} bij.",
    "ask": "Mag dat? Typ 1 voor ja, 2 voor nee.",
    "yes": "Fijn. {begeleider} maakt je map.",
    "no": "Goed, we maken geen map.",
}
REFERRAL = {"text": '{regio} geeft alleen dit door: "{vraag}".', "page": "Dit mag naar {partner}:"}


@pytest.fixture
async def own_words(hub: Hub) -> AsyncIterator[None]:
    """Afterwards everybody is asked in the standard words again: the hub is shared."""
    yield
    async with hub.database.transaction() as session:
        await session.execute(update(Consent).values(text_id=None))
        await session.execute(delete(ConsentText))


async def writes(hub: Hub, region_id: str, kind: ConsentKind, parts: dict[str, str]) -> int:
    """A coordinator saves other words; returns the number of the version's row."""
    async with hub.database.transaction() as session:
        region = await session.get_one(Region, region_id)
        staff = (await session.scalars(select(Staff).where(Staff.role == "coordinator").limit(1))).one()
        row = await consent_texts.save(
            session, region, kind, "nl", parts, base=None, by_id=staff.id, now=datetime.now(BRUSSELS)
        )
        assert row is not None
        return row.id


async def say(hub: Hub, number: str, text: str) -> list[str]:
    """What the client writes; everything said to them so far."""
    await hub.inbox.accept("sms", "sms", [Inbound(external_id=uuid4().hex, path=number, text=text)])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        query = select(Message.text).join(Address, Address.id == Message.address_id)
        query = query.where(Address.path == number, Message.direction == "out").order_by(Message.id)
        return list(await session.scalars(query))


async def person_of(hub: Hub, number: str) -> Person:
    async with hub.database.transaction() as session:
        query = select(Person).join(AddressLink, AddressLink.person_id == Person.id)
        query = query.join(Address, Address.id == AddressLink.address_id).where(Address.path == number)
        return (await session.scalars(query)).one()


async def consent_of(hub: Hub, person: Person) -> Consent:
    async with hub.database.transaction() as session:
        return (await session.scalars(select(Consent).where(Consent.person_id == person.id))).one()


@pytest.mark.usefixtures("own_words")
async def test_a_yes_is_to_the_version_that_was_read_also_when_there_is_a_newer_one(
    hub: Hub, number: str
) -> None:
    await say(hub, number, "wat kost Spaans in Gent?")
    person = await person_of(hub, number)
    async with hub.database.transaction() as session:
        els = (await session.scalars(select(Staff).where(Staff.role == "counsellor").limit(1))).one()
    region, name = els.region_id or "", els.name.split()[0]
    first = await writes(hub, region, ConsentKind.FILE, FILE)
    async with hub.database.transaction() as session:
        await file_consent.ask(
            session, await session.get_one(Person, person.id), els, about="", region_id=region, by=els,
            client_msg_id=uuid4().hex, now=datetime.now(BRUSSELS),
        )  # fmt: skip
    newer = FILE | {"text": FILE["text"] + " Je mag ze lezen.", "yes": "Dank je, {begeleider} begint."}
    await writes(hub, region, ConsentKind.FILE, newer)
    asked, thanked = (await say(hub, number, "1"))[-2:]
    read = f"We maken een map voor jou. {name} leest ze. We houden ze 5 jaar bij."
    assert asked == f"{read} Mag dat? Typ 1 voor ja, 2 voor nee."
    assert thanked == f"Fijn. {name} maakt je map.", "the answer belongs to what was asked"
    consent = await consent_of(hub, person)
    assert (consent.wording, consent.text_id, consent.keep_years) == (read, first, 5)
    async with hub.database.transaction() as session:
        track = (await session.scalars(select(Trajectory).where(Trajectory.person_id == person.id))).one()
    assert track.staff_id == els.id


@pytest.mark.usefixtures("own_words")
async def test_a_referral_is_asked_in_the_words_of_the_region_and_kept_as_it_was_asked(
    hub: Hub, number: str
) -> None:
    await say(hub, number, "wat kost Spaans in Gent?")
    person = await person_of(hub, number)
    async with hub.database.transaction() as session:
        region = (await session.scalars(select(Region).order_by(Region.id).limit(1))).one()
        await session.execute(update(Person).where(Person.id == person.id).values(region_id=region.id))
    first = await writes(hub, region.id, ConsentKind.REFERRAL, REFERRAL)
    question = "ik wil ander werk zoeken, help mij aan een job"
    read = f'{region.name} geeft alleen dit door: "{question}".'
    assert any(read in text for text in await say(hub, number, question))
    await writes(hub, region.id, ConsentKind.REFERRAL, REFERRAL | {"text": 'We zeggen: "{vraag}".'})
    await say(hub, number, "ja")
    consent = await consent_of(hub, person)
    assert (consent.kind, consent.wording, consent.text_id) == ("referral", read, first)
    async with hub.database.transaction() as session:
        referral = (await session.scalars(select(Referral).where(Referral.person_id == person.id))).one()
        now = await consents.current(session, region.id, ConsentKind.REFERRAL, "nl")
    assert referral.state in ("consented", "sent")
    assert now.said("text", question="x") == 'We zeggen: "x".'
