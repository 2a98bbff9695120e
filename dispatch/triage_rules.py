"""The rules of triage, from the first to the last, each with the section of the blueprint it comes from."""

from collections.abc import Callable
from dataclasses import dataclass

from data.catalog.answer_cards import asks_about_kinds
from data.geo import RegionId
from data.translation import N_
from dispatch import triage_words as words
from dispatch import waiting_words
from dispatch.triage_case import Case
from dispatch.triage_values import Action, Tier

COMPLEX = frozenset({"secondary_diploma", "higher_education", "practical_barrier", "vague_need"})
# What the CLB does for its own pupils: choosing a study and the school career.
STUDY_CHOICE = COMPLEX | {"find_course", "entry_requirements", "enrolment", "career_change"}
LITTLE_DUTCH = frozenset({"A0", "A1", "1.1", "1.2"})
ASKED_MEANING = "clarify"  # in `Known.asked`: we have asked once already what was meant

Test = Callable[[Case], bool]
Partner = Callable[[Case], str | None]


def _is(*intents: str) -> Test:
    return lambda case: case.intent in intents


def _always(_case: Case) -> bool:
    return True


def _agency(case: Case) -> str:
    """Who gives Dutch its intake: the agency of the region."""
    match case.region:
        case RegionId.GENT:
            return "IN-Gent"
        case RegionId.ANTWERPEN_STAD:
            return "Atlas"
        case RegionId.BRUSSEL:
            return N_("Huis van het Nederlands")
        case _:
            return "AgII"


def _employment_service(case: Case) -> str:
    """Working people have a career centre; who looks for work has VDAB."""
    return "loopbaancentrum" if case.status == "working" else "VDAB"


def _benefit_payer(case: Case) -> str:
    named = words.benefit_owner(case.text)
    if named is not None:
        return named
    match case.status:
        case "leefloon":
            return "OCMW"
        case "sick" | "disability":
            return "ziekenfonds"
        case _:
            return "Actiris" if case.region is RegionId.BRUSSEL else "VDAB"


def _owner_of_need(case: Case) -> str:
    if case.is_pupil:
        return "CLB"
    owner = words.need(case.text)
    if owner == "agency":
        return _agency(case)
    return owner or "VDAB"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """If `when` fits, `action`. `tier` and `partner` are by default those of the intent, and nobody.

    A rule that rests on the intent is passed over while we are not sure of it.
    """

    code: str
    section: str
    text: str
    when: Test
    action: Action
    tier: Tier | None = None
    partner: Partner | str | None = None
    needs_sure: bool = True


