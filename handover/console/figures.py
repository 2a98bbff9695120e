"""Reports, the offer, and how the place itself is doing."""

from collections.abc import Sequence
from datetime import timedelta

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import func, select

from data.tables import Counter, Event, Job, JobState, Message, Person, Region, Role, Staff, Status
from data.translation import N_, _, language
from dispatch import clock
from handover import access, accounts, sheets
from handover.console import charts
from handover.console.desk import Desk, NotFound, Route
from handover.console.report_figures import FIGURES, RESTRICTED, Asked, Made
from handover.presence import is_present
from handover.reports import Span
from handover.sheets import Cell

SPANS = {"7": N_("7 dagen"), "30": N_("30 dagen"), "90": N_("90 dagen"), "365": N_("een jaar")}
EVERYTHING = "alles"
PAGES = (
    ("/console/team", N_("Team en wacht")),
    ("/console/agenda/afwezig", N_("Afwezigheden")),
    ("/console/beheer/gesprekken", N_("Duur en lokalen")),
    ("/console/tolken", N_("Tolken")),
    ("/console/partners", N_("Partners")),
    ("/console/kanalen", N_("Kanalen en sjablonen")),
    ("/console/beheer/antwoorden", N_("Standaardantwoorden")),
    ("/console/beheer/kaarten", N_("Antwoordkaarten")),
    ("/console/beheer/toestemmingen", N_("Toestemmingen")),
    ("/console/beheer/bewaren", N_("Bewaren en wissen")),
    ("/console/beheer/wijzigingen", N_("Wie wat wijzigde")),
)


async def show_reports(desk: Desk) -> Response:
    """/console/rapporten?dagen=30&regio=gent"""
    span, regions, chosen, days = await _asked(desk)
    made = [await make(_of(desk, span)) for make in _allowed(desk).values()]
    return await desk.page(
        "reports.html", regions=regions if access.visible_regions(desk.staff) is None else [], chosen=chosen, days=days,
        spans=spans(), audits=desk.role in access.AUDITS, manages=desk.role in access.MANAGES,
        reads_gaps=desk.role in access.READS_GAPS, all_regions=span.regions is None, start=span.start, end=span.end - timedelta(seconds=1),
        names=", ".join(one.name for one in regions if span.regions is None or one.id in span.regions),
        figures=[(one, charts.bars(one.drawn, title=one.title)) for one in made],
    )  # fmt: skip


async def download(desk: Desk) -> Response:
    """/console/rapporten/cijfers/trappen.csv?dagen=30&regio=gent, or .xlsx; `alles` has every figure under the other."""
    name, kind = str(desk.request.path_params["figure"]), str(desk.request.path_params["kind"])
    allowed = _allowed(desk)
    if kind not in sheets.TYPES or name not in (*allowed, EVERYTHING):
        raise NotFound
    span, _regions, chosen, days = await _asked(desk)
    wanted = allowed.values() if name == EVERYTHING else (allowed[name],)
    made = [await make(_of(desk, span)) for make in wanted]
    head: tuple[str, ...] = made[0].head
    rows: list[Sequence[Cell]] = list(made[0].rows)
    if name == EVERYTHING:
        head = (_("Rapport"), _("Wat"), _("Hoeveel"), _("Hoeveel (2)"))
        rows = [(one.title, *row) for one in made for row in one.rows]
    rows += [("",), *((f"{one.title}: {one.means}",) for one in made)]
    content = sheets.as_csv(head, rows) if kind == "csv" else sheets.as_xlsx(head, rows, title=made[0].title)
    called = "-".join(filter(None, ("rapport", name, chosen, f"{clock.day_of(span.start)}", days)))
    return Response(
        content, media_type=sheets.TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{called}.{kind}"', "Cache-Control": "no-store",
        },
    )  # fmt: skip


def _allowed(desk: Desk) -> dict[str, Made]:
    """The figures that this role may read."""
    return {
        name: make for name, make in FIGURES.items() if desk.role in RESTRICTED.get(name, access.EVERYBODY)
    }


def _of(desk: Desk, span: Span) -> Asked:
    return Asked(session=desk.session, span=span, k=desk.request.app.state.settings.gaps_k)


async def _asked(desk: Desk) -> tuple[Span, Sequence[Region], str, str]:
    """The span that is asked for, all regions, and the region and the days chosen."""
    regions = (await desk.session.scalars(select(Region).order_by(Region.name))).all()
    wanted = access.visible_regions(desk.staff)
    chosen = desk.request.query_params.get("regio", "")
    chosen = chosen if wanted is None and chosen in {region.id for region in regions} else ""
    days = days_asked(desk)
    today = clock.day_of(desk.now)
    start, end = clock.day_bounds(today - timedelta(days=int(days) - 1), today)
    return (
        Span(start=start, end=end, regions=frozenset({chosen}) if chosen else wanted),
        regions,
        chosen,
        days,
    )


def spans() -> dict[str, str]:
    """SPANS in the language of who reads."""
    return {days: _(words) for days, words in SPANS.items()}


def days_asked(desk: Desk) -> str:
    """A key of SPANS: `?dagen=`, or 30 days."""
    days = desk.request.query_params.get("dagen", "30")
    return days if days in SPANS else "30"


async def show_offer(desk: Desk) -> Response:
    """/console/aanbod: the public catalogue, which staff search as clients see it, in the language of their console."""
    return RedirectResponse(f"/aanbod?lang={language()}", status_code=303)


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
            _("Taken die klaarstaan"): ready,
            _("Taken die al 2 minuten wachten"): late,
            _("Berichten niet of misschien niet aangekomen (24 uur)"): await session.scalar(
                select(func.count()).select_from(Message).where(failed, Message.created_at > day_ago)
            ),
            _("Personen"): await session.scalar(select(func.count()).select_from(Person)),
            _("Berichten"): await session.scalar(select(func.count()).select_from(Message)),
            _("Gebeurtenissen"): await session.scalar(select(func.count()).select_from(Event)),
        }
    return await desk.page(
        "admin.html", people=staff.all(), places=counters.all(), regions=regions, dead=dead,
        pages=[(path, _(name)) for path, name in PAGES],
        given=accounts.may_give(desk.role),
        numbers=numbers,
    )  # fmt: skip


ROUTES = (
    Route(method="GET", path="/rapporten", handler=show_reports, roles=access.EVERYBODY),
    Route(method="GET", path="/rapporten/cijfers/{figure}.{kind}", handler=download, roles=access.EVERYBODY),
    Route(method="GET", path="/aanbod", handler=show_offer, roles=access.EVERYBODY),
    Route(method="GET", path="/beheer", handler=show_admin, roles=access.MANAGES),
)
