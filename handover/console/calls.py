"""Calls to make: what became of them, which are no longer needed, and asking for one."""

from datetime import timedelta

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from data.tables import CallOutcome, CallState, CallTask, Person
from data.translation import _
from handover import access, call_tasks
from handover.console.desk import BadForm, Desk, Route, local_path
from handover.console.render import tomorrow

LONGEST = 600  # minutes
WHEN = ("nu", "straks", "morgen")
DRAFT = "bel"  # ?concept=bel: the SMS that is offered when calling was in vain


async def log(desk: Desk) -> Response:
    """What became of the call; tried in vain for the last time, the thread opens with an SMS to send."""
    task = await _task(desk)
    outcome = desk.form.get("result", "")
    if outcome not in set(CallOutcome):
        raise BadForm
    minutes = desk.chosen("minutes") if desk.form.get("minutes") else 0
    task = await call_tasks.log(
        desk.session, task.id, CallOutcome(outcome), by_id=desk.staff.id, now=desk.now,
        minutes=min(minutes, LONGEST), note=desk.text("note", 400) or None,
    )  # fmt: skip
    thread = f"/console/client/{task.person_id}"
    if task.state == CallState.FAILED and task.outcome == CallOutcome.NOT_REACHED:
        return RedirectResponse(f"{thread}?concept={DRAFT}#answer", status_code=303)
    return await _back(desk, task.person_id)


async def cancel(desk: Desk) -> Response:
    task = await _task(desk)
    await call_tasks.cancel(desk.session, task.id, by_id=desk.staff.id, now=desk.now)
    answer = await _back(desk, task.person_id)
    return desk.done(answer, _("De oproep is geschrapt."), f"/console/oproep/{task.id}/toch")


async def call_after_all(desk: Desk) -> Response:
    task = await _task(desk)
    await call_tasks.call_after_all(desk.session, task.id, by_id=desk.staff.id)
    answer = await _back(desk, task.person_id)
    return desk.done(answer, _("De oproep staat weer open."), f"/console/oproep/{task.id}/schrappen")


async def ask(desk: Desk) -> Response:
    """Somebody of ours says that this person has to be called, now or later."""
    person = await desk.person()
    when = desk.form.get("wanneer", WHEN[0])
    if when not in WHEN:
        raise BadForm
    due = {"nu": desk.now, "straks": desk.now + timedelta(hours=2), "morgen": tomorrow(desk.now)}[when]
    await call_tasks.ask(
        desk.session, person.id, reason="staff", about=desk.text("about", 400) or None, by_id=desk.staff.id,
        staff_id=desk.staff.id if desk.form.get("zelf") == "1" else None, due_at=due,
        promised_at=due + timedelta(hours=1), now=desk.now,
    )  # fmt: skip
    return desk.go(f"/console/client/{person.id}")


async def _task(desk: Desk) -> CallTask:
    wanted = select(CallTask).where(
        CallTask.id == desk.number("call_task_id"), access.may_see_call(desk.staff)
    )
    task: CallTask = await desk.one(wanted)
    return task


async def _back(desk: Desk, person_id: int) -> Response:
    """To where the form came from; not to a thread that has left one's sight with this call."""
    visible = access.persons_of(desk.staff).where(Person.id == person_id).with_only_columns(Person.id)
    otherwise = "/console/dag"
    if await desk.session.scalar(visible) is not None:
        return desk.go(f"/console/client/{person_id}")
    asked = local_path(desk.form.get("naar"), otherwise)
    return RedirectResponse(asked if asked.startswith("/console/dag") else otherwise, status_code=303)


async def draft_of(desk: Desk, person: Person) -> str:
    """The text that is offered when calling was in vain, in the person's language; empty when it was not asked for."""
    if desk.request.query_params.get("concept") != DRAFT:
        return ""
    return call_tasks.IN_VAIN.get(person.language.split("-")[0], call_tasks.IN_VAIN["en"])


ROUTES = (
    Route(method="POST", path="/oproep/{call_task_id}/resultaat", handler=log),
    Route(method="POST", path="/oproep/{call_task_id}/schrappen", handler=cancel),
    Route(method="POST", path="/oproep/{call_task_id}/toch", handler=call_after_all),
    Route(method="POST", path="/client/{person_id}/oproep", handler=ask),
)
