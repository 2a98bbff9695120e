"""When triage is not sure: ask once, then a person; and what makes a doubtful message clear."""

from dataclasses import replace

import pytest

from dispatch.triage import Action, Known, Tier
from nlu import Slot
from tests.dispatch.spoken import AALST, BOOKED, ask, said

A = Action

RANKINGS = [
    # ranking                                                                     → what is done
    ([("find_course", 0.55), ("course_price", 0.30)], A.ANSWER_COURSES),
    ([("find_course", 0.40), ("course_price", 0.35)], A.CLARIFY),
    ([("find_course", 0.40), ("course_price", 0.15)], A.ANSWER_COURSES),
    ([("find_course", 0.20), ("course_price", 0.05)], A.CLARIFY),
    # alike in help: no question between them
    ([("find_course", 0.30), ("course_schedule_place", 0.28), ("course_price", 0.2)], A.ANSWER_COURSES),
    ([("vague_need", 0.30), ("secondary_diploma", 0.25), ("smalltalk", 0.2)], A.OFFER_CONVERSATION),
    ([("talk_human", 0.30), ("complaint", 0.28)], A.CLARIFY),
    ([("opt_out", 0.30), ("appt_cancel", 0.28)], A.CLARIFY),
]


@pytest.mark.parametrize(
    ("ranking", "with_appointment", "without"),
    [
        ([("partner_referral", 0.47), ("appt_cancel", 0.30)], A.APPOINTMENT_CANCEL, A.CLARIFY),
        ([("appt_book", 0.38), ("appt_cancel", 0.35)], A.APPOINTMENT_CANCEL, A.CLARIFY),
        ([("counter_info", 0.45), ("appt_change", 0.40)], A.APPOINTMENT_CHANGE, A.CLARIFY),
        ([("find_course", 0.80), ("appt_cancel", 0.18)], A.ANSWER_COURSES, A.ANSWER_COURSES),
        ([("find_course", 0.55), ("appt_cancel", 0.10)], A.ANSWER_COURSES, A.ANSWER_COURSES),
    ],
)
def test_a_running_appointment_explains_a_doubtful_message(
    ranking: list[tuple[str, float]], with_appointment: Action, without: Action
) -> None:
    intent, confidence = ranking[0]
    doubtful = said(intent, confidence=confidence, ranking=tuple(ranking))
    assert ask(doubtful, BOOKED).action is with_appointment
    assert ask(doubtful).action is without


def test_a_greeting_with_a_subject_is_a_question() -> None:
    assert ask(
        said("smalltalk", "hello sir i want forklift", confidence=0.34, subject="heftruck")
    ).action is (Action.ANSWER_COURSES)
    assert ask(said("smalltalk", "hello sir")).action is Action.SMALLTALK


@pytest.mark.parametrize(
    "text",
    [
        "spreekt u Turks?",
        "vous parlez espagnol ?",
        "Do you speak Spanish?",
        "Türkçe konuşuyor musunuz",
        "mówicie po polsku?",
    ],
)
def test_asked_whether_we_speak_a_language_no_course_in_it_is_offered(text: str) -> None:
    assert ask(said("smalltalk", text, subject="spaans")).action is Action.LANGUAGE
    assert (
        ask(said("smalltalk", "dag, ik spreek goed Spaans", subject="spaans")).action is Action.ANSWER_COURSES
    )


@pytest.mark.parametrize(("ranking", "action"), RANKINGS)
def test_unsure_asks_once(ranking: list[tuple[str, float]], action: Action) -> None:
    intent, confidence = ranking[0]
    assert ask(said(intent, confidence=confidence, ranking=tuple(ranking))).action is action


def test_asked_before_it_becomes_a_person_unless_it_answers_something() -> None:
    unsure = said("find_course", confidence=0.2, ranking=(("find_course", 0.2), ("smalltalk", 0.19)))
    again = Known(asked=frozenset({"clarify"}))
    assert ask(unsure).action is Action.CLARIFY
    assert ask(unsure, again).action is Action.HUMAN
    assert ask(replace(unsure, act="choose"), again).action is Action.CLARIFY
    place = Slot(name="place", value="Aalst", text="Aalst", start=0, end=5)
    assert ask(replace(unsure, slots=(place,)), again).action is Action.CLARIFY
    assert ask(said("find_course"), again).action is Action.ANSWER_COURSES


def test_unsure_keeps_the_likeliest_tier_and_offers_different_help() -> None:
    ranking = (
        ("find_course", 0.25), ("course_schedule_place", 0.01), ("vague_need", 0.24), ("talk_human", 0.2),
        ("smalltalk", 0.1),
    )  # fmt: skip
    unsure = said("find_course", confidence=0.25, ranking=ranking)
    decision = ask(unsure)
    assert decision.tier is Tier.INFORMATION
    assert decision.options == ("find_course", "vague_need", "talk_human")
    assert ask(unsure, channel="voice").options == ("find_course", "vague_need")
    assert ask(said("find_course")).options == ()


STRANGE = [
    # what was understood, with what slots, once asked before?   → what is done
    ("find_course", {}, False, A.CLARIFY),
    ("career_change", {}, False, A.CLARIFY),
    ("opt_out", {}, False, A.CLARIFY),
    ("smalltalk", {}, False, A.CLARIFY),
    ("out_of_scope", {}, False, A.OUT_OF_SCOPE),  # nobody is asked what we are sure is not for us
    ("find_course", {}, True, A.HUMAN),
    ("find_course", {"place": AALST}, True, A.CLARIFY),  # it answers something
    ("smalltalk", {"subject": "heftruck"}, False, A.ANSWER_COURSES),  # its own words decide
]


@pytest.mark.parametrize(("intent", "slots", "asked", "action"), STRANGE)
def test_a_message_like_none_we_know_is_never_guessed(
    intent: str, slots: dict[str, str], asked: bool, action: Action
) -> None:
    known = Known(asked=frozenset({"clarify"} if asked else ()))
    assert ask(said(intent, confidence=0.99, in_scope=False, **slots), known).action is action


def test_why_is_told_of_a_message_like_none_we_know() -> None:
    strange = said("find_course", confidence=0.99, in_scope=False)
    decision = ask(strange)
    assert [reason.code for reason in decision.reasons] == ["unlike_any", "intent:find_course"]
    assert decision.reasons[1].text.startswith("Misschien")
    assert decision.tier is Tier.INFORMATION
    assert ask(replace(strange, in_scope=True)).reasons[0].code == "course_list"


@pytest.mark.parametrize("certain", [{"crisis": True}, {"opt_out": True}, {"opt_in": True}])
def test_what_a_rule_is_certain_of_does_not_wait_for_the_classifier(certain: dict[str, bool]) -> None:
    assert ask(said("find_course", in_scope=False, **certain)).action.value == next(iter(certain))
