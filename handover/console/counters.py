"""A counter: where it is, how one gets in, and for whom it is. The coordinator keeps those of the region."""

from collections.abc import Mapping
from dataclasses import asdict

from fastapi.responses import Response
from sqlalchemy import select

from data.tables import Counter, CounterKind, Region, Role
from data.translation import _
from dispatch import clock, counter_register
from dispatch.counter_register import Filled
from dispatch.near import TOO_FAR_KM
from dispatch.partner_register import Wrong
from handover import access, audit
from handover.console import sittings
from handover.console.desk import Desk, NotFound, Route
from handover.console.render import DAYS

HERE = "/console/beheer"
FIELDS = tuple(Filled.__dataclass_fields__)
SHOWN = 30  # changes


async def new(desk: Desk) -> Response:
    """/console/beheer/loket/nieuw"""
    return await _form(
        desk, None, {"active": "1", "languages": "nl", "region_id": desk.staff.region_id or ""}
    )


async def edit(desk: Desk) -> Response:
    """/console/beheer/loket/7"""
    counter = await _managed(desk)
    return await _form(desk, counter, _values(counter))


async def add(desk: Desk) -> Response:
    """A new place."""
    return await _save(desk, None)


async def save(desk: Desk) -> Response:
    """What changed of a counter."""
    return await _save(desk, await _managed(desk, lock=True))


def _values(counter: Counter) -> dict[str, str]:
    lists = {name: " ".join(getattr(counter, name)) for name in ("languages", "postcodes")}
    flags = {
        name: "1" if getattr(counter, name) else "" for name in ("wheelchair", "lift", "walk_in", "active")
    }
    texts = {name: str(getattr(counter, name) or "") for name in FIELDS if name not in lists | flags}
    return texts | lists | flags


async def _save(desk: Desk, counter: Counter | None) -> Response:
    values = {name: desk.text(name, 4_000) for name in (*FIELDS, "region_id")}
    filled = counter_register.read(values, kind=counter.kind if counter else CounterKind.PLACE)
    if isinstance(filled, Wrong):
        return await _form(desk, counter, values, wrong=filled)
    region_id = counter.region_id if counter else await _region(desk)
    kept = await counter_register.save(
        desk.session, counter, filled, region_id=region_id, staff_id=desk.staff.id
    )
    return desk.go(f"{HERE}/loket/{kept.id}")


async def _region(desk: Desk) -> str:
    """Of which region a new counter is: an admin chooses. Raises NotFound."""
    wanted = desk.text("region_id", 40) if desk.role == Role.ADMIN else desk.staff.region_id
    if not wanted or await desk.session.get(Region, wanted) is None:
        raise NotFound
    return wanted


async def _managed(desk: Desk, *, lock: bool = False) -> Counter:
    query = access.counters_of(desk.staff).where(Counter.id == desk.number("counter_id"))
    counter: Counter = await desk.one(query.with_for_update() if lock else query)
    return counter


async def _form(
    desk: Desk, counter: Counter | None, values: Mapping[str, str], *, wrong: Wrong | None = None
) -> Response:
    regions: dict[str, str] = {}
    if counter is None and desk.role == Role.ADMIN:
        rows = await desk.session.scalars(select(Region).order_by(Region.name))
        regions = {row.id: row.name for row in rows}
    return await desk.page(
        "counter.html", status=422 if wrong else 200, counter=counter, values=values, regions=regions,
        wrong=asdict(wrong) if wrong else None, usual_km=round(TOO_FAR_KM),
        changes=await audit.of_record(desk.session, counter_register.CHANGED, {"counter_id": counter.id}, limit=SHOWN) if counter else [],
        sittings=await sittings.of_counter(desk.session, counter, today=clock.day_of(desk.now)) if counter else [],
        colleagues=await sittings.may_sit(desk, counter) if counter else [], days=[_(one) for one in DAYS],
    )  # fmt: skip


ROUTES = (
    Route(method="GET", path="/beheer/loket/nieuw", handler=new, roles=access.MANAGES),
    Route(method="POST", path="/beheer/loket", handler=add, roles=access.MANAGES),
    Route(method="GET", path="/beheer/loket/{counter_id}", handler=edit, roles=access.MANAGES),
    Route(method="POST", path="/beheer/loket/{counter_id}", handler=save, roles=access.MANAGES),
)
