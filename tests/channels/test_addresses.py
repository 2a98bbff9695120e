"""One form for every address, and addresses in what people type."""

import pytest

from channels.addresses import find, normalise, shown


@pytest.mark.parametrize(
    ("scheme", "path", "stored"),
    [
        ("sms", "+32470000001", "+32470000001"),
        ("sms", "0470 00 00 01", "+32470000001"),
        ("sms", "+32 (0)470/00.00.01", "+32470000001"),
        ("tel", "0032470000001", "+32470000001"),
        ("whatsapp", "32470000001", "+32470000001"),
        ("whatsapp", "BE.13491208655302741918", "BE.13491208655302741918"),
        ("sms", "8850", "8850"),
        ("sms", "Proximus", "Proximus"),
        ("mailto", "Fatma+les@Voorbeeld.BE", "Fatma+les@voorbeeld.be"),
        ("telegram", "0470000001", "0470000001"),
        ("web", "ab12", "ab12"),
    ],
)
def test_an_address_has_one_form(scheme: str, path: str, stored: str) -> None:
    assert normalise(scheme, path) == stored
    assert normalise(scheme, stored) == stored


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dit is ook mijn nummer: 0470 12 34 56", ("tel", "+32470123456")),
        ("mon autre numéro c'est +33 6 12 34 56 78 merci", ("tel", "+33612345678")),
        ("mail mij op fatma.b@voorbeeld.be.", ("mailto", "fatma.b@voorbeeld.be")),
        ("mijn code is 482911", None),
        ("ik woon in 9300 Aalst", None),
    ],
)
def test_an_address_is_found_in_what_is_typed(typed: str, found: tuple[str, str] | None) -> None:
    assert find(typed) == found


def test_an_address_is_shown_so_that_only_its_owner_knows_it() -> None:
    assert shown("sms", "+32470123456") == "…3456"
    assert shown("mailto", "fatma@voorbeeld.be") == "f…@voorbeeld.be"
