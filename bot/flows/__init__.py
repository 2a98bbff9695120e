"""One file per thing a person can get done; here is which decision leads where.

A flow takes a Turn and gives an Outcome. It reads and writes through the turn's own transaction, so that what
it books or records stands or falls with the reply. To add one: write the file, name it in FLOWS.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.flows import (
    answers,
    appointment,
    conversation,
    courses,
    facts,
    files,
    people,
    place,
    referral,
    reports,
    sessions,
    small,
    status,
    wishes,
)
from bot.state import Asked
from bot.turn_types import Outcome, Turn
from dispatch.triage import Action

Flow = Callable[[Turn], Awaitable[Outcome]]
Answer = Callable[[Turn], Awaitable[Outcome | None]]

FLOWS: Mapping[Action, Flow] = {
    Action.CRISIS: people.crisis,
    Action.OPT_OUT: people.stop,
    Action.OPT_IN: people.start,
    Action.PRIVACY: people.privacy,
    Action.HUMAN: people.human,
    Action.COMPLAINT: people.complaint,
    Action.SECOND_LINE: people.second_line,
    Action.OWN_COUNSELLOR: people.own_counsellor,
    Action.APPOINTMENT_BOOK: conversation.book,
    Action.APPOINTMENT_CHANGE: appointment.change,
    Action.APPOINTMENT_CANCEL: appointment.cancel,
    Action.REFER: referral.refer,
    Action.ANSWER_COURSES: facts.courses_or_card,
    Action.ANSWER_PRICE: facts.price,
    Action.ANSWER_FACTS: facts.about_course,
    Action.ANSWER_COUNTER: place.counters_near,
    Action.OFFER_CONVERSATION: conversation.offer,
    Action.CLARIFY: small.clarify,
    Action.LANGUAGE: small.language,
    Action.SMALLTALK: small.smalltalk,
    Action.OUT_OF_SCOPE: small.out_of_scope,
    Action.STATUS: status.where_is_it,
    Action.LISTEN: files.listen,
    Action.LOOK: files.look,
}

# What was asked → who reads the answer. None from it: the message is something new.
ANSWERS: Mapping[Asked, Answer] = {
    Asked.PLACE: place.answered,
    Asked.COURSE: courses.choose,
    Asked.SLOT: conversation.choose,
    Asked.SESSION: sessions.choose,
    Asked.CANCEL: appointment.cancel_answer,
    Asked.REFERRAL: referral.answered,
    Asked.CLARIFY: small.clarified,
    Asked.ANSWER: answers.answered,
    Asked.REPORT: reports.answered,
    Asked.REMINDER: appointment.reminder_answer,
}

# What one can say at any moment about what was shown, whatever we asked last.
ASIDES: tuple[Answer, ...] = (people.call_back, wishes.said, reports.said, sessions.said)

# Decisions that never wait behind a question of ours.
FIRST = frozenset(
    {
        Action.CRISIS,
        Action.OPT_OUT,
        Action.OPT_IN,
        Action.PRIVACY,
        Action.HUMAN,
        Action.COMPLAINT,
        Action.STATUS,
        Action.LISTEN,
        Action.LOOK,
    }
)
