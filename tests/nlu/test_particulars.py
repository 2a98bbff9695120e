"""What a message is about more precisely, over a corpus of our own; whom it is for; from which work to which."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from nlu import Understander, particulars, slots
from nlu.lexicon import Lexicon
from nlu.text import clean, tokens
from nlu.topics import LEFT, SAID, left_over, of_course, of_question
from nlu.values import ASIDES, Understanding

ROWS = [
    (*line.split(" | ")[:2], Counter(line.split(" | ")[2].split()))
    for line in (Path(__file__).parent / "particulars.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
FLOOR, FLOOR_EACH = 0.95, 0.80


def found(intent: str, text: str) -> Counter[str]:
    message = clean(text)
    spoken = tokens(message)
    told = particulars.find(message, spoken, intent)
    assert all(message[slot.start : slot.end] == slot.text and slot.name in ASIDES for slot in told), text
    if intent == "professional_second_line" and (topic := of_question(message, spoken)):
        told.append(topic)
    return Counter(f"{slot.name}={slot.value}" for slot in told)


def test_particulars_are_found_with_their_normal_form() -> None:
    right, given, wanted = Counter[str](), Counter[str](), Counter[str]()
    wrong = []
    for intent, text, expected in ROWS:
        got = found(intent, text)
        if got != expected:
            wrong.append(f"{text}: missed {list(expected - got)}, too much {list(got - expected)}")
        for counts, values in ((right, got & expected), (given, got), (wanted, expected)):
            for value, number in values.items():
                counts[value.partition("=")[0]] += number
    scores = {name: 2 * right[name] / (given[name] + wanted[name]) for name in wanted}
    assert 2 * right.total() / (given.total() + wanted.total()) >= FLOOR, "\n".join(wrong)
    assert min(scores.values()) >= FLOOR_EACH, "\n".join([str(scores), *wrong])


def test_every_kind_is_measured() -> None:
    assert {value.partition("=")[0] for _, _, wanted in ROWS for value in wanted} == ASIDES | {"topic"}


@pytest.mark.parametrize(
    "text", ["ik zoek een woning", "ik heb schulden", "wis alles", "ben jij een bot", "ik werk bij het ocmw"]
)
def test_words_mean_nothing_beside_another_intent(text: str) -> None:
    assert not found("find_course", text)


def test_a_star_stands_for_any_ending_and_the_first_value_goes_before() -> None:
    lexicon = Lexicon({"grave": "dood wil*", "light": "moe|moedeloos"})
    assert lexicon.find(tokens("ik ben moe en dood willen")) == [("grave", 4, 5), ("light", 2, 2)]
    assert not lexicon.find(tokens("moeder, doodwillen"))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("ik zoek een cursus drone vliegen in Gent", "drone vliegen"),
        ("opleiding tot", "tot"),
        ("hoeveel kost een cursus in het volwassenenonderwijs", None),
        ("formation de poterie à Gand", "poterie"),
        ("دورة القيادة", None),
        ("ik wil leren", None),
        ("hallo", None),
    ],
)
def test_a_topic_that_no_catalogue_knows(text: str, topic: str | None) -> None:
    slot = of_course(text, tokens(text))
    assert (slot.value if slot else None) == topic
    assert slot is None or slot.confidence == SAID


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("kinderverzorgingsopleiding", "kinderverzorgingsopleiding"),
        ("graag iets met drones, en een Crèche", "drones crèche"),
        ("ik zoek een", None),
        (" ".join(f"woord{n}" for n in range(20)), None),
    ],
)
def test_a_topic_is_what_is_left(text: str, topic: str | None) -> None:
    empty = frozenset(["graag", "iets", "met", "ik", "zoek", "een", "en"])
    slot = left_over(text, tokens(text), (), empty)
    assert (slot.value if slot else None) == topic
    assert slot is None or slot.confidence == LEFT


def understood(intent: str, text: str) -> Understanding:
    return Understanding(
        text=text, language="nl", language_confidence=1, intent=intent, confidence=1, ranking=((intent, 1),), slots=(),
        act=None, crisis=False, opt_out=False, opt_in=False, model_version="1",
    )  # fmt: skip


def test_another_intent_makes_something_else_of_the_same_words(understander: Understander) -> None:
    once = understander.with_particulars(understood("partner_referral", "ik zoek een woning voor mijn zoon"))
    assert {slot.name: slot.value for slot in once.slots} == {"need": "housing", "for": "child"}
    assert once.names_nothing
    again = understander.with_particulars(
        understood("career_change", "ik zoek een woning voor mijn zoon in de bouw")
    )
    assert {slot.name: slot.value for slot in again.slots} == {"from": "bouw", "for": "child"}


@pytest.mark.parametrize(
    ("intent", "text", "kept"),
    [
        ("secondary_diploma", "ik wil mijn diploma secundair halen", False),
        ("secondary_diploma", "comment avoir le diplôme secondaire", False),
        ("higher_education", "kan ik een bachelor volgen", False),
        ("higher_education", "diploma secundair heb ik", True),
        ("higher_education", "ik heb een diploma secundair, wat nu", True),
        ("secondary_diploma", "j'ai le cess", True),
        ("secondary_diploma", "ik heb geen diploma", True),
        ("find_course", "lessen na een bachelor", True),
    ],
)
def test_a_diploma_that_is_wanted_is_none_they_have(
    understander: Understander, intent: str, text: str, kept: bool
) -> None:
    message = understood(intent, text)
    said = replace(message, slots=tuple(slots.find(text, tokens(text))))
    assert any(slot.name == "diploma" for slot in said.slots)
    assert (understander.with_particulars(said).value("diploma") is not None) is kept
