"""What staff do with a person: each a posted form, done once, then back to the thread."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from fastapi.responses import Response
from sqlalchemy import select

from channels import abilities, outbox, plan
from channels.abilities import channel_of
from channels.policy import excess
from data import events
from data.tables import (
    Address,
    AddressLink,
    Appointment,
    Conversation,
    FollowUp,
    Note,
    Person,
)
from data.tables.guidance import ContactWay
from data.translation import N_, _, _n
from dispatch import clock
from handover import (
    access,
    attention,
    call_tasks,
    conversation,
    followups,
    microcontacts,
)
from handover.console import beside, clients, threads
from handover.console.consents import keep_agreed
from handover.console.desk import BadForm, Desk, NotFound, Route
from handover.console.labels import LANGUAGES
from handover.console.render import wall_input
from handover.conversation import Step
from handover.fields import left_open

ASK_FIRST = N_("Vraag eerst of we later mogen schrijven, en vink dat aan.")
MESSAGE_LIMIT = 4_000  # bytes of UTF-8


async def answer(desk: Desk) -> Response:
    """A public message on the client's own channel; the same form sent twice is one message.

    Refused, with the text kept, when something was said that the writer had not seen yet; and once, when a
    colleague was already writing.
    """
    person = await desk.person()
    text = desk.text("text", MESSAGE_LIMIT)
    client_msg_id = desk.uuid("client_msg_id")
    await conversation.lock_person(desk.session, person.id)
    if (earlier := await beside.sent_already(desk, person.id, client_msg_id)) is not None:
        if beside.bare(text) not in (
            "",
            earlier,
        ):  # changed after an answer that got lost: those words are new
            return await _again(desk, person, _(beside.ALREADY_SENT), text)
        return desk.go(f"/console/client/{person.id}")
    address_id = await _own_address(desk, person.id)
    if not text:
        return await _again(desk, person, _("Schrijf eerst een bericht."), text)
    if (why := await beside.hindrance(desk, person)) is not None:
        return await _again(desk, person, why.sentence, text, ahead=why.ahead)
    try:
        address_id = address_id or await outbox.last_address(desk.session, person.id)
    except LookupError:
        return await _again(
            desk, person, _("We hebben geen adres om naar te schrijven. Bel, of noteer een adres."), text
        )
    scheme = await _scheme(desk, person.id, address_id)
    if abilities.of(channel_of(scheme)).spoken:
        return await _again(
            desk, person, _("Naar een telefoon kan je niet schrijven. Bel, of kies een ander adres."), text
        )
    if over := excess(scheme, text):
        return await _again(desk, person, _too_long(over), text)
    if blank := left_open(text):
        return await _again(desk, person, _fill_in(blank), text)
    language = desk.form.get("language", "")
    held = await conversation.open_for(
        desk.session, person.id, channel_of(scheme), person.region_id, now=desk.now
    )
    await conversation.move(desk.session, held, Step.STAFF_WROTE, staff_id=desk.staff.id, now=desk.now)
    message = await outbox.staff_message(
        desk.session, conversation=held, staff_id=desk.staff.id, text=text, client_msg_id=client_msg_id,
        address_id=address_id, language=language if language in LANGUAGES else None,
    )  # fmt: skip
    await microcontacts.note_message(desk.session, message, at=desk.now)
    await attention.sent(desk.session, person.id, desk.staff.id)
    return desk.go(f"/console/client/{person.id}")


async def later(desk: Desk) -> Response:
    """The same text as a micro-contact for later: "now" leaves with the next round of the clock."""
    person = await desk.person()
    text = desk.text("text", MESSAGE_LIMIT)
    address_id = await _own_address(desk, person.id)
    if not text:
        return await _again(desk, person, _("Schrijf eerst wat je later wil sturen."), text)
    due = _moment(desk.form.get("due_at", ""))
    if due is None or due < desk.now - timedelta(minutes=1):
        return await _again(desk, person, _("Kies een dag en een uur die nog moeten komen."), text)
    if over := excess(await _scheme(desk, person.id, address_id), text):
        return await _again(desk, person, _too_long(over), text)
    if blank := left_open(text):
        return await _again(desk, person, _fill_in(blank), text)
    if not await plan.may_write_first(desk.session, person.id, now=desk.now):
        if desk.form.get("agreed") != "1":
            return await _again(desk, person, _(ASK_FIRST), text)
        await keep_agreed(desk, person)
    row = await followups.plan(
        desk.session, person.id, staff_id=desk.staff.id, text=text, due_at=due, address_id=address_id,
        cancel_if_wrote=desk.form.get("cancel_if_wrote") == "1",
        cancel_if_moved_id=await _own_appointment(desk, person.id), now=desk.now,
    )  # fmt: skip
    return _planned(desk, row)


async def cancel_follow_up(desk: Desk) -> Response:
    row = await _follow_up(desk)
    await followups.cancel(desk.session, row.id, by_id=desk.staff.id)
    return desk.done(
        desk.go(f"/console/client/{row.person_id}"), _("Het geplande bericht is geschrapt."),
        f"/console/opvolging/{row.id}/toch",
    )  # fmt: skip


async def plan_after_all(desk: Desk) -> Response:
    row = await _follow_up(desk)
    await followups.plan_after_all(desk.session, row.id, by_id=desk.staff.id, now=desk.now)
    return _planned(desk, row)


def _planned(desk: Desk, row: FollowUp) -> Response:
    answer = desk.go(f"/console/client/{row.person_id}")
    return desk.done(answer, _("Het bericht is gepland."), f"/console/opvolging/{row.id}/schrappen")


async def _follow_up(desk: Desk) -> FollowUp:
    visible = access.persons_of(desk.staff).with_only_columns(Person.id)
    row: FollowUp = await desk.one(
        select(FollowUp).where(FollowUp.id == desk.number("follow_up_id"), FollowUp.person_id.in_(visible))
    )
    return row


async def note(desk: Desk) -> Response:
    """An internal note; empty ones are no notes."""
    person = await desk.person()
    text = desk.text("text")
    if text:
        row = Note(person_id=person.id, staff_id=desk.staff.id, text=text, created_at=desk.now)
        desk.session.add(row)
        await desk.session.flush()
        await events.record(
            desk.session, "note.written", person_id=person.id, region_id=person.region_id,
            staff_id=desk.staff.id, data={"note_id": row.id},
        )  # fmt: skip
    return desk.go(f"/console/client/{person.id}")


async def contact(desk: Desk) -> Response:
    """A call, a visit or a no-show, as a micro-contact."""
    person = await desk.person()
    way = desk.form.get("way", "")
    if way not in (ContactWay.CALL, ContactWay.VISIT, ContactWay.NO_SHOW):
        raise BadForm
    minutes = desk.chosen("minutes") if desk.form.get("minutes") else 0
    row = await microcontacts.log(
        desk.session, person.id, way=ContactWay(way), direction=_direction(desk),
        channel="phone" if way == ContactWay.CALL else "desk", staff_id=desk.staff.id, at=desk.now,
        minutes=min(minutes, 600) if way != ContactWay.NO_SHOW else 0, purpose=desk.text("purpose", 400),
        region_id=person.region_id,
    )  # fmt: skip
    said = _("Het contact is genoteerd.")
    if way != ContactWay.NO_SHOW and await call_tasks.reached(
        desk.session, person.id, by_id=desk.staff.id, now=desk.now
    ):
        said = _("Het contact is genoteerd, en de oproep is afgevinkt. Die vraag je zo nodig opnieuw.")
    return desk.done(
        desk.go(f"/console/client/{person.id}"), said, f"/console/microcontact/{row.id}", way=row.way,
        direction=row.direction, minutes=row.minutes, at=wall_input(row.at), voided=1,
    )  # fmt: skip


async def details(desk: Desk) -> Response:
    """Put right what we know of a person."""
    person = await desk.person()
    person.name = desk.text("name", 200) or None
    language = desk.text("language", 10)
    if language in LANGUAGES and language != person.language:
        person.language = language
        person.facts = {**person.facts, "language_chosen": True}  # by hand: no guess of the bot changes it
    person.municipality = desk.text("municipality", 100) or None
    postcode = desk.text("postcode", 4)
    person.postcode = postcode if len(postcode) == 4 and postcode.isdigit() else None
    await desk.session.flush()
    await events.record(
        desk.session, "person.corrected", person_id=person.id, region_id=person.region_id,
        staff_id=desk.staff.id,
    )  # fmt: skip
    return desk.go(f"/console/client/{person.id}")


# ---- helpers ----


async def _again(
    desk: Desk, person: Person, warning: str, draft: str, *, ahead: int | None = None
) -> Response:
    """The page one came from, with the sentence and the text that was not sent; `ahead` whose lock it was held for."""
    came_from = desk.chosen_or_none("conversation_id")
    if came_from is not None:
        found: Conversation = await desk.one(
            access.conversations_of(desk.staff).where(Conversation.id == came_from)
        )
        page = await threads.show_conversation(
            desk, found, status=409, warning=warning, draft=draft, beside=ahead
        )
    else:
        page = await clients.show_person(desk, person, status=409, warning=warning, draft=draft, beside=ahead)
    page.headers["HX-Push-Url"] = "false"  # the address stays that of the thread, not of the form
    return page


async def _own_address(desk: Desk, person_id: int) -> int | None:
    """The address chosen, which must be this person's; None: the one they wrote from last."""
    chosen = desk.chosen_or_none("address_id")
    if chosen is None:
        return None
    linked = select(AddressLink.id).where(
        AddressLink.address_id == chosen, AddressLink.person_id == person_id, AddressLink.ended_at.is_(None)
    )
    if await desk.session.scalar(linked.limit(1)) is None:
        raise NotFound
    return chosen


