"""doctor: is everything there and well? Says what is wrong and what to do."""

import argparse
import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.alerts import REHEARSED
from bot.hub import make_channels, make_router, open_database
from bot.settings import Settings
from bot.understanding import Understanders
from channels import meta, twilio_rest
from channels.base import SendError
from channels.email.channel import Email
from channels.telegram import Telegram
from data import geo
from data.embedded import EmbeddedPostgresError
from data.migrate import SchemaError, head
from dispatch import clock
from dispatch.travel import Trip
from nlu import ModelError
from nlu.model_file import read
from nlu.rasa import RasaError, RasaServer

Subparsers = argparse._SubParsersAction
FREE_NEEDED = 1_000_000_000  # bytes
CLOCK_DRIFT = timedelta(seconds=5)
REHEARSE_EVERY = timedelta(days=366)
FRONT_END = Path(__file__).resolve().parents[2] / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One check: `well`, what was seen, and what to do when it is not well."""

    what: str
    well: bool
    seen: str
    remedy: str = ""


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    commands.add_parser("doctor", help="check database, model, channels, disk and clock").set_defaults(
        run=run_doctor
    )


async def run_doctor(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print every check; 1 when something is wrong."""
    ill = False
    async for finding in examine(settings):
        ill = ill or not finding.well
        print(f"{'ok   ' if finding.well else 'WRONG'}  {finding.what:10} {finding.seen}")
        if finding.remedy and not finding.well:
            print(f"                  → {finding.remedy}")
    return 1 if ill else 0


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """All checks, one after the other."""
    async for finding in _database(settings):
        yield finding
    for finding in await asyncio.to_thread(lambda: list(_model(settings))):
        yield finding
    async for finding in _channels(settings):
        yield finding
    if settings.router.url:
        yield await _router(settings)
    yield _disk(settings)
    yield Finding(
        what="pages", well=FRONT_END.exists(), seen="front-end files are installed" if FRONT_END.exists() else
        "front-end files are missing", remedy="Run: make setup",
    )  # fmt: skip


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        async with open_database(settings) as url:
            engine = create_async_engine(url)
            try:
                async with engine.connect() as connection:
                    version = await connection.scalar(text("SHOW server_version"))
                    now = await connection.scalar(text("SELECT now()"))
                    dead = await connection.scalar(text("SELECT count(*) FROM job WHERE state = 'dead'"))
                    unembedded = await connection.scalar(
                        text("SELECT count(*) FROM course_text WHERE embedding IS NULL")
                    )
                    rehearsed = await connection.scalar(
                        text("SELECT max(created_at) FROM event WHERE kind = :kind"), {"kind": REHEARSED}
                    )
                    late = await connection.scalar(
                        text(
                            "SELECT count(*) FROM job WHERE state = 'ready' AND run_at < now() - interval '2 minutes'"
                        )
                    )
            finally:
                await engine.dispose()
    except (SchemaError, EmbeddedPostgresError) as error:
        yield Finding(what="database", well=False, seen="not usable", remedy=str(error))
        return
    except (DBAPIError, OSError) as error:
        yield Finding(
            what="database", well=False, seen=f"not reachable ({type(error).__name__})",
            remedy="Start it, or correct LEERLIJN_DATABASE_URL; without that setting a private one is used.",
        )  # fmt: skip
        return
    yield Finding(what="database", well=True, seen=f"PostgreSQL {version}, schema {head()}")
    drift = abs(datetime.now(UTC) - now)
    yield Finding(
        what="clock", well=drift < CLOCK_DRIFT, seen=f"{drift.total_seconds():.1f} s from the database's",
        remedy="Set both machines' clocks by NTP: leases and appointments need it.",
    )  # fmt: skip
    yield _alert(settings, rehearsed, now)
    yield Finding(
        what="search", well=not unembedded, seen=f"{unembedded} texts of courses without a vector",
        remedy="`serve` and `work` embed them in the background; or run: python -m bot index-courses",
    )  # fmt: skip
    yield Finding(
        what="queue", well=not dead and not late, seen=f"{dead} dead jobs, {late} late jobs",
        remedy="See Beheer in the console for dead jobs; late ones mean that no `serve` or `work` is running.",
    )  # fmt: skip


def _alert(settings: Settings, rehearsed: datetime | None, now: datetime) -> Finding:
    if not (settings.alert_url or settings.duty_phones):
        return Finding(
            what="alert", well=True, seen="in a crisis only the console tells; see LEERLIJN_ALERT_PHONES"
        )
    when = f"rehearsed on {rehearsed:%d/%m/%Y}" if rehearsed else "never rehearsed"
    return Finding(
        what="alert", well=rehearsed is not None and now - rehearsed < REHEARSE_EVERY, seen=when,
        remedy="Prove that it reaches somebody: python -m bot rehearse",
    )  # fmt: skip


def _model(settings: Settings) -> Iterator[Finding]:
    """The model, the sentence encoder, and the Rasa server when there is one."""
    understanders = Understanders(settings)
    try:
        understanders.load()
    except ModelError as error:
        yield Finding(what="model", well=False, seen="not loaded", remedy=str(error))
        return
    try:
        spoken = understanders.current().understand("Waar kan ik Spaans leren in Gent?")
        yield Finding(what="model", well=spoken.intent == "find_course", seen=_facts(settings.model_path),
                      remedy="Run: python -m bot train --force")  # fmt: skip
        yield Finding(
            what="encoder", well=understanders.embeds, seen=understanders.embedding(),
            remedy="Words and letters are read only, which is worse in other languages than Dutch. Run: make setup",
        )  # fmt: skip
        if understanders.rasa is not None:
            yield _rasa(understanders.rasa)
    finally:
        understanders.close()


