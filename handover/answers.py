"""What the bot's answer engine does for staff: find an answer to put in a message, or say what it would answer.

The engine stands above us (`bot.answer_desk`); the composition root puts it in the application's state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Person


@dataclass(frozen=True, kw_only=True)
class Offered:
    """Something to put in a message: `key` names it ("kaart-evc", "cursus-12"), `text` is in the person's language."""

    key: str
    title: str
    about: str
    text: str


class Answers(Protocol):
    """The same engine and words as the bot's own answers. Nothing is sent, and nothing stays of having asked."""

    async def suggest(self, person_id: int) -> str | None:
        """What the bot would answer to the person's last message; None when it has no answer from its sources."""

    async def find(self, session: AsyncSession, person: Person, words: str) -> Sequence[Offered]:
        """Answer cards and courses for these words, near the person and in their language."""

    async def text_of(self, session: AsyncSession, person: Person, key: str) -> str | None:
        """The text of an `Offered` by its key; None when it is no longer there."""
