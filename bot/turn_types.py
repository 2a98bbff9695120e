"""What goes into a flow and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies import BRUSSELS, Replies, replies
from bot.searching import VectorOf
from bot.state import Dialogue
from channels import abilities
from channels.base import Choice
from channels.opt_outs import OptOuts
from data import geo
from data.catalog.demand import DemandLog
from data.tables import Address, Appointment, Conversation, Message, Person, Urgency
from dispatch.travel import Router
from dispatch.triage import Decision
from handover.link_codes import LinkCodes
from nlu import Understanding


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message of a person, understood and decided, with all that a flow needs to answer it.

    `session` is the transaction of the turn: what a flow books or records holds only if the reply is stored.
    `decisions` has one for each question of the message; `decision` is the weightiest.
    """

    session: AsyncSession
    now: datetime
    message: Message
    person: Person
    address: Address
    conversation: Conversation
    dialogue: Dialogue
    understanding: Understanding
    decision: Decision
    decisions: tuple[Decision, ...]
    say: Replies
    public_url: str
    demand: DemandLog
    opt_outs: OptOuts
    link_codes: LinkCodes
    vector_of: VectorOf | None = None
    router: Router | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(BRUSSELS).date()

    @property
    def short(self) -> bool:
        """Whether every character costs (SMS) or has to be listened to (a phone call)."""
        return self.message.channel == "sms" or self.spoken

    @property
    def spoken(self) -> bool:
        """Whether the answer is read out: a phone call."""
        return abilities.of(self.message.channel).spoken

    @property
    def place(self) -> geo.Place | None:
        """The place of this message, or else the one we know of the person."""
        return place_in(self.understanding) or known_place(self.person)

    @property
    def postcodes(self) -> tuple[str, ...]:
        """Where that is: the postcode they gave, else all those of the place."""
        typed = self.understanding.value("postcode") or self.person.facts.get("postcode")
        return _exact(self.place, typed)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One message of the bot: text, options to choose from, a note on them, and what to do next.

    Where there are buttons the options are buttons, elsewhere numbered lines; `extra` buttons (yes, more) are
    words to type elsewhere. `notice`: it also leaves when the person has stopped messages. `code`: it shows a code,
    which is made unreadable later. `about`: its calendar file goes along, where the channel carries one.
    """

    text: str
    options: tuple[str, ...] = ()
    note: str = ""
    tail: str = ""
    extra: tuple[Choice, ...] = ()
    notice: bool = False
    code: bool = False
    about: Appointment | None = None

    @property
    def purpose(self) -> str:
        return "notice" if self.notice else "code" if self.code else "reply"

    def as_text(self, *, buttons: bool) -> str:
        """The words of the message, with the options as numbered lines unless they are buttons."""
        lines = () if buttons else (f"{number}) {option}" for number, option in enumerate(self.options, 1))
        return "\n".join(part for part in (self.text, *lines, self.note, self.tail) if part)

    def buttons(self) -> tuple[Choice, ...]:
        numbered = (Choice(label=label, value=str(number)) for number, label in enumerate(self.options, 1))
        return (*numbered, *self.extra)


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Ask a person to take over. `reason` is a code; `promise_in` is the reply that has the promise filled in."""

    reason: str
    reply: str = "human"
    urgency: Urgency = Urgency.NORMAL
    quiet: bool = False  # the reply is complete without a promise


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a flow wants: replies in order, the new dialogue, and perhaps a person."""

    replies: tuple[Reply, ...]
    dialogue: Dialogue
    escalation: Escalation | None = None


def place_in(understanding: Understanding) -> geo.Place | None:
    """The place a message names, by name or postcode; None when there is none or it is negated."""
    slot = understanding.slot("place")
    if slot is not None and not slot.negated:
        return geo.by_key(slot.data.get("key", ""))
    postcode = understanding.value("postcode")
    if postcode is not None:
        found = geo.by_postcode(postcode)
        return found[0] if found else None
    return None


def where_they_live(
    person: Person, place: geo.Place, typed: str | None, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Keep `place` as where the person lives; returns `facts` of theirs with it. `typed`: a postcode, if they gave one."""
    person.municipality, person.nis = place.municipality, place.nis
    person.lat, person.lon = place.lat, place.lon
    given = {"postcode": typed} if typed in place.postcodes else {}
    person.postcode = given.get("postcode", place.postcodes[0])
    kept = {name: value for name, value in facts.items() if name != "postcode"}
    return {**kept, "place_key": place.key, "nis": place.nis, **given}


def postcodes_of(person: Person) -> tuple[str, ...]:
    """Where they told us they live: the postcode they gave, else all those of the place."""
    return _exact(known_place(person), person.facts.get("postcode"))


def _exact(place: geo.Place | None, typed: str | None) -> tuple[str, ...]:
    if place is None:
        return ()
    return (typed,) if typed in place.postcodes and typed else place.postcodes


def known_place(person: Person) -> geo.Place | None:
    """Where a person told us they live."""
    key = person.facts.get("place_key")
    return geo.by_key(key) if isinstance(key, str) else None


def wording(person: Person, message: Message) -> Replies:
    """What the bot says to this person where this message came in: on the phone in a language that has a voice."""
    return replies(person.language, spoken=abilities.of(message.channel).spoken)
