"""Which language a short message is in: script, small words, a detector, and what we know of the person."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from langdetect import DetectorFactory
from langdetect.detector_factory import PROFILES_DIRECTORY
from langdetect.lang_detect_exception import LangDetectException
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nlu.language_words import ARABIZI, BORROWED, FREQUENT, GREETINGS
from nlu.text import words

log = logging.getLogger(__name__)

LANGUAGES = (
    "nl",
    "fr",
    "en",
    "tr",
    "ar",
    "uk",
    "ru",
    "pl",
    "ro",
    "es",
    "bg",
    "fa",
    "ps",
    "so",
    "de",
    "it",
    "pt",
    "sq",
)
"""What the detectors may answer. Afrikaans is left out on purpose: it takes a tenth of the Dutch messages."""

DEFAULT_LANGUAGE = "nl"
"""The language of a message that says nothing about itself, from a person we do not know."""

# How common a language is among our clients, as a logarithm; measured detectors know no such thing.
_PRIOR: Mapping[str, float] = {
    **dict.fromkeys(LANGUAGES, -1.5),
    **{
        "nl": 0.6,
        "fr": 0.0,
        "en": 0.0,
        "tr": -0.4,
        "ar": -0.4,
        "uk": -0.5,
        "es": -0.5,
        "pl": -0.5,
        "ru": -0.5,
    },
    **{
        "ro": -0.8,
        "bg": -1.8,
        "so": -2.5,
        "sq": -2.5,
        "de": -1.0,
        "it": -1.0,
        "pt": -1.0,
        "fa": -1.0,
        "ps": -1.5,
        "ar-Latn": -0.6,
    },
}
_CYRILLIC = frozenset({"uk", "ru", "bg"})
_ARABIC = frozenset({"ar", "fa", "ps"})
_LATIN = (frozenset(LANGUAGES) | {"ar-Latn"}) - _CYRILLIC - _ARABIC
_SCRIPTS = (
    (re.compile(r"[\u0400-\u04ff]"), _CYRILLIC),
    (re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"), _ARABIC),
    (re.compile(r"[\u1200-\u137f]"), frozenset({"ti"})),
    (re.compile(r"[^\W\d_\u0370-\uffff]"), _LATIN),
)
# Letters that only one of our languages writes.
_LETTERS = (
    (re.compile(r"[іїєґІЇЄҐ]"), "uk"),
    (re.compile(r"[ыэёЫЭЁ]"), "ru"),
    (re.compile(r"[ъЪ]|(?:ът|ето|ната|ията)\b"), "bg"),
    (re.compile(r"[ټډړږښڼېۍځڅ]"), "ps"),
    (re.compile(r"[پچژگ]|ه‌ا|می‌"), "fa"),
    (re.compile(r"[ğışİŞĞ]"), "tr"),
    (re.compile(r"[ąęłńśźżŁŚŻŹ]"), "pl"),
    (re.compile(r"[ăâîșțşţĂȘȚŢ]"), "ro"),
    (re.compile(r"[ñ¿¡]|\b(?:qué|cómo|dónde|cuánd?t?o|está)\b"), "es"),
    (re.compile(r"[ëË]"), "nl"),
    (re.compile(r"[œêèùûÊÈ]|\b[ldjnsc]['’]"), "fr"),
)
_IN_ASCII = _LETTERS[-1:]
"""Those that a message in plain letters can show."""

_ARABIZI_WORD = re.compile(r"\b(?=[a-z]*[3789])(?=[0-9]{0,2}[a-z])[a-z3789]{2,14}\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^\d{1,4}(?:u|h|am|pm|e|de|ste|x|km|min|uur|euro|eur|th|nd|rd|st|er|eme)\d{0,2}$|^[a-c]\d$"
)

_FIRST_LETTER = re.compile(r"[^\W\d_]")
_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]{3,60}[\"”»]")
_ENGLISH_I = re.compile(r"I(?:['’]\w+)?\W*$")
_LEAST_OWN = 2

_WORD_WEIGHT = 2.2
_LETTER_WEIGHT = 2.2
_MEMORY_WEIGHT = 2.0
_DETECTOR_WEIGHT = 2.5
_LEARNT_WEIGHT = 0.75
_RELATIVES: Mapping[str, tuple[str, ...]] = {
    **{"de": ("nl", "en"), "it": ("es", "fr", "ro"), "pt": ("es", "fr"), "ro": ("fr", "es")},
    **{"ru": ("uk", "bg"), "bg": ("ru", "uk"), "fa": ("ar",), "ps": ("ar", "fa")},
}
"""Languages of which we have few examples or none → those that their words are taken for."""
_RELATIVE_COST = 1.0
_FLOOR = 1e-8
_UNSEEN = 0.5
_ARABIZI = "ar-Latn"
_ARABIZI_WEIGHT = 4.0
_ARABIZI_CHANCE = 0.15  # what a detector that does not know it would give

Detector = Callable[[str], Mapping[str, float]]
"""A text → probability per language of LANGUAGES (others are ignored)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A language (BCP 47) with the probability that it is right."""

    language: str
    confidence: float


def detector(name: str) -> Detector:
    """The detector of this name: "py3langid" (measured best on short text) or "langdetect"."""
    if name == "py3langid":
        return _py3langid()
    if name == "langdetect":
        return _langdetect()
    raise ValueError(f"unknown language detector {name!r}: use py3langid or langdetect")


class LanguageGuesser:
    """Weighs script, small words, the detector, what was learnt from our own examples, and memory."""

    def __init__(self, detect: Detector) -> None:
        self._detect = detect

    def guess(self, text: str, *, remembered: str | None, learnt: Mapping[str, float]) -> Guess:
        """The language of a cleaned message. `learnt` holds log-probabilities of our own model; it may be empty."""
        possible = _by_script(text)
        if not possible:
            return Guess(language=remembered or DEFAULT_LANGUAGE, confidence=0.5)
        if len(possible) == 1:
            return Guess(language=next(iter(possible)), confidence=0.99)
        own = _without_names(text)
        folded = words(own)
        scores = {language: _PRIOR[language] for language in possible}
        self._add_detector(scores, own, len(folded))
        for language, value in _word_evidence(folded).items():
            if language in scores:
                scores[language] += _WORD_WEIGHT * value
        for pattern, language in _IN_ASCII if own.isascii() else _LETTERS:
            if language in scores and pattern.search(own):
                scores[language] += _LETTER_WEIGHT
        if _ARABIZI in scores:
            scores[_ARABIZI] += _arabizi_evidence(text, folded)
        if learnt:
            unseen = _UNSEEN * min(learnt.values())  # a language we have no examples of is neither in nor out
            for language in scores:
                relatives = _RELATIVES.get(language)
                alike = max([learnt.get(name, unseen) for name in relatives]) if relatives else unseen
                value = max(learnt.get(language, unseen), alike - _RELATIVE_COST)
                scores[language] += _LEARNT_WEIGHT * value
        if remembered is not None:
            known = remembered if remembered in scores else remembered.partition("-")[0]
            if known in scores:
                scores[known] += _MEMORY_WEIGHT * max(0.3, 3.0 / (2.0 + len(folded)))
        return _most_likely(scores)

    def _add_detector(self, scores: dict[str, float], text: str, length: int) -> None:
        probabilities = self._detect(text.lower())
        weight = _DETECTOR_WEIGHT * min(1.0, 0.5 + 0.15 * length)
        for language in scores:
            probability = _ARABIZI_CHANCE if language == _ARABIZI else probabilities.get(language, 0.0)
            scores[language] += weight * math.log(max(probability, _FLOOR))


def _without_names(text: str) -> str:
    """The message without quoted titles and words with a capital, which may be in any language.

    The whole message when too little would be left, or when it is written in capitals throughout.
    """
    said = _QUOTED.sub(" ", text).split()
    kept = said[:1] + [word for word in said[1:] if not word[0].isupper() or _ENGLISH_I.match(word)]
    if len(kept) < _LEAST_OWN or not any(map(str.islower, " ".join(kept))):
        kept = said
    own = [word for word in kept if not BORROWED.issuperset(words(word))]
    evidence = _word_evidence(words(" ".join(own)))
    foreign = bool(evidence) and evidence.get("nl", 0.0) < max(evidence.values())
    return " ".join(own if foreign else kept)


def _by_script(text: str) -> frozenset[str]:
    """The languages of the script that most letters are in; empty without letters."""
    if text.isascii():
        return _LATIN if _FIRST_LETTER.search(text) else frozenset()
    counts = {languages: len(pattern.findall(text)) for pattern, languages in _SCRIPTS}
    # Titles, names and addresses stay in Latin letters, so a good part in another script decides.
    others = {languages: count for languages, count in counts.items() if languages is not _LATIN}
    most = max(others, key=lambda languages: others[languages])
    opening = _FIRST_LETTER.search(text)
    opens = opening is not None and _in_script(opening.group(), most)
    if others[most] and others[most] * (8 if opens else 3) >= counts[_LATIN]:
        return most
    return _LATIN if counts[_LATIN] else frozenset()


def _in_script(letter: str, languages: frozenset[str]) -> bool:
    return any(pattern.match(letter) for pattern, written in _SCRIPTS if written is languages)


def _word_evidence(folded: list[str]) -> Mapping[str, float]:
    """Per language how much its small words and greetings stand out; a word of many languages says little."""
    evidence: dict[str, float] = {}
    for word in folded:
        for language, weight in FREQUENT.get(word, ()):
            evidence[language] = evidence.get(language, 0.0) + weight
    if len(folded) <= 3:
        for word in folded:
            for language in GREETINGS.get(word, ()):
                evidence[language] = evidence.get(language, 0.0) + 1.5
    return evidence


def _arabizi_evidence(text: str, folded: list[str]) -> float:
    """How much this looks like Arabic in Latin letters: digits as letters (3, 7, 9), its commonest words."""
    known = sum(1 for word in folded if word in ARABIZI)
    digits = sum(1 for word in _ARABIZI_WORD.findall(text) if not _NUMBERED.match(word.lower()))
    strength = known + 0.8 * digits
    share = strength / max(len(folded), 1)
    return _ARABIZI_WEIGHT * strength if share >= 0.25 else 0.0


def _most_likely(scores: Mapping[str, float]) -> Guess:
    language = max(scores, key=lambda name: scores[name])
    highest = scores[language]
    total = sum(math.exp(score - highest) for score in scores.values())
    return Guess(language=language, confidence=1.0 / total)


@cache  # to unpack it takes longer than all the rest of a new model
def _py3langid() -> Detector:
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages([language for language in LANGUAGES if language in whole.labels])
    identifier = LanguageIdentifier(  # of our languages alone: the whole one keeps 28 MB for the others
        whole.nb_ptc, whole.nb_pc, whole.nb_classes, whole.tk_nextmove, whole.tk_output,
        norm_probs=True, tk_row=whole.tk_row,
    )  # fmt: skip

    def detect(text: str) -> Mapping[str, float]:
        return {language: float(probability) for language, probability in identifier.rank(text)}

    return detect


def _langdetect() -> Detector:
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.set_seed(0)
    known = np.array([1.0 if language in LANGUAGES else 0.0 for language in factory.langlist])

    def detect(text: str) -> Mapping[str, float]:
        instance = factory.create()
        instance.set_prior_map(dict(zip(factory.langlist, (known / known.sum()).tolist(), strict=True)))
        instance.append(text)
        try:
            return {found.lang: float(found.prob) for found in instance.get_probabilities()}
        except LangDetectException:  # no letters that it knows
            return {}

    return detect
