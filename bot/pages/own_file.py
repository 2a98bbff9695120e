"""/mijn/…: what we keep about somebody, read by whoever owns the address that the link was sent to.

Works without JavaScript; no cache keeps it. What one can do there stands in `bot.pages.own_steps`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.own_export import as_json
from bot.pages.errors import error_page
from bot.pages.render import LANGUAGES, page_language, render
from bot.replies import replies
from channels.addresses import shown
from channels.media import Media, headers_of
from data.db import Database
from data.ids import id_of
from data.tables import Address, Attachment, Message, Region
from handover import conversation, own_changes, own_file, own_links, retention
from handover.own_links import Opened

HOME = own_links.PATH
PLACED = frozenset({"place_key", "nis", "postcode", "language_chosen"})
"""Facts that the page says in other words."""
# In their own words, so that nobody has to find theirs in ours.
SPOKEN: Mapping[str, str] = {
    "nl": "Nederlands", "fr": "Français", "en": "English", "ar": "العربية", "tr": "Türkçe", "uk": "Українська",
    "ru": "Русский", "es": "Español", "pl": "Polski", "ro": "Română", "bg": "Български", "so": "Soomaali", "ti": "ትግርኛ",
    "fa": "فارسی", "ps": "پښتو", "ku": "Kurdî", "pt": "Português", "de": "Deutsch", "it": "Italiano", "ur": "اردو",
    "am": "አማርኛ",
}  # fmt: skip
DONE = frozenset({"corrected", "told", "withdrawn", "stopped", "started"})

router = APIRouter(include_in_schema=False, prefix=HOME.rstrip("/"))


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A request with a link that works, inside its transaction."""

    request: Request
    session: AsyncSession
    token: str
    opened: Opened
    now: datetime

    @property
    def language(self) -> str:
        """The language asked for, else that of the person as far as the bot has it in full."""
        if self.request.query_params.get("lang") in LANGUAGES:
            return page_language(self.request)
        return replies(self.opened.person.language).language

    @property
    def address(self) -> str:
        return f"{HOME}{self.token}"


async def visit(request: Request, session: AsyncSession, token: str, *, lock: bool = False) -> Visit | None:
    """What the link opens; `lock` first locks its person, as every writer does. None: it does not work (any more)."""
    now = datetime.now(UTC)
    opened = await own_links.find(session, token, now=now)
    if opened is not None and lock:
        await conversation.lock_person(session, opened.person.id)
        opened = await own_links.find(session, token, now=now)
    return Visit(request=request, session=session, token=token, opened=opened, now=now) if opened else None


@router.get("/{token}")
async def show(request: Request, token: str) -> Response:
    """All of it; `voor` a message: the older ones; `alles`: every message on one page; `done`: what was just done."""
    async with _database(request).transaction() as session:
        here = await visit(request, session, token)
        if here is None:
            return error_page(request, 404)
        here.opened.link.opened_at = here.opened.link.opened_at or here.now
        done = request.query_params.get("done", "")
        return await page(here, done=done if done in DONE else "")


async def page(
    here: Visit,
    *,
    status: int = 200,
    done: str = "",
    problem: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page; with the `problem` of a form that was not taken, and what was `typed` in it."""
    session, opened, query = here.session, here.opened, here.request.query_params
    person = opened.person
    said, older = await own_file.messages(
        session, person.id, address_id=None if opened.whole else opened.address.id,
        before=id_of(query.get("voor", "")), limit=None if "alles" in query else own_file.PAGE,
    )  # fmt: skip
    region = await session.get(Region, person.region_id) if person.region_id else None
    promised = await own_changes.promise(session, person.id)
    response = render(
        here.request, "own-file.html", language=here.language, status=status, private=True, here=here, opened=opened,
        known=await own_file.read(session, person, now=here.now) if opened.whole else None, said=said, older=older, done=done,
        problem=problem, typed=typed or {}, region=region.name if region else None, spoken=SPOKEN, placed=PLACED,
        reach=reach(opened.address), reach_of=reach, owner=person,
        in_words=retention.in_words,
        promise=replies(here.language).promise(promised, here.now) if promised and promised > here.now else "",
    )  # fmt: skip
    return kept_out(response)


@router.get("/{token}/download.json")
async def download(request: Request, token: str) -> Response:
    """The same as a file for programs; its keys are explained in docs/own-file.md."""
    async with _database(request).transaction() as session:
        here = await visit(request, session, token)
        if here is None:
            return error_page(request, 404)
        only = None if here.opened.whole else here.opened.address.id
        said, _ = await own_file.messages(session, here.opened.person.id, address_id=only, limit=None)
        known = await own_file.read(session, here.opened.person, now=here.now) if here.opened.whole else None
        content = as_json(known, said, here.opened.address, now=here.now)
    return kept_out(
        Response(
            content,
            media_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="leerlijn.json"'},
        )
    )


@router.get("/{token}/bestand/{attachment_id}")
async def file(request: Request, token: str, attachment_id: int) -> Response:
    """One file of their thread."""
    media: Media = request.app.state.media
    async with _database(request).transaction() as session:
        here = await visit(request, session, token)
        if here is None:
            return error_page(request, 404)
        theirs = [Attachment.id == attachment_id, Message.person_id == here.opened.person.id]
        if not here.opened.whole:
            theirs.append(Message.address_id == here.opened.address.id)
        wanted = select(Attachment).join(Message, Message.id == Attachment.message_id).where(*theirs)
        found = await session.scalar(wanted)
    path = media.path(found) if found is not None else None
    if found is None or path is None:
        return error_page(request, 404)
    return kept_out(FileResponse(path, media_type=found.media_type, headers=headers_of(found)))


def reach(address: Address) -> str:
    """An address as its owner knows it: the number or mailbox itself; empty where there is none to read."""
    if address.scheme in ("sms", "whatsapp", "tel", "mailto"):
        return address.display or address.path
    return "" if address.scheme == "web" else address.display or shown(address.scheme, address.path)


def kept_out(response: Response) -> Response:
    """Kept by no cache, found by no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
