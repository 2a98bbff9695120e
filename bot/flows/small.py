"""Small things: greetings, thanks, another language, what is not ours, and asking what was meant."""

from dataclasses import replace

from bot.flows import conversation, courses
from bot.flows.refining import refine
from bot.known import choose_language
from bot.replies import LANGUAGES, PARTLY, replies
from bot.state import Asked, Goal
from bot.turn_types import Outcome, Reply, Turn

RANKING = (
    "best", "slecht", "meilleur", "pire", "worst", "top", "en iyi", "en kötü", "أفضل", "افضل", "أحسن", "أسوأ", "найкращ",
    "найгірш", "najleps", "najgors", "mejor", "peor",
)  # fmt: skip
CLARIFY = ("course", "diploma", "dutch", "other")


async def smalltalk(turn: Turn) -> Outcome:
    """A greeting, thanks, who are you, what can you do."""
    thanked = turn.understanding.act == "thanks"
    key = "thanks" if thanked else turn.understanding.value("meta") or "hello"
    return Outcome(replies=(Reply(text=turn.say(key)),), dialogue=replace(turn.dialogue, misses=0))


async def language(turn: Turn) -> Outcome:
    """Go on in the language asked for, when we write it; when none is named, say which we write.

    In a language without facts and prices, that they are English is told along with it.
    """
    wanted = turn.understanding.value("language")
    code = (wanted or turn.understanding.language).split("-")[0]
    if code not in LANGUAGES + PARTLY or (wanted is None and code == turn.say.own):
        return Outcome(
            replies=(Reply(text=turn.say("language_unknown")),),
            dialogue=replace(turn.dialogue, language_told=True),
        )
    choose_language(turn.person, code)
    return Outcome(
        replies=(Reply(text=replies(code, spoken=turn.spoken)("language_switched")),),
        dialogue=replace(turn.dialogue, language_told=turn.dialogue.language_told or code in LANGUAGES),
    )


async def out_of_scope(turn: Turn) -> Outcome:
    """Not ours; ranking schools is what we never do, and we say so."""
    text = turn.understanding.text.lower()
    ranking = any(word in text for word in RANKING)
    return Outcome(
        replies=(Reply(text=turn.say("neutral" if ranking else "out_of_scope")),),
        dialogue=replace(turn.dialogue, misses=0),
    )


async def clarify(turn: Turn) -> Outcome:
    """One choice of four; never a second time in a row."""
    labels = tuple(turn.say(f"clarify_{name}") for name in CLARIFY)
    return Outcome(
        replies=(Reply(text=turn.say("clarify"), options=labels),),
        dialogue=replace(
            turn.dialogue.waiting_for(Asked.CLARIFY, options=CLARIFY), misses=turn.dialogue.misses + 1
        ),
    )


async def clarified(turn: Turn) -> Outcome | None:
    """The answer to a choice of four, or to 'shall somebody search with you?'."""
    spoken, options = turn.understanding, turn.dialogue.options
    number = int(spoken.value("choice") or 0) if spoken.act == "choose" else 0
    if not number and options[:1] == ("offer",):
        number = {"confirm": 1, "deny": 2}.get(spoken.act or "", 0)
    if not 1 <= number <= len(options):
        return None
    match options[number - 1]:
        case "course":
            return Outcome(
                replies=(Reply(text=turn.say("clarify_course_next")),),
                dialogue=turn.dialogue.waiting_for(Asked.SUBJECT, options=()),
            )
        case "dutch":
            search = replace(refine(turn), subject_ids=("nt2",), text=None)
            if search.place_key:
                return await courses.show(turn, search)
            return Outcome(
                replies=(Reply(text=turn.say("ask_place")),),
                dialogue=turn.dialogue.waiting_for(Asked.PLACE, goal=Goal.COURSES, search=search, options=()),
            )
        case "no":
            return Outcome(replies=(Reply(text=turn.say("thanks")),), dialogue=turn.dialogue.settled())
        case "diploma":
            return await conversation.go_on(turn, turn.dialogue, intro=turn.say("offer_secondary"))
        case _:
            return await conversation.go_on(turn, turn.dialogue, intro=turn.say("offer_general"))
