"""migrate, seed: the database's schema and its demo data."""

import argparse
from datetime import datetime

from bot.hub import open_database
from bot.replies import BRUSSELS
from bot.settings import Settings
from data import migrate
from data.db import Database
from data.seed import seed
from handover.passwords import hash_password

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    commands.add_parser("migrate", help="bring the database to this program's schema").set_defaults(
        run=run_migrate
    )
    commands.add_parser("seed", help="fill an empty database with demo data").set_defaults(run=run_seed)


async def run_migrate(settings: Settings, arguments: argparse.Namespace) -> int:
    async with open_database(settings, check=False) as url:
        await migrate.create_database(url)
        await migrate.upgrade(url)
    print(f"The database is at revision {migrate.head()}.")
    return 0


async def run_seed(settings: Settings, arguments: argparse.Namespace) -> int:
    print(await fill(settings))
    return 0


async def fill(settings: Settings) -> str:
    """Seed unless there is something already; returns what was done, in a sentence."""
    async with open_database(settings) as url:
        database = Database(url)
        try:
            async with database.transaction() as session:
                report = await seed(session, today=datetime.now(BRUSSELS).date(), hash_password=hash_password)
        finally:
            await database.close()
    return str(report)
