"""Counting what people look for and do not find, without keeping who they are or what they wrote.

A question is counted once a day for each asker. What tells that it was counted (a hash under our secret, of the day,
the asker and the question) is deleted when the day is over.
"""

import hmac
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from data.tables import DailyMark, Demand, DemandKind, DemandTopic

BUCKETS = 32
MOST_A_DAY = 40  # questions of one asker; whoever asks more is a program, and would drown out people
LONGEST_TOPIC = 40  # characters

_COUNT = text(
    """
    WITH counted AS (
        INSERT INTO daily_mark (key, asker, purpose, day)
        SELECT :key, :asker, 'demand', CAST(:day AS date)
         WHERE (SELECT count(*) FROM daily_mark WHERE asker = :asker AND purpose = 'demand') < :most
        ON CONFLICT DO NOTHING
        RETURNING key
    )
    INSERT INTO demand (day, kind, wishes, subject_id, level, language, nis, region, day_part, mode, topic_key, heard, bucket)
    SELECT CAST(:day AS date), :kind, :wishes, :subject_id, :level, :language, :nis, :region, :day_part, :mode, :topic_key,
           :heard, :bucket
      FROM counted
    RETURNING id
    """
).bindparams(bindparam("wishes", type_=ARRAY(Text())))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as it is counted. `level`, `day_part`, `mode` and `nis` as in the catalogue; empty when not named.

    `language` is the one the question was asked in; `region` as data.geo.region_of gives it.
    """

    subject_id: str | None = None
    level: str | None = None
    language: str
    nis: str | None = None
    region: str | None = None
    day_part: str | None = None
    mode: str | None = None


class DemandLog:
    """Counts demand. `secret` keys the hashes; `k`: how many different askers make a word no longer personal."""

    def __init__(self, secret: bytes, *, k: int) -> None:
        self._secret = secret
        self.k = k

    async def record(
        self,
        session: AsyncSession,
        asked: Asked,
        kind: DemandKind,
        *,
        wishes: tuple[str, ...] = (),
        topic: str | None = None,
        heard: str,
        asker: str,
        same_people: str | None = None,
        day: date,
    ) -> bool:
        """Count one question, in the running transaction; False when it was counted today or it is too much.

        `asker` tells people apart within a day; `same_people` (else `asker`) over days, for the least number of
        different askers: leave out of it what somebody changes at will. `topic`: words that the catalogue does not
        know. They are kept as a hash, and in clear from the k-th different asker on.
        """
        word = _plain(topic)
        day_asker = self._hash(f"{day} {asker}")
        question = repr(sorted(asdict(asked).items(), key=lambda item: item[0]))
        topic_key = self._hash(f"topic {word}") if word else None
        counted = await session.scalar(
            _COUNT,
            {
                **asdict(asked), "key": self._hash(f"{day} {asker} {question} {word}"), "asker": day_asker, "day": day,
                "most": MOST_A_DAY, "kind": kind, "wishes": list(wishes), "topic_key": topic_key, "heard": heard,
                "bucket": self.bucket(same_people or asker),
            },
        )  # fmt: skip
        if counted is None:
            return False
        if word and topic_key:
            await self._keep_if_common(session, topic_key, word)
        return True

    def bucket(self, people: str) -> int:
        """The bucket of an asker, the same every day."""
        return int(self._hash(f"people {people}")[:8], 16) % BUCKETS

    async def first_today(
        self, session: AsyncSession, purpose: str, what: str, *, asker: str, day: date, most: int
    ) -> bool | None:
        """Note that this asker did this today; False when it is noted already, None when it is more than `most`."""
        who = self._hash(f"{day} {asker}")
        done = await session.scalar(
            select(func.count())
            .select_from(DailyMark)
            .where(DailyMark.asker == who, DailyMark.purpose == purpose)
        )
        if (done or 0) >= most:
            return None
        mark = insert(DailyMark).values(
            key=self._hash(f"{day} {asker} {purpose} {what}"), asker=who, purpose=purpose, day=day
        )
        return (await session.scalar(mark.on_conflict_do_nothing().returning(DailyMark.key))) is not None

    async def _keep_if_common(self, session: AsyncSession, topic_key: str, word: str) -> None:
        askers = await session.scalar(
            select(func.count(Demand.bucket.distinct())).where(Demand.topic_key == topic_key)
        )
        if (askers or 0) >= self.k:
            await session.execute(
                insert(DemandTopic).values(key=topic_key, word=word).on_conflict_do_nothing()
            )

    def _hash(self, value: str) -> str:
        return hmac.new(self._secret, f"demand {value}".encode(), sha256).hexdigest()


async def forget_days_before(session: AsyncSession, today: date) -> None:
    """Delete what tells askers apart within a day, for all days that are over."""
    await session.execute(delete(DailyMark).where(DailyMark.day < today))


def _plain(topic: str | None) -> str | None:
    """A topic as a word to count; None when it could be more than a topic (figures, an address, a sentence)."""
    word = " ".join((topic or "").casefold().split())
    if (
        not word
        or len(word) > LONGEST_TOPIC
        or not all(part.isalpha() for part in word.replace("-", " ").split())
    ):
        return None
    return word
