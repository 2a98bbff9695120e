"""What to do about a message that did not get through, by the reason it has."""

import re

from channels.held import WAITS
from channels.policy import BLOCKED, CLOSED, NO_CONSENT, STOPPED
from channels.sender import TAKEN_OVER
from data.tables import Message, Status
from data.translation import N_, _

_DO = {
    STOPPED: N_("Bel, of wacht tot de persoon zelf schrijft. Ga STOP niet om via een ander kanaal."),
    BLOCKED: N_("Schrijf via een ander adres, of bel."),
    CLOSED: N_(
        "Stuur het opnieuw: dan vragen we eerst om OPEN te antwoorden. Of kies een goedgekeurde tekst, sms of e-mail."
    ),
    NO_CONSENT: N_(
        "Vraag bij het volgende contact of wij eerst mogen schrijven, en vink dat aan bij Later sturen."
    ),
    TAKEN_OVER: N_("Je hoeft niets te doen: iemand van ons nam over voor de bot dit kon zeggen."),
    WAITS: N_(
        "Je hoeft niets te doen. Antwoordt de persoon niet binnen een dag, dan komt er een belafspraak."
    ),
}
_WHEN = (
    (r"STOP|wil geen berichten", _DO[STOPPED]),
    (r"blokkeer", _DO[BLOCKED]),
    (r"venster", _DO[CLOSED]),
    (r"bestaat niet|geen sms|geen WhatsApp|onbereikbaar|kan geen|geen e-mailadres|niet bereikbaar",
     N_("Kijk het nummer of adres na met de persoon, of kies een ander adres. Geen ander? Bel.")),
    (r"te lang|leeg bericht|te groot", N_("Maak het korter, of stuur het in twee berichten.")),
    (r"verkeerd ingesteld|sjabloon|sandbox", N_("Dit lost wie de kanalen beheert op. Kies intussen een ander kanaal.")),
    (r"\b(code|Meta|Twilio|Telegram) ?\d+|kanaal antwoordde",
     N_("De provider gaf alleen een code. Geef die door aan wie de kanalen beheert, en kies een ander kanaal.")),
)  # fmt: skip
_ELSE = {
    Status.FAILED: N_("Stuur het opnieuw, of kies hieronder een ander kanaal."),
    Status.WITHHELD: N_("Kies hieronder een ander kanaal, of bel."),
    Status.UNKNOWN: N_(
        "De provider zei niet of dit bericht aankwam. Stuur het niet zomaar opnieuw: misschien krijgt de "
        "cliënt het dan twee keer. Kijk eerst na."
    ),
}


def what_to_do(message: Message) -> str:
    """A sentence for staff about a message that failed, was withheld, waits, or is in doubt; else empty."""
    status, reason = Status(message.status), message.status_reason or ""
    if status == Status.UNKNOWN:
        return _(_ELSE[status])
    if status == Status.HELD:
        return _(_DO[WAITS])
    if status not in _ELSE:
        return ""
    if reason in _DO:
        return _(_DO[reason])
    return _(next((words for pattern, words in _WHEN if re.search(pattern, reason)), _ELSE[status]))
