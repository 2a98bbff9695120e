"""How well messages are understood: our engine, and Rasa where there is one, on the same splits in the same run.

    python -m tests.benchmarks.bench_nlu [--few] [--rasa-full] [--cache FOLDER]

The public sets lie in LEERLIJN_NLU_DATA; without them only our own data is measured. Rasa is LEERLIJN_RASA or `rasa`
on PATH: it learns seed 0 of the small splits, and with --rasa-full everything, for hours. Writes docs/nlu-benchmark.json,
.md and .svg.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import bench_nlu_own, bench_nlu_public, bench_nlu_rasa
from tests.benchmarks.bench_nlu_report import lines, plot, table
from tests.benchmarks.bench_nlu_sets import NAMES, ROOT, SEEDS, Split, folder, splits

REPORT = ROOT / "docs" / "nlu-benchmark"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--few", action="store_true", help="only the splits with ten examples an intent")
    given.add_argument("--rasa-full", action="store_true", help="let Rasa learn every split")
    given.add_argument("--no-own", action="store_true", help="leave our own data out")
    given.add_argument("--cache", type=Path, help="keep embeddings of the public sets here between runs")
    arguments = given.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        results: dict[str, Any] = {"measured": time.strftime("%Y-%m-%d"), "public": {}, "rasa": {}}
        if not arguments.no_own:
            tell("our own data: training and reading")
            own = Path(temporary) / "own"
            own.mkdir()
            results["own"] = bench_nlu_own.measure(own)
            tell(str(results["own"]))
        cache = arguments.cache or Path(temporary)
        for split in _splits(full=not arguments.few):
            results["public"][split.key] = bench_nlu_public.measure(split, cache / split.key, tell)
            tell(f"{split.key}: {results['public'][split.key]}")
            if (rasa := bench_nlu_rasa.executable()) and (split.seed == SEEDS[0] or arguments.rasa_full):
                results["rasa"][split.key] = bench_nlu_rasa.measure(rasa, split)
                tell(f"{split.key}, Rasa: {results['rasa'][split.key]}")
    _write(results)


def tell(what: str) -> None:
    print(time.strftime("%H:%M:%S"), what, flush=True)


def _splits(*, full: bool) -> list[Split]:
    source = folder()
    if source is None:
        tell(
            "The public sets are not here: set LEERLIJN_NLU_DATA to the folder with banking77.json and the others."
        )
        return []
    return [split for name in NAMES for split in splits(source, name, full=full, seeds=SEEDS)]


def _write(results: dict[str, Any]) -> None:
    REPORT.with_suffix(".json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    found = lines(results)
    REPORT.with_suffix(".md").write_text(table(found), encoding="utf-8")
    REPORT.with_suffix(".svg").write_text(plot(found), encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
