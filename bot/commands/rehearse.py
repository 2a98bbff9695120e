"""rehearse: prove once a year that the alert of a crisis reaches somebody."""

import argparse

from bot.alerts import Alerts
from bot.hub import make_channels, open_database
from bot.settings import Settings
from channels.sms import Sms
from data.db import Database

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    commands.add_parser("rehearse", help="walk the way of the crisis alert, without a crisis").set_defaults(
        run=run_rehearse
    )


async def run_rehearse(settings: Settings, arguments: argparse.Namespace) -> int:
    """Tell address and phones that this is a rehearsal; 1 when one of them did not hear, or there is none."""
    channels = make_channels(settings)
    async with open_database(settings) as url:
        database = Database(url)
        try:
            alerts = Alerts(
                database, url=settings.alert_url, public_url=settings.public_url, phones=settings.duty_phones,
                sms=channels.get(Sms.name),
            )  # fmt: skip
            ways = await alerts.rehearse()
        finally:
            await database.close()
            for channel in channels.values():
                await channel.close()
    for way, outcome in ways.items():
        print(f"{way:10} {outcome}")
    if not ways:
        print("Nobody is alerted but the console. Set LEERLIJN_ALERT_URL or LEERLIJN_ALERT_PHONES.")
    return 0 if ways and set(ways.values()) == {"ok"} else 1
