"""Interpreters: booked along with a time when the person and the counsellor share no language.

An interpreter works at set hours, like an office, and is in one conversation at a time: an exclusion constraint sees to
that, as it does for counsellors and rooms.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Appointment, Interpreter
from data.translation import _
from dispatch import clock
from dispatch.calendar import Slot, takes_up

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")


class NotHours(ValueError):
    """The hours cannot be read; the sentence says what to do."""


async def exist(session: AsyncSession, language: str) -> bool:
    """Whether anybody interprets this language for us."""
    speaks = Interpreter.active, Interpreter.languages.contains([language])
    return bool(await session.scalar(select(Interpreter.id).where(*speaks).limit(1)))


async def understood(
    session: AsyncSession, slots: Sequence[Slot], language: str, *, now: datetime, besides: int | None = None
) -> list[Slot]:
    """Those of `slots` in which `language` is spoken: by the counsellor, or by an interpreter, who then is in the slot.

    `besides`: the appointment that would be moved there, whose interpreter is free for it.
    """
    without = [slot for slot in slots if language not in slot.languages]
    if not without:
        return list(slots)
    known = await session.scalars(
        select(Interpreter)
        .where(
            Interpreter.active, Interpreter.languages.contains([language]),
            Interpreter.region_id.in_({slot.counter.region_id for slot in without}),
        )
        .order_by(Interpreter.id)
    )  # fmt: skip
    interpreters = known.all()
    bounds = min(slot.starts_at for slot in without), max(slot.ends_at for slot in without)
    busy = (
        await _busy(session, [one.id for one in interpreters], *bounds, now, besides) if interpreters else {}
    )
    found = []
    for slot in slots:
        if language in slot.languages:
            found.append(slot)
            continue
        at = slot.counter.region_id, slot.starts_at, slot.ends_at
        can = (one for one in interpreters if _can(one, *at, busy.get(one.id, ())))
        interpreter = next(can, None)
        if interpreter is not None:
            found.append(replace(slot, interpreter=interpreter))
    return found


async def free(
    session: AsyncSession,
    region_id: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    besides: int | None = None,
) -> list[Interpreter]:
    """Who of a region works and is free from `starts_at` to `ends_at`, in order of their ids."""
    known = await session.scalars(
        select(Interpreter)
        .where(Interpreter.active, Interpreter.region_id == region_id)
        .order_by(Interpreter.id)
    )
    found = known.all()
    busy = await _busy(session, [one.id for one in found], starts_at, ends_at, now, besides)
    return [one for one in found if _can(one, region_id, starts_at, ends_at, busy.get(one.id, ()))]


async def along(
    session: AsyncSession, slot: Slot, language: str, *, now: datetime, besides: int | None = None
) -> Slot:
    """The slot with an interpreter, if one is needed and free; else as it is."""
    found = await understood(session, [slot], language, now=now, besides=besides)
    return found[0] if found else slot


def is_understood(slot: Slot, language: str) -> bool:
    return language in slot.languages or slot.interpreter is not None


def read_hours(fields: Mapping[str, str]) -> dict[str, Any]:
    """Hours as typed by day ("9:00-12:30, 13:00-17:00") in the form of an office's. Raises NotHours."""
    hours = {}
    for day in DAYS:
        blocks = []
        for block in filter(None, (part.strip() for part in fields.get(day, "").split(","))):
            try:
                starts, ends = (time.fromisoformat(f"{part.strip():0>5}") for part in block.split("-"))
            except ValueError:
                raise NotHours(
                    _(
                        "“{text}” zijn geen uren. Schrijf ze als 9:00-12:30, met een komma ertussen.",
                        text=block[:40],
                    )
                ) from None
            if starts >= ends:
                raise NotHours(_("“{text}” eindigt voor het begint.", text=block[:40]))
            blocks.append([f"{starts:%H:%M}", f"{ends:%H:%M}"])
        if blocks:
            hours[day] = blocks
    return hours


def _can(
    interpreter: Interpreter,
    region_id: str,
    starts_at: datetime,
    ends_at: datetime,
    busy: Sequence[tuple[datetime, datetime]],
) -> bool:
    day = clock.day_of(starts_at)
    if interpreter.region_id != region_id or day in interpreter.days_off:
        return False
    begins, ends = clock.wall(starts_at).time(), clock.wall(ends_at).time()
    works = any(
        time.fromisoformat(opens) <= begins and ends <= time.fromisoformat(closes)
        for opens, closes in interpreter.hours.get(DAYS[day.weekday()], ())
    )
    return works and not any(start < ends_at and end > starts_at for start, end in busy)


async def _busy(
    session: AsyncSession,
    ids: Sequence[int],
    start: datetime,
    end: datetime,
    now: datetime,
    besides: int | None,
) -> dict[int | None, list[tuple[datetime, datetime]]]:
    rows = await session.execute(
        select(Appointment.interpreter_id, Appointment.starts_at, Appointment.ends_at).where(
            Appointment.interpreter_id.in_(ids), Appointment.starts_at < end, Appointment.ends_at > start,
            takes_up(now), Appointment.id != (besides or 0),
        )
    )  # fmt: skip
    spans: dict[int | None, list[tuple[datetime, datetime]]] = defaultdict(list)
    for interpreter_id, begins, ends in rows:
        spans[interpreter_id].append((begins, ends))
    return spans
