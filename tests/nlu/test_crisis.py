"""Danger is seen in every language; idioms about death are not danger. Messages are invented for this test."""

from __future__ import annotations

from pathlib import Path

from nlu import Understander
from nlu.crisis import may_be_danger, shows_danger

HERE = Path(__file__).parent
DANGER = (HERE / "danger.txt").read_text(encoding="utf-8").splitlines()
HARMLESS = (HERE / "harmless.txt").read_text(encoding="utf-8").splitlines()


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


def test_there_are_enough_of_both() -> None:
    assert len(set(DANGER)) >= 400
    assert len(set(HARMLESS)) >= 500


def test_a_hostile_message_is_read_in_time() -> None:
    assert not shows_danger("ik wil " * 300)
    assert not shows_danger("a" * 2_000)
    assert not shows_danger("dood van de " * 150 + "stress")
