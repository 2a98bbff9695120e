"""When a person is better: asked for, needed, or in danger; and the wish to be left alone."""

from bot.flows import wishes
from bot.turn_types import Escalation, Outcome, Reply, Turn
from data.tables import Urgency


async def human(turn: Turn) -> Outcome:
    """They ask for a person."""
    return _hand_over(turn, "asked_for_human")


async def complaint(turn: Turn) -> Outcome:
    return _hand_over(turn, "complaint", reply="complaint")


async def privacy(turn: Turn) -> Outcome:
    return _hand_over(turn, "privacy", reply="privacy")


async def second_line(turn: Turn) -> Outcome:
    """A professional asks for a client: a colleague answers, and no client data is wanted."""
    return _hand_over(turn, "second_line", reply="second_line")


async def unanswered(turn: Turn) -> Outcome:
    """We did not understand twice: a person reads it."""
    return _hand_over(turn, "not_understood", reply="unanswered")


async def own_counsellor(turn: Turn) -> Outcome:
    """Somebody with a trajectory: to the counsellor they know."""
    return _hand_over(turn, "own_client", reply="own_counsellor")


async def crisis(turn: Turn) -> Outcome:
    """The fixed text at once, and a person alerted."""
    return Outcome(
        replies=(Reply(text=turn.say("crisis"), notice=True),),
        dialogue=turn.dialogue.settled(),
        escalation=Escalation(reason="crisis", urgency=Urgency.CRISIS, quiet=True),
    )


async def stop(turn: Turn) -> Outcome:
    """One confirmation, then silence."""
    turn.address.opted_out_at = turn.now
    await wishes.end_all(turn.session, turn.person.id, now=turn.now)
    return Outcome(replies=(Reply(text=turn.say("stop"), notice=True),), dialogue=turn.dialogue.settled())


async def start(turn: Turn) -> Outcome:
    turn.address.opted_out_at = None
    return Outcome(replies=(Reply(text=turn.say("start")),), dialogue=turn.dialogue.settled())


def _hand_over(turn: Turn, reason: str, *, reply: str = "human") -> Outcome:
    return Outcome(
        replies=(), dialogue=turn.dialogue.settled(), escalation=Escalation(reason=reason, reply=reply)
    )
