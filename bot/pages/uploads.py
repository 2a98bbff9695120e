"""Files in the web chat: a form with or without JavaScript, cleaned before the message is stored, and shown again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from bot.pages import visitor
from channels.base import Kept
from channels.media import Media, Refused, headers_of
from channels.web import WebChat

MOST_FILES = 3  # in one message
MOST_FIELDS = 20
FILE_LIMIT = 10_000_000  # bytes
UPLOAD_LIMIT = MOST_FILES * FILE_LIMIT + 100_000  # bytes of a whole form
AN_HOUR, FILES_AN_HOUR = timedelta(hours=1), 20  # of one visitor
AT_ONCE, TURN_WITHIN = 2, 20.0  # files being cleaned in this process; seconds to wait for a turn
FREE_NEEDED = 1_000_000_000  # bytes left on the disk, below which no stranger's file is kept
FIELD_LIMIT = 256 * 1024  # bytes of one field
CHUNK = 64 * 1024

router = APIRouter(include_in_schema=False)
_turns = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The fields of the chat's form, and its files."""

    text: str = ""
    client_msg_id: str = ""
    lang: str = ""
    embed: bool = False
    token: str | None = None
    files: tuple[UploadFile, ...] = ()

    @property
    def about(self) -> str:
        """What tells this message from another of the same form: its text, and which files."""
        return "\n".join([self.text, *(f"{file.filename}:{file.size}" for file in self.files)])


class UploadRefused(Exception):
    """The message cannot be taken; `words` is the key of the sentence, `status` the answer's."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


async def read(request: Request) -> Sent:
    """The form as it came. Raises UploadRefused when it is none of ours."""
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=FIELD_LIMIT)
    except HTTPException:  # what the parser makes of too many parts, or of none
        raise UploadRefused("chat_file_form", 400) from None
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    files = tuple(file for file in form.getlist("file") if isinstance(file, UploadFile) and file.filename)
    return Sent(
        text=fields.get("text", ""), client_msg_id=fields.get("client_msg_id", "")[:64],
        lang=fields.get("lang", "")[:2], embed=fields.get("embed", "") in ("1", "true", "on"),
        token=fields.get("token"), files=files,
    )  # fmt: skip


async def keep(request: Request, sent: Sent, token: str) -> tuple[Kept, ...]:
    """Clean and keep the files of a form. Raises UploadRefused with what the visitor can do."""
    if not sent.files:
        return ()
    chat: WebChat = request.app.state.chat
    media: Media = request.app.state.media
    recent = await chat.files_since(token, datetime.now(UTC) - AN_HOUR)
    if recent + len(sent.files) > FILES_AN_HOUR:
        raise UploadRefused("chat_file_many", 429)
    if any((file.size or 0) > FILE_LIMIT for file in sent.files):
        raise UploadRefused("chat_file_big", 413)
    if await asyncio.to_thread(media.free) < FREE_NEEDED:
        raise UploadRefused("chat_file_busy", 503)
    try:
        async with asyncio.timeout(TURN_WITHIN):
            await _turns.acquire()
    except TimeoutError:
        raise UploadRefused("chat_file_busy", 503) from None
    try:
        return tuple([await media.keep(_chunks(file), file.filename) for file in sent.files])
    except Refused:
        raise UploadRefused("chat_file_kind", 415) from None
    except TimeoutError:
        raise UploadRefused("chat_file_busy", 503) from None
    finally:
        _turns.release()


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk


@router.get("/chat/bijlage/{attachment_id}")
async def show(request: Request, attachment_id: int, klein: bool = False) -> Response:
    """A visitor's own file; anybody else's is not there."""
    chat: WebChat = request.app.state.chat
    media: Media = request.app.state.media
    token = visitor.token_of(request)
    found = await chat.file(token, attachment_id) if token and 0 < attachment_id < 2**63 else None
    path = media.path(found, preview=klein) if found is not None else None
    if found is None or path is None:
        raise HTTPException(404)
    return FileResponse(
        path, media_type="image/jpeg" if klein else found.media_type, headers=headers_of(found)
    )
