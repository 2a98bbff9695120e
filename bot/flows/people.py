"""When a person is better: asked for, needed, or in danger; and the wish to be left alone."""

import re

from bot.flows import wishes
from bot.state import Asked
from bot.turn_types import Escalation, Outcome, Reply, Turn
from data.tables import Urgency
from dispatch import booking
from handover import call_tasks, own_links, retention
from handover.conversation import NotAllowed
from handover.wording import MARKS
from nlu import Understanding

CALL_ME = re.compile(
    r"\bbel(?:t|len)? (?:je |jullie |u )?(?:me|mij|ons) (?:\w+ ){0,2}terug\b"
    r"|\b(?:kan|kun|kunt|kunnen|mag|wil|willen) (?:\w+ ){0,3}(?:me|mij|ons) (?:\w+ ){0,2}(?:terug ?bellen|opbellen)\b"
    r"|^(?:graag )?(?:terug ?bellen|opbellen)(?: graag| aub| alstublieft)?\W*$"
    r"|\brappel(?:le|lez|er)[- ]?moi\b|\b(?:me|m') ?rappeler\b|\bcall me(?: back)?\b|\bcould you call\b|\bring me back\b",
    re.IGNORECASE,
)


async def human(turn: Turn) -> Outcome:
    """They ask for a person."""
    return _hand_over(turn, "asked_for_human")


async def call_back(turn: Turn) -> Outcome | None:
    """They want to be called, whatever we asked last. Where we have their number that is a call to make."""
    if not CALL_ME.search(turn.understanding.text):
        return None
    number = turn.address.path.startswith("+")
    if number and not turn.spoken:  # in a phone call its last step asks
        await call_tasks.ask(
            turn.session, turn.person.id, reason="asked", key=f"message:{turn.message.id}", now=turn.now,
            address_id=turn.address.id, conversation_id=turn.conversation.id, about=turn.message.text,
        )  # fmt: skip
    return _hand_over(turn, "asked_for_call", reply="human_call" if number else "human")


async def complaint(turn: Turn) -> Outcome:
    return _hand_over(turn, "complaint", reply="complaint")


async def privacy(turn: Turn) -> Outcome:
    """What we know of them, on a page of their own: the link goes here, so that whoever has this address gets it.

    On a shared telephone, in a call, and when there were too many links today, a colleague does it.
    """
    try:
        token = await own_links.make(turn.session, turn.person.id, turn.address, now=turn.now)
    except NotAllowed:
        return _hand_over(turn, "privacy", reply="privacy")
    words = turn.say("privacy_link", link=f"{turn.public_url.rstrip('/')}{own_links.PATH}{token}")
    kept = await retention.of(turn.session, turn.person.id, now=turn.now)
    if kept is not None and kept.stays != "held":
        term = retention.in_words(kept.kind, kept.term, turn.say.own)
        words = f"{words} {turn.say('privacy_kept', term=term)}"
    return Outcome(replies=(Reply(text=words, notice=True),), dialogue=turn.dialogue.settled())


async def second_line(turn: Turn) -> Outcome:
    """A professional asks for a client: a colleague answers, no client data is wanted, and none was kept."""
    taken_out = any(mark in turn.message.text for mark in MARKS)
    return _hand_over(turn, "second_line", reply="second_line_masked" if taken_out else "second_line")


async def unanswered(turn: Turn) -> Outcome:
    """We did not understand twice: a person reads it."""
    return _hand_over(turn, "not_understood", reply="unanswered")


async def own_counsellor(turn: Turn) -> Outcome:
    """Somebody with a trajectory: to the counsellor they know."""
    return _hand_over(turn, "own_client", reply="own_counsellor")


async def crisis(turn: Turn) -> Outcome:
    """The fixed text at once, of who helps with this danger, and a person alerted."""
    return Outcome(
        replies=(Reply(text=turn.say(_danger(turn.understanding)), notice=True),),
        dialogue=turn.dialogue.settled(),
        escalation=Escalation(reason="crisis", urgency=Urgency.CRISIS, quiet=True),
    )


def _danger(spoken: Understanding) -> str:
    """Which text: whoever may do themselves harm hears of 1813, whatever else is said; so does who tells no more."""
    risks = {slot.value for slot in spoken.slots if slot.name == "risk" and not slot.negated}
    for risk, key in (("violence", "crisis_violence"), ("homeless_today", "crisis_shelter")):
        if risk in risks and not risks & {"suicide", "self_harm", "low_mood"}:
            return key
    return "crisis"


async def stop(turn: Turn) -> Outcome:
    """One confirmation, then silence. Reminders of an own appointment come still, unless this answers one of them or is
    said again; the confirmation says which it is. What only seems to ask for it is asked back: nobody is silenced
    because a sentence about smoking looked like STOP.
    """
    if not turn.understanding.opt_out:
        return Outcome(replies=(Reply(text=turn.say("stop_ask")),), dialogue=turn.dialogue.settled())
    again = turn.address.opted_out_at is not None
    if again and turn.address.reminders_off:
        return Outcome(replies=(), dialogue=turn.dialogue.settled())
    reminders = again or turn.dialogue.asked is Asked.REMINDER
    await turn.opt_outs.stop(
        turn.session, turn.address, now=turn.now, reminders=reminders, person_id=turn.person.id
    )
    await wishes.end_all(turn.session, turn.person.id, now=turn.now)
    coming = not reminders and await booking.upcoming(turn.session, turn.person.id, now=turn.now)
    key = "stop_reminders" if reminders else "stop_but_reminders" if coming else "stop"
    return Outcome(replies=(Reply(text=turn.say(key), notice=True),), dialogue=turn.dialogue.settled())


async def start(turn: Turn) -> Outcome:
    """Messages again; who never stopped them just says hello."""
    if turn.address.opted_out_at is None:
        return Outcome(replies=(Reply(text=turn.say("hello")),), dialogue=turn.dialogue.settled())
    await turn.opt_outs.resume(turn.session, turn.address, person_id=turn.person.id)
    return Outcome(replies=(Reply(text=turn.say("start")),), dialogue=turn.dialogue.settled())


def _hand_over(turn: Turn, reason: str, *, reply: str = "human") -> Outcome:
    return Outcome(
        replies=(), dialogue=turn.dialogue.settled(), escalation=Escalation(reason=reason, reply=reply)
    )
