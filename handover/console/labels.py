"""Words for the codes that the console shows: in Dutch here, said in the language of who reads them.

An unknown code is shown as it is.
"""

from typing import Any

from data.translation import _
from dispatch.triage import SURENESS

CHANNELS = {
    "web": "webchat", "sms": "sms", "whatsapp": "WhatsApp", "telegram": "Telegram", "messenger": "Messenger",
    "mailto": "e-mail", "email": "e-mail", "tel": "telefoon", "phone": "telefoon", "desk": "loket",
    "voice": "telefoon", "letter": "brief",
}  # fmt: skip
LANGUAGES = {
    "nl": "Nederlands", "fr": "Frans", "en": "Engels", "ar": "Arabisch", "tr": "Turks", "uk": "Oekraïens",
    "ru": "Russisch", "es": "Spaans", "pl": "Pools", "ro": "Roemeens", "bg": "Bulgaars", "so": "Somali",
    "ti": "Tigrinya", "fa": "Perzisch", "ps": "Pasjtoe", "ku": "Koerdisch", "pt": "Portugees",
    "de": "Duits", "it": "Italiaans", "ur": "Urdu", "am": "Amhaars",
}  # fmt: skip
ROLES = {
    "counsellor": "leerloopbaanbegeleider", "dispatcher": "dispatcher", "coordinator": "coördinator",
    "analyst": "VOL", "admin": "beheerder",
}  # fmt: skip
PRESENCES = {"available": "beschikbaar", "away": "even weg", "offline": "afwezig"}
PHASES = {
    "toeleiding": "toeleiding", "aanmelding": "aanmelding", "intake": "intake", "traject": "traject",
    "keuze": "keuze", "opvolging": "opvolging", "nazorg": "nazorg",
}  # fmt: skip
TIERS = {
    "information": "informatie", "mediation": "bemiddeling", "trajectory": "begeleidingstraject",
    "referral": "doorverwijzing", "service": "dienst",
}  # fmt: skip
INTENTS = {
    "smalltalk": "groet of dank", "find_course": "cursus zoeken", "course_price": "prijs van een cursus",
    "course_schedule_place": "waar en wanneer", "entry_requirements": "voorwaarden om te starten",
    "enrolment": "inschrijven", "secondary_diploma": "diploma secundair onderwijs",
    "dutch_nt2": "Nederlands leren", "basic_skills": "basiseducatie", "higher_education": "hoger onderwijs",
    "evc": "ervaring laten erkennen", "diploma_recognition": "buitenlands diploma erkennen",
    "financing_leave": "betalen en verlof", "benefit_effect": "gevolg voor een uitkering",
    "practical_barrier": "praktische drempel", "vague_need": "nog geen duidelijke vraag",
    "career_change": "ander werk", "aftercare": "nazorg", "appt_book": "afspraak maken",
    "appt_change": "afspraak verplaatsen", "appt_cancel": "afspraak afzeggen",
    "counter_info": "loket en openingsuren", "talk_human": "met een mens praten",
    "language_switch": "andere taal", "professional_second_line": "vraag van een professional",
    "complaint": "klacht", "opt_out": "geen berichten meer", "privacy_request": "privacyvraag",
    "partner_referral": "voor een partner", "out_of_scope": "iets anders", "distress_crisis": "nood of crisis",
}  # fmt: skip
SLOTS = {
    "place": "plaats", "postcode": "postcode", "subject": "vak", "topic": "onderwerp", "weekday": "weekdag",
    "time_of_day": "dagdeel", "date": "datum", "time": "uur", "status": "statuut", "diploma": "diploma",
    "nt2_level": "NT2-niveau", "age": "leeftijd", "occupation": "beroep", "barrier": "drempel",
    "mode": "hoe les", "language": "taal", "origin": "herkomst", "price_max": "hoogste prijs",
    "phone": "telefoon", "email": "e-mail", "personal_number": "persoonlijk nummer", "choice": "keuze",
    "for": "voor wie", "need": "nood", "risk": "gevaar", "right": "welk recht", "role": "werkt bij", "about": "klacht over",
    "scope": "welke berichten", "goal": "doel", "document": "document", "meta": "over ons", "sector": "sector",
    "from": "van werk", "to": "naar werk",
}  # fmt: skip
URGENCIES = {"crisis": "crisis", "high": "dringend", "normal": "gewoon"}
HOLDERS = {"bot": "bij de bot", "queue": "in de wachtrij", "staff": "bij een medewerker"}
REASONS = {
    "wrote_outside": "iemand antwoordde buiten Leerlijn", "looping": "mails die elkaar blijven beantwoorden",
    "own_client": "eigen cliënt schreef opnieuw", "human": "vroeg naar een mens",
    "wants_person": "vroeg naar een mens", "talk_human": "vroeg naar een mens", "crisis": "nood of crisis",
    "distress_crisis": "nood of crisis", "unsure": "de bot begreep het niet",
    "not_understood": "de bot begreep het niet", "fault": "er ging iets mis bij ons",
    "error": "er ging iets mis bij ons", "complaint": "klacht", "privacy": "privacyvraag",
    "privacy_request": "privacyvraag", "own_trajectory": "eigen cliënt schreef",
    "complex": "ingewikkelde vraag", "no_slot": "geen vrij moment gevonden",
    "professional": "vraag van een professional", "wants_human": "vroeg naar een mens",
    "asked_for_human": "vroeg naar een mens", "asked_for_call": "vroeg om een telefoontje",
    "voicemail": "sprak een bericht in", "failure": "er ging iets mis bij ons",
    "unanswered": "bleef te lang zonder antwoord",
    "voice_note": "sprak een bericht in", "only_file": "stuurde bestanden zonder tekst",
    "no_free_time": "geen vrij moment gevonden", "referral": "doorverwijzing",
    "referral_in": "doorverwezen door een professional", "second_line": "vraag van een professional",
    "referral_unsure": "niet zeker of de mail aan de partner aankwam: bel de partner",
    "referral_silent": "de partner bevestigde niet dat hij de vraag kreeg: bel de partner",
    "progress_unsent": "de mail aan wie doorverwees vertrok niet: bel die",
    "correction": "vroeg om iets te verbeteren in het dossier",
    "consent_withdrawn": "trok de toestemming voor een dossier in",
}  # fmt: skip
STATUSES = {
    "received": "ontvangen", "held": "wacht tot de cliënt schrijft", "queued": "klaar om te vertrekken", "sending": "wordt verstuurd",
    "unknown": "niet zeker of het aankwam", "sent": "verstuurd", "delivered": "aangekomen",
    "read": "gelezen", "failed": "niet aangekomen", "withheld": "niet verstuurd",
}  # fmt: skip
FILES = {
    "image": "foto", "audio": "spraakbericht", "video": "video", "document": "document", "sticker": "sticker",
}  # fmt: skip
WAYS = {"message": "bericht", "call": "telefoon", "visit": "bezoek", "no_show": "kwam niet"}
APPOINTMENTS = {
    "held": "nog te bevestigen", "confirmed": "afgesproken", "attended": "kwam", "no_show": "kwam niet",
    "moved": "verplaatst", "cancelled": "afgezegd", "expired": "vervallen",
}  # fmt: skip
APPOINTMENT_KINDS = {
    "information": "informatie", "mediation": "gesprek", "trajectory": "traject", "session": "infosessie",
}  # fmt: skip
REMINDERS = {
    "planned": "gepland", "sent": "vertrokken", "cancelled": "niet meer nodig", "failed": "lukte niet",
}  # fmt: skip
REMINDER_KINDS = {"day": "De dag vooraf", "hours": "Twee uur vooraf"}
CHANGES = {
    "booked": "geboekt voor de cliënt", "moved": "verplaatst", "cancelled": "afgezegd",
    "deputy": "een collega neemt over", "another_time": "een ander moment gevraagd", "call": "iemand belt",
}  # fmt: skip
PURPOSES = {
    "follow_up": "opvolging",
    "reminder": "herinnering",
    "notice": "melding",
    "reply": "antwoord",
    "news": "nieuw aanbod",
    "opener": "vraag om te schrijven",
    "code": "code om te koppelen",
}
HEALTH = {"on": "werkt", "paused": "rust even", "suspended": "stilgelegd", "off": "staat uit"}
TEMPLATE_STATES = {
    "draft": "nog niet ingediend", "submitted": "ingediend", "approved": "goedgekeurd", "rejected": "geweigerd",
}  # fmt: skip
TEMPLATES = {
    "leerlijn_open": "Er is een antwoord", "leerlijn_reminder": "Herinnering aan een gesprek",
    "leerlijn_nieuws": "Nieuws over de vraag", "leerlijn_praten": "Nog eens praten",
    "leerlijn_bellen": "We konden je niet bereiken", "leerlijn_verplaatst": "Het gesprek is verplaatst",
    "leerlijn_cursus": "Hoe gaat het met de cursus?",
}  # fmt: skip
TEMPLATE_CATEGORIES = {"utility": "nutsbericht (Utility)"}
CONSENTS = {
    "file": "dossier",
    "follow_up": "wij mogen schrijven",
    "referral": "doorgeven aan partner",
    "news": "bericht als er een cursus komt",
    "progress": "vertellen aan wie doorverwees",
}
FOLLOW_UPS = {"planned": "gepland", "sent": "verstuurd", "cancelled": "geschrapt"}
FOLLOW_UP_REASONS = {
    "client_wrote": "de cliënt schreef zelf", "no_address": "geen adres om naar te schrijven",
    "to_call": "schrijven kan niet, iemand belt", "appointment_moved": "de afspraak is verplaatst of afgezegd",
    "staff": "door een medewerker",
}  # fmt: skip
CALL_REASONS = {
    "asked": "vroeg een telefoontje", "missed": "gemiste oproep", "voicemail": "sprak een bericht in",
    "unheard": "hoorde ons antwoord niet", "late": "ons antwoord kwam te laat", "to_read": "voor te lezen bericht",
    "crisis": "nood of crisis", "staff": "door een collega gevraagd", "no_channel": "geen ander kanaal lukte",
    "stopped": "wil geen berichten op dit kanaal (STOP)",
    "appointment": "afspraak die niet kan doorgaan",
    "referral_in": "doorverwezen door een professional",
    "unopened": "antwoordde niet op onze vraag om te schrijven",
}  # fmt: skip
CALL_OUTCOMES = {
    "reached": "Gesproken", "not_reached": "Niet bereikt", "voicemail": "Voicemail ingesproken",
    "wrong_number": "Verkeerd nummer",
}  # fmt: skip
CONTACT_OUTCOMES = {
    "helped": "Geholpen", "appointment": "Afspraak gemaakt", "referred": "Doorverwezen",
    "follow_up": "Nog op te volgen", "call_back": "Terugbellen",
}  # fmt: skip
EVENTS = {
    "conversation.escalated": "Naar de wachtrij", "conversation.own_client": "Eigen cliënt, gemeld aan",
    "conversation.taken_over": "Overgenomen", "conversation.given_back": "Terug naar de bot",
    "conversation.assigned": "Toegewezen", "conversation.released": "Terug in de wachtrij",
    "conversation.closed": "Gesloten", "conversation.reopened": "Heropend",
    "conversation.put_back": "Stap ongedaan gemaakt", "trajectory.reopened": "Traject heropend",
    "conversation.promise_due": "Belofte loopt bijna af",
    "conversation.promise_broken": "Belofte niet gehouden, een nieuwe gedaan",
    "conversation.followed": "Ging met de afspraak mee naar een andere leerwinkel",
    "conversation.waits_for_date": "Wacht op een datum", "person.merged": "Samengevoegd met een ander dossier",
    "person.unmerged": "Weer twee personen", "address.opted_out": "Wil geen berichten meer (STOP)",
    "address.opted_in": "Wil weer berichten", "link.verified": "Adres bewezen met een code",
    "message.sent_again": "Bericht opnieuw verstuurd, op vraag",
    "own_link.sent": "Link naar de eigen gegevens verstuurd", "consent.withdrawn": "Trok een toestemming in",
    "appointment.moved": "Afspraak verplaatst", "appointment.offered": "Momenten voorgesteld voor een afspraak", "appointment.cancelled": "Afspraak afgezegd",
    "staff.changed": "Medewerker", "staff.account": "Account open of dicht", "staff.handed_over": "Cliënten doorgegeven bij het sluiten", "staff.link": "Link voor een wachtwoord gemaakt",
    "staff.password": "Koos een wachtwoord", "staff.duty": "Gaf de wacht", "staff.skills": "Talen, onderwerpen en draagkracht",
    "partner.changed": "Partner", "partner.key": "Nieuwe sleutel voor een partner", "counter.changed": "Loket",
    "counter.rooms": "Lokalen van een loket", "sitting.changed": "Zitdag", "sitting.skipped": "Zitdag gaat een dag niet door",
    "sitting.held_after_all": "Zitdag gaat toch door", "region.hours_changed": "Openingsuren", "region.minutes": "Duur van gesprekken",
    "region.changed": "Regels van de regio", "template.judged": "Sjabloon", "answer_card.held": "Antwoordkaart verborgen",
    "answer_card.shown": "Antwoordkaart weer getoond", "answer_card.checked": "Antwoordkaart nagekeken",
    "saved_reply.changed": "Standaardantwoord", "consent_text.changed": "Toestemmingstekst", "channel.tried": "Kanaal opnieuw geprobeerd", "job.revived": "Taak opnieuw gestart",
    "catalogue.reported": "Melding over het aanbod", "catalogue.report_accepted": "Melding aanvaard",
    "catalogue.report_refused": "Melding geweigerd", "catalogue.correction_withdrawn": "Verbetering ingetrokken",
    "absence.entered": "Afwezigheid", "absence.settled": "Afspraken van een afwezige geregeld", "absence.ended": "Terug van afwezigheid",
    "agenda_feed.made": "Agenda-adres gemaakt", "agenda_feed.stopped": "Agenda-adres gestopt", "interpreter.saved": "Tolk",
    "follow_up.planned": "Bericht gepland voor later", "follow_up.cancelled": "Gepland bericht vertrekt niet",
    "trajectory.intake": "Intake aangevuld", "trajectory.step": "Stap in het traject", "trajectory.option": "Weg bekeken",
    "trajectory.chosen": "De cliënt koos een weg", "trajectory.unchosen": "De cliënt bedacht zich",
    "trajectory.enrolled": "Ingeschreven", "trajectory.stopped": "Inschrijving gestopt of rechtgezet",
    "question.answered": "Antwoordde op onze vraag", "trajectory.opened": "Traject geopend", "trajectory.closed": "Traject afgesloten",
    "referral.offered": "Doorverwijzing voorgesteld", "referral.consented": "Zei ja tegen de doorverwijzing",
    "referral.declined": "Wil niet doorverwezen worden", "referral.sent": "Doorgegeven aan de partner",
    "referral.lapsed": "Doorverwijzing bleef zonder antwoord", "referral.received": "Doorverwezen door een professional",
    "attachment.written_out": "Spraakbericht uitgeschreven", "person.held": "Mag niet gewist worden",
    "person.released": "Mag weer gewist worden",
}  # fmt: skip
FACTS = {
    "age": "Leeftijd", "diploma": "Diploma", "status": "Statuut", "nt2_level": "NT2-niveau",
    "occupation": "Beroep", "barrier": "Drempel", "goal": "Doel", "work_region": "Werkt in",
    "language": "Taal",
}  # fmt: skip
PARTNER_KINDS = {
    "clb": "CLB", "vdab": "VDAB", "agii": "Agentschap Integratie en Inburgering", "ocmw": "OCMW",
    "caw": "CAW", "ligo": "Ligo", "naric": "NARIC-Vlaanderen", "cvo": "CVO", "syntra": "Syntra",
    "actiris": "Actiris", "atlas": "Atlas Antwerpen", "in_gent": "IN-Gent", "huis_nederlands": "Huis van het Nederlands",
    "loopbaancentrum": "loopbaancentrum", "evc": "EVC-testcentrum", "mutualiteit": "ziekenfonds", "rva": "RVA",
    "vlaanderen": "Vlaamse overheid", "werkwinkel": "werkwinkel", "avansa": "Avansa", "bibliotheek": "bibliotheek",
    "open_leercentrum": "open leercentrum", "sociaal_huis": "sociaal huis", "jeugdwerk": "jeugdwerk",
    "vakbond": "vakbond", "gevangenis": "onderwijs in de gevangenis",
}  # fmt: skip
REFERRAL_STATES = {
    "offered": "wacht op de cliënt", "consented": "cliënt zei ja", "declined": "niet doorgegeven",
    "sent": "doorgegeven", "arrived": "aangekomen",
}  # fmt: skip
PROGRESS = {
    "spoken": "we spraken elkaar", "appointment": "er is een afspraak", "guided": "de begeleiding begon",
    "ended": "het is afgerond",
}  # fmt: skip
PARTNER_FIELDS = {
    "kind": "soort", "name": "naam", "owns": "waarmee ze helpen", "region_id": "regio", "postcodes": "postcodes",
    "phone": "telefoon", "email": "e-mail", "url": "site", "contact_name": "contactpersoon",
    "reached_by": "liefst bereikt via", "hours": "openingsuren", "active": "actief",
}  # fmt: skip
AREAS = {
    "algemene vorming": "algemene vorming", "basiseducatie": "basiseducatie", "bouw": "bouw",
    "elektriciteit": "elektriciteit", "evc": "evc", "groen": "groen", "handel": "handel",
    "horeca": "horeca", "hout": "hout", "ict": "ict", "kinderen": "kinderen", "kunst": "kunst", "landbouw": "landbouw",
    "lichaamsverzorging": "lichaamsverzorging", "logistiek": "logistiek", "metaal": "metaal", "mode": "mode",
    "nt2": "nt2", "persoonlijk": "persoonlijk", "schoonmaak": "schoonmaak", "sport": "sport",
    "talen": "talen", "toerisme": "toerisme", "veiligheid": "veiligheid", "vervoer": "vervoer", "zorg": "zorg",
}  # fmt: skip
"""Groups of subjects of courses."""
KEPT = {"chat": "alleen met de bot gepraat", "contact": "geholpen door een collega", "file": "dossier"}
STAYS = {
    "held": "mag niet gewist worden", "trajectory": "traject loopt nog", "appointment": "afspraak die nog komt",
    "call": "nog te bellen", "follow_up": "gepland bericht", "waits": "gesprek wacht op ons", "wish": "wacht op een cursus",
}  # fmt: skip
ERASED_WHY = {"term": "termijn voorbij", "asked": "vroeg het zelf"}
SCHOOLS = {"flemish": "Vlaamse schoolvakanties", "french": "Franstalige schoolvakanties"}
COUNTER_FIELDS = {
    "name": "naam", "host": "bij wie", "street": "straat", "postcode": "postcode", "directions": "hoe je er geraakt",
    "languages": "talen", "wheelchair": "toegankelijk", "lift": "lift", "walk_in": "zonder afspraak", "postcodes": "voor welke postcodes",
    "reach_km": "tot hoeveel km", "active": "open",
}  # fmt: skip
STAFF_FIELDS = {
    "email": "e-mail",
    "role": "rol",
    "quiet_from": "stil vanaf",
    "quiet_until": "stil tot",
    "ask_satisfied": "vraag naar tevredenheid",
    "keep_chat_days": "dagen bijgehouden na een gesprek met de bot",
    "keep_contact_days": "dagen bijgehouden na hulp van een collega",
    "keep_file_years": "jaren dat een dossier bijgehouden wordt",
}
CHANGED_FIELDS = PARTNER_FIELDS | COUNTER_FIELDS | STAFF_FIELDS
"""Of everything that has a history; where two have the same field, they call it the same."""

