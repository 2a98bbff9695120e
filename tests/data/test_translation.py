"""What staff read: every sentence exists in French and English, with the same places to fill in."""

import re
from collections import Counter

import pytest

from data.translation import LANGUAGES, _, _n, again, language, preferred, speaking
from scripts.texts import Id, translated, wanted

OTHERS = sorted(set(LANGUAGES) - {"nl"})
PLACES = re.compile(r"\{\w+\}|<[^>]+>")


@pytest.fixture(scope="module")
def dutch() -> dict[Id, str]:
    return wanted()


@pytest.mark.parametrize("other", OTHERS)
def test_everything_is_translated_and_nothing_is_left_over(dutch: dict[Id, str], other: str) -> None:
    there = {message: strings for _, message, strings in translated(other)}
    missing = [f"{file}: {message}" for message, file in dutch.items() if not all(there.get(message, [""]))]
    assert not missing, f"python -m scripts.texts {other}\n" + "\n".join(missing)
    assert sorted(map(str, there.keys() - dutch.keys())) == [], "nobody says this any more"


@pytest.mark.parametrize("other", OTHERS)
def test_a_sentence_stands_in_one_file(other: str) -> None:
    counts = Counter(message for _, message, _ in translated(other))
    assert [message for message, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_filled_in_has_its_place(other: str) -> None:
    for file, message, strings in translated(other):
        for ours, theirs in zip([message] if isinstance(message, str) else message, strings, strict=True):
            assert sorted(PLACES.findall(ours)) == sorted(PLACES.findall(theirs)), f"{file.name}: {theirs}"
            assert '"' not in PLACES.sub("", theirs), f"{file.name}: use ’ or « » in {theirs}"


def test_who_is_spoken_to_hears_their_language() -> None:
    assert (language(), _("morgen")) == ("nl", "morgen")
    with speaking("fr"):
        assert (_("morgen"), _("{hours} u", hours=2)) == ("demain", "2 h")
        with speaking("en"):
            assert _("morgen") == "tomorrow"
        assert _("morgen") == "demain"
        assert _("wat niemand vertaalde") == "wat niemand vertaalde"
    with speaking("xx"):
        assert language() == "nl"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("dit is ons eigen nummer", "this is our own number"),
        ("het kanaal antwoordde 418", "the channel answered 418"),
        ("bestand geweigerd (403)", "file refused (403)"),
        ("de mailbox neemt niets aan (vol of gesloten) (5.2.2)", "the mailbox accepts nothing (full or closed) (5.2.2)"),
        ("Messenger kent deze persoon niet (meer)", "Messenger does not know this person (any more)"),
        ("Twilio 500", "Twilio 500"), ("{braces}", "{braces}"), ("", ""),
    ],
)  # fmt: skip
def test_what_was_stored_in_dutch_is_read_in_ones_own_language(kept: str, said: str) -> None:
    assert again(kept) == kept
    with speaking("en"):
        assert again(kept) == said


@pytest.mark.parametrize(
    ("other", "none", "one", "two"),
    [
        ("nl", "0 dagen", "1 dag", "2 dagen"),
        ("fr", "0 jour", "1 jour", "2 jours"),
        ("en", "0 days", "1 day", "2 days"),
    ],
)
def test_numbers_of_things(other: str, none: str, one: str, two: str) -> None:
    with speaking(other):
        assert [_n("{count} dag", "{count} dagen", count) for count in (0, 1, 2)] == [none, one, two]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", "nl"), ("*", "nl"), ("fr-BE,fr;q=0.9,nl;q=0.8", "fr"), ("en-US,en;q=0.5", "en"), ("tr, en;q=0.5", "en"),
        ("de-DE", "nl"), (",;,", "nl"), ("x" * 5000, "nl"), ("fr\x00,nl", "nl"),
    ],
)  # fmt: skip
def test_what_a_browser_asks_for(asked: str, given: str) -> None:
    assert preferred(asked) == given
