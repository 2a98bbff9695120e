"""Danger is seen in every language; idioms about death are not danger. Messages are invented for this test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from nlu import Understander, crisis, crisis_more, crisis_threats, crisis_words
from nlu.crisis import is_danger, shows_danger
from nlu.text import fold, words
from nlu.training_data import Example

HERE = Path(__file__).parent
LATIN = re.compile(r"(?<!\\)[a-z]{2}")
DANGER = (HERE / "danger.txt").read_text(encoding="utf-8").splitlines()
HARMLESS = (HERE / "harmless.txt").read_text(encoding="utf-8").splitlines()
UNSEEN_DANGER, UNSEEN_HARMLESS, BLIND_DANGER, BLIND_HARMLESS = (
    [line for line in (HERE / f"{kind}.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    for kind in ("unseen_danger", "unseen_harmless", "blind_danger", "blind_harmless")
)


def test_danger_is_seen() -> None:
    assert [text for text in DANGER if not shows_danger(text)] == []


def test_what_only_sounds_like_it_is_let_pass() -> None:
    assert [text for text in HARMLESS if shows_danger(text)] == []


def test_all_signs_in_one_see_what_each_of_them_sees() -> None:
    signs = [re.compile(fold(p)) for p in (*crisis_words.SIGNS, *crisis_more.SIGNS, *crisis_threats.SIGNS)]
    for text in (*DANGER, *HARMLESS, *UNSEEN_DANGER, *UNSEEN_HARMLESS, *BLIND_DANGER, *BLIND_HARMLESS):
        plain = " ".join(words(text))
        alone = any(
            sign.search(plain) for sign in signs if plain.isascii() is False or LATIN.search(sign.pattern)
        )
        assert crisis._has_sign(plain) is alone, text


def test_a_sign_is_one_pattern() -> None:
    """What stands before the word's edge is looked for once, so a second choice must not stand outside brackets."""
    for pattern in (*crisis_words.SIGNS, *crisis_more.SIGNS, *crisis_threats.SIGNS):
        bare, depth = re.sub(r"\\.|\[[^]]*\]", "", pattern), 0
        for char in bare:
            depth += {"(": 1, ")": -1}.get(char, 0)
            assert char != "|" or depth, pattern


@pytest.mark.parametrize("text", ["زوجي كان ضربني امس", "душив він мене вчора", "не хочу завтра прокидатися"])
def test_a_word_may_stand_between(text: str) -> None:
    assert shows_danger(text)
    assert not shows_danger("мені немає де жити")  # a home is another question


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("my husband hits me and I do not dare to go to class", True),
        ("mijn man slaat mij en ik durf niet naar de les", True),
        ("mon mari me frappe et je n'ose pas aller au cours", True),
        ("kocam beni dövüyor derse gidemiyorum", True),
        ("чоловік б'є мене, я не можу ходити на курси", True),
        ("زوجي يضربني ولا استطيع الذهاب الى الدرس", True),
        ("mąż mnie bije i nie mogę chodzić na kurs", True),
        ("mi marido me pega y no puedo ir a clase", True),
        ("mijn man slaat mij altijd met kaarten in de les bridge", False),
        ("my husband hits me with chess every week, is there a course", False),
        ("mijn vader sloeg mij vroeger, nu wil ik leren lassen", False),
    ],
)
def test_who_is_hurt_at_home_is_heard_also_when_a_lesson_is_spoken_of(text: str, is_it: bool) -> None:
    assert is_danger(text, 0.02, sign=shows_danger(text), settled=True) is is_it


def danger(text: str, chance: float, *, settled: bool = True) -> bool:
    return is_danger(text, chance, sign=shows_danger(text), settled=settled)


def test_a_classifier_is_believed_beside_a_sign_of_danger_or_when_it_finds_it_likely() -> None:
    assert danger("ik kan het niet meer aan, alles is zinloos", 0.4)
    assert danger("het mag voor mij ophouden", 0.95)
    assert not danger("het mag voor mij ophouden", 0.4)
    assert not danger("ik verveel mij dood thuis", 0.99)  # an idiom explains it
    assert danger("het mag nu voor mij echt allemaal ophouden", 0.6)
    assert not danger("het mag ophouden", 0.6)  # in few words it knows less


