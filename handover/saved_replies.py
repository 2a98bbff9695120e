"""Texts that staff use again: plain Dutch first, translations beside it, fields filled in, every change kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Appointment, Counter, Person, Region, SavedReply, SavedWording, Staff
from data.translation import _
from dispatch import booking, clock
from handover import access, readability
from handover.access import Viewer
from handover.conversation import NotAllowed
from handover.fields import FIELDS, left_open, unknown

ORIGINAL = "nl"
LANGUAGES = ("nl", "fr", "en", "ar", "tr", "uk", "pl", "es")
NAME_LIMIT, TEXT_LIMIT = 80, 1_600


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A saved reply with its wording in each language."""

    row: SavedReply
    wordings: Mapping[str, str] = field(default_factory=dict)

    def said(self, language: str) -> tuple[str, str]:
        """The text for who reads `language`, and the language it is in: Dutch where there is no translation."""
        wanted = language.split("-")[0]
        found = wanted if self.wordings.get(wanted) else ORIGINAL
        return self.wordings.get(found, ""), found


class NotPlain(NotAllowed):
    """The text is too hard to be used again; `issues` says where."""

    def __init__(self, issues: Sequence[readability.Issue]) -> None:
        advice = " ".join(issue.advice for issue in issues)
        super().__init__(_("Deze tekst is nog te moeilijk: {advice}", advice=advice))
        self.issues = issues


async def usable(session: AsyncSession, staff: Staff) -> list[Saved]:
    """The active ones of the own region and of everywhere that say something, by name."""
    rows = await session.scalars(_usable(access.viewer(staff)), access.values(staff))
    found = await _with_wordings(session, rows.all())
    return [saved for saved in found if saved.wordings.get(ORIGINAL)]


@cache
def _usable(viewer: Viewer) -> Select[SavedReply]:
    query = access.saved_replies_of(viewer).where(SavedReply.active)
    return query.order_by(SavedReply.name, SavedReply.id)


async def every(session: AsyncSession, staff: Staff) -> list[Saved]:
    """All that this person may see, the withdrawn ones last."""
    query = access.saved_replies_of(staff).order_by(SavedReply.active.desc(), SavedReply.name, SavedReply.id)
    return await _with_wordings(session, (await session.scalars(query)).all())


async def one(session: AsyncSession, row: SavedReply) -> Saved:
    """One with its wordings."""
    return (await _with_wordings(session, [row]))[0]


async def history(session: AsyncSession, reply_id: int) -> Sequence[tuple[SavedWording, str]]:
    """Who wrote what when, newest first."""
    found = await session.execute(
        select(SavedWording, Staff.name)
        .join(Staff, Staff.id == SavedWording.by_id)
        .where(SavedWording.reply_id == reply_id)
        .order_by(SavedWording.id.desc())
    )
    return [(row, name) for row, name in found]


def check(texts: Mapping[str, str]) -> None:
    """Raises NotAllowed: no Dutch, a field we do not have, other fields in a translation, or NotPlain."""
    original = texts.get(ORIGINAL, "")
    if not original:
        raise NotAllowed(_("Schrijf eerst de Nederlandse tekst: die telt, de andere zijn vertalingen."))
    for language, text in texts.items():
        if odd := unknown(text):
            raise NotAllowed(
                _(
                    "Het veld {field} kennen we niet. Je kan gebruiken: {known}.",
                    field="{" + odd[0] + "}", known=", ".join(FIELDS),
                )
            )  # fmt: skip
        if text and language != ORIGINAL and set(left_open(text)) != set(left_open(original)):
            raise NotAllowed(
                _(
                    "De vertaling ({language}) moet dezelfde velden hebben als de Nederlandse tekst.",
                    language=language,
                )
            )
        if hard := readability.stopped(text, language):
            raise NotPlain(hard)


async def save(
    session: AsyncSession,
    row: SavedReply,
    *,
    name: str,
    texts: Mapping[str, str],
    active: bool,
    by_id: int,
    now: datetime,
) -> None:
    """Keep a new or changed reply; each changed text is a new row. Raises NotAllowed; see `check`."""
    if not name:
        raise NotAllowed(_("Geef het antwoord een korte naam, zodat collega's het vinden."))
    check(texts)
    row.name, row.active = name, active
    session.add(row)
    await session.flush()
    before = (await one(session, row)).wordings
    changed = [language for language in LANGUAGES if texts.get(language, "") != before.get(language, "")]
    session.add_all(
        SavedWording(
            reply_id=row.id, language=language, text=texts.get(language, ""), by_id=by_id, created_at=now
        )
        for language in changed
    )
    await session.flush()
    await events.record(
        session, "saved_reply.changed", region_id=row.region_id, staff_id=by_id,
        data={"saved_reply_id": row.id, "languages": changed, "active": active},
    )  # fmt: skip


async def set_active(session: AsyncSession, row: SavedReply, active: bool, *, by_id: int) -> None:
    """Offer it while writing, or no longer; its texts stay."""
    row.active = active
    await session.flush()
    await events.record(
        session, "saved_reply.changed", region_id=row.region_id, staff_id=by_id,
        data={"saved_reply_id": row.id, "languages": [], "active": active},
    )  # fmt: skip


async def values_for(
    session: AsyncSession,
    person: Person,
    staff: Staff,
    *,
    now: datetime,
    coming: Sequence[Appointment] | None = None,
) -> dict[str, str]:
    """What the fields mean for this person; a field that we know nothing for is left out.

    `coming`: their appointments, the first first, where they are known.
    """
    if coming is None:
        coming = await booking.upcoming(session, person.id, now=now)
    region_id = person.region_id or staff.region_id
    region = await session.get(Region, region_id) if region_id else None
    values = {
        "voornaam": (person.name or "").split(" ")[0],
        "begeleider": staff.name.split(" ")[0],
        "gemeente": person.municipality or "",
        "regio": region.name if region is not None else "",
    }
    if coming:
        values |= await _appointment(session, coming[0])
    return {name: value for name, value in values.items() if value}


async def _appointment(session: AsyncSession, row: Appointment) -> dict[str, str]:
    """In figures, which every language reads: "27/11 14:00"."""
    counter = await session.get_one(Counter, row.counter_id)
    place = ", ".join(part for part in (counter.name, counter.street, counter.municipality) if part)
    return {"afspraak": clock.wall(row.starts_at).strftime("%-d/%-m %H:%M"), "loket": place}


async def _with_wordings(session: AsyncSession, rows: Sequence[SavedReply]) -> list[Saved]:
    if not rows:
        return []
    last = (
        select(func.max(SavedWording.id))
        .where(SavedWording.reply_id.in_([row.id for row in rows]))
        .group_by(SavedWording.reply_id, SavedWording.language)
    )
    newest = select(SavedWording).where(SavedWording.id.in_(last))
    said: dict[int, dict[str, str]] = {}
    for wording in await session.scalars(newest):
        if wording.text:
            said.setdefault(wording.reply_id, {})[wording.language] = wording.text
    return [Saved(row=row, wordings=said.get(row.id, {})) for row in rows]
