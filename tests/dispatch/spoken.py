"""Messages as nlu would give them, made the short way."""

from dataclasses import replace
from typing import Any

from dispatch.triage import Decision, Known, decide
from nlu import Slot, Understanding

NOBODY = Known()
CLIENT = Known(has_trajectory=True, counsellor_id=7)
BOOKED = Known(has_appointment=True)
GENT, ANTWERP, BRUSSELS, AALST = "44021", "11002", "21001", "41002"


def said(intent: str, text: str = "…", confidence: float = 0.9, **more: Any) -> Understanding:
    """A message as nlu would give it. Slots by name; a tuple is several of one name."""
    fields = {
        name: more.pop(name)
        for name in ("act", "crisis", "opt_out", "opt_in", "ranking", "in_scope")
        if name in more
    }
    language = more.pop("language", "nl")
    slots = tuple(
        Slot(
            name=name, value=value, text=value, start=0, end=0, data={"nis": value} if name == "place" else {}
        )
        for name, values in more.items()
        for value in (values if isinstance(values, tuple) else (values,))
    )
    rest = (1 - confidence) / 2
    ranking = ((intent, confidence), ("smalltalk", rest), ("complaint", rest))
    understood = Understanding(
        text=text, language=language, language_confidence=0.9, intent=intent, confidence=confidence, ranking=ranking,
        slots=slots, act=None, crisis=False, opt_out=False, opt_in=False, model_version="test",
    )  # fmt: skip
    return replace(understood, **fields)


def ask(understanding: Understanding, known: Known = NOBODY, channel: str = "web") -> Decision:
    return decide(understanding, known, channel)
