"""How it goes with somebody who was referred in: told to who referred them only while the client allows it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Consent, ConsentKind, Conversation, Referral
from data.translation import _
from handover import referral_mail
from handover.conversation import NotAllowed


async def allow(session: AsyncSession, referral: Referral, *, heard: str, by_id: int, now: datetime) -> None:
    """The client said yes to a colleague, who heard it on `heard` (a channel, "phone" or "desk")."""
    if referral.progress_allowed_at is not None:
        return
    referral.progress_allowed_at = now
    who = (referral.referrer or {}).get("organisation", "")
    session.add(
        Consent(
            person_id=referral.person_id, kind=ConsentKind.PROGRESS, partner_id=referral.partner_id, channel=heard,
            wording=f"De cliënt vindt goed dat {who} hoort hoe het loopt ({referral.reference}).", given_at=now,
        )
    )  # fmt: skip
    await _record(session, "progress_allowed", referral, by_id)


async def withdraw(session: AsyncSession, referral: Referral, *, by_id: int | None, now: datetime) -> None:
    """The client takes it back: from now on the referrer hears nothing more. `by_id`: who of ours heard it."""
    if referral.progress_allowed_at is None:
        return
    referral.progress_allowed_at = None
    await session.execute(
        update(Consent)
        .where(
            Consent.person_id == referral.person_id, Consent.kind == ConsentKind.PROGRESS,
            Consent.wording.contains(f"({referral.reference})"), Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )  # fmt: skip
    await _record(session, "progress_withdrawn", referral, by_id)


async def tell(session: AsyncSession, referral: Referral, progress: str, *, by_id: int) -> bool:
    """Tell one of `referral_mail.PROGRESS`; False when there is no mail address, so that the colleague calls.

    Raises NotAllowed without the client's consent.
    """
    if referral.progress_allowed_at is None:
        raise NotAllowed(_("De cliënt zei (nog) niet dat we dit mogen vertellen."))
    mailed = await referral_mail.ask_progress(session, referral, progress)
    await _record(
        session, "progress_told", referral, by_id, progress=progress, via="email" if mailed else "phone"
    )
    return mailed


async def _record(
    session: AsyncSession, what: str, referral: Referral, by_id: int | None, **more: str
) -> None:
    await session.flush()
    region_id = await session.scalar(
        select(Conversation.region_id).where(Conversation.id == referral.conversation_id)
    )
    await events.record(
        session, f"referral.{what}", person_id=referral.person_id, conversation_id=referral.conversation_id,
        region_id=region_id, staff_id=by_id,
        data={"referral_id": referral.id, "partner_id": referral.partner_id, "direction": "in", **more},
    )  # fmt: skip
