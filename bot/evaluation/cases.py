"""Reading labelled messages, one JSON object a line."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.evaluation.slot_names import ours
from nlu.evaluate import Case, Wanted

_NOT = "not_"  # how `bot understand` names a slot that is not wanted


class CaseError(ValueError):
    """A file that cannot be read; the message names the line and what it needs."""


def read_cases(path: Path) -> list[Case]:
    """`{"text", "intent", "language"?, "tier"?, "channel"?, "variety"?, "slots"?}` a line. Raises CaseError.

    `slots` is `{name: value or values}`, with `not_` before the name of what is not wanted, or a list of
    `{"name", "value", "negated"?, "start"?, "end"?}`. Names of others are read as `slot_names` says.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read: {error}") from error
    cases = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(_case(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise CaseError(
                    f'{path}, line {number}: a JSON object with "text" and "intent" is needed ({error!r})'
                ) from error
    if not cases:
        raise CaseError(f"{path} holds no messages")
    return cases


def _case(row: Mapping[str, Any]) -> Case:
    slots = row.get("slots")
    return Case(
        text=str(row["text"]), intent=str(row["intent"]), language=row.get("language"),
        channel=row.get("channel"), variety=row.get("variety"), tier=row.get("tier"),
        slots=None if slots is None else tuple(ours(slot) for slot in _slots(slots)),
    )  # fmt: skip


def _slots(given: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> list[Wanted]:
    if isinstance(given, Mapping):
        return [
            Wanted(name=name.removeprefix(_NOT), value=str(value), negated=name.startswith(_NOT))
            for name, values in given.items()
            for value in (values if isinstance(values, list) else [values])
        ]
    return [
        Wanted(
            name=slot["name"], value=str(slot["value"]), negated=bool(slot.get("negated")),
            start=slot.get("start"), end=slot.get("end"),
        )
        for slot in given
    ]  # fmt: skip
