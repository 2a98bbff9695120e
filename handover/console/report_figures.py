"""Every report as one figure: its name, what it counts in words, a table, and what of it is drawn.

The page, the CSV and the XLSX are made of the same figure, so that they cannot differ.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog import barriers as named_barriers
from data.catalog.gaps import months
from data.translation import N_, _
from dispatch import clock
from handover import microcontacts, reports
from handover.access import READS_GAPS
from handover.console.gaps import BARRIERS
from handover.console.labels import word, words
from handover.console.render import duration, number
from handover.reports import REST, SMALL, Span
from handover.sheets import Cell

STATES = {
    "offered": N_("aangeboden"), "consented": N_("toegestemd"), "declined": N_("niet gewild"), "sent": N_("doorgegeven"),
    "arrived": N_("aangekomen"),
}  # fmt: skip
DIRECTIONS = {"out": N_("naar een partner"), "in": N_("van een partner")}
HELPED = {1: N_("1, ja"), 2: N_("2, een beetje"), 3: N_("3, nee")}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A report. `drawn` are the rows of the chart, empty when a table says it better."""

    id: str
    title: str
    means: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    drawn: Sequence[tuple[str, float]] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a figure is asked about; `k`: no cell of the barriers tells of fewer persons."""

    session: AsyncSession
    span: Span
    k: int

    def persons(self, count: int) -> Cell:
        """A number of persons of one region, hidden when it is small."""
        return fewer() if 0 < count < SMALL and self.span.regions is not None else count


def fewer() -> str:
    """A number of persons that is too small to tell."""
    return _("minder dan {count}", count=SMALL)


Made = Callable[[Asked], Awaitable[Figure]]


async def waiting(asked: Asked) -> Figure:
    found = await reports.waits(asked.session, asked.span)
    promises = found.kept + found.broken
    return Figure(
        id="wachten", title=_("Wachten op een mens en beloften"),
        means=_(
            "Wachttijd: van het eerste bericht zonder antwoord tot een medewerker het gesprek overneemt. Een belofte"
            " is gebroken als dat na het beloofde uur was."
        ),
        head=(_("Wat"), _("Hoeveel")),
        rows=(
            (_("gesprekken uit de wachtrij genomen"), asked.persons(found.handed_over)),
            (_("wachttijd, de middelste"), duration(found.median_s)),
            (_("negen op tien wachtten minder dan"), duration(found.slow_s)),
            (_("beloften gehouden"), found.kept), (_("beloften gebroken"), found.broken),
            (_("gehouden van elke 100 beloften"), round(100 * found.kept / promises) if promises else "–"),
        ),
        drawn=((_("gehouden"), found.kept), (_("gebroken"), found.broken)),
    )  # fmt: skip


async def funnel(asked: Asked) -> Figure:
    rows = [(word(tier, "tier"), count) for tier, count in await reports.funnel(asked.session, asked.span)]
    return Figure(
        id="trappen", title=_("Gesprekken per trap"),
        means=_(
            "Elk gesprek telt één keer, bij de zwaarste trap die erin beslist is: traject boven bemiddeling en"
            " doorverwijzing, die boven informatie. Een verbetering door een medewerker gaat voor."
        ),
        head=(_("Trap"), _("Gesprekken")), rows=rows, drawn=rows,
    )  # fmt: skip


async def channels(asked: Asked) -> Figure:
    found = await reports.channels(asked.session, asked.span)
    return Figure(
        id="kanalen", title=_("Kanalen"),
        means=_(
            "Een persoon die op twee kanalen schrijft, telt bij elk kanaal één keer. Getekend: berichten, beide"
            " kanten. Aantallen personen onder {small} tonen we niet per regio.",
            small=SMALL,
        ),
        head=(_("Kanaal"), _("Personen die schreven"), _("Berichten, beide kanten")),
        rows=[(word(name, "channel"), asked.persons(people), count) for name, people, count in found],
        drawn=[(word(name, "channel"), count) for name, _people, count in found],
    )  # fmt: skip


async def hours(asked: Asked) -> Figure:
    found = await reports.hours(asked.session, asked.span)
    rows = [(_("{hour} u", hour=hour), count) for hour, count in enumerate(found) if count or 8 <= hour < 20]
    return Figure(
        id="uren", title=_("Uur van de dag"),
        means=_("Berichten van personen, naar het uur in België. Uren voor 8 en na 20 staan er alleen als er iets was."),
        head=(_("Uur"), _("Berichten van personen")), rows=rows, drawn=rows if any(found) else (),
    )  # fmt: skip


async def contacts(asked: Asked) -> Figure:
    found = await reports.contacts(asked.session, asked.span)
    ways = [(word(way, "way"), count) for way, count in found.by_way]
    return Figure(
        id="microcontacten", title=_("Microcontacten per traject"),
        means=_(
            "In trajecten die in deze tijd open waren. Telefoon, bezoek en wie niet kwam tellen elk één keer. Berichten"
            " met een medewerker die binnen 30 minuten op elkaar volgen, tellen samen één keer. De bot telt niet. Er wordt"
            " gerekend op {norm} per traject.",
            norm=microcontacts.NORM,
        ),
        head=(_("Wat"), _("Hoeveel")),
        rows=(
            (_("trajecten open in deze tijd"), found.trajectories), (_("microcontacten daarin"), found.contacts),
            (_("per traject"), number(found.mean, 1)), *ways,
        ),
        drawn=ways,
    )  # fmt: skip


async def phases(asked: Asked) -> Figure:
    found = dict(await reports.phases(asked.session, asked.span))
    rows = [(phase, found.get(code, 0)) for code, phase in words("phase").items()]
    return Figure(
        id="fasen", title=_("Trajecten per fase, nu"), means=_("Open trajecten, in de fase waarin ze vandaag zijn."),
        head=(_("Fase"), _("Trajecten")), rows=rows, drawn=rows,
    )  # fmt: skip


async def appointments(asked: Asked) -> Figure:
    found = dict(await reports.appointments(asked.session, asked.span))
    rows = [(word(status, "appointment"), count) for status, count in found.items()]
    held = found.get("attended", 0) + found.get("no_show", 0)
    share = round(100 * found.get("no_show", 0) / held) if held else "–"
    return Figure(
        id="afspraken", title=_("Afspraken en wie niet kwam"),
        means=_(
            "Afspraken die in deze tijd begonnen of zouden beginnen. “Kwam niet van elke 100” telt alleen afspraken"
            " waarvan iemand noteerde of de persoon kwam."
        ),
        head=(_("Wat ervan kwam"), _("Afspraken")), rows=[*rows, (_("kwam niet van elke 100"), share)], drawn=rows,
    )  # fmt: skip


async def referrals(asked: Asked) -> Figure:
    rows = [
        (
            f"{_(DIRECTIONS[direction])}, {_(STATES.get(state, state))}",
            count,
        )
        for direction, state, count in await reports.referrals(asked.session, asked.span)
    ]
    told = await reports.progress_told(asked.session, asked.span)
    return Figure(
        id="doorverwijzingen", title=_("Doorverwijzingen, beide kanten"),
        means=_(
            "Elke doorverwijzing telt één keer, in de toestand van vandaag. Wie doorverwees hoort alleen hoe het loopt"
            " als de cliënt dat goed vindt."
        ),
        head=(_("Richting en toestand"), _("Doorverwijzingen")),
        rows=[*rows, (_("van een partner, die met toestemming hoorde hoe het loopt"), told)], drawn=rows,
    )  # fmt: skip


async def barriers(asked: Asked) -> Figure:
    span = asked.span
    wanted = months(clock.day_of(span.start), clock.day_of(span.end))
    counts: dict[str, int] = {}
    for row in await named_barriers.barriers(asked.session, wanted, k=asked.k, regions=span.regions):
        counts[row.barrier] = counts.get(row.barrier, 0) + row.persons
    rows = [
        (_(BARRIERS.get(code, code)), count) for code, count in sorted(counts.items(), key=lambda x: -x[1])
    ]
    return Figure(
        id="drempels", title=_("Drempels die mensen noemden"),
        means=_(
            "Personen die in een maand zeiden wat hen tegenhoudt, opgeteld over de kalendermaanden van deze tijd. Wat"
            " minder dan {k} personen noemden, telt samen of blijft weg.",
            k=asked.k,
        ),
        head=(_("Drempel"), _("Personen, per maand geteld")), rows=rows, drawn=rows,
    )  # fmt: skip


async def satisfaction(asked: Asked) -> Figure:
    found = await reports.satisfaction(asked.session, asked.span)
    few = 0 < found.answered < SMALL
    rows = [(_(HELPED[digit]), fewer() if few and count else count) for digit, count in found.answers.items()]
    return Figure(
        id="tevredenheid", title=_("Hielp het gesprek?"),
        means=_(
            "Eén vraag na een gesprek met een medewerker, op hetzelfde kanaal: 1 ja, 2 een beetje, 3 nee. Niet gevraagd"
            " in stille uren, na STOP of na nood. Bij minder dan {small} antwoorden tonen we niet wie wat zei.",
            small=SMALL,
        ),
        head=(_("Antwoord"), _("Gesprekken")),
        rows=((_("gevraagd"), found.asked), (_("beantwoord"), found.answered), *rows),
        drawn=() if few else [(_(HELPED[digit]), count) for digit, count in found.answers.items()],
    )  # fmt: skip


async def reach(asked: Asked) -> Figure:
    names = {"": _("woonplaats niet bekend"), REST: _("andere gemeenten, samen")}
    rows = [(names.get(name, name), count) for name, count in await reports.reach(asked.session, asked.span)]
    return Figure(
        id="bereik", title=_("Bereik per gemeente"),
        means=_(
            "Personen die in deze tijd schreven, naar de gemeente waar ze wonen. Gemeenten met minder dan"
            " {small} personen tellen samen, en nooit zo dat je er een kan uitrekenen.",
            small=SMALL,
        ),
        head=(_("Gemeente"), _("Personen")), rows=rows, drawn=rows,
    )  # fmt: skip


FIGURES: Mapping[str, Made] = {
    "wachten": waiting, "trappen": funnel, "kanalen": channels, "uren": hours, "microcontacten": contacts,
    "fasen": phases, "afspraken": appointments, "doorverwijzingen": referrals, "drempels": barriers,
    "tevredenheid": satisfaction, "bereik": reach,
}  # fmt: skip
RESTRICTED = {"drempels": READS_GAPS}
"""Which figures are not for everybody who may read reports."""
