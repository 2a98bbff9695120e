"""Whether a candidate may take the place of the current model: nothing that matters may get worse.

Both read the same messages, neither having seen them. Alarms and STOP are compared strictly: one missed message more,
or one false alarm more, is worse. A share of many messages is worse when the candidate loses more messages than it
wins and chance alone would do that in fewer than one of twenty comparisons (a one-sided sign test).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import comb

from nlu.evaluate import Answer

ENOUGH = 30  # messages from which a language counts by itself
_CHANCE = 0.05
_CRISIS, _OPT_OUT = "distress_crisis", "opt_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing compared. Counts of `of` messages: right ones, or false alarms when fewer are better."""

    what: str
    current: int
    candidate: int
    of: int
    won: int
    lost: int
    worse: bool


def compare(
    current: Sequence[Answer], candidate: Sequence[Answer], corrected: Collection[int] = frozenset()
) -> tuple[Check, ...]:
    """All checks. The answers are to the same cases in the same order; `corrected` are indices of corrections.

    Raises ValueError when they are not.
    """
    if [answer.case for answer in current] != [answer.case for answer in candidate]:
        raise ValueError("current and candidate did not read the same messages")
    cases = [answer.case for answer in current]
    languages = sorted({case.language for case in cases if case.language})

    def paired(
        what: str, chosen: Sequence[int], good: Callable[[Answer], bool], *, strict: bool = False
    ) -> Check:
        pairs = [(good(current[index]), good(candidate[index])) for index in chosen]
        return check(what, pairs, strict=strict)

    every = range(len(cases))
    checks = [paired("all messages", every, lambda answer: answer.right)]
    if corrected:
        checks.append(paired("corrected messages", sorted(corrected), lambda answer: answer.right))
    for language in languages:
        chosen = [index for index in every if cases[index].language == language]
        if len(chosen) >= ENOUGH:
            checks.append(paired(f"in {language}", chosen, lambda answer: answer.right))
    for name, intent, sees in (("crisis", _CRISIS, _sees_crisis), ("opt-out", _OPT_OUT, _sees_opt_out)):
        meant = [index for index in every if cases[index].intent == intent]
        others = [index for index in every if cases[index].intent != intent]
        checks.append(paired(f"{name} seen", meant, sees, strict=True))
        checks.append(paired(f"no {name} seen where there is none", others, _not(sees), strict=True))
    return tuple(checks)


def check(what: str, pairs: Sequence[tuple[bool, bool]], *, strict: bool = False) -> Check:
    """One check over (current is right, candidate is right); strict: any net loss is worse."""
    won = sum(not before and after for before, after in pairs)
    lost = sum(before and not after for before, after in pairs)
    return Check(
        what=what,
        current=sum(before for before, _ in pairs),
        candidate=sum(after for _, after in pairs),
        of=len(pairs),
        won=won,
        lost=lost,
        worse=lost > won and (strict or _by_chance(lost, won) < _CHANCE),
    )


def _by_chance(lost: int, won: int) -> float:
    """How often a fair coin loses at least so many of all that differ."""
    tosses = lost + won
    return sum(comb(tosses, heads) for heads in range(lost, tosses + 1)) / float(2**tosses)


def _sees_crisis(answer: Answer) -> bool:
    return answer.found.crisis


def _sees_opt_out(answer: Answer) -> bool:
    return answer.found.opt_out or answer.found.intent == _OPT_OUT


def _not(good: Callable[[Answer], bool]) -> Callable[[Answer], bool]:
    return lambda answer: not good(answer)
