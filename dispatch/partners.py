"""Partners: who owns another kind of need, and the referral to them with the person's consent.

Nothing leaves without consent: a referral is offered with exactly what would be passed on, and stays here
until the person says yes. Doing nothing is a no.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Consent, ConsentKind, Partner, ReachedBy, Referral, ReferralState
from data.translation import N_

# The name that triage gives → the kind in the register.
KINDS: Mapping[str, str] = {
    "VDAB": "vdab",
    "CLB": "clb",
    "AgII": "agii",
    "Atlas": "atlas",
    "IN-Gent": "in_gent",
    N_("Huis van het Nederlands"): "huis_nederlands",
    "Ligo": "ligo",
    "OCMW": "ocmw",
    "CAW": "caw",
    "NARIC-Vlaanderen": "naric",
    "EVC-testcentrum": "evc",
    "loopbaancentrum": "loopbaancentrum",
    "ziekenfonds": "mutualiteit",
    "Actiris": "actiris",
}


LASTS = timedelta(days=14)  # that an offer waits for an answer; after that it is a no
READABLE = timedelta(days=60)  # for the partner, after the mail


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
    lines: Sequence[str] = (),
    staff_id: int | None = None,
) -> Referral:
    """Offer to bring a person to a partner. `summary` is what the person sees and what would be passed on.

    `lines` is the same on the page of its `token`, to be struck out one by one (by default the summary is its only
    line). The same offer made again is the same row with the same address, and the newer summary.
    """
    values = {
        "summary": summary, "conversation_id": conversation_id, "staff_id": staff_id,
        "lines": list(lines) or [part for part in (summary,) if part],
    }  # fmt: skip
    again = await session.scalar(
        update(Referral)
        .where(
            Referral.person_id == person_id,
            Referral.partner_id == partner_id,
            Referral.direction == "out",
            Referral.state == ReferralState.OFFERED,
        )
        .values(**values, token=func.coalesce(Referral.token, secrets.token_urlsafe(32)), state_at=func.now())
        .returning(Referral)
        .execution_options(populate_existing=True)
    )
    if again is not None:
        return again
    referral = Referral(
        person_id=person_id,
        partner_id=partner_id,
        direction="out",
        state=ReferralState.OFFERED,
        token=secrets.token_urlsafe(32),
        **values,
    )
    session.add(referral)
    await session.flush()
    await _record(session, "offered", referral)
    return referral


async def consent(
    session: AsyncSession,
    referral_id: int,
    *,
    wording: str,
    channel: str,
    now: datetime,
    lines: Sequence[str] | None = None,
    text_id: int | None = None,
) -> Partner:
    """The person says yes, in these words through this channel; `text_id`: which version of the region they are.

    Returns the partner. `lines` is what is left after they struck out and corrected; None: all of it. Raises `NotOffered` when the offer
    was answered before.
    """
    left = {} if lines is None else {"lines": list(lines), "summary": "\n".join(lines)}
    referral = await _answer(session, referral_id, ReferralState.CONSENTED, now, **left)
    session.add(
        Consent(
            person_id=referral.person_id,
            kind=ConsentKind.REFERRAL,
            partner_id=referral.partner_id,
            wording=wording,
            text_id=text_id,
            channel=channel,
            given_at=now,
        )
    )
    await _record(session, "consented", referral)
    return await session.get_one(Partner, referral.partner_id)


async def decline(session: AsyncSession, referral_id: int, *, now: datetime) -> None:
    """The person says no; the summary is dropped. An offer that was answered before stays as it was."""
    try:
        referral = await _answer(session, referral_id, ReferralState.DECLINED, now, summary=None, lines=[])
    except NotOffered:
        return
    await _record(session, "declined", referral)


async def lapse(session: AsyncSession, *, now: datetime) -> int:
    """Offers that were not answered in time are refused: doing nothing is a no. Returns how many."""
    lapsed = await session.scalars(
        update(Referral)
        .where(
            Referral.state == ReferralState.OFFERED, Referral.direction == "out", Referral.state_at < now - LASTS
        )
        .values(state=ReferralState.DECLINED, summary=None, lines=[], state_at=now)
        .returning(Referral)
    )  # fmt: skip
    rows = lapsed.all()
    for referral in rows:
        await _record(session, "lapsed", referral)
    return len(rows)


async def pass_on(
    session: AsyncSession, referral_id: int, *, via: str, staff_id: int, now: datetime
) -> Referral:
    """One of ours told the partner what the person agreed to. Raises `NotOffered` without that agreement."""
    referral: Referral | None = await session.scalar(
        update(Referral)
        .where(Referral.id == referral_id, Referral.state == ReferralState.CONSENTED)
        .values(state=ReferralState.SENT, state_at=now, passed_by_id=staff_id, passed_via=via)
        .returning(Referral)
        .execution_options(populate_existing=True)
    )
    if referral is None:
        raise NotOffered(f"referral {referral_id} was not agreed to, or was passed on already")
    await _record(session, "sent", referral, staff_id=staff_id)
    return referral


def takes_mail(partner: Partner) -> bool:
    """Whether what is agreed to is mailed to them: they have an address, and do not want another way."""
    wanted = partner.reached_by in (None, ReachedBy.EMAIL)
    return bool(partner.email) and wanted and partner.active and not partner.invented


async def mail_begins(session: AsyncSession, referral_id: int, *, now: datetime) -> Referral | None:
    """The referral whose mail may be handed over now, with the partner's own address for it; None when not (again)."""
    token = func.coalesce(Referral.partner_token, secrets.token_urlsafe(32))
    found: Referral | None = await session.scalar(
        update(Referral)
        .where(
            Referral.id == referral_id, Referral.state == ReferralState.CONSENTED, Referral.mailed_at.is_(None)
        )
        .values(mailed_at=now, partner_token=token)
        .returning(Referral)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return found


async def mail_ends(session: AsyncSession, referral_id: int, *, sent: bool, now: datetime) -> None:
    """It was handed over; or it certainly was not, and may be tried again."""
    mine = update(Referral).where(Referral.id == referral_id, Referral.state == ReferralState.CONSENTED)
    if not sent:
        await session.execute(mine.values(mailed_at=None))
        return
    values = {"state": ReferralState.SENT, "state_at": now, "passed_via": ReachedBy.EMAIL}
    referral: Referral | None = await session.scalar(
        mine.values(**values).returning(Referral).execution_options(populate_existing=True)
    )
    if referral is not None:  # else they took it back meanwhile: the page says so
        await _record(session, "sent", referral)


async def received(session: AsyncSession, token: str, *, now: datetime) -> Referral | None:
    """What the partner may read at the address of their mail; None: never sent, taken back, or long ago."""
    found: Referral | None = await session.scalar(
        select(Referral).where(
            Referral.partner_token == token, Referral.mailed_at > now - READABLE,
            Referral.state.in_((ReferralState.SENT, ReferralState.ARRIVED)),
        )
    )  # fmt: skip
    return found


async def acknowledge(session: AsyncSession, referral_id: int, *, now: datetime) -> None:
    """The partner says that they have it and get in touch; a second time changes nothing."""
    referral: Referral | None = await session.scalar(
        update(Referral)
        .where(
            Referral.id == referral_id, Referral.direction == "out", Referral.state == ReferralState.SENT
        )
        .values(state=ReferralState.ARRIVED, state_at=now)
        .returning(Referral)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if referral is not None:
        await _record(session, "arrived", referral)


async def withdraw(session: AsyncSession, person_id: int, partner_id: int | None, *, now: datetime) -> None:
    """The person takes their consent back: from now on nothing more is passed on to this partner.

    What was mailed can be read no longer; what a colleague said stays said.
    """
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
            Referral.direction == "out",
            or_(
                Referral.state.in_((ReferralState.OFFERED, ReferralState.CONSENTED)),
                (Referral.state == ReferralState.SENT) & Referral.mailed_at.is_not(None),
            ),
        )
        .values(state=ReferralState.DECLINED, summary=None, lines=[], state_at=now)
    )
    await events.record(session, "referral.withdrawn", person_id=person_id, data={"partner_id": partner_id})


async def _answer(
    session: AsyncSession, referral_id: int, state: ReferralState, now: datetime, **values: Any
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


async def _record(
    session: AsyncSession, what: str, referral: Referral, *, staff_id: int | None = None
) -> None:
    await events.record(
        session,
        f"referral.{what}",
        person_id=referral.person_id,
        conversation_id=referral.conversation_id,
        staff_id=staff_id,
        data={"referral_id": referral.id, "partner_id": referral.partner_id, "direction": referral.direction},
    )
