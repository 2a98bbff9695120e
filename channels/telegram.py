"""Telegram: a webhook with a secret, or long polling where no public address is; the Bot API out.

Bot API: https://core.telegram.org/bots/api (10.3)
Webhooks: https://core.telegram.org/bots/api#setwebhook and https://core.telegram.org/bots/webhooks
Limits: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

Telegram signs nothing: the secret in a header is all that proves where a request comes from, and a request can be
replayed, which our receipts make harmless. It keeps what we do not take for 24 hours. It cannot be asked whether it
has a message, so one whose fate is unknown stays unknown.
"""

import asyncio
import hmac
import logging
import random
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar

import httpx
import orjson
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    Update,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError

from channels.base import (
    Blocked,
    Deliver,
    Item,
    Malformed,
    Misconfigured,
    Outgoing,
    Rejected,
    SendError,
    Sent,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Webhook,
)
from channels.segments import split
from channels.telegram_updates import ALLOWED, aside_of, items_of
from channels.telegram_wire import TIMEOUT, Http, NotHandedOver, Redacted, TooFast
from data.translation import N_

log = logging.getLogger(__name__)
TEXT_LIMIT = 4096  # UTF-16 units
BUTTON_LIMIT = 64  # bytes of a button's value
READABLE = 32  # characters of a label that a phone shows whole
SHORT_LABEL, ROW = 10, 4  # characters of labels that fit beside each other; of them a row
CONNECTIONS = 1  # at once: with more, two messages of one person could overtake each other
POLL = 25  # seconds that Telegram waits for something to tell
BACKOFF = (1.0, 60.0)  # seconds between failed polls, from and to
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
GONE = {
    "chat not found": N_("dit Telegram-gesprek bestaat niet meer"),
    "peer_id_invalid": N_("dit adres bestaat niet"),
}
MARK = re.compile(r"\*([^\s*][^*\n]{0,60})\*")  # *a word to type*, as in our replies
FILE = re.compile(r"[\w-]+(/[\w.-]+)*")


