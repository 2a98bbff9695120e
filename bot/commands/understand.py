"""understand: one JSON object a line in, what it means and what we would do, one a line out."""

import argparse
import asyncio
import json
import queue
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

from bot.replies import BRUSSELS
from bot.settings import Settings
from bot.understanding import Understanders
from dispatch.triage import Known, decide
from nlu import Hints, Understander
from nlu.rasa import RasaUnderstander
from nlu.relevance import relevant

AT_ONCE = 4  # lines: enough to keep two cores and the embedding workers busy
AHEAD = 64  # answers that may wait for a slow reader

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("understand", help="JSON lines in, understanding and triage out")
    command.set_defaults(run=run_understand)


async def run_understand(settings: Settings, arguments: argparse.Namespace) -> int:
    """A line that is no such object gets {"error": …} in its place, so that the order holds."""
    understanders = Understanders(settings)
    try:
        understanders.load()
        await asyncio.to_thread(_answer_all, understanders.current())
    finally:
        understanders.close()
    return 0


def _answer_all(understander: Understander | RasaUnderstander) -> None:
    """Several lines at a time, answered in their order; an answer never waits for the next line."""
    waiting: queue.Queue[Future[str] | None] = queue.Queue(AHEAD)
    gone = threading.Event()
    problems: list[Exception] = []

    def write() -> None:
        while (answer := waiting.get()) is not None:
            if not gone.is_set():
                try:
                    print(answer.result(), flush=True)
                except BrokenPipeError:  # who asked has enough
                    gone.set()
                except Exception as error:  # told below; the reader must not wait for us
                    problems.append(error)
                    gone.set()

    writer = threading.Thread(target=write, name="answers")
    writer.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for line in sys.stdin:
                if gone.is_set():
                    break
                if line.strip():
                    waiting.put(pool.submit(_answer_line, understander, line))
    finally:
        waiting.put(None)
        writer.join()
    if problems:
        raise problems[0]


def _answer_line(understander: Understander | RasaUnderstander, line: str) -> str:
    try:
        answer = _answer(understander, json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        answer = {"error": 'each line is a JSON object with "text", and perhaps "channel" and "language"'}
    return json.dumps(answer, ensure_ascii=False)


def _answer(understander: Understander | RasaUnderstander, asked: dict[str, Any]) -> dict[str, Any]:
    channel = asked.get("channel") or "web"
    hints = Hints(language=asked.get("language"), channel=channel, now=datetime.now(BRUSSELS))
    spoken = understander.understand(str(asked["text"]), hints)
    decision = decide(spoken, Known(language=spoken.language), channel)
    slots: dict[str, Any] = {}
    for slot in relevant(spoken):
        slots.setdefault(slot.name if not slot.negated else f"not_{slot.name}", slot.value)
    return {
        "language": spoken.language,
        "intent": spoken.intent,
        "confidence": round(spoken.confidence, 4),
        "tier": str(decision.tier),
        "partner": decision.partner,
        "slots": slots,
        "reasons": [{"code": r.code, "text": r.text, "section": r.section} for r in decision.reasons],
        "act": spoken.act,
        "action": str(decision.action),
    }
