"""why: what the bot read in a message, what it knew, which rule decided, and what it would do today."""

import argparse
import sys
from collections.abc import Iterator

from bot.hub import open_database
from bot.settings import Settings
from bot.understanding import Understanders
from bot.why import NOT_KEPT, Explained, explain
from data.db import Database

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("why", help="why the bot did what it did with one message")
    command.add_argument("message_id", type=int, metavar="MESSAGE_ID")
    command.set_defaults(run=run_why)


async def run_why(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print it without the words of the message; 1 when the bot decided nothing for it."""
    understanders = Understanders(settings)
    try:
        understanders.load()
        async with open_database(settings) as url:
            database = Database(url)
            try:
                async with database.transaction() as session:
                    found = await explain(session, arguments.message_id, understanders.current())
            finally:
                await database.close()
    finally:
        understanders.close()
    if found is None:
        print(
            f"The bot decided nothing for message {arguments.message_id}. Take the number of a message of a client.",
            file=sys.stderr,
        )
        return 1
    print("\n".join(told(found)))
    return 0


def told(found: Explained) -> Iterator[str]:
    """Line by line, for a terminal."""
    decision = found.decision
    read = decision.understanding
    yield f"message   {decision.message_id}, over {found.channel}, model {decision.model_version}"
    yield f"read      {decision.language}, {decision.intent} ({decision.confidence:.0%})"
    yield "          " + ", ".join(f"{name} {chance:.0%}" for name, chance in read.get("ranking", []))
    slots = (f"{'not ' if s.get('negated') else ''}{s['name']} = {s['value']}" for s in read.get("slots", []))
    yield "slots     " + (", ".join(slots) or "-")
    if before := read.get("given"):
        facts = {**before["known"], **{k: v for k, v in before["hints"].items() if k != "at"}}
        yield "known     " + (", ".join(f"{name} = {value}" for name, value in facts.items() if value) or "-")
    yield f"did       {decision.action} on {decision.tier}" + (
        f", {decision.partner}" if decision.partner else ""
    )
    for reason in decision.reasons:
        yield f"because   {reason['text']} [{reason['code']}, blueprint {reason['section']}]"
    if found.correction is not None:
        yield f"corrected {found.correction.intent} on {found.correction.tier}"
    if found.today is None:
        yield f"today     {NOT_KEPT}"
    elif found.the_same:
        yield f"today     the same (model {found.model_today})"
    else:
        today = found.today
        partner = f", {today.partner}" if today.partner else ""
        yield f"today     {today.action} on {today.tier}{partner}: {today.reasons[0].text} (model {found.model_today})"
