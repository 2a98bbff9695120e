"""What staff taught by their corrections, as examples to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Correction, Decision
from nlu.text import words
from nlu.training_data import Example

LONGEST = 300  # characters: longer messages are stories with many intents


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A correction as an example, with its tier; `id` is that of its row."""

    id: int
    example: Example
    tier: str


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """What can be learnt from, and in a sentence each what cannot."""

    lessons: Sequence[Lesson]
    left_out: Sequence[str]

    @property
    def taught(self) -> dict[str, str]:
        """Row and intent of each, as a model remembers them (its header is JSON, whose keys are text)."""
        return {str(lesson.id): lesson.example.intent for lesson in self.lessons}


async def read_lessons(session: AsyncSession, examples: Sequence[Example]) -> Lessons:
    """All corrections that add something to `examples` and contradict neither them nor each other.

    What answered a question of the bot ("Ninove", "ja") is left aside: by itself it does not mean what staff said.
    """
    rows = await session.scalars(
        select(Correction)
        .join(Decision, Decision.message_id == Correction.message_id)
        .where(Correction.wording.is_not(None), Decision.understanding["act"].as_string().is_(None))
        .order_by(Correction.id)
    )
    found = [
        Lesson(
            id=row.id, tier=row.tier,
            example=Example(text=row.wording or "", intent=row.intent, language=row.language),
        )
        for row in rows
    ]  # fmt: skip
    return choose(found, examples)


def choose(lessons: Sequence[Lesson], examples: Sequence[Example]) -> Lessons:
    """Those of `lessons` that can be learnt from beside `examples`; see `read_lessons`."""
    languages = {example.language for example in examples}
    known = {_key(example): example.intent for example in examples}
    said: dict[str, set[str]] = {}
    for lesson in lessons:
        said.setdefault(_key(lesson.example), set()).add(lesson.example.intent)
    kept: list[Lesson] = []
    left_out: list[str] = []
    for lesson in lessons:
        example, key = lesson.example, _key(lesson.example)
        if len(said[key]) > 1:
            problem = f"staff call it {' and '.join(sorted(said[key]))}"
        elif known.get(key, example.intent) != example.intent:
            problem = f"it is {example.intent} to staff and an example of {known[key]} in nlu/training"
        elif example.language not in languages:
            problem = f"nlu/training holds nothing in {example.language}"
        elif not any(character.isalpha() for character in key):
            problem = "it has no words"
        elif len(example.text) > LONGEST:
            problem = f"it is longer than {LONGEST} characters"
        else:
            if key not in known:
                known[key] = example.intent
                kept.append(lesson)
            continue
        left_out.append(f"correction {lesson.id} is left out: {problem}")
    return Lessons(lessons=kept, left_out=left_out)


def _key(example: Example) -> str:
    return " ".join(words(example.text))
