"""Numbers that identify a person or their money, and that nobody need send us: found by their check digits, and masked.

National and BIS numbers (Belgium: nine digits and a check modulo 97, with 2 before the nine for who was born from 2000
on; in a BIS number 20 or 40 is added to the month), IBAN account numbers (ISO 13616) and card numbers (ISO/IEC 7812).
"""

from __future__ import annotations

import re

from nlu.values import Slot

MASK = "***"
NAME = "personal_number"

_NATIONAL = re.compile(
    r"(?<![\d+])(\d{2})[.\s/-]?(\d{2})[.\s/-]?(\d{2})[\s./-]{0,3}(\d{3})[.\s/-]{0,2}(\d{2})(?!\d)"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ .-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_CARD = re.compile(r"(?<![\d+])[3-6]\d(?:[ .-]?\d){11,17}(?!\d)")
_MASKED = re.compile(r"(?<![\w*])\*{3}(?![\w*])")
_IBAN_LENGTHS = {
    "BE": 16, "NL": 18, "FR": 27, "DE": 22, "LU": 20, "ES": 24, "IT": 27, "PT": 25, "PL": 28, "RO": 24, "BG": 22, "TR": 26, "UA": 29,
    "GB": 22, "LT": 20, "IE": 22, "AL": 28, "CH": 21, "AT": 20,
}  # fmt: skip


def mask(text: str) -> str:
    """The message with every such number blotted out."""
    return take_out(text)[0]


def take_out(text: str) -> tuple[str, tuple[Slot, ...]]:
    """The message with every such number blotted out, and a slot where each stood: its kind, never the number.

    Where one was blotted out before there is a slot too, of kind "masked".
    """
    found = [
        *((m.start(), m.end(), "masked") for m in _MASKED.finditer(text)),
        *((m.start(), m.end(), "national" if int(m.group(2)) <= 12 else "bis") for m in _NATIONAL.finditer(text) if _is_national(m)),
        *((m.start(), m.start() + size, "iban") for m in _IBAN.finditer(text) if (size := _iban_size(m.group()))),
        *((m.start(), m.end(), "card") for m in _CARD.finditer(text) if _is_card(m.group())),
    ]  # fmt: skip
    masked, done, slots = "", 0, []
    for start, end, kind in sorted(found):
        if start < done:
            continue
        masked += text[done:start]
        slots.append(_slot(kind, len(masked)))
        masked, done = masked + MASK, end
    return masked + text[done:], tuple(slots)


def _is_national(match: re.Match[str]) -> bool:
    month, day = int(match.group(2)), int(match.group(3))
    if month % 20 > 12 or month > 52 or day > 31:
        return False
    digits = "".join(match.groups())
    body, check = int(digits[:9]), int(digits[9:])
    return check in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)


def _iban_size(written: str) -> int:
    """How many characters of `written` are an IBAN; 0 when the country or the check is wrong."""
    wanted = _IBAN_LENGTHS.get(written[:2].upper(), 0)
    places = [place for place, char in enumerate(written) if char.isalnum()][:wanted]
    compact = "".join(written[place] for place in places)
    if not wanted or len(compact) != wanted or not compact.isascii():
        return 0
    turned = compact[4:] + compact[:4]
    value = int("".join(str(int(char, 36)) for char in turned))
    return places[-1] + 1 if value % 97 == 1 else 0


def _is_card(written: str) -> bool:
    digits = [int(char) for char in written if char.isdigit()]
    if len(set(digits)) == 1:
        return False
    doubled = [
        digit if index % 2 == 0 else sum(divmod(2 * digit, 10))
        for index, digit in enumerate(reversed(digits))
    ]
    return sum(doubled) % 10 == 0


def _slot(kind: str, start: int) -> Slot:
    return Slot(name=NAME, value=MASK, text=MASK, start=start, end=start + len(MASK), data={"kind": kind})
