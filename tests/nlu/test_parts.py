"""Two questions in one message: where it may be cut, and above all where not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlu import Hints, Understander
from nlu.parts import cuts, share, without_greeting
from nlu.text import clean, tokens
from nlu.values import Slot

TWO = [
    ("wat kost de cursus boekhouden en kan ik dat ook online volgen?", "kan ik dat ook online volgen?"),
    ("hoeveel kost dat? en waar is de leerwinkel in gent", "en waar is de leerwinkel in gent"),
    ("hoeveel kost dat en waar is de leerwinkel", "waar is de leerwinkel"),
    ("wa kost lassen in Aalst en moek daar iets voor kunnen", "moek daar iets voor kunnen"),
    ("ik zoek een cursus Frans. hoe schrijf ik mij in", "hoe schrijf ik mij in"),
    ("combien coûte le cours et où est le bureau ?", "où est le bureau ?"),
    ("je cherche un cours de soudure. est-ce que je dois avoir un diplôme", "est-ce que je dois avoir un diplôme"),
    ("how much is the course and can I make an appointment?", "can I make an appointment?"),
    ("Kurs ne kadar? Ofis nerede?", "Ofis nerede?"),
    ("كم سعر الدورة؟ أين المكتب في غنت؟", "أين المكتب في غنت؟"),
    ("скільки коштує курс? де ваш офіс?", "де ваш офіс?"),
    ("ile kosztuje kurs i gdzie jest biuro", "gdzie jest biuro"),
    ("cuánto cuesta el curso y dónde está la oficina", "dónde está la oficina"),
]  # fmt: skip
ONE = [
    "ik wil stoppen met roken", "ik wil stoppen met roken en iets anders doen", "ik wil lezen en schrijven leren", "frans en engels in Gent",
    "ik ben 34 jaar en werkloos", "ik werk in de bouw en heb geen diploma", "hallo, wat kost een cursus", "goeiedag! ik zoek een cursus Spaans",
    "nt2 niveau 1.2 in gent op dinsdag", "ma, wo en vr in de avond", "cursus koken en bakken in Aalst", "mijn zoon is 17. hij wil stoppen met school",
    "ik heb een baby en ik werk in ploegen", "Sint-Niklaas en omstreken", "bedankt en tot morgen", "ja. dinsdag om 14u", "", "?", "en", "? ? ?",
    "mag mijn zoon van 16 ook komen of is het enkel voor volwassenen?", "is het in Gent of in Aalst?",
    "je suis au chômage et je n'ai pas de voiture", "i have a baby and no car", "merhaba, kurs ne kadar?", "dat is goed. tot dan",
]  # fmt: skip


@pytest.mark.parametrize(("text", "second"), TWO)
def test_two_questions_are_cut(text: str, second: str) -> None:
    assert second in {after for _, after in cuts(clean(text), tokens(clean(text)))}


@pytest.mark.parametrize("text", ONE)
def test_one_question_stays_whole(text: str) -> None:
    assert cuts(clean(text), tokens(clean(text))) == []


def test_what_is_said_once_is_meant_twice() -> None:
    subject = Slot(name="subject", value="spaans", text="spaans", start=9, end=15)
    place = Slot(name="place", value="Gent", text="Gent", start=3, end=7)
    refused = replace(place, value="Aalst", negated=True)
    assert share((place,), (subject, place)) == (place, replace(subject, start=0, end=0))
    assert share((), (refused,)) == ()
    assert share((subject,), (replace(subject, name="topic", value="vliegen"),)) == (subject,)


@pytest.mark.parametrize(
    ("text", "rest"),
    [("hallo, wat kost dat", "wat kost dat"), ("Bonjour ! c'est combien", "c'est combien"), ("hallo", None), ("wat kost dat", None)],
)  # fmt: skip
def test_a_greeting_goes_before_the_question(text: str, rest: str | None) -> None:
    assert without_greeting(text, tokens(text)) == rest


def test_both_are_understood(understander: Understander) -> None:
    read = understander.understand("wat kost een cursus boekhouden in Gent? hoe laat zijn jullie open?")
    assert [part.intent for part in read.parts] == ["course_price", "counter_info"]
    first, second = read.parts
    assert (second.value("subject"), second.value("place")) == ("boekhouden", "Gent")
    assert first.text == "wat kost een cursus boekhouden in Gent?"
    assert {slot.value for slot in read.slots} == {"boekhouden", "Gent"}


@pytest.mark.parametrize("text", ["STOP. wat kost dat?", "ik wil dood. wat kost spaans?", "ja graag"])
def test_what_is_certain_is_never_split(understander: Understander, text: str) -> None:
    assert understander.understand(text, Hints(channel="sms")).parts == ()


def test_hallo_and_a_question_is_the_question(understander: Understander) -> None:
    assert understander.understand("hallo wat kost een cursus boekhouden").intent == "course_price"
