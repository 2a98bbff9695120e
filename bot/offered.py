"""Words that we ask people to type: alone they say too little, or something else; here they mean what we said they do."""

from collections.abc import Mapping
from dataclasses import replace

from dispatch.triage import Known
from nlu import Understanding
from nlu.text import words

_ALWAYS: Mapping[str, str] = {"talk": "appt_book", "entretien": "appt_book"}
_BOOKED: Mapping[str, str] = {
    "move": "appt_change", "changer": "appt_change", "cancel": "appt_cancel", "cancel appointment": "appt_cancel",
}  # fmt: skip
"""Offered with an appointment, so only meant by who has one. CANCEL alone is what many type; we ask for two words, because
networks take the one for STOP, and so do we from who has no appointment."""


def meant(spoken: Understanding, known: Known) -> Understanding:
    """The message, for sure about what its one word was offered for; any other message as it is."""
    word = " ".join(words(spoken.text))
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
