"""Signs that somebody is in danger, or cannot go on. Made for recall: a person looks when this says yes.

Fixed idioms ("dood van de stress", "mort de rire") are taken out first, so that what is left means what it says.
"""

from __future__ import annotations

import re

from nlu.crisis_words import HARMLESS, SIGNS
from nlu.text import fold, words

_HARMLESS = tuple(re.compile(fold(pattern)) for pattern in HARMLESS)
_SIGNS = tuple(re.compile(fold(pattern)) for pattern in SIGNS)


def shows_danger(text: str) -> bool:
    """Whether a rule sees danger in this message, whatever its language."""
    sentence = " ".join(words(text))
    for pattern in _HARMLESS:
        sentence = pattern.sub(" _ ", sentence)
    return any(pattern.search(sentence) for pattern in _SIGNS)
