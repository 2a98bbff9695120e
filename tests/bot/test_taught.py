"""Which corrections can be learnt from."""

from bot.taught import LONGEST, Lesson, choose
from nlu.training_data import Example


def lesson(id_: int, text: str, intent: str = "evc", language: str = "nl") -> Lesson:
    return Lesson(id=id_, tier="information", example=Example(text=text, intent=intent, language=language))


BASE = [Example(text="Hallo!", intent="smalltalk", language="nl")]


def test_what_adds_something_is_learnt() -> None:
    found = choose(
        [
            lesson(1, "erkennen wat ik kan"),
            lesson(2, "Erkennen wat ik kan!"),
            lesson(3, "hallo", "smalltalk"),
        ],
        BASE,
    )
    assert found.taught == {"1": "evc"}
    assert found.left_out == []


def test_what_contradicts_or_says_nothing_is_told_and_left_out() -> None:
    found = choose(
        [
            lesson(1, "hallo", "talk_human"),
            lesson(2, "bel mij", "talk_human"),
            lesson(3, "Bel mij", "complaint"),
            lesson(4, "guten Tag", language="de"),
            lesson(5, "?!"),
            lesson(6, "woord " * LONGEST),
        ],
        BASE,
    )
    assert found.taught == {}
    assert found.left_out == [
        "correction 1 is left out: it is talk_human to staff and an example of smalltalk in nlu/training",
        "correction 2 is left out: staff call it complaint and talk_human",
        "correction 3 is left out: staff call it complaint and talk_human",
        "correction 4 is left out: nlu/training holds nothing in de",
        "correction 5 is left out: it has no words",
        f"correction 6 is left out: it is longer than {LONGEST} characters",
    ]
