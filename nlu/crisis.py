"""Whether somebody is in danger, or cannot go on. Made for recall: a person looks when this says yes.

Evidence is weighed, none of it decides alone: a phrase of danger (a sign) that is left when figures of speech ("dood van
de stress") and what the message denies ("ik wil niet dood") are taken out; how likely the classifier, who read the whole
message, finds danger; and what is around it: learning, work or stories, long ago, a joke.
"""

from __future__ import annotations

import re
from math import log

from nlu import crisis_about, crisis_frames, crisis_more, crisis_threats, crisis_words
from nlu.text import fold, words

_IDIOM, _DENIED = " _ ", " _no_ "

_LETTERS = re.compile(r"(?<!\\)[a-z]{2}")


def _by_script(*lists: tuple[str, ...]) -> dict[bool, tuple[re.Pattern[str], ...]]:
    """The patterns that a sentence can match: under True for one in Latin letters only, under False for any other."""
    every = tuple(re.compile(fold(pattern)) for patterns in lists for pattern in patterns)
    return {True: tuple(pattern for pattern in every if _LETTERS.search(pattern.pattern)), False: every}


def _any_of(patterns: tuple[re.Pattern[str], ...]) -> re.Pattern[str]:
    """One pattern for all; those that begin at a word's edge look for that only once."""
    edge = r"\b"
    at_an_edge = [f"(?:{p.pattern.removeprefix(edge)})" for p in patterns if p.pattern.startswith(edge)]
    others = [f"(?:{p.pattern})" for p in patterns if not p.pattern.startswith(edge)]
    return re.compile("|".join([f"{edge}(?:{'|'.join(at_an_edge)})", *others]))


_HARMLESS = _by_script(crisis_words.HARMLESS, crisis_more.HARMLESS)
_SIGNS = {
    latin: _any_of(patterns)
    for latin, patterns in _by_script(crisis_words.SIGNS, crisis_more.SIGNS, crisis_threats.SIGNS).items()
}
_NOT = _by_script(crisis_frames.DENIED)
_ABOUT = re.compile(fold(crisis_about.ABOUT))
_LONG_AGO = re.compile(fold(crisis_frames.LONG_AGO))
_JOKED = re.compile(fold(crisis_frames.JOKED))
_HURT_AT_HOME = re.compile(fold(crisis_frames.HURT_AT_HOME))

# In log-odds, beside those of the classifier. Weighed on our messages that neither rules nor model were made from.
_SIGN, _NO_SIGN, _UNREAD = 4.0, -0.3, -1.0
_FIGURE, _DENIAL, _AGO = -3.0, -5.0, -2.5
_ABOUT_SIGN, _ABOUT_NONE, _JOKE_SIGN, _JOKE_NONE = -3.5, -1.5, -4.7, -1.0
_ENOUGH_WORDS = 8
"""In fewer words the classifier knows less: its log-odds count for less."""


def shows_danger(text: str) -> bool:
    """Whether there is a phrase of danger in this message, whatever its language, that the message does not deny."""
    plain = " ".join(words(text))
    if not _has_sign(plain):  # as most messages; taking something out of one adds no sign
        return False
    return _has_sign(_literal(plain)) and _has_sign(_literal(_without_denials(plain)))


def is_danger(text: str, chance: float, *, sign: bool, settled: bool) -> bool:
    """Whether the message means danger.

    `chance` is the classifier's probability of it, `sign` what `shows_danger` said. A sign stands by itself when nothing
    around it speaks against danger, and when the classifier saw letters and words only (not `settled`).
    """
    if sign and not settled:
        return True
    odds = _log_odds(chance)
    if not sign and odds + _NO_SIGN < 0:
        return False  # what is around it would only take away
    plain = " ".join(words(text))
    odds *= min(1.0, (plain.count(" ") + 1) / _ENOUGH_WORDS)
    about, ago, joked = (frame.search(plain) is not None for frame in (_ABOUT, _LONG_AGO, _JOKED))
    if sign and not (ago or joked) and (not about or _HURT_AT_HOME.search(plain)):
        return True
    if sign:
        return odds + _SIGN + _ABOUT_SIGN * about + _AGO * ago + _JOKE_SIGN * joked >= 0
    literal = _literal(_without_denials(plain))
    taken_out = _FIGURE * (_IDIOM in literal) + _DENIAL * (_DENIED in literal)
    around = taken_out + _ABOUT_NONE * about + _AGO * ago + _JOKE_NONE * joked
    return odds + _NO_SIGN + _UNREAD * (not settled) + around >= 0


def _has_sign(sentence: str) -> bool:
    return _SIGNS[sentence.isascii()].search(sentence) is not None


def _literal(sentence: str) -> str:
    """The sentence with every figure of speech blotted out."""
    for pattern in _HARMLESS[sentence.isascii()]:
        sentence = pattern.sub(_IDIOM, sentence)
    return sentence


def _without_denials(sentence: str) -> str:
    for pattern in _NOT[sentence.isascii()]:
        sentence = pattern.sub(_DENIED, sentence)
    return sentence


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return log(chance / (1 - chance))
