"""demo, serve, work: the programs that keep running."""

import argparse
import asyncio
import signal
import socket
from contextlib import suppress
from datetime import datetime

import uvicorn

from bot.app import create_app
from bot.commands.database import fill
from bot.demo_phone import DemoPhone
from bot.hub import open_hub
from bot.impatient import ImpatientProtocol
from bot.replies import BRUSSELS
from bot.settings import Settings
from data.seed import DEMO_PASSWORD, demo_log_ins

Subparsers = argparse._SubParsersAction
SHUTDOWN = 10  # seconds for requests that are running


class PortTaken(RuntimeError):
    """The port is in use; the sentence says what to do."""


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="demo data, demo staff, one process: what make run starts")
    demo.set_defaults(run=run_demo)
    serve = commands.add_parser("serve", help="the web server, with turns and sending unless --no-work")
    serve.add_argument("--no-work", action="store_true", help="leave turns and sending to `work` processes")
    serve.set_defaults(run=run_serve)
    work = commands.add_parser("work", help="turns and sending only, without a web server")
    work.set_defaults(run=run_work)


async def run_demo(settings: Settings, arguments: argparse.Namespace) -> int:
    """Seed once, then serve."""
    settings = settings.model_copy(update={"demo": True})
    check_port(settings)
    phone = None if settings.sms.on else DemoPhone(settings)
    if phone is not None:
        settings = settings.model_copy(update={"sms": phone.sms})
    print("Leerlijn: starting the database and the demo data …", flush=True)
    await fill(settings)
    base = settings.public_url
    sms = {"Demo phone (SMS)": "/demo-phone"} if phone else {}
    pages = {"Chat": "/chat", "On another site": "/demo-site", **sms}
    pages |= {"Course offer": "/aanbod", "Console for staff": "/console/"}
    print(
        "",
        *(f"  {name:18} {base}{path}" for name, path in pages.items()),
        f"\n  Log-ins (password {DEMO_PASSWORD}):",
        *(f"    {who.email:34} {who.role}, {who.region}" for who in demo_log_ins()),
        sep="\n",
        flush=True,
    )
    print("\n  Stop with Ctrl-C.\n", flush=True)
    return await _serve(settings, work=True, phone=phone)


async def run_serve(settings: Settings, arguments: argparse.Namespace) -> int:
    check_port(settings)
    return await _serve(settings, work=not arguments.no_work)


async def run_work(settings: Settings, arguments: argparse.Namespace) -> int:
    """Claim and run jobs until stopped."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with open_hub(settings) as hub:
        print(f"Working as {hub.worker.name} since {datetime.now(BRUSSELS):%H:%M}.", flush=True)
        running = asyncio.create_task(hub.run())
        await stop.wait()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return 0


def check_port(settings: Settings) -> None:
    """Say so before anything slow starts when somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"{settings.host}:{settings.port} is in use or not allowed ({error.strerror}). Stop the other program, or choose "
                f"another port: LEERLIJN_PORT={settings.port + 1} make run"
            ) from error


async def _serve(settings: Settings, *, work: bool, phone: DemoPhone | None = None) -> int:
    app = create_app(settings, work=work)
    if phone is not None:
        app.include_router(phone.router())
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http=ImpatientProtocol,
            ws="websockets-sansio",
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SHUTDOWN,
        )
    )
    await server.serve()
    return 0 if server.started else 1
