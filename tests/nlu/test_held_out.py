"""Every message is read by a model that did not see it, nor a copy of it."""

from __future__ import annotations

import pytest

from nlu import Vocabulary
from nlu.evaluate import Answer
from nlu.held_out import Material, fold_of, read_unseen
from nlu.language import LanguageGuesser, detector
from nlu.learn import learn
from nlu.training_data import Entity, Example
from tests.starts import STARTS

ABOUT = {"find_course": ("spaans", "lassen", "naaien"), "course_price": ("prijs", "euro", "korting")}
BASE = [
    Example(text=f"{start} {word}", intent=intent, language="nl")
    for intent, about in ABOUT.items()
    for word in about
    for start in STARTS
]
TWINS = [Example(text=f"{start} wubbelflonkzarp", intent="evc", language="nl") for start in STARTS]


@pytest.fixture(scope="module")
def language() -> LanguageGuesser:
    return LanguageGuesser(detector("py3langid"))


def read(language: LanguageGuesser, *examples: Example, without: range = range(0)) -> tuple[Answer, ...]:
    material = Material(
        examples=examples, vectors=None, names=None, embeds=None, vocabulary=Vocabulary(places=(), subjects=()),
        calibration=learn(BASE, None, version="").calibration, language=language,
    )  # fmt: skip
    return read_unseen(material, without=without)


def test_copies_share_a_fold_however_they_are_written() -> None:
    one, other = (Example(text=text, intent=text, language="nl") for text in ("Hallo!", "hallo"))
    assert fold_of(one) == fold_of(other)
    assert {fold_of(example) for example in BASE} == {0, 1, 2}


def test_all_messages_are_answered_in_order_by_models_that_did_not_see_them(
    language: LanguageGuesser,
) -> None:
    lone = Example(
        text="wubbel flonk zarp", intent="evc", language="nl"
    )  # understood only by who has seen it
    answers = read(language, *BASE, lone)
    assert [answer.case.text for answer in answers] == [example.text for example in [*BASE, lone]]
    assert not answers[-1].right
    assert sum(answer.right for answer in answers) > 50


def test_what_is_left_out_teaches_nobody(language: LanguageGuesser) -> None:
    """The same word in ten messages: left out, it is not understood any more."""
    taught = read(language, *BASE, *TWINS)[len(BASE) :]
    untaught = read(language, *BASE, *TWINS, without=range(len(BASE), len(BASE) + len(TWINS)))[len(BASE) :]
    assert sum(answer.right for answer in taught) >= 8
    assert sum(answer.right for answer in untaught) == 0


def test_a_message_without_entities_is_not_annotated(language: LanguageGuesser) -> None:
    place = Entity(name="place", value="Gent", start=0, end=4)
    with_place = Example(text="Gent spaans", intent="find_course", language="nl", entities=(place,))
    answers = read(language, *BASE, with_place)
    assert answers[0].case.slots is None
    assert [slot.name for slot in answers[-1].case.slots or ()] == ["place"]
