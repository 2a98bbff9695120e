"""How long a person is kept after the last contact, and who may not go yet.

    kept as | what we did for them                                      | term, by region
    --------+-----------------------------------------------------------+------------------------------
    chat    | only the bot ever spoke with them                         | keep_chat_days
    contact | one of ours helped, wrote or noted; or an appointment     | keep_contact_days
    file    | a trajectory, however it ended                            | keep_file_years, and never
            |                                                           | longer than their consent says

The last contact is the last message by them or by one of ours, the last touch that was noted, an appointment, a call that
was asked for, or the end of a trajectory; what the bot sends by itself is none. Terms are counted in calendar days of
Belgium: who is kept until the 12th may go in the night to the 13th. The term of a file is that of the region that opened it.

Nobody goes while something of theirs is open (`STAYS`), or while a hold stands (handover.holds).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.units import format_unit
from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    bindparam,
    column,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import KeptAs, Region
from dispatch import clock


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The terms of a region; as they are here where no region is known."""

    chat_days: int = 90
    contact_days: int = 365
    file_years: int = 5

    def of(self, kind: str) -> int:
        """The number of days, and of a file of years."""
        return {KeptAs.CHAT: self.chat_days, KeptAs.CONTACT: self.contact_days}.get(
            KeptAs(kind), self.file_years
        )


DEFAULT = Terms()
STAYS = ("held", "trajectory", "appointment", "call", "follow_up", "waits", "wish")
"""Why somebody stays though their term may be over: a hold, an open trajectory, an appointment to come, a call to make, a
planned message, a conversation that waits on us, or a course they wait for."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a person stands: `until` is the last day on which they are kept; `stays` a code of STAYS, or None."""

    person_id: int
    kind: str
    region_id: str | None
    term: int
    last_at: datetime
    until: date
    stays: str | None

    def over(self, today: date) -> bool:
        """Whether they go tonight."""
        return self.stays is None and self.until < today


def terms_of(region: Region | None) -> Terms:
    if region is None:
        return DEFAULT
    return Terms(
        chat_days=region.keep_chat_days, contact_days=region.keep_contact_days, file_years=region.keep_file_years
    )  # fmt: skip


async def file_years(session: AsyncSession, region_id: str | None) -> int:
    """How long a file that this region opens is kept after the last contact."""
    return terms_of(await session.get(Region, region_id) if region_id else None).file_years


async def all_terms(session: AsyncSession) -> Sequence[tuple[str, Terms]]:
    """The terms of every region, by its name."""
    found = await session.scalars(select(Region).order_by(Region.name))
    return [(row.name, terms_of(row)) for row in found]


def in_words(kind: str, term: int, language: str) -> str:
    """The term in one of the languages of clients: "90 dagen", "5 years"."""
    unit = "duration-year" if kind == KeptAs.FILE else "duration-day"
    # A hard space would make a text message twice as dear.
    return format_unit(term, unit, length="long", locale=language).replace("\xa0", " ")


async def of(session: AsyncSession, person_id: int, *, now: datetime) -> Standing | None:
    """How one person stands now; None when they are gone, or turned out to be another."""
    found = await _read(session, _standings(now).where(_STANDING.c.person_id == person_id))
    return found[0] if found else None


async def due(
    session: AsyncSession, *, now: datetime, after: int = 0, limit: int | None
) -> Sequence[Standing]:
    """Whose term is over and who may go, by number; those with a number above `after`."""
    query = _standings(now, within=0).where(
        _STANDING.c.stays.is_(None), _STANDING.c.until < clock.day_of(now), _STANDING.c.person_id > after
    )
    return await _read(session, query.order_by(_STANDING.c.person_id).limit(limit))


async def everybody(
    session: AsyncSession, regions: frozenset[str] | None, *, now: datetime
) -> Sequence[Standing]:
    """How everybody of these regions (None: all) stands, whoever goes first first."""
    query = _standings(now) if regions is None else _standings(now).where(_STANDING.c.region_id.in_(regions))
    return await _read(session, query.order_by(_STANDING.c.until, _STANDING.c.person_id))


@dataclass(frozen=True, kw_only=True)
class Count:
    """Of one kind: how many are kept, how many of them go tonight, and how many until some day."""

    kept: int = 0
    due: int = 0
    soon: int = 0


def counted(standings: Iterable[Standing], *, today: date, until: date) -> dict[str, Count]:
    """By kind."""
    found = {kind.value: Count() for kind in KeptAs}
    for one in standings:
        was = found[one.kind]
        found[one.kind] = Count(
            kept=was.kept + 1, due=was.due + one.over(today), soon=was.soon + one.over(until)
        )
    return found


async def _read(session: AsyncSession, query: Select[Any]) -> Sequence[Standing]:
    return [Standing(**row) for row in (await session.execute(query)).mappings()]


def _standings(now: datetime, *, within: int | None = None) -> Select[Any]:
    """How everybody stands; `within`: leaves out at once who was heard of too lately to go within so many days."""
    return select(_STANDING).params(
        now=now, within=within, chat=DEFAULT.chat_days, contact=DEFAULT.contact_days, file=DEFAULT.file_years
    )