TABLES: dict[str, dict[str, str]] = {
    "channel": CHANNELS, "language": LANGUAGES, "role": ROLES, "presence": PRESENCES, "phase": PHASES,
    "tier": TIERS, "intent": INTENTS, "slot": SLOTS, "urgency": URGENCIES, "holder": HOLDERS, "reason": REASONS,
    "status": STATUSES, "way": WAYS, "appointment": APPOINTMENTS, "appointment_kind": APPOINTMENT_KINDS,
    "reminder": REMINDERS, "reminder_kind": REMINDER_KINDS, "change": CHANGES, "purpose": PURPOSES, "consent": CONSENTS, "follow_up": FOLLOW_UPS,
    "health": HEALTH, "template_state": TEMPLATE_STATES, "template": TEMPLATES, "template_category": TEMPLATE_CATEGORIES,
    "follow_up_reason": FOLLOW_UP_REASONS, "event": EVENTS, "call_reason": CALL_REASONS, "call_outcome": CALL_OUTCOMES,
    "contact_outcome": CONTACT_OUTCOMES | CALL_OUTCOMES, "fact": FACTS, "partner": PARTNER_KINDS, "partner_field": PARTNER_FIELDS, "referral_state": REFERRAL_STATES,
    "file": FILES, "counter_field": COUNTER_FIELDS, "progress": PROGRESS, "schools": SCHOOLS, "area": AREAS, "changed_field": CHANGED_FIELDS,
    "kept": KEPT, "stays": STAYS, "erased_why": ERASED_WHY,
}  # fmt: skip


def words(table: str) -> dict[str, str]:
    """All of a table, by code."""
    return {code: _(text) for code, text in TABLES[table].items()}


def word(code: object, table: str) -> str:
    """The word for `code`; the code itself, readable, when there is none."""
    text = str(code or "")
    known = TABLES[table].get(text)
    return text.replace("_", " ") if known is None else _(known)


def reason_text(reason: Any) -> str:
    """One stored reason of a decision in words: it is a sentence, or a record with one."""
    if isinstance(reason, dict):
        for key in ("words", "text", "why", "detail", "reason", "rule", "code"):
            if reason.get(key):
                return _understood(str(reason[key]))
        return ", ".join(f"{key}: {value}" for key, value in reason.items())
    return _(REASONS.get(str(reason), str(reason)))


def _understood(sentence: str) -> str:
    """The sentence of a rule; or "Begrepen: find_course (87%).", of which the code and the number stay as they are."""
    how, colon, what = sentence.partition(": ")
    return f"{_(how)}{colon}{what}" if how in SURENESS.values() else _(sentence)
