"""Triage: from what somebody says, and what we know of them, to the right help. Pure: no database, no clock.

The rules (`triage_rules.RULES`) are read from top to bottom; the first that fits decides. Each says in Dutch
why, so that staff can see and correct every decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from data.translation import N_
from dispatch.triage_case import Case
from dispatch.triage_rules import RULES
from dispatch.triage_values import TIERS, Action, Decision, Known, Reason, Tier
from nlu import Understanding

__all__ = ["TIERS", "Action", "Decision", "Known", "Reason", "Tier", "decide", "decide_each", "weightiest"]

# How sure is sure enough: the probability of all intents that lead to the same help, and its lead. With these,
# of messages not trained on, about four that were wrong are asked about for each that was right.
SURE = 0.60
POSSIBLE = 0.35
LEAD = 0.20
CHOICES = 3
CHOICES_BY_VOICE = 2  # more cannot be kept in mind while listening


SURENESS = {True: N_("Begrepen"), False: N_("Misschien")}


def decide(said: Understanding, known: Known, channel: str) -> Decision:
    """The help for one message. Always gives a decision; its first reason is the rule that made it."""
    case = Case(said=said, known=known, channel=channel)
    sure = _is_sure(said)
    rule = next(rule for rule in RULES if (sure or not rule.needs_sure) and rule.when(case))
    tier = rule.tier or TIERS.get(said.intent, Tier.SERVICE)
    options = _options(said, channel) if rule.action is Action.CLARIFY else ()
    return Decision(
        tier=tier,
        action=rule.action,
        partner=rule.partner(case) if callable(rule.partner) else rule.partner,
        reasons=(Reason(code=rule.code, text=rule.text, section=rule.section), _understood(said, sure)),
        confidence=said.confidence,
        options=options,
    )


def decide_each(said: Understanding, known: Known, channel: str) -> tuple[Decision, ...]:
    """One decision, or two for a message with two questions, unless one of those would only be asked about."""
    each = tuple(decide(part, known, channel) for part in said.parts)
    if not each or any(decision.action in _NOT_BESIDE for decision in each):
        return (decide(said, known, channel),)
    return each


def weightiest(decisions: Sequence[Decision]) -> Decision:
    """The decision that asks most of us, with the reasons of all; of equals the first."""
    heaviest = max(decisions, key=lambda decision: _WEIGHT.get(decision.tier, 0))
    others = tuple(
        reason for decision in decisions if decision is not heaviest for reason in decision.reasons
    )
    return replace(heaviest, reasons=(*heaviest.reasons, *others))


_NOT_BESIDE = frozenset({Action.CLARIFY, Action.CRISIS, Action.OPT_OUT, Action.OPT_IN, Action.LANGUAGE})
_WEIGHT: Mapping[Tier, int] = {Tier.TRAJECTORY: 3, Tier.MEDIATION: 2, Tier.REFERRAL: 1}


def _is_sure(said: Understanding) -> bool:
    """Sure enough of the help, which is less than sure of the intent: some intents lead to the same help.

    Never of a message that is like hardly any we know, however high its probability: that is shared out among what we
    do know. Only that it is not for us may be believed.
    """
    if not said.in_scope and said.intent != "out_of_scope":
        return False
    best = _help_of(said.intent)
    chances: dict[tuple[Tier, str], float] = {}
    for intent, chance in said.ranking or ((said.intent, said.confidence),):
        chances[_help_of(intent)] = chances.get(_help_of(intent), 0.0) + chance
    support = max(chances.get(best, 0.0), said.confidence)
    rival = max((chance for help_, chance in chances.items() if help_ != best), default=0.0)
    return support >= SURE or (support >= POSSIBLE and support - rival >= LEAD)


_USUAL_ACTION: Mapping[str, Action] = {
    "find_course": Action.ANSWER_COURSES,
    "course_schedule_place": Action.ANSWER_COURSES,
    "basic_skills": Action.ANSWER_COURSES,
    "entry_requirements": Action.ANSWER_FACTS,
    "enrolment": Action.ANSWER_FACTS,
    "vague_need": Action.OFFER_CONVERSATION,
    "secondary_diploma": Action.OFFER_CONVERSATION,
    "higher_education": Action.OFFER_CONVERSATION,
    "practical_barrier": Action.OFFER_CONVERSATION,
}


def _help_of(intent: str) -> tuple[Tier, str]:
    """What an intent usually leads to; intents that are alike in this need no question between them."""
    return TIERS.get(intent, Tier.SERVICE), _USUAL_ACTION.get(intent, intent)


def _options(said: Understanding, channel: str) -> tuple[str, ...]:
    """The likeliest intents that lead to different help, to choose from."""
    limit = CHOICES_BY_VOICE if channel == "voice" else CHOICES
    options: dict[tuple[Tier, str], str] = {}
    for intent, _ in said.ranking:
        options.setdefault(_help_of(intent), intent)
    return tuple(options.values())[:limit]


def _understood(said: Understanding, sure: bool) -> Reason:
    """What was understood, and how surely."""
    how = SURENESS[sure]
    return Reason(
        code=f"intent:{said.intent}", text=f"{how}: {said.intent} ({said.confidence:.0%}).", section="3.3"
    )
