"""The team now, for who leads it: who is there and carries what, who has the duty, and where the queue goes today."""

from datetime import datetime, time, timedelta

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from data.tables import QueueDiversion, Region, Role, Staff
from data.translation import _
from dispatch import clock
from handover import access, diversion, overdue, presence, queue, team
from handover.console.absences import moment
from handover.console.desk import Desk, NotFound, Route
from handover.console.labels import LANGUAGES, words
from handover.console.steps import undoable
from handover.conversation import NotAllowed
from handover.skills import TOPICS

HOME = "/console/team"


async def show(desk: Desk) -> Response:
    """/console/team"""
    session, now = desk.session, desk.now
    people = await team.members(session, desk.staff, now=now)
    region_id = desk.staff.region_id
    names = dict((await session.execute(select(Region.id, Region.name).order_by(Region.name))).all())
    duty = await overdue.on_duty(session, region_id, now=now) if region_id else None
    promised = await presence.promise_for(session, region_id, now=now)
    evening = datetime.combine(clock.day_of(now), time(18), clock.ZONE)
    return await desk.page(
        "team.html", people=people, stuck=await team.stuck(session, desk.staff, now=now), duty=duty,
        nobody=not any(one.here for one in people), promised=promised.at, regions=names,
        diversions=await diversion.standing(session, region_id, now=now), topics=TOPICS, languages=words("language"),
        until=evening if evening > now else evening + timedelta(days=1),
        manages=desk.role in access.MANAGES,
    )  # fmt: skip


async def give_duty(desk: Desk) -> Response:
    """Somebody else has the duty from now on."""
    staff = await _colleague(desk, desk.chosen("staff_id"))
    region_id = staff.region_id
    before = await overdue.on_duty(desk.session, region_id, now=desk.now) if region_id else None
    desk.unless_changed(before.id if before is not None else None)
    had = before is not None and before.duty
    await team.give_duty(desk.session, staff, by_id=desk.staff.id, now=desk.now)
    answer = RedirectResponse(HOME, status_code=303)
    if before is None or before.id == staff.id or not had:
        return answer
    said = _("{name} heeft nu de wacht.", name=staff.name)
    return desk.done(answer, said, f"{HOME}/wacht", staff_id=before.id, was=staff.id)


async def divert(desk: Desk) -> Response:
    """Another region answers our queue for a while."""
    region_id = desk.staff.region_id or desk.text("region_id", 60)
    if desk.role == Role.ADMIN and await desk.session.get(Region, region_id) is None:
        raise NotFound
    starts_at, ends_at = moment(desk.form.get("starts_at", "")), moment(desk.form.get("ends_at", ""))
    if starts_at is None or ends_at is None:
        raise NotAllowed(_("Vul bij begin en einde een dag en een uur in."))
    row = await diversion.divert(
        desk.session, region_id, desk.text("to_region_id", 60), starts_at, ends_at, reason=desk.text("reason", 400),
        by_id=desk.staff.id, now=desk.now,
    )  # fmt: skip
    answer = RedirectResponse(HOME, status_code=303)
    return desk.done(answer, _("De wachtrij wordt omgeleid."), f"{HOME}/omleiding/{row.id}/stop")


async def end_diversion(desk: Desk) -> Response:
    row: QueueDiversion = await desk.one(
        access.diversions_of(desk.staff).where(QueueDiversion.id == desk.number("diversion_id"))
    )
    await diversion.end(desk.session, row, by_id=desk.staff.id, now=desk.now)
    return RedirectResponse(HOME, status_code=303)


async def set_skills(desk: Desk) -> Response:
    """The languages, topics and capacity of one of the team."""
    staff = await _colleague(desk, desk.number("staff_id"))
    await team.set_skills(
        desk.session, staff, languages=[code for code in LANGUAGES if desk.form.get(f"taal_{code}") == "1"],
        topics=[code for code in TOPICS if desk.form.get(f"onderwerp_{code}") == "1"],
        capacity=desk.chosen("capacity"), by_id=desk.staff.id,
    )  # fmt: skip
    return RedirectResponse(f"{HOME}#m{staff.id}", status_code=303)


async def claim_next(desk: Desk) -> Response:
    """The next one in the queue for whoever asks."""
    taken = await queue.claim_next(desk.session, desk.staff, now=desk.now)
    if taken is None:
        raise NotAllowed(_("Er wacht nu niemand op jou."))
    return undoable(desk, taken, RedirectResponse(f"/console/gesprek/{taken.id}", status_code=303))


async def _colleague(desk: Desk, staff_id: int) -> Staff:
    found: Staff = await desk.one(access.colleagues_of(desk.staff).where(Staff.id == staff_id))
    return found


ROUTES = (
    Route(method="GET", path="/team", handler=show, roles=access.LEADS),
    Route(method="POST", path="/team/wacht", handler=give_duty, roles=access.LEADS),
    Route(method="POST", path="/team/omleiding", handler=divert, roles=access.LEADS),
    Route(
        method="POST", path="/team/omleiding/{diversion_id}/stop", handler=end_diversion, roles=access.LEADS
    ),
    Route(method="POST", path="/team/medewerker/{staff_id}", handler=set_skills, roles=access.MANAGES),
    Route(method="POST", path="/wachtrij/volgende", handler=claim_next),
)
