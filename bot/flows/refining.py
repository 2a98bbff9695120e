"""Which search a message asks for: one of its own, or the one that is going on with what it changes."""

from dataclasses import replace

from bot.flows import follow_words
from bot.state import Asked, Search
from bot.turn_types import Turn, known_place, place_in
from handover.promise import WEEKDAYS
from nlu import Slot, Understanding
from nlu.topics import SAID
from nlu.values import ASIDES

MOST_SUBJECTS = 3
UNSURE, SURE = 0.6, 0.9
REFINING = frozenset({"place", "postcode", "weekday", "time_of_day", "mode", "date", "price_max"})
COURSE_INTENTS = frozenset({"find_course", "course_schedule_place", "course_price"})
OF_LISTS = frozenset({"language_switch", "basic_skills", "smalltalk"})  # what "en Frans?" is taken for


def unnamed_subject(turn: Turn) -> Slot | None:
    """What a question for a course asks in words that are no subject of ours: "kinderverzorgingsopleiding".

    None when it names a subject, goes on from the list ("en in Aalst?"), or says nothing more than where and when.
    """
    spoken = turn.understanding
    if spoken.intent != "find_course" or spoken.confidence < SURE or spoken.slot("subject") is not None:
        return None
    return None if follow_words.is_joined(spoken.text) else spoken.slot("topic")


def refines(turn: Turn) -> bool:
    """Whether the message only changes the list that is shown: "en in Aalst?", "en Frans?", "liever online"."""
    spoken = turn.understanding
    if _goes_on(turn) and any(slot.name in REFINING | {"subject"} for slot in spoken.slots):
        return True
    if not any(slot.name in REFINING for slot in spoken.slots):
        return False
    unsure = spoken.confidence < UNSURE and turn.dialogue.asked is Asked.COURSE
    return spoken.act in ("place", "time") or spoken.intent in COURSE_INTENTS or unsure


def refine(turn: Turn) -> Search:
    """The search this message asks for; a question of its own about another subject starts anew."""
    spoken, before = turn.understanding, turn.dialogue.search
    subjects = tuple(dict.fromkeys(s.value for s in spoken.slots if s.name == "subject" and not s.negated))
    topic = spoken.slot("topic")
    stays = before is not None and (not subjects or subjects == before.subject_ids or _goes_on(turn))
    base = before if before is not None and stays else Search()
    if subjects:
        base = replace(base, subject_ids=subjects[:MOST_SUBJECTS], text=None)
    elif topic is not None and topic.confidence >= SAID and not base.subject_ids:
        base = replace(base, text=topic.value)
    let_go = follow_words.let_go(spoken.text) if before is not None else frozenset[str]()
    unwanted = {s.name for s in spoken.slots if s.negated} | let_go
    place, home = place_in(spoken), known_place(turn.person)
    anywhere = place is None and ("place" in unwanted or base.anywhere)
    key = place.key if place else None if anywhere else base.place_key or (home.key if home else None)
    named = tuple(
        s.data["key"] for s in spoken.slots if s.name == "place" and not s.negated and "key" in s.data
    )
    each_its_own = 1 < len(subjects) == len(set(named)) <= MOST_SUBJECTS
    kept = () if subjects or place or "place" in unwanted else base.places
    days = tuple(WEEKDAYS.index(day) for day in _said(spoken, "weekday", negated=False) if day in WEEKDAYS)
    return replace(
        base,
        place_key=key,
        places=tuple(dict.fromkeys(named)) if each_its_own else kept,
        anywhere=anywhere,
        time_of_day=spoken.value("time_of_day") or (None if "time_of_day" in unwanted else base.time_of_day),
        weekdays=days or (() if "weekday" in unwanted else base.weekdays),
        not_parts=_refused(spoken, "time_of_day", base.not_parts, again="time_of_day" in let_go),
        not_weekdays=tuple(
            WEEKDAYS.index(day)
            for day in _refused(
                spoken,
                "weekday",
                tuple(WEEKDAYS[day] for day in base.not_weekdays),
                again="weekday" in let_go,
            )
            if day in WEEKDAYS
        ),
        mode=_mode(spoken.value("mode")) or (None if "mode" in unwanted else base.mode),
        starts_from=spoken.value("date") or base.starts_from,
        max_price=spoken.value("price_max") or base.max_price,
        cheapest_first=base.cheapest_first or follow_words.asks_cheaper(spoken.text),
        offset=0,
    )


def _refused(spoken: Understanding, name: str, before: tuple[str, ...], *, again: bool) -> tuple[str, ...]:
    """When they cannot come: what is refused now, on top of what was refused before and is not asked for now."""
    asked = _said(spoken, name, negated=False)
    kept = [] if again else [value for value in before if value not in asked]
    return tuple(dict.fromkeys([*kept, *_said(spoken, name, negated=True)]))


def _said(spoken: Understanding, name: str, *, negated: bool) -> list[str]:
    """The values of a slot, wanted or refused; a weekend is both its days."""
    slots = [slot for slot in spoken.slots if slot.name == name and slot.negated == negated]
    return [value for slot in slots for value in (slot.choices or (slot.value,))]


def _goes_on(turn: Turn) -> bool:
    """Whether the message is a few words that go on from the list: they change only what they name."""
    spoken = turn.understanding
    if turn.dialogue.search is None or len(follow_words.tokens(spoken.text)) > follow_words.LONGEST:
        return False
    if not follow_words.is_bare(spoken.text, spoken.slots):
        return False
    if spoken.confidence >= UNSURE and spoken.intent not in COURSE_INTENTS | OF_LISTS:
        return False  # "wat is EVC?" names a subject of the catalogue, and asks something else
    if spoken.intent == "language_switch":  # "en Frans?" is about courses, "Frans" and "en français" are not
        return follow_words.is_joined(spoken.text) and spoken.slot("language") is None
    # "cursus Engels in Gent" is a question of its own; "en Engels?" and "Engels" only change the subject.
    whole = (
        spoken.slot("subject") is not None
        and len({slot.name for slot in spoken.slots} - ASIDES - {"topic"}) > 1
    )
    return follow_words.is_joined(spoken.text) or not whole


def _mode(mode: str | None) -> str | None:
    return mode if mode in ("online", "blended", "contact") else None
