"""The decision table: what somebody means, what is known of them → the help they get, by which rule."""

import pytest

from dispatch.triage import TIERS, Action, Known, Tier
from dispatch.triage_rules import RULES
from nlu import Understanding
from tests.dispatch.spoken import AALST, ANTWERP, BOOKED, BRUSSELS, CLIENT, GENT, NOBODY, ask, said

# (intent, text or slots, known) → (tier, action, partner)
S, INFO, M, T, R = Tier.SERVICE, Tier.INFORMATION, Tier.MEDIATION, Tier.TRAJECTORY, Tier.REFERRAL
A = Action

PLAIN = [
    ("smalltalk", S, A.SMALLTALK, None),
    ("find_course", INFO, A.ANSWER_COURSES, None),
    ("course_price", INFO, A.ANSWER_PRICE, None),
    ("course_schedule_place", INFO, A.ANSWER_COURSES, None),
    ("entry_requirements", INFO, A.ANSWER_FACTS, None),
    ("enrolment", INFO, A.ANSWER_FACTS, None),
    ("secondary_diploma", M, A.OFFER_CONVERSATION, None),
    ("dutch_nt2", INFO, A.ANSWER_FACTS, "AgII"),
    ("basic_skills", INFO, A.ANSWER_COURSES, "Ligo"),
    ("higher_education", M, A.OFFER_CONVERSATION, None),
    ("evc", INFO, A.ANSWER_FACTS, "EVC-testcentrum"),
    ("diploma_recognition", INFO, A.ANSWER_FACTS, "NARIC-Vlaanderen"),
    ("financing_leave", INFO, A.ANSWER_FACTS, None),
    ("benefit_effect", R, A.REFER, "VDAB"),
    ("practical_barrier", M, A.OFFER_CONVERSATION, None),
    ("vague_need", M, A.OFFER_CONVERSATION, None),
    ("career_change", R, A.REFER, "VDAB"),
    ("aftercare", T, A.HUMAN, None),
    ("appt_book", S, A.APPOINTMENT_BOOK, None),
    ("appt_change", S, A.APPOINTMENT_CHANGE, None),
    ("appt_cancel", S, A.APPOINTMENT_CANCEL, None),
    ("counter_info", INFO, A.ANSWER_COUNTER, None),
    ("talk_human", S, A.HUMAN, None),
    ("language_switch", S, A.LANGUAGE, None),
    ("professional_second_line", INFO, A.SECOND_LINE, None),
    ("complaint", S, A.COMPLAINT, None),
    ("opt_out", S, A.OPT_OUT, None),
    ("privacy_request", S, A.PRIVACY, None),
    ("partner_referral", R, A.REFER, "VDAB"),
    ("out_of_scope", S, A.OUT_OF_SCOPE, None),
    ("distress_crisis", R, A.CRISIS, "Zelfmoordlijn 1813"),
]


@pytest.mark.parametrize(("intent", "tier", "action", "partner"), PLAIN, ids=[row[0] for row in PLAIN])
def test_each_intent_of_somebody_unknown(
    intent: str, tier: Tier, action: Action, partner: str | None
) -> None:
    decision = ask(said(intent))
    assert (decision.tier, decision.action, decision.partner) == (tier, action, partner)


def test_every_intent_and_every_action_is_in_the_table() -> None:
    assert {row[0] for row in PLAIN} == set(TIERS)
    assert {rule.action for rule in RULES} == set(Action)


OWN_COUNSELLOR = [
    ("aftercare", "Ik heb mij ingeschreven.", A.OWN_COUNSELLOR),
    ("vague_need", "ik weet het niet meer", A.OWN_COUNSELLOR),
    ("practical_barrier", "mijn opvang valt weg", A.OWN_COUNSELLOR),
    ("secondary_diploma", "ik wil toch mijn diploma halen", A.OWN_COUNSELLOR),
    ("higher_education", "ik denk aan een bachelor", A.OWN_COUNSELLOR),
    ("career_change", "ik wil iets anders doen", A.OWN_COUNSELLOR),
    ("secondary_diploma", "Wat is het verschil tussen AAV en examencommissie?", A.ANSWER_FACTS),
    ("find_course", "lassen in Aalst", A.ANSWER_COURSES),
    ("course_price", "wat kost het", A.ANSWER_PRICE),
    ("dutch_nt2", "Nederlandse les", A.ANSWER_FACTS),
    ("benefit_effect", "verlies ik mijn uitkering", A.REFER),
    ("talk_human", "mag ik iemand spreken", A.HUMAN),
    ("appt_book", "nieuwe afspraak", A.APPOINTMENT_BOOK),
    ("appt_cancel", "ik kan niet komen", A.APPOINTMENT_CANCEL),
    ("complaint", "niemand belt terug", A.COMPLAINT),
    ("vague_need", "enkel de prijs graag", A.ANSWER_PRICE),
]


