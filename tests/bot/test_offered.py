"""Words that we ask people to type mean what they were offered for, whatever the model makes of them."""

import pytest

from bot.offered import meant
from dispatch.triage import Known
from nlu.values import Understanding


def _spoken(text: str, intent: str) -> Understanding:
    return Understanding(
        text=text, language="fr", language_confidence=1, intent=intent, confidence=0.9, ranking=((intent, 0.9),),
        act=None, crisis=False, opt_out=False, opt_in=False, slots=(), model_version="1",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["préviens-moi", "Previens moi", "laat het weten", "tell me later", "plus besoin"]
)
def test_the_words_of_a_wish_are_no_call_for_a_person(text: str) -> None:
    found = meant(_spoken(text, "talk_human"), Known())
    assert (found.intent, found.confidence) == ("find_course", 1.0)


def test_another_message_stays_as_it_was_read() -> None:
    spoken = _spoken("préviens mon frère", "talk_human")
    assert meant(spoken, Known()) is spoken


def test_moving_is_meant_only_by_who_has_an_appointment() -> None:
    spoken = _spoken("move", "smalltalk")
    assert meant(spoken, Known()) is spoken
    assert meant(spoken, Known(has_appointment=True)).intent == "appt_change"
