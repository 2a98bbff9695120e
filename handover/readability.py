"""Is a text plain Dutch (B1)? Sentences, hard words, and words of the trade with what one says instead.

A hint for people, who know to whom they write; a gate for texts that are used again and again. The list in
`readability.toml` is reviewed. In other languages only the length of sentences counts: we have no list for them.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from data.translation import _

DUTCH = "nl"
SMALL_WORDS = frozenset(  # that French and English do not have too
    [
        "het",
        "een",
        "van",
        "ik",
        "jij",
        "wij",
        "u",
        "dat",
        "dit",
        "zijn",
        "voor",
        "niet",
        "aan",
        "ook",
        "als",
        "maar",
        "bij",
        "nog",
        "naar",
        "wel",
        "kan",
        "uit",
        "heb",
        "hebt",
        "heeft",
        "moet",
        "wil",
        "deze",
        "tot",
        "onze",
        "jouw",
        "mij",
        "gelieve",
    ]
)
SMALL_SHARE = 0.12  # of the words; in an ordinary Dutch text they are a third
_END = re.compile(r"(?<=[.!?…؟])\s+|\n+|(?<=:)\s+(?=[A-Z\d])")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_NOT_SAID = re.compile(r"https?://\S+|\S+@\S+|\{\w+\}")  # links, mail addresses, fields to fill in
_KEPT = "\ue000"  # stands for each of those while sentences are told apart
_EXPLAINED = re.compile(r"\s*(?:,|\(|:|is\b|zijn\b|=)")  # what may follow a name that is explained


@dataclass(frozen=True, kw_only=True)
class Issue:
    """Something that is hard to read: `kind` sentence · word · trade · name, `text` what it is about.

    `instead`: plainer words, where we know them. `stops`: a text to be used again is refused for it.
    """

    kind: str
    text: str
    instead: str = ""
    stops: bool = False

    @property
    def advice(self) -> str:
        """What to do, for staff."""
        match self.kind:
            case "sentence":
                return _("Lange zin: “{text}”. Maak er twee van.", text=_short(self.text))
            case "trade":
                return _("“{text}”: zeg liever “{instead}”.", text=self.text, instead=self.instead)
            case "name":
                return _(
                    "“{text}” kent niet iedereen: zeg “{instead}”.", text=self.text, instead=self.instead
                )
            case _:
                return _("“{text}” is een lang woord. Kan het korter?", text=self.text)


def issues(text: str, language: str = DUTCH) -> list[Issue]:
    """What is hard to read in a text, in the order of the text; each word and each name once."""
    limits = _list()["limits"]
    found = [
        Issue(kind="sentence", text=sentence, stops=count > limits["sentence_most"])
        for sentence in sentences(text)
        if (count := len(_WORD.findall(_NOT_SAID.sub("x", sentence)))) > limits["sentence"]
    ]
    if language.split("-")[0] != DUTCH:
        return found
    return [*found, *_words(_NOT_SAID.sub(" ", text))]


def stopped(text: str, language: str = DUTCH) -> list[Issue]:
    """Why a text may not be used again and again; empty when it may."""
    return [issue for issue in issues(text, language) if issue.stops]


def looks_dutch(text: str) -> bool:
    """Whether enough of the small words of Dutch are in a text, whatever its reader's own language is."""
    words = [word.lower() for word in _WORD.findall(text)]
    return sum(word in SMALL_WORDS for word in words) >= max(1, len(words) * SMALL_SHARE)


def sentences(text: str) -> Sequence[str]:
    """The sentences of a text; each line and what comes after a colon is one of its own."""
    kept = iter(_NOT_SAID.findall(text))
    parts = _END.split(_NOT_SAID.sub(_KEPT, text))
    return [re.sub(_KEPT, lambda _: next(kept), part).strip() for part in parts if part.strip()]


def _words(text: str) -> Iterator[Issue]:
    listed, plain = _list(), _plain()
    seen: set[str] = set()
    for pattern, instead in plain.items():
        for spot in re.finditer(rf"(?<!\w){re.escape(pattern)}(?!\w)", text, re.IGNORECASE):
            if pattern not in seen:
                seen.add(pattern)
                yield Issue(kind="trade", text=spot[0], instead=instead, stops=True)
    for spot in _WORD.finditer(text):
        word = spot[0]
        if word in seen or word.lower() in seen:
            continue
        seen.add(word)
        if word in listed["names"]:
            if not _EXPLAINED.match(text, spot.end()):
                yield Issue(kind="name", text=word, instead=listed["names"][word], stops=True)
        elif len(word) > listed["limits"]["letters"] and word.lower() not in listed["known"]["words"]:
            yield Issue(kind="word", text=word)


@cache
def _list() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("handover").joinpath("readability.toml").read_text(encoding="utf-8"))


@cache
def _plain() -> Mapping[str, str]:
    return dict(_list()["plain"])


def _short(sentence: str, most: int = 60) -> str:
    return sentence if len(sentence) <= most else f"{sentence[:most].rsplit(' ', 1)[0]}…"
