"""Which flow answers a message: the question we asked, something new, or two questions at once."""

from dataclasses import replace

from bot import flows, taps
from bot.flows import link, people, reports, small
from bot.flows import place as place_flow
from bot.flows.follow_words import is_bare
from bot.state import Asked, Dialogue, Goal
from bot.turn_types import Outcome, Reply, Turn
from dispatch.triage import Action
from nlu import Understanding

ANSWER_WORDS, ANSWER_SURE = 3, 0.9
PERSON_SURE = 0.7  # "bel me niet, de prijs is nu 2 euro" is about the price
COURSE_LISTS = frozenset({Action.ANSWER_COURSES, Action.ANSWER_PRICE})
GOES_ON = frozenset({None, Asked.CLARIFY, Asked.ANSWER})  # when a few words may still be about the last list
HELPED_BY_A_PERSON = frozenset({Asked.SLOT, Asked.SESSION, Asked.REFERRAL, Asked.CANCEL})
NUMBERED = HELPED_BY_A_PERSON | {Asked.COURSE, Asked.CLARIFY, Asked.REPORT}


async def answer(turn: Turn) -> Outcome:
    """The replies to everything that this message asks."""
    grave = turn.understanding.crisis or turn.understanding.opt_out or turn.understanding.opt_in
    if not grave and (linked := await link.heard(turn)) is not None:
        return linked
    if not grave and (again := await taps.outdated(turn)) is not None:
        return again
    if len(turn.decisions) == 2:
        return await _answer_both(turn)
    return await _answer_one(turn)


async def _answer_both(turn: Turn) -> Outcome:
    """Both questions in their order, in one reply; only one of them can leave a question of ours open."""
    if _same_list(turn):
        return await flows.courses.find(turn)
    (said, asked), (and_said, and_asked) = zip(turn.understanding.parts, turn.decisions, strict=True)
    fresh = replace(turn.dialogue, asked=None)
    first = await flows.FLOWS[asked.action](replace(turn, understanding=said, decision=asked, dialogue=fresh))
    between = replace(first.dialogue, asked=None)
    second = await flows.FLOWS[and_asked.action](
        replace(turn, understanding=and_said, decision=and_asked, dialogue=between)
    )
    holder, other = (first, second) if _keeps_the_turn(first, second) else (second, first)
    if other.dialogue.asked not in (None, Asked.COURSE, Asked.ANSWER) and holder.dialogue.asked is not None:
        later = turn.say("one_by_one")
        return replace(
            holder, replies=tuple(replace(r, text=f"{later}\n{r.text}") for r in holder.replies[:1])
        )
    escalation = first.escalation or second.escalation
    return Outcome(
        replies=_together(first, second, open_=holder),
        dialogue=_dialogue(holder.dialogue, second.dialogue)
        if escalation is None
        else second.dialogue.settled(),
        escalation=escalation,
    )


def _same_list(turn: Turn) -> bool:
    """Two questions that one list of courses answers: its price, and whether it is online or near."""
    if not all(decision.action in COURSE_LISTS for decision in turn.decisions):
        return False
    first, second = (
        {s.value for s in part.slots if s.name == "subject"} for part in turn.understanding.parts
    )
    return bool(first or turn.dialogue.search) and first == second


def _keeps_the_turn(first: Outcome, second: Outcome) -> bool:
    """Whether the question that the first answer asks stays open, rather than that of the second."""
    if second.dialogue.asked is None:
        return True
    if second.dialogue.asked is Asked.ANSWER and first.dialogue.asked is not None:
        return True  # a list to choose from rather than more of a card
    return _helped_by_a_person(first.dialogue) and not _helped_by_a_person(second.dialogue)


def _helped_by_a_person(dialogue: Dialogue) -> bool:
    place_for_a_talk = dialogue.asked is Asked.PLACE and dialogue.goal is Goal.CONVERSATION
    return dialogue.asked in HELPED_BY_A_PERSON or place_for_a_talk


def _dialogue(holder: Dialogue, last: Dialogue) -> Dialogue:
    """What is remembered: all that was found, and the one question that is open."""
    return replace(
        last,
        asked=holder.asked,
        goal=holder.goal,
        options=holder.options,
        moving=holder.moving,
        topic=holder.topic,
    )


