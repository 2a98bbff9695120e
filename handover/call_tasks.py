"""Calls that one of ours has to make: asked for, tried, tried once more, and settled.

    ask ─► open ─ reached, voicemail left ─► done
             │ ─ wrong number ─► failed
             └ ─ not reached ─► open, due later ─ not reached again ─► failed (an SMS is offered)

A person has at most one open task; who asks again gets the same one, with the earlier promise kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import (
    Address,
    AddressLink,
    CallOutcome,
    CallSource,
    CallState,
    CallTask,
    ContactWay,
    Conversation,
    Holder,
    Life,
    Person,
    Region,
    Staff,
    Trajectory,
)
from data.translation import _
from dispatch.clock import ZONE
from handover import access, conversation, microcontacts, presence, promise
from handover.conversation import NotAllowed, Step
from handover.put_back import MEANWHILE

TRY_AGAIN_AFTER = timedelta(hours=2)
ATTEMPTS = 2
ABOUT_LIMIT = 600  # characters
CALLABLE = ("tel", "sms", "whatsapp")
ENDS = {
    CallOutcome.REACHED: CallState.DONE,
    CallOutcome.VOICEMAIL: CallState.DONE,
    CallOutcome.WRONG_NUMBER: CallState.FAILED,
}
COUNTS = frozenset({CallOutcome.REACHED, CallOutcome.VOICEMAIL})  # as a micro-contact: they heard us
IN_VAIN = {
    "nl": "Dag, hier de leerwinkel. We probeerden je te bellen, maar dat lukte niet. Wanneer past het? Je mag hier antwoorden.",
    "fr": "Bonjour, ici le leerwinkel. Nous avons essayé de t'appeler, sans succès. Quand cela te convient-il ? Tu peux répondre ici.",
    "en": "Hello, this is the leerwinkel. We tried to call you, without success. When does it suit you? You can answer here.",
    "tr": "Merhaba, burası leerwinkel. Seni aramaya çalıştık ama olmadı. Ne zaman uygun? Buraya yazabilirsin.",
    "ar": "مرحباً، هنا leerwinkel. حاولنا الاتصال بك ولم ننجح. متى يناسبك؟ يمكنك أن تجيب هنا.",
    "uk": "Вітаємо, це leerwinkel. Ми намагалися вам зателефонувати, але не вдалося. Коли вам зручно? Можна відповісти тут.",
    "pl": "Dzień dobry, tu leerwinkel. Nie udało nam się dodzwonić. Kiedy ci pasuje? Możesz odpowiedzieć tutaj.",
    "es": "Hola, somos la leerwinkel. Intentamos llamarte, pero no pudimos. ¿Cuándo te viene bien? Puedes responder aquí.",
}  # the last five not yet read by a native speaker


async def ask(
    session: AsyncSession,
    person_id: int,
    *,
    reason: str,
    now: datetime,
    key: str | None = None,
    address_id: int | None = None,
    conversation_id: int | None = None,
    about: str | None = None,
    language: str | None = None,
    promised_at: datetime | None = None,
    due_at: datetime | None = None,
    staff_id: int | None = None,
    by_id: int | None = None,
) -> CallTask:
    """Ask that somebody calls this person; the open task when there is one already.

    `key` names what asks (a phone call, a message): the same key never asks twice, also when that task has ended.
    Without `promised_at` the promise is made from presence and office hours. `by_id` is who of ours asked.
    `conversation_id` says whose it is. No lock is taken on person or conversation, nor pointed at what a turn locks:
    a call may be asked for while a turn of theirs is at work.
    """
    if key is not None and (known := await of_source(session, key)) is not None:
        return known
    task, kind = await _open(session, person_id), "call.asked_again"
    if task is None:
        person = await session.get_one(Person, person_id)
        trajectory = await session.scalar(
            select(Trajectory).where(Trajectory.person_id == person_id, Trajectory.closed_at.is_(None))
        )
        talk = await session.get(Conversation, conversation_id) if conversation_id else None
        region_id = (talk.region_id if talk else None) or person.region_id
        if trajectory is not None:
            region_id, staff_id = trajectory.region_id, staff_id or trajectory.staff_id
        elif talk is not None and talk.holder == Holder.STAFF:
            staff_id = staff_id or talk.staff_id
        values = {
            "person_id": person_id, "address_id": address_id,
            "region_id": region_id, "staff_id": staff_id, "reason": reason,
            "about": (about or "")[:ABOUT_LIMIT] or None, "language": language or person.language,
            "due_at": due_at or now, "created_at": now,
            "promised_at": promised_at or (await presence.promise_for(session, region_id, now=now)).at,
        }  # fmt: skip
        made = insert(CallTask).values(values).on_conflict_do_nothing().returning(CallTask)
        task, kind = await session.scalar(made), "call.asked"
    if task is None:  # somebody else asked at the same moment
        task, kind = await _open(session, person_id), "call.asked_again"
    if task is None:  # and the call was made at once: then ours is one more
        return await ask(
            session, person_id, reason=reason, now=now, key=key, address_id=address_id,
            conversation_id=conversation_id, about=about, language=language, promised_at=promised_at,
            due_at=due_at, staff_id=staff_id, by_id=by_id,
        )  # fmt: skip
    if kind == "call.asked_again":
        _ask_again(task, reason, address_id, about, promised_at, due_at or now)
        await session.flush()
    if key is not None:
        source = insert(CallSource).values(key=key, call_task_id=task.id)
        await session.execute(source.on_conflict_do_nothing())
    await _tell(session, kind, task, by_id=by_id, reason=reason)
    return task


async def _open(session: AsyncSession, person_id: int) -> CallTask | None:
    return await session.scalar(
        select(CallTask)
        .where(CallTask.person_id == person_id, CallTask.state == CallState.OPEN)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _ask_again(
    task: CallTask,
    reason: str,
    address_id: int | None,
    about: str | None,
    promised_at: datetime | None,
    due_at: datetime,
) -> None:
    """The newest number and reason count; what was promised stays promised, and nobody is called later for asking twice."""
    task.reason = reason if task.reason != CRISIS else task.reason
    task.address_id = address_id or task.address_id
    task.due_at = min(task.due_at, due_at)
    task.promised_at = min(filter(None, (task.promised_at, promised_at)), default=None)
    if about and about not in (task.about or ""):
        task.about = f"{task.about}\n{about}"[:ABOUT_LIMIT] if task.about else about[:ABOUT_LIMIT]


CRISIS = "crisis"


async def of_source(session: AsyncSession, key: str) -> CallTask | None:
    """The task that `key` asked for, whatever became of it."""
    return await session.scalar(
        select(CallTask).join(CallSource, CallSource.call_task_id == CallTask.id).where(CallSource.key == key)
    )


async def log(
    session: AsyncSession,
    task_id: int,
    outcome: CallOutcome,
    *,
    by_id: int,
    now: datetime,
    minutes: int = 0,
    note: str | None = None,
) -> CallTask:
    """What became of the call. Raises NotAllowed when the task has ended already.

    A call that reached somebody counts as a micro-contact, and takes over a conversation that nobody of ours holds.
    """
    task = await _locked(session, task_id)
    task.attempts += 1
    task.outcome, task.by_id = outcome, by_id
    if outcome is CallOutcome.NOT_REACHED and task.attempts < ATTEMPTS:
        region = await session.get(Region, task.region_id) if task.region_id else None
        task.due_at = next_try(now, region.office_hours if region else None)
        task.promised_at = None
    else:
        task.state, task.ended_at = ENDS.get(outcome, CallState.FAILED), now
    await session.flush()
    if outcome in COUNTS:
        await microcontacts.log(
            session, task.person_id, way=ContactWay.CALL, direction="out", channel="phone", staff_id=by_id,
            at=now, minutes=minutes, purpose=note, outcome=outcome.value, region_id=task.region_id,
        )  # fmt: skip
    if outcome is CallOutcome.REACHED:
        await _take_over(session, task.person_id, (Holder.QUEUE, Holder.BOT), by_id, now)
    await _tell(session, "call.logged", task, by_id=by_id, outcome=outcome.value, attempt=task.attempts)
    return task


async def cancel(session: AsyncSession, task_id: int, *, by_id: int | None, now: datetime) -> CallTask:
    """The call is no longer needed. Raises NotAllowed when the task has ended already."""
    task = await _locked(session, task_id)
    task.state, task.ended_at = CallState.CANCELLED, now
    await session.flush()
    await _tell(session, "call.cancelled", task, by_id=by_id)
    return task


async def call_after_all(session: AsyncSession, task_id: int, *, by_id: int) -> CallTask:
    """A call that somebody called off is to be made after all. Raises NotAllowed when there is another by now."""
    person_id = await session.scalar(select(CallTask.person_id).where(CallTask.id == task_id))
    if person_id is not None:
        await conversation.lock_person(session, person_id)
    task = await session.get(CallTask, task_id, with_for_update=True, populate_existing=True)
    if task is None or task.state != CallState.CANCELLED or await _open(session, task.person_id) is not None:
        raise NotAllowed(_(MEANWHILE))
    task.state, task.ended_at = CallState.OPEN, None
    await session.flush()
    await _tell(session, "call.asked_again", task, by_id=by_id)
    return task


async def reached(session: AsyncSession, person_id: int, *, by_id: int, now: datetime) -> bool:
    """They were spoken to in another way (they rang, or came by): an open task is done, and nobody waits in the queue.

    A conversation of the bot stays with the bot: what was said at the counter need not be about that. Returns whether
    a call was ticked off.
    """
    await conversation.lock_person(session, person_id)
    await _take_over(session, person_id, (Holder.QUEUE,), by_id, now)
    task = await _open(session, person_id)
    if task is not None:
        task.state, task.ended_at, task.outcome, task.by_id = CallState.DONE, now, CallOutcome.REACHED, by_id
        await session.flush()
        await _tell(session, "call.logged", task, by_id=by_id, outcome=CallOutcome.REACHED.value)
    return task is not None


def next_try(now: datetime, hours: promise.Hours | None) -> datetime:
    """Two hours later when the region works then, else at its next opening."""
    wanted = (now + TRY_AGAIN_AFTER).astimezone(ZONE)
    hours = hours if hours and any(hours.values()) else promise.OFFICE_HOURS
    for offset in range(30):
        for opens, closes in promise.opening_hours(wanted.date() + timedelta(days=offset), hours):
            if wanted < closes:
                return max(wanted, opens)
    return wanted + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A task with what one needs to make the call; `number` is None when the number is hidden or unknown."""

    task: CallTask
    person: Person
    number: str | None
    whose: str | None


