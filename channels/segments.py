"""How many SMS a text costs, and how to keep that low.

GSM 03.38 packs 160 characters (153 a part when there are several); one character outside it makes the whole
text UCS-2: 70 (67 a part), counted in UTF-16 units.
https://www.twilio.com/docs/glossary/what-sms-character-limit
"""

import re
import unicodedata
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
REPLACED = str.maketrans(
    {
        "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
        "•": "-", "·": "-", "\u00a0": " ", "\u202f": " ", "œ": "oe", "Œ": "OE", "→": "->", "×": "x", "\t": " ",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Cost:
    """`parts` SMS in `encoding` ('GSM-7' or 'UCS-2'); `units` used of the room there is."""

    encoding: str
    units: int
    parts: int


def to_gsm7(text: str) -> str:
    """Replace what has a plain form in GSM-7 (curly quotes, ê → e); leave text of other scripts as it is."""
    plain = text.translate(REPLACED)
    plain = "".join(character if _fits(character) else _bare(character) for character in plain)
    return plain if all(map(_fits, plain)) else text


def cost(text: str) -> Cost:
    """What sending `text` as it is costs."""
    if all(map(_fits, text)):
        units = sum(2 if character in EXTENDED else 1 for character in text)
        return Cost(encoding="GSM-7", units=units, parts=1 if units <= 160 else -(-units // 153))
    units = len(text.encode("utf-16-le", "replace")) // 2
    return Cost(encoding="UCS-2", units=units, parts=1 if units <= 70 else -(-units // 67))


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` characters, cut at line ends or spaces, never inside a grapheme."""
    pieces: list[str] = []
    while len(text) > limit:
        cut = max(text.rfind("\n", 1, limit + 1), 0) or max(text.rfind(" ", 1, limit + 1), 0)
        if not cut:
            cut = next((end for end in _grapheme_ends(text[: limit + 1]) if end <= limit), limit)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text or not pieces else pieces


def _grapheme_ends(text: str) -> list[int]:
    joined = re.compile(r"[\u0300-\u036f\u200d\ufe0f\U0001f3fb-\U0001f3ff]")
    return [
        index
        for index in range(len(text) - 1, 0, -1)
        if not joined.match(text[index]) and text[index - 1] != "\u200d"
    ]


def _fits(character: str) -> bool:
    return character in BASIC or character in EXTENDED


def _bare(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in BASIC else character
