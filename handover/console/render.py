"""From values to HTML: the console's Jinja environment, and how times and numbers are said there."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from channels.phone_numbers import readable
from data.translation import LANGUAGES, N_, _, _n, again, language, locale
from dispatch.clock import ZONE, day_of, is_public_holiday
from handover.console import labels
from handover.console.advice import what_to_do
from handover.console.in_scripts import said_by_scripts
from handover.own_links import PATH

HERE = Path(__file__).parent
_OWN_LINK = re.compile(rf"({PATH})[\w-]{{20,}}")
HOURS = {"nl": "%H.%M", "fr": "%Hh%M", "en": "%H:%M"}
DAYS = (
    N_("maandag"), N_("dinsdag"), N_("woensdag"), N_("donderdag"), N_("vrijdag"), N_("zaterdag"), N_("zondag"),
)  # fmt: skip
NEAR = {-1: N_("gisteren"), 0: N_("vandaag"), 1: N_("morgen")}


def clock(moment: datetime | time) -> str:
    """The hour in Belgium: "14.05", "14h05" or "14:05"."""
    local = moment.astimezone(ZONE) if isinstance(moment, datetime) else moment
    return local.strftime(HOURS[language()])


def day(moment: datetime | date) -> str:
    """A calendar day: "maandag 23 november"."""
    local = day_of(moment) if isinstance(moment, datetime) else moment
    return format_date(local, "EEEE d MMMM", locale=locale())


def month_year(first: date) -> str:
    """The month that a day is in: "november 2026"."""
    return format_date(first, "LLLL yyyy", locale=locale())


def day_near(moment: datetime | date, now: datetime) -> str:
    """The same, as one says it close by: "vandaag", "gisteren", "morgen"; the year when it is another."""
    local = day_of(moment) if isinstance(moment, datetime) else moment
    near = NEAR.get((local - day_of(now)).days)
    if near:
        return _(near)
    return day(local) if local.year == day_of(now).year else f"{day(local)} {local.year}"


def when(moment: datetime, now: datetime) -> str:
    """A moment, as short as is clear: "14.05", "morgen 9.00", "27 nov. 14.00"."""
    local = moment.astimezone(ZONE)
    distance = (day_of(moment) - day_of(now)).days
    if distance == 0:
        return clock(moment)
    if distance in (-1, 1):
        return f"{_(NEAR[distance])} {clock(moment)}"
    short = format_date(local, "d MMM", locale=locale())
    return f"{short} {clock(moment)}" if local.year == day_of(now).year else f"{short} {local.year}"


def since(moment: datetime, now: datetime) -> str:
    """How long ago, in words: "net", "4 min", "2 u 10", "3 dagen"."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return _("net")
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _hours(hours, minutes)
    return _n("{count} dag", "{count} dagen", hours // 24)


def _hours(hours: int, minutes: int) -> str:
    if minutes:
        return _("{hours} u {minutes}", hours=hours, minutes=f"{minutes:02d}")
    return _("{hours} u", hours=hours)


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
        else Markup("{} <span class=number>{}</span>").format(_("Onbekend"), getattr(person, "id", ""))
    )


def number(value: float | int | None, digits: int = 0) -> str:
    """A figure as one writes it: "1.234,5" in Dutch; a dash when there is none."""
    if value is None:
        return "–"
    return format_decimal(round(value, digits), "#,##0" + "." * bool(digits) + "0" * digits, locale=locale())


def duration(seconds: float | None) -> str:
    """A length of time: "45 s", "4 min", "2 u 05"; a dash when there is none."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{int(seconds)} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 60 else _hours(minutes // 60, minutes % 60)


def size(count: int | None) -> str:
    """A number of bytes: "340 kB", "1,2 MB"."""
    if count is None:
        return ""
    return f"{max(1, round(count / 1000))} kB" if count < 1_000_000 else f"{number(count / 1_000_000, 1)} MB"


@pass_context
def word(_context: Context, code: object, table: str) -> str:
    """`labels.word`. Jinja works out what hangs on no context when it compiles, in the language of whoever came first."""
    return labels.word(code, table)


@pass_context
def stored(_context: Context, dutch: str) -> str:
    """A sentence as it was stored, for who reads it."""
    return again(dutch)


def in_template(dutch: str, /, **fields: object) -> Markup:
    """`_` for a template: the sentence is ours and may have markup, what is filled in is escaped."""
    return Markup(_(dutch)).format(**fields)  # noqa: S704


def in_template_n(one: str, many: str, count: int, /, **fields: object) -> Markup:
    """`_n` for a template."""
    return Markup(_n(one, many, count, **{name: escape(value) for name, value in fields.items()}))  # noqa: S704


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
        name_of=name_of, bytes=size, number=number, phone=readable, duration=duration, word=word,
        reason_text=labels.reason_text, again=stored, what_to_do=what_to_do, moment=datetime.fromisoformat,
    )  # fmt: skip
    env.globals.update(
        new_id=lambda: str(uuid4()), tomorrow=tomorrow, labels=labels.words, _=in_template, _n=in_template_n,
        language=language, languages=LANGUAGES, said_by_scripts=said_by_scripts,
    )  # fmt: skip
    return env
