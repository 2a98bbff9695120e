"""What staff do with a conversation: take it, pass it on, close it; and put that back."""

from fastapi.responses import RedirectResponse, Response

from data.tables import Conversation, Holder, Life, Staff
from data.translation import N_, _
from handover import access, conversation, queue
from handover import put_back as putting
from handover.console.desk import Desk, Handler, Route
from handover.conversation import NotAllowed, Step


async def take_over(desk: Desk) -> Response:
    found = await desk.conversation()
    before = found.version
    row = await queue.claim(desk.session, found.id, desk.staff, version=desk.chosen("version"), now=desk.now)
    answer = desk.go(_path(row))
    return undoable(desk, row, answer) if row.version != before else answer


async def assign(desk: Desk) -> Response:
    found = await desk.conversation()
    colleague: Staff = await desk.one(
        access.colleagues_of(desk.staff).where(Staff.id == desk.chosen("staff_id"))
    )
    row = await conversation.lock(desk.session, found.id)
    before = row.version
    await conversation.move(
        desk.session, row, Step.ASSIGN, staff_id=colleague.id, by_id=desk.staff.id, now=desk.now
    )
    return await _changed(desk, row, before)


def _step(step: Step) -> Handler:
    async def action(desk: Desk) -> Response:
        found = await desk.conversation()
        row = await conversation.lock(desk.session, found.id)
        before = row.version
        await conversation.move(desk.session, row, step, by_id=desk.staff.id, now=desk.now)
        return await _changed(desk, row, before)

    return action


async def put_back(desk: Desk) -> Response:
    """As it was before one's own last step, also when one sees the conversation no more by that step."""
    version = desk.chosen("version")
    step = await putting.step_of(desk.session, desk.number("conversation_id"), version, desk.staff.id)
    if step is None:  # of a colleague, or of before another step
        await desk.conversation()
        raise NotAllowed(_(putting.MEANWHILE))
    row = await conversation.lock(desk.session, desk.number("conversation_id"))
    await putting.put_back(desk.session, row, step, by_id=desk.staff.id)
    return await _after(desk, row)


SAID = {
    Holder.BOT: N_("Het gesprek is terug bij de bot."),
    Holder.QUEUE: N_("Het gesprek staat in de wachtrij."),
}


def undoable(desk: Desk, row: Conversation, answer: Response) -> Response:
    """The answer, with what became of the conversation and a button to put that back."""
    if row.life == Life.CLOSED:
        said = _("Het gesprek is gesloten.")
    elif row.holder == Holder.STAFF:
        said = (
            _("Het gesprek is nu van jou.")
            if row.staff_id == desk.staff.id
            else _("Het gesprek is doorgegeven.")
        )
    else:
        said = _(SAID[Holder(row.holder)])
    return desk.done(answer, said, f"{_path(row)}/terugzetten", version=row.version)


async def _changed(desk: Desk, row: Conversation, before: int) -> Response:
    """Back to the thread, with what the step did if it did something."""
    answer = await _after(desk, row)
    return undoable(desk, row, answer) if row.version != before else answer


def _path(row: Conversation) -> str:
    return f"/console/gesprek/{row.id}"


async def _after(desk: Desk, row: Conversation) -> Response:
    """Back to the thread, or to the waiting list when it has left one's sight with this step."""
    still = access.conversations_of(desk.staff).where(Conversation.id == row.id)
    if await desk.session.scalar(still.with_only_columns(Conversation.id)) is None:
        return RedirectResponse("/console/wachtrij", status_code=303)
    return desk.go(_path(row))


ROUTES = (
    Route(method="POST", path="/gesprek/{conversation_id}/overnemen", handler=take_over),
    Route(method="POST", path="/gesprek/{conversation_id}/toewijzen", handler=assign),
    Route(method="POST", path="/gesprek/{conversation_id}/bot", handler=_step(Step.GIVE_BACK)),
    Route(method="POST", path="/gesprek/{conversation_id}/vrijgeven", handler=_step(Step.RELEASE)),
    Route(method="POST", path="/gesprek/{conversation_id}/sluiten", handler=_step(Step.CLOSE)),
    Route(method="POST", path="/gesprek/{conversation_id}/heropenen", handler=_step(Step.REOPEN)),
    Route(method="POST", path="/gesprek/{conversation_id}/terugzetten", handler=put_back),
)
