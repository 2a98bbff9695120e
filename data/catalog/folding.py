"""Counts in which nobody can be recognised (k-anonymity), made by folding rare cells into coarser ones.

Every row falls in exactly one published cell, and every cell holds rows of at least k different askers. What is too
rare for its own cell goes with its neighbours into a coarser one, and what is rare even at the coarsest goes with the
smallest cell that can be shown. So the totals add up, and no small number is left over when cells are subtracted from
a total.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

REST = "*"
"""In a cell: whatever value, too rare to be told apart."""

Key = tuple[str, ...]
Step = Mapping[int, Callable[[str], str]]
"""One way of looking coarser: position in the key → what a value there becomes. What came out stays as it is."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Questions of one asker: their cell at the finest."""

    key: Key
    asker: Hashable
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A published cell. `key` has REST where values were folded together."""

    key: Key
    rows: Sequence[Row]

    @property
    def count(self) -> int:
        return sum(row.count for row in self.rows)

    @property
    def askers(self) -> int:
        """So many different askers, or more."""
        return _askers(self.rows)


def whatever(value: str) -> str:
    """The coarsest: REST for every value."""
    return REST


def fold(rows: Iterable[Row], steps: Sequence[Step], k: int) -> list[Cell]:
    """Cells of at least `k` different askers that hold every row once; none at all when all together are fewer.

    `steps` go from fine to coarse, each on top of those before; after the last everything left is one cell.
    """
    left: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        left[row.key].append(row)
    whole = dict.fromkeys(range(len(next(iter(left), ()))), whatever)
    shown: list[Cell] = []
    for step in ({}, *steps, whole):
        cells: dict[Key, list[Row]] = defaultdict(list)
        for key, found in left.items():
            cells[_coarser(key, step)] += found
        ready = sorted(key for key, found in cells.items() if _askers(found) >= k)
        shown += [Cell(key=key, rows=cells.pop(key)) for key in ready]
        left = cells
    if not left or not shown:
        return shown
    rest = [row for found in left.values() for row in found]
    keys = {row.key for row in rest}
    meetings = [_meeting({cell.key, *keys}, (*steps, whole)) for cell in shown]
    near = min(range(len(shown)), key=lambda place: (meetings[place][0], shown[place].count))
    wider = Cell(key=meetings[near][1], rows=[*shown[near].rows, *rest])
    return [*shown[:near], *shown[near + 1 :], wider]


def _meeting(keys: set[Key], steps: Sequence[Step]) -> tuple[int, Key]:
    """The finest cell that holds all of these, each place in the key by itself; and how much coarser that is."""
    cost, found = 0, []
    for place, values in enumerate(map(set, zip(*keys, strict=True))):
        for weight, step in enumerate(steps, 1):
            if len(values) == 1:
                break
            if place in step:
                values = {REST if value == REST else step[place](value) for value in values}
                cost += weight
        found.append(values.pop())
    return cost, tuple(found)


def _askers(rows: Iterable[Row]) -> int:
    return len({row.asker for row in rows})


def _coarser(key: Key, step: Step) -> Key:
    for place, wider in step.items():
        if key[place] != REST:
            key = (*key[:place], wider(key[place]), *key[place + 1 :])
    return key