async def _own_appointment(desk: Desk, person_id: int) -> int | None:
    """The appointment that a planned message hangs on, which must be this person's."""
    chosen = desk.chosen_or_none("cancel_if_moved_id")
    if chosen is None:
        return None
    theirs = select(Appointment.id).where(Appointment.id == chosen, Appointment.person_id == person_id)
    if await desk.session.scalar(theirs) is None:
        raise NotFound
    return chosen


def _fill_in(blank: Sequence[str]) -> str:
    joined = " " + _("en") + " "
    return _(
        "Vul eerst {fields} in, of haal dat weg.", fields=joined.join("{" + name + "}" for name in blank)
    )


async def _scheme(desk: Desk, person_id: int, address_id: int | None) -> str:
    """What a message to that address, or to the one they wrote from last, travels by; empty without an address."""
    try:
        address_id = address_id or await outbox.last_address(desk.session, person_id)
    except LookupError:
        return ""
    return await desk.session.scalar(select(Address.scheme).where(Address.id == address_id)) or ""


def _too_long(over: int) -> str:
    return _n(
        "Een sms kan niet zo lang zijn: kort dit in met {count} teken, of stuur het in twee berichten.",
        "Een sms kan niet zo lang zijn: kort dit in met {count} tekens, of stuur het in twee berichten.",
        over,
    )


def _direction(desk: Desk) -> str:
    return "in" if desk.form.get("direction") == "in" else "out"


def _moment(value: str) -> datetime | None:
    """A datetime-local field, taken as wall time in Belgium."""
    try:
        return clock.instant(datetime.fromisoformat(value).replace(tzinfo=None))
    except ValueError:
        return None


ROUTES = (
    Route(method="POST", path="/client/{person_id}/antwoord", handler=answer),
    Route(method="POST", path="/client/{person_id}/later", handler=later),
    Route(method="POST", path="/client/{person_id}/nota", handler=note),
    Route(method="POST", path="/client/{person_id}/contact", handler=contact),
    Route(method="POST", path="/client/{person_id}/gegevens", handler=details),
    Route(method="POST", path="/opvolging/{follow_up_id}/schrappen", handler=cancel_follow_up),
    Route(method="POST", path="/opvolging/{follow_up_id}/toch", handler=plan_after_all),
)
