"""Danger is seen in every language; idioms about death are not danger. Messages are invented for this test."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.crisis import shows_danger

HERE = Path(__file__).parent
DANGER = (HERE / "danger.txt").read_text(encoding="utf-8").splitlines()
HARMLESS = (HERE / "harmless.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", DANGER)
def test_danger_is_seen(text: str) -> None:
    assert shows_danger(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_sounds_like_it_is_let_pass(text: str) -> None:
    assert not shows_danger(text)


def test_there_are_enough_of_both() -> None:
    assert len(set(DANGER)) >= 150
    assert len(set(HARMLESS)) >= 300


def test_a_hostile_message_is_read_in_time() -> None:
    assert not shows_danger("ik wil " * 300)
    assert not shows_danger("a" * 2_000)
    assert not shows_danger("dood van de " * 150 + "stress")