async def due(session: AsyncSession, staff: Staff, *, now: datetime, limit: int = 40) -> Sequence[Call]:
    """The calls that `staff` may make now, what was promised first."""
    query = (
        select(CallTask, Person, _number(), Staff.name)
        .join(Person, Person.id == CallTask.person_id)
        .outerjoin(Staff, Staff.id == CallTask.staff_id)
        .where(access.may_see_call(staff), CallTask.state == CallState.OPEN, CallTask.due_at <= now)
        .order_by((CallTask.reason == CRISIS).desc(), CallTask.promised_at.asc().nulls_last(), CallTask.id)
        .limit(limit)
    )
    return [
        Call(task=task, person=person, number=number, whose=name)
        for task, person, number, name in await session.execute(query)
    ]


async def of_person(session: AsyncSession, person_id: int) -> Sequence[Call]:
    """Every call task of a person, oldest first; the name is of who called last."""
    query = (
        select(CallTask, Person, _number(), Staff.name)
        .join(Person, Person.id == CallTask.person_id)
        .outerjoin(Staff, Staff.id == CallTask.by_id)
        .where(CallTask.person_id == person_id)
        .order_by(CallTask.id)
    )
    return [
        Call(task=task, person=person, number=number, whose=name)
        for task, person, number, name in await session.execute(query)
    ]


