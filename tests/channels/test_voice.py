"""Phone calls: what Twilio tells about them, what we tell it to do, and recordings fetched over real HTTP."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from channels.base import (
    Attached,
    Channel,
    Fetches,
    Inbound,
    Malformed,
    Misconfigured,
    Outgoing,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    Webhook,
)
from channels.voice import Voice
from channels.voice.call import Call, Step, address, read
from channels.voice.twiml import SAY_LIMIT, VOICES, Script
from tests.plain_http import plain_http
from tests.stubs.phone import check
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, signed

PUBLIC = "https://hub.example"
SID = "CA" + "a" * 32
CALLER = "+32470000001"
RECORDING = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE{'b' * 32}"
CALL = {
    "CallSid": SID, "AccountSid": ACCOUNT, "From": CALLER, "Caller": CALLER, "To": NUMBER, "Called": NUMBER,
    "CallStatus": "in-progress", "ApiVersion": "2010-04-01", "Direction": "inbound", "FromCountry": "BE",
}  # fmt: skip


@pytest.fixture
async def voice() -> AsyncIterator[Voice]:
    channel = Voice(account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, transport=plain_http())
    yield channel
    await channel.close()


def request(step: str, **form: str) -> Webhook:
    url = f"{PUBLIC}/webhooks/voice{step}"
    body, headers = signed(url, CALL | form)
    return Webhook(method="POST", url=url, headers=headers, body=body)


def test_it_is_a_channel_that_fetches(voice: Voice) -> None:
    assert isinstance(voice, Channel)
    assert isinstance(voice, Fetches)


# Signatures


@pytest.mark.parametrize("step", ["", "/language?l=nl&n=1&m=0", "/wait?l=fr&n=3&w=2", "/status"])
def test_what_twilio_signs_is_accepted(voice: Voice, step: str) -> None:
    assert voice.verify(request(step, SpeechResult="één café, 1+1"))


def test_the_state_in_the_address_cannot_be_changed(voice: Voice) -> None:
    """Who could would hear the answers to somebody else's words."""
    good = request("/wait?l=nl&n=1&w=0")
    changed = Webhook(method="POST", url=good.url.replace("n=1", "n=2"), headers=good.headers, body=good.body)
    assert voice.verify(good)
    assert not voice.verify(changed)


@pytest.mark.parametrize(
    "change", [{"body": b"CallSid=CA1"}, {"headers": {}}, {"headers": {"x-twilio-signature": "é" * 28}}, {"body": b"\xff"}]
)  # fmt: skip
def test_anything_else_is_refused(voice: Voice, change: Mapping[str, Any]) -> None:
    good = request("")
    values = {"method": "POST", "url": good.url, "headers": good.headers, "body": good.body} | change
    assert not voice.verify(Webhook(**values))


# What they said


@pytest.mark.parametrize(
    ("step", "form", "text", "external_id", "language"),
    [
        ("/heard?l=nl&n=1&m=0", {"SpeechResult": "Spaans in Gent"}, "Spaans in Gent", f"{SID}:1", "nl"),
        ("/heard?l=fr&n=4&m=1", {"Digits": "2"}, "2", f"{SID}:4", "fr"),
        ("/heard?l=en&n=2&m=0", {"Digits": "9000"}, "9000", f"{SID}:2", "en"),
        ("/heard?l=en&n=2&m=0", {"Digits": "0"}, "person", f"{SID}:2", "en"),
        ("/heard?l=fr&n=2&m=0", {"Digits": "0"}, "personne", f"{SID}:2", "fr"),
        ("/heard?l=nl&n=2&m=0", {"Digits": "9"}, "9", f"{SID}:2", "nl"),
        ("/language?l=nl&n=1&m=0", {"Digits": "0"}, "mens", f"{SID}:1", "nl"),
        ("/language?l=nl&n=1&m=0", {"SpeechResult": "Een mens."}, "mens", f"{SID}:1", "nl"),
        ("/language?l=nl&n=1&m=0", {"SpeechResult": "conseiller"}, "personne", f"{SID}:1", "fr"),
        ("/heard?l=xx&n=99999&m=0", {"SpeechResult": "dag"}, "dag", f"{SID}:40", "nl"),
        ("/heard?l=nl&n=-1&m=0", {"SpeechResult": "dag"}, "dag", f"{SID}:1", "nl"),
    ],
)
def test_words_and_keys(
    voice: Voice, step: str, form: dict[str, str], text: str, external_id: str, language: str
) -> None:
    assert voice.parse(request(step, **form)) == [
        Inbound(external_id=external_id, path=CALLER, text=text, language=language)
    ]


