"""The decision table: what was understood and what is known → tier, action and partner, by the blueprint's sections.

`decisions.csv` was written from the blueprint, not from the rules: a row that fails is a rule to look at again. In
`said`: slots, `confidence`, and the marks crisis, opt_out, opt_in. In `known`: facts, and the marks trajectory,
appointment, waits.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dispatch.triage import TIERS, Action, Known, Tier
from tests.dispatch.spoken import ask, said

with (Path(__file__).parent / "decisions.csv").open(encoding="utf-8") as file:
    TABLE = list(csv.DictReader(file, delimiter=";"))

MARKS = {"trajectory": "has_trajectory", "appointment": "has_appointment", "waits": "waits"}


def _said(words: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for word in words.split():
        name, _, value = word.partition("=")
        values[name] = (float(value) if name == "confidence" else value) if value else True
    return values


def _known(words: str) -> Known:
    values: dict[str, Any] = {}
    for word in words.split():
        name, _, value = word.partition("=")
        if name == "asked":
            values["asked"] = frozenset({value})
        else:
            values[MARKS.get(name, name)] = (int(value) if name == "age" else value) if value else True
    return Known(**values)


@pytest.mark.parametrize(
    "row", TABLE, ids=[f"{number}-{row['intent']}-{row['action']}" for number, row in enumerate(TABLE, 2)]
)
def test_decision(row: dict[str, str]) -> None:
    decision = ask(said(row["intent"], row["text"], **_said(row["said"])), _known(row["known"]))
    expected = (row["tier"], row["action"], row["partner"] or None)
    assert (decision.tier, decision.action, decision.partner) == expected, decision.reasons[0].code


def test_the_table_is_whole() -> None:
    """At least 300 cases, each different, over every intent, tier and action that words can lead to."""
    assert len(TABLE) >= 300
    cases = Counter((row["intent"], row["text"], row["said"], row["known"]) for row in TABLE)
    assert [case for case, times in cases.items() if times > 1] == []
    assert {row["intent"] for row in TABLE} == set(TIERS)
    assert {row["tier"] for row in TABLE} == set(Tier)
    without_words = {Action.LISTEN, Action.LOOK}
    assert {row["action"] for row in TABLE} == set(Action) - without_words
