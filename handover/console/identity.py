"""Addresses of a person, and who is who: STOP and its end, the channel they prefer, codes, merging and parting."""

from datetime import timedelta

from fastapi.responses import Response
from sqlalchemy import select

from channels import addresses, outbox, plan
from channels.abilities import channel_of
from channels.opt_outs import OptOuts
from data import events
from data.tables import (
    Address,
    AddressLink,
    Author,
    Direction,
    MergeHow,
    Message,
    Person,
    PersonMerge,
    Status,
)
from data.translation import _
from handover import access, conversation, merging, sharing
from handover.console.desk import Desk, Route
from handover.conversation import NotAllowed
from handover.link_codes import LinkCodes, spaced

CODE = {
    "nl": "Je code van de leerwinkel is {code}. Antwoord met die code als dit ook jouw adres is. Vroeg je niets? Doe dan niets.",
    "fr": "Ton code du leerwinkel est {code}. Réponds avec ce code si cette adresse est aussi à toi. Sinon, ne fais rien.",
    "en": "Your code of the leerwinkel is {code}. Reply with that code if this address is yours too. If not, do nothing.",
    "tr": "Leerwinkel kodun: {code}. Bu adres de seninse bu kodla cevap ver. Değilse bir şey yapma.",
    "ar": "رمزك من leerwinkel هو {code}. إذا كان هذا العنوان لك أيضاً فأجب بهذا الرمز. وإلا فلا تفعل شيئاً.",
    "uk": "Ваш код leerwinkel: {code}. Якщо ця адреса теж ваша, надішліть цей код у відповідь. Якщо ні, нічого не робіть.",
    "pl": "Twój kod z leerwinkel: {code}. Jeśli ten adres też jest twój, odpowiedz tym kodem. Jeśli nie, nic nie rób.",
    "es": "Tu código de la leerwinkel es {code}. Responde con ese código si esta dirección también es tuya. Si no, no hagas nada.",
}  # the last five not yet read by a native speaker


async def stop(desk: Desk) -> Response:
    """They told one of ours that they want no messages here (any more), or want them again."""
    person, address = await _own(desk)
    opt_outs = OptOuts(desk.request.app.state.secret)
    reason = desk.text("reason", 200)
    if not reason:
        raise NotAllowed(_("Zet erbij waarom, bijvoorbeeld: vroeg het aan het loket."))
    if desk.form.get("stop") == "1":
        await opt_outs.stop(
            desk.session, address, now=desk.now, reminders=desk.form.get("reminders") == "1", reason=reason,
            staff_id=desk.staff.id, person_id=person.id,
        )  # fmt: skip
    else:
        await opt_outs.resume(desk.session, address, staff_id=desk.staff.id, person_id=person.id)
    return desk.go(_path(person))


async def share(desk: Desk) -> Response:
    """Somebody else uses this telephone too: the bot asks who writes from now on."""
    person, address = await _own(desk)
    await sharing.share(desk.session, address, desk.text("name", 80), by_id=desk.staff.id, now=desk.now)
    return desk.go(_path(person))


async def prefer(desk: Desk) -> Response:
    """Where this person wants to be written first; empty: where they wrote last."""
    person = await desk.person()
    await plan.prefer(desk.session, person.id, desk.chosen_or_none("address_id"))
    return desk.go(_path(person))


async def send_code(desk: Desk) -> Response:
    """Send a code to a number or e-mail address that the person says is theirs."""
    person = await desk.person()
    await conversation.lock_person(desk.session, person.id)
    found = addresses.find(desk.text("address", 200))
    if found is None:
        raise NotAllowed(
            _("Dat is geen nummer of e-mailadres. Schrijf het zoals 0470 12 34 56 of naam@voorbeeld.be.")
        )
    scheme, path = found
    scheme = "sms" if scheme == "tel" else scheme
    codes = LinkCodes(desk.request.app.state.secret)
    code, address = await codes.ask(desk.session, person.id, scheme, path, now=desk.now, by_id=desk.staff.id)
    talk = await conversation.open_for(
        desk.session, person.id, channel_of(scheme), person.region_id, now=desk.now
    )
    own = person.language.split("-")[0]
    language = own if own in CODE else "nl"
    await outbox.put(
        desk.session, conversation=talk, address_id=address.id, channel=channel_of(scheme), author=Author.SYSTEM,
        text=CODE[language].format(code=spaced(code)), language=language, purpose="code",
        client_msg_id=f"code-{desk.staff.id}-{desk.now.timestamp():.0f}",
    )  # fmt: skip
    return desk.go(_path(person))


