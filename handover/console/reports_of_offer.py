"""Reports that something in the offer is wrong: the list, one of them beside its source, and what staff decide."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from data.catalog import correction_fields, corrections
from data.ids import id_of
from data.tables import CatalogueReport, RecordKind, Region, ReportState, Staff
from data.translation import N_, _
from handover import access, catalogue_reports
from handover.console.desk import BadForm, Desk, NotFound, Route
from handover.console.render import number
from handover.conversation import NotAllowed

LIMIT = 100
KINDS = {
    "run": N_("cursus op een plaats"), "course": N_("cursus"), "place": N_("plaats"), "provider": N_("aanbieder"),
    "price_rule": N_("prijsregel"), "fact": N_("antwoord"),
}  # fmt: skip
HEARD = {
    "chat": N_("uit een gesprek"),
    "page": N_("van de website"),
    "console": N_("van een collega"),
    "import": N_("bij het inlezen"),
}
ABOUT = {
    "price": N_("de prijs"), "dates": N_("de data"), "hours": N_("de dagen of uren"), "place": N_("de plaats"),
    "gone": N_("bestaat niet meer"), "full": N_("volzet of vrij"), "other": N_("iets anders"),
}  # fmt: skip
STATES = {"open": N_("te behandelen"), "accepted": N_("aanvaard"), "refused": N_("geweigerd")}
FIELDS = {
    "status": N_("toestand"), "start_date": N_("start"), "end_date": N_("einde"), "enrol_until": N_("inschrijven tot"),
    "weekdays": N_("dagen"), "starts": N_("beginuur"), "ends": N_("einduur"), "day_parts": N_("dagdeel"),
    "mode": N_("lesvorm"), "lesson_hours": N_("aantal lestijden"), "material_cost": N_("materiaalkosten (euro)"),
    "url": N_("webadres"), "title": N_("titel"), "description": N_("beschrijving"), "level": N_("niveau"),
    "language": N_("taal"), "requirements": N_("voorwaarden"), "certificate": N_("attest"), "name": N_("naam"),
    "street": N_("straat"), "postcode": N_("postcode"), "municipality": N_("gemeente"), "nis": N_("NIS-code"),
    "lat": N_("breedtegraad"), "lon": N_("lengtegraad"), "wheelchair": N_("met de rolstoel"), "phone": N_("telefoon"),
    "per_hour": N_("euro per lestijd"), "fixed": N_("vaste prijs (euro)"), "ceiling": N_("hoogste prijs (euro)"),
    "statement": N_("uitleg"), "value": N_("waarde"), "unit": N_("eenheid"),
}  # fmt: skip
MONEY = {"material_cost", "per_hour", "fixed", "ceiling"}
CHOICES = {"status": correction_fields.STATUSES, "mode": correction_fields.MODES}
PARTS = {"morning": N_("voormiddag"), "afternoon": N_("namiddag"), "evening": N_("avond")}


async def show_list(desk: Desk) -> Response:
    """/console/meldingen?lijst=alle: what waits, the oldest first; or all, the newest first."""
    every = desk.request.query_params.get("lijst") == "alle"
    query = access.reports_of(desk.staff).limit(LIMIT)
    if every:
        query = query.order_by(CatalogueReport.id.desc())
    else:
        query = query.where(CatalogueReport.state == ReportState.OPEN).order_by(CatalogueReport.id)
    rows = (await desk.session.scalars(query)).all()
    titles = {
        row.id: await catalogue_reports.title_of(desk.session, RecordKind(row.kind), row.shown)
        for row in rows
    }
    regions = {region.id: region.name for region in (await desk.session.scalars(select(Region))).all()}
    return await desk.page(
        "reports_of_offer.html", rows=rows, titles=titles, every=every, regions=regions, kinds=told(KINDS),
        heard=told(HEARD), about=told(ABOUT | FIELDS), states=told(STATES),
    )  # fmt: skip


async def show(desk: Desk) -> Response:
    """/console/melding/{report_id}: what was said, and the record with its source and its value now."""
    row: CatalogueReport = await desk.one(_scoped(desk))
    return await _page(desk, row)


async def show_new(desk: Desk) -> Response:
    """/console/meldingen/nieuw?soort=run&nr=12: say it oneself."""
    kind, record_id = (
        desk.request.query_params.get("soort", ""),
        id_of(desk.request.query_params.get("nr", "")),
    )
    if kind not in KINDS or record_id is None:
        return RedirectResponse("/console/meldingen", status_code=303)
    record = await catalogue_reports.by_id(desk.session, RecordKind(kind), record_id)
    if record is None:
        raise NotFound
    title = await catalogue_reports.title_of(desk.session, RecordKind(kind), record)
    return await desk.page(
        "report_new.html", kind=kind, number=record_id, title=title, kind_words=_(KINDS[kind])
    )


async def add(desk: Desk) -> Response:
    """Keep a report of one's own; it goes to the region of the record."""
    kind, words = desk.form.get("kind", ""), desk.text("text", catalogue_reports.LONGEST)
    if kind not in KINDS or not words:
        raise BadForm
    report_id = await catalogue_reports.report(
        desk.session, RecordKind(kind), desk.chosen("record_id"), words, heard="console", staff_id=desk.staff.id,
        now=desk.now,
    )  # fmt: skip
    if report_id is None:
        raise NotFound
    mine = await desk.session.scalar(
        access.reports_of(desk.staff)
        .where(CatalogueReport.id == report_id)
        .with_only_columns(CatalogueReport.id)
    )
    return desk.go(f"/console/melding/{report_id}" if mine else "/console/meldingen")


