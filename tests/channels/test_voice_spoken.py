"""A written answer as it is said on the phone."""

import pytest

from bot.replies import LANGUAGES, replies
from channels.voice.spoken import LIMIT, speakable


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("nl", "1) bib Aalst\n2) bellen", "Druk 1 voor bib Aalst. Druk 2 voor bellen."),
        ("fr", "1) bibliothèque", "Appuie sur 1 pour bibliothèque."),
        ("en", "1) library", "Press 1 for library."),
        ("nl", "di en do 19:00-22:00, start 5/1", "dinsdag en donderdag van 19 uur tot 22 uur, start 5 januari."),
        ("nl", "ma-vr 08:30-16:00", "maandag tot vrijdag van 8 uur 30 tot 16 uur."),
        ("nl", "do 27 november om 14:00", "donderdag 27 november om 14 uur."),
        ("fr", "ma et je 19:00-22:00", "mardi et jeudi de 19 heures à 22 heures."),
        ("fr", "je ne sais pas, tu me dis", "je ne sais pas, tu me dis."),  # no days
        ("en", "Mon and Wed 18:30-21:00", "Monday and Wednesday from 6 30 pm to 9 pm."),
        ("en", "at 00:15 and 12:00", "at 12 15 am and 12 pm."),
        ("nl", "Kost 90,50 euro of € 12 of 3,00 euro", "Kost 90 euro 50 of 12 euro of 3 euro."),
        ("nl", "2 km", "2 kilometer."),
        ("nl", "Typ *mens*.", "Zeg mens."),
        ("nl", "Of typ *gesprek* om te praten.", "Of zeg gesprek om te praten."),
        ("nl", "Typ het cijfer. Past niets? Typ *ander*.", "Druk op het cijfer. Past niets? Zeg ander."),
        ("nl", "Typ een cijfer voor alle info, *meer* voor meer, of *mens* voor een mens.",
         "Druk op een cijfer voor alle info, zeg meer voor meer, of zeg mens voor een mens."),
        ("fr", "Tape *oui*. Ou tape *entretien*.", "Dis oui. Ou dis entretien."),
        ("fr", "Tape un des chiffres, ou *personne*.", "Appuie sur un des chiffres, ou dis personne."),
        ("en", "Type *yes*, or type a number.", "Say yes, or press a number."),
        ("nl", "Bel 112 of 1813.", "Bel 1 1 2 of 18 13."),
        ("nl", "Bron: vdab.be, nagekeken 20/11.", "Bron: vdab punt be, nagekeken 20 november."),
        ("nl", "Kijk 👋 *hier*", "Kijk hier."),
        ("nl", "31/31 en 1/2/2027", "31/31 en 1 februari 2027."),
        ("nl", "", ""),
        ("nl", "\n- eerste\n- tweede\n", "eerste. tweede."),
    ],
)  # fmt: skip
def test_said(language: str, written: str, said: str) -> None:
    assert speakable(written, language).text == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Afgesproken.\nJe afspraak: https://hub.example/a/x_Y-z?b=1", "Afgesproken."),
        ("Inschrijven doe je bij de school.\nhttps://school.example/les", "Inschrijven doe je bij de school."),
        ("Bel 1813 (dag en nacht) of chat op zelfmoord1813.be. In gevaar? Bel 112.",
         "Bel 18 13 (dag en nacht). In gevaar? Bel 1 1 2."),
        ("Kijk op www.iets.be. Dag.", "Dag."),
    ],
)  # fmt: skip
def test_addresses_of_pages_are_not_said(written: str, said: str) -> None:
    spoken = speakable(written, "nl")
    assert (spoken.text, spoken.cut) == (said, True)


def test_what_is_worth_writing_down() -> None:
    assert not speakable("Dag, stel je vraag.", "nl").dated
    assert not speakable("Dag, stel je vraag.", "nl").cut
    assert speakable("Morgen om 14:00.", "nl").dated


def test_short_and_in_whole_sentences() -> None:
    spoken = speakable("Dit is een zin. " * 200, "nl")
    assert len(spoken.text) <= LIMIT
    assert spoken.text.endswith("een zin.")
    assert spoken.cut
    assert len(speakable("woord " * 500, "nl").text) <= LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_the_bot_says_can_be_said(language: str) -> None:
    """No sign is left that a voice would stumble over, nor a word of typing."""
    say = replies(language)
    typing = {"nl": "typ ", "fr": "tape ", "en": "type "}[language]
    for key in sorted(say.keys()):
        sentence = say._entries[key]
        if not isinstance(sentence, str) or key.startswith("call_number"):
            continue
        said = speakable(sentence, language).text
        assert "*" not in said, key
        assert "http" not in said, key
        assert typing not in f" {said.lower()}", (key, said)
