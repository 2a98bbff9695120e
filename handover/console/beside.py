"""That somebody has a thread before them and writes in it, said by their browser; and why a message is held back."""

from dataclasses import dataclass

from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import aliased

from data.tables import Author, Message, Person
from data.translation import N_, _, _n
from handover import attention
from handover.console import thread
from handover.console.desk import BadForm, Desk, Route
from handover.console.render import since

ALREADY_SENT = N_(
    "Een eerdere versie van dit bericht is al vertrokken: kijk hierboven. Verstuur alleen wat je nog wil toevoegen."
)
# What the answer is: as it was, being written, empty.
STATES = {"kijkt": None, "schrijft": True, "leeg": False}


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


@dataclass(frozen=True, kw_only=True)
class Hindrance:
    """Why a message is held back, in a sentence; `ahead`: the colleague who writes already, whom one may pass."""

    sentence: str
    ahead: int | None = None


async def hindrance(desk: Desk, person: Person) -> Hindrance | None:
    """What was said since the writer looked (`seen`), or who was writing before them and is not passed (`toch`)."""
    newer = await thread.newer_than(desk.session, person.id, desk.chosen("seen"))
    if newer is not None:
        return Hindrance(sentence=look_first(desk, person, *newer))
    ahead = await attention.ahead_of(desk.session, person.id, desk.staff.id, now=desk.now)
    if ahead is None or desk.form.get("toch") == str(ahead.staff_id):
        return None
    asked = _("{name} is al een antwoord aan het schrijven. Overleg even, of verstuur toch.", name=ahead.name)
    return Hindrance(sentence=asked, ahead=ahead.staff_id)


def look_first(desk: Desk, person: Person, newest: Message, staff_name: str | None) -> str:
    """What to say to whoever sends a draft that is older than the thread."""
    seconds = max(1, int((desk.now - newest.created_at).total_seconds()))
    if seconds < 60:
        ago = _n("{count} seconde", "{count} seconden", seconds)
    else:
        ago = since(newest.created_at, desk.now)
    if newest.author == Author.PERSON:
        who = person.name or _("De cliënt")
        return _("{name} schreef {ago} geleden nog iets. Kijk eerst, en verstuur dan.", name=who, ago=ago)
    who = staff_name or _("De bot")
    return _("{name} antwoordde {ago} geleden. Kijk eerst, en verstuur dan.", name=who, ago=ago)


async def sent_already(desk: Desk, person_id: int, client_msg_id: str) -> str | None:
    """What went out with this id, bare: a long text went in parts, born in one transaction."""
    first = aliased(Message)
    parts = await desk.session.scalars(
        select(Message.text)
        .join(first, (first.person_id == Message.person_id) & (first.created_at == Message.created_at))
        .where(first.person_id == person_id, first.client_msg_id == client_msg_id, Message.id >= first.id)
        .order_by(Message.id)
    )
    return "".join(map(bare, texts)) if (texts := parts.all()) else None


def bare(text: str) -> str:
    """A text without what lies between its words."""
    return "".join(text.split())


ROUTES = (Route(method="POST", path="/client/{person_id}/hier", handler=here),)