RULES: tuple[Rule, ...] = (
    # -- no words at all --------------------------------------------------------------------------------------
    Rule(
        code="voice_note", section="3.3", text=N_("De cliënt sprak een bericht in: een mens luistert ernaar."),
        when=lambda case: case.known.only_file == "audio", action=Action.LISTEN, tier=Tier.SERVICE, needs_sure=False,
    ),
    Rule(
        code="only_file", section="3.3", text=N_("De cliënt stuurde enkel een bestand: de bot kan dat niet lezen."),
        when=lambda case: case.known.only_file is not None, action=Action.LOOK, tier=Tier.SERVICE, needs_sure=False,
    ),
    # -- before everything: life, rights, a person --------------------------------------------------------
    Rule(
        code="crisis", section="3.1", text=N_("De boodschap klinkt als nood: eerst veiligheid, meteen een mens."),
        when=lambda case: case.said.crisis or case.intent == "distress_crisis",
        action=Action.CRISIS, tier=Tier.REFERRAL, partner="Zelfmoordlijn 1813", needs_sure=False,
    ),
    Rule(
        code="opt_in", section="3.1", text=N_("De cliënt wil opnieuw berichten krijgen."),
        when=lambda case: case.said.opt_in, action=Action.OPT_IN, tier=Tier.SERVICE, needs_sure=False,
    ),
    Rule(
        code="opt_out", section="3.1", text=N_("De cliënt wil geen berichten meer: de dienst is niet verplicht."),
        when=lambda case: case.said.opt_out, action=Action.OPT_OUT, tier=Tier.SERVICE, needs_sure=False,
    ),
    Rule(
        code="opt_out", section="3.1", text=N_("De cliënt wil geen berichten meer: de dienst is niet verplicht."),
        when=_is("opt_out"), action=Action.OPT_OUT,
    ),
    Rule(
        code="where_is_it", section="4.1",
        text=N_("De cliënt wacht op ons en vraagt waar de vraag is: wie ze heeft en wanneer er antwoord komt."),
        when=lambda case: case.known.waits and waiting_words.asks_where_it_is(case.text),
        action=Action.STATUS, tier=Tier.SERVICE, needs_sure=False,
    ),
    Rule(
        code="privacy", section="3.3", text=N_("De cliënt vraagt iets over de eigen gegevens: dat doet een mens."),
        when=_is("privacy_request"), action=Action.PRIVACY,
    ),
    Rule(
        code="asks_in_crisis", section="4.1",
        text=N_("Wie in nood is, vraagt iets terwijl een mens nog komt: wie de vraag heeft en wanneer er antwoord komt."),
        when=lambda case: case.known.in_crisis and any(mark in case.text for mark in "?؟"),
        action=Action.STATUS, tier=Tier.SERVICE, needs_sure=False,
    ),
    Rule(
        code="human", section="5.1", text=N_("De cliënt vraagt een mens."),
        when=_is("talk_human"), action=Action.HUMAN,
    ),
    Rule(
        code="complaint", section="8.1", text=N_("De cliënt is niet tevreden: een mens leest en antwoordt."),
        when=_is("complaint"), action=Action.COMPLAINT,
    ),
    Rule(
        code="nothing_waits", section="4.1",
        text=N_("De cliënt vraagt waar een vraag is, maar er staat er geen open bij een mens."),
        when=lambda case: waiting_words.asks_where_it_is(case.text),
        action=Action.STATUS, tier=Tier.SERVICE, needs_sure=False,
    ),
    # -- a running appointment ------------------------------------------------------------------------------
    Rule(
        code="appointment_cancel", section="3.1", text=N_("De cliënt zegt een afspraak af; er hangt niets aan vast."),
        when=_is("appt_cancel"), action=Action.APPOINTMENT_CANCEL,
    ),
    Rule(
        code="appointment_change", section="3.1", text=N_("De cliënt verzet een afspraak."),
        when=_is("appt_change"), action=Action.APPOINTMENT_CHANGE,
    ),
    Rule(
        code="appointment_cancel", section="3.1",
        text=N_("Er staat een afspraak, en de boodschap kan een afzegging zijn: navragen."),
        when=lambda case: case.known.has_appointment and case.hints_at("appt_cancel"),
        action=Action.APPOINTMENT_CANCEL, tier=Tier.SERVICE, needs_sure=False,
    ),
    Rule(
        code="appointment_change", section="3.1",
        text=N_("Er staat een afspraak, en de boodschap kan over een ander moment gaan."),
        when=lambda case: case.known.has_appointment and case.hints_at("appt_change"),
        action=Action.APPOINTMENT_CHANGE, tier=Tier.SERVICE, needs_sure=False,
    ),
    Rule(
        code="appointment_book", section="3.3", text=N_("De cliënt vraagt een afspraak."),
        when=_is("appt_book"), action=Action.APPOINTMENT_BOOK,
    ),
    # -- second line: a professional asks, not a client -------------------------------------------------------
    Rule(
        code="second_line", section="3.2a", text=N_("Een professional vraagt iets over een cliënt: tweede lijn."),
        when=_is("professional_second_line"), action=Action.SECOND_LINE,
    ),
    # -- the person's own words ---------------------------------------------------------------------------
    Rule(
        code="only_the_price", section="3.1", text=N_("De cliënt wil alleen de prijs weten; eigen woorden beslissen."),
        when=lambda case: words.wants_only_the_price(case.text),
        action=Action.ANSWER_PRICE, tier=Tier.INFORMATION, needs_sure=False,
    ),
    # -- own trajectory: one counsellor from intake to aftercare ----------------------------------------------
    Rule(
        code="own_counsellor", section="3.1",
        text=N_("Er loopt een traject: dezelfde begeleider, zodat niemand het verhaal opnieuw moet doen."),
        when=lambda case: case.known.has_trajectory
        and (case.intent in {"aftercare", "career_change", "practical_barrier", "vague_need"}
             or (case.intent in COMPLEX and not words.asks_a_fact(case.text))),
        action=Action.OWN_COUNSELLOR, tier=Tier.TRAJECTORY,
    ),
    Rule(
        code="aftercare", section="3.3", text=N_("Nazorg: een mens zoekt wie de cliënt begeleidde."),
        when=_is("aftercare"), action=Action.HUMAN, tier=Tier.TRAJECTORY,
    ),
    Rule(
        code="kinds_of_schools", section="3.2a", text=N_("Een vraag naar het verschil tussen soorten scholen."),
        when=lambda case: asks_about_kinds(case.text),
        action=Action.ANSWER_FACTS, tier=Tier.INFORMATION, needs_sure=False,
    ),
    # -- what another service owns ------------------------------------------------------------------------
    Rule(
        code="pupil_to_clb", section="4.2",
        text=N_("15 tot en met 18 jaar of nog in het secundair: de begeleiding van het CLB blijft primeren."),
        when=lambda case: case.intent in STUDY_CHOICE and case.is_pupil,
        action=Action.REFER, tier=Tier.REFERRAL, partner="CLB",
    ),
    Rule(
        code="work_to_vdab", section="2.2, 4.2",
        text=N_("De vraag kadert in een weg naar werk: VDAB (of een loopbaancentrum voor wie werkt) heeft de regie."),
        when=_is("career_change"), action=Action.REFER, partner=_employment_service,
    ),
    Rule(
        code="benefit_never_promised", section="5.2",
        text=N_("Gevolgen voor een uitkering beloven we nooit; wie ze betaalt, beslist."),
        when=_is("benefit_effect"), action=Action.REFER, partner=_benefit_payer,
    ),
    Rule(
        code="owned_by_partner", section="4.2", text=N_("Deze nood hoort bij een partner: warm overdragen."),
        when=_is("partner_referral"), action=Action.REFER, partner=_owner_of_need,
    ),
    Rule(
        code="welfare", section="4.2", text=N_("Geen dak of geen veilige plek: dat gaat voor leren; het CAW helpt."),
        when=lambda case: case.intent in {"practical_barrier", "vague_need"} and words.need(case.text) == "CAW",
        action=Action.REFER, tier=Tier.REFERRAL, partner="CAW", needs_sure=False,
    ),
    Rule(
        code="too_little_dutch", section="4.2",
        text=N_("Het niveau Nederlands is nog te laag voor deze opleiding: eerst naar het agentschap."),
        when=lambda case: case.intent in {"find_course", "enrolment"} and case.wants_more_than_dutch
        and case.value("nt2_level") in LITTLE_DUTCH,
        action=Action.REFER, tier=Tier.REFERRAL, partner=_agency,
    ),
    # -- simple and answerable: information ---------------------------------------------------------------
    Rule(
        code="course_list", section="3.2a", text=N_("Een concrete leervraag: het aanbod beantwoordt ze."),
        when=_is("find_course", "course_schedule_place"), action=Action.ANSWER_COURSES,
    ),
    Rule(
        code="language", section="2.4", text=N_("De cliënt vraagt of we een taal spreken."),
        when=lambda case: case.intent == "smalltalk" and words.asks_if_spoken(case.text), action=Action.LANGUAGE,
    ),
    Rule(
        code="course_list", section="3.2a", text=N_("Een groet met een onderwerp erbij: het is een leervraag."),
        when=lambda case: case.intent == "smalltalk" and case.value("subject") is not None,
        action=Action.ANSWER_COURSES, tier=Tier.INFORMATION, needs_sure=False,
    ),
    Rule(
        code="price", section="3.2a", text=N_("Een concrete vraag naar de prijs."),
        when=_is("course_price"), action=Action.ANSWER_PRICE,
    ),
    Rule(
        code="counters", section="5.1", text=N_("Een vraag naar plaats of uren van een loket."),
        when=_is("counter_info"), action=Action.ANSWER_COUNTER,
    ),
    Rule(
        code="dutch", section="4.2", text=N_("Nederlands leren begint bij het agentschap van de streek."),
        when=_is("dutch_nt2"), action=Action.ANSWER_FACTS, partner=_agency,
    ),
    Rule(
        code="basic_skills", section="4.2", text=N_("Lezen, schrijven, rekenen of computer: basiseducatie."),
        when=_is("basic_skills"), action=Action.ANSWER_COURSES, partner="Ligo",
    ),
    Rule(
        code="evc", section="2.1", text=N_("Wat iemand al kan, kan erkend worden (EVC)."),
        when=_is("evc"), action=Action.ANSWER_FACTS, partner="EVC-testcentrum",
    ),
    Rule(
        code="recognition", section="2.1", text=N_("Gelijkwaardigheid van een buitenlands diploma."),
        when=_is("diploma_recognition"), action=Action.ANSWER_FACTS, partner="NARIC-Vlaanderen",
    ),
    Rule(
        code="requirements_dutch", section="4.2",
        text=N_("Een vraag naar voorwaarden; het niveau Nederlands kan te laag zijn, dan helpt het agentschap."),
        when=lambda case: case.intent == "entry_requirements" and case.dutch_level in LITTLE_DUTCH,
        action=Action.ANSWER_FACTS, partner=_agency,
    ),
    Rule(
        code="facts", section="3.2a", text=N_("Een welomlijnde vraag met een bekend antwoord."),
        when=_is("entry_requirements", "enrolment", "financing_leave"), action=Action.ANSWER_FACTS,
    ),
    Rule(
        code="plain_question", section="3.2a",
        text=N_("Een gewone vraag naar verschil, richtingen of duur: een antwoord volstaat."),
        when=lambda case: case.intent in {"secondary_diploma", "higher_education"}
        and words.asks_a_fact(case.text),
        action=Action.ANSWER_FACTS, tier=Tier.INFORMATION,
    ),
    Rule(
        code="admission", section="3.2a", text=N_("Een vraag of iemand mag starten in het hoger onderwijs."),
        when=lambda case: case.intent == "higher_education" and words.asks_admission(case.text),
        action=Action.ANSWER_FACTS, tier=Tier.INFORMATION,
    ),
    # -- complex, vague or hindered: a conversation ---------------------------------------------------------
    Rule(
        code="barrier", section="3.1", text=N_("Een praktische drempel staat in de weg: samen bekijken wat kan."),
        when=_is("practical_barrier"), action=Action.OFFER_CONVERSATION,
    ),
    Rule(
        code="vague", section="3.2", text=N_("Een leernood die nog geen vraag is: een gesprek verheldert ze."),
        when=_is("vague_need"), action=Action.OFFER_CONVERSATION,
    ),
    Rule(
        code="complex", section="3.2b, 5.1", text=N_("Er zijn meerdere wegen af te wegen: informatiebemiddeling."),
        when=_is("secondary_diploma", "higher_education"), action=Action.OFFER_CONVERSATION,
    ),
    # -- service --------------------------------------------------------------------------------------------
    Rule(
        code="language", section="2.4", text=N_("De cliënt vraagt een andere taal."),
        when=_is("language_switch"), action=Action.LANGUAGE,
    ),
    Rule(
        code="smalltalk", section="3.1", text=N_("Een groet, een bedankje of een vraag over deze assistent."),
        when=_is("smalltalk"), action=Action.SMALLTALK,
    ),
    Rule(
        code="out_of_scope", section="3.1", text=N_("Hier gaan we niet over, of we blijven er neutraal in."),
        when=_is("out_of_scope"), action=Action.OUT_OF_SCOPE,
    ),
    # -- unsure ---------------------------------------------------------------------------------------------
    Rule(
        code="unsure_again", section="5.1", text=N_("Ook na een verduidelijking niet zeker: een mens neemt over."),
        when=lambda case: ASKED_MEANING in case.known.asked and case.is_bare,
        action=Action.HUMAN, needs_sure=False,
    ),
    Rule(
        code="unlike_any", section="3.3", text=N_("De boodschap lijkt op bijna niets wat we kennen: één keuze vragen."),
        when=lambda case: not case.said.in_scope, action=Action.CLARIFY, needs_sure=False,
    ),
    Rule(
        code="unsure", section="3.3", text=N_("Niet zeker wat bedoeld wordt: één keuze vragen."),
        when=_always, action=Action.CLARIFY, needs_sure=False,
    ),
)  # fmt: skip
