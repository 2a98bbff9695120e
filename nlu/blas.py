"""The library that multiplies matrices for numpy, kept to one thread while serving."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path

_MAPS = Path("/proc/self/maps")
_NAMES = tuple(
    f"{start}openblas_{{verb}}_num_threads{end}" for start in ("scipy_", "") for end in ("64_", "")
)


def use_one_thread() -> None:
    """For one message at a time, OpenBLAS's threads wait more than they work: measured, 7 ms of processor became 2.4.

    It reads its setting from the environment, but only when numpy is first imported. Of other libraries, and on other
    systems than Linux, nothing changes.
    """
    for library in _loaded():
        setter = _symbol(library, "set")
        if setter is not None:
            setter(1)


def threads() -> int | None:
    """On how many threads it multiplies; None when that cannot be told."""
    for library in _loaded():
        getter = _symbol(library, "get")
        if getter is not None:
            return int(getter())
    return None


def _loaded() -> Iterator[ctypes.CDLL]:
    try:
        lines = _MAPS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for path in sorted({line.split(maxsplit=5)[5] for line in lines if "openblas" in line}):
        yield ctypes.CDLL(path)


def _symbol(library: ctypes.CDLL, verb: str) -> Callable[..., int] | None:
    for name in _NAMES:
        found: Callable[..., int] | None = getattr(library, name.format(verb=verb), None)
        if found is not None:
            return found
    return None
