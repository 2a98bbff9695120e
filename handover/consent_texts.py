"""A region's own words for what people agree to: what must stay in them, each change a version, and what still stands behind.

Versions are for ever: what somebody said yes to stays to be read, with who wrote it and when. The standard text comes
back as a version too, an empty one. Dutch counts: where it changed after a translation, the translation needs a look.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Consent, ConsentKind, ConsentText, Region, Staff
from data.translation import N_, _
from handover import consents, readability
from handover.consents import ORIGINAL
from handover.conversation import NotAllowed

CHANGED = "consent_text.changed"
KINDS = (ConsentKind.FILE, ConsentKind.FOLLOW_UP, ConsentKind.REFERRAL)
LANGUAGES = ("nl", "fr", "en", "ar", "tr", "uk", "pl", "es")
PARTS: Mapping[str, str] = {
    "text": N_("Wat de cliënt goedvindt"),
    "page": N_("Boven de regels op de pagina van de doorverwijzing"),
    "ask": N_("De vraag"),
    "yes": N_("Wat we zeggen na een ja"),
    "no": N_("Wat we zeggen na een nee"),
}
"""The parts that one may write. The words on the buttons are the same everywhere, because the bot reads them."""
MEANS: Mapping[str, str] = {
    "begeleider": N_("de voornaam van de begeleider"),
    "termijn": N_("hoe lang we een dossier bijhouden"),
    "vraag": N_("wat de cliënt vroeg"),
    "partner": N_("aan wie we het doorgeven"),
    "regio": N_("de naam van de leerwinkel"),
}
EVERYWHERE = "regio"  # may stand in any text, and need not
LONGEST = 900  # characters of a part: with the question after it one message on every channel
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one language of a text stands: the newest version (None: never written here) and who wrote it.

    `behind`: the Dutch changed after it, so somebody must look whether it still says the same.
    """

    language: str
    newest: ConsentText | None
    by: str | None
    behind: bool

    @property
    def own(self) -> bool:
        """Whether the region says it in words of its own now."""
        return self.newest is not None and bool(self.newest.parts)


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version as it is kept: who wrote it, and how many persons said yes to it."""

    row: ConsentText
    by: str
    agreed: int


class Meanwhile(NotAllowed):
    """Somebody else changed the text since this person opened it; `by` a name."""

    def __init__(self, by: str) -> None:
        super().__init__(
            _(
                "{name} veranderde deze tekst terwijl jij schreef. Kijk eerst na wat er nu staat, en bewaar dan opnieuw.",
                name=by,
            )
        )


def asked_of(kind: str, part: str) -> frozenset[str]:
    """The places that must stand in a part: those of the standard text in Dutch."""
    return frozenset(_PLACE.findall(consents.standard(kind, ORIGINAL).get(part, "")))


def editable(kind: str, language: str) -> tuple[str, ...]:
    """The parts that a text has in this language, in the order in which one reads them."""
    return tuple(part for part in PARTS if part in consents.standard(kind, language))


def wrong(kind: str, language: str, parts: Mapping[str, str]) -> dict[str, str]:
    """Part → what is wrong with it, in a sentence that says what to do; empty when it may be used."""
    found = {part: _wrong(kind, part, language, parts.get(part, "")) for part in editable(kind, language)}
    return {part: sentence for part, sentence in found.items() if sentence}


def advice(kind: str, language: str, parts: Mapping[str, str]) -> dict[str, str]:
    """Part → what could be plainer still, though it may be used so."""
    found = {part: readability.issues(parts.get(part, ""), language) for part in editable(kind, language)}
    return {
        part: " ".join(issue.advice for issue in issues if not issue.stops)
        for part, issues in found.items()
        if any(not issue.stops for issue in issues)
    }


def _wrong(kind: str, part: str, language: str, text: str) -> str:
    must, there = asked_of(kind, part), set(_PLACE.findall(text))
    if not text:
        return _("Hier moet een tekst staan. Zet de standaardtekst terug als je geen eigen tekst wil.")
    if len(text) > LONGEST:
        return _("Dat is te lang: hoogstens {most} tekens, nu {count}.", most=LONGEST, count=len(text))
    if missing := sorted(must - there):
        return " ".join(
            _(
                "{place} ontbreekt: daar komt {means}. Zet het terug, want de cliënt moet dat weten.",
                place=_braced(place), means=_(MEANS[place]),
            )
            for place in missing
        )  # fmt: skip
    odd = sorted(there - must - {EVERYWHERE})
    if odd or set("{}") & set(_PLACE.sub("", text)):
        known = ", ".join(map(_braced, sorted(must | {EVERYWHERE})))
        return _(
            "Tussen accolades kennen we hier alleen {known}. Verander of schrap wat anders is.", known=known
        )
    if part == "ask" and not {"1", "2"} <= set(re.findall(r"\d+", text)):
        return _("Zeg dat 1 ja is en 2 nee: zo antwoordt wie geen knoppen ziet.")
    if hard := readability.stopped(text, language):
        return _("Dit is nog te moeilijk: {advice}", advice=" ".join(issue.advice for issue in hard))
    return ""


async def save(
    session: AsyncSession,
    region: Region,
    kind: ConsentKind,
    language: str,
    parts: Mapping[str, str],
    *,
    base: int | None,
    by_id: int,
    now: datetime,
) -> ConsentText | None:
    """These words count from now on, as the next version; None when nothing changed.

    The same words again are a version only where the Dutch changed since: somebody looked. `base` is the version that the
    writer saw (0: the standard text). `region` is locked by the caller. Raises NotAllowed: something is `wrong`, or
    Meanwhile.
    """
    if problems := wrong(kind, language, parts):
        raise NotAllowed(" ".join(problems.values()))
    known = await _standing(session, region.id, kind, language)
    was = consents.of_row(known.newest, kind, language, region)
    chosen = {part: parts[part] for part in editable(kind, language)}
    if all(was.parts[part] == text for part, text in chosen.items()) and not known.behind:
        return None
    if base is not None and base != (known.newest.version if known.newest else 0):
        raise Meanwhile(known.by or "")
    return await _next(session, region, kind, language, chosen, known, by_id=by_id, now=now)


async def put_back(
    session: AsyncSession, region: Region, kind: ConsentKind, language: str, *, by_id: int, now: datetime
) -> ConsentText | None:
    """The standard text counts again; None when it did already. `region` is locked by the caller."""
    known = await _standing(session, region.id, kind, language)
    if not known.own:
        return None
    return await _next(session, region, kind, language, {}, known, by_id=by_id, now=now)


async def standing(session: AsyncSession, region_id: str) -> dict[str, dict[str, Standing]]:
    """Kind → language → how it stands, for all that a region may write."""
    last = (
        select(func.max(ConsentText.id))
        .where(ConsentText.region_id == region_id)
        .group_by(ConsentText.kind, ConsentText.language)
    )
    rows = await session.execute(
        select(ConsentText, Staff.name)
        .join(Staff, Staff.id == ConsentText.by_id)
        .where(ConsentText.id.in_(last))
    )
    newest = {(row.kind, row.language): (row, name) for row, name in rows}
    found: dict[str, dict[str, Standing]] = {}
    for kind in KINDS:
        dutch = newest.get((kind, ORIGINAL), (None, None))[0]
        for language in LANGUAGES:
            row, name = newest.get((kind, language), (None, None))
            found.setdefault(kind, {})[language] = Standing(
                language=language, newest=row, by=name, behind=language != ORIGINAL and _behind(row, dutch)
            )
    return found


async def versions(session: AsyncSession, region_id: str, kind: str, language: str) -> Sequence[Version]:
    """All there ever were, the newest first."""
    agreed = (
        select(func.count(Consent.person_id.distinct()))
        .where(Consent.text_id == ConsentText.id)
        .correlate(ConsentText)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(ConsentText, Staff.name, agreed)
        .join(Staff, Staff.id == ConsentText.by_id)
        .where(ConsentText.region_id == region_id, ConsentText.kind == kind, ConsentText.language == language)
        .order_by(ConsentText.version.desc())
    )
    return [Version(row=row, by=name, agreed=count) for row, name, count in rows]


async def _standing(session: AsyncSession, region_id: str, kind: str, language: str) -> Standing:
    return (await standing(session, region_id))[kind][language]


def _behind(row: ConsentText | None, dutch: ConsentText | None) -> bool:
    """Whether the Dutch was written after this; both the standard text is in step."""
    if dutch is None or (row is not None and row.id > dutch.id):
        return False
    return bool(dutch.parts) or (row is not None and bool(row.parts))


async def _next(
    session: AsyncSession,
    region: Region,
    kind: ConsentKind,
    language: str,
    parts: dict[str, str],
    known: Standing,
    *,
    by_id: int,
    now: datetime,
) -> ConsentText:
    row = ConsentText(
        region_id=region.id, kind=kind, language=language, parts=parts, by_id=by_id, created_at=now,
        version=(known.newest.version if known.newest else 0) + 1,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await events.record(
        session, CHANGED, region_id=region.id, staff_id=by_id,
        data={"consent": kind, "language": language, "number": row.version, "standard": not parts},
    )  # fmt: skip
    return row


def _braced(place: str) -> str:
    return f"{{{place}}}"
