"""The front desk and the phone note: who came by, rang or did not come, what about and how it ended, in three clicks."""

from collections.abc import Sequence

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import ColumnElement, or_, select

from channels.phone_numbers import e164, is_mobile
from data.ids import id_of
from data.tables import Address, AddressLink, ContactWay, Person
from data.translation import N_, _
from handover import access, addresses, call_tasks, conversation, microcontacts
from handover.console import labels
from handover.console.desk import BadForm, Desk, NotFound, Route
from handover.console.labels import CONTACT_OUTCOMES, LANGUAGES
from handover.conversation import Step

WAYS = {
    "visit": (N_("Aan de balie"), "desk"),
    "call": (N_("Telefoontje"), "phone"),
    "no_show": (N_("Kwam niet opdagen"), "desk"),
}
MINUTES = (5, 15, 30, 60)
FOUND, SHORTEST, LONGEST = 8, 2, 600
TOLD = "told at the desk"
CALL_BACK, FOLLOW_UP, HELPED = "call_back", "follow_up", "helped"


async def show(desk: Desk) -> Response:
    """/console/noteer?soort=visit|call|no_show&q=…&persoon=…"""
    query = desk.request.query_params
    return await _page(
        desk, way=query.get("soort", ""), words=query.get("q", "").strip()[:80], chosen=query.get("persoon", "")
    )  # fmt: skip


async def save(desk: Desk) -> Response:
    """Note it with a person that we know, or with somebody new, who may stay without a name."""
    way, outcome = desk.form.get("way", ""), desk.form.get("ending", "helped")
    if way not in WAYS or outcome not in CONTACT_OUTCOMES:
        raise BadForm
    number, typed = None, desk.text("number", 40)
    if typed and (number := e164(typed)) is None:
        return await _page(
            desk, way=way, chosen=desk.form.get("person_id", ""), status=409,
            warning=_("Dat telefoonnummer klopt niet. Verbeter het, of laat het leeg."),
        )  # fmt: skip
    missed = way == ContactWay.NO_SHOW
    if missed and not desk.form.get("person_id"):
        return await _page(
            desk, way=way, status=400, warning=_("Kies eerst wie er niet kwam: zoek de persoon hierboven.")
        )
    if outcome == CALL_BACK and number is None and not desk.form.get("person_id"):
        return await _page(
            desk,
            way=way,
            status=409,
            warning=_("Vul een telefoonnummer in, dan kan een collega terugbellen."),
        )
    person = await _whose(desk)
    new = person is None
    if person is None:
        person = await _somebody_new(desk)
    address_id = await _reachable(desk, person, number) if number else None
    purpose = desk.text("purpose", 400)
    await microcontacts.log(
        desk.session, person.id, way=ContactWay(way), direction="in", channel=WAYS[way][1],
        staff_id=desk.staff.id, at=desk.now,
        minutes=0 if missed else min(desk.chosen_or_none("minutes") or 0, LONGEST), purpose=purpose,
        outcome=None if missed and outcome == HELPED else outcome, region_id=person.region_id or desk.staff.region_id,
    )  # fmt: skip
    if outcome == CALL_BACK:
        await call_tasks.ask(
            desk.session, person.id, reason="staff", about=purpose or None, address_id=address_id,
            by_id=desk.staff.id, now=desk.now,
        )  # fmt: skip
    elif not missed:
        await call_tasks.reached(desk.session, person.id, by_id=desk.staff.id, now=desk.now)
    if new:
        await _held(desk, person, WAYS[way][1], ends=outcome not in (CALL_BACK, FOLLOW_UP))
    return RedirectResponse(f"/console/client/{person.id}", status_code=303)


async def _page(
    desk: Desk, *, way: str, words: str = "", chosen: str = "", status: int = 200, warning: str = ""
) -> Response:
    person = None
    if (person_id := id_of(chosen)) is not None:
        person = await desk.session.scalar(access.persons_of(desk.staff).where(Person.id == person_id))
    found = await _people(desk, words) if len(words) >= SHORTEST else []
    return await desk.page(
        "contact.html", status=status, way=way if way in WAYS else "visit", ways=WAYS, words=words,
        chosen=person, found=[one for one in found if person is None or one.id != person.id],
        minutes=MINUTES, outcomes=labels.words("contact_outcome"), languages=labels.words("language"), warning=warning,
        typed=dict(desk.form), searched=len(words) >= SHORTEST,
    )  # fmt: skip


async def _people(desk: Desk, words: str) -> Sequence[Person]:
    """Persons one may see, by name, town or number."""
    digits = "".join(character for character in words if character.isdigit()).lstrip("0")
    ways: list[ColumnElement[bool]] = [
        Person.name.icontains(words, autoescape=True),
        Person.municipality.icontains(words, autoescape=True),
    ]
    if len(digits) >= 4:
        theirs = select(AddressLink.person_id).join(Address, Address.id == AddressLink.address_id)
        ways.append(Person.id.in_(theirs.where(Address.scheme != "web", Address.path.contains(digits))))
    found = await desk.session.scalars(
        access.persons_of(desk.staff).where(or_(*ways)).order_by(Person.name, Person.id).limit(FOUND)
    )
    return found.all()


async def _whose(desk: Desk) -> Person | None:
    """The person chosen in the form, locked; None for somebody new. Raises NotFound for one out of sight."""
    wanted = desk.chosen_or_none("person_id")
    if wanted is None:
        return None
    if await desk.session.scalar(access.persons_of(desk.staff).where(Person.id == wanted)) is None:
        raise NotFound
    return await conversation.lock_person(desk.session, wanted)


async def _somebody_new(desk: Desk) -> Person:
    language = desk.form.get("language", "nl")
    person = Person(
        name=desk.text("name", 200) or None, language=language if language in LANGUAGES else "nl",
        region_id=desk.staff.region_id, last_seen_at=desk.now,
    )  # fmt: skip
    desk.session.add(person)
    await desk.session.flush()
    return person


async def _reachable(desk: Desk, person: Person, number: str) -> int:
    """The telephone they gave; on a mobile one we can text as well."""
    address_id = await addresses.link(
        desk.session, person.id, "tel", number, reason=TOLD, by_id=desk.staff.id
    )
    if is_mobile(number):
        await addresses.link(desk.session, person.id, "sms", number, reason=TOLD, by_id=desk.staff.id)
    return address_id


async def _held(desk: Desk, person: Person, channel: str, *, ends: bool) -> None:
    """A conversation with whoever noted it: so that it is counted, and found again by who had it."""
    talk = await conversation.open_for(desk.session, person.id, channel, desk.staff.region_id, now=desk.now)
    await conversation.move(desk.session, talk, Step.STAFF_WROTE, staff_id=desk.staff.id, now=desk.now)
    if ends:
        await conversation.move(desk.session, talk, Step.CLOSE, by_id=desk.staff.id, now=desk.now)


ROUTES = (
    Route(method="GET", path="/noteer", handler=show),
    Route(method="POST", path="/noteer", handler=save),
)
