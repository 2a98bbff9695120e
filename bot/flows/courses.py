"""Finding courses: several options, never one pick, each with price, place, start, source and date checked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.state import Asked, Dialogue, Goal, Search
from bot.turn_types import Outcome, Reply, Turn, known_place, place_in
from channels.base import Choice
from data import geo
from data.catalog import price_words
from data.catalog.prices import Price, price_for
from data.catalog.search import CourseQuery, Near, RunHit, SearchResult, runs_by_id, search
from data.catalog.subjects import subject
from data.tables import ShownList
from handover.promise import WEEKDAYS

SHOWN = 3
UNSURE = 0.6
REFINING = frozenset({"place", "postcode", "weekday", "time_of_day", "mode", "date", "price_max"})
COURSE_INTENTS = frozenset({"find_course", "course_schedule_place", "course_price"})


async def find(turn: Turn) -> Outcome:
    """A course question: search with what this message says, on top of the search that is going on."""
    wanted = refine(turn)
    if not wanted.subject_ids and not wanted.text:
        return Outcome(
            replies=(Reply(text=turn.say("ask_subject")),),
            dialogue=turn.dialogue.waiting_for(Asked.SUBJECT, search=wanted),
        )
    return await show(turn, wanted)


async def choose(turn: Turn) -> Outcome | None:
    """An answer to the list: a number, more, or cheaper; None when it is something else."""
    spoken, search_going_on = turn.understanding, turn.dialogue.search
    if search_going_on is None:
        return None
    if spoken.act == "choose":
        number = int(spoken.value("choice") or 0)
        if 1 <= number <= len(turn.dialogue.options):
            return await _detail(turn, int(turn.dialogue.options[number - 1]))
    if spoken.act == "more":
        return await show(turn, replace(search_going_on, offset=search_going_on.offset + SHOWN))
    if asks_cheaper(spoken.text):
        return await show(turn, replace(search_going_on, cheapest_first=True, offset=0))
    if refines(turn):
        return await show(turn, refine(turn))
    return None


def refines(turn: Turn) -> bool:
    """Whether the message only narrows the list that is shown: "en in Aalst?", "liever s avonds", "online"."""
    spoken = turn.understanding
    if not any(slot.name in REFINING for slot in spoken.slots):
        return False
    return spoken.act in ("place", "time") or spoken.intent in COURSE_INTENTS or spoken.confidence < UNSURE


def refine(turn: Turn) -> Search:
    """The search this message asks for; a new subject starts anew, the rest changes only what it names."""
    spoken, before = turn.understanding, turn.dialogue.search
    subjects = tuple(dict.fromkeys(s.value for s in spoken.slots if s.name == "subject" and not s.negated))
    topic = spoken.value("topic")
    base = before if before and (not subjects or subjects == before.subject_ids) else Search()
    if subjects:
        base = replace(base, subject_ids=subjects, text=None)
    elif topic and not base.subject_ids:
        base = replace(base, text=topic)
    place = place_in(spoken)
    home = known_place(turn.person)
    key = place.key if place else base.place_key or (home.key if home else None)
    unwanted = {s.name for s in spoken.slots if s.negated}
    days = tuple(
        WEEKDAYS.index(s.value)
        for s in spoken.slots
        if s.name == "weekday" and not s.negated and s.value in WEEKDAYS
    )
    return replace(
        base,
        place_key=key,
        time_of_day=spoken.value("time_of_day") or (None if "time_of_day" in unwanted else base.time_of_day),
        weekdays=days or (() if "weekday" in unwanted else base.weekdays),
        mode=_mode(spoken.value("mode")) or base.mode,
        starts_from=spoken.value("date") or base.starts_from,
        max_price=spoken.value("price_max") or base.max_price,
        cheapest_first=base.cheapest_first or asks_cheaper(spoken.text),
        offset=0,
    )


async def show(turn: Turn, wanted: Search) -> Outcome:
    """Search and show a page of options; log what was shown."""
    found = await search(turn.session, to_query(wanted), today=turn.today)
    place = geo.by_key(wanted.place_key) if wanted.place_key else None
    if not found.hits:
        if wanted.offset:
            return Outcome(
                replies=(Reply(text=turn.say("courses_no_more")),),
                dialogue=turn.dialogue.settled(search=wanted),
            )
        return _nothing(turn, wanted, place)
    turn.session.add(
        ShownList(
            conversation_id=turn.conversation.id,
            query={"subjects": list(wanted.subject_ids), "place": wanted.place_key, "offset": wanted.offset},
            run_ids=[hit.run_id for hit in found.hits],
            relaxed=",".join(found.relaxed) or None,
        )
    )
    lines = tuple(_line(turn, hit) for hit in found.hits)
    more = found.total > wanted.offset + len(found.hits)
    head = [*(turn.say(f"relaxed_{wish}") for wish in found.relaxed[:1]), _head(turn, wanted, place, found)]
    word = turn.say("more")
    reply = Reply(
        text="\n".join(head),
        options=lines,
        note=turn.say("courses_invented") if any(hit.invented for hit in found.hits) else "",
        tail=turn.say("courses_more" if more else "courses_last"),
        extra=(Choice(label=word.capitalize(), value=word),) if more else (),
    )
    return Outcome(
        replies=(reply,),
        dialogue=turn.dialogue.waiting_for(
            Asked.COURSE, search=wanted, options=tuple(str(hit.run_id) for hit in found.hits), goal=None
        ),
    )


def to_query(wanted: Search) -> CourseQuery:
    """The stored search as a query of the catalogue."""
    place = geo.by_key(wanted.place_key) if wanted.place_key else None
    near = Near(lat=place.lat, lon=place.lon) if place and wanted.mode != "online" else None
    return CourseQuery(
        subject_ids=wanted.subject_ids,
        text=wanted.text,
        near=near,
        time_of_day=wanted.time_of_day,
        weekdays=wanted.weekdays,
        mode=wanted.mode,
        starts_from=date.fromisoformat(wanted.starts_from) if wanted.starts_from else None,
        max_price=Decimal(wanted.max_price) if wanted.max_price else None,
        cheapest_first=wanted.cheapest_first,
        limit=SHOWN,
        offset=wanted.offset,
    )


def asks_cheaper(text: str) -> bool:
    """'goedkoper', 'moins cher', 'cheaper'."""
    folded = text.lower()
    return any(word in folded for word in ("goedkoop", "goedkoper", "moins cher", "cheap"))


def hours_words(turn: Turn, hit: RunHit) -> str:
    """'di en do 19:00-22:00', or 'online'; some sources tell neither days nor hours."""
    days = turn.say.days(hit.weekdays) if hit.weekdays else ""
    times = f"{hit.starts:%H:%M}-{hit.ends:%H:%M}" if hit.starts and hit.ends else ""
    parts = [part for part in (turn.say("online") if hit.mode == "online" else "", days, times) if part]
    return " ".join(parts) or turn.say("hours_unknown")


def price_of(turn: Turn, hit: RunHit) -> Price:
    """The likely price for this person."""
    return price_for(hit.lesson_hours, hit.tariff, turn.person.facts, turn.today, material=hit.material_cost)


def _line(turn: Turn, hit: RunHit) -> str:
    full, started = hit.status == "full", hit.start_date < turn.today
    status = f" ({turn.say('course_full' if full else 'course_started')})" if full or started else ""
    asked_before = turn.dialogue.asked is Asked.SUBJECT and turn.dialogue.topic == "entry_requirements"
    if asked_before or turn.understanding.intent == "entry_requirements":
        needed = hit.requirements or turn.say("requirements_none")
        return turn.say(
            "course_line_requirements", title=hit.course_title, municipality=hit.municipality, needed=needed
        )
    return (
        turn.say(
            "course_line",
            provider=hit.provider_name,
            municipality=hit.municipality,
            days=hours_words(turn, hit),
            start=turn.say.short_date(hit.start_date),
            price=price_words.short(price_of(turn, hit), turn.say.language),
        )
        + status
    )


def _head(turn: Turn, wanted: Search, place: geo.Place | None, found: SearchResult) -> str:
    checked = min(hit.checked_on for hit in found.hits)
    return turn.say(
        "courses_head",
        subject=_subject_words(turn, wanted).capitalize(),
        where=turn.say("courses_near", place=place.name) if place else turn.say("courses_anywhere"),
        total=found.total,
        checked=turn.say.short_date(checked),
    )


def _subject_words(turn: Turn, wanted: Search) -> str:
    names = [item.label(turn.say.language) for item in map(subject, wanted.subject_ids) if item]
    return f" {turn.say('and')} ".join(names) or wanted.text or ""


def _nothing(turn: Turn, wanted: Search, place: geo.Place | None) -> Outcome:
    where = turn.say("courses_near", place=place.name) if place else turn.say("courses_anywhere")
    text = turn.say("courses_none", subject=_subject_words(turn, wanted), where=where).replace("  ", " ")
    return Outcome(
        replies=(Reply(text=text, extra=yes_no(turn)),),
        dialogue=turn.dialogue.waiting_for(
            Asked.CLARIFY, options=("offer", "no"), search=wanted, goal=Goal.CONVERSATION
        ),
    )


def yes_no(turn: Turn) -> tuple[Choice, ...]:
    """Buttons for a question that is answered by yes or no."""
    return (Choice(label=turn.say("yes"), value="1"), Choice(label=turn.say("no"), value="2"))


async def _detail(turn: Turn, run_id: int) -> Outcome:
    hits = await runs_by_id(turn.session, [run_id])
    if not hits:
        return Outcome(replies=(Reply(text=turn.say("courses_no_more")),), dialogue=turn.dialogue.settled())
    return Outcome(replies=(Reply(text=detail_text(turn, hits[0])),), dialogue=_same_list(turn.dialogue))


def _same_list(dialogue: Dialogue) -> Dialogue:
    return replace(dialogue, misses=0)


def detail_text(turn: Turn, hit: RunHit) -> str:
    """All we know of one run, in short sentences."""
    say = turn.say
    when = (
        say(
            "course_when",
            days=hours_words(turn, hit),
            start=say.short_date(hit.start_date),
            end=say.short_date(hit.end_date),
        )
        if hit.end_date
        else say("course_when_open", days=hours_words(turn, hit), start=say.short_date(hit.start_date))
    )
    lines = [
        say("course_title", title=hit.course_title, provider=hit.provider_name),
        say(
            "course_where",
            place=hit.place_name,
            street=hit.street or "",
            postcode=hit.postcode,
            municipality=hit.municipality,
        ).replace(", , ", ", "),
        when,
        *price_words.sentences(price_of(turn, hit), turn.say.language),
        *([say("course_requirements", requirements=hit.requirements)] if hit.requirements else []),
        *(
            [say("course_certificate", certificate=hit.certificate)]
            if hit.certificate and not turn.short
            else []
        ),
        say("course_enrol", until=say.short_date(hit.enrol_until))
        if hit.enrol_until
        else say("course_enrol_open"),
        *([hit.url or hit.source_url or ""] if hit.url or hit.source_url else []),
        say("course_source", source=hit.source, checked=say.short_date(hit.checked_on)),
        *([say("courses_invented")] if hit.invented else []),
    ]
    return "\n".join(line for line in lines if line)


def _mode(mode: str | None) -> str | None:
    return mode if mode in ("online", "blended", "contact") else None
