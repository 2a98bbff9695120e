"""Drawings of our own as SVG: each with a title and a description, colours from the page, numbers as text."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from nlu.evaluate import Bin

_BAR, _LABEL, _SCALE = 22, 190, 300  # pixels: height of a row, width of its label, length of the whole share
_CELL, _SIDE, _TOP, _RIGHT = 22, 210, 190, 120
_PLOT, _MARGIN = 260, 44
_LEAST_RADIUS, _MOST_RADIUS = 3.0, 12.0


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> Markup:
    """Rows of (name, share from 0 to 1, what to write behind the bar)."""
    height = _BAR * len(rows) + 4
    drawn = [
        f'<text x="{_LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect class="track" x="{_LABEL}" y="{y + 4}" width="{_SCALE}" height="{_BAR - 8}" rx="2"/>'
        f'<rect class="bar" x="{_LABEL}" y="{y + 4}" width="{_SCALE * share:.1f}" height="{_BAR - 8}" rx="2"/>'
        f'<text x="{_LABEL + _SCALE + 8}" y="{y + 15}">{escape(words)}</text>'
        for y, (name, share, words) in zip(range(0, height, _BAR), rows, strict=False)
    ]
    said = "; ".join(f"{name}: {words}" for name, _, words in rows)
    return _svg(title, said, _LABEL + _SCALE + 170, height, drawn)


def calibration(title: str, bins: Sequence[Bin]) -> Markup:
    """How often it was right against how sure it was; on the dotted line it is as right as it is sure."""
    size = _PLOT + 2 * _MARGIN
    most = max((b.cases for b in bins), default=1)

    def x(share: float) -> float:
        return _MARGIN + share * _PLOT

    def y(share: float) -> float:
        return _MARGIN + (1 - share) * _PLOT

    drawn = [f'<line class="axis even" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>']
    for tenth in (0, 0.5, 1):
        drawn += [
            f'<line class="grid" x1="{x(0)}" y1="{y(tenth)}" x2="{x(1)}" y2="{y(tenth)}"/>',
            f'<text x="{x(0) - 6}" y="{y(tenth) + 4}" text-anchor="end">{tenth:.0%}</text>',
            f'<text x="{x(tenth)}" y="{y(0) + 18}" text-anchor="middle">{tenth:.0%}</text>',
        ]
    path = " ".join(f"{x(b.confidence):.1f},{y(b.accuracy):.1f}" for b in bins)
    drawn.append(f'<polyline class="curve" points="{path}"/>')
    drawn += [
        f'<circle class="dot" cx="{x(b.confidence):.1f}" cy="{y(b.accuracy):.1f}" '
        f'r="{_LEAST_RADIUS + (_MOST_RADIUS - _LEAST_RADIUS) * (b.cases / most) ** 0.5:.1f}">'
        f"<title>{b.confidence:.0%} zeker, {b.accuracy:.0%} juist, {b.cases} berichten</title></circle>"
        for b in bins
    ]
    drawn += [
        f'<text x="{x(0.5)}" y="{size - 8}" text-anchor="middle">hoe zeker</text>',
        f'<text x="14" y="{y(0.5)}" text-anchor="middle" transform="rotate(-90 14 {y(0.5)})">hoe vaak juist</text>',
    ]
    said = "; ".join(f"{b.confidence:.0%} zeker: {b.accuracy:.0%} juist" for b in bins)
    return _svg(title, said, size, size, drawn)


def matrix(
    title: str, names: Sequence[str], counts: Mapping[tuple[int, int], int], totals: Sequence[int]
) -> Markup:
    """What was meant (rows) against what was understood (columns), by share of the row; indices into `names`."""
    width, height = _SIDE + _CELL * len(names) + _RIGHT, _TOP + _CELL * len(names) + 4
    drawn = []
    for index, name in enumerate(names):
        at = _CELL * index
        drawn += [
            f'<text x="{_SIDE - 8}" y="{_TOP + at + 15}" text-anchor="end">{escape(name)}</text>',
            f'<text transform="translate({_SIDE + at + 15} {_TOP - 6}) rotate(-60)">{escape(name)}</text>',
        ]
    for (row, column), count in sorted(counts.items()):
        share = count / totals[row] if totals[row] else 0.0
        place = (
            f'x="{_SIDE + _CELL * column}" y="{_TOP + _CELL * row}" width="{_CELL - 1}" height="{_CELL - 1}"'
        )
        kind = "right" if row == column else "wrong"
        said = f"{names[row]}, gelezen als {names[column]}: {count} van {totals[row]}"
        drawn.append(
            f'<rect class="{kind}" {place} fill-opacity="{max(0.08, share**0.5):.2f}"><title>{escape(said)}</title></rect>'
        )
        if row != column:
            drawn.append(
                f'<text class="count" x="{_SIDE + _CELL * column + _CELL / 2}" y="{_TOP + _CELL * row + 15}" '
                f'text-anchor="middle" aria-hidden="true">{count}</text>'
            )
    return _svg(title, "De tabel hieronder zegt hetzelfde in woorden.", width, height, drawn)


def _svg(title: str, description: str, width: float, height: float, parts: Sequence[str]) -> Markup:
    return Markup(
        '<svg role="img" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" aria-label="{2}. {3}">{4}</svg>'
    ).format(width, height, title, description, Markup("").join(map(Markup, parts)))
