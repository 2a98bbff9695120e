"""How well messages are understood: our engine, and Rasa where there is one, on the same splits in the same run.

    python -m tests.benchmarks.bench_nlu [--few] [--busy] [--rasa-full SET ...] [--cache FOLDER]

The public sets lie in LEERLIJN_NLU_DATA; without them only our own data is measured. Rasa is LEERLIJN_RASA or `rasa`
on PATH: it learns seed 0 of the small splits, then the sets of --rasa-full, for half an hour or more each, beside ours,
which changes no accuracy. Writes docs/nlu-benchmark.json, .md and .svg, again after every split.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nlu.blas import use_one_thread
from tests.benchmarks import bench_nlu_own, bench_nlu_public, bench_nlu_rasa
from tests.benchmarks.bench_nlu_report import lines, plot, table
from tests.benchmarks.bench_nlu_sets import NAMES, ROOT, SEEDS, Split, folder, splits

REPORT = ROOT / "docs" / "nlu-benchmark"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--few", action="store_true", help="only the splits with ten examples an intent")
    given.add_argument(
        "--rasa-full", nargs="*", choices=NAMES, default=[], help="let Rasa learn these sets in full too"
    )
    given.add_argument("--busy", action="store_true", help="other work runs beside this: leave our speed out")
    given.add_argument("--no-own", action="store_true", help="leave our own data out")
    given.add_argument("--cache", type=Path, help="keep embeddings of the public sets here between runs")
    arguments = given.parse_args()
    use_one_thread()  # as in training; Rasa has the other core
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(1) as beside:
        results: dict[str, Any] = {"measured": time.strftime("%Y-%m-%d"), "public": {}, "rasa": {}}
        cache = arguments.cache or Path(temporary)
        all_splits = _splits(full=not arguments.few)
        rasa = [beside.submit(_measure_rasa, split) for split in _for_rasa(all_splits, arguments.rasa_full)]
        for split in all_splits:
            results["public"][split.key] = bench_nlu_public.measure(split, cache / split.key, tell)
            tell(f"{split.key}: {results['public'][split.key]}")
            _write(results | {"rasa": dict(done.result() for done in rasa if done.done())})
        if not arguments.no_own:
            tell("our own data: training and reading")
            own = Path(temporary) / "own"
            own.mkdir()
            results["own"] = bench_nlu_own.measure(own, speed=not arguments.busy)
            tell(str(results["own"]))
        for done in rasa:
            key, figures = done.result()
            results["rasa"][key] = figures
            _write(results)
    print(table(lines(results)))


def _for_rasa(all_splits: list[Split], full: list[str]) -> list[Split]:
    """What Rasa learns, the small splits first; nothing when there is no Rasa."""
    if bench_nlu_rasa.executable() is None:
        return []
    return [
        split for split in all_splits if split.seed == SEEDS[0] or (split.seed is None and split.name in full)
    ]


def _measure_rasa(split: Split) -> tuple[str, dict[str, float]]:
    rasa = bench_nlu_rasa.executable()
    assert rasa is not None
    figures = bench_nlu_rasa.measure(rasa, split)
    tell(f"{split.key}, Rasa: {figures}")
    return split.key, figures


def tell(what: str) -> None:
    print(time.strftime("%H:%M:%S"), what, flush=True)


def _splits(*, full: bool) -> list[Split]:
    source = folder()
    if source is None:
        tell(
            "The public sets are not here: set LEERLIJN_NLU_DATA to the folder with banking77.json and the others."
        )
        return []
    found = [split for name in NAMES for split in splits(source, name, full=full, seeds=SEEDS)]
    return sorted(found, key=lambda split: split.seed is None)  # the small ones first


def _write(results: dict[str, Any]) -> None:
    REPORT.with_suffix(".json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    found = lines(results)
    REPORT.with_suffix(".md").write_text(table(found), encoding="utf-8")
    REPORT.with_suffix(".svg").write_text(plot(found), encoding="utf-8")


if __name__ == "__main__":
    main()
