"""Measuring, and linting what is trained on."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu import Understander
from nlu.evaluate import Case, evaluate
from nlu.lint import lint
from nlu.training_data import Example, load_examples

TRAINING = Path(__file__).parents[2] / "nlu" / "training"


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


def test_contradictions_and_copies_are_told() -> None:
    examples = [
        Example(text="Hallo!", intent="smalltalk", language="nl"),
        Example(text="hallo", intent="talk_human", language="nl"),
        Example(text="wat kost dat", intent="course_price", language="nl"),
        Example(text="Wat kost dat?", intent="course_price", language="nl"),
    ]
    problems = lint(examples)
    assert problems[0] == "'hallo' is an example of smalltalk and talk_human"
    assert problems[-1] == "'wat kost dat' stands 2 times under course_price in nl"
    assert "smalltalk has 1 examples in nl, 60 are asked for" in problems


def test_our_own_data_leaves_no_language_behind() -> None:
    assert [problem for problem in lint(load_examples(TRAINING)) if "are asked for" in problem] == []
