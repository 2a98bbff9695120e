"""What people agree to, in words: reviewed texts by kind and language, and how many said yes or took it back."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Consent, ConsentKind, KeptAs, Person
from handover import retention

ORIGINAL = "nl"


@dataclass(frozen=True, kw_only=True)
class Given:
    """How many persons agreed to something and have not taken it back, and how many did take it back."""

    stands: int
    withdrawn: int


@cache
def texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Kind → language → the parts of the text."""
    text = resources.files("handover").joinpath("consents.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(
    kind: ConsentKind, part: str, language: str, *, staff: str = "", years: int = retention.DEFAULT.file_years
) -> str:
    """One part of the text in this language, else in Dutch. `staff` is a first name, `years` how long a file is kept."""
    of_kind = texts()[kind]
    code = language.split("-")[0] if language.split("-")[0] in of_kind else ORIGINAL
    return of_kind[code][part].format(staff=staff, term=retention.in_words(KeptAs.FILE, years, code))


async def agreed_at_desk(session: AsyncSession, person: Person, *, now: datetime) -> None:
    """Keep that this person told one of ours that we may write first, in the words that are asked."""
    session.add(
        Consent(
            person_id=person.id, kind=ConsentKind.FOLLOW_UP, channel="desk",
            wording=words(ConsentKind.FOLLOW_UP, "text", person.language), given_at=now,
        )
    )  # fmt: skip
    await session.flush()


async def given(session: AsyncSession, regions: frozenset[str] | None) -> dict[str, Given]:
    """By kind, among persons of these regions (None: all)."""
    query = select(
        Consent.kind,
        func.count(Consent.person_id.distinct()).filter(Consent.withdrawn_at.is_(None)),
        func.count(Consent.person_id.distinct()).filter(Consent.withdrawn_at.is_not(None)),
    ).group_by(Consent.kind)
    if regions is not None:
        query = query.join(Person, Person.id == Consent.person_id).where(Person.region_id.in_(regions))
    return {
        kind: Given(stands=stands, withdrawn=withdrawn)
        for kind, stands, withdrawn in await session.execute(query)
    }
