"""Reading every training message by a model that did not see it: the whole way, rules and slots included."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from nlu.embedder import Rows, at_once
from nlu.engine import Embeds, Engine, NoEmbedding, Pending
from nlu.evaluate import Answer, Case, Wanted, ask
from nlu.language import LanguageGuesser
from nlu.learn import FOLDS, Names, learn
from nlu.learnt import Calibration, Floats
from nlu.text import clean, words
from nlu.training_data import Example
from nlu.understander import Understander
from nlu.values import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Material:
    """What is learnt from, and what it takes to read: the embedded messages, and the encoder for parts of them.

    `vectors` are rows as `learn.embed` gives them, None without an encoder. `names` are those of the intents.
    """

    examples: Sequence[Example]
    vectors: Rows | None
    names: Names | None
    embeds: Embeds | None
    vocabulary: Vocabulary
    calibration: Calibration
    language: LanguageGuesser


class _Known:
    """Embeddings that are there already; what is new is embedded."""

    def __init__(self, texts: Sequence[str], rows: Rows, embeds: Embeds | None) -> None:
        self._rows = {text: rows[place, 0] for place, text in enumerate(texts)}
        self._embeds = embeds

    def ask(self, text: str, *, glance: bool = False) -> Pending:
        found = self._rows.get(text)
        if found is None:
            if self._embeds is None:
                raise NoEmbedding("there is no encoder")
            return self._embeds.ask(text, glance=glance)
        row = found.glance if glance else found.whole
        if row is None:
            raise NoEmbedding("this encoder gives no glance")
        return at_once(row)

    def embed(self, text: str) -> Floats:
        return self.ask(text).result()


def read_unseen(
    material: Material,
    *,
    without: Collection[int] = frozenset(),
    tell: Callable[[float], None] = lambda _: None,
) -> tuple[Answer, ...]:
    """An answer for every example, in order, by a model of the other folds; `without` are examples nobody learns from.

    The fold of a message depends on its words alone, so copies share one, and two calls over the same examples put
    each message before models that did not see it.
    """
    examples, vectors = material.examples, material.vectors
    known = None
    if vectors is not None:
        known = _Known([clean(example.text) for example in examples], vectors, material.embeds)
    folds = [fold_of(example) for example in examples]
    answers: list[Answer | None] = [None] * len(examples)
    for number in range(FOLDS):
        unseen = [index for index, fold in enumerate(folds) if fold == number]
        seen = [index for index, fold in enumerate(folds) if fold != number and index not in without]
        part = None if vectors is None else vectors[seen]
        learnt = replace(
            learn([examples[index] for index in seen], part, version="fold", names=material.names),
            calibration=material.calibration,
        )
        understander = Understander(Engine(learnt, known), material.vocabulary, material.language)
        for index, answer in zip(
            unseen, ask(understander, [case_of(examples[index]) for index in unseen]), strict=True
        ):
            answers[index] = answer
        tell((number + 1) / FOLDS)
    return tuple(answer for answer in answers if answer is not None)


def case_of(example: Example) -> Case:
    """A training message as something to measure by. Without a single entity it counts as not annotated."""
    slots = tuple(
        Wanted(name=entity.name, value=entity.value, start=entity.start, end=entity.end)
        for entity in example.entities
    )
    return Case(text=example.text, intent=example.intent, language=example.language, slots=slots or None)


def fold_of(example: Example) -> int:
    """From 0 to FOLDS - 1."""
    return zlib.crc32(" ".join(words(clean(example.text))).encode()) % FOLDS
