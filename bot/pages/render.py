"""From values to HTML: the language of a page, its texts, and the one Jinja environment."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from channels.base import Choice

HERE = Path(__file__).parent
BRUSSELS = ZoneInfo("Europe/Brussels")
LANGUAGES = ("nl", "fr", "en")
LONGEST_LINK = 40  # characters of an address that are shown
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ku", "ps", "ur"})

# What our own texts may carry: an address, or *a word to type*. chat.js draws the same.
_MARK = re.compile(r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)])|\*(?P<bold>[^\s*][^*\n]{0,60})\*")


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What the pages say in one language: `texts["chat_send"]`, days, months and lists."""

    language: str
    entries: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.entries[key]

    def day(self, day: date | datetime) -> str:
        """A day as people say it: "maandag 23 november"; a moment counts in Brussels."""
        if isinstance(day, datetime):
            day = day.astimezone(BRUSSELS).date()
        weekday: str = self.entries["days"][day.weekday()]
        month: str = self.entries["months"][day.month - 1]
        pattern: str = self.entries["day_pattern"]
        return pattern.format(weekday=weekday, day=day.day, month=month)

    def kilometres(self, distance: float) -> str:
        """A distance, "2,5 km"."""
        said = f"{distance:.1f}".removesuffix(".0") + " km"
        return said if self.language == "en" else said.replace(".", ",")


@cache
def texts(language: str) -> Texts:
    """The texts of one of LANGUAGES; any other language gets the Dutch ones."""
    if language not in LANGUAGES:
        return texts(LANGUAGES[0])
    entries: dict[str, Any] = {}
    for path in (HERE / "texts").glob(
        f"{language}*.yaml"
    ):  # the page of somebody's own file has texts of its own
        entries |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return Texts(language=language, entries=entries)


def page_language(request: Request) -> str:
    """The language asked for by `?lang=`, else Dutch, the language of the service."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def rich(text: str) -> Markup:
    """Our own text as HTML: addresses become links, *words* bold, everything else inert."""
    html, at = Markup(), 0
    for mark in _MARK.finditer(text):
        html += escape(text[at : mark.start()])
        if url := mark["url"]:
            html += Markup('<a href="{}" rel="noopener">{}</a>').format(url, _short(url))
        else:
            html += Markup("<b>{}</b>").format(mark["bold"])
        at = mark.end()
    return html + escape(text[at:])


def _short(url: str) -> str:
    bare = url.partition("://")[2]
    return bare if len(bare) <= LONGEST_LINK else f"{bare[: LONGEST_LINK - 1]}…"


def said_once(text: str, choices: Sequence[Choice], welcome: str) -> str:
    """A text without the lines that the page shows already.

    These are the `welcome` that stands on top, and choices that stand below as buttons ("1) bib Aalst").
    """
    shown = {welcome} | {f"{choice.value}) {choice.label}" for choice in choices}
    return "\n".join(line for line in text.split("\n") if line not in shown) or text


def clock(moment: datetime) -> str:
    """The hour in Brussels, "14:05"."""
    return moment.astimezone(BRUSSELS).strftime("%H:%M")


def brussels_date(moment: datetime) -> date:
    """The calendar day in Brussels."""
    return moment.astimezone(BRUSSELS).date()


def short_date(day: date) -> str:
    """A day in figures, "12/11/2026"."""
    return f"{day.day}/{day.month}/{day.year}"


def direction(language: str | None) -> str:
    """The value of `dir`: what a language asks, or `auto` where it is not known."""
    if not language:
        return "auto"
    return "rtl" if language[:2] in RIGHT_TO_LEFT else "auto"


@cache
def environment() -> Environment:
    """The Jinja environment of the public pages: escaping on, unknown names are errors."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        rich=rich,
        said_once=said_once,
        clock=clock,
        brussels_date=brussels_date,
        short_date=short_date,
        direction=direction,
    )
    return env


def render(
    request: Request,
    template: str,
    *,
    language: str,
    status: int = 200,
    private: bool = False,
    **values: object,
) -> HTMLResponse:
    """One page as an answer; `private` keeps it out of every cache."""
    html = (
        environment()
        .get_template(template)
        .render(
            request=request,
            path=request.url.path,
            t=texts(language),
            language=language,
            languages=[texts(name) for name in LANGUAGES],
            in_language=lambda name: _in_language(request, name),
            nonce=getattr(request.state, "csp_nonce", ""),
            **values,
        )
    )
    response = HTMLResponse(html, status_code=status)
    response.headers["Cache-Control"] = "no-store" if private else "no-cache"
    return response


def _in_language(request: Request, language: str) -> str:
    """This same page in another language. Only the query: a path such as //elsewhere would be another site."""
    return f"?{request.url.include_query_params(lang=language).query}"
