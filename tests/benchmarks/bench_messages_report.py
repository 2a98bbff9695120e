"""What was measured of messages as a table and a plot, beside the aims and beside what nothing can be faster than."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NAMES = {"one": "one process", "several": "serve × 2, work × 2, Redis"}
AIMS = {100: (50.0, 250.0)}  # p99 in milliseconds by rate: until the 200, until the reply
PARTS = ("serve", "work", "embedding", "PostgreSQL", "Redis", "Twilio's stand-in", "generator")
_COLOURS = ("#0b6e6e", "#4f9d9d", "#c28a3a", "#3b5b92", "#b3261e", "#a8a8a8", "#d8d8d8")
_WIDTH, _LEFT, _RIGHT, _ROW, _BAR = 820, 250, 30, 46, 12
_LEAST, _MOST = 1.0, 300_000.0  # milliseconds, the ends of the scale
_ACCEPT, _REPLY, _AIM = "#0b6e6e", "#c28a3a", "#b3261e"


def table(results: Mapping[str, Any]) -> str:
    """Markdown: latencies and counts, the processor by part, and the floors of the same run."""
    rows = [
        f"{results['cores']} cores shared by everything below, load {results['load']} at the start, {results['measured']}.",
        "",
        "| set-up | asked for | offered | until the 200, p50 · p99 | until the reply, p50 · p99 | answered"
        " | refused · lost · doubled · out of order | silent |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for setup, step in _steps(results):
        aim = AIMS.get(step["rate"])
        accept, reply = (f" (aim: p99 ≤ {limit:.0f} ms)" for limit in aim) if aim else ("", "")
        counts = (step["refused"], step["lost"], step["doubled"], step["disordered"])
        rows.append(
            f"| {NAMES[setup]} | {step['rate']}/s | {step['offered']:.0f}/s | {_two(step['accept'])}{accept} |"
            f" {_two(step['whole'])}{reply} | {step['done']:.0f}/s | {' · '.join(map(str, counts))} | {step['silent']} |"
        )
    used = [part for part in PARTS if any(part in step["parts"] for _, step in _steps(results))]
    rows += ["", f"| processor, ms a message | all | {' | '.join(used)} |", "|---" * (len(used) + 2) + "|"]
    for setup, step in _steps(results):
        parts = step["parts"]
        each = " | ".join(f"{parts[part]:.1f}" if part in parts else "-" for part in used)
        rows.append(f"| {NAMES[setup]}, {step['rate']}/s | {sum(parts.values()):.1f} | {each} |")
    rows.append("")
    for setup, found in results["setups"].items():
        floor = found["floor"]
        rows.append(
            f"Floor beside {NAMES[setup]}: a bare echo {_two(floor['echo'])} at 100/s, {_two(floor['echo_fast'])} at"
            f" 1,000/s; one durable insert {_two(floor['insert'])}, {floor['inserts']:.0f}/s over 16 connections."
        )
    if chats := results.get("chats"):
        rows += [
            "",
            f"{chats['sockets']:,} idle web chats: {chats['grown']:.0f} MB (aim: ≤ 100 MB); opened at {chats['connect']:.0f}/s;"
            f" with all open a ping takes {_two(chats['ping'])}.",
        ]
    return "\n".join(rows) + "\n"


def plot(results: Mapping[str, Any]) -> str:
    """An SVG: for each set-up and rate the span from p50 to p99 on a logarithmic scale, and the processor by part."""
    steps = list(_steps(results))
    second = 74 + _ROW * len(steps)
    height = second + 70 + _ROW * len(steps)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif"'
        ' font-size="12" role="img" aria-label="Waiting and processor time for each message, by set-up and rate">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        *_legend((("until the 200", _ACCEPT), ("until the reply", _REPLY), ("aim for p99", _AIM)), 14),
        *_scale(40, second - 18),
    ]
    for row, (setup, step) in enumerate(steps):
        top = 54 + _ROW * row
        parts.append(_label(f"{NAMES[setup]}, {step['rate']}/s", top + 16))
        limits = AIMS.get(step["rate"], (None, None))
        for place, (span, colour, limit) in enumerate(
            zip((step["accept"], step["whole"]), (_ACCEPT, _REPLY), limits, strict=True)
        ):
            parts += _span(span, colour, limit, top + place * (_BAR + 4))
    used = [part for part in PARTS if any(part in step["parts"] for _, step in steps)]
    colours = [(part, _COLOURS[PARTS.index(part)]) for part in used]
    parts.append(_label("processor, ms a message", second + 10))
    parts += _legend(colours, second, width=84)
    most = max(sum(step["parts"].values()) for _, step in steps)
    for row, (setup, step) in enumerate(steps):
        top = second + 34 + _ROW * row
        parts.append(_label(f"{NAMES[setup]}, {step['rate']}/s", top + 16))
        left = float(_LEFT)
        for part, colour in colours:
            width = (_WIDTH - _LEFT - _RIGHT - 40) * step["parts"].get(part, 0.0) / most
            parts.append(f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="26" fill="{colour}"/>')
            left += width
        parts.append(_text(f"{sum(step['parts'].values()):.1f}", left + 6, top + 17))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _steps(results: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for setup, found in results["setups"].items():
        for step in found["steps"]:
            yield setup, step


def _two(span: Sequence[float]) -> str:
    return " · ".join(map(_time, span))


def _time(ms: float) -> str:
    return f"{ms / 1000:.1f} s" if ms >= 1000 else f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms"


def _across(ms: float) -> float:
    share = math.log(min(max(ms, _LEAST), _MOST) / _LEAST) / math.log(_MOST / _LEAST)
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * share


def _scale(top: int, bottom: int) -> list[str]:
    parts = []
    for ms in (1, 10, 100, 1000, 10_000, 100_000):
        x = _across(ms)
        parts.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{top}" y2="{bottom}" stroke="#e4e4e4"/>')
        parts.append(_text(_time(ms).replace(".0", ""), x, top - 2, anchor="middle", colour="#666"))
    return parts


def _span(span: Sequence[float], colour: str, limit: float | None, top: int) -> list[str]:
    left, right = _across(span[0]), _across(span[1])
    parts = [
        f'<rect x="{left:.1f}" y="{top}" width="{max(right - left, 2):.1f}" height="{_BAR}" fill="{colour}"/>'
    ]
    if limit is not None:
        x = _across(limit)
        parts.append(
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{top - 2}" y2="{top + _BAR + 2}" stroke="{_AIM}" stroke-width="2"/>'
        )
    return parts


def _legend(items: Sequence[tuple[str, str]], top: int, *, width: int = 130) -> list[str]:
    parts = []
    for column, (name, colour) in enumerate(items):
        left = _LEFT + width * column
        parts.append(f'<rect x="{left}" y="{top}" width="11" height="11" fill="{colour}"/>')
        parts.append(_text(name.replace("Twilio's stand-in", "Twilio"), left + 15, top + 10))
    return parts


def _label(what: str, y: int) -> str:
    return _text(what, _LEFT - 8, y, anchor="end")


def _text(what: str, x: float, y: float, *, anchor: str = "start", colour: str = "#222") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{what}</text>'