class Telegram:
    """`webhook_secret` empty: no webhook is believed. `poll`: fetch updates ourselves instead."""

    name: ClassVar[str] = "telegram"
    scheme: ClassVar[str] = "telegram"

    def __init__(
        self,
        *,
        token: str,
        webhook_secret: str = "",
        poll: bool = False,
        public_url: str = "",
        api_base: str = "https://api.telegram.org",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        base = api_base.rstrip("/")
        self._secret = webhook_secret.encode()
        self._poll = poll
        self._address = f"{public_url}/webhooks/{self.name}"
        self._methods = f"{base}/bot{token}"
        self._files = f"{base}/file/bot{token}"
        self._http = Http(httpx.AsyncClient(timeout=TIMEOUT, transport=transport, follow_redirects=False))
        self._bot = Bot(
            token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=self._http,
            get_updates_request=self._http,
        )  # fmt: skip
        logging.getLogger("httpx").addFilter(Redacted(token))

    def verify(self, webhook: Webhook) -> bool:
        given = webhook.headers.get("x-telegram-bot-api-secret-token", "").encode()
        return bool(self._secret) and hmac.compare_digest(given, self._secret)

    def parse(self, webhook: Webhook) -> list[Item]:
        return self._read(_json(webhook))

    def answer(self, webhook: Webhook) -> tuple[str, bytes]:
        update = self._update(_json(webhook))
        aside = aside_of(update) if update is not None else None
        return "application/json", orjson.dumps(aside or {})

    async def send(self, message: Outgoing) -> Sent:
        text, keyboard = _with_buttons(message)
        parts = _parts(text)
        sent: list[str] = []
        for number, part in enumerate(parts, 1):
            words, bold = (part, []) if message.human else _bold(part)
            try:
                taken = await self._bot.send_message(
                    int(message.path), words, entities=bold or None, link_preview_options=NO_PREVIEW,
                    reply_markup=keyboard if number == len(parts) else None,
                )  # fmt: skip
            except TelegramError as error:
                if sent:  # what is there cannot be unsaid, and a second start would say it twice
                    raise UnknownOutcome(
                        N_("deel {number} van {count} kwam er niet").format(number=number, count=len(parts))
                    ) from None
                raise _error(error) from None  # its text may repeat the token or what was said
            sent.append(f"{taken.chat.id}:{taken.message_id}")
        return Sent(external_id=sent[-1])

    async def find(self, message: Outgoing, sent_after: float) -> Sent | None:
        raise UnknownOutcome(N_("Telegram kan niet zeggen of het dit bericht heeft"))

    async def typing(self, path: str, external_id: str) -> None:
        try:
            await self._bot.send_chat_action(int(path), ChatAction.TYPING)
        except TelegramError as error:
            raise _error(error) from None

    async def fetch(self, ref: str, limit: int) -> AsyncIterator[bytes]:
        try:
            file = await self._bot.get_file(ref)
        except TelegramError as error:
            raise (
                Rejected(N_("het bestand is te groot of niet meer bij Telegram"))
                if isinstance(error, BadRequest)
                else _error(error)
            ) from None
        path = (file.file_path or "").removeprefix(f"{self._files}/")
        if (file.file_size or 0) > limit:
            raise Rejected(N_("het bestand is te groot"))
        if not FILE.fullmatch(path) or ".." in path:  # only ever below our own address at Telegram's
            raise Rejected(N_("Telegram gaf een vreemd adres"))
        async for chunk in self._http.download(f"{self._files}/{path}", limit):
            yield chunk

    async def listen(self, deliver: Deliver) -> None:
        """Long polling: an update is confirmed, by asking for what comes after it, once `deliver` has stored it."""
        if not self._poll:
            return
        offset, failures = 0, 0
        while True:
            try:
                updates = await self._updates(offset)
                items = [item for update in updates for item in self._read(update)]
                if items:
                    await deliver(items)
            except Exception as error:  # whatever it is, a channel that stops listening helps nobody
                self._tell(error)
                longest = min(BACKOFF[1], BACKOFF[0] * 2**failures)
                failures = min(failures + 1, 10)
                await asyncio.sleep(random.uniform(BACKOFF[0] / 2, longest))
                continue
            failures = 0
            offset = max((update["update_id"] + 1 for update in updates), default=offset)
            for update in updates:
                await self._aside(update)

    async def close(self) -> None:
        await self._http.shutdown()

    # Setting up

    async def name_of_bot(self) -> str:
        """The bot's own name, which proves the token. Raises SendError."""
        try:
            return f"@{(await self._bot.get_me()).username}"
        except TelegramError as error:
            raise _error(error) from None

    async def set_webhook(self) -> str:
        """Tell Telegram our address; returns it. Raises SendError; Rejected with Telegram's own words."""
        if not self._secret:
            raise Misconfigured(
                "set LEERLIJN_TELEGRAM__WEBHOOK_SECRET first: without it no webhook is believed"
            )
        try:
            await self._bot.set_webhook(
                self._address, secret_token=self._secret.decode(), max_connections=CONNECTIONS,
                allowed_updates=ALLOWED,
            )  # fmt: skip
        except BadRequest as error:
            raise Rejected(error.message) from None
        except TelegramError as error:
            raise _error(error) from None
        return self._address

    async def remove_webhook(self) -> None:
        """Let Telegram keep the updates, for polling."""
        try:
            await self._bot.delete_webhook()
        except TelegramError as error:
            raise _error(error) from None

    async def webhook(self) -> tuple[str, int, str]:
        """Where Telegram calls, how many updates wait there, and what went wrong last."""
        try:
            info = await self._bot.get_webhook_info()
        except TelegramError as error:
            raise _error(error) from None
        return info.url, info.pending_update_count, info.last_error_message or ""

    # Within

    def _update(self, data: Mapping[str, Any]) -> Update | None:
        """None for what Telegram's own description does not allow, with a log line."""
        try:
            return Update.de_json(dict(data), self._bot)
        except (TypeError, ValueError, KeyError, AttributeError, LookupError) as error:
            log.warning("telegram: an update could not be read (%s)", type(error).__name__)
            return None

    def _read(self, data: Mapping[str, Any]) -> list[Item]:
        update = self._update(data)
        if update is None:
            return []
        chat, said = update.effective_chat, update.effective_message
        words = (said.text, said.caption) if isinstance(said, Message) else ()
        if type(chat.id if chat else 0) is not int or not all(isinstance(text, str | None) for text in words):
            log.warning("telegram: an update has values of the wrong kind")  # which PTB does not look at
            return []
        return items_of(update)

    async def _updates(self, offset: int) -> Sequence[Mapping[str, Any]]:
        asked = {"offset": offset, "timeout": POLL, "allowed_updates": ALLOWED}
        found = await self._http.call(f"{self._methods}/getUpdates", asked, POLL + 10.0)
        return [
            update
            for update in found
            if isinstance(update, dict) and isinstance(update.get("update_id"), int)
        ]

    async def _aside(self, data: Mapping[str, Any]) -> None:
        update = self._update(data)
        aside = aside_of(update) if update is not None else None
        if aside is None:
            return
        try:
            await self._http.call(f"{self._methods}/{aside['method']}", aside, 5.0)
        except TelegramError as error:  # a button that waits a little longer is nobody's worry
            log.info("telegram: %s failed (%s)", aside["method"], type(error).__name__)

    def _tell(self, error: Exception) -> None:
        if isinstance(error, Conflict):
            log.error(
                "telegram: somebody else gets the updates of this bot: another process that polls, or a webhook. "
                "For polling, remove it with: python -m bot telegram --remove-webhook"
            )
        else:
            log.warning("telegram: listening was interrupted (%s); trying again", type(error).__name__)


def _json(webhook: Webhook) -> dict[str, Any]:
    try:
        data = orjson.loads(webhook.body)
    except orjson.JSONDecodeError as error:
        raise Malformed("no JSON") from error
    if not isinstance(data, dict) or type(data.get("update_id")) is not int:
        raise Malformed("no update")
    return data


def _with_buttons(message: Outgoing) -> tuple[str, InlineKeyboardMarkup | None]:
    """The text and its keyboard. A phone cuts long labels off, so those are lines of the text, and their values buttons.

    A choice whose value is too long for a button is only read, and typed.
    """
    lines, buttons = [], []
    for choice in message.choices:
        fits, readable = len(choice.value.encode()) <= BUTTON_LIMIT, len(choice.label) <= READABLE
        if not (fits and readable):
            lines.append(f"{choice.value}) {choice.label}" if choice.value.isdigit() else choice.label)
        if fits:
            label = choice.label if readable else choice.value
            buttons.append(InlineKeyboardButton(label, callback_data=choice.value))
    across = ROW if all(len(button.text) <= SHORT_LABEL for button in buttons) else 1
    rows = [buttons[at : at + across] for at in range(0, len(buttons), across)]
    text = "\n\n".join(part for part in (message.text, "\n".join(lines)) if part)
    return text, InlineKeyboardMarkup(rows) if rows else None


def _parts(text: str) -> list[str]:
    """Pieces within Telegram's limit, which counts UTF-16 units: outside the first plane a character is two."""
    plain = all(ord(character) < 0x10000 for character in text)
    return split(text, TEXT_LIMIT if plain else TEXT_LIMIT // 2)


def _bold(text: str) -> tuple[str, list[MessageEntity]]:
    """Our own *words to type* as bold ones. Telegram counts places in UTF-16 units."""
    plain, entities, at = "", [], 0
    for mark in MARK.finditer(text):
        plain += text[at : mark.start()]
        entities.append(MessageEntity(MessageEntity.BOLD, offset=_units(plain), length=_units(mark[1])))
        plain, at = plain + mark[1], mark.end()
    return plain + text[at:], entities


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _error(error: TelegramError) -> SendError:
    match error:
        case TooFast():
            return Throttled(retry_after=error.wait)
        case NotHandedOver():
            return Unavailable()
        case Forbidden():
            return Blocked()
        case InvalidToken():
            return Misconfigured(N_("Telegram kent deze bot niet: kijk LEERLIJN_TELEGRAM__TOKEN na"))
        case BadRequest():  # which PTB makes a NetworkError
            said = error.message.lower()
            return Rejected(next((words for part, words in GONE.items() if part in said), "Telegram 400"))
        case NetworkError():
            return UnknownOutcome(N_("Telegram antwoordde niet"))
        case _:
            return UnknownOutcome(N_("het antwoord is niet van Telegram"))
