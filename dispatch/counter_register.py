"""The register of counters: what staff fill in, checked, and who changed what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from data import events, geo
from data.tables import Counter, CounterKind
from data.translation import _
from dispatch.partner_register import Wrong

CHANGED = "counter.changed"
LONGEST = 200  # characters of a field
FARTHEST = 200  # kilometres
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A counter as filled in. `postcode` is where it stands, `postcodes` and `reach_km` whom it is for."""

    name: str
    host: str | None
    street: str | None
    postcode: str | None
    directions: str | None
    languages: list[str]
    wheelchair: bool
    lift: bool
    walk_in: bool
    postcodes: list[str]
    reach_km: int | None
    active: bool


def read(form: Mapping[str, str], *, kind: str) -> Filled | Wrong:
    """The fields of a form, or what is wrong with the first that is. Only a place has to be somewhere."""
    value = {name: " ".join(text.split()) for name, text in form.items()}
    if not value.get("name"):
        return Wrong(field="name", sentence=_("Vul de naam in, zoals bib Aalst."))
    for name, text in value.items():
        if len(text) > LONGEST and name != "postcodes":
            return Wrong(
                field=name, sentence=_("Dat is te lang: hou het onder {count} tekens.", count=LONGEST)
            )
    postcode = value.get("postcode") or None
    if kind == CounterKind.PLACE and (postcode is None or not geo.by_postcode(postcode)):
        return Wrong(field="postcode", sentence=_("Vul de postcode in van waar het loket is, zoals 9300."))
    languages = sorted(set(re.findall(r"[^\s,;]+", value.get("languages", "").lower())))
    if not languages or not all(map(_LANGUAGE.fullmatch, languages)):
        return Wrong(field="languages", sentence=_("Vul de talen in als korte codes: nl fr en."))
    codes = sorted(set(re.findall(r"[^\s,;]+", value.get("postcodes", ""))))
    unknown = [code for code in codes if not geo.by_postcode(code)]
    if unknown:
        return Wrong(
            field="postcodes", sentence=_("{postcode} is geen postcode die we kennen.", postcode=unknown[0])
        )
    reach = value.get("reach_km", "")
    if reach and not (reach.isascii() and reach.isdigit() and 1 <= int(reach[:6]) <= FARTHEST):
        return Wrong(
            field="reach_km",
            sentence=_("Vul een aantal kilometer in, van 1 tot {most}, of niets.", most=FARTHEST),
        )
    return Filled(
        name=value["name"], host=value.get("host") or None, street=value.get("street") or None, postcode=postcode,
        directions=value.get("directions") or None, languages=languages, wheelchair=value.get("wheelchair") == "1",
        lift=value.get("lift") == "1",
        walk_in=value.get("walk_in") == "1", postcodes=codes, reach_km=int(reach) if reach else None,
        active=value.get("active") == "1",
    )  # fmt: skip


async def save(
    session: AsyncSession, counter: Counter | None, filled: Filled, *, region_id: str, staff_id: int
) -> Counter:
    """Keep what was filled in, as a new place or in `counter` (locked by the caller), and record who changed what.

    A place that moves to another postcode stands in the middle of that place until somebody knows better.
    """
    new = counter is None
    counter = counter or Counter(region_id=region_id, kind=CounterKind.PLACE, invented=False)
    moved = counter.kind == CounterKind.PLACE and filled.postcode != counter.postcode
    changes = events.fill(counter, filled, new=new)
    if moved and filled.postcode:
        place = geo.by_postcode(filled.postcode)[0]
        counter.municipality, counter.nis = place.municipality, place.nis
        counter.lat, counter.lon = place.lat, place.lon
    if new:
        session.add(counter)
    await session.flush()
    if changes:
        await events.record(
            session, CHANGED, region_id=counter.region_id, staff_id=staff_id,
            data={"counter_id": counter.id, "new": new, "changes": changes},
        )  # fmt: skip
    return counter