@pytest.mark.parametrize(
    "text",
    [
        "ik wil niet dood hoor, gewoon moe van het werk",
        "hij slaat mij niet",
        "je veux pas mourir",
        "my husband does not hit me",
        "ölmek istemiyorum",
        "لا أريد أن أموت",
        "чоловік мене не б'є",
        "не хочу умирать",
        "nie chcę umierać",
        "no me quiero morir",
        "nu vreau să mor",
    ],
)
def test_danger_that_is_denied_is_no_sign(text: str) -> None:
    assert not shows_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "ik wil niet dood maar ik wil ook niet meer leven",
        "hij slaat mij niet elke dag, hij wil mij vermoorden",
        "I don't want to die but he is going to kill me",
        "чоловік мене б'є",
        "я не хочу жити",
        "nie chcę żyć",
        "no quiero vivir",
        "nu mai vreau să trăiesc",
    ],
)
def test_a_no_beside_danger_takes_nothing_away(text: str) -> None:
    assert shows_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "mijn vader pleegde twintig jaar geleden zelfmoord, nu wil ik iets leren",
        "my ex used to hit me, that was years ago",
        "mijn vrouw vermoordt mij als ik dat vergeet haha",
        "er is een lezing over zelfmoord in de bib, een cursus van drie avonden",
    ],
)
def test_long_ago_a_joke_or_a_lesson_needs_a_classifier_that_finds_danger(text: str) -> None:
    assert shows_danger(text)
    assert not danger(text, 0.05)
    assert danger(text, 0.95)
    assert danger(text, 0.05, settled=False), "letters alone do not overrule a sign"


def test_what_only_sounds_like_danger_has_another_intent(understander: Understander) -> None:
    alarms = [text for text in HARMLESS if understander.understand(text).intent == "distress_crisis"]
    assert len(alarms) <= 0.01 * len(HARMLESS), alarms


def test_danger_is_seen_whatever_the_classifier_makes_of_it(understander: Understander) -> None:
    assert [text for text in DANGER if not understander.understand(text).crisis] == []


def test_what_a_course_is_about_is_no_danger_when_the_classifier_is_sure_of_it() -> None:
    asked = "hoe reageer je op een leerling die zegt dat hij dood wil, is daar een vorming over"
    assert shows_danger(asked)
    assert not danger(asked, 0.001)
    assert danger(asked, 0.4)
    assert danger("ik wil dood", 0.001)  # no word of learning: the rule stands


def test_what_could_be_subject_matter_must_be_likelier() -> None:
    asked = "ik sterf als ik nog een formulier moet invullen"
    assert not danger(asked, 0.8)
    assert danger(asked, 0.95)


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
    unseen = [*UNSEEN_DANGER, *UNSEEN_HARMLESS, *BLIND_DANGER, *BLIND_HARMLESS]
    assert [text for text in unseen if " ".join(words(text)) in trained] == []
    assert len(set(UNSEEN_DANGER)) >= 200
    assert len(set(UNSEEN_HARMLESS)) >= 300
    assert len(set(BLIND_DANGER)) >= 300
    assert len(set(BLIND_HARMLESS)) >= 300


def test_there_are_enough_of_both() -> None:
    assert len(set(DANGER)) >= 400
    assert len(set(HARMLESS)) >= 500


def test_a_sign_stands_by_itself_when_nothing_speaks_against_danger() -> None:
    married_off = "ik ben 15 en mijn ouders gaan mij deze zomer uithuwelijken"
    assert shows_danger(married_off)
    assert danger(married_off, 0.0)


def test_a_hostile_message_is_read_in_time() -> None:
    assert not shows_danger("ik wil " * 300)
    assert not shows_danger("a" * 2_000)
    assert not shows_danger("dood van de " * 150 + "stress")
