"""Measuring: intents, acts, alarms, honest confidence, slots."""

from __future__ import annotations

import pytest

from nlu import Understander
from nlu.evaluate import Answer, Case, Share, SlotScore, Wanted, calibration, evaluate, measure
from nlu.values import Slot, Understanding


def test_what_is_measured(understander: Understander) -> None:
    cases = [
        Case(text="STOP", intent="opt_out", language="nl", channel="sms"),
        Case(text="ik wil dood", intent="distress_crisis", language="nl", variety="standard"),
        Case(text="je veux mourir", intent="smalltalk", language="fr", variety="standard"),
        Case(text="bedankt", intent="thanks", language="nl"),
    ]
    found = evaluate(understander, cases)
    assert found.intents == Share(right=3, of=4)
    assert found.by_language == {"nl": Share(right=3, of=3), "fr": Share(right=0, of=1)}
    assert found.by_variety == {"standard": Share(right=1, of=2)}
    assert (found.crisis, found.crisis_false_alarms) == (Share(right=1, of=1), 1)
    assert (found.opt_out, found.opt_out_false_alarms) == (Share(right=1, of=1), 0)
    assert found.languages == Share(right=4, of=4)
    assert found.confusions == (("smalltalk", "distress_crisis", 1),)
    assert [mistake.case.text for mistake in found.mistakes] == ["je veux mourir"]
    assert found.calibration_error == pytest.approx(1 / 3), (
        "three sure answers of which one is wrong; the act is none"
    )


def test_nothing_to_measure_is_an_error(understander: Understander) -> None:
    with pytest.raises(ValueError, match="no cases"):
        evaluate(understander, [])


def slot(name: str, value: str, start: int = 0, end: int = 4, **more: bool) -> Slot:
    return Slot(name=name, value=value, text="Gent", start=start, end=end, **more)


def answer(wanted: tuple[Wanted, ...] | None, *found: Slot) -> Answer:
    """The answer to a message of which only the slots matter."""
    understood = Understanding(
        text="x", language="nl", language_confidence=1, intent="evc", confidence=1, ranking=(), slots=found, act=None,
        crisis=False, opt_out=False, opt_in=False, model_version="1",
    )  # fmt: skip
    return Answer(case=Case(text="x", intent="evc", slots=wanted), found=understood)


def test_slots_count_by_span_where_there_is_one_and_else_by_value() -> None:
    place = Wanted(name="place", value="whatever", start=2, end=6)
    by_value = Wanted(name="place", value="GENT")
    avoided = Wanted(name="time_of_day", value="evening", negated=True)
    scores = measure(
        [
            answer((place,), slot("place", "gent"), slot("topic", "unknown to the annotators")),
            answer((place,), slot("place", "gent", 6, 9)),
            answer((by_value, by_value), slot("place", "gent")),
            answer((avoided,), slot("time_of_day", "evening")),
            answer((avoided,), slot("time_of_day", "evening", negated=True)),
            answer((), slot("place", "brussel")),
            answer(None, slot("place", "not annotated")),
        ]
    ).slots
    assert scores == {
        "place": SlotScore(wanted=4, given=4, met=2),
        "time_of_day": SlotScore(wanted=2, given=2, met=1),
    }
    assert (scores["place"].precision, scores["place"].recall, scores["place"].f1) == (0.5, 0.5, 0.5)


def test_bins_of_confidence() -> None:
    sure, doubtful = calibration([(0.95, True), (1.0, False), (0.31, False)])[::-1]
    assert (sure.cases, sure.accuracy, sure.confidence) == (2, 0.5, pytest.approx(0.975))
    assert (doubtful.cases, doubtful.accuracy) == (1, 0.0)
