"""The office hours of a region as staff write them: "9:00-12:30 13:00-17:00" a day, and others in school holidays."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Region, Schools
from data.translation import N_, _
from dispatch.partner_register import Wrong
from handover.promise import SCHOOL_HOLIDAYS, WEEKDAYS, Hours

CHANGED = "region.hours_changed"
PREFIX = "holiday_"  # of the fields for school holidays
LONGEST_ANSWER = 8 * 60  # minutes
_BLOCK = re.compile(r"(\d{1,2})[:.](\d\d)-(\d{1,2})[:.](\d\d)")
DAYS = dict(
    zip(
        WEEKDAYS,
        (
            N_("maandag"),
            N_("dinsdag"),
            N_("woensdag"),
            N_("donderdag"),
            N_("vrijdag"),
            N_("zaterdag"),
            N_("zondag"),
        ),
        strict=True,
    )
)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """`hours` as `Region.office_hours`; `answer_minutes` is the promise within them."""

    hours: Hours
    answer_minutes: int


def shown(hours: Hours) -> dict[str, str]:
    """The fields of the form for these hours."""
    others = hours.get(SCHOOL_HOLIDAYS) or {}
    usual = {day: _words(hours.get(day, ())) for day in WEEKDAYS}
    return usual | {PREFIX + day: _words(others.get(day, ())) for day in WEEKDAYS} | {
        "schools": others.get("schools", "")
    }  # fmt: skip


def read(form: Mapping[str, str]) -> Filled | Wrong:
    """The fields of the form, or what is wrong with the first that is."""
    hours: dict[str, Any] = {}
    schools = form.get("schools", "")
    if schools and schools not in set(Schools):
        return Wrong(field="schools", sentence=_("Kies welke schoolvakanties."))
    for prefix in ("", *([PREFIX] if schools else [])):
        week: dict[str, Any] = {}
        for day in WEEKDAYS:
            blocks = _blocks(form.get(prefix + day, ""))
            if blocks is None:
                return Wrong(
                    field=prefix + day,
                    sentence=_(
                        "Schrijf de uren van {day} als 9:00-12:30 13:00-17:00, of niets als je dicht bent.",
                        day=_(DAYS[day]),
                    ),
                )
            week |= {day: blocks} if blocks else {}
        if prefix:
            hours[SCHOOL_HOLIDAYS] = {"schools": schools, **week}
        else:
            hours |= week
    if not any(hours.get(day) for day in WEEKDAYS):
        return Wrong(field="mo", sentence=_("Vul op minstens één dag uren in."))
    minutes = form.get("answer_minutes", "").strip()
    if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes[:5]) <= LONGEST_ANSWER):
        return Wrong(
            field="answer_minutes",
            sentence=_("Vul een aantal minuten in, van 1 tot {most}.", most=LONGEST_ANSWER),
        )
    return Filled(hours=hours, answer_minutes=int(minutes))


async def save(session: AsyncSession, region: Region, filled: Filled, *, by_id: int) -> None:
    """Keep them from now on; promises that were made stand."""
    was = {"hours": region.office_hours, "answer_minutes": region.answer_minutes}
    region.office_hours, region.answer_minutes = dict(filled.hours), filled.answer_minutes
    await session.flush()
    await events.record(session, CHANGED, region_id=region.id, staff_id=by_id, data={"was": was})


def _words(blocks: Any) -> str:
    return " ".join(f"{starts}-{ends}" for starts, ends in blocks)


def _blocks(text: str) -> list[list[str]] | None:
    """Blocks in order that do not overlap; None when they are no such thing."""
    blocks: list[list[str]] = []
    for part in text.replace(" - ", "-").replace(",", " ").split():
        found = _BLOCK.fullmatch(part)
        try:
            ends = [time(int(found[n]), int(found[n + 1])) for n in (1, 3)] if found else []
        except ValueError:
            return None
        if not ends or ends[0] >= ends[1] or (blocks and f"{ends[0]:%H:%M}" < blocks[-1][1]):
            return None
        blocks.append([f"{end:%H:%M}" for end in ends])
    return blocks
