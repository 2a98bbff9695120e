"""How well messages are understood: our engine, and Rasa where there is one, on the same splits in the same run.

    python -m tests.benchmarks.bench_nlu [--few] [--sets SET ...] [--busy] [--only ours|rasa|speed] [--rasa-full SET ...] [--cache FOLDER]

The public sets lie in LEERLIJN_NLU_DATA; without them only our own data is measured. Rasa is LEERLIJN_RASA or `rasa`
on PATH: it learns seed 0 of the small splits, then the sets of --rasa-full, for half an hour or more each, beside ours,
which changes no accuracy. Writes docs/nlu-benchmark.json, .md and .svg, again after every split; what is not measured
this time stays as it was, each figure with its day. Speed wants a machine without other work: --busy leaves it, and
--only speed measures it alone, in three minutes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from nlu.blas import use_one_thread
from tests.benchmarks import bench_nlu_own, bench_nlu_public, bench_nlu_rasa
from tests.benchmarks.bench_nlu_report import lines, plot, table
from tests.benchmarks.bench_nlu_sets import NAMES, ROOT, SEEDS, Split, folder, splits

REPORT = ROOT / "docs" / "nlu-benchmark"
_WRITING = Lock()  # both engines are measured at the same time


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--few", action="store_true", help="only the splits with ten examples an intent")
    given.add_argument("--sets", nargs="*", choices=NAMES, default=list(NAMES), help="only these")
    given.add_argument(
        "--rasa-full", nargs="*", choices=NAMES, default=[], help="let Rasa learn these sets in full too"
    )
    given.add_argument(
        "--busy", action="store_true", help="other work runs beside this: leave our speed as it is"
    )
    given.add_argument("--only", choices=("ours", "rasa", "speed"), help="measure nothing else")
    given.add_argument("--no-own", action="store_true", help="leave our own data out")
    given.add_argument("--cache", type=Path, help="keep embeddings of the public sets here between runs")
    arguments = given.parse_args()
    use_one_thread()  # as in training; Rasa has the other core
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(1) as beside:
        cache = arguments.cache or Path(temporary)
        all_splits = [] if arguments.only == "speed" else _splits(arguments.sets, full=not arguments.few)
        for_rasa = [] if arguments.only == "ours" else _for_rasa(all_splits, arguments.rasa_full)
        rasa = [beside.submit(_measure_rasa, split) for split in for_rasa]
        for split in all_splits if arguments.only != "rasa" else []:
            figures = bench_nlu_public.measure(split, cache / split.key, tell)
            tell(f"{split.key}: {figures}")
            _keep("public", {split.key: _of_today(figures)})
        if arguments.only != "rasa" and not arguments.no_own:
            tell("our own data: training and reading")
            own, speed = _own(Path(temporary))
            tell(f"{own} {speed}")
            _keep("own", own)
            if not arguments.busy:
                _keep("speed", speed)
        for done in rasa:
            done.result()
    results = _known()
    print(table(lines(results), speed_of=_speed_of(results)))


def _known() -> dict[str, Any]:
    """What was written last; nothing at first."""
    file = REPORT.with_suffix(".json")
    found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {"public": {}, "rasa": {}, "own": {}, "speed": {}} | found


def _keep(part: str, figures: dict[str, Any]) -> None:
    """Write these figures of one part beside everything that is known already."""
    with _WRITING:
        results = _known()
        results[part] |= figures
        REPORT.with_suffix(".json").write_text(
            json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        found = lines(results)
        shown = table(found, speed_of=_speed_of(results))
        REPORT.with_suffix(".md").write_text(shown, encoding="utf-8")
        REPORT.with_suffix(".svg").write_text(plot(found), encoding="utf-8")


def _of_today(figures: dict[str, float]) -> dict[str, Any]:
    return {"measured": time.strftime("%Y-%m-%d"), **figures}


def _own(temporary: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Our own data: what other work beside this does not change, and what it does."""
    folder = temporary / "own"
    folder.mkdir()
    figures = bench_nlu_own.measure(folder)
    speed = {name: value for name, value in figures.items() if name in bench_nlu_own.SPEED}
    return _of_today({k: v for k, v in figures.items() if k not in speed}), _of_today(speed)


def _speed_of(results: dict[str, Any]) -> str | None:
    """The day of the measured speed."""
    return results["speed"].get("measured")


def _for_rasa(all_splits: list[Split], full: list[str]) -> list[Split]:
    """What Rasa learns, the small splits first; nothing when there is no Rasa."""
    if bench_nlu_rasa.executable() is None:
        return []
    return [
        split for split in all_splits if split.seed == SEEDS[0] or (split.seed is None and split.name in full)
    ]


def _measure_rasa(split: Split) -> None:
    rasa = bench_nlu_rasa.executable()
    assert rasa is not None
    figures = bench_nlu_rasa.measure(rasa, split)
    tell(f"{split.key}, Rasa: {figures}")
    _keep("rasa", {split.key: _of_today(figures)})


def tell(what: str) -> None:
    print(time.strftime("%H:%M:%S"), what, flush=True)


def _splits(names: list[str], *, full: bool) -> list[Split]:
    source = folder()
    if source is None:
        tell(
            "The public sets are not here: set LEERLIJN_NLU_DATA to the folder with banking77.json and the others."
        )
        return []
    found = [split for name in names for split in splits(source, name, full=full, seeds=SEEDS)]
    return sorted(found, key=lambda split: split.seed is None)  # the small ones first


if __name__ == "__main__":
    main()
