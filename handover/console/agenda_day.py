"""One day by counsellor: what is booked, what is free; booking a client, moving by form or drag, and who walks in."""

from collections import defaultdict
from datetime import date, timedelta

from fastapi.responses import Response
from sqlalchemy import select

from data.tables import Appointment, AppointmentKind, ChangeKind, Counter, Person, Role, Staff
from data.translation import N_, _
from dispatch import booking, calendar, clock, interpreters
from dispatch.booking import Refused, Taken
from dispatch.calendar import DURATION, Slot, SlotKey
from handover import absences, access, calendar_push
from handover.console.absences import moment
from handover.console.agenda import Item, in_hand, info_sessions_between
from handover.console.clients import clients
from handover.console.desk import BadForm, Desk, Route
from handover.conversation import NotAllowed, lock_person

HIDDEN = ("held", "expired", "moved", "cancelled")
AHEAD = 28  # days in which the first free one is looked for
FAR = timedelta(days=3660)
NOT_FREE = N_("Dat moment is niet vrij. Kies een ander moment.")


async def show(desk: Desk) -> Response:
    """/console/agenda/dag?dag=2026-11-24&client=5, or &verplaats=7: then the free times are for that."""
    asked = desk.request.query_params
    today = clock.day_of(desk.now)
    day = min(max(_day(asked.get("dag"), today), today - FAR), today + FAR)
    moving, client = await in_hand(desk)
    kind = moving.kind if moving is not None else asked.get("soort", AppointmentKind.MEDIATION)
    if kind not in DURATION:
        kind = AppointmentKind.MEDIATION
    by_staff = await _appointments(desk, day)
    free = await _free(desk, day, kind)
    next_free = None
    if not free and (moving is not None or client is not None):
        coming = await _free(desk, max(day, today), kind, days=AHEAD)
        next_free = coming[0].day if coming else None
    needs = moving.language if moving is not None else client.language if client is not None else None
    if needs is not None:
        known = {
            slot: slot for slot in await interpreters.understood(desk.session, free, needs, now=desk.now)
        }
        free = [known.get(slot, slot) for slot in free]
    for slot in free:
        by_staff[slot.staff_id, slot.staff_name].append(
            Item(slot.starts_at, slot.counter.name, slot.staff_name, slot=slot)
        )
    people = await clients(desk, mine=False)
    return await desk.page(
        "agenda_day.html", day=day, today=today, before=day - timedelta(days=1), after=day + timedelta(days=1),
        columns={name: sorted(items, key=lambda item: item.starts_at) for (_, name), items in sorted(by_staff.items(), key=lambda pair: pair[0][1])},
        next_free=next_free, moving=moving, client=client, kind=kind, kinds=tuple(DURATION), needs=needs, people=[row.person for row in people],
        counters=(await desk.session.scalars(access.counters_of(desk.staff).where(Counter.active).order_by(Counter.name))).all(),
        colleagues=await _colleagues(desk), account=await calendar_push.of(desk.session, desk.staff.id),
    )  # fmt: skip


async def move(desk: Desk) -> Response:
    """To another free time (`key`), or to an hour with the same counsellor at the same place; the client is told."""
    row: Appointment = await desk.one(
        access.appointments_of(desk.staff).where(Appointment.id == desk.number("appointment_id"))
    )
    await lock_person(desk.session, row.person_id)
    if desk.form.get("key"):
        key = _key(desk)
    else:
        begins = moment(desk.form.get("starts_at", ""))
        if begins is None:
            raise NotAllowed(_("Kies een dag en een uur."))
        key = SlotKey(counter_id=row.counter_id, staff_id=row.staff_id, starts_at=begins)
    if row.session_id is not None:
        raise NotAllowed(
            _("Een plaats in een infosessie verplaats je niet. Zeg ze af, en neem een plaats in een andere.")
        )
    slot = await calendar.slot_at(desk.session, key, row.kind, now=desk.now, besides=row.id)
    await _may_use(desk, key)
    if slot is None:
        raise NotAllowed(_(NOT_FREE))
    slot = await interpreters.along(desk.session, slot, row.language, now=desk.now, besides=row.id)
    moved = await booking.move(desk.session, row.id, slot, now=desk.now, by=desk.staff.id)
    if isinstance(moved, Taken):
        raise NotAllowed(_(NOT_FREE))
    if isinstance(moved, Refused):
        raise NotAllowed(_("Deze afspraak is al begonnen of afgezegd."))
    await absences.change_told(desk.session, moved, ChangeKind.MOVED, by_id=desk.staff.id, now=desk.now)
    return desk.go(_day_of(moved))


async def book(desk: Desk) -> Response:
    """A client in a free time; they are told."""
    person = await desk.person()
    kind, key = _kind(desk), _key(desk)
    await _may_use(desk, key)
    await lock_person(desk.session, person.id)
    slot = await calendar.slot_at(desk.session, key, kind, now=desk.now)
    if slot is None:
        raise NotAllowed(_(NOT_FREE))
    made = await _booked(desk, slot, person)
    if made is None:
        raise NotAllowed(_(NOT_FREE))
    await absences.change_told(desk.session, made, ChangeKind.BOOKED, by_id=desk.staff.id, now=desk.now)
    return desk.go(_day_of(made))


