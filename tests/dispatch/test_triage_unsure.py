"""When triage is not sure: ask once, then a person; and what makes a doubtful message clear."""

from dataclasses import replace

import pytest

from dispatch.triage import Action, Known, Tier
from nlu import Slot
from tests.dispatch.spoken import BOOKED, ask, said

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
