"""Is the order of courses neutral? Exposure of every provider beside its offer."""

from datetime import timedelta

from fastapi.responses import Response
from sqlalchemy import select

from data.catalog.neutrality import LEAST_DAYS, audit
from data.tables import Region
from dispatch import clock
from handover import access
from handover.console.desk import Desk, Route
from handover.console.figures import days_asked, spans


async def show_neutrality(desk: Desk) -> Response:
    """/console/rapporten/neutraliteit?dagen=90&regio=gent"""
    regions = (await desk.session.scalars(select(Region).order_by(Region.name))).all()
    visible = access.visible_regions(desk.staff)
    chosen = desk.request.query_params.get("regio", "")
    wanted = visible
    if visible is None and chosen in {region.id for region in regions}:
        wanted = frozenset({chosen})
    days = days_asked(desk)
    today = clock.day_of(desk.now)
    start, end = clock.day_bounds(today - timedelta(days=int(days) - 1), today)
    found = await audit(desk.session, start, end, wanted)
    return await desk.page(
        "neutrality.html", found=found, regions=regions if visible is None else [], chosen=chosen, days=days,
        spans=spans(), start=start, end=end - timedelta(seconds=1), least=LEAST_DAYS,
        names=", ".join(region.name for region in regions if wanted is None or region.id in wanted),
        all_regions=wanted is None,
    )  # fmt: skip


ROUTES = (Route(method="GET", path="/rapporten/neutraliteit", handler=show_neutrality, roles=access.AUDITS),)
