"""When a region works, when it writes nobody, and what it asks. The coordinator keeps that of the own region."""

from collections.abc import Mapping
from dataclasses import asdict

from fastapi.responses import Response

from data.tables import Region
from data.translation import _
from dispatch.partner_register import Wrong
from handover import access, audit, region_hours, region_rules
from handover.console.desk import Desk, Route
from handover.promise import WEEKDAYS

FIELDS = (*WEEKDAYS, *(region_hours.PREFIX + day for day in WEEKDAYS), "schools", "answer_minutes")
RULES = tuple(region_rules.Filled.__dataclass_fields__)
KEPT = tuple(region_rules.Kept.__dataclass_fields__)
HISTORY = 30


async def edit(desk: Desk) -> Response:
    """/console/beheer/regio/gent"""
    region = await desk.region()
    return await _form(desk, region)


async def save(desk: Desk) -> Response:
    """Other hours from now on."""
    region = await desk.region(lock=True)
    values = {name: desk.text(name, 100) for name in FIELDS}
    filled = region_hours.read(values)
    if isinstance(filled, Wrong):
        return await _form(desk, region, values, wrong=filled)
    await region_hours.save(desk.session, region, filled, by_id=desk.staff.id)
    return desk.go("/console/beheer")


async def save_rules(desk: Desk) -> Response:
    """Other quiet hours, and whether we ask if a conversation helped."""
    region = await desk.region(lock=True)
    rules = {name: desk.text(name, 10) for name in RULES}
    filled = region_rules.read(rules)
    if isinstance(filled, Wrong):
        return await _form(desk, region, rules=rules, wrong=filled)
    await region_rules.save(desk.session, region, filled, by_id=desk.staff.id)
    return desk.go("/console/beheer")


async def save_kept(desk: Desk) -> Response:
    """Other terms, also for whom is kept now."""
    region = await desk.region(lock=True)
    kept = {name: desk.text(name, 10) for name in KEPT}
    filled = region_rules.read_kept(kept)
    if isinstance(filled, Wrong):
        return await _form(desk, region, rules=kept, wrong=filled)
    await region_rules.save(desk.session, region, filled, by_id=desk.staff.id)
    return desk.go("/console/beheer/bewaren")


async def _form(
    desk: Desk,
    region: Region,
    values: Mapping[str, str] | None = None,
    *,
    rules: Mapping[str, str] | None = None,
    wrong: Wrong | None = None,
) -> Response:
    standing = {name: str(int(getattr(region, name))) for name in (*RULES, *KEPT)}
    hours = region_hours.shown(region.office_hours) | {"answer_minutes": str(region.answer_minutes)}
    return await desk.page(
        "region.html", status=422 if wrong else 200, region=region, values=values or hours, days={day: _(words) for day, words in region_hours.DAYS.items()},
        prefix=region_hours.PREFIX, wrong=asdict(wrong) if wrong else None, rules=standing | dict(rules or {}),
        kept=region_rules.KEPT, froms=region_rules.FROM, untils=region_rules.UNTIL,
        history=await audit.lines(desk.session, frozenset({region.id}), subject="region", limit=HISTORY),
    )  # fmt: skip


ROUTES = (
    Route(method="GET", path="/beheer/regio/{region_id}", handler=edit, roles=access.MANAGES),
    Route(method="POST", path="/beheer/regio/{region_id}", handler=save, roles=access.MANAGES),
    Route(method="POST", path="/beheer/regio/{region_id}/regels", handler=save_rules, roles=access.MANAGES),
    Route(method="POST", path="/beheer/regio/{region_id}/bewaren", handler=save_kept, roles=access.MANAGES),
)
