"""Finding courses: several options, never one pick, each with price, place, start, source and date checked.

What comes after a list goes on from it: "en in Aalst?", "en Frans?", "niet in Gent", "goedkoper", "wat kost de tweede?",
"meer", "terug". Each changes only what it names.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bot import demand
from bot.flows import course_items, follow_words, list_words
from bot.flows.refining import REFINING, UNSURE, refine, refines, unnamed_subject
from bot.flows.where import near_me
from bot.searching import find_runs
from bot.state import Asked, Goal, Search
from bot.turn_types import Outcome, Reply, Turn
from channels.base import Choice
from data import geo
from data.catalog import price_rules
from data.catalog.prices import of_person
from data.catalog.search import CourseQuery, Near, Relaxed, SearchResult, runs_by_id
from data.catalog.shown import remember
from nlu.topics import SAID

SHOWN = 3
SHOWN_OF_EACH = 2  # where a list has more than one subject
LATER = timedelta(weeks=4)
REMEMBERED = 5  # searches that one can go back to
OF_ONE = frozenset({"course_price", "course_schedule_place", "entry_requirements", "enrolment"})
PARTS_OF_DAY = ("morning", "afternoon")


async def find(turn: Turn) -> Outcome:
    """A course question: search with what this message says, on top of the search that is going on."""
    wanted, unnamed = refine(turn), unnamed_subject(turn)
    if unnamed is not None:  # a question of its own
        fresh = refine(replace(turn, dialogue=replace(turn.dialogue, search=None)))
        wanted = replace(fresh, subject_ids=(), text=unnamed.value)
        said = unnamed.confidence >= SAID or turn.dialogue.search is not None
        if said or await _is_taught(turn, wanted):
            return await show(turn, wanted)
        wanted = replace(wanted, text=None)  # perhaps it names nothing at all: better ask
    if not wanted.subject_ids and not wanted.text:
        return Outcome(
            replies=(Reply(text=turn.say("ask_subject")),),
            dialogue=turn.dialogue.waiting_for(Asked.SUBJECT, search=wanted),
        )
    if wanted.place_key is None and not wanted.places and near_me(turn):
        return Outcome(
            replies=(Reply(text=turn.say("ask_place_near")),),
            dialogue=turn.dialogue.waiting_for(Asked.PLACE, goal=Goal.COURSES, search=wanted, options=()),
        )
    return await show(turn, wanted)


async def _is_taught(turn: Turn, wanted: Search) -> bool:
    """Whether the catalogue has just that, wherever it is."""
    anywhere = replace(
        wanted, place_key=None, time_of_day=None, weekdays=(), not_parts=(), not_weekdays=(), starts_from=None
    )
    ((_, result),) = await _found(turn, anywhere)
    return bool(result.hits) and Relaxed.SUBJECT not in result.relaxed


async def choose(turn: Turn) -> Outcome | None:
    """What is said of the list: which one, more, or what to change; None when it is something else."""
    spoken, going_on, options = turn.understanding, turn.dialogue.search, turn.dialogue.options
    if going_on is None:
        return None
    numbers = _numbers(turn)
    if numbers:
        if not all(1 <= number <= len(options) for number in numbers):
            return None
        return await _about(turn, [options[number - 1] for number in numbers])
    of_that = turn.dialogue.viewed and spoken.intent in OF_ONE and spoken.names_nothing
    unclear = spoken.confidence < UNSURE or spoken.act == "confirm"  # "waar is dat precies"
    if turn.dialogue.viewed and unclear and follow_words.means_that(spoken.text) and spoken.names_nothing:
        of_that = True
    if of_that and not follow_words.asks_cheaper(spoken.text):
        return await _about(turn, [str(turn.dialogue.viewed)])
    if follow_words.asks_later(spoken.text) and options:
        return await _later(turn, going_on, options)
    if spoken.act == "more" and not follow_words.asks_sooner(spoken.text):
        return await show(turn, replace(going_on, offset=going_on.offset + _page(going_on)))
    return await follow(turn)


async def follow(turn: Turn) -> Outcome | None:
    """What changes the search that is going on, whatever was asked last; None when it is something else."""
    spoken, going_on = turn.understanding, turn.dialogue.search
    if going_on is None or not (going_on.subject_ids or going_on.text):
        return None
    if unnamed_subject(turn) is not None:
        return await find(turn)
    if follow_words.asks_sooner(spoken.text) and going_on.starts_from:
        return await show(turn, replace(going_on, starts_from=None, offset=0))
    if follow_words.goes_back(spoken.text):
        return await _back(turn, going_on)
    short = len(follow_words.tokens(spoken.text)) <= follow_words.LONGEST
    if short and follow_words.asks_daytime(spoken.text) and spoken.value("time_of_day") is None:
        labels = tuple(turn.say(f"part_{part}") for part in PARTS_OF_DAY)
        return Outcome(
            replies=(
                Reply(
                    text=turn.say("ask_part"),
                    extra=tuple(Choice(label=label.capitalize(), value=label) for label in labels),
                ),
            ),
            dialogue=replace(turn.dialogue, misses=0),
        )
    if follow_words.asks_cheaper(spoken.text) and short:
        narrowed = any(slot.name in REFINING for slot in spoken.slots)
        return await show(
            turn, replace(refine(turn) if narrowed else going_on, cheapest_first=True, offset=0)
        )
    if (short and follow_words.let_go(spoken.text)) or refines(turn):
        return await show(turn, refine(turn))
    if short and spoken.act == "place" and spoken.slot("place") is None and turn.dialogue.asked:
        return Outcome(
            replies=(Reply(text=turn.say("ask_place_again")),), dialogue=replace(turn.dialogue, misses=0)
        )
    return None


async def show(turn: Turn, wanted: Search) -> Outcome:
    """Search and show a page of options; log what was shown. Two subjects each get a part of the list."""
    found = await _found(turn, wanted)
    missed = [await demand.note(turn, to_query(part), _place(part), result) for part, result in found]
    let_go = ""
    for said, without in _milder(wanted):
        if any(result.hits for _, result in found):
            break
        let_go, wanted = said, without
        found = await _found(turn, wanted)
    hits = [(part, hit) for part, result in found for hit in result.hits]
    if not hits:
        if wanted.offset:
            return Outcome(
                replies=(Reply(text=turn.say("courses_no_more")),), dialogue=replace(turn.dialogue, misses=0)
            )
        return _nothing(turn, wanted)
    for part, result in found:
        await remember(
            turn.session,
            result,
            query={"subjects": list(part.subject_ids), "place": part.place_key, "offset": wanted.offset},
            skipped=wanted.offset,
            place=_place(part),
            conversation_id=turn.conversation.id,
            region_id=turn.conversation.region_id,
        )
    relaxed = next((result.relaxed for _, result in found if result.relaxed), ())
    versions = await price_rules.versions_for(turn.session, [hit for _, hit in hits])
    several = len(found) > 1
    lines = tuple(
        course_items.line(turn, hit, versions, subject=list_words.subjects(turn, part) if several else "")
        for part, hit in hits
    )
    more = any(result.total > wanted.offset + len(result.hits) for _, result in found)
    head = [
        *([turn.say(let_go)] if let_go else []),
        *(turn.say(f"relaxed_{wish}") for wish in relaxed),
        list_words.head(turn, wanted, found),
        *(
            turn.say("courses_none_of", subject=list_words.subjects(turn, part))
            for part, result in found
            if not result.hits
        ),
    ]
    word = turn.say("more")
    reply = Reply(
        text="\n".join(head),
        options=lines,
        note=turn.say("courses_invented") if any(hit.invented for _, hit in hits) else "",
        tail=turn.say("courses_more" if more else "courses_last"),
        extra=(Choice(label=word.capitalize(), value=word),) if more else (),
    )
    before, earlier = turn.dialogue.search, turn.dialogue.earlier
    return Outcome(
        replies=(demand.offering(turn, reply, "wish_wait") if any(missed) else reply,),
        dialogue=turn.dialogue.waiting_for(
            Asked.COURSE,
            search=wanted,
            earlier=(*earlier, before)[-REMEMBERED:] if before is not None and before != wanted else earlier,
            viewed=None,
            options=tuple(str(hit.run_id) for _, hit in hits),
            goal=None,
        ),
    )


def to_query(wanted: Search, *, limit: int = SHOWN) -> CourseQuery:
    """The stored search as a query of the catalogue."""
    place = _place(wanted)
    near = Near(lat=place.lat, lon=place.lon) if place and wanted.mode != "online" else None
    return CourseQuery(
        subject_ids=wanted.subject_ids,
        text=wanted.text,
        near=near,
        time_of_day=wanted.time_of_day,
        weekdays=wanted.weekdays,
        not_parts=wanted.not_parts,
        not_weekdays=wanted.not_weekdays,
        mode=wanted.mode,
        starts_from=date.fromisoformat(wanted.starts_from) if wanted.starts_from else None,
        max_price=Decimal(wanted.max_price) if wanted.max_price else None,
        cheapest_first=wanted.cheapest_first,
        limit=limit,
        offset=wanted.offset,
    )


def yes_no(turn: Turn) -> tuple[Choice, ...]:
    """Buttons for a question that is answered by yes or no."""
    return (Choice(label=turn.say("yes"), value="1"), Choice(label=turn.say("no"), value="2"))


def _numbers(turn: Turn) -> tuple[int, ...]:
    """Which of the list the message is about: "2", "de tweede", "wat kost de laatste?", "1 en 2"."""
    spoken, length = turn.understanding, len(turn.dialogue.options)
    if spoken.act == "choose":
        numbers: tuple[int, ...] = (int(spoken.value("choice") or 0),)
    elif spoken.intent in OF_ONE or len(follow_words.tokens(spoken.text)) <= follow_words.LONGEST_ABOUT:
        numbers = (
            () if any(slot.name in REFINING for slot in spoken.slots) else follow_words.chosen(spoken.text)
        )
    else:
        numbers = ()
    return tuple(length if number == -1 else number for number in numbers)


async def _about(turn: Turn, run_ids: list[str]) -> Outcome:
    """What the message asks of these courses of the list."""
    hits = await runs_by_id(turn.session, [int(run_id) for run_id in run_ids])
    if not hits:
        return Outcome(
            replies=(Reply(text=turn.say("courses_no_more")),), dialogue=replace(turn.dialogue, misses=0)
        )
    versions = await price_rules.versions_for(turn.session, hits)
    spoken = turn.understanding
    sure = spoken.act != "choose" and spoken.confidence >= UNSURE
    intent = spoken.intent if sure else ""
    if len(hits) > 1 and intent not in OF_ONE:  # two beside each other
        texts = [course_items.line(turn, hit, versions) for hit in hits]
    else:
        texts = [course_items.answer_text(turn, hit, versions, intent) for hit in hits]
    return Outcome(
        replies=(Reply(text="\n\n".join(texts)),),
        dialogue=replace(turn.dialogue, misses=0, viewed=run_ids[0] if len(run_ids) == 1 else None),
    )


async def _later(turn: Turn, going_on: Search, options: tuple[str, ...]) -> Outcome:
    """Courses that start some weeks after the first of those that were shown."""
    shown = await runs_by_id(turn.session, [int(run_id) for run_id in options])
    first = min((hit.start_date for hit in shown if hit.start_date), default=turn.today)
    after = max(first, turn.today) + LATER
    return await show(turn, replace(going_on, starts_from=after.isoformat(), offset=0))


async def _back(turn: Turn, going_on: Search) -> Outcome:
    """The list before this one; without one, this one from its beginning."""
    *earlier, last = turn.dialogue.earlier or (replace(going_on, offset=0),)
    there = replace(turn.dialogue, search=None, earlier=tuple(earlier))
    return await show(replace(turn, dialogue=there), last)


async def _found(turn: Turn, wanted: Search) -> list[tuple[Search, SearchResult]]:
    """What fits, for each subject by itself."""
    places = wanted.places or (wanted.place_key,) * len(wanted.subject_ids)
    each = [
        replace(wanted, subject_ids=(one,), place_key=key, places=())
        for one, key in zip(wanted.subject_ids, places, strict=True)
    ] or [wanted]
    limit, statuses = _page(wanted), tuple(sorted(of_person(turn.person.facts)))
    found = []
    for part in each:
        query = replace(to_query(part, limit=limit), statuses=statuses)
        result = await find_runs(turn.session, query, today=turn.today, vector_of=turn.vector_of)
        found.append((part, result))
    return found


def _milder(wanted: Search) -> list[tuple[str, Search]]:
    """The search without the wishes that the catalogue does not let go by itself, with what is said of it."""
    if wanted.offset:
        return []
    found = []
    if wanted.mode is not None:
        wanted = replace(wanted, mode=None)
        found.append(("relaxed_mode", wanted))
    if wanted.max_price is not None:
        found.append(("relaxed_max_price", replace(wanted, max_price=None)))
    return found


def _page(wanted: Search) -> int:
    return SHOWN_OF_EACH if len(wanted.subject_ids) > 1 else SHOWN


def _nothing(turn: Turn, wanted: Search) -> Outcome:
    where = list_words.where(turn, wanted)
    text = turn.say("courses_none", subject=list_words.subjects(turn, wanted), where=where).replace("  ", " ")
    return Outcome(
        replies=(demand.offering(turn, Reply(text=text, extra=yes_no(turn)), "wish_offer"),),
        dialogue=turn.dialogue.waiting_for(
            Asked.CLARIFY, options=("offer", "no"), search=wanted, goal=Goal.CONVERSATION
        ),
    )


def _place(wanted: Search) -> geo.Place | None:
    return geo.by_key(wanted.place_key) if wanted.place_key else None
