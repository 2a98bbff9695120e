"""Ids out of addresses and forms."""

import pytest

from data.ids import id_of


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("12", 12), ("0", 0), ("9" * 18, int("9" * 18)), ("9" * 19, None), ("", None), ("-1", None), ("1.0", None), ("١٢", None), ("²", None), (" 3", None)],
)  # fmt: skip
def test_only_what_may_be_an_id_is_a_number(text: str, wanted: int | None) -> None:
    assert id_of(text) == wanted
