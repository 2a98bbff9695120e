"""The web server in front of the hub: webhooks, public pages, the console, and what machines ask."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import api, api_referrals, webhooks
from bot.calls import routes as calls
from bot.guard import BATCHES, BodyLimit, SecurityHeaders
from bot.hub import Hub, open_hub
from bot.pages.routes import add_pages
from bot.pages.uploads import UPLOAD_LIMIT
from bot.settings import Settings
from channels.voice import Voice
from handover.console.routes import add_console

log = logging.getLogger(__name__)
STALLED = 30.0  # seconds without a claim: the worker hangs
VENDOR = {
    "htmx.min.js": Path(__file__).resolve().parent.parent
    / "node_modules"
    / "htmx.org"
    / "dist"
    / "htmx.min.js"
}
LOOPBACK = ("127.0.0.1", "::1")


def create_app(settings: Settings, *, work: bool = True) -> FastAPI:
    """The application; its lifespan opens and closes the hub."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_hub(settings, work=work) as hub:
            attach(app, hub)
            runner = asyncio.create_task(hub.run(work=work), name="hub")
            runner.add_done_callback(_told)
            app.state.runner = runner
            try:
                yield
            finally:
                runner.cancel()
                with suppress(asyncio.CancelledError):
                    await runner

    app = FastAPI(
        title="Leerlijn", version="1", lifespan=lifespan, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )  # fmt: skip
    app.add_middleware(BodyLimit, limit=settings.body_limit, uploads={"/chat": UPLOAD_LIMIT}, batches=BATCHES)
    app.add_middleware(SecurityHeaders, https=settings.https, embed_origins=settings.embed_origins)
    app.state.settings = settings
    app.state.work = work
    _machine_routes(app)
    _vendor_files(app)
    app.include_router(api.router)
    app.include_router(api_referrals.router)
    add_pages(app)
    add_console(app)
    return app


def _told(runner: asyncio.Task[None]) -> None:
    """A worker that stops by itself is said aloud; /ready turns red, so that a supervisor restarts us."""
    if not runner.cancelled() and runner.exception() is not None:
        log.critical("the worker stopped", exc_info=runner.exception())


def attach(app: FastAPI, hub: Hub) -> None:
    """Give the routes what they work with."""
    app.state.hub = hub
    app.state.database = hub.database
    app.state.worker = hub.worker
    app.state.chat = hub.chat
    app.state.media = hub.media
    app.state.secret = hub.secret
    app.state.vector_of = hub.understanders.vector_of
    app.state.demand = hub.demand
    app.state.answers = hub.answers if app.state.work else None  # who answers nothing understands nothing
    app.router.routes[:0] = webhooks.routes(hub.channels, hub.inbox, hub.settings.public_url)
    voice = hub.channels.get(Voice.name)
    if isinstance(voice, Voice):
        app.include_router(calls.router(hub, voice, sms_on="sms" in hub.channels))


def _vendor_files(app: FastAPI) -> None:
    """Third-party browser files, from where npm put them; only those named here."""

    @app.get("/static/vendor/{name}", include_in_schema=False)
    async def vendor(name: str) -> Response:
        path = VENDOR.get(name)
        if path is None or not path.is_file():
            return Response(status_code=404)
        return FileResponse(
            path, media_type="text/javascript", headers={"Cache-Control": "public, max-age=86400"}
        )


def _machine_routes(app: FastAPI) -> None:
    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    async def ready(request: Request) -> Response:
        """Database reachable, worker alive."""
        hub: Hub = request.app.state.hub
        try:
            async with asyncio.timeout(3), hub.database.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError, TimeoutError):
            return JSONResponse({"status": "database unreachable"}, 503)
        if request.app.state.runner.done():
            return JSONResponse({"status": "worker stopped"}, 503)
        beat = hub.worker.beat
        if request.app.state.work and beat and asyncio.get_running_loop().time() - beat > STALLED:
            return JSONResponse({"status": "worker stalled"}, 503)
        return JSONResponse({"status": "ready"})

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """Counts without persons, for this machine or whoever has the token."""
        settings: Settings = request.app.state.settings
        token = settings.metrics_token.get_secret_value()
        local = request.client is not None and request.client.host in LOOPBACK
        if not (request.headers.get("authorization") == f"Bearer {token}" if token else local):
            return Response(status_code=404)
        return Response(await _measure(request.app.state.hub), media_type=CONTENT_TYPE_LATEST)


async def _measure(hub: Hub) -> bytes:
    registry = CollectorRegistry()
    jobs = Gauge("leerlijn_jobs", "Jobs by kind and state", ["kind", "state"], registry=registry)
    messages = Gauge(
        "leerlijn_messages", "Messages by direction and status", ["direction", "status"], registry=registry
    )
    waiting = Gauge("leerlijn_waiting", "Open conversations by holder", ["holder"], registry=registry)
    async with hub.database.engine.connect() as connection:
        for kind, state, count in await connection.execute(
            text("SELECT kind, state, count(*) FROM job GROUP BY 1, 2")
        ):
            jobs.labels(kind, state).set(count)
        query = "SELECT direction, status, count(*) FROM message GROUP BY 1, 2"
        for direction, status, count in await connection.execute(text(query)):
            messages.labels(direction, status).set(count)
        query = "SELECT holder, count(*) FROM conversation WHERE life = 'open' GROUP BY 1"
        for holder, count in await connection.execute(text(query)):
            waiting.labels(holder).set(count)
    Gauge("leerlijn_scraped_seconds", "When this was measured", registry=registry).set(time.time())
    return generate_latest(registry)
