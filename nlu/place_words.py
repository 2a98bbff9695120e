# ruff: noqa: SIM905 - lists of words read better as one string
"""Words around places, and places that are ordinary words."""

from __future__ import annotations

from collections.abc import Mapping

from nlu.text import fold

SAINTS: Mapping[str, str] = {"st": "sint", "sinte": "sint", "snt": "sint", "saint": "sint", "ste": "sint"}
"""How people write "Sint" before a name."""

ABBREVIATIONS: Mapping[str, str] = {
    **{"bxl": "Brussel", "brux": "Brussel", "brx": "Brussel", "brussels": "Brussel", "bruxelles": "Brussel"},
    **{"antw": "Antwerpen", "a'pen": "Antwerpen", "antwerpe": "Antwerpen", "antwerp": "Antwerpen", "anvers": "Antwerpen"},
    **{"gand": "Gent", "ghent": "Gent", "louvain": "Leuven", "bruges": "Brugge", "malines": "Mechelen", "mechele": "Mechelen"},
    **{"oostende": "Oostende", "ostende": "Oostende", "ostend": "Oostende", "courtrai": "Kortrijk", "alost": "Aalst"},
    **{"sint niklaas": "Sint-Niklaas", "saint nicolas": "Sint-Niklaas", "termonde": "Dendermonde", "ypres": "Ieper"},
    **{"hal": "Halle", "vilvorde": "Vilvoorde", "tirlemont": "Tienen", "roulers": "Roeselare", "renaix": "Ronse"},
    **{"audenarde": "Oudenaarde", "grammont": "Geraardsbergen", "lierre": "Lier", "tongres": "Tongeren"},
    **{"anvers ": "Antwerpen", "brugge": "Brugge", "geeraardsbergen": "Geraardsbergen", "molenbeek": "Sint-Jans-Molenbeek"},
    **{"گنت": "Gent", "بروكسل": "Brussel", "انتورپ": "Antwerpen", "لوون": "Leuven", "بروژ": "Brugge", "مخلن": "Mechelen"},
    **{"dworp": "Dworp", "knokke": "Knokke-Heist", "blankenberg": "Blankenberge"},
}  # fmt: skip

PREPOSITIONS = frozenset(
    fold(
        "in te rond omgeving nabij regio buurt bij langs nabije tussen richting van naar near around in à a près vers autour"
        " region centre centrum stad gemeente ville city town zu bei ve civarı yakın في ب قرب من الى у в біля во около w koło"
        " blisko niedaleko okolicach en cerca la in lângă din fi f ف در"
    ).split()
)
WEAK_PREPOSITIONS = frozenset(
    "naar van te en of voor uit de bij op aan from to or and et ou y i или і".split()
)
"""Words before a place that come before anything else too: not a sign for names that are ordinary words."""

FILLERS = frozenset(
    fold(
        "ik woon in te rond bij van uit de het is ben kom omgeving regio buurt nabij postcode gemeente stad dorp aub graag liefst"
        " voor naar en of ja ok oke euh belgie belgique belgium vlaanderen mn mijn woonplaats we wonen k kwoon dat t ergens"
        " j habite à a au en je vis suis près de code postal ville s il vous plait svp i live near my town city is postal code"
        " please from im m yaşıyorum oturuyorum da de ta te şehir أنا أسكن اعيش في من ساكن ساكنة я живу в у місто mieszkam w z"
        " vivo en soy de locuiesc în la din stau sunt hier daar dan liever"
    ).split()
)

UNITS = frozenset(
    "euro eur euros uur u jaar jaren km kilometer meter m2 personen mensen e keer dagen leden punten".split()
)

ORDINARY_WORDS = frozenset(
    fold(
        # Dutch
        "goe as ham mol geel peer bree balen lier halen landen linden lint boom dilsen haren meer mere essen lede   "
        " voeren wellen werken melden mater eine eke lot vorst baal weert lauw mal leest muizen wens berg beek bos broek dam dijk"
        " heide horst kiel kerk laken leer loo  moen   pamel   sluis steen stene tielen  vinkt"
        " vrij weelde wilder wortel zande    ruien rutten heers bever bevel beert    "
        "  borst burcht dender   elst  gits  gits grote groot hever hal  huise hulste "
        "  kaster  leke  lo  luiken maal machelen    nevele niel "
        " noorder onze oost outer over  post putte  reet rekkem    schelle  "
        "  sinaai sint   stal stok strijpen   veld   waarde wakken walem"
        " wezel wezeren woesten wolfsdonk wulpen  zingem  zwalm  nieuw nieuwe oude oud west noord zuid ter de"
        " het een den van dag les week maand uur nu dan wat waar wie hoe vragen vraag gaan doen zijn hebben kunnen wonen spreken"
        " goor loon alken rosse schaffen elen eisden  doel mere leie hoeke spiere    vurste moere esen beke"
        "  velm hoves lille wijk kanne millen hern ulbeek"
        # French and English
        " ans on my ways bon bois ville tour marche fosses lives our nil roux sart huy ath mons spa herve may ben pry rhode"
        " soy thy wis ham lens pont port rance salles sept sommiere tavier theux thon trois vaux vierset vieux ville villers waret"
        " warche wanne chapelle   court croix dave des doische  forest forge forges gare grand haute haut"
        " heure heures    la le les longue  moulin  neuf neuve olne orp pays perche petit profonde"
        " queue rue saint sainte seny  source tilff val vert  wavre an art bas boire aye aix  ain meux jamais"
        " cours mere are so an the no he we in at to be do go ok ja bra "
        # other languages
        " sa as al el la ve da de su ada ile ben sen ay at on ev is ol bu o biz siz"
    ).split()
)
"""Places that are also words: these need both a preposition and more."""
