"""Numbers that nobody need send us: found by their check digits, blotted out before anything else reads the message.

All are invented: documentation numbers of banks and card schemes, and national numbers that only fit the check.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.personal_numbers import mask, take_out


def national(year: int, month: int, day: int, serial: int, *, born_2000: bool = False) -> str:
    body = f"{year:02}{month:02}{day:02}{serial:03}"
    return f"{body}{97 - int(('2' if born_2000 else '') + body) % 97:02}"


OLD, YOUNG, BIS = national(93, 5, 18, 223), national(4, 2, 9, 117, born_2000=True), national(80, 45, 1, 33)
FOUND = [
    (OLD, "national"), (f"{OLD[:2]}.{OLD[2:4]}.{OLD[4:6]}-{OLD[6:9]}.{OLD[9:]}", "national"), (YOUNG, "national"),
    (f"{OLD[:6]} {OLD[6:9]} {OLD[9:]}", "national"), (f"{OLD[:2]}/{OLD[2:4]}/{OLD[4:6]} {OLD[6:9]}-{OLD[9:]}", "national"),
    (BIS, "bis"), (f"{BIS[:2]}.{BIS[2:4]}.{BIS[4:6]}-{BIS[6:9]}.{BIS[9:]}", "bis"),
    ("BE68 5390 0754 7034", "iban"), ("BE68539007547034", "iban"), ("be68-5390-0754-7034", "iban"), ("NL91 ABNA 0417 1643 00", "iban"),
    ("FR14 2004 1010 0505 0001 3M02 606", "iban"), ("DE89 3704 0044 0532 0130 00", "iban"), ("PL61109010140000071219812874", "iban"),
    ("4111 1111 1111 1111", "card"), ("5555555555554444", "card"), ("5500-0000-0000-0004", "card"), ("3782 822463 10005", "card"),
]  # fmt: skip
OTHERS = [
    "93.05.18-223.62", "0470 12 34 56", "+32 470 12 34 56", "003293456789", "02 123 45 67", "BE68 5390 0754 7035", "XX68 5390 0754 7034",
    "4111 1111 1111 1112", "1234 5678 9012 3456", "9300 Aalst", "24/12/2026 om 14:30", "12345678901", "0000 0000 0000 0000", "99.99.99-999.99",
    "dossier 2026-11-23-001", "ik betaal 1000 euro 2000 euro", "",
]  # fmt: skip


@pytest.mark.parametrize(("number", "kind"), FOUND)
def test_a_personal_number_is_blotted_out(number: str, kind: str) -> None:
    text, (slot,) = take_out(f"mijn nummer is {number}, mag ik komen?")
    assert text == "mijn nummer is ***, mag ik komen?"
    assert (slot.name, slot.value, slot.data["kind"]) == ("personal_number", "***", kind)
    assert text[slot.start : slot.end] == slot.text == "***"


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_stay(text: str) -> None:
    assert take_out(text) == (text, ())


def test_what_was_blotted_out_before_is_still_known() -> None:
    masked = mask(f"mijn nummer is {OLD}, mag ik komen?")
    text, (slot,) = take_out(masked)
    assert text == masked == "mijn nummer is ***, mag ik komen?"
    assert (slot.name, slot.value, slot.data["kind"]) == ("personal_number", "***", "masked")
    assert take_out("wat een k***dag, echt ****") == ("wat een k***dag, echt ****", ())


def test_words_after_an_account_number_stay() -> None:
    assert take_out("BE68 5390 0754 7034 is mijn rekening")[0] == "*** is mijn rekening"


def test_several_are_all_blotted_out() -> None:
    text, slots = take_out(f"{OLD} en BE68 5390 0754 7034 en 4111111111111111")
    assert text == "*** en *** en ***"
    assert [text[slot.start : slot.end] for slot in slots] == ["***"] * 3


@given(st.text(alphabet="0123456789BENLbe .-/", max_size=80))
def test_nothing_makes_it_fail(text: str) -> None:
    masked, slots = take_out(text)
    assert all(masked[slot.start : slot.end] == "***" for slot in slots)
