"""A code of six digits proves that an address belongs to a person: sent to the one, typed at the other or right there.

A code lives 15 minutes and five tries. A person asks for three an hour, and an address gets three an hour, so guessing
finds nothing: fifteen tries an hour out of a million. Only a keyed hash of a code is stored, and the message that
carried it is made unreadable once it is used or too old.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from channels.inbox import find_address
from data import events
from data.tables import Address, AddressLink, LinkCode, MergeHow, Person, Trajectory
from data.translation import _
from handover import merging
from handover.conversation import NotAllowed

LIVES = timedelta(minutes=15)
TRIES = 5
AN_HOUR = 3
_CODE = re.compile(r"\D{0,12}(\d{3})[ .-]?(\d{3})\D{0,12}")


class Outcome(StrEnum):
    LINKED = "linked"
    WRONG = "wrong"
    FOR_STAFF = "for_staff"  # it is theirs, but a person of ours has to bring the two together


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What became of a code that somebody typed; `person_id` is whose the addresses are now."""

    outcome: Outcome
    person_id: int
    tries_left: int = 0


class LinkCodes:
    """`secret` keys the hashes."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    async def ask(
        self,
        session: AsyncSession,
        person_id: int,
        scheme: str,
        path: str,
        *,
        now: datetime,
        from_id: int | None = None,
        by_id: int | None = None,
    ) -> tuple[str, Address]:
        """A new code, and the address that it is to prove. Raises NotAllowed with a Dutch sentence.

        The caller holds the lock on the person, and sends the code or shows it.
        """
        address = await find_address(session, scheme, path)
        owned = select(AddressLink.id).where(
            AddressLink.address_id == address.id,
            AddressLink.person_id == person_id,
            AddressLink.ended_at.is_(None),
        )
        if await session.scalar(owned.limit(1)) is not None:
            raise NotAllowed(_("Dit adres is al van deze persoon."))
        if address.opted_out_at is not None or address.blocked_at is not None:
            raise NotAllowed(_("Op dit adres willen ze geen berichten van ons."))
        lately = (
            select(func.count())
            .select_from(LinkCode)
            .where(
                or_(LinkCode.person_id == person_id, LinkCode.to_id == address.id),
                LinkCode.created_at > now - timedelta(hours=1),
            )
        )
        if (await session.scalar(lately) or 0) >= AN_HOUR:
            raise NotAllowed(_("Er zijn al drie codes gestuurd. Probeer het over een uur opnieuw."))
        await session.execute(
            text("UPDATE link_code SET expires_at = :now WHERE person_id = :person AND used_at IS NULL"),
            {"now": now, "person": person_id},
        )
        code = f"{secrets.randbelow(1_000_000):06d}"
        row = LinkCode(
            person_id=person_id, from_id=from_id, to_id=address.id, code_hash="", by_id=by_id,
            expires_at=now + LIVES, created_at=now,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        row.code_hash = self._hash(row.id, code)
        await session.flush()
        await events.record(
            session, "link.asked", person_id=person_id, staff_id=by_id, data={"link_code_id": row.id}
        )
        return code, address

    async def typed(
        self, session: AsyncSession, address_id: int, words: str, *, now: datetime
    ) -> Typed | None:
        """What a message means that may be a code; None when no code is awaited from this address."""
        found = _CODE.fullmatch(words.strip())
        if found is None:
            return None
        row = await session.scalar(
            select(LinkCode)
            .where(
                or_(LinkCode.from_id == address_id, LinkCode.to_id == address_id),
                LinkCode.used_at.is_(None),
                LinkCode.expires_at > now,
                LinkCode.tries < TRIES,
            )
            .order_by(LinkCode.id.desc())
            .limit(1)
            .with_for_update()
        )
        if row is None:
            return None
        row.tries += 1
        if not hmac.compare_digest(row.code_hash, self._hash(row.id, "".join(found.groups()))):
            await session.flush()
            return Typed(outcome=Outcome.WRONG, person_id=row.person_id, tries_left=TRIES - row.tries)
        row.used_at = now
        await session.flush()
        return await self._link(session, row, now=now)

    async def _link(self, session: AsyncSession, row: LinkCode, *, now: datetime) -> Typed:
        person_id = await _current(session, row.person_id)
        links = await session.scalars(
            select(AddressLink).where(AddressLink.address_id == row.to_id, AddressLink.ended_at.is_(None))
        )
        others = [link for link in links if link.person_id != person_id]
        if len(others) == 1:  # who wrote from there is the same person
            try:
                person_id = await self._one(session, person_id, others[0].person_id, row, now=now)
            except NotAllowed:
                await events.record(
                    session, "link.for_staff", person_id=person_id, data={"other_id": others[0].person_id}
                )
                return Typed(outcome=Outcome.FOR_STAFF, person_id=person_id)
        else:  # nobody, or a telephone that several share: one more
            session.add(
                AddressLink(
                    address_id=row.to_id, person_id=person_id, is_primary=not others, verified=True,
                    linked_by=row.by_id, reason="code",
                )
            )  # fmt: skip
        await session.flush()
        await session.execute(
            text(
                "UPDATE address_link SET verified = true WHERE person_id = :person AND ended_at IS NULL "
                "AND address_id = ANY(:addresses)"
            ),
            {"person": person_id, "addresses": [row.to_id, *([row.from_id] if row.from_id else [])]},
        )
        await events.record(session, "link.verified", person_id=person_id, data={"address_id": row.to_id})
        return Typed(outcome=Outcome.LINKED, person_id=person_id)

    async def _one(
        self, session: AsyncSession, asked_id: int, other_id: int, row: LinkCode, *, now: datetime
    ) -> int:
        """Merge into who has a file, or who came first."""
        files = set(
            await session.scalars(
                select(Trajectory.person_id).where(Trajectory.person_id.in_((asked_id, other_id)))
            )
        )
        kept_id, merged_id = sorted((asked_id, other_id), key=lambda number: (number not in files, number))
        await merging.merge(
            session, kept_id, merged_id, how=MergeHow.CODE, by_id=row.by_id, reason=None, now=now
        )
        return kept_id

    def _hash(self, number: int, code: str) -> str:
        return hmac.new(self._secret, f"link:{number}:{code}".encode(), hashlib.sha256).hexdigest()


async def conceal_old(session: AsyncSession, *, now: datetime) -> None:
    """Codes that can no longer be used are not kept readable in the thread."""
    await session.execute(
        text(
            r"UPDATE message SET text = regexp_replace(text, '\d{3} \d{3}', '••• •••') WHERE purpose = 'code' "
            r"AND created_at < :before AND created_at > :before - interval '1 day' AND text ~ '\d{3} \d{3}'"
        ),
        {"before": now - LIVES},
    )


def spaced(code: str) -> str:
    """A code as people read it: 482 911."""
    return f"{code[:3]} {code[3:]}"


async def _current(session: AsyncSession, person_id: int) -> int:
    """Who this person is by now."""
    while (
        into := await session.scalar(select(Person.merged_into_id).where(Person.id == person_id))
    ) is not None:
        person_id = into
    return person_id
