"""What the bot remembers of a conversation between two messages. Stored as JSON on the conversation."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self


class Asked(StrEnum):
    """What the bot is waiting to hear."""

    PLACE = "place"  # a town or postcode, to go on with `goal`
    SUBJECT = "subject"  # what they want to learn
    COURSE = "course"  # a number out of the list, or more
    SESSION = "session"  # a number out of the info sessions
    SLOT = "slot"  # a number out of the free times, or other
    CANCEL = "cancel"  # yes or no
    REFERRAL = "referral"  # yes or no
    CLARIFY = "clarify"  # one of four subjects
    ANSWER = "answer"  # more of a card, or which of several
    REPORT = "report"  # which course is wrong, or what is wrong with it
    LINK = "link"  # the other number or e-mail address that is theirs
    WHO = "who"  # which of the persons who share this telephone
    REMINDER = "reminder"  # 1 coming, 2 other time, 3 cancel


class Goal(StrEnum):
    """What to do once the place is known."""

    COURSES = "courses"
    CONVERSATION = "conversation"
    COUNTERS = "counters"


@dataclass(frozen=True, kw_only=True)
class Search:
    """A course search that later messages refine ("en in Aalst?", "goedkoper", "meer")."""

    subject_ids: tuple[str, ...] = ()
    text: str | None = None
    place_key: str | None = None
    time_of_day: str | None = None
    weekdays: tuple[int, ...] = ()
    not_parts: tuple[str, ...] = ()  # parts of the day on which they cannot come
    not_weekdays: tuple[int, ...] = ()
    mode: str | None = None
    starts_from: str | None = None
    max_price: str | None = None
    cheapest_first: bool = False
    offset: int = 0
    places: tuple[str, ...] = ()  # one for each subject, where a question names as many of both
    anywhere: bool = False  # the place was let go, so the home does not come in its stead


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """The state of the dialogue. `options` maps what can be chosen (by its number) to what it means."""

    greeted: bool = False
    language_told: bool = False
    warned: bool = False  # that we need no personal numbers
    asked: Asked | None = None
    goal: Goal | None = None
    options: tuple[str, ...] = ()
    search: Search | None = None
    earlier: tuple[Search, ...] = ()  # the searches before this one, the last at the end, for "terug"
    viewed: str | None = None  # the run whose details were told last
    topic: str | None = None
    moving: int | None = None  # the appointment that a chosen slot replaces
    skipped: int = 0  # free times offered and not taken
    part: int = 0  # of the answer card in `options`, the last that was shown
    misses: int = 0  # turns in a row not understood
    writer_at: str | None = None  # when somebody on a shared telephone said who they are, ISO
    pending: int | None = None  # the message that waits until we know who wrote it

    def waiting_for(self, asked: Asked, **more: Any) -> Self:
        """The same dialogue, now waiting to hear `asked`."""
        return replace(self, asked=asked, misses=0, **more)

    def settled(self, **more: Any) -> Self:
        """The same dialogue, waiting for nothing."""
        return replace(self, asked=None, goal=None, options=(), moving=None, skipped=0, misses=0, **more)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What `to_json` wrote; fields of an older or newer version that are not known here are left out."""
        known = {name: value for name, value in stored.items() if name in cls.__dataclass_fields__}
        known["search"] = _search(known.get("search"))
        known["earlier"] = tuple(filter(None, map(_search, known.get("earlier") or ())))
        known["asked"] = Asked(known["asked"]) if known.get("asked") else None
        known["goal"] = Goal(known["goal"]) if known.get("goal") else None
        known["options"] = tuple(known.get("options") or ())
        return cls(**known)


def _search(stored: dict[str, Any] | None) -> Search | None:
    if stored is None:
        return None
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()}
    return Search(**{k: v for k, v in fields.items() if k in Search.__dataclass_fields__})
