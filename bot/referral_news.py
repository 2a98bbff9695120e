"""What becomes of a question that was passed on by mail: the client hears that it arrived, staff hear when it did not."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies import BRUSSELS, replies
from channels import plan
from channels.outbox import put
from data.db import Database
from data.tables import Author, Partner, Person, Referral, ReferralState
from handover import conversation as handover
from handover import referrals

PURPOSE = "follow_up"
AT_ONCE = 50
SILENT = timedelta(days=4)  # a weekend and a working day
STALE = timedelta(days=3)  # older news is none


async def tell_arrived(database: Database, *, now: datetime) -> int:
    """Tell clients that the partner has their question, each in a transaction of its own; returns how many."""
    due = select(Referral.id, Referral.person_id).where(
        Referral.direction == "out", Referral.state == ReferralState.ARRIVED, Referral.told_at.is_(None),
        Referral.mailed_at.is_not(None), Referral.state_at > now - STALE,
    )  # fmt: skip
    async with database.transaction() as session:
        found = (await session.execute(due.order_by(Referral.id).limit(AT_ONCE))).all()
    told = 0
    for referral_id, person_id in found:
        async with database.transaction() as session:
            person = await handover.lock_person(session, person_id)
            referral = await session.get_one(
                Referral, referral_id, with_for_update=True, populate_existing=True
            )
            if referral.told_at is None:
                told += await _tell(session, referral, person, now)
    return told


async def _tell(session: AsyncSession, referral: Referral, person: Person, now: datetime) -> bool:
    local = now.astimezone(BRUSSELS)
    planned = await plan.ways(session, person.id, purpose=PURPOSE, now=local, author=Author.BOT)
    way = plan.first_choice(planned)
    if way is None or not way.open:
        return False  # not now; tried again until it is no news any more
    referral.told_at = now
    partner = await session.get_one(Partner, referral.partner_id)
    talk = await handover.open_for(session, person.id, way.channel, None, now=now)
    say = replies(person.language)
    await put(
        session, conversation=talk, address_id=way.address.id, channel=way.channel, author=Author.BOT,
        text=say("referral_arrived", partner=partner.name), language=say.own, purpose=PURPOSE,
        client_msg_id=f"referral-{referral.id}",
    )  # fmt: skip
    return True


async def chase_silent(database: Database, *, now: datetime) -> int:
    """Put before a colleague what a partner did not confirm for days; returns how many."""
    due = select(Referral.id, Referral.person_id).where(
        Referral.state == ReferralState.SENT, Referral.mailed_at < now - SILENT, Referral.chased_at.is_(None)
    )
    async with database.transaction() as session:
        found = (await session.execute(due.order_by(Referral.id).limit(AT_ONCE))).all()
    chased = 0
    for referral_id, person_id in found:
        async with database.transaction() as session:
            await handover.lock_person(session, person_id)
            referral = await session.get_one(
                Referral, referral_id, with_for_update=True, populate_existing=True
            )
            if referral.state == ReferralState.SENT and referral.chased_at is None:
                referral.chased_at = now
                await referrals.to_staff(session, person_id, reason="referral_silent", now=now)
                chased += 1
    return chased
