"""How long each kind of conversation takes in a region, and which rooms a counter has."""

from fastapi.responses import Response
from sqlalchemy import select

from data import events
from data.tables import AppointmentKind, Counter, Region, Role
from data.translation import _
from dispatch import calendar
from handover import access
from handover.console.desk import BadForm, Desk, NotFound, Route
from handover.conversation import NotAllowed

HERE = "/console/beheer/gesprekken"
SHORTEST, LONGEST = 15, 240  # minutes; an appointment begins on the quarter
MOST_ROOMS = 30


async def show(desk: Desk) -> Response:
    """/console/beheer/gesprekken?regio=gent"""
    region = await _region(desk, desk.request.query_params.get("regio"))
    counters = await desk.session.scalars(
        select(Counter).where(Counter.region_id == region.id, Counter.active).order_by(Counter.name)
    )
    regions = await desk.session.scalars(select(Region).order_by(Region.name))
    return await desk.page(
        "lengths.html", region=region, minutes=await calendar.minutes_of(desk.session, region.id),
        counters=counters.all(), regions=regions.all() if desk.role == Role.ADMIN else [],
        shortest=SHORTEST, longest=LONGEST,
    )  # fmt: skip


async def save(desk: Desk) -> Response:
    """For appointments made from now on; what is agreed keeps its length."""
    region = await _region(desk, desk.form.get("region_id"))
    minutes = {}
    for kind in AppointmentKind:
        wanted = desk.chosen(kind.value)
        if not SHORTEST <= wanted <= LONGEST or wanted % 15:
            raise NotAllowed(
                _(
                    "Kies een veelvoud van 15 minuten, van {shortest} tot {longest}.",
                    shortest=SHORTEST,
                    longest=LONGEST,
                )
            )
        minutes[kind.value] = wanted
    region.minutes = minutes
    await events.record(
        desk.session, "region.minutes", region_id=region.id, staff_id=desk.staff.id, data=dict(minutes)
    )
    return desk.go(f"{HERE}?regio={region.id}")


async def rooms(desk: Desk) -> Response:
    """The rooms of a counter, one a line; none: there is room for whoever sits there."""
    counter: Counter = await desk.one(
        access.counters_of(desk.staff).where(Counter.id == desk.number("counter_id"))
    )
    names = dict.fromkeys(filter(None, (line.strip()[:60] for line in desk.text("rooms", 2_000).split("\n"))))
    if len(names) > MOST_ROOMS:
        raise NotAllowed(_("Meer dan {count} lokalen kan niet.", count=MOST_ROOMS))
    counter.rooms = list(names)
    await events.record(
        desk.session, "counter.rooms", region_id=counter.region_id, staff_id=desk.staff.id,
        data={"counter_id": counter.id, "rooms": len(names)},
    )  # fmt: skip
    return desk.go(f"{HERE}?regio={counter.region_id}")


async def _region(desk: Desk, wanted: str | None) -> Region:
    """One's own; an admin: the one that was asked for, or the first. Raises NotFound."""
    if desk.role == Role.ADMIN:
        query = select(Region).order_by(Region.name).limit(1)
        found = await desk.session.scalar(query.where(Region.id == wanted) if wanted else query)
    elif desk.staff.region_id is None:
        raise BadForm
    else:
        found = await desk.session.get(Region, desk.staff.region_id)
    if found is None or (wanted and wanted != found.id):
        raise NotFound
    return found


ROUTES = (
    Route(method="GET", path="/beheer/gesprekken", handler=show, roles=access.MANAGES),
    Route(method="POST", path="/beheer/gesprekken", handler=save, roles=access.MANAGES),
    Route(method="POST", path="/beheer/loket/{counter_id}/lokalen", handler=rooms, roles=access.MANAGES),
)
