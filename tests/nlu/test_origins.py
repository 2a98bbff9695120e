"""Countries that a diploma or a person comes from, in every language, and what only looks like one."""

import pytest

from nlu import Understander
from nlu.origins import find
from nlu.text import tokens


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ik heb een diploma uit Syrië", {"SY": "Syrië"}),
        ("Turks diploma laten erkennen", {"TR": "Turks"}),
        ("kben van marokko", {"MA": "marokko"}),
        ("diploma uit Zuid-Afrika", {"ZA": "Zuid-Afrika"}),
        ("mon diplôme marocain", {"MA": "marocain"}),
        ("j'ai étudié en Guinée", {"GN": "Guinée"}),
        ("my degree from the Philippines", {"PH": "Philippines"}),
        ("türkiyeden geldim", {"TR": "türkiyeden"}),
        ("Türkiye'den diplomam var", {"TR": "Türkiye"}),
        ("شهادتي من سوريا", {"SY": "سوريا"}),
        ("diplome dyal lmaghrib", {"MA": "lmaghrib"}),
        ("диплом з України", {"UA": "України"}),
        ("мій український диплом", {"UA": "український"}),
        ("dyplom z Polski", {"PL": "Polski"}),
        ("título de Venezuela", {"VE": "Venezuela"}),
        ("diplomă din România", {"RO": "România"}),
        ("دیپلم از افغانستان", {"AF": "افغانستان"}),
        ("bachelor uit Iran en master uit Turkije", {"IR": "Iran", "TR": "Turkije"}),
        # a language, or no country at all
        ("ik wil Turkse les", {}),
        ("cours de polonais", {}),
        ("курс нідерландської", {}),
        ("ik wil weg uit de horeca", {}),
        ("een klacht indienen", {}),
        ("mówicie po polsku?", {}),
        ("bac pro", {}),
        ("ik woon in België", {}),
    ],
)
def test_origins(text: str, wanted: dict[str, str]) -> None:
    found = find(text, tokens(text))
    assert {slot.value: slot.text for slot in found} == wanted
    assert all(text[slot.start : slot.end] == slot.text and 0 < slot.confidence < 1 for slot in found)


def test_an_origin_stands_beside_a_diploma(understander: Understander) -> None:
    read = understander.understand("ik heb een diploma uit Syrië, is dat hier geldig?")
    assert (read.value("origin"), read.value("diploma")) == ("SY", "foreign")
