"""That somebody has a thread before them, and writes in it: said by their browser every now and then."""

from fastapi.responses import Response

from handover import attention
from handover.console.desk import BadForm, Desk, Route

STATES = {
    "kijkt": None,
    "schrijft": True,
    "leeg": False,
}  # what the answer is: as it was, being written, empty


async def here(desk: Desk) -> Response:
    """A beat: the thread is before them; `staat` says what they do."""
    person = await desk.person()
    state = desk.form.get("staat", "kijkt")
    if state == "weg":
        await attention.leave(desk.session, person.id, desk.staff.id)
    elif state in STATES:
        await attention.look(desk.session, person.id, desk.staff.id, typing=STATES[state], now=desk.now)
    else:
        raise BadForm
    return Response(status_code=204)


ROUTES = (Route(method="POST", path="/client/{person_id}/hier", handler=here),)
