"""From values to HTML: the console's Jinja environment and its Dutch way of saying times."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from channels.phone_numbers import readable
from dispatch.clock import ZONE, day_of, is_public_holiday
from handover.console import labels
from handover.console.advice import what_to_do
from handover.own_links import PATH

HERE = Path(__file__).parent
_OWN_LINK = re.compile(rf"({PATH})[\w-]{{20,}}")
DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
    "november", "december",
)  # fmt: skip


def clock(moment: datetime) -> str:
    """The hour in Belgium: "14.05"."""
    return moment.astimezone(ZONE).strftime("%H.%M")


def day(moment: datetime | date) -> str:
    """A calendar day: "maandag 23 november"."""
    local = day_of(moment) if isinstance(moment, datetime) else moment
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def day_near(moment: datetime | date, now: datetime) -> str:
    """The same, as one says it close by: "vandaag", "gisteren", "morgen"; the year when it is another."""
    local = day_of(moment) if isinstance(moment, datetime) else moment
    near = {-1: "gisteren", 0: "vandaag", 1: "morgen"}.get((local - day_of(now)).days)
    if near:
        return near
    return day(local) if local.year == day_of(now).year else f"{day(local)} {local.year}"


def when(moment: datetime, now: datetime) -> str:
    """A moment, as short as is clear: "14.05", "morgen 9.00", "27 nov. 14.00"."""
    local = moment.astimezone(ZONE)
    distance = (day_of(moment) - day_of(now)).days
    if distance == 0:
        return clock(moment)
    if distance in (-1, 1):
        return f"{'gisteren' if distance < 0 else 'morgen'} {clock(moment)}"
    short = f"{local.day} {MONTHS[local.month - 1][:3]}"
    return f"{short} {clock(moment)}" if local.year == day_of(now).year else f"{short} {local.year}"


def since(moment: datetime, now: datetime) -> str:
    """How long ago, in words: "net", "4 min", "2 u 10", "3 dagen"."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "net"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} u {minutes:02d}" if minutes else f"{hours} u"
    days = hours // 24
    return f"{days} dag" if days == 1 else f"{days} dagen"


def wall_input(moment: datetime) -> str:
    """The value of a datetime-local field."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def tomorrow(now: datetime) -> datetime:
    """Ten o'clock on the next working day: a first guess for a message to send later."""
    day = day_of(now) + timedelta(days=1)
    while day.weekday() > 4 or is_public_holiday(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(10), ZONE)


def said(text: str | None) -> Markup:
    """What a person wrote, inert and with its own direction, whatever stands around it."""
    return Markup('<bdi dir="auto">{}</bdi>').format(escape(text or ""))


def concealed(value: object) -> object:
    """Whatever a template shows, without the link to a person's own file: who else opens it could act in their name."""
    if isinstance(value, str) and PATH in value:
        return type(value)(_OWN_LINK.sub(r"\1…", value))
    return value


def direction(text: str) -> str:
    """`rtl` or `ltr`, after the first letter that has a direction."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def name_of(person: object) -> Markup:
    """A person's name; without one, a number to tell them by."""
    name = getattr(person, "name", None)
    return (
        said(name)
        if name
        else Markup("Onbekend <span class=number>{}</span>").format(getattr(person, "id", ""))
    )


def number(value: float | int | None, digits: int = 0) -> str:
    """A figure the Dutch way: "1.234,5"; a dash when there is none."""
    if value is None:
        return "–"
    return f"{value:,.{digits}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def duration(seconds: float | None) -> str:
    """A length of time: "45 s", "4 min", "2 u 05"; a dash when there is none."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{int(seconds)} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} u {minutes % 60:02d}"


def size(count: int | None) -> str:
    """A number of bytes: "340 kB", "1,2 MB"."""
    if count is None:
        return ""
    return (
        f"{max(1, round(count / 1000))} kB"
        if count < 1_000_000
        else f"{count / 1_000_000:.1f} MB".replace(".", ",")
    )


@cache
def environment() -> Environment:
    """The console's templates: escaping on, unknown names are errors."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=concealed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        clock=clock, day=day, day_near=day_near, when=when, since=since, wall_input=wall_input, said=said, direction=direction,
        name_of=name_of, bytes=size, number=number, phone=readable, duration=duration, word=labels.word,
        reason_text=labels.reason_text, what_to_do=what_to_do, moment=datetime.fromisoformat,
    )  # fmt: skip
    env.globals.update(new_id=lambda: str(uuid4()), tomorrow=tomorrow, labels=labels.TABLES)
    return env
