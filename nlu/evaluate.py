"""How well messages are understood: right intents, honest confidence, alarms, and what is taken for what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlu.understander import Understander
from nlu.values import Hints

_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A message with what it means. `language` is the one it is written in."""

    text: str
    intent: str
    language: str
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Shares from 0 to 1. `confusions` holds (wanted, given, how often), commonest first."""

    cases: int
    accuracy: float
    by_language: Mapping[str, float]
    by_intent: Mapping[str, float]
    language_accuracy: float
    crisis_recall: float | None
    crisis_false_alarms: int
    calibration_error: float
    confusions: tuple[tuple[str, str, int], ...]


def evaluate(understander: Understander, cases: Sequence[Case]) -> Evaluation:
    """Understand every case without any memory of the person. Raises ValueError without cases."""
    if not cases:
        raise ValueError("nothing to evaluate: no cases")
    by_language: dict[str, list[bool]] = defaultdict(list)
    by_intent: dict[str, list[bool]] = defaultdict(list)
    confusions: Counter[tuple[str, str]] = Counter()
    believed: list[tuple[float, bool]] = []
    languages: list[bool] = []
    alarms: Counter[tuple[bool, bool]] = Counter()
    for case in cases:
        found = understander.understand(case.text, Hints(channel=case.channel))
        right = found.intent == case.intent
        by_language[case.language].append(right)
        by_intent[case.intent].append(right)
        believed.append((found.confidence, right))
        languages.append(found.language.partition("-")[0] == case.language.partition("-")[0])
        alarms[case.intent == "distress_crisis", found.crisis] += 1
        if not right:
            confusions[case.intent, found.intent] += 1
    in_danger = alarms[True, True] + alarms[True, False]
    return Evaluation(
        cases=len(cases),
        accuracy=_share([right for _, right in believed]),
        by_language={name: _share(rights) for name, rights in sorted(by_language.items())},
        by_intent={name: _share(rights) for name, rights in sorted(by_intent.items())},
        language_accuracy=_share(languages),
        crisis_recall=alarms[True, True] / in_danger if in_danger else None,
        crisis_false_alarms=alarms[False, True],
        calibration_error=_calibration_error(believed),
        confusions=tuple((wanted, given, count) for (wanted, given), count in confusions.most_common()),
    )


def _calibration_error(believed: Sequence[tuple[float, bool]]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in believed:
        bins[min(int(confidence * _BINS), _BINS - 1)].append((confidence, right))
    gaps = [abs(sum(c for c, _ in rows) - sum(right for _, right in rows)) for rows in bins.values()]
    return sum(gaps) / len(believed)


def _share(rights: Sequence[bool]) -> float:
    return sum(rights) / len(rights)
