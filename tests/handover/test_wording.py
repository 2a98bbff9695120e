"""What is kept of a message to learn from holds nobody's name, number or address."""

import pytest

from handover.wording import pseudonymise


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("bel mij op 0470 12 34 56 aub", "bel mij op [telefoon] aub"),
        ("+32470123456", "[telefoon]"),
        ("mail naar Fatma.Y@voorbeeld.be graag", "mail naar [e-mail] graag"),
        ("mijn nummer is 93.05.18-223.61", "mijn nummer is [rijksregister]"),
        ("93051822361 is het", "[rijksregister] is het"),
        ("BE71 0961 2345 6769 daarop storten", "[rekening] daarop storten"),
        ("geboren op 18/05/1993 in Aleppo", "geboren op [geboortedatum] in Aleppo"),
        ("ik woon Kerkstraat 12 in Gent", "ik woon [adres] in Gent"),
        ("j'habite rue de la Loi 16", "j'habite [adres]"),
        ("dag, ik heet fatma en ik zoek les", "dag, ik heet [naam] en ik zoek les"),
        ("My name is Juan Pérez García, hello", "My name is [naam], hello"),
        ("اسمي محمود اريد درس", "اسمي [naam] اريد درس"),
        ("меня зовут Олена", "меня зовут [naam]"),
        ("ik ben Mohammed Amrani", "ik ben [naam]"),
        ("dag Els, met Fatma Yilmaz hier", "dag [naam], met [naam] hier"),
        ("FATMA wil starten", "[naam] wil starten"),
    ],
)  # fmt: skip
def test_what_tells_who_somebody_is_goes(text: str, kept: str) -> None:
    assert pseudonymise(text, ("Fatma Yılmaz", "Fatma Yilmaz", "Els Peeters")) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Spaanse les in 9000 Gent op dinsdag om 19u30, max 120 euro",
        "ik ben 34 jaar en ik ben werkloos",
        "start de cursus op 05/01/2027?",
        "ik wil naar het CVO in de Kerkstraat",
        "kan ik niveau 2.2 doen na 1.2",
        "het was een ben je zeker",
    ],
)
def test_what_a_message_is_about_stays(text: str) -> None:
    assert pseudonymise(text, ("Ben van den Berg",)) == text


def test_any_text_is_taken() -> None:
    assert pseudonymise("") == ""
    assert pseudonymise("a.c", ("(.*", "")) == "a.c"