async def number_of(session: AsyncSession, task: CallTask) -> str | None:
    """The number to call, in E.164: the one asked for, else any phone number of the person."""
    found: str | None = await session.scalar(select(_number()).where(CallTask.id == task.id))
    return found


def _number() -> ColumnElement[str | None]:
    """The number of a row of CallTask."""
    ways = select(Address.path).where(Address.path.startswith("+"), Address.scheme.in_(CALLABLE))
    linked = ways.join(AddressLink, AddressLink.address_id == Address.id).where(
        AddressLink.person_id == CallTask.person_id, AddressLink.ended_at.is_(None)
    )
    newest = linked.order_by((Address.scheme == "tel").desc(), Address.id.desc()).limit(1)
    asked_for = ways.where(Address.id == CallTask.address_id)
    return func.coalesce(
        asked_for.correlate(CallTask).scalar_subquery(), newest.correlate(CallTask).scalar_subquery()
    )


async def count_due(session: AsyncSession, staff: Staff, *, now: datetime) -> int:
    """How many calls `staff` may make now."""
    query = (
        select(func.count())
        .select_from(CallTask)
        .where(access.may_see_call(staff), CallTask.state == CallState.OPEN, CallTask.due_at <= now)
    )
    return await session.scalar(query) or 0


async def _locked(session: AsyncSession, task_id: int) -> CallTask:
    person_id = await session.scalar(select(CallTask.person_id).where(CallTask.id == task_id))
    if person_id is not None:
        await conversation.lock_person(session, person_id)
    task = await session.get(CallTask, task_id, with_for_update=True, populate_existing=True)
    if task is None or task.state != CallState.OPEN:
        raise NotAllowed(_("Deze oproep is al afgehandeld."))
    return task


async def _take_over(
    session: AsyncSession, person_id: int, holders: tuple[Holder, ...], by_id: int, now: datetime
) -> None:
    """Who was spoken to has been answered: a conversation of `holders`, or of the one who spoke, waits no longer."""
    talk = await session.scalar(
        select(Conversation)
        .where(
            Conversation.person_id == person_id,
            Conversation.life == Life.OPEN,
            or_(Conversation.holder.in_(holders), Conversation.staff_id == by_id),
        )
        .with_for_update()
    )
    if talk is not None:
        await conversation.move(session, talk, Step.STAFF_WROTE, staff_id=by_id, now=now)


async def _tell(
    session: AsyncSession, kind: str, task: CallTask, *, by_id: int | None, **more: object
) -> None:
    await events.record(
        session, kind, person_id=task.person_id, region_id=task.region_id, staff_id=by_id, data={"call_task_id": task.id, **more},
    )  # fmt: skip
