"""Mail about a referral: to the partner what the client agreed to, to who referred somebody in how it goes.

Nothing about the client stands in a mail: the partner reads it on a page, the referrer knows the reference. Without
e-mail, or when a mail server refuses, a colleague has it to do. What may have been taken is not sent again.
"""

import logging
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Channel, Letter, Misconfigured, SendError, UnknownOutcome, Writes
from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import Conversation, Partner, Referral, Region
from dispatch import partners
from handover import referrals

log = logging.getLogger(__name__)
LETTER = "letter"
FIRST_WAIT = 30.0  # seconds; doubles
UNSURE = "referral_unsure"
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[a-z]{2,}", re.IGNORECASE)

PROGRESS = {
    "spoken": "We spraken met de persoon.",
    "appointment": "Er is een afspraak voor een gesprek.",
    "guided": "De begeleiding is begonnen.",
    "ended": "Onze begeleiding is afgerond.",
}
HANDOVER_SUBJECT = "Leerwinkel: iemand met een vraag voor {partner}"
HANDOVER_TEXT = """Dag {contact},

Iemand vroeg ons om een vraag door te geven aan {partner}. De persoon las wat we doorgeven en zei ja.

Lees het hier en bevestig dat je het hebt:
{link}

In deze mail staat niets over de persoon. De link is alleen voor jullie en werkt {days} dagen.

{sender}"""
PROGRESS_SUBJECT = "Leerwinkel: over {reference}"
PROGRESS_TEXT = """Dag {contact},

Je verwees iemand naar ons door, met nummer {reference}. De persoon vindt goed dat je dit weet:

{sentence}

{sender}"""


async def ask(session: AsyncSession, referral_id: int, partner: Partner) -> bool:
    """Mail what was agreed to, in the running transaction; False when the partner is not reached so."""
    if not partners.takes_mail(partner):
        return False
    await queue.enqueue(
        session, LETTER, key=f"letter:{referral_id}", payload={"referral_id": referral_id},
        dedupe=f"letter:{referral_id}", lane=queue.Lane.FOLLOW_UP,
    )  # fmt: skip
    return True


async def ask_progress(session: AsyncSession, referral: Referral, progress: str) -> bool:
    """Mail how it goes to who referred in; False when they left no mail address."""
    if not _EMAIL.fullmatch(str((referral.referrer or {}).get("contact", "")).strip()):
        return False
    await queue.enqueue(
        session, LETTER, key=f"letter:{referral.id}", payload={"referral_id": referral.id, "progress": progress},
        lane=queue.Lane.FOLLOW_UP,
    )  # fmt: skip
    return True


class Letters:
    """The handler of letter jobs. `channel` is the e-mail channel, or None where it is off."""

    def __init__(self, database: Database, *, channel: Channel | None, public_url: str) -> None:
        self._database = database
        self._channel = channel
        self._public_url = public_url

    async def handle(self, job: LeasedJob) -> None:
        """Hand one letter over, or give it to a colleague."""
        now = datetime.now(UTC)
        progress = job.payload.get("progress")
        async with self._database.transaction() as session:
            letter = await (self._progress if progress else self._handover)(session, job, now)
            if letter is None:
                await queue.complete(session, job)
                return
        try:
            if not isinstance(self._channel, Writes):
                raise Misconfigured("e-mail staat uit")
            await self._channel.write(letter)
        except SendError as error:
            await self._failed(job, error, now)
            return
        async with self._database.transaction() as session:
            if not progress:
                await partners.mail_ends(session, job.payload["referral_id"], sent=True, now=now)
            await queue.complete(session, job)

    async def _failed(self, job: LeasedJob, error: SendError, now: datetime) -> None:
        unsure = isinstance(error, UnknownOutcome)
        again = error.retryable and job.attempts < queue.MAX_ATTEMPTS
        log.warning("letter %s: %s%s", job.id, type(error).__name__, ", trying again" if again else "")
        async with self._database.transaction() as session:
            referral_id = job.payload["referral_id"]
            if not unsure and "progress" not in job.payload:
                await partners.mail_ends(session, referral_id, sent=False, now=now)
            if again:
                wait = queue.backoff(job.attempts, base=FIRST_WAIT)
                await queue.retry(session, job, delay=wait, error=type(error).__name__)
                return
            await self._to_staff(session, referral_id, job.payload, unsure, now)
            await queue.complete(session, job)

    async def _to_staff(
        self, session: AsyncSession, referral_id: int, payload: dict[str, Any], unsure: bool, now: datetime
    ) -> None:
        referral = await session.get_one(Referral, referral_id)
        reason = "progress_unsent" if "progress" in payload else UNSURE if unsure else "referral"
        await referrals.to_staff(session, referral.person_id, reason=reason, now=now)

    async def _handover(self, session: AsyncSession, job: LeasedJob, now: datetime) -> Letter | None:
        referral_id = job.payload["referral_id"]
        referral = await partners.mail_begins(session, referral_id, now=now)
        if referral is None:
            known = await session.get_one(Referral, referral_id, populate_existing=True)
            if (
                known.state == "consented"
            ):  # we stopped in the middle of an earlier try: it may have been taken
                await self._to_staff(session, referral_id, job.payload, True, now)
            return None
        partner = await session.get_one(Partner, referral.partner_id)
        words = {
            "partner": partner.name, "contact": partner.contact_name or "collega", "days": partners.READABLE.days,
            "link": f"{self._public_url}/p/{referral.partner_token}",
        }  # fmt: skip
        return await self._letter(
            session, referral, partner.email or "", HANDOVER_SUBJECT, HANDOVER_TEXT, words
        )

    async def _progress(self, session: AsyncSession, job: LeasedJob, now: datetime) -> Letter | None:
        referral = await session.get_one(Referral, job.payload["referral_id"], populate_existing=True)
        if referral.progress_allowed_at is None or referral.referrer is None:  # taken back meanwhile
            return None
        words = {
            "contact": referral.referrer["name"], "reference": referral.reference,
            "sentence": PROGRESS[job.payload["progress"]],
        }  # fmt: skip
        to = referral.referrer["contact"].strip()
        return await self._letter(session, referral, to, PROGRESS_SUBJECT, PROGRESS_TEXT, words)

    async def _letter(
        self,
        session: AsyncSession,
        referral: Referral,
        to: str,
        subject: str,
        text: str,
        words: dict[str, Any],
    ) -> Letter:
        talk = await session.get(Conversation, referral.conversation_id) if referral.conversation_id else None
        region = await session.get(Region, talk.region_id) if talk and talk.region_id else None
        sender = (
            "\n".join(part for part in (region.name, region.phone, region.email) if part) if region else ""
        )
        return Letter(
            path=to, subject=subject.format(**words), text=text.format(**words, sender=sender or "De leerwinkel"),
            reply_to=(region.email or "") if region else "",
        )  # fmt: skip
