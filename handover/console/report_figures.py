"""Every report as one figure: its name, what it counts in words, a table, and what of it is drawn.

The page, the CSV and the XLSX are made of the same figure, so that they cannot differ.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog import barriers as named_barriers
from data.catalog.gaps import months
from dispatch import clock
from handover import microcontacts, reports
from handover.access import READS_GAPS
from handover.console.gaps import BARRIERS
from handover.console.labels import PHASES, word
from handover.console.render import duration, number
from handover.reports import REST, SMALL, Span
from handover.sheets import Cell

FEWER = f"minder dan {SMALL}"
STATES = {
    "offered": "aangeboden", "consented": "toegestemd", "declined": "niet gewild", "sent": "doorgegeven",
    "arrived": "aangekomen",
}  # fmt: skip
HELPED = {1: "1, ja", 2: "2, een beetje", 3: "3, nee"}


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
        return FEWER if 0 < count < SMALL and self.span.regions is not None else count


Made = Callable[[Asked], Awaitable[Figure]]


async def waiting(asked: Asked) -> Figure:
    found = await reports.waits(asked.session, asked.span)
    promises = found.kept + found.broken
    return Figure(
        id="wachten", title="Wachten op een mens en beloften",
        means="Wachttijd: van het eerste bericht zonder antwoord tot een medewerker het gesprek overneemt. Een belofte"
        " is gebroken als dat na het beloofde uur was.",
        head=("Wat", "Hoeveel"),
        rows=(
            ("gesprekken uit de wachtrij genomen", asked.persons(found.handed_over)),
            ("wachttijd, de middelste", duration(found.median_s)),
            ("negen op tien wachtten minder dan", duration(found.slow_s)),
            ("beloften gehouden", found.kept), ("beloften gebroken", found.broken),
            ("gehouden van elke 100 beloften", round(100 * found.kept / promises) if promises else "–"),
        ),
        drawn=(("gehouden", found.kept), ("gebroken", found.broken)),
    )  # fmt: skip


async def funnel(asked: Asked) -> Figure:
    rows = [(word(tier, "tier"), count) for tier, count in await reports.funnel(asked.session, asked.span)]
    return Figure(
        id="trappen", title="Gesprekken per trap",
        means="Elk gesprek telt één keer, bij de zwaarste trap die erin beslist is: traject boven bemiddeling en"
        " doorverwijzing, die boven informatie. Een verbetering door een medewerker gaat voor.",
        head=("Trap", "Gesprekken"), rows=rows, drawn=rows,
    )  # fmt: skip


async def channels(asked: Asked) -> Figure:
    found = await reports.channels(asked.session, asked.span)
    return Figure(
        id="kanalen", title="Kanalen",
        means="Een persoon die op twee kanalen schrijft, telt bij elk kanaal één keer. Getekend: berichten, beide"
        f" kanten. Aantallen personen onder {SMALL} tonen we niet per regio.",
        head=("Kanaal", "Personen die schreven", "Berichten, beide kanten"),
        rows=[(word(name, "channel"), asked.persons(people), count) for name, people, count in found],
        drawn=[(word(name, "channel"), count) for name, _, count in found],
    )  # fmt: skip


async def hours(asked: Asked) -> Figure:
    found = await reports.hours(asked.session, asked.span)
    rows = [(f"{hour} u", count) for hour, count in enumerate(found) if count or 8 <= hour < 20]
    return Figure(
        id="uren", title="Uur van de dag",
        means="Berichten van personen, naar het uur in België. Uren voor 8 en na 20 staan er alleen als er iets was.",
        head=("Uur", "Berichten van personen"), rows=rows, drawn=rows if any(found) else (),
    )  # fmt: skip


async def contacts(asked: Asked) -> Figure:
    found = await reports.contacts(asked.session, asked.span)
    ways = [(word(way, "way"), count) for way, count in found.by_way]
    return Figure(
        id="microcontacten", title="Microcontacten per traject",
        means="In trajecten die in deze tijd open waren. Telefoon, bezoek en wie niet kwam tellen elk één keer. Berichten"
        " met een medewerker die binnen 30 minuten op elkaar volgen, tellen samen één keer. De bot telt niet. Er wordt"
        f" gerekend op {microcontacts.NORM} per traject.",
        head=("Wat", "Hoeveel"),
        rows=(
            ("trajecten open in deze tijd", found.trajectories), ("microcontacten daarin", found.contacts),
            ("per traject", number(found.mean, 1)), *ways,
        ),
        drawn=ways,
    )  # fmt: skip


async def phases(asked: Asked) -> Figure:
    found = dict(await reports.phases(asked.session, asked.span))
    rows = [(words, found.get(code, 0)) for code, words in PHASES.items()]
    return Figure(
        id="fasen", title="Trajecten per fase, nu", means="Open trajecten, in de fase waarin ze vandaag zijn.",
        head=("Fase", "Trajecten"), rows=rows, drawn=rows,
    )  # fmt: skip


async def appointments(asked: Asked) -> Figure:
    found = dict(await reports.appointments(asked.session, asked.span))
    rows = [(word(status, "appointment"), count) for status, count in found.items()]
    held = found.get("attended", 0) + found.get("no_show", 0)
    share = round(100 * found.get("no_show", 0) / held) if held else "–"
    return Figure(
        id="afspraken", title="Afspraken en wie niet kwam",
        means="Afspraken die in deze tijd begonnen of zouden beginnen. “Kwam niet van elke 100” telt alleen afspraken"
        " waarvan iemand noteerde of de persoon kwam.",
        head=("Wat ervan kwam", "Afspraken"), rows=[*rows, ("kwam niet van elke 100", share)], drawn=rows,
    )  # fmt: skip


async def referrals(asked: Asked) -> Figure:
    rows = [
        (
            f"{'naar een partner' if direction == 'out' else 'van een partner'}, {STATES.get(state, state)}",
            count,
        )
        for direction, state, count in await reports.referrals(asked.session, asked.span)
    ]
    told = await reports.progress_told(asked.session, asked.span)
    return Figure(
        id="doorverwijzingen", title="Doorverwijzingen, beide kanten",
        means="Elke doorverwijzing telt één keer, in de toestand van vandaag. Wie doorverwees hoort alleen hoe het loopt"
        " als de cliënt dat goed vindt.",
        head=("Richting en toestand", "Doorverwijzingen"),
        rows=[*rows, ("van een partner, die met toestemming hoorde hoe het loopt", told)], drawn=rows,
    )  # fmt: skip


async def barriers(asked: Asked) -> Figure:
    span = asked.span
    wanted = months(clock.day_of(span.start), clock.day_of(span.end))
    counts: dict[str, int] = {}
    for row in await named_barriers.barriers(asked.session, wanted, k=asked.k, regions=span.regions):
        counts[row.barrier] = counts.get(row.barrier, 0) + row.persons
    rows = [(BARRIERS.get(code, code), count) for code, count in sorted(counts.items(), key=lambda x: -x[1])]
    return Figure(
        id="drempels", title="Drempels die mensen noemden",
        means="Personen die in een maand zeiden wat hen tegenhoudt, opgeteld over de kalendermaanden van deze tijd. Wat"
        f" minder dan {asked.k} personen noemden, telt samen of blijft weg.",
        head=("Drempel", "Personen, per maand geteld"), rows=rows, drawn=rows,
    )  # fmt: skip


async def satisfaction(asked: Asked) -> Figure:
    found = await reports.satisfaction(asked.session, asked.span)
    few = 0 < found.answered < SMALL
    rows = [(HELPED[digit], FEWER if few and count else count) for digit, count in found.answers.items()]
    return Figure(
        id="tevredenheid", title="Hielp het gesprek?",
        means="Eén vraag na een gesprek met een medewerker, op hetzelfde kanaal: 1 ja, 2 een beetje, 3 nee. Niet gevraagd"
        f" in stille uren, na STOP of na nood. Bij minder dan {SMALL} antwoorden tonen we niet wie wat zei.",
        head=("Antwoord", "Gesprekken"),
        rows=(("gevraagd", found.asked), ("beantwoord", found.answered), *rows),
        drawn=() if few else [(HELPED[digit], count) for digit, count in found.answers.items()],
    )  # fmt: skip


async def reach(asked: Asked) -> Figure:
    names = {"": "woonplaats niet bekend", REST: "andere gemeenten, samen"}
    rows = [(names.get(name, name), count) for name, count in await reports.reach(asked.session, asked.span)]
    return Figure(
        id="bereik", title="Bereik per gemeente",
        means="Personen die in deze tijd schreven, naar de gemeente waar ze wonen. Gemeenten met minder dan"
        f" {SMALL} personen tellen samen, en nooit zo dat je er een kan uitrekenen.",
        head=("Gemeente", "Personen"), rows=rows, drawn=rows,
    )  # fmt: skip


FIGURES: Mapping[str, Made] = {
    "wachten": waiting, "trappen": funnel, "kanalen": channels, "uren": hours, "microcontacten": contacts,
    "fasen": phases, "afspraken": appointments, "doorverwijzingen": referrals, "drempels": barriers,
    "tevredenheid": satisfaction, "bereik": reach,
}  # fmt: skip
RESTRICTED = {"drempels": READS_GAPS}
"""Which figures are not for everybody who may read reports."""
