"""Which language: short messages, scripts, Arabizi, and what we remember of the person."""

from __future__ import annotations

import pytest

from nlu.language import LanguageGuesser, detector


@pytest.fixture(scope="module")
def guesser() -> LanguageGuesser:
    return LanguageGuesser(detector("py3langid"))


MESSAGES = {
    "nl": "hoi|kwil graag een cursus|wa kost da|ik weet het niet|spaanse les in gent|avondles koken|dank u|wanneer begint het|ja graag|ni goe",
    "fr": "bonjour|je veux apprendre le néerlandais|c'est combien|cours du soir|merci beaucoup|oui svp|jsuis au chomage",
    "en": "hello|how much is it|i want to learn dutch|evening course please|thanks a lot|yes please",
    "tr": "merhaba|hollandaca kursu istiyorum|ne kadar|teşekkür ederim|evet",
    "ar": "مرحبا|أريد أن أتعلم الهولندية|كم السعر",
    "ar-Latn": "bghit nt3allem lhollandia|salam 3likom|ch7al taman|wach kayn dourous f gent|3afak bghit maw3id",
    "uk": "привіт|хочу вивчати нідерландську|скільки це коштує",
    "ru": "здравствуйте|хочу учить нидерландский язык|сколько это стоит",
    "pl": "dzień dobry|chcę się uczyć niderlandzkiego|ile kosztuje kurs",
    "es": "hola quiero aprender neerlandés|cuánto cuesta el curso",
    "ro": "bună ziua vreau să învăț olandeza|cât costă cursul",
    "bg": "здравейте искам да уча нидерландски език",
    "fa": "سلام می‌خواهم هلندی یاد بگیرم",
    "ps": "سلام زه غواړم هالنډي ژبه زده کړم",
    "so": "waxaan rabaa inaan barto luqadda holland",
    "ti": "ሰላም ሆላንድኛ ክመሃር እደሊ",
}


@pytest.mark.parametrize(
    ("language", "text"), [(k, t) for k, texts in MESSAGES.items() for t in texts.split("|")]
)
def test_the_language_of_a_message(guesser: LanguageGuesser, language: str, text: str) -> None:
    assert guesser.guess(text, remembered=None, learnt={}).language == language


def test_without_letters_the_memory_speaks(guesser: LanguageGuesser) -> None:
    assert guesser.guess("9300", remembered="fr", learnt={}).language == "fr"
    assert guesser.guess("9300", remembered=None, learnt={}).language == "nl"


@pytest.mark.parametrize("text", ["ok", "stop", "merci", "2 svp", "Gent"])
def test_memory_tips_the_scale_of_a_short_message(guesser: LanguageGuesser, text: str) -> None:
    assert guesser.guess(text, remembered="fr", learnt={}).language == "fr"


def test_memory_does_not_hide_a_clear_change(guesser: LanguageGuesser) -> None:
    assert (
        guesser.guess("i would like to book an appointment please", remembered="nl", learnt={}).language
        == "en"
    )
    assert guesser.guess("je voudrais prendre un rendez-vous", remembered="nl", learnt={}).language == "fr"


def test_doubt_is_told(guesser: LanguageGuesser) -> None:
    short = guesser.guess("info", remembered=None, learnt={})
    long = guesser.guess("ik zou graag een avondcursus Spaans volgen in Gent", remembered=None, learnt={})
    assert long.confidence > 0.95 > short.confidence


def test_langdetect_can_be_chosen() -> None:
    guess = LanguageGuesser(detector("langdetect")).guess(
        "ik zoek een cursus boekhouden", remembered=None, learnt={}
    )
    assert guess.language == "nl"


def test_an_unknown_detector_is_refused() -> None:
    with pytest.raises(ValueError, match="py3langid or langdetect"):
        detector("magic")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Füge The Funny Thing About Football Is zu meiner Liste hinzu", "de"),  # a title is no sign
        ('Zet "Sub yoga class Tuesday night" op morgen', "nl"),
        ("huis van het nederlands nerede", "tr"),  # nor are the names of our institutions
        ("qué significa tweedekans", "es"),
        ("leerwinkel nedir", "tr"),
        ("هل يعرض Babar: King of the Elephants", "ar"),
        ("de website in het Arabisch heet مرحبا", "nl"),
        ("WANNEER BEGINT DE CURSUS", "nl"),
        ("ik zoek een opleiding in Gent", "nl"),
        ("wach kayn chi cours nederlands f Anvers", "ar-Latn"),
    ],
)
def test_names_do_not_decide(guesser: LanguageGuesser, text: str, language: str) -> None:
    assert guesser.guess(text, remembered=None, learnt={}).language == language


def test_a_language_seldom_seen_in_training_is_not_taken_for_its_neighbour(guesser: LanguageGuesser) -> None:
    learnt = {"nl": -4.0, "fr": -2.5, "es": -0.1, "en": -4.0}
    assert guesser.guess("vorrei imparare l'olandese", remembered=None, learnt=learnt).language == "it"
