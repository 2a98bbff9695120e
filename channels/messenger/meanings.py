"""What Meta's error codes mean for us and for staff.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
"""

from channels.base import Blocked, Misconfigured, Rejected, Throttled, Unavailable, Unreachable, WindowClosed
from channels.meta import Meaning, Meanings
from data.translation import N_

TOKEN = Meaning(
    error=Misconfigured, words=N_("de toegangssleutel van Messenger klopt niet of is verlopen: maak een nieuwe bij Meta")
)  # fmt: skip
RIGHTS = Meaning(
    error=Misconfigured,
    words=N_("onze app mag dit niet bij Messenger: kijk de rechten (pages_messaging) bij Meta na"),
)
CLOSED = Meaning(
    error=WindowClosed, words=N_("het venster van Messenger is dicht: wacht tot deze persoon schrijft, of kies een andere weg")
)  # fmt: skip
BLOCKED = Meaning(
    error=Blocked, words=N_("deze persoon krijgt nu geen berichten van ons op Messenger: probeer een andere weg"), one_address=True
)  # fmt: skip
NOBODY = Meaning(error=Unreachable, words=N_("Messenger kent deze persoon niet (meer)"), one_address=True)
BUSY = Meaning(error=Throttled, words=N_("te veel Messenger-berichten tegelijk"), wait=60.0)
ELSEWHERE = Meaning(
    error=Rejected, words=N_("een andere app voert dit gesprek op Messenger: antwoord in de inbox van Meta")
)  # fmt: skip

MEANINGS: Meanings = {
    190: TOKEN,
    **dict.fromkeys([3, *range(200, 300)], RIGHTS),
    10: RIGHTS,
    **dict.fromkeys([(10, 2018278), (10, 2018065)], CLOSED),
    (10, 2018300): ELSEWHERE,
    **dict.fromkeys([551, (10, 2018108), (200, 1545041)], BLOCKED),
    (100, 2018001): NOBODY,
    **dict.fromkeys([4, 32, 613, 80006], BUSY),
    368: Meaning(error=Misconfigured, words=N_("Meta blokkeert onze pagina: kijk in Meta Business Suite")),
    1200: Meaning(error=Unavailable, words=N_("Messenger is even niet bereikbaar")),
    100: Meaning(error=Rejected, words=N_("Messenger aanvaardt de vorm van dit bericht niet")),
}