def _facts(model: Path) -> str:
    """Version, age, languages and how it did on messages that it was not trained on."""
    header = read(model).header
    age = datetime.now(UTC) - datetime.fromtimestamp(model.stat().st_mtime, UTC)
    days = "today" if age < timedelta(days=1) else f"{age.days} days ago"
    held_out = f", {header['accuracy']:.1%} of held-out messages right" if "accuracy" in header else ""
    return (
        f"version {header['version']}, trained {days} on {header['examples']} messages{held_out}; "
        f"{len(header['languages'])} languages: {', '.join(header['languages'])}"
    )


def _rasa(server: RasaServer) -> Finding:
    remedy = "Start it, or correct LEERLIJN_NLU__RASA_URL; meanwhile our own engine answers."
    try:
        return Finding(what="rasa", well=True, seen=f"{server.status()} at {server.url}")
    except RasaError as error:
        return Finding(what="rasa", well=False, seen=f"{server.url}: {error}", remedy=remedy)


async def _router(settings: Settings) -> Finding:
    """From Gent to Brussel, to be there tomorrow at nine."""
    gent, brussels = geo.by_key("gent"), geo.by_key("brussel")
    router = make_router(settings)
    if router is None or gent is None or brussels is None:
        raise LookupError("a router, and two towns that every map has")
    tomorrow = datetime.combine(clock.day_of(datetime.now(UTC)) + timedelta(days=1), time(9), clock.ZONE)
    try:
        found = await router.minutes(
            gent.lat, gent.lon, [Trip(lat=brussels.lat, lon=brussels.lon, arrive=tomorrow)]
        )
    finally:
        await router.close()
    took = f"{found[0]} minutes from Gent to Brussel" if found and found[0] else "no way from Gent to Brussel"
    return Finding(
        what="router", well=bool(found and found[0]), seen=took if found is not None else "does not answer",
        remedy="Check LEERLIJN_ROUTER__URL and __KIND, and that its timetables are of this year; until then "
        "distances are in a straight line.",
    )  # fmt: skip


async def _channels(settings: Settings) -> AsyncIterator[Finding]:
    channels = make_channels(settings)
    yield Finding(what="channels", well=True, seen=", ".join(["web", *channels]) + " on")
    for name, address in _providers(settings).items():
        if name not in channels:
            continue
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                reply = await client.get(address)
            yield Finding(what=name, well=True, seen=f"{address} answers ({reply.status_code})")
        except httpx.HTTPError as error:
            yield Finding(
                what=name, well=False, seen=f"{address} does not answer ({type(error).__name__})",
                remedy=f"Check the network and LEERLIJN_{name.upper()}__API_BASE.",
            )  # fmt: skip
    if isinstance(telegram := channels.get("telegram"), Telegram):
        yield await _telegram(settings, telegram)
    if isinstance(mail := channels.get("email"), Email):
        try:
            yield Finding(what="email", well=True, seen=await mail.check())
        except SendError as error:
            yield Finding(
                what="email", well=False, seen=error.reason,
                remedy="Check the network and the settings LEERLIJN_EMAIL__SMTP_… and LEERLIJN_EMAIL__IMAP_….",
            )  # fmt: skip
    for channel in channels.values():
        await channel.close()


async def _telegram(settings: Settings, telegram: Telegram) -> Finding:
    """Is the token known, and does Telegram bring messages where we wait for them?"""
    polls = not settings.https if settings.telegram.poll is None else settings.telegram.poll
    try:
        name = await telegram.name_of_bot()
        url, waiting, wrong = await telegram.webhook()
    except SendError as error:
        return Finding(
            what="telegram", well=False, seen=error.reason,
            remedy="Check the network, LEERLIJN_TELEGRAM__TOKEN and LEERLIJN_TELEGRAM__API_BASE.",
        )  # fmt: skip
    expected = "" if polls else f"{settings.public_url}/webhooks/telegram"
    seen = f"{name}, {'polling' if polls else 'webhook'}, {waiting} waiting" + (
        f", last error: {wrong}" if wrong else ""
    )
    return Finding(
        what="telegram", well=url == expected, seen=seen,
        remedy=f"Run: python -m bot telegram {'--remove-webhook' if polls else '--set-webhook'}",
    )  # fmt: skip


def _providers(settings: Settings) -> dict[str, str]:
    """Where each channel's provider is."""
    whatsapp = settings.whatsapp
    theirs = twilio_rest.API_BASE if whatsapp.provider == "twilio" else meta.API_BASE
    return {
        "sms": settings.sms.api_base,
        "whatsapp": whatsapp.api_base or theirs,
        "messenger": settings.messenger.api_base or meta.API_BASE,
    }


def _disk(settings: Settings) -> Finding:
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.var_dir).free
    return Finding(
        what="disk", well=free > FREE_NEEDED, seen=f"{free / 1e9:.1f} GB free in {settings.var_dir}",
        remedy="Make room, or set LEERLIJN_VAR_DIR to a larger disk.",
    )  # fmt: skip
