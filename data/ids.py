"""Ids as addresses and forms give them: whatever somebody typed there."""

_DIGITS = 18  # of which every number fits in a column


def id_of(text: str) -> int | None:
    """The number that may be an id; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
