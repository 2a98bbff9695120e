"""Measuring, and linting what is trained on."""

from __future__ import annotations

import pytest

from nlu import Understander
from nlu.evaluate import Case, evaluate


def test_what_is_measured(understander: Understander) -> None:
    cases = [
        Case(text="STOP", intent="opt_out", language="nl", channel="sms"),
        Case(text="ik wil dood", intent="distress_crisis", language="nl"),
        Case(text="je veux mourir", intent="smalltalk", language="fr"),
        Case(text="bedankt", intent="smalltalk", language="nl"),
    ]
    found = evaluate(understander, cases)
    assert (found.cases, found.accuracy) == (4, 0.75)
    assert found.by_language == {"fr": 0.0, "nl": 1.0}
    assert (found.crisis_recall, found.crisis_false_alarms) == (1.0, 1)
    assert found.confusions == (("smalltalk", "distress_crisis", 1),)
    assert found.calibration_error == pytest.approx(0.25)


def test_nothing_to_measure_is_an_error(understander: Understander) -> None:
    with pytest.raises(ValueError, match="no cases"):
        evaluate(understander, [])
