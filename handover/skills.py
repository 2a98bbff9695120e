"""Who fits a question best: who speaks its language, and who knows its topic.

Skills never keep anybody waiting: they say who takes a question rather than somebody else, as long as that other
person is there too. Who waits is helped by whoever has hands free, in the order of the queue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Conversation, Decision, Person, Staff

NO_TOPIC = ("smalltalk", "talk_human", "out_of_scope", "language_switch", "opt_out")
SECOND_LINE = "professional_second_line"
TOPICS = (  # that a member of staff can be the one to ask about
    "secondary_diploma", "dutch_nt2", "basic_skills", "higher_education", "evc", "diploma_recognition",
    "financing_leave", "benefit_effect", "career_change", "practical_barrier", SECOND_LINE,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a question asks of who answers it; `topic` is the intent that the bot read last, if any."""

    language: str
    topic: str | None

    def met_by(self, staff: Staff) -> tuple[bool, bool]:
        """Whether they speak its language, and whether it is their own topic."""
        return self.language in staff.languages, self.topic is not None and self.topic in staff.topics


async def needs(session: AsyncSession, waiting: Sequence[tuple[Conversation, Person]]) -> Mapping[int, Need]:
    """What each conversation asks for, by its id."""
    topics: dict[int, str] = {}
    if waiting:
        found = await session.execute(_TOPICS, {"conversation_ids": [talk.id for talk, _ in waiting]})
        topics = dict(found.all())
    return {talk.id: Need(language=person.language, topic=topics.get(talk.id)) for talk, person in waiting}


_TOPICS = select(Decision.conversation_id, Decision.intent).where(
    Decision.id.in_(
        select(func.max(Decision.id))
        .where(
            Decision.conversation_id == any_(bindparam("conversation_ids", type_=ARRAY(BigInteger))),
            Decision.intent.not_in(NO_TOPIC),
        )
        .group_by(Decision.conversation_id)
    )
)


def better_with(need: Need, staff: Staff, there: Sequence[Staff]) -> Staff | None:
    """A colleague who is there and fits better than `staff`; None when `staff` is as good as any."""
    mine = need.met_by(staff)
    best = max(there, key=need.met_by, default=None)
    return best if best is not None and need.met_by(best) > mine else None
