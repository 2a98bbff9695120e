"""What an update of Telegram means to us. Pure: no network, no settings.

Update: https://core.telegram.org/bots/api#update

Handled: private messages with text, caption, photo, voice, audio, video, file, sticker, place and contact; edits;
taps on our buttons; being blocked and unblocked. Knowingly left: groups and channels (we say once that we talk to
one person), reactions, business and guest messages, payments, live places that move; and Telegram tells no bot
that a person deleted a message, or that they read one.
"""

from collections.abc import Mapping
from typing import Any

from telegram import (
    Animation,
    Audio,
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    Document,
    Message,
    Update,
    Video,
    VideoNote,
    Voice,
)

from channels.base import Attached, Edited, Inbound, Item, Reach, clean_text

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")  # all that we ask Telegram for
NAME_LIMIT = 200  # bytes
GREETINGS = {"nl": "dag", "fr": "bonjour"}
GREETING = "hello"
ALONE = (
    "Ik praat met één persoon tegelijk. Stuur mij een privébericht. · Je parle avec une personne à la fois. "
    "Écris-moi en privé. · I talk with one person at a time. Send me a private message."
)
SERVED = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED, ChatMember.OWNER)
OTHER = {  # what we cannot take in, as staff read it
    "poll": "peiling", "dice": "dobbelsteen", "game": "spel", "story": "verhaal", "paid_media": "betaalde media",
    "invoice": "factuur", "checklist": "takenlijst", "giveaway": "winactie",
}  # fmt: skip


def items_of(update: Update) -> list[Item]:
    """Nothing when the update is no business of ours."""
    if update.callback_query is not None:
        return _tapped(update.callback_query)
    if update.my_chat_member is not None:
        return _reach(update.my_chat_member)
    if update.edited_message is not None:
        return _edited(update.edited_message)
    return _said(update.message) if update.message is not None else []


def aside_of(update: Update) -> Mapping[str, Any] | None:
    """A call of the Bot API that goes with taking the update in: the button stops waiting, a group hears where we are.

    A webhook may carry it in its answer: https://core.telegram.org/bots/api#making-requests-when-getting-updates
    """
    if update.callback_query is not None:
        return {"method": "answerCallbackQuery", "callback_query_id": update.callback_query.id}
    change = update.my_chat_member
    if change is not None and change.chat.type in ("group", "supergroup"):
        joined = change.new_chat_member.status in SERVED and change.old_chat_member.status not in SERVED
        return {"method": "sendMessage", "chat_id": change.chat.id, "text": ALONE} if joined else None
    return None


def _tapped(query: CallbackQuery) -> list[Item]:
    if query.data is None or (query.message is not None and query.message.chat.type != "private"):
        return []
    answers = f"{query.message.chat.id}:{query.message.message_id}" if query.message is not None else None
    return [
        Inbound(
            external_id=f"tap:{query.id}", path=str(query.from_user.id), text=query.data,
            display=_name(query.from_user.full_name), language=_language(query.from_user.language_code),
            answers=answers,
        )
    ]  # fmt: skip


def _reach(change: ChatMemberUpdated) -> list[Item]:
    if change.chat.type != "private":
        return []
    return [Reach(path=str(change.chat.id), open=change.new_chat_member.status in SERVED)]


def _edited(message: Message) -> list[Item]:
    words = message.text or message.caption
    if message.chat.type != "private" or not words:  # a live place that moves is told as an edit
        return []
    return [Edited(external_id=_id(message), text=words)]


def _said(message: Message) -> list[Item]:
    sender = message.from_user
    if message.chat.type != "private" or sender is None or sender.is_bot:
        return []
    language = _language(sender.language_code)
    media = _media(message)
    text = _command(message.text, language) if message.text else _words(message)
    if not text and not media:
        return []  # a service message: a pinned message, a changed timer
    path = str(message.chat.id)
    # Who presses "start" wants to hear from us, also after a STOP.
    again = [Reach(path=path, open=True, opted_out=True)] if (message.text or "").startswith("/start") else []
    return [
        *again,
        Inbound(
            external_id=_id(message), path=path, text=text, display=_name(sender.full_name),
            language=language, media=media,
            answers=_id(message.reply_to_message) if message.reply_to_message is not None else None,
        )
    ]  # fmt: skip


def _command(text: str, language: str | None) -> str:
    """`/stop` is the word "stop"; `/start` opens a chat, and its payload is a question ("spaans-gent")."""
    if not text.startswith("/"):
        return text
    command, _, rest = text[1:].partition(" ")
    command = command.partition("@")[0]
    if command != "start":
        return f"{command} {rest}".strip()
    return rest.replace("-", " ").replace("_", " ").strip() or GREETINGS.get(language or "", GREETING)


def _words(message: Message) -> str:
    """What is no text, in words."""
    if message.caption:
        return message.caption
    if message.sticker is not None:
        return message.sticker.emoji or ""
    if message.venue is not None:
        at = message.venue.location
        return f"📍 {message.venue.title}, {message.venue.address} ({at.latitude:.5f}, {at.longitude:.5f})"
    if message.location is not None:
        return f"📍 {message.location.latitude:.5f}, {message.location.longitude:.5f}"
    if message.contact is not None:
        who = " ".join(filter(None, (message.contact.first_name, message.contact.last_name)))
        return f"👤 {who}, {message.contact.phone_number}"
    return next((f"[{word}]" for name, word in OTHER.items() if getattr(message, name, None)), "")


def _media(message: Message) -> tuple[Attached, ...]:
    if message.photo:  # the same picture in several sizes
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (Attached(ref=largest.file_id, kind="image", media_type="image/jpeg", size=largest.file_size),)
    if message.voice is not None:
        return (_file(message.voice, "audio"),)
    if message.audio is not None:
        return (_file(message.audio, "audio", message.audio.file_name),)
    if message.animation is not None:  # comes with a document that is the same
        return (_file(message.animation, "video", message.animation.file_name),)
    if message.video is not None:
        return (_file(message.video, "video", message.video.file_name),)
    if message.video_note is not None:
        return (
            Attached(ref=message.video_note.file_id, kind="video", media_type="video/mp4",
                     size=message.video_note.file_size),
        )  # fmt: skip
    if message.document is not None:
        image = (message.document.mime_type or "").startswith("image/")
        return (_file(message.document, "image" if image else "document", message.document.file_name),)
    return ()


def _file(
    file: Animation | Audio | Document | Video | VideoNote | Voice, kind: str, name: str | None = None
) -> Attached:
    return Attached(
        ref=file.file_id,
        kind=kind,
        media_type=getattr(file, "mime_type", None),
        name=name,
        size=file.file_size,
    )


def _id(message: Message) -> str:
    """Telegram numbers the messages of a chat; only with the chat that is one message."""
    return f"{message.chat.id}:{message.message_id}"


def _name(name: str) -> str | None:
    return clean_text(name, NAME_LIMIT) or None


def _language(code: str | None) -> str | None:
    return code.split("-")[0].lower() if code else None
