"""The register of partners: what staff fill in, checked, and who changed what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from data import events, geo
from data.tables import Partner, ReachedBy
from data.translation import N_, _

CHANGED = "partner.changed"
# Of a person who works there: which of them changed is kept, not what they were.
PERSONAL = frozenset({"contact_name", "phone", "email"})
LONGEST = 300  # characters of a field
MISSING = {
    "name": N_("Vul de naam in."),
    "owns": N_("Vul waarmee ze helpen in."),
    "kind": N_("Vul de soort in."),
}
_KIND = re.compile(r"[a-z][a-z_]{1,39}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d ()/.-]{3,24}")


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A field that cannot be so, with a sentence for staff that says what to do."""

    field: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A partner as filled in; `postcodes` sorted, empty fields None."""

    kind: str
    name: str
    owns: str
    region_id: str | None
    postcodes: list[str]
    phone: str | None
    email: str | None
    url: str | None
    contact_name: str | None
    reached_by: str | None
    hours: str | None
    active: bool


def read(form: Mapping[str, str], *, region_id: str | None) -> Filled | Wrong:
    """The fields of a form, or what is wrong with the first that is. `region_id` is checked by the caller."""
    value = {name: " ".join(text.split()) for name, text in form.items()}
    for name, sentence in MISSING.items():
        if not value.get(name):
            return Wrong(field=name, sentence=_(sentence))
    for name, text in value.items():
        if len(text) > LONGEST and name != "postcodes":
            return Wrong(
                field=name, sentence=_("Dat is te lang: hou het onder {count} tekens.", count=LONGEST)
            )
    if not _KIND.fullmatch(value["kind"]):
        return Wrong(field="kind", sentence=_("De soort is een kort woord in kleine letters, zoals ocmw."))
    codes = sorted(set(re.findall(r"[^\s,;]+", value.get("postcodes", ""))))
    unknown = [code for code in codes if not geo.by_postcode(code)]
    if unknown:
        return Wrong(
            field="postcodes", sentence=_("{postcode} is geen postcode die we kennen.", postcode=unknown[0])
        )
    if value.get("email") and not _EMAIL.fullmatch(value["email"]):
        return Wrong(field="email", sentence=_("Dat is geen e-mailadres. Schrijf het als naam@dienst.be."))
    if value.get("phone") and not _PHONE.fullmatch(value["phone"]):
        return Wrong(field="phone", sentence=_("Dat is geen telefoonnummer. Gebruik cijfers en spaties."))
    if value.get("url") and not _is_https(value["url"]):
        return Wrong(field="url", sentence=_("Schrijf de site als https://www.dienst.be."))
    reached_by = value.get("reached_by") or None
    if reached_by is not None and reached_by not in set(ReachedBy):
        return Wrong(field="reached_by", sentence=_("Kies hoe ze bereikt willen worden."))
    if reached_by is not None and not value.get(reached_by):
        return Wrong(field=reached_by, sentence=_("Vul in hoe ze zo bereikt worden, of kies een andere weg."))
    return Filled(
        kind=value["kind"], name=value["name"], owns=value["owns"], region_id=region_id, postcodes=codes,
        phone=value.get("phone") or None, email=value.get("email") or None, url=value.get("url") or None,
        contact_name=value.get("contact_name") or None, reached_by=reached_by, hours=value.get("hours") or None,
        active=value.get("active") == "1",
    )  # fmt: skip


async def save(session: AsyncSession, partner: Partner | None, filled: Filled, *, staff_id: int) -> Partner:
    """Keep what was filled in, as a new partner or in `partner` (locked by the caller), and record who changed what."""
    new = partner is None
    partner = partner or Partner(invented=False)
    changes = events.fill(partner, filled, new=new, unsaid=PERSONAL)
    if new:
        session.add(partner)
    await session.flush()
    if changes:
        await events.record(
            session, CHANGED, region_id=partner.region_id, staff_id=staff_id,
            data={"partner_id": partner.id, "new": new, "changes": changes},
        )  # fmt: skip
    return partner


def _is_https(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and "." in parts.netloc and "@" not in parts.netloc
