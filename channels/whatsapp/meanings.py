"""What Meta's error codes mean for us, for staff, and for the next attempt.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from collections.abc import Iterable

from channels.base import (
    Misconfigured,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    Unreachable,
    WindowClosed,
)
from channels.meta import Meaning, Meanings
from data.translation import N_

TOKEN = N_("de toegangssleutel van WhatsApp klopt niet of is verlopen: maak een nieuwe bij Meta")
RIGHTS = N_("onze app mag dit niet bij WhatsApp: kijk de rechten bij Meta na")
ACCOUNT = N_("Meta blokkeert ons WhatsApp-account: kijk in WhatsApp Manager")
NUMBER = N_("ons WhatsApp-nummer is niet (goed) geregistreerd bij Meta")
TEMPLATE = N_("het sjabloon past niet bij de ingevulde woorden")
NO_TEMPLATE = N_("het sjabloon bestaat niet in deze taal, of is niet goedgekeurd")
PAUSED = N_("Meta zette dit sjabloon stil: gebruik een ander")
FORM = N_("WhatsApp aanvaardt de vorm van dit bericht niet")
BUSY = N_("te veel WhatsApp-berichten tegelijk")
AWAY = N_("WhatsApp is even niet bereikbaar")
NOBODY_THERE = 131026


def _same(
    codes: Iterable[int],
    error: type[SendError],
    words: str,
    *,
    wait: float | None = None,
    one_address: bool = False,
) -> Meanings:
    return {code: Meaning(error=error, words=words, wait=wait, one_address=one_address) for code in codes}


MEANINGS: Meanings = {
    **_same([0, 190], Misconfigured, TOKEN),
    **_same([3, 10, *range(200, 300), 131005], Misconfigured, RIGHTS),
    **_same([368, 130497, 131031, 131042], Misconfigured, ACCOUNT),
    **_same([131037, 131045, 133000, 133005, 133006, 133010], Misconfigured, NUMBER),
    (100, 33): Meaning(error=Misconfigured, words=NUMBER),
    **_same([4, 80007], Throttled, BUSY, wait=60.0),
    **_same([130429, 133016], Throttled, BUSY, wait=5.0),
    **_same([131048], Throttled, N_("Meta remt ons af: te veel berichten werden als ongewenst gemeld"), wait=3600.0),
    **_same([131056], Throttled, N_("te veel berichten na elkaar aan deze persoon"), wait=10.0, one_address=True),
    **_same([131000, 131016, 131057, 133004], Unavailable, AWAY),
    **_same([131053], Unavailable, N_("WhatsApp kon het bestand niet ophalen")),
    **_same([131047], WindowClosed, N_("het venster van 24 uur is dicht: stuur een sjabloon, of gebruik sms")),
    **_same([NOBODY_THERE], Unreachable, N_("WhatsApp kan hier niet bezorgen (geen WhatsApp, oude versie, of geblokkeerd): probeer sms of bel"), one_address=True),
    **_same([131049], Rejected, N_("WhatsApp koos om dit nu niet te bezorgen: probeer het niet meteen opnieuw")),
    **_same([130472], Rejected, N_("WhatsApp bezorgt dit type bericht nu niet aan deze persoon")),
    **_same([131050], Rejected, N_("deze persoon wil geen aankondigingen via WhatsApp")),
    **_same([131021], Rejected, N_("dit is ons eigen nummer"), one_address=True),
    **_same([131030], Rejected, N_("dit nummer staat niet op de testlijst van Meta"), one_address=True),
    **_same([131062], Rejected, N_("dit bericht kan alleen naar een telefoonnummer")),
    **_same([131051], Rejected, N_("WhatsApp kent dit soort bericht niet")),
    **_same([131052], Rejected, N_("WhatsApp kon het bestand van deze persoon niet doorgeven")),
    **_same([33, 100, 131008, 131009, 135000], Rejected, FORM),
    **_same([132000, 132005, 132007, 132012, 132018], Rejected, TEMPLATE),
    **_same([132001], Rejected, NO_TEMPLATE),
    **_same([132015, 132016], Rejected, PAUSED),
}  # fmt: skip


def reason(code: int) -> str:
    """Why a message that WhatsApp took did not arrive, and what staff can do."""
    meaning = MEANINGS.get(code)
    return meaning.words if meaning else f"code {code}"
