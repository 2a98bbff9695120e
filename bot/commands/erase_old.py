"""erase-old: erase who was kept long enough now, as every night does by itself; or only count them."""

import argparse
from datetime import datetime, timedelta

from bot.hub import open_database, secret_of
from bot.replies import BRUSSELS
from bot.settings import Settings
from channels.opt_outs import OptOuts
from data.db import Database
from dispatch import clock
from handover import expiry, retention

Subparsers = argparse._SubParsersAction
AHEAD = timedelta(days=30)


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("erase-old", help="erase who was kept long enough, as every night does")
    command.add_argument("--dry-run", action="store_true", help="erase nobody, only count")
    command.set_defaults(run=run_erase_old)


async def run_erase_old(settings: Settings, arguments: argparse.Namespace) -> int:
    """Count by what people are kept as, then erase whose term is over, unless with --dry-run; 1 when one went wrong."""
    now = datetime.now(BRUSSELS)
    today = clock.day_of(now)
    async with open_database(settings) as url:
        database = Database(url)
        try:
            async with database.transaction() as session:
                standings = await retention.everybody(session, None, now=now)
            print(f"{'kept as':10} {'now':>9} {'term over':>10} {'within 30 days':>15}")
            counted = retention.counted(standings, today=today, until=today + AHEAD)
            for kind, count in counted.items():
                print(f"{kind:10} {count.kept:>9} {count.due:>10} {count.soon:>15}")
            held = sum(one.stays == "held" for one in standings)
            staying = sum(one.stays is not None and one.until < today for one in standings)
            print(f"\n{held} may not be erased; of {staying} the term is over, but something keeps them.")
            if arguments.dry_run:
                return 0
            erased, night = 0, expiry.Night()
            while not night.over:
                erased += await expiry.erase_next(
                    database, night, opt_outs=OptOuts(secret_of(settings)), now=now
                )
        finally:
            await database.close()
    wanted = sum(count.due for count in counted.values())
    print(f"{erased} erased; each has a row in `erasure`, without the person.")
    return 0 if erased >= wanted else 1
