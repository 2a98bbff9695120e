"""The measurements as one page that needs nothing else: text, tables, drawings of our own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.evaluation import plots
from bot.evaluation.tiers import TierScore
from handover.console.labels import word
from nlu.evaluate import SLOTS, Answer, Evaluation, Share, SlotScore

MOST_INTENTS = 20  # in the matrix: the ones that go wrong most
MOST_CONFUSIONS = 25
_ACTS = {
    "confirm": "ja", "deny": "nee", "choose": "een keuze", "repeat": "nog eens", "thanks": "bedankt", "more": "meer",
    "give_place": "een plaats", "give_time": "een tijdstip",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a report tells of: `source` in words, the answers and what came of them."""

    source: str
    model: str
    made: datetime
    answers: Sequence[Answer]
    found: Evaluation
    tiers: TierScore


def page(measured: Measured) -> str:
    """The whole page as HTML, in Dutch."""
    found = measured.found
    return _environment().get_template("report.html").render(
        m=measured, found=found, tiers=measured.tiers, matrix=_matrix(measured.answers),
        curve=plots.calibration("Hoe zeker en hoe vaak juist", found.calibration),
        languages=_bars("Juist per taal", {_language(k): v for k, v in found.by_language.items()}),
        varieties=_bars("Juist per soort taal", found.by_variety),
        intents=_bars(
            "Juist per vraag",
            {_intent(name): share for name, share in sorted(found.by_intent.items(), key=lambda p: p[1].value)},
        ),
        slots=plots.bars(
            "Gegevens gevonden (F1)",
            [(word(n, "slot"), s.f1, f"{s.f1:.0%}, {s.met} van {s.wanted}") for n, s in found.slots.items()],
        ),
        confusions=found.confusions[:MOST_CONFUSIONS], intent=_intent, tier=lambda code: word(code, "tier"),
        slot=lambda code: word(code, "slot"), language=_language,
    )  # fmt: skip


def table(measured: Measured) -> str:
    """The same in a few lines for a terminal."""
    found, slots = measured.found, measured.found.all_slots
    rows = [("messages", str(found.intents.of)), ("intent", _percent(found.intents))]
    if measured.tiers.share.of:
        rows.append(("tier", _percent(measured.tiers.share)))
    if found.languages.of:
        rows.append(("language guessed", _percent(found.languages)))
    if found.crisis.of:
        rows.append(("crisis recall", _percent(found.crisis)))
    rows.append(("crisis false alarms", str(found.crisis_false_alarms)))
    if found.opt_out.of:
        rows.append(("opt-out recall", _percent(found.opt_out)))
    rows += [
        ("opt-out false alarms", str(found.opt_out_false_alarms)),
        ("calibration error", f"{found.calibration_error:.3f}"),
    ]
    if slots.wanted:
        rows.append(("slots F1, names that are read for", _f1(found.known_slots)))
        rows.append(("slots F1, all names", _f1(slots)))
        known = [(name, score) for name, score in found.slots.items() if name in SLOTS]
        rows += [(f"  {name}", f"{_f1(score)}, {score.met} of {score.wanted}") for name, score in known]
        left_out = [f"{name} {score.wanted}" for name, score in found.slots.items() if name not in SLOTS]
        if left_out:
            rows.append(("  not read for", ", ".join(left_out)))
    rows += [(f"  in {name}", _percent(share)) for name, share in found.by_language.items()]
    rows += [(f"  {name}", _percent(share)) for name, share in found.by_variety.items()]
    rows += [(f"  {a} read as {b}", str(count)) for a, b, count in found.confusions[:10]]
    return "\n".join(f"{name:44} {value}" for name, value in rows)


def _f1(score: SlotScore) -> str:
    return f"{score.f1:6.1%} (precision {score.precision:.1%}, recall {score.recall:.1%})"


def _percent(share: Share) -> str:
    return f"{share.value:6.1%}  {share.right}/{share.of}"


def _bars(title: str, shares: Mapping[str, Share]) -> Markup:
    rows = [
        (name, share.value, f"{share.value:.0%}, {share.right} van {share.of}")
        for name, share in shares.items()
    ]
    return plots.bars(title, rows)  # fmt: skip


def _matrix(answers: Sequence[Answer]) -> Markup:
    """Of the intents that go wrong most, what each is read as."""
    wrong = Counter(answer.case.intent for answer in answers if not answer.right)
    names = [name for name, _ in wrong.most_common(MOST_INTENTS)]
    place = {name: index for index, name in enumerate(names)}
    totals = Counter(answer.case.intent for answer in answers)
    counts = Counter(
        (place[answer.case.intent], place[answer.given])
        for answer in answers
        if answer.case.intent in place and answer.given in place
    )
    return plots.matrix(
        "Wat werd gelezen als wat",
        [_intent(name) for name in names],
        counts,
        [totals[name] for name in names],
    )


def _intent(code: str) -> str:
    return _ACTS.get(code) or word(code, "intent")


def _language(code: str) -> str:
    primary, _, script = code.partition("-")
    return word(primary, "language") + (f" ({script})" if script else "")


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
