"""The words above a list of courses: which subjects, where, what else it is narrowed to, how many there are."""

from datetime import date
from decimal import Decimal

from bot.state import Search
from bot.turn_types import Turn
from data import geo
from data.catalog import price_words
from data.catalog.search import Relaxed, SearchResult
from data.catalog.subjects import subject

Found = list[tuple[Search, SearchResult]]


def head(turn: Turn, wanted: Search, found: Found) -> str:
    """The first line of a list that has something: what was let go is not named as if it held."""
    relaxed = next((result.relaxed for _, result in found if result.relaxed), ())
    words = subjects(turn, wanted)
    checked = min(hit.checked_on for _, result in found for hit in result.hits)
    return turn.say(
        "courses_head",
        subject=words[:1].upper() + words[1:],
        where=where(turn, wanted, relaxed),
        total=f" {turn.say('and')} ".join(str(result.total) for _, result in found),
        checked=turn.say.short_date(checked),
    )


def where(turn: Turn, wanted: Search, relaxed: tuple[Relaxed, ...] = ()) -> str:
    """ "bij Gent, di, avond, tot 100 euro", so that nobody has to remember what was asked."""
    keys = wanted.places or ((wanted.place_key,) if wanted.place_key else ())
    near = [
        turn.say("courses_near", place=place.named(turn.say.language))
        for place in map(geo.by_key, keys)
        if place
    ]
    place = f" {turn.say('and')} ".join(near) or turn.say("courses_anywhere")
    return ", ".join([place, *_wishes(turn, wanted, relaxed)])


def subjects(turn: Turn, wanted: Search) -> str:
    """ "Frans en Engels", or the words that were typed."""
    labels = (item.label(turn.say.own) for item in map(subject, wanted.subject_ids) if item)
    names = [label[:1].upper() + label[1:] for label in labels]
    return f" {turn.say('and')} ".join(names) or wanted.text or ""


def _wishes(turn: Turn, wanted: Search, relaxed: tuple[Relaxed, ...]) -> list[str]:
    say = turn.say
    start = date.fromisoformat(wanted.starts_from) if wanted.starts_from else None
    part = wanted.time_of_day if Relaxed.TIME_OF_DAY not in relaxed else None
    refused = [
        *([say.days(wanted.not_weekdays)] if wanted.not_weekdays else []),
        *(say(f"part_{item}") for item in wanted.not_parts),
    ]
    return [
        *([say.days(wanted.weekdays)] if wanted.weekdays and Relaxed.WEEKDAY not in relaxed else []),
        *([say(f"part_{part}")] if part else []),
        *([say("excluding", what=", ".join(refused))] if refused else []),
        *([say(f"mode_{wanted.mode}")] if wanted.mode else []),
        *(
            [say("up_to", amount=price_words.euros(Decimal(wanted.max_price), say.own))]
            if wanted.max_price
            else []
        ),
        *([say("starting", day=say.short_date(start))] if start and Relaxed.START not in relaxed else []),
    ]
