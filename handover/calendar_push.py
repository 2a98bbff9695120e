"""A counsellor's appointments in their own calendar, at whatever server it stands, by CalDAV.

Nothing of booking knows of it: every few seconds what is agreed is compared with what stands there, and one job for each
counsellor writes the difference. So a move by the client, a deputy or another hour on the wall all end up there, and a
server that is away changes nothing here. What is written names no client unless the whole service chose that.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Misconfigured, SendError
from data import events, queue, sealed
from data.db import Database
from data.queue import Lane, LeasedJob
from data.tables import (
    Appointment,
    AppointmentStatus,
    CalendarAccount,
    CalendarEntry,
    Counter,
    Person,
    PushState,
    Staff,
)
from data.translation import N_, _, speaking
from dispatch import caldav, ics
from dispatch.caldav import Calendar, Stored

log = logging.getLogger(__name__)
PUSH = "calendar"
PURPOSE = "calendar"  # of what is sealed
SUMMARY = N_("Gesprek leerwinkel")
SOONEST, LATEST = timedelta(seconds=5), timedelta(minutes=15)  # between two attempts
NOT_READABLE = N_("Je wachtwoord is hier niet meer leesbaar. Vul het opnieuw in.")
OUR_FAULT = N_("Er ging iets mis bij ons. Probeer het opnieuw, of vraag je beheerder.")
_DUE = text(
    """
    SELECT account.staff_id FROM calendar_account AS account JOIN staff ON staff.id = account.staff_id AND staff.active
    WHERE account.state <> 'stopped'
      AND NOT EXISTS (SELECT FROM job WHERE job.key = 'calendar:' || account.staff_id AND job.state = 'ready')
      AND (account.state IN ('new', 'leaving')
        OR EXISTS (
            SELECT FROM appointment AS agreed
            WHERE agreed.staff_id = account.staff_id AND agreed.status = 'confirmed' AND agreed.starts_at > :now
              AND agreed.session_id IS NULL
              AND NOT EXISTS (
                SELECT FROM calendar_entry AS entry WHERE entry.staff_id = account.staff_id
                  AND entry.appointment_id = agreed.id AND entry.sequence = agreed.sequence))
        OR EXISTS (
            SELECT FROM calendar_entry AS entry JOIN appointment AS gone ON gone.id = entry.appointment_id
            WHERE entry.staff_id = account.staff_id AND gone.status IN ('cancelled', 'moved', 'expired')))
    """
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What to write and what to take out of one calendar; with each what stands there now."""

    puts: Sequence[tuple[Appointment, bytes, CalendarEntry | None]]
    deletes: Sequence[CalendarEntry]


async def of(session: AsyncSession, staff_id: int) -> CalendarAccount | None:
    """A counsellor's own calendar, if they gave one and have not stopped it."""
    account = await session.get(CalendarAccount, staff_id, populate_existing=True)
    return None if account is None or account.state == PushState.LEAVING else account


async def connect(
    session: AsyncSession, staff: Staff, *, url: str, username: str, password: str, secret: bytes
) -> None:
    """Write to this calendar from now on; what stands in one before it is left there. `url` is checked by the caller."""
    old = await session.get(CalendarAccount, staff.id)
    if old is not None and old.url != url:
        await session.delete(old)
        await session.flush()
    values = {
        "url": url, "username": username, "password": sealed.seal(secret, PURPOSE, password),
        "state": PushState.NEW, "error": None, "failed_since": None,
    }  # fmt: skip
    await session.execute(
        insert(CalendarAccount)
        .values(staff_id=staff.id, **values)
        .on_conflict_do_update(index_elements=[CalendarAccount.staff_id], set_=values)
    )
    await events.record(session, "calendar.connected", region_id=staff.region_id, staff_id=staff.id)
    await enqueue(session, staff.id)


async def try_again(session: AsyncSession, staff: Staff) -> None:
    """After something was mended elsewhere."""
    account = await of(session, staff.id)
    if account is not None and account.state == PushState.STOPPED:
        account.state, account.error, account.failed_since = PushState.NEW, None, None
        await enqueue(session, staff.id)


