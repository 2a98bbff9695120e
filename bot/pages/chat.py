"""The web chat: a page that works without JavaScript, and the socket that makes it live.

The conversation itself is the concern of the `WebChat` in `app.state.chat`.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response

from bot.pages import uploads, visitor
from bot.pages.render import BRUSSELS, LANGUAGES, page_language, render, texts
from bot.pages.uploads import UploadRefused
from bot.replies import replies
from channels.web import ChatMessage, WebChat

MAX_TEXT = 4_000  # characters of one message; longer is refused before it is stored
REPLY_PATIENCE = 3.0  # seconds that a plain form waits for the bot before it answers
SETTLE = 0.25  # seconds in which a second reply may still follow the first
LONG_AGO = timedelta(minutes=2)  # after this we no longer say that an answer is on its way
EXIT_TO = "https://www.wikipedia.org/"
WIDGET = Path(__file__).parent.parent / "static" / "widget.js"

router = APIRouter(include_in_schema=False)


@router.get("/chat")
async def show(request: Request, embed: bool = False) -> Response:
    """The thread so far, and a field to type in."""
    language = page_language(request)
    return await _page(request, language, embed=embed)


@router.post("/chat")
async def say(request: Request) -> Response:
    """A message sent as a form, with or without files: stored, and answered when the bot is quick enough.

    A script that asks for JSON only hears whether it was stored: the answer comes over its socket.
    """
    try:
        return await _say(request)
    finally:
        await request.close()  # files that were too large for memory


async def _say(request: Request) -> Response:
    try:
        sent = await uploads.read(request)
    except UploadRefused as refused:
        return await _refused(request, uploads.Sent(), refused)
    language = sent.lang if sent.lang in LANGUAGES else page_language(request)
    if not visitor.same_origin(request):
        return await _refused(request, sent, UploadRefused("chat_foreign", 403))
    if not sent.text.strip() and not sent.files:
        return await _refused(request, sent, UploadRefused("chat_empty", 422))
    if len(sent.text) > MAX_TEXT:
        return await _refused(request, sent, UploadRefused("chat_too_long", 413))
    chat: WebChat = request.app.state.chat
    given = visitor.token_of(request)
    token = await chat.open(sent.token or given, language)
    try:
        files = await uploads.keep(request, sent, token)
    except UploadRefused as refused:
        return await _refused(request, sent, refused)
    async with chat.subscribe(token) as wakeups:
        once = message_id(sent.client_msg_id, sent.about if files else sent.text)
        seq = await chat.receive(token, once, sent.text, language, files)
        response: Response = JSONResponse({"seq": seq})
        if not _wants_json(request):
            await _reply(chat, token, seq, wakeups)
            response = RedirectResponse(f"{_address(language, sent.embed)}#m{seq}", status_code=303)
    if token != given:
        visitor.remember(request, response, token, embed=sent.embed)
    return response


async def _refused(request: Request, sent: uploads.Sent, why: UploadRefused) -> Response:
    language = sent.lang if sent.lang in LANGUAGES else page_language(request)
    words = texts(language)[why.words]
    if _wants_json(request):
        return JSONResponse({"error": words}, status_code=why.status)
    return await _page(
        request, language, embed=sent.embed, status=why.status, error=words, draft=sent.text[: 2 * MAX_TEXT]
    )


def _wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


@router.get("/chat/exit")
async def leave(request: Request) -> Response:
    """Forget the visitor on this device and go somewhere that tells nothing."""
    response = RedirectResponse(EXIT_TO, status_code=303)
    visitor.forget(request, response)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/widget.js")
async def widget() -> Response:
    """The script that another site embeds; any origin may load it."""
    return FileResponse(
        WIDGET,
        media_type="text/javascript",
        headers={
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "public, max-age=3600",
        },
    )


@router.get("/demo-site")
async def demo_site(request: Request) -> Response:
    """An invented library with our button in its corner: what embedding looks like."""
    return render(request, "demo-site.html", language="nl")


async def _page(
    request: Request, language: str, *, embed: bool, status: int = 200, error: str = "", draft: str = ""
) -> Response:
    chat: WebChat = request.app.state.chat
    given = visitor.token_of(request)
    token = await chat.open(given, language)
    messages = await everything(chat, token, 0)
    last = messages[-1] if messages else None
    now = datetime.now(UTC)
    say = replies(language)
    response = render(
        request,
        "chat.html",
        language=language,
        status=status,
        private=True,
        welcome=say("welcome"),
        hello=say("hello"),
        messages=messages,
        last_seq=last.seq if last else 0,
        waiting=last is not None and last.author == "person" and now - last.at < LONG_AGO,
        saved=last is not None and last.author == "person" and now - last.at >= LONG_AGO,
        today=now.astimezone(BRUSSELS).date(),
        embed=embed,
        error=error,
        draft=draft,
        max_text=MAX_TEXT,
        exit_to=EXIT_TO,
        new_id=lambda: uuid.uuid4().hex,
        address=lambda name: _address(name, embed),
    )
    if token != given:
        visitor.remember(request, response, token, embed=embed)
    return response


async def everything(chat: WebChat, token: str, after: int) -> list[ChatMessage]:
    """The whole history above `after`, however many pages it takes."""
    messages: list[ChatMessage] = []
    while page := await chat.history(token, after):
        messages += page
        after = page[-1].seq
    return messages


def message_id(form_id: str, text: str) -> str:
    """One id for one form with one text: a double click is one message, a second thought is another.

    The socket gives the same id to what it is sent, so that a message that went both ways is there once.
    """
    same = text.replace("\r\n", "\n")
    return sha256(f"{form_id or uuid.uuid4().hex} {same}".encode(errors="replace")).hexdigest()[:32]


async def _reply(chat: WebChat, token: str, seq: int, wakeups: AsyncIterator[None]) -> None:
    """Return when somebody answered after `seq`, or when patience is out."""
    try:
        async with asyncio.timeout(REPLY_PATIENCE):
            while not await _answered(chat, token, seq):
                await anext(wakeups)
            await asyncio.sleep(SETTLE)
    except (TimeoutError, StopAsyncIteration):
        return  # the page says that the answer is on its way


async def _answered(chat: WebChat, token: str, seq: int) -> bool:
    return any(message.author != "person" for message in await chat.history(token, seq))


def _address(language: str, embed: bool) -> str:
    return "/chat?" + urlencode({"lang": language} | ({"embed": "1"} if embed else {}))
