"""Who changed what when in how we work: every event by one of ours that is about no client and no daily coming and going."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.answer_cards import cards
from data.tables import Counter, Event, Partner, Region, SavedReply, Staff
from data.translation import N_, language

PASSING = ("staff.logged_in", "staff.presence")
SUBJECTS: Mapping[str, str] = {
    "staff": N_("medewerkers"), "counter": N_("loketten"), "sitting": N_("zitdagen"), "region": N_("regio"),
    "partner": N_("partners"), "template": N_("sjablonen"), "answer_card": N_("antwoordkaarten"),
    "saved_reply": N_("standaardantwoorden"), "consent_text": N_("toestemmingsteksten"),
    "absence": N_("afwezigheden"), "catalogue": N_("aanbod"),
    "queue": N_("wachtrij"), "channel": N_("kanalen"), "job": N_("taken"),
}  # fmt: skip
"""What an event's kind begins with → what one calls that."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One change: the event, who did it, what it was done to, as far as that has a name, and in which region.

    `region` only where changes of all regions are read.
    """

    event: Event
    by: str | None
    name: str | None
    region: str | None = None


def is_change() -> ColumnElement[bool]:
    """The condition on a row of Event."""
    return and_(
        Event.staff_id.is_not(None),
        Event.person_id.is_(None),
        Event.conversation_id.is_(None),
        Event.kind.not_in(PASSING),
    )


def visible(regions: frozenset[str] | None) -> Select[Event, str]:
    """Changes in these regions (None: all) and those that hold everywhere, the newest first."""
    query = select(Event, Staff.name).outerjoin(Staff, Staff.id == Event.staff_id).where(is_change())
    if regions is not None:
        query = query.where(or_(Event.region_id.in_(regions), Event.region_id.is_(None)))
    return query.order_by(Event.id.desc())


async def of_record(
    session: AsyncSession, kind: str, about: Mapping[str, Any], *, limit: int
) -> Sequence[Row[Event, str]]:
    """Who changed one record, the newest first: events of this kind with these values in their data."""
    query = (
        select(Event, Staff.name)
        .outerjoin(Staff, Staff.id == Event.staff_id)
        .where(Event.kind == kind, Event.data.contains(dict(about)))
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return (await session.execute(query)).all()


async def lines(
    session: AsyncSession,
    regions: frozenset[str] | None,
    *,
    subject: str = "",
    about: Mapping[str, Any] | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[Line]:
    """The newest changes; of one `subject` (a key of SUBJECTS), or with these values in their data (`about`)."""
    query = visible(regions).limit(limit)
    if subject:
        query = query.where(Event.kind.startswith(f"{subject}."))
    if about:
        query = query.where(Event.data.contains(dict(about)))
    if before is not None:
        query = query.where(Event.id < before)
    rows = (await session.execute(query)).all()
    names = await _names(session, [event.data for event, _ in rows])
    regions_named: dict[str | None, str] = {}
    if regions is None:
        regions_named = dict((await session.execute(select(Region.id, Region.name))).all())
    return [
        Line(
            event=event, by=by, name=next(filter(None, map(names.get, _objects(event.data))), None),
            region=regions_named.get(event.region_id),
        )
        for event, by in rows
    ]  # fmt: skip


def _objects(data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (key, data[key])
        for key in ("counter_id", "partner_id", "account_id", "saved_reply_id", "card_id")
        if key in data
    ]


async def _names(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, Any], str]:
    queries: dict[str, Select[int, str]] = {
        "counter_id": select(Counter.id, Counter.name).where(Counter.id.in_(_ids(rows, "counter_id"))),
        "partner_id": select(Partner.id, Partner.name).where(Partner.id.in_(_ids(rows, "partner_id"))),
        "account_id": select(Staff.id, Staff.name).where(Staff.id.in_(_ids(rows, "account_id"))),
        "saved_reply_id": select(SavedReply.id, SavedReply.name).where(
            SavedReply.id.in_(_ids(rows, "saved_reply_id"))
        ),
    }
    found: dict[tuple[str, Any], str] = {
        ("card_id", card_id): cards()[card_id].said(language()).title
        for card_id in _ids(rows, "card_id") & cards().keys()
    }
    for key, query in queries.items():
        for row_id, name in await session.execute(query):
            found[key, row_id] = name
    return found


def _ids(rows: Sequence[Mapping[str, Any]], key: str) -> set[Any]:
    return {data[key] for data in rows if key in data}
