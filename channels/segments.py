"""How many SMS a text costs, and how to keep that low.

GSM 03.38 packs 160 characters (153 a part when there are several); one character outside it makes the whole
text UCS-2: 70 (67 a part), counted in UTF-16 units.
https://www.twilio.com/docs/glossary/what-sms-character-limit
"""

import re
import unicodedata
from dataclasses import dataclass

BODY_LIMIT = 1600  # characters; Twilio refuses more (21617)
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
FITTING = BASIC | EXTENDED
REPLACED = str.maketrans(
    {
        "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
        "•": "-", "·": "-", "\u00a0": " ", "\u202f": " ", "œ": "oe", "Œ": "OE", "→": "->", "×": "x", "\t": " ",
    }
)  # fmt: skip
JOINED = re.compile(r"[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
FLAG = re.compile(r"[\U0001f1e6-\U0001f1ff]")  # two of these letters are one flag
FLAGS = re.compile(r"[\U0001f1e6-\U0001f1ff]+\Z")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """`parts` SMS in `encoding` ('GSM-7' or 'UCS-2'); `units` used of the room there is."""

    encoding: str
    units: int
    parts: int


def to_gsm7(text: str) -> str:
    """Replace what has a plain form in GSM-7 (curly quotes, ê → e); leave text of other scripts as it is."""
    plain = unicodedata.normalize("NFC", text).translate(REPLACED)
    if not FITTING.issuperset(plain):
        plain = "".join(character if character in FITTING else _bare(character) for character in plain)
    return plain if FITTING.issuperset(plain) else text


def cost(text: str) -> Cost:
    """What sending `text` as it is costs."""
    if FITTING.issuperset(text):
        widths = [2 if character in EXTENDED else 1 for character in text]
        return _packed("GSM-7", widths, single=160, part=153)
    return _packed("UCS-2", [2 if character > "\uffff" else 1 for character in text], single=70, part=67)


def _packed(encoding: str, widths: list[int], *, single: int, part: int) -> Cost:
    units = sum(widths)
    if units <= single:
        return Cost(encoding=encoding, units=units, parts=1)
    parts, left = 1, part
    for width in widths:  # a character of two units moves to the next part as a whole
        if width > left:
            parts, left = parts + 1, part
        left -= width
    return Cost(encoding=encoding, units=units, parts=parts)


def units(text: str) -> int:
    """UTF-16 units, which is what providers count at worst."""
    return len(text) + sum(character > "\uffff" for character in text)


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` characters, cut at line ends or spaces, never inside a grapheme."""
    pieces: list[str] = []
    while text:
        piece, text = split_off(text, limit)
        pieces.append(piece)
    return pieces or [""]


def split_off(text: str, limit: int, *, in_units: bool = False) -> tuple[str, str]:
    """The first of those pieces, and what is left; `in_units`: the limit is one of UTF-16 units."""
    end = _reach(text, limit) if in_units else limit
    if end >= len(text):
        return text, ""
    cut = max(text.rfind("\n", 1, end + 1), 0) or max(text.rfind(" ", 1, end + 1), 0)
    if not cut:
        cut = next((index for index in range(end, 0, -1) if _starts(text, index)), end)
    return text[:cut].rstrip(), text[cut:].lstrip()


def _reach(text: str, limit: int) -> int:
    """How many characters fit in `limit` units, at least one."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return max(index, 1)
    return len(text)


def _starts(text: str, index: int) -> bool:
    """Does a new grapheme start at `index`? Accents, joined emoji, skin tones and flags belong to what is before."""
    if JOINED.match(text[index]) or unicodedata.combining(text[index]) or text[index - 1] == "\u200d":
        return False
    flags = FLAGS.search(text[:index])
    return not (FLAG.match(text[index]) and flags and len(flags[0]) % 2)


def _bare(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in BASIC else character