def _together(first: Outcome, second: Outcome, *, open_: Outcome) -> tuple[Reply, ...]:
    """One reply with the text of both; only what can be chosen from keeps its numbers."""
    if (
        first.escalation is not None or second.escalation is not None
    ):  # a person goes on: nothing to choose by number
        texts = (_plain(reply) for reply in (*first.replies[:1], *second.replies[:1]))
        return tuple(Reply(text=text) for text in texts)
    if not first.replies or not second.replies:
        return (*first.replies, *second.replies)
    one, two = first.replies[0], second.replies[0]
    if open_ is first:
        two = replace(two, tail="") if second.dialogue.asked is Asked.ANSWER else two
        rest = "\n".join(line for line in _plain(two).split("\n") if line not in one.as_text(buttons=True))
        return (replace(one, tail="\n".join(part for part in (one.tail, rest) if part)),)
    one = replace(one, tail="") if first.dialogue.asked is Asked.ANSWER else one
    rest = "\n".join(line for line in _plain(one).split("\n") if line not in two.as_text(buttons=True))
    return (replace(two, text="\n".join(part for part in (rest, two.text) if part)),)


def _plain(reply: Reply) -> str:
    """A reply without anything to choose: its options are read, not typed."""
    if not reply.options:
        return reply.as_text(buttons=True)
    return "\n".join(
        part for part in (reply.text, *(f"- {option}" for option in reply.options), reply.note) if part
    )


async def _answer_one(turn: Turn) -> Outcome:
    """Read the message as the answer to what was asked, else as something new; twice not understood: a person."""
    asked, action = turn.dialogue.asked, turn.decision.action
    if action is Action.HUMAN and (called := await people.call_back(turn)) is not None:
        return called
    if action in flows.FIRST and not _tells_what_is_wrong(turn):
        # "die cursus bestaat niet meer" is about what was shown, also where it sounds like a case for a person
        if action is Action.HUMAN and turn.understanding.intent != "talk_human":
            wrong = await reports.said(turn)
            if wrong is not None:
                return wrong
        return await flows.FLOWS[action](turn)
    for aside in flows.ASIDES:
        if (said := await aside(turn)) is not None:
            return said
    reader = flows.ANSWERS.get(asked) if asked else None
    if reader is not None:
        outcome = await reader(turn)
        if outcome is not None:
            return outcome
    if asked in GOES_ON:
        outcome = await flows.courses.follow(turn)
        if outcome is not None:
            return outcome
    if asked is Asked.SUBJECT and turn.understanding.slot("subject"):
        return await flows.courses.find(turn)
    if action is Action.CLARIFY and _names_only_a_course(turn.understanding):
        return await flows.courses.find(turn)
    if _lost(turn):
        if turn.dialogue.misses >= 1:
            return await people.unanswered(turn)
        if asked is Asked.PLACE:
            return await place_flow.not_found(turn)
        if asked in NUMBERED:
            again = Reply(text=turn.say("choose_again"))
            return Outcome(replies=(again,), dialogue=replace(turn.dialogue, misses=turn.dialogue.misses + 1))
        return await small.clarify(turn)
    return await flows.FLOWS[action](turn)


def _tells_what_is_wrong(turn: Turn) -> bool:
    """The sentence we asked for about a course, in whatever words; only who surely asks for a person gets one at once."""
    asked = turn.dialogue.asked is Asked.REPORT and turn.decision.action is Action.HUMAN
    spoken = turn.understanding
    return asked and (spoken.intent != "talk_human" or spoken.confidence < PERSON_SURE)


def _names_only_a_course(spoken: Understanding) -> bool:
    """ "rekenen in Genk": a subject, perhaps a place and a time, and nothing else that could mean something else."""
    wanted = any(slot.name == "subject" and not slot.negated for slot in spoken.slots)
    return wanted and is_bare(spoken.text, spoken.slots)


def _lost(turn: Turn) -> bool:
    """Nothing to go on: unsure what it means, or only an answer to a question that was not asked."""
    if turn.decision.action is Action.CLARIFY:
        return True
    if turn.dialogue.asked in (Asked.PLACE, Asked.SUBJECT) and _says_little(turn.understanding):
        return True
    return (
        turn.understanding.act in ("choose", "confirm", "deny", "more", "repeat")
        and turn.dialogue.asked is not None
    )


def _says_little(spoken: Understanding) -> bool:
    """A word or two that we know nothing of: more likely a misspelt answer than a new question."""
    unsure = spoken.confidence < ANSWER_SURE or spoken.intent == "out_of_scope"
    return len(spoken.text.split()) <= ANSWER_WORDS and spoken.names_nothing and unsure
