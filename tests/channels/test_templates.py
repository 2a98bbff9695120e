"""The texts a provider must approve: what WhatsApp asks of their form, and what we ask of them."""

import re
from itertools import groupby

import pytest

from channels import templates
from channels.policy import ALWAYS, FIRST
from channels.templates import Text
from handover.console.labels import words as labelled
from handover.fields import FIELDS
from handover.readability import stopped
from handover.saved_replies import LANGUAGES
from nlu.text import fold

TEXTS = list(templates.texts().values())
PLACE = re.compile(r"\{(\d)\}")
each = pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.name}-{text.language}")


@each
def test_whatsapp_would_take_its_form(text: Text) -> None:
    """https://www.twilio.com/docs/whatsapp/tutorial/message-template-approvals-statuses"""
    assert re.fullmatch(r"[a-z0-9_]{1,512}", text.name)
    assert len(text.words) + len(text.fields) * templates.VALUE_LIMIT <= 1024
    assert text.words == " ".join(text.words.split()), "no line ends, no double spaces"
    places = PLACE.findall(text.words)
    assert places == [str(number) for number in range(len(places))], "in sequence, each once"
    letters = re.compile(r"\w")
    assert not places or (
        letters.search(text.words.split("{")[0]) and letters.search(text.words.rsplit("}", 1)[1])
    )
    between = PLACE.split(text.words)[2:-1:2]
    assert all(letters.search(part) for part in between), "no two places side by side"
    assert len(PLACE.sub(" ", text.words).split()) >= 2 * len(places) + 1, "more words than places"
    assert "{" not in PLACE.sub("", text.words)


@each
def test_it_is_about_somebodys_own_question_and_plain(text: Text) -> None:
    assert text.category == "utility", "what sells is never sent outside the window"
    assert stopped(text.words, text.language) == []
    assert len(text.fields) == len(PLACE.findall(text.words))
    assert set(text.fields) <= FIELDS.keys()


def test_what_staff_choose_leaves_by_the_rules_for_answers_or_for_writing_first() -> None:
    """Never by the purposes that STOP or the hours do not hold for: a code, a notice, our own question to write."""
    chosen = [text for text in TEXTS if text.purpose is not None]
    assert {text.purpose for text in chosen} == {"reply", "follow_up"}
    assert "reply" in ALWAYS
    assert "follow_up" in FIRST
    assert templates.channels() == {"whatsapp"}
    assert {text.name for text in TEXTS} - {text.name for text in chosen} == {
        templates.OPEN,
        templates.REMINDER,
    }


def test_every_one_has_all_our_languages_with_the_same_places_and_a_name_for_staff() -> None:
    for (name, _channel), same in groupby(TEXTS, key=lambda text: (text.name, text.channel)):
        texts = list(same)
        assert {text.language for text in texts} == set(LANGUAGES), name
        assert len({(text.fields, text.purpose) for text in texts}) == 1
        assert name in labelled("template")


def test_a_text_is_submitted_with_places_that_count_from_one() -> None:
    text = templates.texts()["leerlijn_verplaatst", "whatsapp", "nl"]
    assert "dit is {{1}} van" in text.submitted
    assert "verplaatst naar {{2}}." in text.submitted
    assert "dit is Els van de leerwinkel" in text.filled(["Els", "27/11 14:00"])


@pytest.mark.parametrize("word", ["JA", "oui", "Yes", "نعم", "EVET", "так", "tak", "SÍ", "OPEN"])
def test_yes_in_each_language_opens_and_says_nothing_more(word: str) -> None:
    assert fold(word) in templates.OPEN_WORDS