@pytest.mark.parametrize(("intent", "text", "action"), OWN_COUNSELLOR)
def test_with_a_trajectory(intent: str, text: str, action: Action) -> None:
    decision = ask(said(intent, text), CLIENT)
    assert decision.action is action
    if action is A.OWN_COUNSELLOR:
        assert decision.tier is Tier.TRAJECTORY


@pytest.mark.parametrize(
    ("intent", "action"),
    [
        ("appt_change", A.APPOINTMENT_CHANGE),
        ("appt_cancel", A.APPOINTMENT_CANCEL),
        ("appt_book", A.APPOINTMENT_BOOK),
        ("find_course", A.ANSWER_COURSES),
        ("vague_need", A.OFFER_CONVERSATION),
    ],
)
def test_with_an_appointment(intent: str, action: Action) -> None:
    assert ask(said(intent), BOOKED).action is action


PUPILS = [
    # what is said                                                known                          goes to the CLB
    (said("secondary_diploma", age="16"), NOBODY, True),
    (said("find_course", age="17", subject="haarkapper"), NOBODY, True),
    (said("vague_need", age="15"), NOBODY, True),
    (said("higher_education", age="18"), NOBODY, True),
    (said("higher_education", age="18", diploma="secondary"), NOBODY, False),
    (said("vague_need", age="18", status="working"), NOBODY, False),
    (said("vague_need", age="18", status="job_seeker"), NOBODY, False),
    (said("secondary_diploma", age="19"), NOBODY, False),
    (said("secondary_diploma", "gestopt op mijn 17, ik ben er 29", age=("17", "29")), NOBODY, False),
    (said("secondary_diploma", "mijn zoon is 5", age="5"), NOBODY, False),
    (said("secondary_diploma", "j'ai arrêté l'école à 17 ans", age="17", language="fr"), NOBODY, False),
    (said("vague_need", "I dropped out at 16", age="16", language="en"), NOBODY, False),
    (said("secondary_diploma", "mijn zoon is 5", age="5"), Known(age=34), False),
    (said("vague_need"), Known(age=16), True),
    (said("vague_need"), Known(age=40), False),
    (said("vague_need", age="40"), Known(age=16), False),
    (said("vague_need"), Known(age=18, status="leefloon"), False),
    (said("vague_need"), Known(age=18, diploma="secondary"), False),
    (said("higher_education", "Ik zit in het zesde middelbaar, wat nu?"), NOBODY, True),
    (said("vague_need", "ik zit nog in het secundair"), NOBODY, True),
    (said("higher_education", "je suis encore au secondaire", language="fr"), NOBODY, True),
    (said("higher_education", "I am still in high school", language="en"), NOBODY, True),
    (said("secondary_diploma", "ik heb mijn middelbaar niet afgemaakt"), NOBODY, False),
    (said("career_change", age="17"), NOBODY, True),
    (said("entry_requirements", age="16"), NOBODY, True),
    (said("enrolment", age="16"), NOBODY, True),
    # facts are told at any age, and a professional speaks about somebody else
    (said("course_price", age="17"), NOBODY, False),
    (said("dutch_nt2", age="17"), NOBODY, False),
    (said("counter_info", age="17"), NOBODY, False),
    (said("professional_second_line", age="17"), NOBODY, False),
    (said("appt_cancel", age="17"), NOBODY, False),
    (said("talk_human", age="17"), NOBODY, False),
]


@pytest.mark.parametrize(("understanding", "known", "to_clb"), PUPILS)
def test_pupils_stay_with_the_clb(understanding: Understanding, known: Known, to_clb: bool) -> None:
    decision = ask(understanding, known)
    assert (decision.partner == "CLB") is to_clb
    if to_clb:
        assert (decision.tier, decision.action) == (Tier.REFERRAL, Action.REFER)


