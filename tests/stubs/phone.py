"""A caller at a telephone, with Twilio between them and us: it does what our TwiML says, over real HTTP.

Only the wire is played: requests carry Twilio's parameters and are signed by Twilio's own SDK; documents are checked
for what Twilio accepts (verbs, attributes, sizes). Silence costs no time, and is counted.
"""

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import httpx

from tests.stubs.twilio import ACCOUNT, NUMBER, signed

# https://www.twilio.com/docs/voice/twiml: the verbs that we use, their attributes, and what may stand in them.
VERBS = {
    "Response": set(),
    "Say": {"voice", "language", "loop"},
    "Gather": {
        "input", "action", "method", "timeout", "speechTimeout", "maxSpeechTime", "finishOnKey", "numDigits",
        "language", "hints", "bargeIn", "actionOnEmptyResult", "speechModel", "profanityFilter",
    },
    "Pause": {"length"},
    "Redirect": {"method"},
    "Record": {
        "action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim", "recordingStatusCallback",
    },
    "Dial": {"action", "method", "timeout", "callerId", "answerOnBridge"},
    "Hangup": set(),
}  # fmt: skip
NESTS = {"Response": set(VERBS) - {"Response"}, "Gather": {"Say", "Pause"}}
DOCUMENT_LIMIT, SAY_LIMIT = 64 * 1024, 4096
VOICES = {"nl-BE": "Polly.Lisa-Neural", "fr-BE": "Polly.Isabelle-Neural", "en-GB": "Polly.Amy-Neural"}
LONGEST_CALL = 200  # requests


@dataclass(frozen=True, kw_only=True)
class Gives:
    """What the caller does when they are listened to: keys, words, or nothing."""

    keys: str = ""
    words: str = ""


def press(keys: str) -> Gives:
    return Gives(keys=keys)


def say(words: str) -> Gives:
    return Gives(words=words)


SILENCE = Gives()


