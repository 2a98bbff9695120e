"""index-courses, neutrality: keep search in step with the courses, and check that it favours nobody."""

import argparse
from datetime import date, datetime, time, timedelta

from bot.hub import open_database
from bot.replies import BRUSSELS
from bot.searching import embed_courses
from bot.settings import Settings
from bot.understanding import Understanders
from data.catalog.neutrality import LEAST_DAYS, Audit, audit
from data.db import Database

Subparsers = argparse._SubParsersAction
DAYS = 90


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    index = commands.add_parser("index-courses", help="bring words and vectors of the courses up to date")
    index.set_defaults(run=run_index)
    check = commands.add_parser("neutrality", help="exposure of every provider beside its offer")
    check.add_argument("--from", dest="start", type=date.fromisoformat, help=f"first day; {DAYS} days ago")
    check.add_argument("--until", type=date.fromisoformat, help="last day; today")
    check.add_argument("--region", action="append", help="only questions of this region; may be repeated")
    check.set_defaults(run=run_neutrality)


async def run_index(settings: Settings, arguments: argparse.Namespace) -> int:
    """Index and embed what is new; 1 when there is no encoder to embed with."""
    understanders = Understanders(settings)
    understanders.load()
    try:
        if understanders.encoder_name is None:
            print(
                "There is no sentence encoder: courses are found by words and spelling only. Run: make setup"
            )
            return 1
        async with open_database(settings) as url:
            database = Database(url)
            try:
                done = await embed_courses(
                    database, understanders.vector_of, understanders.encoder_name,
                    tell=lambda number: print(f"\r{number} texts embedded", end="", flush=True),
                )  # fmt: skip
            finally:
                await database.close()
        print(f"\r{done} texts embedded; search is up to date.")
        return 0
    finally:
        understanders.close()


async def run_neutrality(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the audit; 1 when a provider was favoured or held back."""
    today = datetime.now(BRUSSELS).date()
    until = arguments.until or today
    start = arguments.start or until - timedelta(days=DAYS)
    regions = frozenset(arguments.region) if arguments.region else None
    async with open_database(settings) as url:
        database = Database(url)
        try:
            async with database.transaction() as session:
                found = await audit(session, _midnight(start), _midnight(until + timedelta(days=1)), regions)
        finally:
            await database.close()
    print(f"Lists shown from {start} to {until}: {found.lists}, on {found.days} days.\n")
    print(f"{'provider':40} {'offer':>7} {'expected':>9} {'real':>7} {'difference, 95 % interval':>28}")
    for one in found.providers:
        interval = f"{one.difference:+.1%} [{one.low:+.1%}, {one.high:+.1%}]" if found.enough else "-"
        mark = "  ← look at this" if one.flagged else ""
        print(f"{one.name:40.40} {one.offer:7.1%} {one.expected:9.1%} {one.real:7.1%} {interval:>28}{mark}")
    print(f"\n{verdict(found)}")
    return 1 if found.flagged else 0


def verdict(found: Audit) -> str:
    """The audit in one sentence."""
    if not found.enough:
        return f"Too little to judge by: lists of {found.days} days, and {LEAST_DAYS} are needed."
    if not found.flagged:
        return f"Neutral: none of {len(found.providers)} providers was shown more or less than its offer explains."
    told = ", ".join(
        f"{one.name} ({'more' if one.difference > 0 else 'less'} than expected)" for one in found.flagged
    )
    return f"NOT neutral: {told}."


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BRUSSELS)
