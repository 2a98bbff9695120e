"""Of every action in the console: by which other it is undone, or why it cannot be. A new action has to say it too.

After an action the next page says what was done, with a button that posts the opposite action (`Notice`). It travels
there in a signed cookie that holds ids and codes only. Undoing is no more than that ordinary opposite: whoever was
quicker with something else keeps it, and one is told.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from data.translation import N_

COOKIE = "leerlijn_done"
HOLDS = 600  # seconds that the next page may take

_TALK, _CLIENT, _TRACK = "/gesprek/{conversation_id}", "/client/{person_id}", "/client/{person_id}/traject"
_CONSENT = "/beheer/toestemming/{region_id}/{consent}/{language}"
_BACK, _SAME = f"{_TALK}/terugzetten", ""
UNDONE_BY: Mapping[str, str] = {
    # with a button in the message after it
    f"{_TALK}/overnemen": _BACK, f"{_TALK}/toewijzen": _BACK, f"{_TALK}/bot": _BACK, f"{_TALK}/vrijgeven": _BACK,
    f"{_TALK}/sluiten": _BACK, f"{_TALK}/heropenen": _BACK, "/wachtrij/volgende": _BACK,
    f"{_CLIENT}/fase": _SAME, f"{_CLIENT}/afsluiten": f"{_TRACK}/heropenen", f"{_TRACK}/heropenen": f"{_CLIENT}/afsluiten",
    f"{_TRACK}/stap": "/traject/stap/{step_id}", "/traject/stap/{step_id}": _SAME, "/traject/weg/{option_id}": _SAME,
    f"{_TRACK}/inschrijving": "/traject/inschrijving/{enrolment_id}",
    f"{_CLIENT}/later": "/opvolging/{follow_up_id}/schrappen",
    "/opvolging/{follow_up_id}/schrappen": "/opvolging/{follow_up_id}/toch",
    "/opvolging/{follow_up_id}/toch": "/opvolging/{follow_up_id}/schrappen",
    f"{_CLIENT}/contact": "/microcontact/{contact_id}",
    "/oproep/{call_task_id}/schrappen": "/oproep/{call_task_id}/toch",
    "/oproep/{call_task_id}/toch": "/oproep/{call_task_id}/schrappen",
    "/agenda/afwezig": "/agenda/afwezig/{absence_id}/terug",
    "/agenda/afwezig/{absence_id}/terug": "/agenda/afwezig/{absence_id}/toch",
    "/agenda/afwezig/{absence_id}/toch": "/agenda/afwezig/{absence_id}/terug",
    "/beheer/antwoord/{reply_id}": "/beheer/antwoord/{reply_id}/actief", "/beheer/antwoord/{reply_id}/actief": _SAME,
    "/beheer/kaart/{card_id}/verberg": "/beheer/kaart/{card_id}/toon",
    "/beheer/zitdag/{sitting_id}": _SAME, "/beheer/zitdag/{sitting_id}/niet": "/beheer/zitdag/{sitting_id}/toch",
    "/beheer/zitdag/{sitting_id}/toch": "/beheer/zitdag/{sitting_id}/niet",
    "/beheer/medewerker/{staff_id}": _SAME, "/team/wacht": _SAME, "/team/omleiding": "/team/omleiding/{diversion_id}/stop",
    f"{_CLIENT}/niet-wissen": f"{_CLIENT}/niet-wissen/opheffen",
    # by hand, with what stands beside it on the page that follows
    "/uit": "/login", "/taal": _SAME, "/aanwezig": _SAME, "/team/omleiding/{diversion_id}/stop": "/team/omleiding",
    "/team/medewerker/{staff_id}": _SAME, f"{_CLIENT}/oproep": "/oproep/{call_task_id}/schrappen",
    "/bijlage/{attachment_id}/tekst": _SAME, f"{_CLIENT}/gegevens": _SAME, "/beslissing/{decision_id}": _SAME,
    "/twijfels": "/beslissing/{decision_id}", _TRACK: f"{_CLIENT}/afsluiten", f"{_TRACK}/intake": _SAME,
    f"{_CLIENT}/begeleider": _SAME,
    "/beheer/antwoord": "/beheer/antwoord/{reply_id}/actief",
    "/afspraak/{appointment_id}/resultaat": _SAME, f"{_CLIENT}/afspraak": "/afspraak/{appointment_id}/annuleren",
    "/agenda/nu": "/afspraak/{appointment_id}/annuleren", "/afspraak/{appointment_id}/verplaats": _SAME,
    "/afspraak/{appointment_id}/tolk": _SAME, "/infosessies/nieuw": "/infosessies/{session_id}/afzeggen",
    "/infosessies/{session_id}/plaats": "/afspraak/{appointment_id}/annuleren", "/infosessies/{session_id}/plaatsen": _SAME,
    "/tolken": "/tolken/{interpreter_id}", "/tolken/{interpreter_id}": _SAME, "/beheer/gesprekken": _SAME,
    "/beheer/loket/{counter_id}/lokalen": _SAME, "/agenda/telefoon": "/agenda/telefoon/stop",
    "/agenda/telefoon/schrijf": "/agenda/telefoon/schrijf/stop", "/agenda/telefoon/schrijf/stop": "/agenda/telefoon/schrijf",
    "/noteer": "/microcontact/{contact_id}", "/beheer/medewerkers": "/beheer/medewerker/{staff_id}",
    "/beheer/medewerker/{staff_id}/gegevens": _SAME, "/beheer/kaart/{card_id}/toon": "/beheer/kaart/{card_id}/verberg",
    f"{_CLIENT}/niet-wissen/opheffen": f"{_CLIENT}/niet-wissen", "/partners": "/partners/{partner_id}",
    "/partners/{partner_id}": _SAME, "/beheer/loket": "/beheer/loket/{counter_id}", "/beheer/loket/{counter_id}": _SAME,
    "/beheer/loket/{counter_id}/zitdag": "/beheer/zitdag/{sitting_id}", "/beheer/regio/{region_id}": _SAME,
    "/beheer/regio/{region_id}/regels": _SAME, "/beheer/regio/{region_id}/bewaren": _SAME,
    _CONSENT: f"{_CONSENT}/standaard", f"{_CONSENT}/standaard": _CONSENT,
    "/doorverwezen/{referred_id}/mag-vertellen": _SAME, "/melding/{report_id}/aanvaarden": "/melding/{report_id}/intrekken",
    "/kanalen/sjabloon": _SAME, f"{_CLIENT}/eigen-gegevens": f"{_CLIENT}/eigen-gegevens/stop",
    f"{_CLIENT}/stop": _SAME, f"{_CLIENT}/voorkeur": _SAME, f"{_CLIENT}/samenvoegen": f"{_CLIENT}/uiteen",
    f"{_CLIENT}/uiteen": f"{_CLIENT}/samenvoegen", f"{_CLIENT}/niet-dezelfde": f"{_CLIENT}/samenvoegen",
}  # fmt: skip
"""Path of an action → path of the one that undoes it; empty: the action itself, with what stood there before."""

SENT = N_("Wat verstuurd is, kan je niet terugnemen.")
STAYS: Mapping[str, str] = {
    _BACK: N_("Zoals het was. Doe de stap opnieuw als je hem toch wil."),
    f"{_CLIENT}/antwoord": SENT,
    f"{_CLIENT}/sjablonen": N_("Het bericht vertrekt en kan je niet terugnemen."),
    f"{_CLIENT}/nota": N_("Een nota blijft staan. Klopt ze niet, schrijf er dan een nieuwe bij."),
    "/oproep/{call_task_id}/resultaat": N_("Het telefoontje is genoteerd. Klopt het niet, verbeter het dan bij de microcontacten."),
    f"{_TRACK}/vraag": N_("De vraag is verstuurd en kan je niet terugnemen."),
    f"{_TRACK}/weg": N_("De weg staat erbij. Wat jullie bekeken, blijft in het traject staan."),
    "/traject/inschrijving/{enrolment_id}": N_("Genoteerd. Volgt de persoon toch nog, noteer de inschrijving dan opnieuw."),
    f"{_CLIENT}/momenten": N_("De momenten staan in je bericht. Zolang je dat niet verstuurt, weet de cliënt van niets."),
    "/microcontact/{contact_id}": N_("Verbeterd. De oude regel blijft te zien; je kan de nieuwe opnieuw verbeteren."),
    "/afspraak/{appointment_id}/annuleren": N_("De afspraak is afgezegd en de cliënt krijgt bericht. Gaat het toch door, maak dan een nieuwe afspraak."),
    "/infosessies/{session_id}/afzeggen": N_("De infosessie is afgezegd en iedereen krijgt bericht. Gaat ze toch door, plan ze dan opnieuw."),
    "/agenda/afwezig/{absence_id}/regelen": N_("De cliënten krijgen bericht. Wat hun gezegd is, blijft staan."),
    "/agenda/telefoon/stop": N_("Het oude adres werkt niet meer. Maak een nieuw als je het toch wil."),
    "/agenda/telefoon/schrijf/opnieuw": N_("We proberen het nu opnieuw."),
    "/beheer/medewerker/{staff_id}/link": N_("Een link kan je niet intrekken: hij werkt drie dagen, en één keer."),
    "/beheer/kaart/{card_id}/nagekeken": N_("Nagekeken op vandaag. Klopt de kaart toch niet, verberg ze dan."),
    "/partners/{partner_id}/sleutel": N_("De vorige sleutel werkt niet meer en komt niet terug."),
    f"{_CLIENT}/doorverwijzen": N_("De uitnodiging staat in je bericht. Zolang je dat niet verstuurt, weet de cliënt van niets."),
    "/doorverwijzing/{referral_id}/doorgegeven": N_("De partner weet het. Is er iets veranderd, laat het die dan zelf weten."),
    "/doorverwezen/{referred_id}/vertel": N_("Het bericht aan wie doorverwees, is verstuurd en kan je niet terugnemen."),
    "/meldingen": N_("De melding is doorgegeven. Klopt ze toch niet, dan kan wie ze nakijkt ze weigeren."),
    "/melding/{report_id}/weigeren": N_("Geweigerd. Klopt de melding toch, meld het dan opnieuw."),
    "/melding/{report_id}/intrekken": N_("De bron telt weer. Wil je het toch verbeteren, meld het dan opnieuw."),
    "/kanalen/proberen": N_("We proberen het nu opnieuw."),
    "/kanalen/taak": N_("De taak loopt opnieuw."),
    f"{_CLIENT}/eigen-gegevens/stop": N_("De link werkt niet meer. Stuur een nieuwe als dat toch moet."),
    f"{_CLIENT}/delen": N_("Van nu af vraagt de bot op dit toestel wie er schrijft. Terug naar één persoon kan niet."),
    f"{_CLIENT}/code": N_("De code is verstuurd en kan je niet terugnemen. Zonder antwoord verandert er niets."),
    "/bericht/{sent_id}/opnieuw": N_("Het bericht vertrekt opnieuw en kan je niet terugnemen."),
    "/bericht/{doubt_id}/nakijken": N_("We vragen de aanbieder opnieuw of het bericht aankwam."),
}  # fmt: skip
"""Path of an action that nothing undoes → the sentence that says so, in the message after it."""

SAID_BEFORE = frozenset({f"{_CLIENT}/antwoord", "/partners/{partner_id}/sleutel", "/beheer/medewerker/{staff_id}/link"})  # fmt: skip
"""Of those in `STAYS` where the page says it before one does it."""


KEEPS_NOTHING = frozenset({f"{_CLIENT}/hier", "/leesbaar"})
"""Who looks at a thread, and how well a draft reads: the script asks, and nothing of it stays."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What was done, and where and with what its undoing is posted; without `path` there is no undoing."""

    said: str
    path: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def leave(answer: Response, notice: Notice, *, staff_id: int, secret: bytes, https: bool) -> None:
    """Give the notice along to the page that comes next in this browser."""
    text = urlsafe_b64encode(json.dumps(asdict(notice)).encode()).decode()
    answer.set_cookie(
        COOKIE, f"{text}.{_signed(text, staff_id, secret)}", max_age=HOLDS, path="/console", secure=https,
        httponly=True, samesite="lax",
    )  # fmt: skip


def left(request: Request, *, staff_id: int, secret: bytes) -> Notice | None:
    """What the action before this page left for whoever did it; None for a cookie that we did not make."""
    text, _dot, signature = request.cookies.get(COOKIE, "").partition(".")
    if not text or not hmac.compare_digest(signature.encode(), _signed(text, staff_id, secret).encode()):
        return None
    return Notice(**json.loads(urlsafe_b64decode(text)))


def forget(answer: Response) -> None:
    answer.delete_cookie(COOKIE, path="/console")


def _signed(text: str, staff_id: int, secret: bytes) -> str:
    return hmac.new(secret, f"undo|{staff_id}|{text}".encode(), sha256).hexdigest()