@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("", {}),
        ("/language?l=nl&n=1&m=0", {"Digits": "1"}),
        ("/language?l=nl&n=1&m=0", {"SpeechResult": "english"}),
        ("/heard?l=nl&n=1&m=0", {}),
        ("/heard?l=nl&n=1&m=0", {"SpeechResult": "   "}),
        ("/heard?l=nl&n=1&m=0", {"Digits": "*#"}),
        ("/heard?l=nl&n=2&m=0&s=1", {"Digits": "9"}),  # "send it as an SMS" is no message
        ("/wait?l=nl&n=1&w=0", {"SpeechResult": "dag"}),
        ("/offer?l=nl&n=1", {"Digits": "1"}),
        ("/number?l=nl&n=1", {"Digits": "0470123456"}),
        ("/recorded?l=nl&n=1", {"RecordingUrl": RECORDING, "RecordingDuration": "0"}),
        ("/recorded?l=nl&n=1", {}),
        ("/connected?l=nl&n=1", {"DialCallStatus": "completed"}),
        ("/status", {"CallStatus": "completed", "CallDuration": "12"}),
    ],
)
def test_requests_in_which_nothing_is_said(voice: Voice, step: str, form: dict[str, str]) -> None:
    assert voice.parse(request(step, **form)) == []


def test_a_voicemail_is_a_message_with_a_file(voice: Voice) -> None:
    (item,) = voice.parse(
        request("/recorded?l=nl&n=2", RecordingUrl=RECORDING, RecordingSid="RE1", RecordingDuration="17")
    )
    file = Attached(ref=RECORDING, kind="audio", media_type="audio/mpeg", name=f"voicemail-{SID[-8:]}.mp3")
    assert item == Inbound(
        external_id=f"{SID}:voicemail",
        path=CALLER,
        text="🎤 17 s",
        language="nl",
        media=(file,),
        automatic=True,
    )


@pytest.mark.parametrize(
    "given",
    [
        "anonymous",
        "+266696687",
        "+7378742833",
        "Restricted",
        "",
        "client:els",
        "sip:a@b.be",
        "+0123",
        "+32470000001234567",
    ],
)
def test_a_hidden_number_is_somebody_new_each_time(voice: Voice, given: str) -> None:
    (item,) = voice.parse(request("/heard?l=nl&n=1&m=0", SpeechResult="dag", From=given))
    assert isinstance(item, Inbound)
    assert (item.path, item.display) == (f"hidden:{SID}", "verborgen nummer")


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/webhooks/voice", b""),
        ("/webhooks/voice", b"CallSid=CA1"),
        ("/webhooks/voice", b"CallSid=SM" + b"a" * 32),
        ("/webhooks/voice/elsewhere", f"CallSid={SID}".encode()),
        ("/webhooks/voice", b"\xff\xfe"),
        ("/webhooks/voice", b"&".join(b"a=%d" % n for n in range(300))),
    ],
)
def test_junk_is_malformed(voice: Voice, url: str, body: bytes) -> None:
    with pytest.raises(Malformed):
        voice.parse(Webhook(method="POST", url=PUBLIC + url, headers={}, body=body))


def test_where_the_call_is_comes_back_from_the_address() -> None:
    call = Call(sid=SID, step=Step.WAIT, number=CALLER, language="fr", turn=3)
    url = address(PUBLIC, Step.WAIT, call, w=2, s=1)
    again = read(request(url.removeprefix(f"{PUBLIC}/webhooks/voice")))
    assert (again.step, again.language, again.turn, again.waited, again.offered) == (
        Step.WAIT,
        "fr",
        3,
        2,
        True,
    )


async def test_a_call_is_never_sent(voice: Voice) -> None:
    message = Outgoing(message_id=1, path=CALLER, text="dag")
    with pytest.raises(Rejected):
        await voice.send(message)
    assert await voice.find(message, 0.0) is None


# What Twilio does next


def test_every_verb_is_one_that_twilio_knows() -> None:
    script = (
        Script()
        .say('Dag & "welkom" <hier>', "nl")
        .listen(f"{PUBLIC}/a?l=nl&n=1", "nl", ("Druk 1", "nl"), ("Appuie sur 2", "fr"), keys=1, hints="mens, frans")
        .listen(f"{PUBLIC}/b", "en", ("Type it", "en"), speech=False, finish="#")
        .go(f"{PUBLIC}/c?w=1", after=2)
        .record(f"{PUBLIC}/d")
        .dial("+3292240965", f"{PUBLIC}/e", caller_id=NUMBER)
        .hang_up()
    )  # fmt: skip
    xml = script.to_xml()
    check(xml)
    assert b'&amp; "welkom" &lt;hier&gt;' in xml
    assert re.findall(rb"<(\w+)", xml) == [
        b"Response", b"Say", b"Gather", b"Say", b"Say", b"Gather", b"Say", b"Pause", b"Redirect", b"Record",
        b"Dial", b"Hangup",
    ]  # fmt: skip