REFERRALS = [
    (said("career_change", "ik ben ontslagen", status="job_seeker"), NOBODY, "VDAB"),
    (said("career_change", "ik werk in een fabriek", status="working"), NOBODY, "loopbaancentrum"),
    (said("career_change"), Known(status="working"), "loopbaancentrum"),
    (said("career_change", status="job_seeker"), Known(status="working"), "VDAB"),
    (said("benefit_effect", "stempelgeld en school", status="job_seeker"), NOBODY, "VDAB"),
    (said("benefit_effect", status="job_seeker", place=BRUSSELS), NOBODY, "Actiris"),
    (said("benefit_effect", language="fr"), Known(nis=BRUSSELS), "Actiris"),
    (said("benefit_effect", status="leefloon"), NOBODY, "OCMW"),
    (said("benefit_effect", "est-ce que le cpas arrête"), NOBODY, "OCMW"),
    (said("benefit_effect"), Known(status="leefloon"), "OCMW"),
    (said("benefit_effect", status="sick"), NOBODY, "ziekenfonds"),
    (said("benefit_effect", status="disability"), NOBODY, "ziekenfonds"),
    (said("benefit_effect", "mag ik leren van de mutualiteit"), NOBODY, "ziekenfonds"),
    (
        said("benefit_effect", "krijgt mijn ma nog groeipakket", age="19"),
        NOBODY,
        "uitbetaler van het Groeipakket",
    ),
    (said("partner_referral", "Ik zoek dringend werk, geen opleiding."), NOBODY, "VDAB"),
    (said("partner_referral", "je cherche un emploi"), NOBODY, "VDAB"),
    (said("partner_referral", "Ik heb veel schulden"), NOBODY, "OCMW"),
    (said("partner_referral", "j'ai des dettes"), NOBODY, "OCMW"),
    (said("partner_referral", "I have a lot of debt"), NOBODY, "OCMW"),
    (said("partner_referral", "ik zoek een woning"), NOBODY, "CAW"),
    (said("partner_referral", "I need housing"), NOBODY, "CAW"),
    (said("partner_referral", "ik moet inburgering doen"), NOBODY, "AgII"),
    (said("partner_referral", "ik moet inburgering doen", place=GENT), NOBODY, "IN-Gent"),
    (said("partner_referral", "ik moet inburgering doen", postcode="2000"), NOBODY, "Atlas"),
    (said("partner_referral", "mijn zoon wil niet naar school"), NOBODY, "CLB"),
    (said("partner_referral", "hulp op school", age="16"), NOBODY, "CLB"),
    (said("practical_barrier", "sta op straat met 2 kinderen vanavond"), NOBODY, "CAW"),
    (said("vague_need", "we are homeless", language="en"), NOBODY, "CAW"),
    (said("practical_barrier", "dakloos sinds gisteren", confidence=0.3), NOBODY, "CAW"),
]


@pytest.mark.parametrize(("understanding", "known", "partner"), REFERRALS)
def test_referred_to_the_owner(understanding: Understanding, known: Known, partner: str) -> None:
    decision = ask(understanding, known)
    assert (decision.tier, decision.action, decision.partner) == (Tier.REFERRAL, Action.REFER, partner)


DUTCH = [
    (said("dutch_nt2", place=GENT), NOBODY, "IN-Gent"),
    (said("dutch_nt2", place=ANTWERP), NOBODY, "Atlas"),
    (said("dutch_nt2", place=BRUSSELS), NOBODY, "Huis van het Nederlands"),
    (said("dutch_nt2", place=AALST), NOBODY, "AgII"),
    (said("dutch_nt2", postcode="1080"), NOBODY, "Huis van het Nederlands"),
    (said("dutch_nt2", postcode="9000"), NOBODY, "IN-Gent"),
    (said("dutch_nt2", postcode="3500"), NOBODY, "AgII"),
    (said("dutch_nt2"), Known(nis=ANTWERP), "Atlas"),
    (said("dutch_nt2"), Known(postcode="1000"), "Huis van het Nederlands"),
    (said("dutch_nt2", place=GENT), Known(nis=ANTWERP), "IN-Gent"),
    (said("dutch_nt2", postcode="0000"), NOBODY, "AgII"),
]


@pytest.mark.parametrize(("understanding", "known", "partner"), DUTCH)
def test_the_agency_of_the_region(understanding: Understanding, known: Known, partner: str) -> None:
    decision = ask(understanding, known)
    assert (decision.tier, decision.action, decision.partner) == (
        Tier.INFORMATION,
        Action.ANSWER_FACTS,
        partner,
    )


TOO_LITTLE_DUTCH = [
    (said("find_course", subject="lassen", nt2_level="A0"), NOBODY, A.REFER, "AgII"),
    (said("find_course", subject="lassen", nt2_level="1.1", place=GENT), NOBODY, A.REFER, "IN-Gent"),
    (said("enrolment", subject="lassen", nt2_level="A1"), NOBODY, A.REFER, "AgII"),
    (said("find_course", subject="lassen", nt2_level="B1"), NOBODY, A.ANSWER_COURSES, None),
    (said("find_course", subject="nt2", nt2_level="A1"), NOBODY, A.ANSWER_COURSES, None),
    (said("find_course", nt2_level="A1"), NOBODY, A.ANSWER_COURSES, None),
    # once told, it does not stand in the way of every later question
    (said("find_course", subject="lassen"), Known(nt2_level="A1"), A.ANSWER_COURSES, None),
    (said("entry_requirements", subject="heftruck", nt2_level="1.2"), NOBODY, A.ANSWER_FACTS, "AgII"),
    (said("entry_requirements", subject="heftruck"), Known(nt2_level="A1"), A.ANSWER_FACTS, "AgII"),
    (said("entry_requirements", subject="heftruck", nt2_level="B2"), NOBODY, A.ANSWER_FACTS, None),
]


