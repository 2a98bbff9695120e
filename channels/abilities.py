"""What each channel can do for a person: one table that the turn, the policy and the console read.

The limits are the vendors': see the pages named in each channel's own file.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """`text`: characters in one message, `beside_choices` in one with choices; a longer one goes in parts.

    `buttons`: choices are tapped, not typed. `window`: free text that long after the person wrote. `threads`: a
    message names those before it. `stored_is_sent`: the person reads the thread itself, so there is nobody to hand it
    to. `calendars`: a calendar file may go along. `spoken`: the answer is read out while they are on the line (bot.calls), so no job sends it.
    """

    text: int = 20_000
    beside_choices: int | None = None
    buttons: bool = False
    window: timedelta | None = None
    threads: bool = False
    stored_is_sent: bool = False
    spoken: bool = False
    calendars: bool = False


DAY = timedelta(hours=24)
CHANNELS = {
    "web": Abilities(buttons=True, stored_is_sent=True),
    "sms": Abilities(text=1600),
    # Through Twilio 1600, where choices are lines too; Meta itself takes 4096, and 1024 beside buttons.
    "whatsapp": Abilities(text=1600, beside_choices=800, buttons=True, window=DAY),
    "telegram": Abilities(text=4096, buttons=True),
    "messenger": Abilities(text=2000, beside_choices=1000, buttons=True, window=DAY),
    "email": Abilities(threads=True, calendars=True),
    "voice": Abilities(text=4000, spoken=True),
}
OTHER = Abilities(text=4000)  # a channel that an integrator added
_OF_SCHEME = {"mailto": "email", "tel": "voice"}


def of(channel: str) -> Abilities:
    """The abilities of a channel by its name."""
    return CHANNELS.get(channel, OTHER)


def channel_of(scheme: str) -> str:
    """The channel that carries messages to addresses of this scheme."""
    return _OF_SCHEME.get(scheme, scheme)
