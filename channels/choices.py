"""Choices where buttons are too small for their words: lines to read, each with a number or a word to answer."""

from collections.abc import Sequence

from channels.base import Choice
from channels.segments import split, units


def as_lines(text: str, choices: Sequence[Choice], *, in_words: bool = True) -> str:
    """The text, and under it every choice in full: "1) …" where its value is a number, else "- …".

    Without `in_words` only the numbers: the others are buttons with all their words on them.
    """
    lines = (
        f"{choice.value}) {choice.label}" if is_number(choice) else f"- {choice.label}"
        for choice in choices
        if in_words or is_number(choice)
    )
    return "\n".join([text, *lines] if text else lines)


def is_number(choice: Choice) -> bool:
    """Is it answered by its number?"""
    return choice.value.isascii() and choice.value.isdecimal()


def cut(text: str, limit: int) -> str:
    """The beginning of a text that stands in full elsewhere, with "…" when some of it is left out."""
    return text if units(text) <= limit else split(text, limit - 1)[0] + "…"
