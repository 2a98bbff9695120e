"""What staff read, in their language: sentences stand in the code in Dutch; `data/translations` holds the others.

Clients are answered from reviewed texts (`bot/replies`), never from here. `_("Nog {count} dagen", count=3)` is a sentence
in the language of who is being spoken to; `N_("Belofte")` marks one that is translated later, where it is shown.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.pofile import read_po

LANGUAGES = {"nl": "Nederlands", "fr": "Français", "en": "English"}
FOLDER = Path(__file__).parent / "translations"
_LOCALES = {"nl": Locale("nl", "BE"), "fr": Locale("fr", "BE"), "en": Locale("en", "GB")}
_spoken: ContextVar[str] = ContextVar("spoken", default="nl")

Texts = dict[str, str | tuple[str, ...]]


def language() -> str:
    """The language of who is being spoken to: "nl", "fr" or "en"."""
    return _spoken.get()


def locale() -> Locale:
    """How that language writes dates and numbers."""
    return _LOCALES[language()]


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak this language inside the block; Dutch when we do not have it."""
    before = _spoken.get()
    speak(chosen)
    try:
        yield
    finally:
        speak(before)


def speak(chosen: str) -> None:
    """Speak this language from now on, until the end of the `speaking` around it."""
    _spoken.set(chosen if chosen in LANGUAGES else "nl")


def preferred(accept_language: str) -> str:
    """Of our languages the one that a browser asks for first; Dutch when it asks for none of them."""
    asked = [part.partition(";")[0].strip() for part in accept_language[:200].split(",")]
    found = negotiate_locale([one for one in asked if one], list(LANGUAGES), sep="-")
    return found if found in LANGUAGES else "nl"


def _(dutch: str, /, **fields: object) -> str:
    """The sentence in the language of who is being spoken to, its `{fields}` filled in."""
    text = _texts(language()).get(dutch, dutch)
    assert isinstance(text, str), f"{dutch!r} has a plural: ask for it with _n"  # noqa: S101 - ours, not input
    return text.format(**fields) if fields else text


def _n(one: str, many: str, count: int, /, **fields: object) -> str:
    """The sentence for a number of things; `{count}` is filled in too."""
    # Of our three languages French alone says "0 jour".
    single = count < 2 if language() == "fr" else count == 1
    return forms(one, many)[0 if single else 1].format(count=count, **fields)


def forms(one: str, many: str, /) -> tuple[str, str]:
    """Both forms of a sentence for a number of things, its places still open: for a script, which counts for itself."""
    found = _texts(language()).get(one, (one, many))
    return found[0], found[1]


def again(kept: str) -> str:
    """A sentence of `kept.po` as it was stored, in Dutch with its places filled in, for who is being spoken to."""
    if kept not in _texts(language()):
        for pattern, dutch in _patterns(language()):
            if found := pattern.fullmatch(kept):
                return _(dutch, **{name: again(part) for name, part in found.groupdict().items()})
    return _(kept)


def N_(dutch: str) -> str:  # noqa: N802 - the name that tools for translation look for
    """Marks a sentence for translation, and leaves it as it is."""
    return dutch


@cache
def _patterns(chosen: str) -> list[tuple[re.Pattern[str], str]]:
    """What of `kept.po` has places: how it looks when they are filled in, and the sentence itself."""
    sentences = sorted((one for one in _texts(chosen, "kept") if "{" in one), key=len, reverse=True)
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(one))), one) for one in sentences]


@cache
def _texts(chosen: str, name: str = "*") -> Texts:
    found: Texts = {}
    for file in sorted((FOLDER / chosen).glob(f"{name}.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=chosen):
                match message.id, message.string:
                    case str(one), str(string) if one and string:
                        found[one] = string
                    case (str(one), *_), (str(single), str(several)) if single and several:
                        found[one] = (single, several)
    return found
