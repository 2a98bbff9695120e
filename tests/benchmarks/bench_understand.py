"""How fast, and in how much memory, messages are understood: our own training messages, freshly misspelt.

    python -m tests.benchmarks.bench_understand [--messages 600] [--rasa http://127.0.0.1:5005]

One message at a time, then several at once, as turns ask for them. With a Rasa server at `--rasa` that learnt the same
data (see tests/nlu/test_rasa.py) both are measured in this run; only its own processing is counted, over one connection
kept open.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from bot.settings import Settings
from bot.understanding import TRAINING, Understanders
from nlu import Hints
from nlu.noise import misspell
from nlu.text import clean
from nlu.training_data import load_examples
from tests.benchmarks.load import percentile

AT_ONCE = (4, 8)
SEED = 411
WARM = 30


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--messages", type=int, default=600)
    given.add_argument("--rasa", default="")
    arguments = given.parse_args()
    messages = _messages((1 + 2 * len(AT_ONCE)) * arguments.messages + WARM)
    understanders = Understanders(Settings())
    began = time.perf_counter()
    understanders.load()
    print(f"loaded in {time.perf_counter() - began:.1f} s; {understanders.embedding()}")
    hints = Hints(channel="web")
    _measure(
        "ours", lambda text: understanders.current().understand(text, hints), messages, arguments.messages
    )
    ours = [_memory("self"), *(_memory(str(process)) for process in understanders.workers)]
    print(
        f"memory: {' + '.join(f'{part:.0f}' for part in ours)} = {sum(ours):.0f} MB (proportional set size)"
    )
    understanders.close()
    if arguments.rasa:
        with httpx.Client(base_url=arguments.rasa, timeout=30) as client:
            _measure(
                "rasa",
                lambda text: client.post("/model/parse", json={"text": text}).raise_for_status(),
                messages,
                arguments.messages,
            )


def _messages(count: int) -> list[str]:
    """Distinct messages with one or two slips each, so that none is remembered."""
    chance = random.Random(SEED)
    texts = [clean(example.text) for example in load_examples(TRAINING)]
    chance.shuffle(texts)
    return [misspell(text, chance) for text in texts[:count]]


def _measure(name: str, ask: Callable[[str], object], messages: Sequence[str], count: int) -> None:
    for text in messages[-WARM:]:
        ask(text)
    took = []
    for text in messages[:count]:
        began = time.perf_counter()
        ask(text)
        took.append(time.perf_counter() - began)
    print(f"{name}: one at a time p50 {percentile(took, 0.5):.1f} ms, p95 {percentile(took, 0.95):.1f} ms")
    for step, threads in enumerate(AT_ONCE):
        part = messages[(1 + 2 * step) * count : (3 + 2 * step) * count]
        began = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(ask, part))
        print(f"{name}: {threads} at once {len(part) / (time.perf_counter() - began):.0f} messages a second")


def _memory(process: str) -> float:
    """Megabytes of a process; what it shares with others counts for its part."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1_024
    return 0.0


if __name__ == "__main__":
    main()
