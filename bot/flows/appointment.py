"""An existing appointment: tell it, move it, cancel it, and the answers to a reminder."""

from dataclasses import replace

from bot.flows import conversation, sessions
from bot.flows.courses import yes_no
from bot.state import Asked
from bot.turn_types import Outcome, Reply, Turn
from data.tables import Appointment
from dispatch import booking
from handover import conversation as handover


async def change(turn: Turn) -> Outcome:
    """Move: show other free times; the old one stands until a new one is chosen."""
    known = await _upcoming(turn)
    if known is None:
        return _none(turn)
    moving = replace(turn.dialogue, moving=known.id, skipped=0)
    if known.session_id is not None:
        return await sessions.show(replace(turn, dialogue=moving))
    return await conversation.go_on(turn, moving)


async def cancel(turn: Turn) -> Outcome:
    """Ask once before cancelling."""
    known = await _upcoming(turn)
    if known is None:
        return _none(turn)
    return Outcome(
        replies=(
            Reply(text=turn.say("ask_cancel", when=turn.say.when(known.starts_at)), extra=yes_no(turn)),
        ),
        dialogue=turn.dialogue.waiting_for(Asked.CANCEL, options=("yes", "no")),
    )


async def cancel_answer(turn: Turn) -> Outcome | None:
    """Yes or no to cancelling; None when the message is something else."""
    spoken = turn.understanding
    chosen = spoken.value("choice") if spoken.act == "choose" else None
    if spoken.act == "confirm" or chosen == "1":
        return await cancel_now(turn)
    if spoken.act == "deny" or chosen == "2":
        return Outcome(replies=(Reply(text=turn.say("kept")),), dialogue=turn.dialogue.settled())
    return None


async def cancel_now(turn: Turn) -> Outcome:
    """Cancel the next appointment."""
    known = await _upcoming(turn)
    if known is None:
        return _none(turn)
    cancelled = await booking.cancel(turn.session, known.id, now=turn.now)
    about = cancelled if isinstance(cancelled, Appointment) else None
    others = await booking.upcoming(turn.session, turn.person.id, now=turn.now)
    await handover.follow(
        turn.session, turn.conversation, others[0].region_id if others else turn.person.region_id
    )
    return Outcome(
        replies=(Reply(text=turn.say("cancelled", when=turn.say.when(known.starts_at)), about=about),),
        dialogue=turn.dialogue.settled(),
    )


async def reminder_answer(turn: Turn) -> Outcome | None:
    """1 coming, 2 another time, 3 cancel; None when the message is something else."""
    spoken = turn.understanding
    chosen = spoken.value("choice") if spoken.act == "choose" else None
    if chosen == "1" or spoken.act == "confirm":
        known = await _upcoming(turn)
        if known is not None:
            known.coming_at = turn.now
        return Outcome(replies=(Reply(text=turn.say("coming")),), dialogue=turn.dialogue.settled())
    if chosen == "2":
        return await change(turn)
    if chosen == "3":
        return await cancel_now(turn)
    return None


async def _upcoming(turn: Turn) -> Appointment | None:
    found = await booking.upcoming(turn.session, turn.person.id, now=turn.now)
    return found[0] if found else None


def _none(turn: Turn) -> Outcome:
    return Outcome(replies=(Reply(text=turn.say("appointment_none")),), dialogue=turn.dialogue.settled())
