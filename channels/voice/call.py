"""One request of Twilio about a phone call, as values.

Parameters: https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application
Where the call is (the step, the language, how often nothing was heard) travels in the address that we gave Twilio
for its next request, which it signs with the rest; so a request that comes twice says the same twice.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit

from channels.base import Malformed, Webhook
from channels.twilio_form import Form, form_of

# What stands in From when the number is hidden: the word, or the word on a telephone's letters.
HIDDEN = {"+266696687", "+2562533", "+7378742833", "+86282452253", "+8656696", "+464"}
MOST_TURNS = 40  # things said in one call
PERSON = {"nl": "mens", "fr": "personne", "en": "person"}  # what the key 0 stands for
LANGUAGE_KEYS = {"1": "nl", "2": "fr", "3": "en"}
LANGUAGE_WORDS = {
    "1": ("nederlands", "vlaams", "néerlandais", "dutch"), "2": ("frans", "français", "francais", "french"),
    "3": ("engels", "anglais", "english"),
}  # fmt: skip
PERSON_WORDS = {
    "nl": ("mens", "medewerker", "iemand"), "fr": ("personne", "conseiller", "conseillère"),
    "en": ("person", "human"),
}  # fmt: skip
HINTS = ", ".join(word for words in (*PERSON_WORDS.values(), *LANGUAGE_WORDS.values()) for word in words)
ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


class Step(StrEnum):
    """The last part of the address; the number's own webhook is the start."""

    START = "voice"
    LANGUAGE = "language"
    HEARD = "heard"
    WAIT = "wait"
    OFFER = "offer"
    NUMBER = "number"
    RECORDED = "recorded"
    CONNECTED = "connected"
    STATUS = "status"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What they spoke in after the tone; `seconds` long, to be fetched from `url`."""

    url: str
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Call:
    """`number` is E.164, or None when it is hidden; `turn` counts what they said, from 1."""

    sid: str
    step: Step
    number: str | None
    language: str
    turn: int = 1
    misses: int = 0  # times in a row that nothing was heard
    waited: int = 0  # times that we asked them to wait
    offered: bool = False  # 9 sends the last answer as an SMS
    keys: str = ""
    speech: str = ""
    status: str = ""
    dialled: str = ""  # how the call that we put them through to ended
    recording: Recording | None = None

    @property
    def path(self) -> str:
        """The address of whoever calls. Behind a hidden number every call is somebody new."""
        return self.number or f"hidden:{self.sid}"

    def external_id(self, turn: int) -> str:
        """Of the `turn`-th thing they said."""
        return f"{self.sid}:{turn}"

    @property
    def voicemail_id(self) -> str:
        return f"{self.sid}:voicemail"

    @property
    def words(self) -> str:
        """What they said or pressed, as the bot reads it; the key 0 asks for a person."""
        if self.keys == "0":
            return PERSON[self.language]
        return self.keys or self.speech


def read(webhook: Webhook) -> Call:
    """The request as values. Raises Malformed when it is about no call."""
    form, parts = form_of(webhook), urlsplit(webhook.url)
    sid = form.last("CallSid")
    if not re.fullmatch(r"CA[0-9a-fA-F]{32}", sid):
        raise Malformed("no CallSid")
    name = parts.path.rstrip("/").rsplit("/", 1)[-1]
    if name not in set(Step):
        raise Malformed("no step of a call")
    query = dict(parse_qsl(parts.query))
    call = Call(
        sid=sid,
        step=Step(name),
        number=_number(form.last("From")),
        language=query.get("l", "") if query.get("l", "") in PERSON else "nl",
        turn=min(max(_count(query.get("n", "1")), 1), MOST_TURNS),
        misses=_count(query.get("m", "0")),
        waited=_count(query.get("w", "0")),
        offered=query.get("s") == "1",
        keys=re.sub(r"[^0-9]", "", form.last("Digits"))[:20],
        speech=form.last("SpeechResult").strip(),
        status=form.last("CallStatus"),
        dialled=form.last("DialCallStatus"),
        recording=_recording(form),
    )
    return _choice(call) if call.step is Step.LANGUAGE else call


def _choice(call: Call) -> Call:
    """At the menu of languages a word stands for a key, and the key says the language."""
    said = set(re.findall(r"\w+", call.speech.lower()))
    if call.keys:
        return replace(call, language=LANGUAGE_KEYS.get(call.keys, call.language))
    for key, words in LANGUAGE_WORDS.items():
        if said & set(words):
            return replace(call, keys=key, language=LANGUAGE_KEYS[key])
    for language, words in PERSON_WORDS.items():
        if said & set(words):
            return replace(call, keys="0", language=language)
    return call


def address(public_url: str, step: Step, call: Call, **changes: int) -> str:
    """Where Twilio goes on with this call: at `step`, with `changes` to turn (n), misses (m), waited (w), offered (s)."""
    state = {"l": call.language, "n": call.turn, **changes}
    return f"{public_url}/webhooks/voice/{step}?{urlencode(state)}"


def _number(given: str) -> str | None:
    number = re.sub(r"[\s()-]", "", given)
    return number if re.fullmatch(r"\+[1-9][0-9]{6,14}", number) and number not in HIDDEN else None


def _recording(form: Form) -> Recording | None:
    seconds = _count(form.last("RecordingDuration"))
    url = form.last("RecordingUrl")
    return Recording(url=url, seconds=seconds) if url and seconds > 0 else None


def _count(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0
