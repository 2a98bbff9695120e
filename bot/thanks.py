"""One short message to who said in a conversation that something was wrong, once it is looked into."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies import BRUSSELS, replies
from channels import quiet
from channels.abilities import channel_of
from channels.outbox import put
from channels.policy import may_send
from data.db import Database
from data.tables import Address, Author, CatalogueReport, Conversation, Message, Person, ReportState
from handover import conversation as handover

PURPOSE = "follow_up"
AT_ONCE = 50


async def thank_due(database: Database, *, now: datetime) -> int:
    """Thank for decided reports, each in a transaction of its own; returns how many were told."""
    due = (
        select(CatalogueReport.id, Person.id)
        .join(Person, Person.id == CatalogueReport.person_id)
        .where(
            CatalogueReport.decided_at.is_not(None), CatalogueReport.thanked_at.is_(None),
            CatalogueReport.address_id.is_not(None),
        )
        .order_by(CatalogueReport.id)
        .limit(AT_ONCE)
    )  # fmt: skip
    async with database.transaction() as session:
        found = (await session.execute(due)).all()
    thanked = 0
    for report_id, person_id in found:
        async with database.transaction() as session:
            person = await handover.lock_person(session, person_id)
            report = await session.get(CatalogueReport, report_id, with_for_update=True)
            if report is not None and report.thanked_at is None:
                thanked += await _thank(session, report, person, now)
    return thanked


async def _thank(session: AsyncSession, report: CatalogueReport, person: Person, now: datetime) -> bool:
    address = await session.get(Address, report.address_id)
    talk = await session.get(Conversation, report.conversation_id)
    if address is None or talk is None:
        report.thanked_at = now
        return False
    undisturbed = await quiet.hours(session, person.id)
    verdict = may_send(Message(purpose=PURPOSE), address, now.astimezone(BRUSSELS), quiet=undisturbed)
    if verdict.until is not None:
        return False  # at night: in the morning
    report.thanked_at = now
    if not verdict.allowed:
        return False
    say = replies(person.language)
    message, _ = await put(
        session, conversation=talk, address_id=address.id, channel=channel_of(address.scheme), author=Author.BOT,
        text=say("report_corrected" if report.state == ReportState.ACCEPTED else "report_refused"),
        language=say.own, purpose=PURPOSE, client_msg_id=f"report-{report.id}",
    )  # fmt: skip
    report.thanks_id = message.id
    return True
