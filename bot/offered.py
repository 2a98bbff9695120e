"""Words that we ask people to type: alone they say too little, or something else; here they mean what we said they do."""

from collections.abc import Mapping
from dataclasses import replace

from dispatch.triage import Known
from nlu import Understanding
from nlu.text import words

WISH = frozenset({"laat weten", "laat het weten", "préviens moi", "previens moi", "tell me later"})
NO_WISH = frozenset({"niet meer nodig", "plus besoin", "no longer needed"})
_ALWAYS: Mapping[str, str] = {
    "talk": "appt_book", "entretien": "appt_book", **dict.fromkeys(WISH | NO_WISH, "find_course"),
}  # fmt: skip
_BOOKED: Mapping[str, str] = {
    "move": "appt_change", "changer": "appt_change", "cancel": "appt_cancel", "cancel appointment": "appt_cancel",
}  # fmt: skip
"""Offered with an appointment, so only meant by who has one. CANCEL alone is what many type; we ask for two words, because
networks take the one for STOP, and so do we from who has no appointment."""


def typed(spoken: Understanding) -> str:
    """The words of a message as those above are written."""
    return " ".join(words(spoken.text.replace("-", " ")))


def meant(spoken: Understanding, known: Known) -> Understanding:
    """The message, for sure about what its one word was offered for; any other message as it is."""
    word = typed(spoken)
    intent = _ALWAYS.get(word) or (_BOOKED.get(word) if known.has_appointment else None)
    if intent is None:
        return spoken
    return replace(
        spoken,
        intent=intent,
        confidence=1.0,
        ranking=((intent, 1.0),),
        act=None,
        opt_out=False,
        in_scope=True,
    )