async def stop(session: AsyncSession, staff: Staff) -> None:
    """What is still ahead is taken out of the calendar, as far as they let us; then we forget it."""
    account = await of(session, staff.id)
    if account is None:
        return
    account.state = PushState.LEAVING
    await events.record(session, "calendar.stopped", region_id=staff.region_id, staff_id=staff.id)
    await enqueue(session, staff.id)


async def enqueue(session: AsyncSession, staff_id: int) -> None:
    """One job for each calendar, one after the other."""
    key = f"calendar:{staff_id}"
    await queue.enqueue(session, PUSH, key=key, payload={"staff_id": staff_id}, lane=Lane.BULK)


async def enqueue_due(session: AsyncSession, *, now: datetime) -> int:
    """A job for each calendar in which something else stands than what is agreed; returns how many."""
    due = (await session.scalars(_DUE, {"now": now})).all()
    for staff_id in due:
        await enqueue(session, staff_id)
    return len(due)


class Pushes:
    """The handler of PUSH jobs. `names`: full names of clients; `internal`: servers on our own network too."""

    def __init__(
        self,
        database: Database,
        *,
        secret: bytes,
        public_url: str,
        names: bool = False,
        internal: bool = False,
    ) -> None:
        self._database = database
        self._secret = secret
        self._public_url = public_url
        self._names = names
        self._internal = internal

    async def handle(self, job: LeasedJob) -> None:
        staff_id = job.payload["staff_id"]
        async with self._database.transaction() as session:
            account = await session.get(CalendarAccount, staff_id)
            if account is None or account.state == PushState.STOPPED:
                await queue.complete(session, job)
                return
            staff = await session.get_one(Staff, staff_id)
            with speaking(staff.console_language):
                difference = await self._difference(session, account)
        try:
            await self._write(job, account, difference)
        except SendError as error:
            await self._failed(job, account, error)
            return
        async with self._database.transaction() as session:
            await queue.complete(session, job)
            await self._settle(session, account, PushState.ON, None)

    async def gave_up(self, job: LeasedJob) -> None:
        """A job that failed for good by a fault of ours: its owner sees it, and nothing is tried again by itself."""
        async with self._database.transaction() as session:
            account = await session.get(CalendarAccount, job.payload["staff_id"])
            if account is not None:
                await self._settle(session, account, PushState.STOPPED, OUR_FAULT)

    async def _difference(self, session: AsyncSession, account: CalendarAccount) -> Difference:
        now = datetime.now(UTC)
        agreed = await session.execute(
            select(Appointment, Counter, Person)
            .join(Counter, Counter.id == Appointment.counter_id)
            .join(Person, Person.id == Appointment.person_id)
            .where(
                Appointment.staff_id == account.staff_id,
                Appointment.status == AppointmentStatus.CONFIRMED,
                Appointment.starts_at > now,
                Appointment.session_id.is_(None),
            )
            .order_by(Appointment.starts_at)
        )
        stands = await session.execute(
            select(CalendarEntry, Appointment)
            .join(Appointment, Appointment.id == CalendarEntry.appointment_id)
            .where(CalendarEntry.staff_id == account.staff_id)
        )
        there = {entry.uid: (entry, appointment) for entry, appointment in stands}
        leaves = account.state == PushState.LEAVING
        wanted = {} if leaves else {ics.uid(row[0]): row for row in agreed}
        puts = []
        for uid, (appointment, counter, person) in wanted.items():
            entry = there[uid][0] if uid in there else None
            if entry is None or (entry.appointment_id, entry.sequence) != (
                appointment.id,
                appointment.sequence,
            ):
                puts.append((appointment, self._file(appointment, counter, person, now), entry))
        deletes = [
            entry
            for uid, (entry, appointment) in there.items()
            if uid not in wanted
            and (appointment.status in ics.GONE or (leaves and appointment.starts_at > now))
        ]
        return Difference(puts=puts, deletes=deletes)

    def _file(self, appointment: Appointment, counter: Counter, person: Person, now: datetime) -> bytes:
        named = self._names and person.name
        summary = _("Gesprek met {name}", name=person.name) if named else _(SUMMARY)
        url = f"{self._public_url}/console/afspraak/{appointment.id}"
        wording = ics.Wording(summary=summary, description="", location=ics.location_of(counter), url=url)
        return ics.entry(appointment, wording, now=now)

    async def _write(self, job: LeasedJob, account: CalendarAccount, difference: Difference) -> None:
        """One entry after the other, each remembered as soon as it stands there. Raises SendError."""
        try:
            password = sealed.unseal(self._secret, PURPOSE, account.password)
        except sealed.CannotOpen:
            raise Misconfigured(NOT_READABLE) from None
        async with caldav.opened(
            account.url, account.username, password, internal=self._internal
        ) as calendar:
            if account.state == PushState.NEW:
                await calendar.check()
            for entry in difference.deletes:
                await self._renew(job)
                await calendar.delete(entry.uid, Stored(href=entry.href, etag=entry.etag))
                async with self._database.transaction() as session:
                    await session.execute(
                        delete(CalendarEntry).where(
                            CalendarEntry.staff_id == entry.staff_id, CalendarEntry.uid == entry.uid
                        )
                    )
            for appointment, file, known in difference.puts:
                await self._renew(job)
                await self._put(calendar, account, appointment, file, known)

    async def _put(
        self,
        calendar: Calendar,
        account: CalendarAccount,
        appointment: Appointment,
        file: bytes,
        known: CalendarEntry | None,
    ) -> None:
        uid = ics.uid(appointment)
        stands = await calendar.put(uid, file, Stored(href=known.href, etag=known.etag) if known else None)
        values = {
            "href": stands.href, "etag": stands.etag, "appointment_id": appointment.id,
            "sequence": appointment.sequence, "pushed_at": datetime.now(UTC),
        }  # fmt: skip
        async with self._database.transaction() as session:
            # Nothing to remember when its owner changed the calendar meanwhile.
            same = select(CalendarAccount.staff_id).where(
                CalendarAccount.staff_id == account.staff_id, CalendarAccount.url == account.url
            )
            if await session.scalar(same.with_for_update()) is not None:
                await session.execute(
                    insert(CalendarEntry)
                    .values(staff_id=account.staff_id, uid=uid, **values)
                    .on_conflict_do_update(
                        index_elements=[CalendarEntry.staff_id, CalendarEntry.uid], set_=values
                    )
                )

    async def _renew(self, job: LeasedJob) -> None:
        async with self._database.transaction() as session:
            await queue.renew(session, job)

    async def _failed(self, job: LeasedJob, account: CalendarAccount, error: SendError) -> None:
        """A server that is away is asked again, less and less often; what its owner must mend waits for them."""
        log.warning("calendar of staff %s: %s", account.staff_id, type(error).__name__)
        async with self._database.transaction() as session:
            if not error.retryable or account.state == PushState.LEAVING:
                await queue.complete(session, job)
                await self._settle(session, account, PushState.STOPPED, error.reason)
                return
            await self._settle(session, account, None, error.reason)
            age = datetime.now(UTC) - (account.failed_since or datetime.now(UTC))
            wait = min(max(age / 2, SOONEST, timedelta(seconds=error.retry_after or 0)), LATEST)
            await queue.postpone(session, job, delay=wait, reason=type(error).__name__)

    async def _settle(
        self, session: AsyncSession, seen: CalendarAccount, state: PushState | None, error: str | None
    ) -> None:
        """What its owner reads of it, unless they gave another calendar meanwhile; one that leaves is forgotten."""
        account = await session.get(
            CalendarAccount, seen.staff_id, populate_existing=True, with_for_update=True
        )
        if account is None or (account.url, account.password) != (seen.url, seen.password):
            return
        if account.state == PushState.LEAVING:
            if state is not None and seen.state == PushState.LEAVING:
                await session.delete(account)
            return
        now = datetime.now(UTC)
        news = (account.error is None) != (error is None)
        account.state = state or account.state
        account.error = error
        account.failed_since = None if error is None else account.failed_since or now
        account.done_at = now if error is None else account.done_at
        if news:
            staff = await session.get_one(Staff, account.staff_id)
            what = "calendar.failed" if error else "calendar.works"
            await events.record(session, what, region_id=staff.region_id, staff_id=staff.id)
