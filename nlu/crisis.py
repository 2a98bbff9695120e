"""Signs that somebody is in danger, or cannot go on. Made for recall: a person looks when this says yes.

Fixed idioms ("dood van de stress", "mort de rire") are taken out first, so that what is left means what it says.
"""

from __future__ import annotations

import re

from nlu import crisis_about, crisis_more, crisis_threats, crisis_words
from nlu.text import fold, words

_LIKELY, _VERY_LIKELY, _NEARLY_CERTAIN, _HARDLY = 0.35, 0.75, 0.9, 0.15
_IDIOM = " _ "

_HARMLESS = tuple(re.compile(fold(pattern)) for pattern in (*crisis_words.HARMLESS, *crisis_more.HARMLESS))
_SIGNS = tuple(
    re.compile(fold(pattern)) for pattern in (*crisis_words.SIGNS, *crisis_more.SIGNS, *crisis_threats.SIGNS)
)
_WORDS = tuple(re.compile(fold(pattern)) for pattern in crisis_more.WORDS)
_ABOUT = re.compile(fold(crisis_about.ABOUT))


def shows_danger(text: str) -> bool:
    """Whether a rule sees danger in this message, whatever its language."""
    sentence = _said(text)
    return any(pattern.search(sentence) for pattern in _SIGNS)


def may_be_danger(text: str, probability: float) -> bool:
    """Whether a classifier that sees danger, with this probability, is to be believed.

    Beside a word of danger it is; without one only when danger is very likely and no idiom explains why. What could
    be spoken about (`is_subject_matter`) has to be nearly certain.
    """
    sentence = _said(text)
    if probability < _NEARLY_CERTAIN and _ABOUT.search(sentence):
        return False
    if probability >= _LIKELY and any(pattern.search(sentence) for pattern in _WORDS):
        return True
    return probability >= _VERY_LIKELY and _IDIOM not in sentence


def is_subject_matter(text: str, probability: float) -> bool:
    """Whether danger that a rule saw is only spoken about: in a course, at work with victims, in a film.

    The words must say so, and the classifier, who read the whole message, must find danger next to impossible.
    """
    return probability < _HARDLY and _ABOUT.search(" ".join(words(text))) is not None


def _said(text: str) -> str:
    """The folded words with every harmless idiom blotted out."""
    sentence = " ".join(words(text))
    for pattern in _HARMLESS:
        sentence = pattern.sub(_IDIOM, sentence)
    return sentence
