"""The client's own appointment: see it, move it, cancel it, put it in a calendar. The address is the key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendars
from bot.pages import own_chat, visitor
from bot.pages.errors import error_page
from bot.pages.render import LANGUAGES, Texts, page_language, render, texts
from data.db import Database
from data.tables.people import Person
from data.tables.service import Appointment, AppointmentStatus, Counter, CounterKind, Region, Staff
from dispatch import booking, clock, interpreters
from dispatch.booking import Refused, Taken
from dispatch.calendar import Slot, SlotKey, free_slots, slot_at

AHEAD = timedelta(weeks=6)
NOT_BEFORE = timedelta(hours=2)  # nobody is sent out of the door at once
OFFERED_DAYS = 8
OFFERED_A_DAY = 6
LIVE = frozenset({AppointmentStatus.HELD, AppointmentStatus.CONFIRMED})

router = APIRouter(include_in_schema=False, prefix="/a")


@dataclass(frozen=True, kw_only=True)
class Booked:
    """An appointment with where and with whom."""

    appointment: Appointment
    counter: Counter
    staff_name: str
    region: Region

    @property
    def language(self) -> str:
        """The language in which it was made."""
        language = self.appointment.language
        return language if language in LANGUAGES else LANGUAGES[0]

    @property
    def place(self) -> str:
        """In one line: "bib Aalst, Kerkstraat 4, 9300 Aalst"."""
        counter = self.counter
        town = " ".join(part for part in (counter.postcode, counter.municipality) if part)
        return ", ".join(part for part in (counter.name, counter.street, town) if part)

    @property
    def remote(self) -> bool:
        return self.counter.kind != CounterKind.PLACE

    def changeable(self, now: datetime) -> bool:
        """Whether it can still be moved or cancelled."""
        return self.appointment.status in LIVE and self.appointment.starts_at > now

    def movable(self, now: datetime) -> bool:
        """A seat in an info session is given back, and another one taken."""
        return self.changeable(now) and self.appointment.session_id is None


@router.get("/{token}.ics")
async def calendar_file(request: Request, token: str) -> Response:
    """The appointment for a calendar; a cancelled one takes itself out again."""
    async with _database(request).transaction() as session:
        booked = await _booked(session, token)
        if booked is None:
            return error_page(request, 404)
        file = await calendars.file_of(session, booked.appointment, address=_address(request, token))
    return Response(
        file,
        media_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="leerlijn.ics"',
            "Cache-Control": "no-store",
        },
    )


@router.get("/{token}")
async def show(request: Request, token: str, done: str = "") -> Response:
    """When, where, with whom, and what one can do."""
    async with _database(request).transaction() as session:
        booked = await _booked(session, token)
        if booked is None:
            return error_page(request, 404)
        other = await own_chat.chat_of_another(session, request, booked.appointment)
    done = done if done in {"moved", "cancelled", "confirmed", "linked"} else ""
    return _page(request, booked, done=done, other_chat=other is not None)


@router.get("/{token}/verplaats")
async def choose(request: Request, token: str) -> Response:
    """Other free times: with the same counsellor or at the same place first, then elsewhere in the region."""
    now = datetime.now(UTC)
    async with _database(request).transaction() as session:
        booked = await _booked(session, token)
        if booked is None:
            return error_page(request, 404)
        days = await _times(session, booked, now) if booked.movable(now) else []
    return _choices(request, booked, days)


@router.post("/{token}/verplaats")
async def move(request: Request, token: str, slot: Annotated[str, Form(max_length=80)] = "") -> Response:
    """Exchange it for another time, at once or not at all."""
    if not visitor.same_origin(request):
        return error_page(request, 403)
    now = datetime.now(UTC)
    async with _database(request).transaction() as session:
        booked = await _booked(session, token, lock=True)
        if booked is None:
            return error_page(request, 404)
        appointment = booked.appointment
        try:
            key = SlotKey.parse(slot) if booked.movable(now) else None
        except ValueError:
            key = None
        wanted = (
            await slot_at(session, key, appointment.kind, now=now, besides=appointment.id) if key else None
        )
        moved = await _move(session, appointment, wanted, now) if wanted else None
        if moved is None or isinstance(moved, Taken):
            days = await _times(session, booked, now) if booked.movable(now) else []
            return _choices(request, booked, days, gone=True)
        if isinstance(moved, Refused):
            return _page(request, booked, refused=True)
        address = f"/a/{moved.token}?done=moved"
    return RedirectResponse(address, status_code=303)


@router.get("/{token}/annuleer")
async def ask_cancel(request: Request, token: str) -> Response:
    """Are you sure?"""
    async with _database(request).transaction() as session:
        booked = await _booked(session, token)
    if booked is None:
        return error_page(request, 404)
    if not booked.changeable(datetime.now(UTC)):
        return _page(request, booked)
    return _render(request, "appointment-cancel.html", booked)


@router.post("/{token}/annuleer")
async def cancel(request: Request, token: str) -> Response:
    """Give the time back."""
    if not visitor.same_origin(request):
        return error_page(request, 403)
    async with _database(request).transaction() as session:
        booked = await _booked(session, token, lock=True)
        if booked is None:
            return error_page(request, 404)
        cancelled = await booking.cancel(session, booked.appointment.id, now=datetime.now(UTC))
        if isinstance(cancelled, Refused):
            return _page(request, booked, refused=True)
    return RedirectResponse(f"/a/{token}?done=cancelled", status_code=303)


async def _booked(session: AsyncSession, token: str, *, lock: bool = False) -> Booked | None:
    """The appointment with this token; `lock` first locks its person, as every writer does."""
    appointment = await booking.by_token(session, token)
    if appointment is not None and lock:
        await session.get(Person, appointment.person_id, with_for_update={"key_share": True})
        appointment = await booking.by_token(session, token)
    if appointment is None:
        return None
    staff = await session.get_one(Staff, appointment.staff_id)
    return Booked(
        appointment=appointment,
        counter=await session.get_one(Counter, appointment.counter_id),
        staff_name=staff.name,
        region=await session.get_one(Region, appointment.region_id),
    )


async def _move(
    session: AsyncSession, appointment: Appointment, wanted: Slot, now: datetime
) -> Appointment | Taken | Refused:
    if appointment.status == AppointmentStatus.HELD:
        confirmed = await booking.confirm(session, appointment.id, now=now)
        if isinstance(confirmed, Refused):
            return confirmed
    person = await session.get_one(Person, appointment.person_id)
    slot = await interpreters.along(session, wanted, person.language, now=now, besides=appointment.id)
    return await booking.move(session, appointment.id, slot, now=now)


async def _times(session: AsyncSession, booked: Booked, now: datetime) -> list[tuple[datetime, list[Slot]]]:
    """Free times by day, the same counter first; a few days, a few times a day."""
    appointment = booked.appointment
    slots = await free_slots(
        session,
        kind=appointment.kind,
        start=now + NOT_BEFORE,
        end=now + AHEAD,
        region_id=appointment.region_id,
        now=now,
    )
    slots = [slot for slot in slots if slot.key != _key(appointment)]
    person = await session.get_one(Person, appointment.person_id)
    slots = (
        await interpreters.understood(session, slots, person.language, now=now, besides=appointment.id)
        or slots
    )
    here = [slot for slot in slots if slot.counter_id == appointment.counter_id]
    known = [slot for slot in slots if slot.staff_id == appointment.staff_id]
    return _by_day(here or known or slots)


def _by_day(slots: Sequence[Slot]) -> list[tuple[datetime, list[Slot]]]:
    days = groupby(slots, key=lambda slot: clock.day_of(slot.starts_at))
    found = [list(of_day)[:OFFERED_A_DAY] for _, of_day in days]
    return [(of_day[0].starts_at, of_day) for of_day in found[:OFFERED_DAYS]]


def _key(appointment: Appointment) -> SlotKey:
    return SlotKey(
        counter_id=appointment.counter_id,
        staff_id=appointment.staff_id,
        starts_at=appointment.starts_at.astimezone(UTC),
    )


def _page(
    request: Request, booked: Booked, *, done: str = "", refused: bool = False, other_chat: bool = False
) -> Response:
    status = 409 if refused else 200
    return _render(
        request, "appointment.html", booked, status=status, done=done, refused=refused, other_chat=other_chat
    )


def _choices(
    request: Request, booked: Booked, days: Sequence[tuple[datetime, Sequence[Slot]]], *, gone: bool = False
) -> Response:
    return _render(
        request, "appointment-move.html", booked, status=409 if gone else 200, days=days, gone=gone
    )


def _render(
    request: Request, template: str, booked: Booked, *, status: int = 200, **values: object
) -> Response:
    language = page_language(request) if "lang" in request.query_params else booked.language
    now = datetime.now(UTC)
    return render(
        request,
        template,
        language=language,
        status=status,
        private=True,
        booked=booked,
        appointment=booked.appointment,
        when=when(booked.appointment.starts_at, texts(language)),
        minutes=int((booked.appointment.ends_at - booked.appointment.starts_at).total_seconds() // 60),
        changeable=booked.changeable(now),
        past=booked.appointment.starts_at <= now,
        address=f"/a/{booked.appointment.token}",
        **values,
    )


def when(moment: datetime, words: Texts) -> str:
    """Day and hour as one says them: "donderdag 27 november om 14:00"."""
    said: str = words["appointment_when"].format(
        day=words.day(moment), time=moment.astimezone(clock.ZONE).strftime("%H:%M")
    )
    return said


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _address(request: Request, token: str) -> str:
    return f"{str(request.base_url).rstrip('/')}/a/{token}"
