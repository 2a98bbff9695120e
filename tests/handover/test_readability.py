"""Plain Dutch: what is told to people, what stops a text that is used again, and that the list itself is sound."""

import tomllib
from pathlib import Path

import pytest

from channels import templates
from handover import call_tasks, readability
from handover.readability import issues, stopped

LISTED = tomllib.loads((Path(readability.__file__).parent / "readability.toml").read_text(encoding="utf-8"))
LONG = "Je kan bij ons langskomen op maandag en dinsdag en ook op woensdag als je dan niet naar je werk of naar school moet."


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Dag Fatma. Kan je morgen om 10 uur komen?", []),
        (LONG, ["sentence"]),
        ("Gelieve je identiteitskaart mee te nemen.", ["trade"]),
        ("GELIEVE te bellen. Gelieve te komen.", ["trade"]),
        ("Je kan terecht bij het CVO in Gent.", ["name"]),
        ("Je kan terecht bij een CVO, een school voor volwassenen.", []),
        ("EVC (een bewijs van wat je al kan) is gratis.", []),
        ("Dat is een onderwijskwalificatiebeleid.", ["word"]),
        ("Het inschrijvingsgeld is 90 euro in het volwassenenonderwijs.", []),
        ("Kijk op https://www.voorbeeld.example/zeer-lange-bladzijde-over-toelatingsvoorwaarden en mail an@cvo.example.", []),
        ("Dag {voornaam}, tot {afspraak}.", []),
        ("Breng dit mee:\n- je diploma\n- je kaart\n- een pen\n- wat je wil vragen aan mij of aan een collega van mij", []),
        ("", []),
        ("Indien mogelijk wordt er gedoecht", ["trade"]),
        ("De Indische les", []),
    ],
)  # fmt: skip
def test_what_is_hard_is_named(text: str, kinds: list[str]) -> None:
    assert [issue.kind for issue in issues(text)] == kinds


def test_every_hint_says_what_to_do() -> None:
    text = f"{LONG} Gelieve het CVO te bellen over het onderwijskwalificatiebeleid."
    told = [issue.advice for issue in issues(text)]
    assert len(told) == 4
    assert "Maak er twee van" in told[0]
    assert "“Gelieve”: zeg liever “wil je”." in told
    assert any("CVO, een school voor volwassenen" in advice for advice in told)
    assert any("Kan het korter" in advice for advice in told)


def test_a_long_word_or_a_sentence_of_16_words_is_a_hint_and_no_gate() -> None:
    hint = "Je kan langskomen op maandag en ook op dinsdag als je dan niet moet gaan werken."
    assert [issue.stops for issue in issues(hint)] == [False]
    assert stopped(hint) == []
    assert stopped("Dat is onderwijskwalificatiebeleid.") == []
    assert [issue.kind for issue in stopped(LONG)] == ["sentence"]
    assert [issue.kind for issue in stopped("Gelieve te bellen naar het CVO.")] == ["trade", "name"]


def test_in_another_language_only_sentences_count() -> None:
    assert issues("Please call the CVO, gelieve.", "en") == []
    assert [issue.kind for issue in issues("word " * 25, "en")] == ["sentence"]
    assert [issue.kind for issue in issues("كلمة " * 25, "ar")] == ["sentence"]


@pytest.mark.parametrize(
    ("text", "dutch"),
    [
        ("Gelieve u aan te melden.", True), ("Kan je morgen komen?", True), ("ik heb het niet", True),
        ("Bonjour, je peux venir demain ?", False), ("Can you come tomorrow at ten?", False),
        ("Merhaba, yarın gelebilir misin?", False), ("مرحبا", False), ("", False), ("ok", False),
    ],
)  # fmt: skip
def test_dutch_is_known_by_its_small_words(text: str, dutch: bool) -> None:
    assert readability.looks_dutch(text) is dutch


def test_the_list_is_reviewed_and_its_own_advice_is_plain() -> None:
    assert LISTED["reviewed"]
    assert len(LISTED["plain"]) >= 80
    for word, instead in LISTED["plain"].items():
        assert word == word.lower()
        assert stopped(instead) == [], (word, instead)
    for name, instead in LISTED["names"].items():
        assert [issue for issue in stopped(instead) if issue.kind != "name"] == [], (name, instead)


def test_what_we_send_ourselves_passes_the_gate() -> None:
    """The texts of handover, and the templates that a provider approved."""
    for text in templates.texts().values():
        assert stopped(text.words, text.language) == [], text
    for language, words in call_tasks.IN_VAIN.items():
        assert stopped(words, language) == [], language


def test_a_long_sentence_is_told_with_its_fields() -> None:
    long = "Dag {voornaam}, " + "wij zien elkaar dan " * 5 + "op {dag} om negen uur. Tot dan."
    (found,) = [one for one in issues(long) if one.kind == "sentence"]
    assert found.text == long.removesuffix(" Tot dan.")
