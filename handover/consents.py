"""What people agree to, in words: the text of the region, else the standard one; and how many said yes or took it back.

A region's own words are versions that never change (`handover.consent_texts` writes them). Whoever says yes is kept with
the exact words they read and with the version these are.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import ScalarSelect, SQLColumnExpression, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from data.tables import Consent, ConsentKind, ConsentText, KeptAs, Person, Region
from handover import retention
from handover.fields import filled

ORIGINAL = "nl"
PLACES = {"staff": "begeleider", "term": "termijn", "summary": "vraag", "partner": "partner"}
"""What stands between braces in the standard texts → what staff see and write there."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A text in one language as it is used now: its parts with places in braces, and what fills them.

    `text_id` and `version` say which version of the region it is: None and 0 are the standard text. `years`: how long a
    file is kept, `region`: the name of the leerwinkel.
    """

    language: str
    parts: Mapping[str, str]
    text_id: int | None = None
    version: int = 0
    years: int = retention.DEFAULT.file_years
    region: str = ""

    def said(self, part: str, *, staff: str = "", question: str = "", partner: str = "") -> str:
        """One part, filled in. `staff` is a first name, `question` what the client asked."""
        values = {
            "begeleider": staff, "termijn": retention.in_words(KeptAs.FILE, self.years, self.language),
            "vraag": question, "partner": partner, "regio": self.region,
        }  # fmt: skip
        return filled(self.parts[part], values)


@dataclass(frozen=True, kw_only=True)
class Given:
    """How many persons agreed to something and have not taken it back, and how many did take it back."""

    stands: int
    withdrawn: int


@cache
def texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """The standard texts: kind → language → the parts."""
    text = resources.files("handover").joinpath("consents.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def written(kind: str, language: str) -> str:
    """The language in which one reads this text: the own one, else Dutch."""
    code = language.split("-")[0]
    return code if code in texts()[kind] else ORIGINAL


@cache
def standard(kind: str, language: str) -> dict[str, str]:
    """The parts of the standard text in a language that `written` gives, with the places as staff write them."""
    named = {name: f"{{{place}}}" for name, place in PLACES.items()}
    return {part: filled(words, named) for part, words in texts()[kind][language].items()}


async def current(session: AsyncSession, region_id: str | None, kind: ConsentKind, language: str) -> Wording:
    """What this region says now to who reads `language`; the standard text without a region."""
    code = written(kind, language)
    newest = None
    if region_id is not None:
        newest = await session.scalar(
            select(ConsentText)
            .where(ConsentText.region_id == region_id, ConsentText.kind == kind, ConsentText.language == code)
            .order_by(ConsentText.version.desc())
            .limit(1)
        )
    return of_row(newest, kind, code, await session.get(Region, region_id) if region_id else None)


async def version(
    session: AsyncSession, text_id: int | None, region_id: str | None, kind: ConsentKind, language: str
) -> Wording:
    """The version that somebody read before, also when there is a newer one; the standard text for None.

    A number that is no version of this text of this region gives what the region says now.
    """
    code = written(kind, language)
    region = await session.get(Region, region_id) if region_id else None
    if text_id is None:
        return of_row(None, kind, code, region)
    row = await session.get(ConsentText, text_id)
    if row is None or (row.region_id, row.kind, row.language) != (region_id, kind, code):
        return await current(session, region_id, kind, language)
    return of_row(row, kind, code, region)


def newest_id(
    kind: ConsentKind, region_id: SQLColumnExpression[Any], language: SQLColumnExpression[Any]
) -> ScalarSelect[int]:
    """The number of the newest version for a region and who reads `language`, inside a larger statement."""
    row, code = aliased(ConsentText), func.split_part(language, "-", 1)
    read_in = case((code.in_(texts()[kind]), code), else_=ORIGINAL)
    newest = select(row.id).where(row.region_id == region_id, row.kind == kind, row.language == read_in)
    return newest.order_by(row.version.desc()).limit(1).scalar_subquery()


def of_row(row: ConsentText | None, kind: str, language: str, region: Region | None) -> Wording:
    """A version in words; an empty one, and None, are the standard text."""
    own = row is not None and bool(row.parts)
    return Wording(
        language=language, parts=standard(kind, language) | (row.parts if row else {}), text_id=row.id if row and own else None,
        version=row.version if row and own else 0, years=retention.terms_of(region).file_years, region=region.name if region else "",
    )  # fmt: skip


async def agreed_at_desk(session: AsyncSession, person: Person, said: Wording, *, now: datetime) -> None:
    """Keep that this person told one of ours that we may write first, in the words that were asked."""
    session.add(
        Consent(
            person_id=person.id, kind=ConsentKind.FOLLOW_UP, channel="desk", wording=said.said("text"),
            text_id=said.text_id, given_at=now,
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
