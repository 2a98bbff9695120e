"""Bar charts drawn by the server: every bar has its name and its number in words, so no colour is needed to read it.

The table beside it says the same; a screen reader hears one sentence and then the table.
"""

from collections.abc import Sequence

from markupsafe import Markup

from data.translation import _
from handover.console.render import number as figure

ROW, BAR, GAP = 28, 16, 8  # in units of the drawing
NAMES, BARS, NUMBERS = 190, 300, 60
LONGEST_NAME = 26  # characters that fit before a bar
MOST = 30  # bars


def bars(rows: Sequence[tuple[str, float]], *, title: str, digits: int = 0) -> Markup:
    """Horizontal bars in the order of `rows`; nothing when there is nothing to compare."""
    shown = list(rows[:MOST])
    most = max((value for _, value in shown), default=0)
    if most <= 0:
        return Markup("")
    height = ROW * len(shown)
    lines = [_bar(number, name, value, most, digits) for number, (name, value) in enumerate(shown)]
    highest = max(shown, key=lambda row: row[1])
    said = _(
        "{title}: staafdiagram. Het hoogst is {name} met {value}. De tabel geeft alle cijfers.",
        title=title, name=highest[0], value=figure(highest[1], digits),
    )  # fmt: skip
    return Markup(
        '<svg class="chart" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-label="{said}">{lines}</svg>'
    ).format(width=NAMES + BARS + NUMBERS, height=height, said=said, lines=Markup("").join(lines))


def _bar(number: int, name: str, value: float, most: float, digits: int) -> Markup:
    top = number * ROW + (ROW - BAR) // 2
    width = round(BARS * value / most, 1)
    middle = number * ROW + ROW // 2
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return Markup(
        '<text x="{names}" y="{middle}" text-anchor="end" dominant-baseline="central">{name}</text>'
        '<rect x="{start}" y="{top}" width="{width}" height="{bar}" rx="2"/>'
        '<text x="{after}" y="{middle}" dominant-baseline="central">{value}</text>'
    ).format(
        names=NAMES - GAP, middle=middle, name=short, start=NAMES, top=top, width=width, bar=BAR,
        after=NAMES + width + GAP, value=figure(value, digits),
    )  # fmt: skip