async def walk_in(desk: Desk) -> Response:
    """Somebody who is here now, known or new: a conversation of half an hour on the same calendar."""
    counter: Counter = await desk.one(
        access.counters_of(desk.staff).where(Counter.id == desk.chosen("counter_id"), Counter.active)
    )
    staff = next((one for one in await _colleagues(desk) if one.id == desk.chosen("staff_id")), None)
    if staff is None:
        raise BadForm
    chosen = desk.chosen_or_none("client_id")
    if chosen is not None:
        person: Person = await desk.one(access.persons_of(desk.staff).where(Person.id == chosen))
        await lock_person(desk.session, person.id)
    else:
        person = Person(name=desk.text("name", 200) or None, language="nl", region_id=counter.region_id)
        desk.session.add(person)
        await desk.session.flush()
    begins = desk.now.replace(second=0, microsecond=0)
    minutes = await calendar.minutes_of(desk.session, counter.region_id)
    slot = Slot(
        counter_id=counter.id, staff_id=staff.id, starts_at=begins,
        ends_at=begins + timedelta(minutes=minutes[AppointmentKind.INFORMATION]), kind=AppointmentKind.INFORMATION,
        counter=counter, staff_name=staff.name, languages=tuple(staff.languages),
    )  # fmt: skip
    made = await _booked(desk, slot, person)
    if made is None:
        raise NotAllowed(
            _(
                "{name} heeft binnen het half uur een afspraak. Kies een collega, of geef een ander moment.",
                name=staff.name,
            )
        )
    return desk.go(_day_of(made))


async def _booked(desk: Desk, slot: Slot, person: Person) -> Appointment | None:
    slot = await interpreters.along(desk.session, slot, person.language, now=desk.now)
    held = await booking.hold(
        desk.session, slot, person.id, now=desk.now, language=person.language, created_by=desk.staff.id
    )
    if isinstance(held, Taken):
        return None
    made = await booking.confirm(desk.session, held.id, now=desk.now, by=desk.staff.id)
    return None if isinstance(made, Refused) else made


async def _appointments(desk: Desk, day: date) -> dict[tuple[int, str], list[Item]]:
    start, end = clock.day_bounds(day, day)
    found = await desk.session.execute(
        select(Appointment, Person, Counter.name, Staff.name)
        .join(Person, Person.id == Appointment.person_id)
        .join(Counter, Counter.id == Appointment.counter_id)
        .join(Staff, Staff.id == Appointment.staff_id)
        .where(
            access.may_see_appointment(desk.staff),
            Appointment.starts_at >= start,
            Appointment.starts_at < end,
            Appointment.status.not_in(HIDDEN),
            Appointment.session_id.is_(None),
        )
    )
    by_staff: dict[tuple[int, str], list[Item]] = defaultdict(list)
    for row, person, counter, name in found.all():
        by_staff[row.staff_id, name].append(
            Item(row.starts_at, counter, name, appointment=row, person=person)
        )
    for talk, counter, name in await info_sessions_between(desk, start, end):
        by_staff[talk.staff_id, name].append(Item(talk.starts_at, counter, name, talk=talk))
    return by_staff


async def _free(desk: Desk, day: date, kind: str, *, days: int = 0) -> list[Slot]:
    """Free times that one may book: one's own; a dispatcher or coordinator: those of the region."""
    start, end = clock.day_bounds(day, day + timedelta(days=days))
    if end <= desk.now or desk.staff.region_id is None:
        return []
    own = desk.staff.id if desk.role == Role.COUNSELLOR else None
    return await calendar.free_slots(
        desk.session, kind=kind, start=max(start, desk.now), end=end, region_id=desk.staff.region_id,
        staff_id=own, now=desk.now,
    )  # fmt: skip


async def _may_use(desk: Desk, key: SlotKey) -> None:
    """Raises NotFound for a counter or a colleague outside one's reach."""
    await desk.one(access.counters_of(desk.staff).where(Counter.id == key.counter_id))
    await desk.one(access.colleagues_of(desk.staff).where(Staff.id == key.staff_id))


async def _colleagues(desk: Desk) -> list[Staff]:
    if desk.role == Role.COUNSELLOR:
        return [desk.staff]
    return list(await desk.session.scalars(access.colleagues_of(desk.staff).order_by(Staff.name)))


def _key(desk: Desk) -> SlotKey:
    try:
        return SlotKey.parse(desk.form.get("key", ""))
    except ValueError:
        raise BadForm from None


def _kind(desk: Desk) -> str:
    kind = desk.form.get("kind", AppointmentKind.MEDIATION)
    if kind not in DURATION:
        raise BadForm
    return kind


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


def _day_of(row: Appointment) -> str:
    return f"/console/agenda/dag?dag={clock.day_of(row.starts_at)}"


ROUTES = (
    Route(method="GET", path="/agenda/dag", handler=show),
    Route(method="POST", path="/client/{person_id}/afspraak", handler=book),
    Route(method="POST", path="/agenda/nu", handler=walk_in),
    Route(method="POST", path="/afspraak/{appointment_id}/verplaats", handler=move),
)
