"""Info sessions: which come, and a seat in one. Asked for by name at any moment."""

from itertools import pairwise

from bot.flows.conversation import booked_text
from bot.state import Asked
from bot.turn_types import Outcome, Reply, Turn
from data.tables import Appointment, CounterKind
from dispatch import booking, info_sessions
from dispatch.info_sessions import Full, Planned
from nlu.text import words

NAMES = frozenset({"infosessie", "infosessies", "infomoment", "infomomenten", "infoavond", "infoavonden"})
PAIRS = frozenset(
    {
        ("info", "sessie"), ("info", "sessies"), ("info", "moment"), ("info", "avond"),
        ("séance", "info"), ("séances", "info"), ("seance", "info"), ("séance", "d'information"), ("session", "info"),
        ("info", "session"), ("info", "sessions"), ("information", "session"), ("information", "sessions"),
    }
)  # fmt: skip


async def said(turn: Turn) -> Outcome | None:
    """The list of sessions when somebody names them; None for anything else."""
    spoken = [word.removeprefix("d'") for word in words(turn.understanding.text.replace("-", " "))]
    spoken = [word for word in spoken if word not in ("d", "de", "of")]
    if not NAMES & set(spoken) and not PAIRS & set(pairwise(spoken)):
        return None
    return await show(turn)


async def show(turn: Turn, *, intro: str = "") -> Outcome:
    """The sessions to come with a seat, in the person's region or else anywhere; without any, a conversation."""
    place = turn.place
    region_id = place.region if place is not None else turn.person.region_id
    found = await info_sessions.coming(turn.session, now=turn.now, region_id=region_id)
    if not found and region_id is not None:
        found = await info_sessions.coming(turn.session, now=turn.now)
    if not found:
        text = "\n".join(part for part in (intro, turn.say("sessions_none")) if part)
        return Outcome(replies=(Reply(text=text),), dialogue=turn.dialogue.settled())
    labels = tuple(_label(turn, planned) for planned in found)
    text = "\n".join(part for part in (intro, turn.say("sessions_head")) if part)
    return Outcome(
        replies=(Reply(text=text, options=labels, tail=turn.say("sessions_tail")),),
        dialogue=turn.dialogue.waiting_for(
            Asked.SESSION, options=tuple(str(planned.session.id) for planned in found)
        ),
    )


async def choose(turn: Turn) -> Outcome | None:
    """A number out of the list; None when the message is something else."""
    spoken = turn.understanding
    if spoken.act != "choose":
        return None
    number = int(spoken.value("choice") or 0)
    if not 1 <= number <= len(turn.dialogue.options):
        return None
    made = await info_sessions.take(
        turn.session, int(turn.dialogue.options[number - 1]), turn.person.id, now=turn.now,
        conversation_id=turn.conversation.id, address_id=turn.address.id, language=turn.person.language,
        topic=turn.dialogue.topic,
    )  # fmt: skip
    if not isinstance(made, Appointment):
        gone = "session_full" if isinstance(made, Full) else "session_gone"
        return await show(turn, intro=turn.say(gone))
    moving = turn.dialogue.moving
    if moving is not None and moving != made.id:  # a seat is not moved: the other is given back
        await booking.cancel(turn.session, moving, now=turn.now)
    return Outcome(
        replies=(Reply(text=await booked_text(turn, made, moved=moving is not None), about=made),),
        dialogue=turn.dialogue.settled(),
    )


def _label(turn: Turn, planned: Planned) -> str:
    """ "do 3/12 19:00, bib Aalst: je weg naar een diploma, 4 plaatsen vrij"."""
    place = {CounterKind.PHONE: turn.say("counter_phone"), CounterKind.VIDEO: turn.say("counter_video")}.get(
        CounterKind(planned.counter.kind), planned.counter.name
    )
    key = "session_line" if planned.left > 1 else "session_line_last"
    when = turn.say.when(planned.session.starts_at, short=True)
    return turn.say(key, when=when, place=place, title=planned.session.title, left=planned.left)
