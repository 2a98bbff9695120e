"""Dialogue acts by rule: yes, no, a choice, again, thanks, more."""

from __future__ import annotations

import pytest

from nlu.acts import read
from nlu.text import clean, tokens

NOTHING: frozenset[str] = frozenset()
CHOICE = frozenset({"choice"})


def _act(text: str, expected: frozenset[str] = NOTHING) -> tuple[str, str | None] | None:
    message = clean(text)
    act = read(message, tokens(message), expected=expected)
    return (act.name, act.choice) if act else None


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (
            "confirm",
            "ja|JA!|ja graag|ok|oké|is goed|da's goed|oui|d'accord|yes please|evet|نعم|так|tak|sí|da|👍|✅|ja aub",
        ),
        ("deny", "nee|neen|liever niet|geen van de drie|non merci|no thanks|hayır|لا|ні|нет|👎|nee hoor"),
        ("thanks", "bedankt|merci|dank u wel|ok merci|thanks a lot|teşekkürler|شكرا|дякую|gracias|🙏"),
        (
            "repeat",
            "wablief|nog eens|ik begrijp het niet|pardon|je ne comprends pas|what|anlamadım|не розумію|?",
        ),
        ("more", "meer|andere|volgende|d'autres|more|show me more|daha|المزيد|ще|más"),
    ],
)
def test_an_answer_is_read(name: str, texts: str) -> None:
    assert {text: (act := _act(text)) and act[0] for text in texts.split("|")} == dict.fromkeys(
        texts.split("|"), name
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"),
        ("2.", "2"),
        ("nr 2", "2"),
        ("optie 3", "3"),
        ("optie b", "2"),
        ("de tweede", "2"),
        ("la deuxième", "2"),
        ("the first one", "1"),
        ("2 aub", "2"),
        ("doe maar 2", "2"),
        ("2️⃣", "2"),
        ("٢", "2"),
        ("de laatste", "-1"),
        ("#1", "1"),
    ],
)
def test_a_choice_is_read(text: str, number: str) -> None:
    assert _act(text, CHOICE) == ("choose", number)


@pytest.mark.parametrize(
    "text", ["2 kinderen", "9300", "ik heb 2 diploma's", "0", "99", "1.2", "eerste hulp", "tweede zit"]
)
def test_a_number_may_be_no_choice(text: str) -> None:
    assert _act(text) is None


def test_a_letter_is_a_choice_only_when_asked() -> None:
    assert _act("b", CHOICE) == ("choose", "2")
    assert _act("b") is None


@pytest.mark.parametrize(
    "text",
    ["ja maar ik heb geen geld voor die cursus", "ok en hoeveel kost dat", "meer info over Spaans", ""],
)
def test_a_sentence_is_no_bare_answer(text: str) -> None:
    assert _act(text) is None
