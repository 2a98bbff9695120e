"""What happens because time passes: reminders, promises, follow-ups, holds that run out, parked news, calls that ended, files
left over, and persons who were kept long enough.

Every process ticks; an advisory lock lets one do the work at a time, so that nothing happens twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import changes, late, referral_news
from bot.alerts import put_warning
from bot.calls.unheard import settle_late
from bot.news import tell_due
from bot.replies import BRUSSELS, replies
from bot.satisfied import ask_due
from bot.state import Asked, Dialogue
from bot.thanks import thank_due
from channels import pace, plan, templates
from channels.abilities import channel_of
from channels.opt_outs import OptOuts
from channels.outbox import apply_parked, last_address, put
from channels.policy import window_left
from data.catalog.demand import forget_days_before
from data.clock_jumps import ClockWatch
from data.db import Database
from data.tables import Address, Author, Counter, CounterKind, Staff
from dispatch import booking, partners, reminders, wall_times
from dispatch.reminders import DueReminder, ReminderKind
from handover import absences, attention, calendar_push, catalogue_reports, expiry, followups, own_links
from handover import conversation as handover
from handover import queue as waiting
from handover.channel_page import notice_silence
from handover.link_codes import conceal_old
from handover.unwritten import call_about

log = logging.getLogger(__name__)
EVERY = 5.0  # seconds
SWEEP_EVERY = timedelta(minutes=1)
TIDY_EVERY = timedelta(minutes=30)
_MINE = text("SELECT pg_try_advisory_xact_lock(71171)")


class Ticker:
    """Runs `tick` every few seconds until cancelled."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = lambda: datetime.now(BRUSSELS),
        *,
        public_url: str = "",
        sms_on: bool = False,
        opt_outs: OptOuts | None = None,
        sweep: Callable[[], Awaitable[int]] | None = None,
        push_calendars: bool = True,
    ) -> None:
        self._push_calendars = push_calendars
        self._opt_outs = opt_outs
        self._database = database
        self._clock = clock
        self._public_url = public_url
        self._sms_on = sms_on
        self._sweep = sweep
        self._swept: datetime | None = None
        self._tidied: datetime | None = None
        self._watch = ClockWatch()
        self._night = expiry.Night()

    async def run(self) -> None:
        while True:
            try:
                await self.tick()
            except (DBAPIError, OSError) as error:
                log.warning("the tick was interrupted (%s); trying again", type(error).__name__)
            except Exception:  # one bad row must not stop reminders, nor the worker beside us
                log.exception("the tick failed; trying again")
            await asyncio.sleep(EVERY)

    async def tick(self) -> None:
        """Do once everything that is due."""
        now = self._clock()
        async with self._database.transaction() as session:
            if await self._watch.look(session):
                log.warning("the clock of the database was set back; what waited for it is looked at again")
            if not await session.scalar(_MINE):
                return
            await booking.expire_holds(session, now=now)
            await apply_parked(session)
            for reminder in await reminders.due(session, now):
                await remind(session, reminder, now)
            if self._push_calendars:
                await calendar_push.enqueue_due(session, now=now)
        await followups.send_due(self._database, now=now)
        await changes.carry_out_due(self._database, now=now, public_url=self._public_url)
        await settle_late(self._database, sms_on=self._sms_on, now=now)
        if _over(self._swept, now, SWEEP_EVERY):
            self._swept = now
            await waiting.return_unanswered(self._database, late.tell_returned, now=now)
            await changes.chase_silent(self._database, now=now)
            await late.sweep(self._database, now=now)
            await thank_due(self._database, now=now)
            await ask_due(self._database, now=now)
            await tell_due(self._database, now=now, public_url=self._public_url)
            await referral_news.tell_arrived(self._database, now=now)
            await referral_news.chase_silent(self._database, now=now)
            await plan.fall_back_due(self._database, call_about, now=now.astimezone(BRUSSELS))
            async with self._database.transaction() as session:
                await partners.lapse(session, now=now)
                await pace.forget_old(session)
                await attention.forget_old(session, now=now)
                await conceal_old(session, now=now)
                await own_links.conceal(session, now=now)
                await absences.settle_late(session, now=now)
                for channel in await notice_silence(session):
                    await put_warning(session, "channel_silent", channel)
                if self._opt_outs is not None:
                    await self._opt_outs.keep_new(session)
                await catalogue_reports.report_changed(session, now=now)
                await forget_days_before(session, now.astimezone(BRUSSELS).date())
        if self._sweep is not None and _over(self._tidied, now, TIDY_EVERY):
            self._tidied = now
            async with self._database.transaction() as session:
                await wall_times.follow(session, now=now)
            await self._sweep()
        if self._opt_outs is not None:
            await expiry.tonight(self._database, self._night, opt_outs=self._opt_outs, now=now)


def _over(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether it is time again: never before, long enough ago, or the clock was set back."""
    return last is None or not timedelta() <= now - last < every


async def remind(session: AsyncSession, reminder: DueReminder, now: datetime) -> None:
    """Queue the reminder on the channel of the appointment, in the client's language; 1, 2 or 3 answers it."""
    appointment = reminder.appointment
    person = await handover.lock_person(session, appointment.person_id)
    try:
        address_id = appointment.address_id or await last_address(session, person.id)
    except LookupError:
        await reminders.failed(session, reminder.reminder_id)
        return
    address = await session.get_one(Address, address_id)
    channel = channel_of(address.scheme)
    conversation = await handover.open_for(session, person.id, channel, appointment.region_id, now=now)
    say = replies(person.language)
    counter, staff = (
        await session.execute(
            select(Counter, Staff.name)
            .join(Staff, Staff.id == appointment.staff_id)
            .where(Counter.id == appointment.counter_id)
        )
    ).one()
    where = {CounterKind.PHONE: say("counter_phone"), CounterKind.VIDEO: say("counter_video")}.get(
        CounterKind(counter.kind), counter.name
    )
    key = "remind_day" if reminder.kind == ReminderKind.DAY else "remind_hours"
    if appointment.session_id is not None:
        key = "remind_session"
    local = appointment.starts_at.astimezone(BRUSSELS)
    text = say(key, when=say.when(local), time=f"{local:%H:%M}", place=where, staff=staff.split()[0])
    template = None
    left = window_left(channel, address, now)
    if left is not None and left < timedelta(0):  # only words that were approved; without any, another way
        short = f"{say.when(local)}, {where}"
        found = await templates.approved(session, templates.REMINDER, channel, person.language, [short])
        template, text = found or (None, text)
    message, _ = await put(
        session, conversation=conversation, address_id=address_id, channel=channel, author=Author.BOT, text=text,
        language=template.language if template else say.own, purpose="reminder", client_msg_id=f"reminder-{reminder.reminder_id}", template=template,
    )  # fmt: skip
    dialogue = Dialogue.from_json(conversation.dialogue).waiting_for(Asked.REMINDER, options=())
    conversation.dialogue = dialogue.to_json()
    await reminders.sent(session, reminder.reminder_id, message_id=message.id)
