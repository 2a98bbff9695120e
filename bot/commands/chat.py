"""chat: talk to the bot in the terminal; lines from a pipe make a scripted dialogue."""

import argparse
import asyncio
import secrets
import sys
from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import Select, select

from bot.hub import open_hub
from bot.settings import Settings
from channels.base import Inbound, Item, Outgoing, Sent, Webhook
from channels.inbox import Accepted
from channels.sms import render
from data.tables import Direction, Message

Subparsers = argparse._SubParsersAction


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("chat", help="talk to the bot here")
    command.add_argument("--channel", default="web", help="sms, web, … (default web)")
    command.add_argument(
        "--address", default="", help="who writes; a name of your own, new each time by default"
    )
    command.add_argument("--language", default=None, help="the language hint that the channel would give")
    command.set_defaults(run=run_chat)


class Terminal:
    """A channel that hands messages to nobody: the command reads them from the thread."""

    name: ClassVar[str] = "terminal"
    scheme: ClassVar[str] = "terminal"

    def verify(self, webhook: Webhook) -> bool:
        return False

    def parse(self, webhook: Webhook) -> list[Item]:
        return []

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        return "text/plain", b""

    async def send(self, message: Outgoing) -> Sent:
        return Sent(external_id=f"terminal-{message.message_id}")

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        return None

    async def close(self) -> None:
        return None


async def run_chat(settings: Settings, arguments: argparse.Namespace) -> int:
    """Read lines until the end of input; print what the bot says."""
    path = arguments.address or f"terminal-{secrets.token_hex(4)}"
    talks = sys.stdin.isatty()
    async with open_hub(settings, channels={arguments.channel: Terminal()}) as hub:
        while True:
            if talks:
                print("> ", end="", flush=True)
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line:
                return 0
            if not line.strip():
                continue
            if not talks:
                print(f"> {line.strip()}")
            item = Inbound(
                external_id=f"terminal-{datetime.now(UTC).timestamp()}-{secrets.token_hex(4)}",
                path=path, text=line, language=arguments.language,
            )  # fmt: skip
            (accepted,) = await hub.inbox.accept(arguments.channel, arguments.channel, [item])
            await hub.worker.run_until_idle()
            async with hub.database.transaction() as session:
                for message in await session.scalars(_after(accepted)):
                    print(_shown(message, arguments.channel), flush=True)


def _after(accepted: Accepted) -> Select[Message]:
    return (
        select(Message)
        .where(Message.answers_id == accepted.message_id, Message.direction == Direction.OUT)
        .order_by(Message.id)
    )


def _shown(message: Message, channel: str) -> str:
    if channel != "sms":
        return message.text
    outgoing = Outgoing(message_id=message.id, path="", text=message.text)
    return f"{render(outgoing)}\n[{message.segments} sms]"
