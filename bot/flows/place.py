"""Where people are: the answer to 'in which town do you live?', and where our counters are."""

from dataclasses import replace

from bot.flows import conversation, courses
from bot.flows.refining import refine
from bot.flows.where import near_me, which
from bot.state import Asked, Goal
from bot.turn_types import Outcome, Reply, Turn, place_in, where_they_live
from data import geo
from dispatch.near import CounterHours, open_hours


async def answered(turn: Turn) -> Outcome | None:
    """A place came: go on with what it was asked for. A homonym is asked once; None when it is no place."""
    dialogue = turn.dialogue
    if dialogue.options and turn.understanding.act == "choose":
        number = int(turn.understanding.value("choice") or 0)
        if 1 <= number <= len(dialogue.options):
            place = geo.by_key(dialogue.options[number - 1])
            if place is not None:
                remember(turn, place)
                return await _go_on(turn, place)
    asked = which(turn, dialogue, dialogue.goal)
    if asked is not None:
        return asked
    place = place_in(turn.understanding)
    return await _go_on(turn, place) if place is not None else None


async def not_found(turn: Turn) -> Outcome:
    """What came is no place we know, or only "near"; asked again once, then a person."""
    again = "ask_place_near" if near_me(turn) else "ask_place_again"
    return Outcome(
        replies=(Reply(text=turn.say(again)),),
        dialogue=replace(turn.dialogue, misses=turn.dialogue.misses + 1),
    )


async def counters_near(turn: Turn) -> Outcome:
    """Where and when our counters are open."""
    asked = which(turn, turn.dialogue, Goal.COUNTERS)
    if asked is not None:
        return asked
    place = turn.place
    if place is None:
        return Outcome(
            replies=(Reply(text=turn.say("ask_place")),),
            dialogue=turn.dialogue.waiting_for(Asked.PLACE, goal=Goal.COUNTERS, options=()),
        )
    near = await open_hours(
        turn.session,
        place.lat,
        place.lon,
        postcodes=turn.postcodes,
        limit=2 if turn.short else 3,
        on=turn.today,
    )
    lines = [
        turn.say(
            "counter_info_line",
            name=item.counter.name,
            street=item.counter.street or "",
            postcode=item.counter.postcode or "",
            municipality=item.counter.municipality or "",
            hours=_hours(turn, item),
        )
        for item in near
    ]
    text = "\n".join(
        [
            turn.say("counter_info", place=place.named(turn.say.language)),
            *lines,
            turn.say("counter_info_tail"),
        ]
    )
    return Outcome(replies=(Reply(text=text),), dialogue=turn.dialogue.settled())


def remember(turn: Turn, place: geo.Place) -> None:
    """Keep where the person lives, so that it is asked once."""
    person = turn.person
    person.facts = where_they_live(person, place, turn.understanding.value("postcode"), person.facts)
    if place.region is not None:
        person.region_id = place.region
        turn.conversation.region_id = place.region


async def _go_on(turn: Turn, place: geo.Place) -> Outcome:
    match turn.dialogue.goal:
        case Goal.COURSES:
            search = turn.dialogue.search or refine(turn)
            return await courses.show(turn, replace(search, place_key=place.key))
        case Goal.COUNTERS:
            return await counters_near(turn)
        case _:
            return await conversation.go_on(turn, replace(turn.dialogue, options=()))


def _hours(turn: Turn, item: CounterHours) -> str:
    days: dict[str, list[int]] = {}
    for sitting in item.sittings:
        not_then = f" {turn.say('not_in_school_holidays')}" if sitting.schools else ""
        days.setdefault(f"{sitting.starts:%H:%M}-{sitting.ends:%H:%M}{not_then}", []).append(sitting.weekday)
    blocks = ", ".join(f"{turn.say.days(weekdays)} {hours}" for hours, weekdays in days.items())
    how = turn.say("walk_in" if item.counter.walk_in else "by_appointment")
    return f"{blocks} ({how})" if blocks else how