async def accept(desk: Desk) -> Response:
    """A new value of one field, from now on. What cannot be is said beside the form, with what was typed."""
    row: CatalogueReport = await desk.one(_scoped(desk).with_for_update())
    try:
        await catalogue_reports.accept(
            desk.session, row, field=desk.form.get("field", ""), typed=desk.text("value", 1_000), reason=desk.text("reason", 500),
            staff=desk.staff, now=desk.now,
        )  # fmt: skip
    except NotAllowed as refused:
        if row.state != ReportState.OPEN:
            raise
        return await _page(desk, row, problem=str(refused), status=422)
    return desk.go("/console/meldingen")


async def refuse(desk: Desk) -> Response:
    """The record stays as it is."""
    row: CatalogueReport = await desk.one(_scoped(desk).with_for_update())
    await catalogue_reports.refuse(
        desk.session, row, reason=desk.text("reason", 500), staff=desk.staff, now=desk.now
    )
    return desk.go("/console/meldingen")


async def withdraw(desk: Desk) -> Response:
    """Believe the source again in one field."""
    row: CatalogueReport = await desk.one(_scoped(desk))
    await catalogue_reports.withdraw(
        desk.session, row, desk.chosen("correction_id"), staff=desk.staff, now=desk.now
    )
    return desk.go(f"/console/melding/{row.id}")


async def _page(desk: Desk, row: CatalogueReport, *, problem: str = "", status: int = 200) -> Response:
    session, kind = desk.session, RecordKind(row.kind)
    record = await corrections.record_of(session, kind, row.source, row.source_id)
    live = await catalogue_reports.live_corrections(session, row)
    decided_by = await session.get(Staff, row.decided_by) if row.decided_by else None
    field = desk.form.get("field", "") or (row.about if row.about in FIELDS else "")
    return await desk.page(
        "report_of_offer.html", status=status, row=row, record=record, live=live, problem=problem,
        title=await catalogue_reports.title_of(session, kind, record or row.shown),
        values=[(name, _(FIELDS[name]), said(name, record)) for name in corrections.FIELDS[kind]] if record else [],
        then={name: said(name, row.shown) for name in corrections.FIELDS[kind]},
        editable=correction_fields.EDITABLE[kind], fields=told(FIELDS),
        choices={name: told(words) for name, words in CHOICES.items()}, field=field,
        said=said, kind_words=_(KINDS[kind]), heard=told(HEARD), about=told(ABOUT | FIELDS), states=told(STATES), decided_by=decided_by,
        typed=desk.form.get("value", ""), reason=desk.form.get("reason", ""),
    )  # fmt: skip


def told(words: Mapping[str, str]) -> dict[str, str]:
    """Words by code, in the language of who reads them."""
    return {code: _(word) for code, word in words.items()}


def said(name: str, record: Mapping[str, Any]) -> str:
    """A value of a record as one reads it."""
    value = record.get(name)
    if value is None or value == "":
        return "–"
    if name == "weekdays":
        return ", ".join(_(correction_fields.WEEKDAYS[day]) for day in value)
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, list):
        return ", ".join(_(PARTS.get(str(item), str(item))) for item in value)
    if name in ("start_date", "end_date", "enrol_until"):
        year, month, day = str(value).split("-")
        return f"{int(day)}/{int(month)}/{year}"
    if name in ("starts", "ends"):
        return str(value)[:5]
    if name in MONEY and isinstance(value, int | float):
        return number(value, 2)
    known = CHOICES.get(name, {}).get(str(value))
    return str(value) if known is None else _(known)


def _scoped(desk: Desk) -> Any:
    return access.reports_of(desk.staff).where(CatalogueReport.id == desk.number("report_id"))


ROUTES = (
    Route(method="GET", path="/meldingen", handler=show_list),
    Route(method="POST", path="/meldingen", handler=add),
    Route(method="GET", path="/meldingen/nieuw", handler=show_new),
    Route(method="GET", path="/melding/{report_id}", handler=show),
    Route(method="POST", path="/melding/{report_id}/aanvaarden", handler=accept),
    Route(method="POST", path="/melding/{report_id}/weigeren", handler=refuse),
    Route(method="POST", path="/melding/{report_id}/intrekken", handler=withdraw),
)
