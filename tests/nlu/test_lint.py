"""What is wrong with training data, told before it is trained on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nlu.lint import lint
from nlu.training_data import Example


def examples(intent: str, *texts: str, language: str = "nl") -> list[Example]:
    return [Example(text=text, intent=intent, language=language) for text in texts]


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


@pytest.fixture(scope="module")
def told_of_ours(ours: Sequence[Example]) -> Sequence[str]:
    return lint(ours)


def test_our_own_data_leaves_no_language_behind(told_of_ours: Sequence[str]) -> None:
    assert [problem for problem in told_of_ours if "are asked for" in problem] == []


def test_messages_of_two_intents_that_differ_by_a_slip_are_told_and_contrasts_are_not() -> None:
    told = lint(
        [
            *examples("appt_change", "kan mijn afspraak een andere dag", language="so"),
            *examples("more", "kan mijn afspraak een ander dag", language="so"),
            *examples("basic_skills", "ik kan niet lezen", language="so"),
            *examples("vague_need", "ik kan niet kiezen", language="so"),
        ]
    )
    assert [problem for problem in told if "nearly" in problem] == [
        "'kan mijn afspraak een andere dag' (appt_change) and 'kan mijn afspraak een ander dag' (more) are nearly the "
        "same in so"
    ]


def test_intents_that_run_together_are_told() -> None:
    verbs = ("wil", "kan", "moet", "mag", "ga", "zou", "hoef", "durf", "probeer", "blijf")
    together = [
        *examples("appt_cancel", *(f"ik {verb} dinsdag toch niet komen" for verb in verbs), language="so"),
        *examples("appt_cancel", *(f"afzeggen voor {place} graag" for place in "abcdefghij"), language="so"),
        *examples("appt_change", *(f"ik {verb} dinsdag toch niet kome" for verb in verbs), language="so"),
    ]
    assert any(
        problem.startswith("appt_cancel overlaps with appt_change in so: ") for problem in lint(together)
    )


def test_an_intent_that_outgrows_its_language_is_told() -> None:
    usual = [
        example
        for intent in ("course_price", "enrolment", "complaint")
        for example in examples(intent, *(f"{intent} {chr(97 + i) * 5}" for i in range(20)), language="so")
    ]
    large = examples("smalltalk", *(f"dag {i} {i}" for i in range(81)), language="so")
    assert "smalltalk has 81 examples in so, where 20 are usual" in lint([*usual, *large])


def test_our_own_data_contradicts_itself_nowhere(told_of_ours: Sequence[str]) -> None:
    assert [
        problem for problem in told_of_ours if " is an example of " in problem or " overlaps with " in problem
    ] == []
