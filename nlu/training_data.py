"""Reading training data: Rasa 3 YAML, entity annotations included.

A file holds one language and is named after it: `nl.yml`, `nl_slang.yml` and `ar-Latn.yml` hold nl, nl and ar-Latn.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.text import clean

ACTS = ("confirm", "deny", "choose", "repeat", "thanks", "more", "give_place", "give_time")
"""The dialogue acts; in the training data they are written as intents of these names."""

_ANNOTATION = re.compile(r"\[([^\[\]]{1,200})\](?:\(([\w:.|-]{1,60})\)|(\{[^{}]{1,300}\}))")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_](?:latn|cyrl|arab))?(?![a-z])", re.IGNORECASE)


class TrainingDataError(ValueError):
    """A training file that cannot be read; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An annotated span of an example."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled message."""

    text: str
    intent: str
    language: str
    entities: tuple[Entity, ...] = ()


def load_examples(directory: Path) -> tuple[Example, ...]:
    """All examples of `*.yml` in `directory`, in file order. Raises TrainingDataError."""
    files = sorted(directory.glob("*.yml"))
    examples: list[Example] = []
    for file in files:
        examples.extend(_read_file(file))
    if not examples:
        raise TrainingDataError(f"{directory}: no training examples in any .yml file")
    return tuple(examples)


def fingerprint(examples: Iterable[Example]) -> str:
    """A short hash of what was learnt from; equal data gives an equal fingerprint."""
    digest = hashlib.sha256()
    for example in sorted(examples, key=lambda e: (e.language, e.intent, e.text)):
        digest.update(f"{example.language}\t{example.intent}\t{example.text}\n".encode())
    return digest.hexdigest()[:16]


def parse_annotated(line: str) -> tuple[str, tuple[Entity, ...]]:
    """Plain text and entities of `... in [Gent](place)` or `[gent]{"entity": "place", "value": "Gent"}`."""
    plain: list[str] = []
    entities: list[Entity] = []
    length = position = 0
    for match in _ANNOTATION.finditer(line):
        before = line[position : match.start()]
        surface, name, details = match.group(1), match.group(2), match.group(3)
        value = surface
        if details is not None:
            name, value = _entity_details(details, surface)
        elif ":" in name:  # Rasa's older [text](entity:value)
            name, value = name.split(":", 1)
        plain += [before, surface]
        start = length + len(before)
        length = start + len(surface)
        position = match.end()
        entities.append(Entity(name=name, value=value, start=start, end=length))
    plain.append(line[position:])
    return "".join(plain), tuple(entities)


def _entity_details(details: str, surface: str) -> tuple[str, str]:
    try:
        fields = json.loads(details)
    except json.JSONDecodeError as error:
        raise TrainingDataError(f"annotation {details!r} is no JSON") from error
    if not isinstance(fields, Mapping) or "entity" not in fields:
        raise TrainingDataError(f"annotation {details!r} names no entity")
    return str(fields["entity"]), str(fields.get("value", surface))


def _read_file(file: Path) -> list[Example]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise TrainingDataError(f"{file}: {error}") from error
    if content is None:
        return []
    if not isinstance(content, Mapping):
        raise TrainingDataError(f"{file}: expected a mapping with `nlu:`")
    blocks = content.get("nlu") or []
    language = _language_of(file) if blocks else ""
    examples: list[Example] = []
    for block in blocks:
        if not isinstance(block, Mapping) or "intent" not in block:
            continue  # synonyms, lookups and regexes are Rasa's own
        for line in _lines(block.get("examples"), file):
            try:
                text, entities = parse_annotated(line)
            except TrainingDataError as error:
                raise TrainingDataError(f"{file}: {line!r}: {error}") from error
            if clean(text):
                example = Example(
                    text=text, intent=str(block["intent"]), language=language, entities=entities
                )
                examples.append(example)
    return examples


def _lines(examples: object, file: Path) -> list[str]:
    if isinstance(examples, str):
        rows = (row.strip() for row in examples.splitlines())
        return [row[1:].strip() for row in rows if row.startswith("-") and row[1:].strip()]
    if isinstance(examples, list):
        return [str(row["text"]) if isinstance(row, Mapping) else str(row) for row in examples]
    raise TrainingDataError(f"{file}: `examples` must be a block of lines that start with a dash")


def _language_of(file: Path) -> str:
    match = _LANGUAGE.match(file.stem)
    if match is None:
        raise TrainingDataError(
            f"{file}: the name must start with the language code, such as nl.yml or ar-Latn.yml"
        )
    code = match.group().replace("_", "-")
    primary, _, script = code.partition("-")
    return f"{primary.lower()}-{script.title()}" if script else primary.lower()