@pytest.mark.parametrize(("understanding", "known", "action", "partner"), TOO_LITTLE_DUTCH)
def test_too_little_dutch_for_the_course(
    understanding: Understanding, known: Known, action: Action, partner: str | None
) -> None:
    decision = ask(understanding, known)
    assert (decision.action, decision.partner) == (action, partner)


PLAIN_QUESTIONS = [
    ("secondary_diploma", "Wat is het verschil tussen AAV en de examencommissie?", A.ANSWER_FACTS),
    (
        "secondary_diploma",
        "Welke richtingen kan ik kiezen voor een diploma secundair als volwassene?",
        A.ANSWER_FACTS,
    ),
    ("secondary_diploma", "Hoe lang duurt tweedekansonderwijs?", A.ANSWER_FACTS),
    ("secondary_diploma", "Quelle est la différence entre les deux filières ?", A.ANSWER_FACTS),
    ("secondary_diploma", "What is the difference with the exam board?", A.ANSWER_FACTS),
    ("secondary_diploma", "Ik wil alsnog mijn diploma halen. Hoe begin ik daaraan?", A.OFFER_CONVERSATION),
    ("secondary_diploma", "Can I still get a Belgian diploma at 31?", A.OFFER_CONVERSATION),
    ("secondary_diploma", "2de kans diploma middelbaar hoe", A.OFFER_CONVERSATION),
    ("higher_education", "Wat is het verschil tussen een graduaat en een bachelor?", A.ANSWER_FACTS),
    ("higher_education", "Puis-je entrer en master à Gand ?", A.ANSWER_FACTS),
    ("higher_education", "Can I start a master with this degree?", A.ANSWER_FACTS),
    ("higher_education", "Ik wil een bachelor combineren met mijn job. Waar kan dat?", A.OFFER_CONVERSATION),
    ("vague_need", "geen idee, alleen de prijs wil ik weten", A.ANSWER_PRICE),
    ("secondary_diploma", "juste le prix svp", A.ANSWER_PRICE),
    ("higher_education", "I just want the price", A.ANSWER_PRICE),
    ("practical_barrier", "zeg mij gewoon wat het kost", A.ANSWER_PRICE),
    ("practical_barrier", "dat kost te veel voor mij", A.OFFER_CONVERSATION),
    ("practical_barrier", "opvang kost veel, maar ik wil leren", A.OFFER_CONVERSATION),
    ("practical_barrier", "de kosten zijn gewoon te hoog", A.OFFER_CONVERSATION),
]


@pytest.mark.parametrize(("intent", "text", "action"), PLAIN_QUESTIONS)
def test_the_persons_own_words_decide(intent: str, text: str, action: Action) -> None:
    decision = ask(said(intent, text))
    assert decision.action is action
    assert decision.tier is (Tier.MEDIATION if action is A.OFFER_CONVERSATION else Tier.INFORMATION)


BEFORE_ALL = [
    (said("find_course", crisis=True), A.CRISIS),
    (said("smalltalk", confidence=0.1, crisis=True), A.CRISIS),
    (said("distress_crisis", confidence=0.2), A.CRISIS),
    (said("opt_out", crisis=True, opt_out=True), A.CRISIS),
    (said("aftercare", crisis=True, act="confirm"), A.CRISIS),
    (said("smalltalk", confidence=0.1, opt_out=True), A.OPT_OUT),
    (said("smalltalk", confidence=0.1, opt_in=True), A.OPT_IN),
    (said("appt_cancel", opt_out=True), A.OPT_OUT),
    (said("opt_out"), A.OPT_OUT),
    (said("privacy_request"), A.PRIVACY),
    (said("talk_human", age="16"), A.HUMAN),
]


@pytest.mark.parametrize(("understanding", "action"), BEFORE_ALL)
@pytest.mark.parametrize("known", [NOBODY, CLIENT, BOOKED], ids=["nobody", "client", "booked"])
def test_life_rights_and_a_person_come_first(
    understanding: Understanding, action: Action, known: Known
) -> None:
    assert ask(understanding, known).action is action


def test_reasons_can_be_read_and_traced() -> None:
    decision = ask(said("secondary_diploma", confidence=0.8, age="16"))
    rule, understood = decision.reasons
    assert (rule.code, rule.section) == ("pupil_to_clb", "4.2")
    assert "CLB" in rule.text
    assert understood.text == "Begrepen: secondary_diploma (80%)."
    assert all(rule.section and rule.text.endswith(".") for rule in RULES)


def test_an_unknown_intent_is_no_crash() -> None:
    decision = ask(said("something_new"))
    assert (decision.action, decision.tier) == (Action.CLARIFY, Tier.SERVICE)
