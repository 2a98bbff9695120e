"""understand: one JSON object a line in, what it means and what we would do, one a line out."""

import argparse
import json
import sys
from datetime import datetime
from typing import Any

from bot.replies import BRUSSELS
from bot.settings import Settings
from bot.understanding import Understanders
from dispatch.triage import Known, decide
from nlu import Hints, Understander
from nlu.rasa import RasaUnderstander

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("understand", help="JSON lines in, understanding and triage out")
    command.set_defaults(run=run_understand)


async def run_understand(settings: Settings, arguments: argparse.Namespace) -> int:
    """A line that is no such object gets {"error": …} in its place, so that the order holds."""
    understanders = Understanders(settings)
    understanders.load()
    understander = understanders.current()
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            answer = _answer(understander, json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            answer = {"error": 'each line is a JSON object with "text", and perhaps "channel" and "language"'}
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 0


def _answer(understander: Understander | RasaUnderstander, asked: dict[str, Any]) -> dict[str, Any]:
    channel = asked.get("channel") or "web"
    hints = Hints(language=asked.get("language"), channel=channel, now=datetime.now(BRUSSELS))
    spoken = understander.understand(str(asked["text"]), hints)
    decision = decide(spoken, Known(language=spoken.language), channel)
    slots: dict[str, Any] = {}
    for slot in spoken.slots:
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
