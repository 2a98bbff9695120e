"""What an SMS costs, and cutting long text without breaking a character."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.segments import BASIC, EXTENDED, cost, split, to_gsm7

FAMILY = "👩‍👩‍👧‍👦"
FLAG = "🇧🇪"
WAVE = "👋🏽"
texts = st.lists(
    st.sampled_from([*"ab \n", "é", "e\u0301", "€", FAMILY, FLAG, WAVE, "❤️", "漢", "ك"]), max_size=80
).map("".join)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("[]{}~\\|^€\f", "GSM-7", 20, 1),
        ("éèùìòÇàäöñü", "GSM-7", 11, 1),
        ("ê", "UCS-2", 1, 1),
        ("ç", "UCS-2", 1, 1),
        ("ë" * 70, "UCS-2", 70, 1),
        ("ë" * 71, "UCS-2", 71, 2),
        ("a" * 69 + "ê", "UCS-2", 70, 1),
        ("a" * 70 + "ê", "UCS-2", 71, 2),
        ("👋" * 35, "UCS-2", 70, 1),
        ("👋" * 36, "UCS-2", 72, 2),
        (FAMILY, "UCS-2", 11, 1),
        ("ك" * 134, "UCS-2", 134, 2),
        ("ك" * 135, "UCS-2", 135, 3),
    ],
)
def test_the_price_of_a_text(text: str, encoding: str, units: int, parts: int) -> None:
    counted = cost(text)
    assert (counted.encoding, counted.units, counted.parts) == (encoding, units, parts)


def test_a_character_is_never_cut_over_two_parts() -> None:
    """153 and 67 units are not all usable when a two-unit character falls on the edge."""
    assert cost("a" * 152 + "€" + "a" * 152).parts == 3
    assert cost("a" * 66 + "👋" + "a" * 66).parts == 3
    assert cost("a" * 151 + "€" + "a" * 153).parts == 2


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("être français à Liège", "etre francais à Liège"),
        ("“ja” – ‘nee’…", "\"ja\" - 'nee'..."),
        ("œuvre", "oeuvre"),
        ("Gent → Aalst", "Gent -> Aalst"),
        ("a\u00a0b\tc", "a b c"),
        ("wać", "wac"),
        ("Привіт “jij”", "Привіт “jij”"),  # costs the double anyway: leave it as it was written
        ("Dag 👋 “jij”", "Dag 👋 “jij”"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_plain_text_where_the_language_allows(text: str, plain: str) -> None:
    assert to_gsm7(text) == plain


@given(st.text())
def test_making_plain_never_costs_more_and_never_raises(text: str) -> None:
    plain = to_gsm7(text)
    assert cost(plain).parts <= max(cost(text).parts, cost(unicodedata.normalize("NFC", text)).parts)
    assert plain == text or set(plain) <= BASIC | EXTENDED


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("kort", 10, ["kort"]),
        ("", 10, [""]),
        ("een twee drie", 7, ["een", "twee", "drie"]),
        ("een twee drie", 9, ["een twee", "drie"]),
        ("een\ntwee drie", 9, ["een", "twee drie"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("e\u0301" * 3, 3, ["e\u0301", "e\u0301", "e\u0301"]),
        (FAMILY + FAMILY, 8, [FAMILY, FAMILY]),
        (FLAG + FLAG, 3, [FLAG, FLAG]),
        (WAVE + WAVE, 3, [WAVE, WAVE]),
    ],
)
def test_long_text_is_cut_between_words_or_characters(text: str, limit: int, pieces: list[str]) -> None:
    assert split(text, limit) == pieces


@given(texts, st.integers(12, 40))
def test_no_piece_is_too_long_or_begins_inside_a_character(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    for piece in pieces[1:]:
        assert not unicodedata.combining(piece[0])
        assert piece[0] not in "\u200d\ufe0f🏽"
    for piece in pieces:
        assert not piece.endswith("\u200d")
        assert piece.count("🇧") == piece.count("🇪")


def test_one_monstrous_character_is_cut_after_all() -> None:
    zalgo = "e" + "\u0301" * 50
    assert "".join(split(zalgo, 20)) == zalgo
    assert all(len(piece) <= 20 for piece in split(zalgo, 20))
