"""What goes into triage and what comes out: tiers, actions, what is known, reasons, the decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """The blueprint's three tiers; beside them what another service owns, and what is no learning question."""

    INFORMATION = "information"
    MEDIATION = "mediation"
    TRAJECTORY = "trajectory"
    REFERRAL = "referral"
    SERVICE = "service"


class Action(StrEnum):
    """What is done for the person."""

    CRISIS = "crisis"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    PRIVACY = "privacy"
    HUMAN = "human"
    APPOINTMENT_BOOK = "appointment_book"
    APPOINTMENT_CHANGE = "appointment_change"
    APPOINTMENT_CANCEL = "appointment_cancel"
    OWN_COUNSELLOR = "own_counsellor"
    REFER = "refer"
    ANSWER_COURSES = "answer_courses"
    ANSWER_PRICE = "answer_price"
    ANSWER_FACTS = "answer_facts"
    ANSWER_COUNTER = "answer_counter"
    OFFER_CONVERSATION = "offer_conversation"
    CLARIFY = "clarify"
    LANGUAGE = "language"
    SMALLTALK = "smalltalk"
    COMPLAINT = "complaint"
    OUT_OF_SCOPE = "out_of_scope"
    SECOND_LINE = "second_line"
    STATUS = "status"  # who has their question, and when they will hear
    LISTEN = "listen"  # a voice note without words
    LOOK = "look"  # another file without words


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of the person beside the message. `asked`: what we have asked already.

    `only_file`: the message has no words, only a file of this kind. `waits`: a person of ours has their question.
    `in_crisis`: that person was called because of a crisis, and is not there yet.
    """

    language: str | None = None
    age: int | None = None
    postcode: str | None = None
    nis: str | None = None
    status: str | None = None
    diploma: str | None = None
    nt2_level: str | None = None
    has_appointment: bool = False
    has_trajectory: bool = False
    counsellor_id: int | None = None
    asked: frozenset[str] = frozenset()
    only_file: str | None = None
    waits: bool = False
    in_crisis: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why: a stable code, a Dutch sentence for staff, and the section of the blueprint."""

    code: str
    text: str
    section: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What is done, on which tier, with which partner, and why. `options`: intents to choose from when unsure."""

    tier: Tier
    action: Action
    partner: str | None
    reasons: tuple[Reason, ...]
    confidence: float
    options: tuple[str, ...] = ()


TIERS: Mapping[str, Tier] = {
    "smalltalk": Tier.SERVICE,
    "find_course": Tier.INFORMATION,
    "course_price": Tier.INFORMATION,
    "course_schedule_place": Tier.INFORMATION,
    "entry_requirements": Tier.INFORMATION,
    "enrolment": Tier.INFORMATION,
    "secondary_diploma": Tier.MEDIATION,
    "dutch_nt2": Tier.INFORMATION,
    "basic_skills": Tier.INFORMATION,
    "higher_education": Tier.MEDIATION,
    "evc": Tier.INFORMATION,
    "diploma_recognition": Tier.INFORMATION,
    "financing_leave": Tier.INFORMATION,
    "benefit_effect": Tier.REFERRAL,
    "practical_barrier": Tier.MEDIATION,
    "vague_need": Tier.MEDIATION,
    "career_change": Tier.REFERRAL,
    "aftercare": Tier.TRAJECTORY,
    "appt_book": Tier.SERVICE,
    "appt_change": Tier.SERVICE,
    "appt_cancel": Tier.SERVICE,
    "counter_info": Tier.INFORMATION,
    "talk_human": Tier.SERVICE,
    "language_switch": Tier.SERVICE,
    "professional_second_line": Tier.INFORMATION,
    "complaint": Tier.SERVICE,
    "opt_out": Tier.SERVICE,
    "privacy_request": Tier.SERVICE,
    "partner_referral": Tier.REFERRAL,
    "out_of_scope": Tier.SERVICE,
    "distress_crisis": Tier.REFERRAL,
}
