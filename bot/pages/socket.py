"""The live chat: JSON text frames over `/chat/socket`, resumable after any break.

A client says hello with the last seq it has seen, gets everything after it, and from then on every
new message. It may send the same message again: `client_msg_id` makes that harmless.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bot.pages import visitor
from bot.pages.chat import MAX_TEXT, everything, message_id
from bot.pages.render import LANGUAGES, texts
from channels.web import ChatMessage, WebChat

HELLO_PATIENCE = 10.0  # seconds before a silent newcomer is let go
IDLE = 180.0  # seconds without a whole frame; our own pages ping every 25
BURST, A_SECOND = 40, 4.0  # frames at once, and in the long run: nobody types that fast
MOST = 5_000  # sockets of one process
MAX_FRAME = 64 * 1024  # bytes
POLICY, TOO_BIG, BAD_DATA, GOING_AWAY, TRY_LATER = 1008, 1009, 1007, 1001, 1013

router = APIRouter(include_in_schema=False)


class Hello(BaseModel):
    """The first frame: who, in which language, and what was seen already."""

    type: Literal["hello"]
    token: str | None = Field(default=None, max_length=200)
    last_seq: int = Field(default=0, ge=0, lt=2**63)
    language: str = Field(default="nl", max_length=8)


class Post(BaseModel):
    """A message; the id is the client's own, so that sending it again is harmless."""

    type: Literal["message"]
    client_msg_id: str = Field(min_length=8, max_length=64)
    text: str


class Ping(BaseModel):
    """Are you there?"""

    type: Literal["ping"]


FRAME: TypeAdapter[Hello | Post | Ping] = TypeAdapter(
    Annotated[Hello | Post | Ping, Field(discriminator="type")]
)


class _TalkError(Exception):
    """The talk cannot go on; `code` tells the browser why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Talk:
    """One socket of one visitor."""

    def __init__(self, socket: WebSocket, chat: WebChat) -> None:
        self._socket = socket
        self._chat = chat
        # One writer at a time, so that the ack of a message goes out before the message comes round.
        self._turn = asyncio.Lock()
        self._token = ""
        self._language = LANGUAGES[0]
        self._seen = 0
        self._allowed, self._counted = float(BURST), 0.0

    async def run(self) -> None:
        """Talk until one side ends it; raises _TalkError, or whatever broke."""
        try:
            async with asyncio.timeout(HELLO_PATIENCE):
                hello = await self._read()
        except TimeoutError:
            raise _TalkError(POLICY) from None
        if not isinstance(hello, Hello):
            raise _TalkError(POLICY)
        cookie = visitor.token_of(self._socket)
        self._language = hello.language if hello.language in LANGUAGES else LANGUAGES[0]
        self._token = await self._chat.open(hello.token or cookie, self._language)
        # Subscribed before the history is read: what arrives in between is not missed.
        async with self._chat.subscribe(self._token) as wakeups:
            await self._welcome(hello.last_seq, keeps_cookie=self._token == cookie)
            tasks = {asyncio.create_task(self._listen()), asyncio.create_task(self._follow(wakeups))}
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            for task in done:
                task.result()

    async def _welcome(self, last_seq: int, *, keeps_cookie: bool) -> None:
        # A page that saw more than there is, saw a thread that is gone: it starts anew.
        gone = last_seq > 0 and last_seq > await self._chat.newest(self._token)
        messages = await everything(self._chat, self._token, 0 if gone else last_seq)
        self._seen = messages[-1].seq if messages else 0 if gone else last_seq
        await self._socket.send_json(
            {
                "type": "welcome",
                # A page with the cookie never sees the token; a browser without cookies has to keep it.
                "token": None if keeps_cookie else self._token,
                "reset": gone,
                "messages": [as_frame(message) for message in messages],
            }
        )

    async def _listen(self) -> None:
        while True:
            try:
                async with asyncio.timeout(IDLE):
                    frame = await self._read()
            except TimeoutError:
                raise _TalkError(GOING_AWAY) from None
            self._count()
            async with self._turn:
                if isinstance(frame, Post):
                    await self._socket.send_json(await self._accept(frame))
                elif isinstance(frame, Ping):
                    await (
                        self._bring()
                    )  # wake-ups can be lost; a browser pings often enough to make up for it
                    await self._socket.send_json({"type": "pong"})
                else:
                    raise _TalkError(POLICY)

    def _count(self) -> None:
        """Raises _TalkError for who sends more than a person can."""
        now = asyncio.get_running_loop().time()
        self._allowed = min(float(BURST), self._allowed + (now - self._counted) * A_SECOND) - 1
        self._counted = now
        if self._allowed < 0:
            raise _TalkError(POLICY)

    async def _accept(self, post: Post) -> dict[str, object]:
        words = texts(self._language)
        if not post.text.strip() or len(post.text) > MAX_TEXT:
            why = "chat_too_long" if post.text.strip() else "chat_empty"
            return {"type": "error", "client_msg_id": post.client_msg_id, "text": words[why]}
        once = message_id(post.client_msg_id, post.text)
        seq = await self._chat.receive(self._token, once, post.text, self._language)
        return {"type": "ack", "client_msg_id": post.client_msg_id, "seq": seq}

    async def _follow(self, wakeups: AsyncIterator[None]) -> None:
        async for _ in wakeups:
            async with self._turn:
                await self._bring()

    async def _bring(self) -> None:
        for message in await everything(self._chat, self._token, self._seen):
            await self._socket.send_json(as_frame(message))
            self._seen = message.seq

    async def _read(self) -> Hello | Post | Ping:
        raw = await self._socket.receive()
        if raw["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(raw.get("code", 1005))
        text = raw.get("text")
        if text is None:
            raise _TalkError(BAD_DATA)
        if len(text) > MAX_FRAME:
            raise _TalkError(TOO_BIG)
        try:
            return FRAME.validate_json(text)
        except ValidationError:
            raise _TalkError(BAD_DATA) from None


def as_frame(message: ChatMessage) -> dict[str, object]:
    """A message as the browser gets it."""
    return {
        "type": "message",
        "seq": message.seq,
        "author": message.author,
        "name": message.name,
        "text": message.text,
        "choices": [{"label": choice.label, "value": choice.value} for choice in message.choices],
        "lang": message.lang,
        "at": message.at.isoformat(),
        "files": [{"id": file.id, "kind": file.kind, "name": file.name} for file in message.files],
    }


@router.websocket("/chat/socket")
async def talk(socket: WebSocket) -> None:
    """The live chat of one browser tab. Only our own pages may open it."""
    if not visitor.same_origin_socket(socket):
        await socket.close(POLICY)  # before accept: the handshake is answered with 403
        return
    await socket.accept()
    state = socket.app.state
    state.talks = getattr(state, "talks", 0) + 1
    try:
        if state.talks > MOST:
            raise _TalkError(TRY_LATER)
        await _Talk(socket, state.chat).run()
    except WebSocketDisconnect:
        return
    except _TalkError as closed:
        await socket.close(closed.code)
    finally:
        state.talks -= 1
