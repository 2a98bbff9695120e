"""What a region decides for itself besides its hours: when nobody is written first, whether we ask if it helped, and how long
people are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Region
from data.translation import N_, _
from dispatch.partner_register import Wrong

CHANGED = "region.changed"
FROM = range(17, 25)  # hours at which the silence may begin; 24: it does not begin before midnight
UNTIL = range(6, 13)
KEPT = {
    "keep_chat_days": (
        range(7, 366),
        N_("Kies voor wie alleen met de bot praatte {first} tot {last} dagen."),
    ),
    "keep_contact_days": (range(30, 1826), N_("Kies voor wie een collega hielp {first} tot {last} dagen.")),
    "keep_file_years": (range(1, 11), N_("Kies voor een dossier {first} tot {last} jaar.")),
}
"""What people are kept as (handover.retention): the terms that may be chosen, and what to say of another."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """As the columns of Region."""

    quiet_from: int
    quiet_until: int
    ask_satisfied: bool


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How long people are kept (handover.retention); as the columns of Region."""

    keep_chat_days: int
    keep_contact_days: int
    keep_file_years: int


def read(form: Mapping[str, str]) -> Filled | Wrong:
    """The fields of the form, or what is wrong with the first that is."""
    hours: dict[str, int] = {}
    for name, allowed in (("quiet_from", FROM), ("quiet_until", UNTIL)):
        typed = form.get(name, "").strip()
        if not (typed.isascii() and typed.isdigit() and int(typed[:4]) in allowed):
            return Wrong(
                field=name,
                sentence=_(
                    "Kies voor de stille uren een uur van {first} tot {last}.",
                    first=allowed[0],
                    last=allowed[-1],
                ),
            )
        hours[name] = int(typed)
    return Filled(**hours, ask_satisfied=form.get("ask_satisfied") == "1")


def read_kept(form: Mapping[str, str]) -> Kept | Wrong:
    """The fields of the form of terms, or what is wrong with the first that is."""
    found: dict[str, int] = {}
    for name, (terms, sentence) in KEPT.items():
        typed = form.get(name, "").strip()
        if not (typed.isascii() and typed.isdigit() and int(typed[:5]) in terms):
            return Wrong(field=name, sentence=_(sentence, first=terms[0], last=terms[-1]))
        found[name] = int(typed)
    return Kept(**found)


async def save(session: AsyncSession, region: Region, filled: Filled | Kept, *, by_id: int) -> None:
    """Keep them from now on, and record who changed what. `region` is locked by the caller."""
    changes = events.fill(region, filled, new=False)
    await session.flush()
    if changes:
        await events.record(
            session, CHANGED, region_id=region.id, staff_id=by_id, data={"changes": changes}
        )  # fmt: skip
