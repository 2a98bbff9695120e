"""What was measured as a table and a plot, beside the floors that were agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.bench_nlu_sets import FEW, NAMES, SEEDS

_WIDTH, _LEFT, _ROW, _TOP = 760, 250, 34, 54
_LOWEST = 50.0  # per cent, where the bars begin
_OURS, _RASA, _FLOOR = "#0b6e6e", "#c28a3a", "#b3261e"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure: `floor` (or ceiling) as written in the agreement; values are None where nothing was measured."""

    what: str
    floor: float
    ours: float | None
    rasa: float | None
    unit: str = "%"
    at_most: bool = False

    @property
    def reached(self) -> bool:
        return self.ours is not None and (
            self.ours <= self.floor if self.at_most else round(self.ours, 2) >= self.floor
        )


_OF_SPEED = frozenset({"s", "ms", "/s"})
_FULL = {"banking77": 93.5, "hwu64": 91.5, "clinc150": 95.0}
_FEW = {"banking77": 84.0, "hwu64": 83.5, "clinc150": 91.0}
_OWN = (
    ("calibration error, our own held-out messages", "ece_held_out", 3.0, 100.0, "%"),
    ("training on our own data", "training_seconds", 60.0, 1.0, "s"),
    ("loading", "load_seconds", 2.0, 1.0, "s"),
    ("one message, p50", "p50_ms", 4.0, 1.0, "ms"),
    ("one message, p95", "p95_ms", 8.0, 1.0, "ms"),
    ("memory of all of understanding", "megabytes", 400.0, 1.0, "MB"),
)


def lines(results: dict[str, Any]) -> list[Line]:
    """All figures of a run: its `public` and `rasa` results by split, and its `own`."""
    found = []
    for name, floor in _FULL.items():
        found.append(_of(results, f"{NAMES[name]}, full", [f"{name}-full"], "accuracy", floor))
    for name, floor in _FEW.items():
        keys = [f"{name}-{FEW}-{seed}" for seed in SEEDS]
        found.append(_of(results, f"{NAMES[name]}, {FEW} an intent", keys, "accuracy", floor))
    typos = "Banking77, full, one or two typos a message"
    found.append(_of(results, typos, ["banking77-full"], "accuracy_typos", 89.0))
    foreign = "CLINC150 out of scope caught, 5 % of its own rejected"
    found.append(_of(results, f"{foreign}, full", ["clinc150-full"], "foreign_caught", 90.0))
    few = [f"clinc150-{FEW}-{seed}" for seed in SEEDS]
    found.append(_of(results, f"{foreign}, {FEW} an intent", few, "foreign_caught", 82.0))
    own = (results.get("own") or {}) | (results.get("speed") or {})
    for what, key, floor, times, unit in _OWN:
        value = own[key] * times if key in own else None
        found.append(Line(what=what, floor=floor, ours=value, rasa=None, unit=unit, at_most=True))
    speed = own.get("a_second")
    found.append(Line(what="messages a second, eight at once", floor=400.0, ours=speed, rasa=None, unit="/s"))
    return found


def _of(results: dict[str, Any], what: str, keys: Sequence[str], figure: str, floor: float) -> Line:
    def mean(of: dict[str, Any]) -> float | None:
        values = [100 * of[key][figure] for key in keys if figure in of.get(key, {})]
        return sum(values) / len(values) if values else None

    return Line(
        what=what, floor=floor, ours=mean(results.get("public", {})), rasa=mean(results.get("rasa", {}))
    )


def table(found: Sequence[Line], *, speed_of: str | None = None) -> str:
    """Markdown; `speed_of` is the day when the speed was measured."""
    rows = ["| measured | agreed | Leerlijn | Rasa 3.6 (DIET) |", "|---|---|---|---|"]
    for line in found:
        agreed = f"{'≤' if line.at_most else '≥'} {line.floor:g} {line.unit}"
        ours = _shown(line.ours, line.unit) + ("" if line.ours is None or line.reached else " (not reached)")
        rows.append(f"| {line.what} | {agreed} | {ours} | {_shown(line.rasa, line.unit)} |")
    if any(line.rasa is not None for line in found):
        rows += ["", f"With {FEW} an intent we are the mean of {len(SEEDS)} draws; Rasa learnt the first."]
    if any(line.ours is None for line in found if line.unit in _OF_SPEED):
        rows += ["", "Speed was measured apart, on a quiet machine: see *Measured* in the README."]
    elif speed_of is not None:
        rows += ["", f"Speed: measured on {speed_of}, without other work beside it."]
    return "\n".join(rows) + "\n"


def plot(found: Sequence[Line]) -> str:
    """An SVG of the percentages that should be high: bars of both, and a mark at what was agreed."""
    shown = [line for line in found if line.unit == "%" and not line.at_most and line.ours is not None]
    height = _TOP + _ROW * len(shown) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif"'
        ' font-size="12" role="img" aria-label="Accuracy of Leerlijn and Rasa beside what was agreed">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for column, (name, colour) in enumerate((("Leerlijn", _OURS), ("Rasa", _RASA), ("agreed", _FLOOR))):
        left = _LEFT + 110 * column
        parts.append(f'<rect x="{left}" y="14" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{left + 18}" y="25" fill="#222">{name}</text>')
    for row, line in enumerate(shown):
        top = _TOP + _ROW * row
        parts.append(_label(line.what, top))
        for offset, value, colour in ((0, line.ours, _OURS), (12, line.rasa, _RASA)):
            if value is not None:
                width = max(_across(value) - _LEFT, 1)
                parts.append(
                    f'<rect x="{_LEFT}" y="{top + offset}" width="{width:.0f}" height="11" fill="{colour}"/>'
                )
                parts.append(
                    f'<text x="{_LEFT + width + 5:.0f}" y="{top + offset + 10}" fill="#222">{value:.1f}</text>'
                )
        x = _across(line.floor)
        parts.append(
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{top - 2}" y2="{top + 25}" stroke="{_FLOOR}" stroke-width="2"/>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _label(what: str, top: int) -> str:
    short = what.replace("CLINC150 out of scope caught, 5 % of its own rejected", "CLINC150 out of scope")
    short = short.replace(", one or two typos a message", ", typos")
    return f'<text x="{_LEFT - 8}" y="{top + 14}" text-anchor="end" fill="#222">{short}</text>'


def _across(value: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - 50) * max(value - _LOWEST, 0) / (100 - _LOWEST)


def _shown(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.1f} {unit}"
