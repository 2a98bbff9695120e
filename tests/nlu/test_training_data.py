"""The training files: readable, complete, and free of the messages that we are measured with."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from nlu.text import fold, words
from nlu.training_data import (
    ACTS,
    Example,
    TrainingDataError,
    fingerprint,
    load_examples,
    parse_annotated,
)

ROOT = Path(__file__).parents[2]
NEAR = 0.9


def _shared() -> Path | None:
    given = os.environ.get("LEERLIJN_SHARED")
    folder = Path(given) if given else ROOT.parent / "shared"
    return folder if (folder / "domain" / "utterances.dev.jsonl").exists() else None


def _normal(text: str) -> str:
    return " ".join(words(text))


def test_no_message_of_the_measuring_set_is_trained_on(ours: Sequence[Example]) -> None:
    shared = _shared()
    if shared is None:
        pytest.skip("the measuring set is not on this machine (set LEERLIJN_SHARED to its folder)")
    lines = (shared / "domain" / "utterances.dev.jsonl").read_text(encoding="utf-8").splitlines()
    measured = [_normal(json.loads(line)["text"]) for line in lines if line.strip()]
    trained = sorted({_normal(example.text) for example in ours})
    copied = []
    for text in measured:
        near = process.extractOne(text, trained, scorer=Levenshtein.normalized_similarity, score_cutoff=NEAR)
        # One or two words ("ja", "stop") are said by everybody in the same way.
        if near is not None and len(text.split()) > 2:
            copied.append((text, near[0], round(near[1], 2)))
    assert copied == []


def test_every_intent_and_act_has_examples_in_dutch(ours: Sequence[Example]) -> None:
    counts = Counter(example.intent for example in ours if example.language == "nl")
    assert set(ACTS) <= set(counts)
    intents = {name: count for name, count in counts.items() if name not in ACTS}
    assert len(intents) == 31
    assert {name: count for name, count in intents.items() if count < 60} == {}


@pytest.mark.parametrize("language", ["fr", "en", "tr", "ar", "ar-Latn", "uk", "pl", "es"])
def test_the_other_main_languages_know_every_intent(language: str, ours: Sequence[Example]) -> None:
    counts = Counter(example.intent for example in ours if example.language == language)
    assert len([name for name in counts if name not in ACTS]) == 31
    assert min(count for name, count in counts.items() if name not in ACTS) >= 10


def test_annotations_are_spans_of_the_plain_text() -> None:
    text, entities = parse_annotated(
        'les in [Gent](place) op [dinsdag]{"entity": "weekday", "value": "tu"} of [9000](postcode:9000)'
    )
    assert text == "les in Gent op dinsdag of 9000"
    assert [(e.name, e.value, text[e.start : e.end]) for e in entities] == [
        ("place", "Gent", "Gent"),
        ("weekday", "tu", "dinsdag"),
        ("postcode", "9000", "9000"),
    ]


def test_every_annotation_of_ours_points_at_its_words(ours: Sequence[Example]) -> None:
    for example in ours:
        assert "](" not in example.text, example.text
        for entity in example.entities:
            assert example.text[entity.start : entity.end].strip(), example.text


def test_the_language_is_the_name_of_the_file(tmp_path: Path) -> None:
    content = 'version: "3.1"\nnlu:\n  - intent: smalltalk\n    examples: |\n      - hallo\n'
    for name in ("nl_slang.yml", "ar_latn.yml", "ar-Latn.yml", "fr.yml"):
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert sorted(e.language for e in load_examples(tmp_path)) == ["ar-Latn", "ar-Latn", "fr", "nl"]


@pytest.mark.parametrize(
    "content",
    [
        "nlu: [",
        "- a list",
        "nlu:\n  - intent: a\n    examples: 3\n",
        'nlu:\n  - intent: a\n    examples: |\n      - [x]{"a": 1}\n',
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "nl.yml").write_text(content, encoding="utf-8")
    with pytest.raises(TrainingDataError, match=r"nl\.yml"):
        load_examples(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="no training examples"):
        load_examples(tmp_path)


def test_the_fingerprint_follows_the_data_and_not_its_order(tmp_path: Path, ours: Sequence[Example]) -> None:
    examples = ours[:50]
    assert fingerprint(examples) == fingerprint(tuple(reversed(examples)))
    assert fingerprint(examples) != fingerprint(examples[1:])


def test_fold_is_what_the_words_use() -> None:
    assert fold("Crèche Łódź İSTANBUL") == "creche lodz istanbul"