_STANDING = (
    text(
        f"""
    SELECT person_id, kind, region_id, term, last_at, stays,
        CAST(CASE kind WHEN 'file' THEN last_day + make_interval(years => term)
                       ELSE last_day + make_interval(days => term) END AS date) AS until
    FROM (
        SELECT p.id AS person_id, k.kind, r.id AS region_id, l.last_at, s.stays,
            CAST(l.last_at AT TIME ZONE '{clock.ZONE_NAME}' AS date) AS last_day,
            CAST(CASE k.kind WHEN 'chat' THEN coalesce(r.keep_chat_days, :chat)
                             WHEN 'contact' THEN coalesce(r.keep_contact_days, :contact)
                             ELSE least(coalesce(r.keep_file_years, :file), agreed.years) END AS integer) AS term
        FROM person AS p
        LEFT JOIN region AS home ON home.id = p.region_id
        LEFT JOIN LATERAL (
            SELECT max(greatest(opened_at, closed_at)) AS last_at, bool_or(closed_at IS NULL) AS open,
                (array_agg(region_id ORDER BY id DESC))[1] AS region_id
            FROM trajectory WHERE person_id = p.id
        ) AS track ON true
        LEFT JOIN region AS r ON r.id = coalesce(track.region_id, p.region_id)
        LEFT JOIN LATERAL (
            SELECT keep_years AS years FROM consent
            WHERE person_id = p.id AND kind = 'file' ORDER BY id DESC LIMIT 1
        ) AS agreed ON true
        LEFT JOIN LATERAL (
            SELECT max(created_at) FILTER (WHERE author IN ('person', 'staff')) AS last_at,
                bool_or(author = 'staff') AS by_us
            FROM message WHERE person_id = p.id
        ) AS said ON true
        LEFT JOIN LATERAL (
            SELECT max(m.at) AS last_at FROM micro_contact AS m
            WHERE m.person_id = p.id AND NOT m.voided
              AND NOT EXISTS (SELECT FROM micro_contact AS n WHERE n.replaces_id = m.id)
        ) AS touch ON true
        LEFT JOIN LATERAL (
            SELECT max(CASE WHEN status IN ('confirmed', 'attended', 'no_show') AND ends_at <= :now
                            THEN greatest(created_at, ends_at) ELSE created_at END) AS last_at,
                bool_or(status IN ('held', 'confirmed') AND ends_at > :now) AS to_come
            FROM appointment WHERE person_id = p.id AND status <> 'expired'
        ) AS met ON true
        LEFT JOIN LATERAL (
            SELECT max(created_at) AS last_at, bool_or(state = 'open') AS open FROM call_task WHERE person_id = p.id
        ) AS call ON true
        CROSS JOIN LATERAL (
            SELECT CASE WHEN track.last_at IS NOT NULL THEN 'file'
                WHEN said.by_us OR touch.last_at IS NOT NULL OR met.last_at IS NOT NULL
                    OR EXISTS (SELECT FROM note WHERE person_id = p.id)
                    OR EXISTS (SELECT FROM enrolment WHERE person_id = p.id) THEN 'contact'
                ELSE 'chat' END AS kind OFFSET 0
        ) AS k
        CROSS JOIN LATERAL (
            SELECT greatest(p.created_at, p.last_seen_at, said.last_at, touch.last_at, met.last_at, call.last_at,
                track.last_at) AS last_at
        ) AS l
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN EXISTS (SELECT FROM erasure_hold WHERE person_id = p.id AND released_at IS NULL) THEN 'held'
                WHEN track.open THEN 'trajectory'
                WHEN met.to_come THEN 'appointment'
                WHEN call.open THEN 'call'
                WHEN EXISTS (SELECT FROM follow_up WHERE person_id = p.id AND state = 'planned') THEN 'follow_up'
                WHEN EXISTS (SELECT FROM conversation WHERE person_id = p.id AND life = 'open' AND holder <> 'bot'
                             AND waiting_on <> 'client') THEN 'waits'
                WHEN EXISTS (SELECT FROM course_wish WHERE person_id = p.id AND state = 'waiting'
                             AND expires_at > :now) THEN 'wish'
                END AS stays OFFSET 0
        ) AS s
        WHERE p.erased_at IS NULL AND p.merged_into_id IS NULL
          AND (CAST(:within AS integer) IS NULL OR greatest(p.created_at, p.last_seen_at) < :now + make_interval(
              days => :within + 2 - least(coalesce(home.keep_chat_days, :chat), coalesce(home.keep_contact_days, :contact))))
    ) AS one
    """  # noqa: S608 - the name of a zone of ours
    )
    .bindparams(
        bindparam("now", type_=DateTime(timezone=True)),
        *(bindparam(name, type_=Integer) for name in ("within", "chat", "contact", "file")),
    )
    .columns(
        column("person_id", BigInteger), column("kind", Text), column("region_id", Text), column("term", Integer),
        column("last_at", DateTime(timezone=True)), column("until", Date), column("stays", Text),
    )
    .subquery("standing")
)  # fmt: skip
