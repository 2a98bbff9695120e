"""What Twilio does next in a call: an XML document of verbs.

https://www.twilio.com/docs/voice/twiml (a document is at most 64 kB, the text of one <Say> 4,096 characters)
Voices: https://www.twilio.com/docs/voice/twiml/say/text-speech
"""

from dataclasses import dataclass, field

from twilio.twiml.voice_response import Gather, VoiceResponse

SAY_LIMIT = 4_000  # characters
KEY_TIMEOUT = 6  # seconds of silence before "nothing was heard"; also after the last of several keys
VOICEMAIL_LIMIT = 120  # seconds
RING = 25  # seconds that we let a colleague's phone ring


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How a language is spoken and heard."""

    voice: str
    spoken: str
    heard: str


VOICES = {
    "nl": Voice(voice="Polly.Lisa-Neural", spoken="nl-BE", heard="nl-BE"),
    "fr": Voice(voice="Polly.Isabelle-Neural", spoken="fr-BE", heard="fr-FR"),
    "en": Voice(voice="Polly.Amy-Neural", spoken="en-GB", heard="en-GB"),
}


@dataclass
class Script:
    """Verbs in the order in which Twilio does them."""

    response: VoiceResponse = field(default_factory=VoiceResponse)

    def say(self, text: str, language: str) -> "Script":
        _say(self.response, text, language)
        return self

    def listen(
        self,
        action: str,
        language: str,
        *said: tuple[str, str],
        keys: int | None = None,
        speech: bool = True,
        hints: str = "",
        finish: str | None = None,
    ) -> "Script":
        """Say each of `said` (text, language) and hear what they say or press meanwhile, then go to `action`.

        It also goes there when nothing was heard. `keys`: how many are waited for; without it a pause ends them.
        """
        options = {
            "num_digits": keys,
            "speech_timeout": "auto" if speech else None,
            "language": VOICES[language].heard if speech else None,
            "hints": hints or None,
            "finish_on_key": finish,
        }
        gather = Gather(
            input="dtmf speech" if speech else "dtmf",
            action=action,
            method="POST",
            timeout=KEY_TIMEOUT,
            action_on_empty_result=True,
            **{name: value for name, value in options.items() if value is not None},
        )
        for text, spoken in said:
            _say(gather, text, spoken)
        self.response.append(gather)
        return self

    def go(self, url: str, *, after: int = 0) -> "Script":
        """Fetch the next document from `url`, `after` seconds of silence."""
        if after:
            self.response.pause(length=after)
        self.response.redirect(url, method="POST")
        return self

    def record(self, action: str) -> "Script":
        """A tone, then what they speak in, until the hash key, five seconds of silence or the end of the call."""
        self.response.record(
            action=action, method="POST", max_length=VOICEMAIL_LIMIT, timeout=5, finish_on_key="#",
            play_beep=True, trim="trim-silence",
        )  # fmt: skip
        return self

    def dial(self, number: str, action: str, *, caller_id: str | None = None) -> "Script":
        """Put them through; `caller_id` is shown instead of a number that is hidden."""
        shown = {"caller_id": caller_id} if caller_id else {}
        self.response.dial(number, action=action, method="POST", timeout=RING, **shown)
        return self

    def hang_up(self) -> "Script":
        self.response.hangup()
        return self

    def to_xml(self) -> bytes:
        return str(self.response).encode()


def _say(verb: VoiceResponse | Gather, text: str, language: str) -> None:
    if text:
        voice = VOICES[language]
        verb.say(text[:SAY_LIMIT], voice=voice.voice, language=voice.spoken)
