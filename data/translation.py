"""What staff read, in their language: sentences stand in the code in Dutch; `data/translations` holds the others.

Clients are answered from reviewed texts (`bot/replies`), never from here. `_("Nog {count} dagen", count=3)` is a sentence
in the language of who is being spoken to; `N_("Belofte")` marks one that is translated later, where it is shown.
"""

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
    forms = _texts(language()).get(one, (one, many))
    # Of our three languages French alone says "0 jour".
    single = count < 2 if language() == "fr" else count == 1
    return forms[0 if single else 1].format(count=count, **fields)


def N_(dutch: str) -> str:  # noqa: N802 - the name that tools for translation look for
    """Marks a sentence for translation, and leaves it as it is."""
    return dutch


@cache
def _texts(chosen: str) -> Texts:
    found: Texts = {}
    for file in sorted((FOLDER / chosen).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=chosen):
                match message.id, message.string:
                    case str(one), str(string) if one and string:
                        found[one] = string
                    case (str(one), *_), (str(single), str(several)) if single and several:
                        found[one] = (single, several)
    return found
