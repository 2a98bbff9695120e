"""The sittings of a counter: who sits there when, not in school holidays or on some day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi.responses import Response
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Counter, Schools, Sitting, SittingException, Staff
from data.translation import _
from dispatch import clock, sittings
from dispatch.partner_register import Wrong
from handover import access
from handover.console.desk import BadForm, Desk, Route
from handover.conversation import NotAllowed


@dataclass(frozen=True, kw_only=True)
class Row:
    """A sitting with whose it is, and the days to come on which it is not held."""

    sitting: Sitting
    name: str
    skipped: tuple[SittingException, ...]


async def of_counter(session: AsyncSession, counter: Counter, *, today: date) -> Sequence[Row]:
    """The sittings that are not over, in the order of the week."""
    found = await session.execute(
        select(Sitting, Staff.name)
        .join(Staff, Staff.id == Sitting.staff_id)
        .where(Sitting.counter_id == counter.id, or_(Sitting.valid_to.is_(None), Sitting.valid_to >= today))
        .order_by(Sitting.weekday, Sitting.starts, Staff.name)
    )
    rows = found.all()
    days = await session.scalars(
        select(SittingException)
        .where(
            SittingException.sitting_id.in_([row.id for row, _name in rows]), SittingException.day >= today
        )
        .order_by(SittingException.day)
    )
    skipped: dict[int, list[SittingException]] = {}
    for day in days:
        skipped.setdefault(day.sitting_id, []).append(day)
    return [Row(sitting=row, name=name, skipped=tuple(skipped.get(row.id, ()))) for row, name in rows]


async def may_sit(desk: Desk, counter: Counter) -> Sequence[Staff]:
    """Whoever helps clients in the region of the counter."""
    query = access.colleagues_of(desk.staff).where(Staff.region_id == counter.region_id)
    return (await desk.session.scalars(query.order_by(Staff.name))).all()


async def add(desk: Desk) -> Response:
    """A new sitting at a counter."""
    counter: Counter = await desk.one(
        access.counters_of(desk.staff).where(Counter.id == desk.number("counter_id")).with_for_update()
    )
    staff = next(
        (one for one in await may_sit(desk, counter) if one.id == desk.chosen_or_none("staff_id")), None
    )
    if staff is None:
        raise NotAllowed(_("Kies wie er zit."))
    names = ("weekday", "starts", "ends", "valid_from", "valid_to", "schools")
    filled = sittings.read({name: desk.text(name, 20) for name in names}, today=clock.day_of(desk.now))
    if isinstance(filled, Wrong):
        raise NotAllowed(filled.sentence)
    made = await sittings.add(desk.session, counter, staff, filled, by_id=desk.staff.id)
    return _back(desk, counter, made if isinstance(made, Wrong) else None)


async def change(desk: Desk) -> Response:
    """Until when, and whether in school holidays."""
    counter, sitting = await _sitting(desk)
    schools = desk.text("schools", 20) or None
    if schools is not None and schools not in set(Schools):
        raise BadForm
    last = _day(desk, "valid_to") if desk.form.get("valid_to") else None
    before = {"valid_to": sitting.valid_to or "", "schools": sitting.schools or ""}
    desk.unless_changed("{valid_to} {schools}".format_map(before))
    wrong = await sittings.change(
        desk.session, counter, sitting, valid_to=last, schools=schools, today=clock.day_of(desk.now),
        by_id=desk.staff.id,
    )  # fmt: skip
    after = {"valid_to": last or "", "schools": schools or ""}
    answer = _back(desk, counter, wrong)
    if after == before:
        return answer
    here = f"/console/beheer/zitdag/{sitting.id}"
    was = "{valid_to} {schools}".format_map(after)
    return desk.done(answer, _("De zitdag is veranderd."), here, was=was, **before)


async def skip(desk: Desk) -> Response:
    """Not on one day."""
    counter, sitting = await _sitting(desk)
    reason, day = desk.text("reason", 200) or None, _day(desk, "day")
    wrong = await sittings.skip(desk.session, counter, sitting, day, reason, by_id=desk.staff.id)
    said = _("De zitdag gaat die dag niet door.")
    return desk.done(
        _back(desk, counter, wrong), said, f"/console/beheer/zitdag/{sitting.id}/toch", day=day
    )  # fmt: skip


async def hold_after_all(desk: Desk) -> Response:
    """On that day after all."""
    counter, sitting = await _sitting(desk)
    day = _day(desk, "day")
    await sittings.hold_after_all(desk.session, counter, sitting, day, by_id=desk.staff.id)
    said = _("De zitdag gaat die dag toch door.")
    return desk.done(
        _back(desk, counter, None), said, f"/console/beheer/zitdag/{sitting.id}/niet", day=day
    )  # fmt: skip


async def _sitting(desk: Desk) -> tuple[Counter, Sitting]:
    mine = select(access.counters_of(desk.staff).subquery().c.id)
    wanted = Sitting.id == desk.number("sitting_id")
    sitting: Sitting = await desk.one(
        select(Sitting).where(wanted, Sitting.counter_id.in_(mine)).with_for_update()
    )
    return await desk.session.get_one(Counter, sitting.counter_id), sitting


def _day(desk: Desk, name: str) -> date:
    try:
        return date.fromisoformat(desk.text(name, 20))
    except ValueError:
        raise NotAllowed(_("Vul een dag in die bestaat.")) from None


def _back(desk: Desk, counter: Counter, wrong: Wrong | None) -> Response:
    if wrong is not None:
        raise NotAllowed(wrong.sentence)
    return desk.go(f"/console/beheer/loket/{counter.id}")


ROUTES = (
    Route(method="POST", path="/beheer/loket/{counter_id}/zitdag", handler=add, roles=access.MANAGES),
    Route(method="POST", path="/beheer/zitdag/{sitting_id}", handler=change, roles=access.MANAGES),
    Route(method="POST", path="/beheer/zitdag/{sitting_id}/niet", handler=skip, roles=access.MANAGES),
    Route(method="POST", path="/beheer/zitdag/{sitting_id}/toch", handler=hold_after_all, roles=access.MANAGES),
)  # fmt: skip