async def merge(desk: Desk) -> Response:
    """Somebody of ours sees that two are one."""
    person = await desk.person()
    other = await _other(desk)
    reason = desk.text("reason", 400)
    if not reason:
        raise NotAllowed(_("Zet erbij waaraan je zag dat het dezelfde persoon is."))
    await merging.merge(
        desk.session,
        person.id,
        other.id,
        how=MergeHow.STAFF,
        by_id=desk.staff.id,
        reason=reason,
        now=desk.now,
    )
    return desk.go(_path(person))


async def not_the_same(desk: Desk) -> Response:
    person = await desk.person()
    other = await _other(desk)
    await merging.reject(
        desk.session,
        person.id,
        other.id,
        by_id=desk.staff.id,
        reason=desk.text("reason", 400) or None,
        now=desk.now,
    )
    return desk.go(_path(person))


async def part(desk: Desk) -> Response:
    """They are two after all."""
    person = await desk.person()
    row: PersonMerge = await desk.one(
        select(PersonMerge).where(PersonMerge.id == desk.chosen("merge_id"), PersonMerge.kept_id == person.id)
    )
    await merging.undo(desk.session, row.id, by_id=desk.staff.id, now=desk.now)
    return desk.go(_path(person))


async def send_again(desk: Desk) -> Response:
    """A message that may not have arrived is sent once more: somebody of ours chose so, knowing it may be the second."""
    message = await _message(desk, "sent_id")
    if message.status not in (Status.UNKNOWN, Status.FAILED):
        raise NotAllowed(_("Dit bericht is niet mislukt, of het vertrekt al opnieuw."))
    await _leave(desk, message, Status.QUEUED, "message.sent_again")
    return desk.go(f"/console/client/{message.person_id}")


async def look_up(desk: Desk) -> Response:
    """Ask the provider once more whether it has the message."""
    message = await _message(desk, "doubt_id")
    if message.status != Status.UNKNOWN:
        raise NotAllowed(_("Van dit bericht weten we al wat ermee gebeurde."))
    await _leave(desk, message, Status.SENDING, "message.looked_up")
    message.status_at = message.created_at - timedelta(seconds=1)
    return desk.go(f"/console/client/{message.person_id}")


async def _leave(desk: Desk, message: Message, status: Status, kind: str) -> None:
    message.status, message.status_reason, message.needs_version, message.slot_at = status, None, None, None
    await desk.session.flush()
    await outbox.enqueue_send(desk.session, message)
    await events.record(
        desk.session, kind, person_id=message.person_id, conversation_id=message.conversation_id,
        staff_id=desk.staff.id, data={"message_id": message.id},
    )  # fmt: skip


async def _other(desk: Desk) -> Person:
    wanted = Person.id == desk.chosen("other_id")
    other = await desk.session.scalar(
        access.persons_of(desk.staff).where(wanted, Person.merged_into_id.is_(None))
    )
    if other is None:
        raise NotAllowed(_("Die persoon is al samengevoegd, of hoort bij een andere regio."))
    return other


async def _message(desk: Desk, name: str) -> Message:
    visible = access.persons_of(desk.staff).with_only_columns(Person.id)
    found: Message = await desk.one(
        select(Message).where(
            Message.id == desk.number(name), Message.direction == Direction.OUT, Message.person_id.in_(visible)
        )
    )  # fmt: skip
    await conversation.lock_person(desk.session, found.person_id)
    await desk.session.refresh(found)
    return found


async def _own(desk: Desk) -> tuple[Person, Address]:
    person = await desk.person()
    address: Address = await desk.one(
        select(Address)
        .join(AddressLink, AddressLink.address_id == Address.id)
        .where(
            AddressLink.person_id == person.id, AddressLink.ended_at.is_(None), Address.id == desk.chosen("address_id")
        )
    )  # fmt: skip
    return person, address


def _path(person: Person) -> str:
    return f"/console/client/{person.id}"


ROUTES = (
    Route(method="POST", path="/client/{person_id}/stop", handler=stop),
    Route(method="POST", path="/client/{person_id}/voorkeur", handler=prefer),
    Route(method="POST", path="/client/{person_id}/delen", handler=share),
    Route(method="POST", path="/client/{person_id}/code", handler=send_code),
    Route(method="POST", path="/client/{person_id}/niet-dezelfde", handler=not_the_same),
    Route(method="POST", path="/client/{person_id}/samenvoegen", handler=merge),
    Route(method="POST", path="/client/{person_id}/uiteen", handler=part),
    Route(method="POST", path="/bericht/{sent_id}/opnieuw", handler=send_again),
    Route(method="POST", path="/bericht/{doubt_id}/nakijken", handler=look_up),
)
