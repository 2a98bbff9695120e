"""What is sealed opens with the same secret and purpose only."""

import pytest

from data import sealed


def test_sealed_opens_with_its_own_secret_and_purpose() -> None:
    box = sealed.seal(b"ours", "calendar", "wachtwoord ✓")
    assert "wachtwoord" not in box
    assert sealed.unseal(b"ours", "calendar", box) == "wachtwoord ✓"
    assert sealed.seal(b"ours", "calendar", "wachtwoord ✓") != box
    for secret, purpose, text in (
        (b"other", "calendar", box),
        (b"ours", "else", box),
        (b"ours", "calendar", box[:-4]),
    ):
        with pytest.raises(sealed.CannotOpen):
            sealed.unseal(secret, purpose, text)