@dataclass
class Phone:
    """One call. `heard` is what was said to the caller, one entry a listening moment; `repeats`: each request comes twice."""

    client: httpx.AsyncClient
    public_url: str
    number: str = "+32470000001"
    repeats: bool = False
    at_once: bool = False  # and the second does not wait for the first
    answered_by_colleague: bool = True
    sid: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    heard: list[str] = field(default_factory=list)
    spoken_in: list[str] = field(default_factory=list)  # languages of what was said
    dialled: str = ""
    asked: list[str] = field(default_factory=list)  # the addresses that were requested
    documents: list[bytes] = field(default_factory=list)
    silence: int = 0  # seconds of pauses
    over: bool = False
    recording: int = 0  # seconds that they speak in when there is a tone
    leaves_at: str = ""  # they hang up before Twilio goes on to an address with this in it
    _at: str = ""
    _waiting: ElementTree.Element | None = None
    _rest: list[ElementTree.Element] = field(default_factory=list)

    async def dial(self) -> str:
        """Ring us, until they are listened to; returns what they hear."""
        return await self._next(f"{self.public_url}/webhooks/voice", {"CallStatus": "ringing"})

    async def gives(self, what: Gives) -> str:
        """Answer at the moment that we listen; returns what they hear then."""
        gather = self._waiting
        assert gather is not None, f"nobody is listening: {self.heard[-1:]}"
        action = urljoin(self._at, gather.attrib["action"])
        inputs = gather.attrib.get("input", "dtmf").split()
        form: dict[str, str] = {}
        if what.keys:
            assert "dtmf" in inputs
            count = int(gather.attrib.get("numDigits", "99"))
            form = {"Digits": what.keys.split(gather.attrib.get("finishOnKey", "#"))[0][:count]}
        elif what.words and "speech" in inputs:
            form = {"SpeechResult": what.words, "Confidence": "0.91"}
        elif gather.attrib.get("actionOnEmptyResult") != "true":
            self._waiting = None
            return await self._follow(self._rest)
        return await self._next(action, form)

    async def hangs_up(self, status: str = "completed") -> None:
        """The end of the call, and Twilio's news of it."""
        self._waiting, self.over = None, True
        await self._post(
            f"{self.public_url}/webhooks/voice/status", {"CallStatus": status, "CallDuration": "7"}
        )

    async def dial_and_give(self, *given: Gives) -> str:
        """The whole beginning of a call; returns what is heard last."""
        said = await self.dial()
        for what in given:
            said = await self.gives(what)
        return said

    async def _next(self, url: str, form: dict[str, str]) -> str:
        self._waiting = None
        self.heard.append("")
        document = await self._post(url, form)
        self._at = url
        return await self._follow(list(ElementTree.fromstring(document)))  # noqa: S314

    async def _follow(self, verbs: Sequence[ElementTree.Element]) -> str:
        """Do the verbs until somebody listens or the call is over; returns all that was said."""
        for place, verb in enumerate(verbs):
            match verb.tag:
                case "Say":
                    self._hears(verb)
                case "Pause":
                    self.silence += int(verb.attrib.get("length", "1"))
                case "Gather":
                    for inner in verb:
                        self._hears(inner)
                    self._waiting, self._rest = verb, list(verbs[place + 1 :])
                    return self.heard[-1]
                case "Redirect":
                    assert len(self.asked) < LONGEST_CALL, "this call goes round in circles"
                    if self.leaves_at and self.leaves_at in (verb.text or ""):
                        return self.heard[-1]
                    document = await self._post(urljoin(self._at, verb.text or ""), {})
                    self._at = urljoin(self._at, verb.text or "")
                    return await self._follow(list(ElementTree.fromstring(document)))  # noqa: S314
                case "Record":
                    if not self.recording:
                        await self.hangs_up()
                        return self.heard[-1]
                    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE{'0' * 32}"
                    document = await self._post(
                        urljoin(self._at, verb.attrib["action"]),
                        {
                            "RecordingUrl": url,
                            "RecordingSid": f"RE{'0' * 32}",
                            "RecordingDuration": str(self.recording),
                        },
                    )
                    return await self._follow(list(ElementTree.fromstring(document)))  # noqa: S314
                case "Dial":
                    self.dialled = verb.text or ""
                    status = "completed" if self.answered_by_colleague else "no-answer"
                    document = await self._post(
                        urljoin(self._at, verb.attrib["action"]), {"DialCallStatus": status}
                    )
                    return await self._follow(list(ElementTree.fromstring(document)))  # noqa: S314
                case "Hangup":
                    break
        if not self.over:
            await self.hangs_up()
        return self.heard[-1]

    def _hears(self, verb: ElementTree.Element) -> None:
        if verb.tag == "Say":
            self.spoken_in.append(verb.attrib["language"][:2])
            self.heard[-1] = f"{self.heard[-1]} {verb.text or ''}".strip()

    async def _post(self, url: str, form: dict[str, str]) -> bytes:
        """The signed request of Twilio, twice when it repeats itself; then the second answer is the one that counts."""
        assert url.startswith(self.public_url), url
        self.asked.append(url)
        parameters = self._parameters() | form
        body, headers = signed(url, parameters)
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        asks = [
            self.client.post(path, content=body, headers=headers, timeout=20)
            for _ in range(2 if self.repeats else 1)
        ]
        answers = await asyncio.gather(*asks) if self.at_once else [await ask for ask in asks]
        for answer in answers:
            assert answer.status_code == 200, (answer.status_code, answer.text)
            assert answer.headers["content-type"].startswith("text/xml")
        if "/wait" not in url:  # there the answer may have come in between
            assert len({answer.content for answer in answers}) == 1, [answer.text for answer in answers]
        check(answers[-1].content)
        self.documents.append(answers[-1].content)
        return answers[-1].content

    def _parameters(self) -> dict[str, str]:
        return {
            "CallSid": self.sid, "AccountSid": ACCOUNT, "From": self.number, "Caller": self.number, "To": NUMBER,
            "Called": NUMBER, "CallStatus": "in-progress", "ApiVersion": "2010-04-01", "Direction": "inbound",
            "FromCountry": "BE", "ToCountry": "BE", "CallerCountry": "BE",
        }  # fmt: skip


def check(document: bytes) -> None:
    """Twilio would take it: well-formed, only verbs and attributes it knows, in their places and within its limits."""
    assert len(document) <= DOCUMENT_LIMIT
    root = ElementTree.fromstring(document)  # noqa: S314  # our own document
    assert root.tag == "Response"
    for parent in root.iter():
        unknown = set(parent.attrib) - VERBS[parent.tag]
        assert not unknown, f"<{parent.tag}> has no {unknown}"
        for child in parent:
            assert child.tag in NESTS.get(parent.tag, set()), f"<{child.tag}> in <{parent.tag}>"
        if parent.tag == "Say":
            assert 0 < len(parent.text or "") <= SAY_LIMIT
            assert VOICES[parent.attrib["language"]] == parent.attrib["voice"]
            assert not re.search(r"https?:|\*|\d:\d\d|\d/\d", parent.text or ""), (
                f"cannot be said: {parent.text}"
            )
        if parent.tag == "Gather":
            assert {"action", "input"} <= set(parent.attrib)
