"""Partners: who owns another kind of need, and the referral to them with the person's consent.

Nothing leaves without consent: a referral is offered with exactly what would be passed on, and stays here
until the person says yes. Doing nothing is a no.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Consent, ConsentKind, Partner, Referral, ReferralState

# The name that triage gives → the kind in the register.
KINDS: Mapping[str, str] = {
    "VDAB": "vdab",
    "CLB": "clb",
    "AgII": "agii",
    "Atlas": "atlas",
    "IN-Gent": "in_gent",
    "Huis van het Nederlands": "huis_nederlands",
    "Ligo": "ligo",
    "OCMW": "ocmw",
    "CAW": "caw",
    "NARIC-Vlaanderen": "naric",
    "EVC-testcentrum": "evc",
    "loopbaancentrum": "loopbaancentrum",
    "ziekenfonds": "mutualiteit",
    "Actiris": "actiris",
}


class NotOffered(LookupError):
    """There is no such open offer: it was answered already, or never made."""


async def find(
    session: AsyncSession, name: str, region_id: str | None, *, postcodes: Sequence[str] = ()
) -> Partner | None:
    """The partner that triage named (or a kind of the register) for somebody of this region or these postcodes.

    Who serves one of the postcodes goes first, then the region's, then the general one; who serves other postcodes
    only is passed over. A partner that serves everybody goes before an invented one of the region.
    """
    here = Partner.postcodes.overlap(list(postcodes)) if postcodes else false()
    everywhere = func.cardinality(Partner.postcodes) == 0
    found: Partner | None = await session.scalar(
        select(Partner)
        .where(
            Partner.active,
            Partner.kind == KINDS.get(name, name),
            or_(here, everywhere & or_(Partner.region_id.is_(None), Partner.region_id == region_id)),
        )
        .order_by(Partner.invented, everywhere, Partner.region_id.is_(None), Partner.id)
        .limit(1)
    )
    return found


async def offer(
    session: AsyncSession,
    *,
    person_id: int,
    partner_id: int,
    summary: str | None = None,
    conversation_id: int | None = None,
) -> Referral:
    """Offer to bring a person to a partner. `summary` is what the person sees and what would be passed on.

    The same offer made again is the same row, with the newer summary.
    """
    again = await session.scalar(
        update(Referral)
        .where(
            Referral.person_id == person_id,
            Referral.partner_id == partner_id,
            Referral.direction == "out",
            Referral.state == ReferralState.OFFERED,
        )
        .values(summary=summary, conversation_id=conversation_id)
        .returning(Referral)
        .execution_options(populate_existing=True)
    )
    if again is not None:
        return again
    referral = Referral(
        person_id=person_id,
        partner_id=partner_id,
        conversation_id=conversation_id,
        direction="out",
        state=ReferralState.OFFERED,
        summary=summary,
    )
    session.add(referral)
    await session.flush()
    await _record(session, "offered", referral)
    return referral


async def consent(
    session: AsyncSession, referral_id: int, *, wording: str, channel: str, now: datetime
) -> Partner:
    """The person says yes, in these words through this channel. Returns the partner.

    Raises `NotOffered` when the offer was answered before.
    """
    referral = await _answer(session, referral_id, ReferralState.CONSENTED, now)
    session.add(
        Consent(
            person_id=referral.person_id,
            kind=ConsentKind.REFERRAL,
            partner_id=referral.partner_id,
            wording=wording,
            channel=channel,
            given_at=now,
        )
    )
    await _record(session, "consented", referral)
    return await session.get_one(Partner, referral.partner_id)


async def decline(session: AsyncSession, referral_id: int, *, now: datetime) -> None:
    """The person says no; the summary is dropped. An offer that was answered before stays as it was."""
    try:
        referral = await _answer(session, referral_id, ReferralState.DECLINED, now, summary=None)
    except NotOffered:
        return
    await _record(session, "declined", referral)


async def withdraw(session: AsyncSession, person_id: int, partner_id: int, *, now: datetime) -> None:
    """The person takes their consent back: from now on nothing more is passed on to this partner."""
    await session.execute(
        update(Consent)
        .where(
            Consent.person_id == person_id,
            Consent.partner_id == partner_id,
            Consent.kind == ConsentKind.REFERRAL,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    await session.execute(
        update(Referral)
        .where(
            Referral.person_id == person_id,
            Referral.partner_id == partner_id,
            Referral.state.in_((ReferralState.OFFERED, ReferralState.CONSENTED)),
        )
        .values(state=ReferralState.DECLINED, summary=None, state_at=now)
    )
    await events.record(session, "referral.withdrawn", person_id=person_id, data={"partner_id": partner_id})


async def _answer(
    session: AsyncSession, referral_id: int, state: ReferralState, now: datetime, **values: None
) -> Referral:
    referral: Referral | None = await session.scalar(
        update(Referral)
        .where(Referral.id == referral_id, Referral.state == ReferralState.OFFERED)
        .values(state=state, state_at=now, **values)
        .returning(Referral)
        .execution_options(populate_existing=True)
    )
    if referral is None:
        raise NotOffered(f"referral {referral_id} is not open")
    return referral


async def _record(session: AsyncSession, what: str, referral: Referral) -> None:
    await events.record(
        session,
        f"referral.{what}",
        person_id=referral.person_id,
        conversation_id=referral.conversation_id,
        data={"referral_id": referral.id, "partner_id": referral.partner_id, "direction": referral.direction},
    )
