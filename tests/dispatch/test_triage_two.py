"""Two questions in one message: each is decided, and the weightier one is kept."""

from dataclasses import replace

from dispatch.triage import Action, Tier, decide_each, weightiest
from tests.dispatch.spoken import NOBODY, said


def test_each_question_is_decided() -> None:
    two = replace(said("course_price"), parts=(said("course_price"), said("secondary_diploma")))
    decisions = decide_each(two, NOBODY, "web")
    assert [decision.action for decision in decisions] == [Action.ANSWER_PRICE, Action.OFFER_CONVERSATION]
    kept = weightiest(decisions)
    assert (kept.tier, kept.action) == (Tier.MEDIATION, Action.OFFER_CONVERSATION)
    codes = {reason.code for reason in kept.reasons}
    assert {"intent:course_price", "intent:secondary_diploma"} <= codes


def test_doubt_about_one_half_leaves_the_message_whole() -> None:
    unsure = said("find_course", confidence=0.3)
    two = replace(said("course_price"), parts=(said("course_price"), unsure))
    (decision,) = decide_each(two, NOBODY, "web")
    assert decision.action is Action.ANSWER_PRICE


def test_one_question_has_one_decision() -> None:
    assert len(decide_each(said("course_price"), NOBODY, "web")) == 1
