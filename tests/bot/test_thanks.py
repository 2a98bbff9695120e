"""Who reported something in a conversation hears once that it was looked into."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from bot.hub import Hub
from bot.replies import BRUSSELS
from bot.thanks import thank_due
from bot.tick import Ticker
from channels.base import Inbound
from data.tables import Address, CatalogueReport, Message, Person, Staff
from handover import catalogue_reports

DAY = datetime.now(BRUSSELS).replace(hour=10, minute=0) + timedelta(days=1)


async def say(hub: Hub, number: str, text: str) -> None:
    await hub.inbox.accept("sms", "sms", [Inbound(external_id=uuid4().hex, path=number, text=text)])
    await hub.worker.run_until_idle()


async def reported(hub: Hub, number: str) -> int:
    await say(hub, number, "wat kost een cursus")
    await say(hub, number, "dat klopt niet")
    await say(hub, number, "bel me niet, de prijs is nu 2 euro, zegt Fatma Yilmaz van 0470 12 34 56")
    async with hub.database.transaction() as session:
        query = select(CatalogueReport).join(Address, Address.id == CatalogueReport.address_id)
        (row,) = (await session.scalars(query.where(Address.path == number))).all()
        assert (row.kind, row.heard, row.state) == ("fact", "chat", "open")
        assert "0470" not in row.text
        return row.id


async def decide(hub: Hub, report_id: int, *, accept: bool) -> None:
    async with hub.database.transaction() as session:
        row = await session.get_one(CatalogueReport, report_id)
        staff = (await session.scalars(select(Staff).where(Staff.role == "coordinator").limit(1))).one()
        if accept:
            await catalogue_reports.accept(
                session, row, field="unit", typed="euro", reason="nagekeken", staff=staff, now=DAY
            )
        else:
            await catalogue_reports.refuse(session, row, reason="klopt", staff=staff, now=DAY)


async def thanks(hub: Hub, number: str) -> list[str]:
    async with hub.database.transaction() as session:
        query = select(Message.text).join(Address, Address.id == Message.address_id)
        return list(
            await session.scalars(query.where(Address.path == number, Message.purpose == "follow_up"))
        )


@pytest.mark.parametrize(
    ("accept", "words"), [(True, "verbeterden het"), (False, "Volgens de bron klopt het zo")]
)
async def test_thanked_once_by_day(hub: Hub, number: str, accept: bool, words: str) -> None:
    report_id = await reported(hub, number)
    assert await thank_due(hub.database, now=DAY) == 0, "nobody decided yet"
    await decide(hub, report_id, accept=accept)
    assert await thank_due(hub.database, now=DAY.replace(hour=23)) == 0
    assert await thank_due(hub.database, now=DAY) == 1
    assert await thank_due(hub.database, now=DAY) == 0
    (said,) = await thanks(hub, number)
    assert words in said


async def test_who_stopped_messages_is_not_thanked(hub: Hub, number: str) -> None:
    report_id = await reported(hub, number)
    async with hub.database.transaction() as session:
        await session.execute(update(Address).where(Address.path == number).values(opted_out_at=DAY))
    await decide(hub, report_id, accept=False)
    assert await thank_due(hub.database, now=DAY) == 0
    assert await thanks(hub, number) == []
    async with hub.database.transaction() as session:
        assert (await session.get_one(CatalogueReport, report_id)).thanked_at is not None


async def test_without_a_person_nobody_is_written_to(hub: Hub, number: str) -> None:
    report_id = await reported(hub, number)
    await decide(hub, report_id, accept=False)
    async with hub.database.transaction() as session:
        row = await session.get_one(CatalogueReport, report_id)
        assert await session.get(Person, row.person_id) is not None
        row.person_id = None  # erased
    assert await thank_due(hub.database, now=DAY) == 0


async def test_the_clock_brings_it_about(hub: Hub, number: str) -> None:
    report_id = await reported(hub, number)
    await decide(hub, report_id, accept=False)
    for _ in range(2):
        await Ticker(hub.database, clock=lambda: DAY, public_url="https://leerlijn.example").tick()
    assert len(await thanks(hub, number)) == 1
