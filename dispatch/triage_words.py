"""Words of a message that decide more finely than its intent: what exactly is asked, and what else is needed."""

import re
from collections.abc import Sequence

from data.translation import N_
from nlu import particulars

# A plain question about facts inside a subject that otherwise deserves a conversation.
_DIFFERENCE = re.compile(
    r"\bverschil(?:len)?\b|\bwelke richtingen\b|\bwat is (?:een|het|de)\b|\bwat zijn\b|\bhoe ?lang duurt\b"
    r"|\bdiff[ée]rences?\b|\bquelles? (?:options|fili[èe]res|sections)\b|\bc'est quoi\b|\bcombien de temps\b"
    r"|\bdifferences?\b|\bwhat is an?\b|\bwhich (?:subjects|options|directions)\b|\bhow long does\b"
    r"|\bwat is (?:tweedekans\w*|aav|examencommissie|middenjury)\b|\bwat betekent\b|\bqu'est-ce que? c'est\b|\bwhat does .{2,30} mean\b"
    r"|\bnedir\b|\bne demek\b|\bfark[ıi]? ne(?:dir)?\b|ما هو|ما هي|ما الفرق|\bщо таке\b|\bяка різниця\b|\bчто такое\b|\bкакая разница\b"
    r"|\bco to (?:jest|znaczy)\b|\bjaka (?:jest )?różnica\b|\bqu[ée] es un[ao]?\b|\bdiferencia\b",
    re.IGNORECASE,
)
_ADMISSION = re.compile(
    r"\b(?:kan|mag|kunnen) (?:ik|hij|zij|ze|je)\b.*\?|\bword ik toegelaten\b|\btoelatingsvoorwaarden?\b"
    r"|\b(?:puis[- ]je|est-ce que je peux|je peux)\b|\badmission\b|\b(?:can|may) i\b|\badmitted\b"
    r"|\bчи можу\b|\bmogę\b.*\?",
    re.IGNORECASE,
)
# "I just want the price": wins over every offer of a conversation.
_ONLY = r"(?:alleen|enkel|gewoon|slechts|just|only|seulement|uniquement|juste)"
_PRICE = r"(?:prijs|prijzen|kost|kosten|kostprijs|tarief|prix|tarif|co[uû]te|price|cost|costs|fee)"
_JUST_PRICE = re.compile(rf"\b{_ONLY}\b.{{0,30}}\b{_PRICE}\b", re.IGNORECASE)

_IN_SECONDARY = re.compile(
    r"\b(?:scholier|leerling)\b|\b(?:zit|zat|ben) (?:nu |nog )*(?:in|op) (?:het |de |'t )?(?:middelbaar|secundair|humaniora)\b"
    r"|\b[1-7](?:e|de|ste)? (?:jaar )?(?:middelbaar|secundair|aso|tso|bso)\b|\b(?:vijfde|zesde|zevende) (?:middelbaar|secundair)\b"
    r"|\b(?:en|au) (?:secondaire|lyc[ée]e)\b|\bencore à l'école\b|\bi(?:'m| am) (?:still )?in (?:high|secondary) school\b",
    re.IGNORECASE,
)

# School lies behind them: a low age in the same message is the age at which they stopped.
_LEFT_SCHOOL = re.compile(
    r"\bgestopt\b|\bafgehaakt\b|\bgestaakt\b|\bvan school (?:gegaan|gestuurd)\b|\barr[êe]t[ée]\b|\bquitt[ée]\b"
    r"|\bd[ée]croch[ée]\b|\bdropped out\b|\bleft school\b|\bquit school\b|\bstopped\b",
    re.IGNORECASE,
)

# "Do you speak Turkish?" names a language without wanting to learn it.
_SPEAKS = re.compile(
    r"(?<!\bik )(?<!\bk )\b(?:spree?k|praat|versta|begrijp|ken)(?:t|en)? (?:je|jij|ge|gij|u|jullie|ze|daar|er)(?! (?:mij|me|niet|nie|ni|dat|da)\b)\b"
    r"|\bwelke (?:taal|talen)\b"
    r"|\b(?:do|can|does) (?:you|u|they|anybody|anyone|someone) .{0,12}(?:speak|understand|talk)|\bspeak \w+ ?\?"
    r"|\b(?:tu parles|vous parlez|parlez[- ]vous|parles[- ]tu|on parle|comprenez[- ]vous|vous comprenez)\b"
    r"|\bhabl(?:as|an|áis)\b|\bmówi(?:cie|sz|ą)|\bmowi(?:cie|sz|a)\b|\bvorbi[țt]i\b|\bговорит[еи]\b|\bговориш"
    r"|\bрозмовляє(?:те|ш)|konu[şs](?:uyor|abil)|biliyor mu|تتكلم|بتحك|تحكي|تحكو|صحبت م",
    re.IGNORECASE,
)

# Who owns what somebody needs that is not learning.
_OWNERS = {
    "benefit": "OCMW", "debts": "OCMW", "housing": "CAW", "violence": "CAW", "integration": "agency", "school": "CLB",
    "job": "VDAB",
}  # fmt: skip

_BENEFITS: Sequence[tuple[str, re.Pattern[str]]] = tuple(
    (partner, re.compile(words, re.IGNORECASE))
    for partner, words in (
        (N_("uitbetaler van het Groeipakket"), r"\bgroeipakket|\bkinderbijslag|\bkindergeld|\ballocations familiales|\bchild benefit"),
        ("OCMW", r"\bocmw\b|\bleefloon|\bcpas\b|\brevenu d'int[ée]gration|\bsocial assistance|\bliving wage"),
        (
            "ziekenfonds",
            r"\bziekte|\bziekenfonds|\bziekenkas|\bmutua|\bmutuelle|\binvalidit|\barbeidsongeschikt|\bsick|\bmaladie",
        ),
    )
)  # fmt: skip


def asks_a_fact(text: str) -> bool:
    """A plain question: what is the difference, which directions are there, how long does it take."""
    return bool(_DIFFERENCE.search(text))


def asks_admission(text: str) -> bool:
    """Whether one may start: answered from the rules of admission."""
    return bool(_ADMISSION.search(text))


def wants_only_the_price(text: str) -> bool:
    return bool(_JUST_PRICE.search(text))


def is_in_secondary_school(text: str) -> bool:
    return bool(_IN_SECONDARY.search(text))


def has_left_school(text: str) -> bool:
    return bool(_LEFT_SCHOOL.search(text))


def need(text: str) -> str | None:
    """Which partner owns what is asked: "OCMW", "CAW", "CLB", "VDAB", or "agency" (depends on the region)."""
    return next((_OWNERS[need] for need in particulars.needs(text) if need in _OWNERS), None)


def benefit_owner(text: str) -> str | None:
    """Who pays the benefit that is asked about, where the words say it."""
    return next((partner for partner, words in _BENEFITS if words.search(text)), None)


def asks_if_spoken(text: str) -> bool:
    """Whether we are asked if we speak a language."""
    return _SPEAKS.search(text) is not None
