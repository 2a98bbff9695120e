"""Fields in texts that are used again: "{voornaam}" and the like, filled in for one person."""

import re
from collections.abc import Mapping

from data.translation import N_

FIELDS: Mapping[str, str] = {
    "voornaam": N_("de voornaam van de cliënt"),
    "begeleider": N_("jouw voornaam"),
    "gemeente": N_("waar de cliënt woont"),
    "afspraak": N_("dag en uur van de volgende afspraak"),
    "loket": N_("waar die afspraak is"),
    "regio": N_("de naam van de leerwinkel"),
}
_FIELD = re.compile(r"\{(\w+)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known; other fields stay as they are, to be filled in by hand."""
    return _FIELD.sub(lambda spot: values.get(spot[1]) or spot[0], text)


def unknown(text: str) -> list[str]:
    """Names between braces that are no field of ours."""
    return [name for name in _FIELD.findall(text) if name not in FIELDS]


def left_open(text: str) -> list[str]:
    """Fields of ours that nobody filled in yet."""
    return [name for name in dict.fromkeys(_FIELD.findall(text)) if name in FIELDS]
