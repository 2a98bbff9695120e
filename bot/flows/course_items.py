"""One course of a list in words: its line, all that is known of it, or only its price, its hours, or what it asks for."""

from bot.replies import Replies
from bot.state import Asked
from bot.turn_types import Turn
from data.catalog import price_words
from data.catalog.listing import can_join
from data.catalog.price_rules import Versions, price_of
from data.catalog.prices import Price
from data.catalog.search import RunHit

REQUIREMENTS = "entry_requirements"


def line(turn: Turn, hit: RunHit, versions: Versions, *, subject: str = "") -> str:
    """A line of the list; `subject` goes before it where the list has more than one."""
    full, started = hit.status == "full", hit.start_date is not None and hit.start_date < turn.today
    status = f" ({turn.say('course_full' if full else 'course_started')})" if full or started else ""
    before = f"{subject}: " if subject else ""
    asked_before = turn.dialogue.asked is Asked.SUBJECT and turn.dialogue.topic == REQUIREMENTS
    if asked_before or turn.understanding.intent == REQUIREMENTS:
        needed = hit.requirements or turn.say("requirements_none")
        return before + turn.say(
            "course_line_requirements",
            title=hit.course_title,
            municipality=town(turn.say, hit),
            needed=needed,
        )
    return (
        before
        + turn.say(
            "course_line",
            provider=hit.provider_name,
            municipality=town(turn.say, hit),
            days=hours_words(turn, hit),
            start=start(turn.say, hit),
            price=_short_price(turn, _price(turn, hit, versions)),
        )
        + status
    )


def answer_text(turn: Turn, hit: RunHit, versions: Versions, intent: str) -> str:
    """What is asked of this one course: its price, when and where, what it needs, how to enrol; else all of it."""
    say = turn.say
    match intent:
        case "course_price":
            price = _price(turn, hit, versions)
            lines = [*price_words.sentences(price, say.language), _price_source(turn, price)]
        case "course_schedule_place":
            lines = [_when(turn, hit), _where(turn, hit)]
        case "entry_requirements":
            lines = [say("course_requirements", requirements=hit.requirements or say("requirements_none"))]
        case "enrolment":
            lines = [_enrol(turn, hit), hit.url or hit.source_url or ""]
        case _:
            return detail_text(turn, hit, versions)
    return _lines(turn, hit, lines)


def detail_text(turn: Turn, hit: RunHit, versions: Versions) -> str:
    """All we know of one run, in short sentences."""
    say = turn.say
    price = _price(turn, hit, versions)
    closed = not can_join(hit, turn.today)
    status = f"course_is_{hit.status}" if hit.status != "open" else "course_is_closed" if closed else ""
    lines = [
        *([say(status)] if status else []),
        _where(turn, hit),
        _when(turn, hit),
        *price_words.sentences(price, say.language, brief=True),
        *([] if turn.short else [_price_source(turn, price)]),
        *([say("course_requirements", requirements=hit.requirements)] if hit.requirements else []),
        *(
            [say("course_certificate", certificate=hit.certificate)]
            if hit.certificate and not turn.short
            else []
        ),
        _enrol(turn, hit),
        hit.url or hit.source_url or "",
    ]
    return _lines(turn, hit, lines)


def hours_words(turn: Turn, hit: RunHit) -> str:
    """'di en do 19:00-22:00', or 'online'."""
    days = turn.say.days(hit.weekdays) if hit.weekdays else ""
    times = f"{hit.starts:%H:%M}-{hit.ends:%H:%M}" if hit.starts and hit.ends else ""
    parts = [part for part in (turn.say("online") if hit.mode == "online" else "", days, times) if part]
    return " ".join(parts) or turn.say("hours_unknown")


def start(say: Replies, hit: RunHit) -> str:
    """The first day, or that the source does not tell it."""
    return say.short_date(hit.start_date) if hit.start_date else say("start_unknown")


def town(say: Replies, hit: RunHit) -> str:
    """Where it is in a word; online courses need no place."""
    return (
        hit.municipality or hit.place_name or say("mode_online" if hit.mode == "online" else "place_unknown")
    )


def _price(turn: Turn, hit: RunHit, versions: Versions) -> Price:
    return price_of(hit, versions, turn.person.facts)


def _short_price(turn: Turn, price: Price) -> str:
    """In a few words; a lower price still has to be proved, so nobody is promised it."""
    said = price_words.short(price, turn.say.own)
    return turn.say("price_perhaps", price=said) if price.to_prove else said


def _price_source(turn: Turn, price: Price) -> str:
    return turn.say(
        "course_price_source", source=price.source, checked=turn.say.short_date(price.source_date)
    )


def _where(turn: Turn, hit: RunHit) -> str:
    if not hit.municipality:
        online = hit.mode == "online" and not hit.place_name
        return turn.say(
            "course_where_online" if online else "course_where_unknown", place=town(turn.say, hit)
        )
    building = ", ".join(
        dict.fromkeys(part for part in (hit.place_name, hit.street) if part and part != hit.municipality)
    )
    address = ", ".join(filter(None, (building, f"{hit.postcode} {hit.municipality}")))
    return turn.say("course_where", address=address)


def _when(turn: Turn, hit: RunHit) -> str:
    say = turn.say
    first, days = start(say, hit), hours_words(turn, hit)
    if hit.end_date is None:
        return say("course_when_open", days=days, start=first)
    end = say.short_date(hit.end_date)
    if hit.start_date is None:
        return say("course_when_until", days=days, end=f"{end}/{hit.end_date.year}")
    if hit.end_date.year != hit.start_date.year:
        end = f"{end}/{hit.end_date.year}"
    return say("course_when", days=days, start=first, end=end)


def _enrol(turn: Turn, hit: RunHit) -> str:
    if hit.enrol_until is None:
        return turn.say("course_enrol_open")
    return turn.say("course_enrol", until=turn.say.short_date(hit.enrol_until))


def _lines(turn: Turn, hit: RunHit, lines: list[str]) -> str:
    """The lines between the name of the course and where we have it from."""
    say = turn.say
    every = [
        say("course_title", title=hit.course_title, provider=hit.provider_name),
        *lines,
        say("course_source", source=hit.sources, checked=say.short_date(hit.checked_on)),
        *([say("courses_invented")] if hit.invented else []),
    ]
    return "\n".join(line for line in every if line)