def test_what_is_too_long_to_say_is_cut() -> None:
    check(Script().say("a" * 10_000, "nl").to_xml())
    assert len(Script().say("a" * 10_000, "nl").to_xml()) < SAY_LIMIT + 300


def test_nothing_to_say_is_no_verb() -> None:
    assert b"<Say" not in Script().say("", "nl").to_xml()


def test_each_language_has_a_voice_of_its_own() -> None:
    assert {code: voice.spoken[:2] for code, voice in VOICES.items()} == {"nl": "nl", "fr": "fr", "en": "en"}


# Recordings


class _Recordings(BaseHTTPRequestHandler):
    """Twilio's side of a recording: `answers` by path; `asked` with the credentials that came along."""

    answers: Mapping[str, tuple[int, dict[str, str], bytes]] = {}
    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        type(self).asked.append((self.path, self.headers.get("authorization")))
        status, headers, body = self.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@pytest.fixture
def recordings() -> Iterator[tuple[str, type[_Recordings]]]:
    handler = type("Recordings", (_Recordings,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler
    server.shutdown()
    server.server_close()
    thread.join()


async def fetched(api: str, ref: str, limit: int = 1_000_000) -> bytes:
    voice = Voice(account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, api_base=api, transport=plain_http())
    try:
        return b"".join([piece async for piece in voice.fetch(ref, limit)])
    finally:
        await voice.close()


async def test_a_recording_is_fetched_with_our_credentials(recordings: Any, shared: Path) -> None:
    """At the place that Twilio's own description gives it, as MP3."""
    api, handler = recordings
    paths = json.loads((shared / "specs" / "twilio_api_v2010.json").read_text(encoding="utf-8"))["paths"]
    resource = "/2010-04-01/Accounts/{AccountSid}/Recordings/{Sid}.json"
    assert "get" in paths[resource]
    path = resource.replace("{AccountSid}", ACCOUNT).replace("{Sid}.json", "RE1")
    handler.answers = {f"{path}.mp3": (200, {"Content-Type": "audio/mpeg"}, b"ID3 sound")}
    assert await fetched(api, api + path) == b"ID3 sound"
    assert handler.asked == [(f"{path}.mp3", httpx.BasicAuth(ACCOUNT, TOKEN)._auth_header)]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Misconfigured), (403, Misconfigured), (404, Unavailable), (410, Rejected), (429, Throttled),
        (500, Unavailable), (503, Unavailable),
    ],
)  # fmt: skip
async def test_what_an_answer_means(recordings: Any, status: int, error: type[SendError]) -> None:
    api, handler = recordings
    handler.answers = {"/x.mp3": (status, {}, b"")}
    with pytest.raises(error):
        await fetched(api, f"{api}/x.mp3")


@pytest.mark.parametrize(
    "ref",
    ["https://evil.example/x", "http://169.254.169.254/x", "file:///etc/passwd", "//evil.example/x", "", "https://api.twilio.com.evil.example/x"],
)  # fmt: skip
async def test_elsewhere_nothing_is_fetched(recordings: Any, ref: str) -> None:
    api, handler = recordings
    with pytest.raises(Rejected):
        await fetched(api, ref)
    assert handler.asked == []


@pytest.mark.parametrize(
    "to", ["https://evil.example/x", "http://media.twiliocdn.com/x", "https://twiliocdn.com.evil.example/x"]
)
async def test_a_redirect_leads_to_twilio_or_nowhere(recordings: Any, to: str) -> None:
    api, handler = recordings
    handler.answers = {"/x.mp3": (302, {"Location": to}, b"")}
    with pytest.raises(Rejected):
        await fetched(api, f"{api}/x.mp3")
    assert len(handler.asked) == 1


async def test_a_redirect_gets_no_credentials() -> None:
    asked: list[tuple[str, str | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.host, request.headers.get("authorization")))
        if request.url.host == "api.twilio.com":
            return httpx.Response(302, headers={"Location": "https://media.twiliocdn.com/x"})
        return httpx.Response(200, content=b"sound")

    voice = Voice(account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, transport=httpx.MockTransport(answer))
    assert b"".join([piece async for piece in voice.fetch(RECORDING, 100)]) == b"sound"
    assert [(host, given is not None) for host, given in asked] == [
        ("api.twilio.com", True), ("media.twiliocdn.com", False),
    ]  # fmt: skip
    await voice.close()


async def test_a_recording_that_is_too_big_is_refused(recordings: Any) -> None:
    api, handler = recordings
    handler.answers = {"/x.mp3": (200, {}, b"a" * 2000)}
    with pytest.raises(Rejected):
        await fetched(api, f"{api}/x.mp3", limit=1000)
    assert len(await fetched(api, f"{api}/x.mp3", limit=2000)) == 2000


async def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await fetched("http://127.0.0.1:9", "http://127.0.0.1:9/x.mp3")
