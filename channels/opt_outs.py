"""Who asked us to be silent: on the address, and as a keyed hash that outlives it.

When a person is erased their address goes, and with it our knowledge that they said STOP. The hash stays: a new
address with the same scheme and path is known again before anything is written to it first.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Address, Suppression


class OptOuts:
    """`secret` keys the hashes: without it nobody can tell whose they are."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def key(self, scheme: str, path: str) -> str:
        return hmac.new(self._secret, f"stop:{scheme}:{path}".encode(), hashlib.sha256).hexdigest()

    async def stop(
        self,
        session: AsyncSession,
        address: Address,
        *,
        now: datetime,
        reminders: bool = False,
        reason: str | None = None,
        staff_id: int | None = None,
        person_id: int | None = None,
    ) -> None:
        """Be silent on this address from now on; `reminders`: those of appointments too."""
        address.opted_out_at = address.opted_out_at or now
        address.reminders_off = address.reminders_off or reminders
        address.opted_out_by, address.opt_out_reason = staff_id, reason
        await self.keep(session, [address])
        await self._tell(session, "address.opted_out", address, staff_id, person_id)

    async def resume(
        self,
        session: AsyncSession,
        address: Address,
        *,
        staff_id: int | None = None,
        person_id: int | None = None,
    ) -> None:
        """Write to this address again."""
        address.opted_out_at = address.opted_out_by = address.opt_out_reason = None
        address.reminders_off = False
        key = self.key(address.scheme, address.path)
        await session.execute(delete(Suppression).where(Suppression.key == key))
        await self._tell(session, "address.opted_in", address, staff_id, person_id)

    async def recall(self, session: AsyncSession, address: Address, *, now: datetime) -> bool:
        """Whether this address said STOP in an earlier life; if so it is marked again."""
        found = await session.get(Suppression, self.key(address.scheme, address.path))
        if found is None:
            return False
        address.opted_out_at, address.reminders_off = found.created_at or now, found.reminders_too
        await session.flush()
        return True

    async def keep_new(self, session: AsyncSession) -> None:
        """Keep the hash of what the provider told us lately, which goes by other ways than `stop`."""
        lately = func.now() - timedelta(days=1)
        found = await session.scalars(select(Address).where(Address.opted_out_at > lately))
        await self.keep(session, found.all())

    async def keep(self, session: AsyncSession, addresses: Sequence[Address]) -> None:
        """Remember that these addresses said STOP, also when they are no longer addresses."""
        rows = [
            {"key": self.key(one.scheme, one.path), "reminders_too": bool(one.reminders_off)}
            for one in addresses
        ]
        if rows:
            statement = insert(Suppression).values(rows)
            either = Suppression.reminders_too | statement.excluded.reminders_too
            await session.execute(
                statement.on_conflict_do_update(index_elements=["key"], set_={"reminders_too": either})
            )
        await session.flush()

    async def _tell(
        self, session: AsyncSession, kind: str, address: Address, staff_id: int | None, person_id: int | None
    ) -> None:
        await events.record(
            session, kind, person_id=person_id, staff_id=staff_id,
            data={"address_id": address.id, "reminders": address.reminders_off},
        )  # fmt: skip
