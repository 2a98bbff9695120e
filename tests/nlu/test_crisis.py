"""Danger is seen in every language; idioms about death are not danger. Messages are invented for this test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nlu import Understander
from nlu.crisis import is_subject_matter, may_be_danger, shows_danger
from nlu.text import words
from nlu.training_data import Example

HERE = Path(__file__).parent
DANGER = (HERE / "danger.txt").read_text(encoding="utf-8").splitlines()
HARMLESS = (HERE / "harmless.txt").read_text(encoding="utf-8").splitlines()
UNSEEN_DANGER, UNSEEN_HARMLESS = (
    [
        line
        for line in (HERE / f"unseen_{kind}.txt").read_text(encoding="utf-8").splitlines()
        if line[:1] != "#"
    ]
    for kind in ("danger", "harmless")
)


def test_danger_is_seen() -> None:
    assert [text for text in DANGER if not shows_danger(text)] == []


def test_what_only_sounds_like_it_is_let_pass() -> None:
    assert [text for text in HARMLESS if shows_danger(text)] == []


def test_a_classifier_is_believed_beside_a_word_of_danger_or_when_nearly_certain() -> None:
    assert may_be_danger("ik kan het niet meer aan, alles is zinloos", 0.4)
    assert may_be_danger("het mag voor mij ophouden", 0.95)
    assert not may_be_danger("het mag voor mij ophouden", 0.4)
    assert not may_be_danger("ik verveel mij dood thuis", 0.99)  # an idiom explains it


def test_what_only_sounds_like_danger_has_another_intent(understander: Understander) -> None:
    alarms = [text for text in HARMLESS if understander.understand(text).intent == "distress_crisis"]
    assert len(alarms) <= 0.01 * len(HARMLESS), alarms


def test_danger_is_seen_whatever_the_classifier_makes_of_it(understander: Understander) -> None:
    assert [text for text in DANGER if not understander.understand(text).crisis] == []


def test_what_a_course_is_about_is_no_danger_when_the_classifier_is_sure_of_it() -> None:
    asked = "hoe reageer je op een leerling die zegt dat hij dood wil, is daar een vorming over"
    assert shows_danger(asked)
    assert is_subject_matter(asked, 0.001)
    assert not is_subject_matter(asked, 0.4)
    assert not is_subject_matter("ik wil dood", 0.001)  # no word of learning: the rule stands


def test_what_could_be_subject_matter_must_be_nearly_certain() -> None:
    assert not may_be_danger("ik sterf als ik nog een formulier moet invullen", 0.8)
    assert may_be_danger("ik sterf als ik nog een formulier moet invullen", 0.95)


def test_without_embeddings_a_rule_stands_whatever_words_are_beside_it(understander: Understander) -> None:
    assert not understander.uses_embeddings
    assert understander.understand("ik volg een cursus maar ik wil dood").crisis


def test_rules_alone_see_most_danger_in_unseen_messages() -> None:
    """The classifier sees the rest: `tests/benchmarks/bench_crisis.py` measures both."""
    seen = [text for text in UNSEEN_DANGER if shows_danger(text)]
    assert len(seen) >= 0.5 * len(UNSEEN_DANGER)
    alarms = [text for text in UNSEEN_HARMLESS if shows_danger(text)]
    assert len(alarms) <= 0.08 * len(UNSEEN_HARMLESS), alarms


def test_unseen_messages_are_not_trained_on(ours: Sequence[Example]) -> None:
    trained = {" ".join(words(example.text)) for example in ours}
    unseen = [*UNSEEN_DANGER, *UNSEEN_HARMLESS]
    assert [text for text in unseen if " ".join(words(text)) in trained] == []
    assert len(set(UNSEEN_DANGER)) >= 200
    assert len(set(UNSEEN_HARMLESS)) >= 300


def test_there_are_enough_of_both() -> None:
    assert len(set(DANGER)) >= 400
    assert len(set(HARMLESS)) >= 500


def test_a_hostile_message_is_read_in_time() -> None:
    assert not shows_danger("ik wil " * 300)
    assert not shows_danger("a" * 2_000)
    assert not shows_danger("dood van de " * 150 + "stress")
