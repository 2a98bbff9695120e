"""Reports, the offer, and how the place itself is doing."""

from datetime import timedelta

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import func, select

from data.tables import Counter, Event, Job, JobState, Message, Person, Region, Role, Staff, Status
from dispatch import clock
from handover import access, microcontacts, reports
from handover.console.desk import Desk, Route
from handover.presence import is_present
from handover.reports import Span

SPANS = {"7": "7 dagen", "30": "30 dagen", "90": "90 dagen", "365": "een jaar"}
PAGES = (
    ("/console/team", "Team en wacht"),
    ("/console/agenda/afwezig", "Afwezigheden"),
    ("/console/partners", "Partners"),
    ("/console/kanalen", "Kanalen en sjablonen"),
    ("/console/beheer/antwoorden", "Standaardantwoorden"),
    ("/console/beheer/kaarten", "Antwoordkaarten"),
    ("/console/beheer/toestemmingen", "Toestemmingen"),
    ("/console/beheer/wijzigingen", "Wie wat wijzigde"),
)


async def show_reports(desk: Desk) -> Response:
    """/console/rapporten?dagen=30&regio=gent"""
    regions = (await desk.session.scalars(select(Region).order_by(Region.name))).all()
    visible = access.visible_regions(desk.staff)
    chosen = desk.request.query_params.get("regio", "")
    if visible is not None:
        wanted: frozenset[str] | None = visible
    else:
        wanted = frozenset({chosen}) if chosen in {region.id for region in regions} else None
    days = days_asked(desk)
    today = clock.day_of(desk.now)
    start, end = clock.day_bounds(today - timedelta(days=int(days) - 1), today)
    span = Span(start=start, end=end, regions=wanted)
    session = desk.session
    return await desk.page(
        "reports.html", regions=regions if visible is None else [], chosen=chosen, days=days, spans=SPANS,
        names=", ".join(region.name for region in regions if wanted is None or region.id in wanted),
        audits=desk.role in access.AUDITS, manages=desk.role in access.MANAGES, all_regions=wanted is None, start=start, end=end - timedelta(seconds=1),
        funnel=await reports.funnel(session, span), channels=await reports.channels(session, span),
        hours=await reports.hours(session, span), waits=await reports.waits(session, span),
        contacts=await reports.contacts(session, span), norm=microcontacts.NORM,
        appointments=await reports.appointments(session, span), phases=await reports.phases(session, span),
        referrals=await reports.referrals(session, span), progress_told=await reports.progress_told(session, span), small=reports.SMALL,
    )  # fmt: skip


def days_asked(desk: Desk) -> str:
    """A key of SPANS: `?dagen=`, or 30 days."""
    days = desk.request.query_params.get("dagen", "30")
    return days if days in SPANS else "30"


async def show_offer(desk: Desk) -> Response:
    """/console/aanbod: the public catalogue, which staff search as clients see it."""
    return RedirectResponse("/aanbod", status_code=303)


async def show_admin(desk: Desk) -> Response:
    """/console/beheer: staff, counters, and what went wrong."""
    session = desk.session
    here = is_present(desk.now)
    staff = await session.execute(
        access.managed_by(desk.staff)
        .add_columns(Region.name, here)
        .outerjoin(Region, Region.id == Staff.region_id)
        .order_by(Region.name.nulls_first(), Staff.role, Staff.name)
    )
    counters = await session.execute(
        access.counters_of(desk.staff)
        .add_columns(Region.name)
        .join(Region, Region.id == Counter.region_id)
        .order_by(Region.name, Counter.municipality, Counter.name)
    )
    visible = access.visible_regions(desk.staff)
    regions = [
        (code, name)
        for code, name in await session.execute(select(Region.id, Region.name).order_by(Region.name))
        if visible is None or code in visible
    ]
    dead = []
    numbers = {}
    if desk.role == Role.ADMIN:
        dead = list(
            await session.scalars(
                select(Job).where(Job.state == JobState.DEAD).order_by(Job.id.desc()).limit(50)
            )
        )
        ready, late = (
            await session.execute(
                select(
                    func.count(),
                    func.count().filter(Job.run_at < desk.now - timedelta(minutes=2)),
                ).where(Job.state == JobState.READY)
            )
        ).one()
        failed = Message.status.in_((Status.FAILED, Status.UNKNOWN))
        day_ago = desk.now - timedelta(days=1)
        numbers = {
            "Taken die klaarstaan": ready,
            "Taken die al 2 minuten wachten": late,
            "Berichten niet of misschien niet aangekomen (24 uur)": await session.scalar(
                select(func.count()).select_from(Message).where(failed, Message.created_at > day_ago)
            ),
            "Personen": await session.scalar(select(func.count()).select_from(Person)),
            "Berichten": await session.scalar(select(func.count()).select_from(Message)),
            "Gebeurtenissen": await session.scalar(select(func.count()).select_from(Event)),
        }
    return await desk.page(
        "admin.html", people=staff.all(), places=counters.all(), regions=regions, dead=dead, pages=PAGES,
        numbers=numbers,
    )  # fmt: skip


ROUTES = (
    Route(method="GET", path="/rapporten", handler=show_reports, roles=access.EVERYBODY),
    Route(method="GET", path="/aanbod", handler=show_offer, roles=access.EVERYBODY),
    Route(method="GET", path="/beheer", handler=show_admin, roles=access.MANAGES),
)
