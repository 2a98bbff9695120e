"""A free conversation: ask where, offer the nearest free times, book the chosen one."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from bot.flows import answers
from bot.flows.where import which
from bot.replies import Replies
from bot.state import Asked, Dialogue, Goal
from bot.turn_types import Escalation, Outcome, Reply, Turn, place_in
from data import geo
from data.catalog.answer_cards import cards_for, named_card
from data.tables import Appointment, AppointmentKind, Counter, CounterKind, Staff
from dispatch import booking, calendar, counters, interpreters
from dispatch.calendar import Slot, SlotKey
from dispatch.counters import CounterOffer, Why
from handover import conversation as handover

OFFERS = {
    "secondary_diploma": "offer_secondary",
    "vague_need": "offer_vague",
    "higher_education": "offer_higher",
    "practical_barrier": "offer_barrier",
}


async def offer(turn: Turn) -> Outcome:
    """Say why a conversation helps, then ask the place if we do not know it, or show the free times."""
    spoken = turn.understanding
    intro = turn.say(OFFERS.get(spoken.intent, "offer_general"))
    card = named_card(spoken.intent, spoken.text) if spoken.intent == "practical_barrier" else None
    if card is not None:  # what is known of it, before we look at it together
        intro = f"{await answers.brief(turn, card)}\n{intro}"
    elif spoken.intent == "secondary_diploma" and not turn.short:  # the ways side by side, to read meanwhile
        intro = f"{intro}\n{answers.page(turn, cards_for(spoken.intent, spoken.text)[0])}"
    return await go_on(turn, turn.dialogue, intro=intro)


async def book(turn: Turn) -> Outcome:
    """They ask for an appointment; somebody who has one is told so, and may move it."""
    appointments = await booking.upcoming(turn.session, turn.person.id, now=turn.now)
    if appointments:
        known = appointments[0]
        place, _ = await where_and_who(turn, known)
        text = turn.say("appointment_have", when=turn.say.when(known.starts_at), place=place)
        return Outcome(
            replies=(Reply(text=f"{text}\n{turn.say('booked_change')}"),), dialogue=turn.dialogue.settled()
        )
    return await go_on(turn, turn.dialogue)


async def go_on(turn: Turn, dialogue: Dialogue, *, intro: str = "") -> Outcome:
    """Show free times near the known place, or ask for it first."""
    asked = which(turn, dialogue, Goal.CONVERSATION)
    if asked is not None:
        return asked
    place = turn.place
    if place is None:
        text = "\n".join(part for part in (intro, turn.say("ask_place")) if part)
        return Outcome(
            replies=(Reply(text=text),), dialogue=dialogue.waiting_for(Asked.PLACE, goal=Goal.CONVERSATION)
        )
    if place.region is None:
        outside = turn.say("place_outside", place=place.named(turn.say.language))
        intro = "\n".join(part for part in (intro, outside) if part)
    return await show(turn, dialogue, place, intro=intro)


async def show(turn: Turn, dialogue: Dialogue, place: geo.Place, *, intro: str = "") -> Outcome:
    """A numbered list of places with a time; nobody free at all becomes a task for a person."""
    offers = await counters.nearest(
        turn.session,
        place.lat,
        place.lon,
        region_id=place.region,
        postcodes=turn.postcodes,
        language=turn.person.language,
        person_id=turn.person.id,
        skip=dialogue.skipped,
        kind=await _kind(replace(turn, dialogue=dialogue)),
        router=turn.router,
        now=turn.now,
    )
    if not offers:
        return Outcome(
            replies=(Reply(text=turn.say("counters_none")),),
            dialogue=dialogue.settled(),
            escalation=Escalation(reason="no_free_time", reply="human"),
        )
    spoken = all(Why.LANGUAGE in offered.reasons for offered in offers)  # then it is said once
    labels = tuple(
        label(turn.say, offered, short=turn.short, unsaid=frozenset({Why.LANGUAGE} if spoken else ()))
        for offered in offers
    )
    tail = "counters_tail" if dialogue.skipped == 0 else "counters_last"
    text = "\n".join(part for part in (intro, _tongue(turn, offers), await _head(turn, offers)) if part)
    far = how_far(turn.say, offers, asked=turn.router is not None)
    note = " ".join(part for part in (far, turn.say("all_language") if spoken else "") if part)
    return Outcome(
        replies=(Reply(text=text, options=labels, note=note, tail=turn.say(tail)),),
        dialogue=dialogue.waiting_for(
            Asked.SLOT, goal=Goal.CONVERSATION, options=tuple(str(offered.slot.key) for offered in offers)
        ),
    )


def _tongue(turn: Turn, offers: Sequence[CounterOffer]) -> str:
    """What to know of the language that is spoken there: that an interpreter comes along, or that nobody speaks it."""
    if any(offered.slot.interpreter is not None for offered in offers):
        return turn.say("counters_interpreter")
    if any(turn.person.language in offered.slot.languages for offered in offers):
        return ""
    return turn.say("counters_no_interpreter")


async def _head(turn: Turn, offers: Sequence[CounterOffer]) -> str:
    """What the list is of: places, or times of the counsellor they know, or of who stands in and why."""
    own = await booking.own_counsellor(turn.session, turn.person.id)
    if own is None:
        return turn.say("counters_head")
    staff = (await turn.session.get_one(Staff, own.staff_id)).name.split()[0]
    first = offers[0]
    if Why.OWN_COUNSELLOR in first.reasons:
        return turn.say("counters_own", staff=staff)
    if Why.DEPUTY in first.reasons:
        return turn.say("counters_deputy", staff=staff, deputy=first.slot.staff_name.split()[0])
    return turn.say("counters_colleague", staff=staff)


async def choose(turn: Turn) -> Outcome | None:
    """A number out of the free times, or other times; None when the message is something else."""
    spoken = turn.understanding
    elsewhere = place_in(spoken)
    if elsewhere is not None:  # not there: near this place instead
        asked = which(turn, replace(turn.dialogue, skipped=0), Goal.CONVERSATION)
        if asked is not None:
            return asked
        return await show(turn, replace(turn.dialogue, skipped=0), elsewhere)
    if spoken.act == "choose":
        number = int(spoken.value("choice") or 0)
        if 1 <= number <= len(turn.dialogue.options):
            return await _take(turn, SlotKey.parse(turn.dialogue.options[number - 1]))
        return None
    if spoken.act in ("more", "deny") or _other(spoken.text):
        if turn.dialogue.skipped >= 2:
            return None
        place = turn.place
        if place is None:  # offered by us, near the counter of their last appointment
            return await go_on(turn, turn.dialogue)
        return await show(turn, replace(turn.dialogue, skipped=turn.dialogue.skipped + 1), place)
    return None


async def _kind(turn: Turn) -> str:
    """What is booked: what is moved stays what it was; else a conversation, in a trajectory that of the trajectory."""
    if turn.dialogue.moving is not None:
        moving = await booking.find(turn.session, turn.dialogue.moving)
        if moving is not None:
            return moving.kind
    own = await booking.own_counsellor(turn.session, turn.person.id)
    return AppointmentKind.TRAJECTORY if own is not None else AppointmentKind.MEDIATION


async def _take(turn: Turn, key: SlotKey) -> Outcome:
    kind = await _kind(turn)
    slot = await calendar.slot_at(turn.session, key, kind, now=turn.now, besides=turn.dialogue.moving)
    made = await _book(turn, slot) if slot is not None else None
    if made is None:
        place = turn.place
        gone = turn.say("slot_gone")
        if place is None:
            return await go_on(turn, turn.dialogue, intro=gone)
        return await show(turn, turn.dialogue, place, intro=gone)
    await handover.follow(turn.session, turn.conversation, made.region_id)
    return Outcome(
        replies=(
            Reply(text=await booked_text(turn, made, moved=turn.dialogue.moving is not None), about=made),
        ),
        dialogue=turn.dialogue.settled(),
    )


async def _book(turn: Turn, slot: Slot) -> Appointment | None:
    """The appointment, confirmed, with an interpreter where one is needed; None when the time has just gone."""
    slot = await interpreters.along(
        turn.session, slot, turn.person.language, now=turn.now, besides=turn.dialogue.moving
    )
    if turn.dialogue.moving is not None:
        moved = await booking.move(turn.session, turn.dialogue.moving, slot, now=turn.now)
        return moved if isinstance(moved, Appointment) else None
    held = await booking.hold(
        turn.session,
        slot,
        turn.person.id,
        now=turn.now,
        conversation_id=turn.conversation.id,
        address_id=turn.address.id,
        language=turn.person.language,
        topic=turn.dialogue.topic or turn.understanding.intent,
    )
    if not isinstance(held, Appointment):
        return None
    confirmed = await booking.confirm(turn.session, held.id, now=turn.now)
    return confirmed if isinstance(confirmed, Appointment) else None


async def booked_text(turn: Turn, made: Appointment, *, moved: bool) -> str:
    """The confirmation: date, place, with whom, what to bring, how to change it."""
    place, staff = await where_and_who(turn, made)
    counter = await turn.session.get_one(Counter, made.counter_id)
    link = f"{turn.public_url}/a/{made.token}"
    parts = [
        turn.say("moved" if moved else "booked", when=turn.say.when(made.starts_at), place=place, staff=staff)
    ]
    if counter.kind == CounterKind.PHONE:
        by_phone = turn.address.scheme in ("sms", "whatsapp", "tel")
        parts.append(turn.say("booked_phone", staff=staff) if by_phone else turn.say("booked_phone_web"))
    elif counter.kind == CounterKind.VIDEO:
        parts.append(turn.say("booked_video"))
    elif made.session_id is None:
        parts.append(turn.say("booked_bring"))
    if made.interpreter_id is not None:
        parts.append(turn.say("booked_interpreter"))
    parts += [turn.say("booked_change"), turn.say("booked_link", link=link)]
    return "\n".join(parts)


async def where_and_who(turn: Turn, appointment: Appointment) -> tuple[str, str]:
    """'bib Aalst, Kerkstraat 4' and 'Els'."""
    counter, staff = (
        await turn.session.execute(
            select(Counter, Staff.name)
            .join(Staff, Staff.id == appointment.staff_id)
            .where(Counter.id == appointment.counter_id)
        )
    ).one()
    if counter.kind == CounterKind.PHONE:
        return turn.say("counter_phone").lower(), staff.split()[0]
    if counter.kind == CounterKind.VIDEO:
        return turn.say("counter_video").lower(), staff.split()[0]
    address = f"{counter.name}, {counter.street}" if counter.street else counter.name
    return address, staff.split()[0]


WHY = {
    Why.NEAREST: "why_nearest",
    Why.AREA: "why_area",
    Why.SOONEST: "why_soonest",
    Why.LANGUAGE: "why_language",
    Why.WHEELCHAIR: "why_wheelchair",
}
NOT_SHORT = frozenset({Why.NEAREST, Why.SOONEST})  # which the distance and the day show already


def label(
    say: Replies, offered: CounterOffer, *, short: bool = False, unsaid: frozenset[Why] = frozenset()
) -> str:
    """An offer on one line with its reasons: "bib Aalst, 2 km, do 27/11 14:00 (dichtst bij)"."""
    unsaid |= NOT_SHORT if short else frozenset()
    when = say.when(offered.slot.starts_at, short=True)
    if offered.slot.interpreter is not None:
        when = f"{when}, {say('with_interpreter')}"
    counter = offered.slot.counter
    why = ", ".join(
        say(key) for reason, key in WHY.items() if reason in offered.reasons and reason not in unsaid
    )
    if counter.kind == CounterKind.PHONE:
        line = say("counter_remote", name=say("counter_phone"), when=when)
    elif counter.kind == CounterKind.VIDEO:
        line = say("counter_remote", name=say("counter_video"), when=when)
    elif offered.travel_minutes is not None:
        took = say("travel_short" if short else "travel", minutes=offered.travel_minutes)
        line = say("counter_line", name=counter.name, distance=took, when=when)
    else:
        far = say("km", km=max(1, round(offered.distance_km or 0)))
        line = say("counter_line", name=counter.name, distance=far, when=when)
    return f"{line} ({why})" if why else line


def how_far(say: Replies, offers: Sequence[CounterOffer], *, asked: bool) -> str:
    """What the kilometres of a list are, and whether a router was `asked` in vain; nothing when it has none."""
    places = [offer for offer in offers if offer.slot.counter.kind == CounterKind.PLACE]
    if all(offer.travel_minutes is not None for offer in places):
        return ""
    in_vain = asked and all(offer.travel_minutes is None for offer in places)
    return say("distance_instead" if in_vain else "distance_straight")


def _other(text: str) -> bool:
    first = text.strip().lower().split()
    return bool(first) and first[0].strip(".!?*") in {
        "ander",
        "andere",
        "anders",
        "autre",
        "autres",
        "other",
        "another",
    }
