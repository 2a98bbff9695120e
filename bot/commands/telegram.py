"""telegram: who our bot is, and where Telegram brings its messages."""

import argparse
import sys

from bot.hub import make_channels
from bot.settings import Settings
from channels.base import SendError
from channels.telegram import Telegram

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("telegram", help="show, set or remove the webhook of our Telegram bot")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--set-webhook", action="store_true", help="let Telegram call LEERLIJN_PUBLIC_URL")
    which.add_argument(
        "--remove-webhook", action="store_true", help="let Telegram keep messages, for polling"
    )
    command.set_defaults(run=run_telegram)


async def run_telegram(settings: Settings, arguments: argparse.Namespace) -> int:
    channels = make_channels(settings)
    try:
        telegram = channels.get(Telegram.name)
        if not isinstance(telegram, Telegram):
            print("Telegram is off: set LEERLIJN_TELEGRAM__TOKEN (made with @BotFather).", file=sys.stderr)
            return 1
        return await _run(settings, arguments, telegram)
    finally:
        for channel in channels.values():
            await channel.close()


async def _run(settings: Settings, arguments: argparse.Namespace, telegram: Telegram) -> int:
    if arguments.set_webhook and not settings.https:
        print(
            f"Telegram calls https only, and LEERLIJN_PUBLIC_URL is {settings.public_url}.", file=sys.stderr
        )
        return 1
    try:
        print(f"Our bot is {await telegram.name_of_bot()}.")
        if arguments.set_webhook:
            print(f"Telegram now calls {await telegram.set_webhook()}.")
        elif arguments.remove_webhook:
            await telegram.remove_webhook()
            print(
                "Telegram calls nobody any more; `serve` and `work` poll when LEERLIJN_TELEGRAM__POLL is true."
            )
        url, waiting, wrong = await telegram.webhook()
    except SendError as error:
        print(f"Telegram: {error.reason}", file=sys.stderr)
        return 1
    print(
        f"Webhook: {url or 'none'}; {waiting} messages wait there."
        + (f" Last error: {wrong}" if wrong else "")
    )
    return 0
