# ruff: noqa: SIM905 - lists of words read better as one string
"""STOP and START. Certain rules only: a whole message, or a phrase about messages, never a sentence about a habit.

Operators expect STOP to act at once, misspelt too (GSM Operators' Forum). Words and phrases are folded, without
punctuation, in the languages our clients write.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from nlu.text import fold, words

_STOP_WORDS = frozenset(
    fold(
        "stop stopp stopall stoppen stopt stopsms unsubscribe optout revoke arret arreter arretez desabonner desabonnement"
        " desinscrire uitschrijven uitschrijving afmelden abmelden dur durdur توقف قف اوقف ايقاف وقف توقفوا стоп зупинити зупинись"
        " відписатися отписаться отпиши спри отпишете zatrzymaj wypisz parar baja opriti dezabonare jooji ndal ጠጠው"
        " відпишіть відписка зупиніть отпишите отписка прекратите спрете отписване wypiszcie wypisac rezygnuje detener opreste"
        " opritiva dezabonati joojiya ኣቋርጹ ኣቋርጽ ودرېږه ودرېږئ"
    ).split()
)
_SMS_WORDS = frozenset("end quit cancel stop1".split())
"""Words that end messages by SMS, but may mean something else where there is a page to leave."""

_STOP_PHRASES = frozenset(
    {
        "hou op",
        "stop ermee",
        "stop hiermee",
        "stop nu",
        "schrijf mij uit",
        "schrijf me uit",
        "opt out",
        "leave me alone",
    }
    | {
        "laat mij gerust",
        "laat me gerust",
        "laat mij met rust",
        "laat me met rust",
        "meld mij af",
        "meld me af",
    }
    | {
        "me desabonner",
        "se desabonner",
        "me desinscrire",
        "laissez moi tranquille",
        "foutez moi la paix",
        "fichez moi la paix",
    }
    | {
        "darme de baja",
        "dar de baja",
        "dejenme en paz",
        "beni rahat birakin",
        "abonelikten cik",
        "الغاء الاشتراك",
    }
    | {"nie piszcie", "wypiszcie mnie", "не пишіть", "не пишите", "nu mai scrieti", "lasati ma in pace"}
    | {
        "wypisz mnie",
        "dajcie mi spokoj",
        "отпишите меня",
        "отпишете ме",
        "оставете ме",
        "оставьте меня в покое",
    }
    | {
        "відпишіть мене",
        "дайте мені спокій",
        "dezabonati ma",
        "cancelar suscripcion",
        "cancelar la suscripcion",
    }
    | {
        "durdurun lutfen",
        "beni listeden cikar",
        "beni listeden cikarin",
        "aboneligi iptal et",
        "iptal abonelik",
    }
    | set(map(fold, ("لغو اشتراک", "توقف کنید", "پیام نفرستید", "دیگر پیام نفرستید", "مزاحم نشوید")))
    | set(map(fold, ("بند کړئ", "ودرېږئ", "پیغام مه رالېږئ", "نور پیغام مه رالېږئ", "پیغامونه مه رالېږئ")))
    | {"jooji fariimaha", "joojiya fariimaha", "fariimo ha ii soo dirin", "ha ii soo dirin", "iga daa"}
    | {"ጠጠው በል", "ጠጠው በሉ", "ደው በል", "ደው በሉ", "መልእኽቲ ኣይትስደዱለይ", "መልእኽቲ ኣይትስደዱ"}
)
_POLITE = frozenset(
    "aub alstublieft alsjeblieft please pls plz svp stp merci bedankt dank thanks thank you u je ja nu now maintenant"
    " s il vous plait lutfen por favor prosze будь ласка пожалуйста من فضلك رجاء met sms sms ok oke okay gewoon maar echt".split()
)
_NEAR_BUT_OTHER = frozenset(
    "step stap stok stof shop slop stom stoep stoer stoel strop stip stol stap spot sloop snop sop top stor stok stamp stoop"
    " atop stoomp stomp storp stow stob stopa stoa svop stos stuk stok stoke stops stoph".split()
)

_MESSAGE = (
    r"(?:sms|smsen|smsjes|berichten|berichtjes|bericht|mails?|mailtjes|whatsapps?|messages?|msgs?|texts?|texting|notificaties"
    r"|notifications?|reclame|mensajes?|mesaj\w*|smesek|wiadomosci|mesaje|повідомлен\w*|сообщен\w*|съобщен\w*|رسا\w*|الرسا\w*)"
)
_STOP_ABOUT_MESSAGES = tuple(
    re.compile(fold(pattern))
    for pattern in (
        rf"\bstop(?:pen|t|ping)?(?: \w+){{0,3}} {_MESSAGE}\b",
        rf"\b(?:geen|gene|nooit|niks|niets)(?: \w+){{0,2}} {_MESSAGE}(?: \w+){{0,3}} (?:meer|sturen|krijgen|ontvangen|hebben)\b",
        rf"\bgeen(?: \w+)? {_MESSAGE} meer\b",
        rf"\b(?:geen|niets|niks)(?: \w+)? {_MESSAGE}?(?: \w+)? ?meer (?:sturen|krijgen|ontvangen|van jullie)\b",
        r"\bstuur(?: \w+){0,2} (?:geen|niets|niks|niet)(?: \w+){0,3} meer\b",
        rf"\b(?:uitschrijven|afmelden|schrijf (?:mij|me) uit)(?: \w+){{0,3}} (?:{_MESSAGE}|nieuwsbrief|lijst)\b",
        rf"\b(?:nieuwsbrief|lijst|{_MESSAGE})(?: \w+){{0,3}} (?:uitschrijven|afmelden|stoppen|stopzetten)\b",
        rf"\b(?:plus|arreter|arretez|arrete|cessez|cesser|stoppez)(?: \w+){{0,3}} {_MESSAGE}\b",
        r"\b(?:ne )?(?:m|me|nous) (?:envoyez|envoie|ecrivez|ecris|contactez)(?: \w+)? (?:plus|pas)\b",
        r"\b(?:arretez|cessez|arrete) de m (?:ecrire|envoyer|contacter|embeter)\b",
        rf"\bdes(?:abonn|inscri)\w+(?: \w+){{0,3}} (?:{_MESSAGE}|liste)\b",
        rf"\bno (?:more )?(?:\w+ )?{_MESSAGE}(?: \w+)?(?: anymore| please)?$",
        r"\b(?:dont|don t|do not|stop|never|quit) (?:text|texting|message|messaging|contact|contacting|writ\w+|send\w*|sms)"
        r"(?: \w+){0,3}(?: anymore| again| more| me)$",
        r"\b(?:remove|take|delete) me (?:from|off)(?: \w+){0,2} list\b",
        rf"\bunsubscribe(?: \w+){{0,3}} (?:{_MESSAGE}|list)\b",
        r"\b(?:bana )?(?:artik )?mesaj(?:lari)? (?:atma|gonderme|yazma|istemiyorum|durdur)\w*",
        r"\bno (?:me )?(?:envi|mand|escrib)\w+(?: mas)?(?: mensajes?)?$",
        r"\bnie (?:wysylaj|wysylajcie|piszcie|pisz)(?: \w+){0,3}$",
        r"\bnu (?:imi )?mai (?:trimite|trimiteti|scrieti|scrie)(?: \w+){0,3}$",
        r"(?:не|больше не|більше не) (?:пишіть|пишите|надсилайте|присылайте|шліть|отправляйте)(?: \w+){0,3}$",
        r"(?:لا|ما) (?:ترسلوا|ترسل|تبعثوا|تراسلوني|تصيفطو\w*)(?: \w+){0,3}$",
        r"(?:اوقفوا|وقفوا|اوقف) (?:\w+ ){0,2}الرسا\w+",
        r"لا (?:اريد|نريد)(?: \w+){0,3} (?:ال)?رسا\w+(?: \w+){0,2}$",
        r"(?:ديگر )?(?:به من )?پيام (?:نفرست\w*|ندهيد|نده)$",
        r"(?:نور )?پيغام\w*(?: \w+)? مه (?:را)?ليږ\w+$",
        r"\b(?:ha|yaan) (?:ii|la ii|noo) (?:soo )?dir\w*(?: \w+)? fariim\w+$",
        r"\bma (?:rabo|doonayo)(?: \w+){0,2} fariim\w+(?: \w+)?$",
        r"መልእኽት\w* (?:\w+ )?ኣይትስደዱ\w*$",
        r"(?:не искам|спрете)(?: \w+){0,3} (?:съобщен\w*|смс\w*)$",
        r"\b(?:nu mai vreau|opriti|opreste)(?: \w+){0,2} mesaj\w*$",
        r"\b(?:no quiero|basta de)(?: \w+){0,3} mensajes?(?: \w+)?$",
        r"\b(?:nie chce|rezygnuje z)(?: \w+){0,3} (?:wiadomosci|smsow|esemesow)(?: \w+)?$",
        r"(?:не хочу|не треба|не надо)(?: \w+){0,3} (?:повідомлен\w*|сообщен\w*|смс\w*)$",
    )
)
_TOLD = re.compile(r"\b(?:kreeg|kregen|gekregen|ontving|kwam|kwamen|recu|received|got)\b")
"""Telling what happened, not asking for anything."""

_START = frozenset(
    fold(
        "start unstop restart hervat hervatten reprendre recommencer resume basla baslat devam старт відновити почати возобновить"
        " начать започни поднови wznow wznawiam reanudar iniciar porneste reia ابدا استئناف شروع پیل bilow billow ጀምር ጀምሩ"
    ).split()
)
_START_PHRASES = frozenset(
    map(
        fold, ("پیل کړئ", "شروع کن", "شروع کنید", "opnieuw beginnen", "terug aan", "start again", "start sms")
    )
)
_LONGEST_PHRASE = 14


def is_opt_out(text: str, *, channel: str | None) -> bool:
    """Whether this message asks for no more messages. `channel` "sms" also knows END, QUIT and CANCEL."""
    spoken = words(text)
    if not 0 < len(spoken) <= _LONGEST_PHRASE:
        return False
    if "".join(spoken) == "stop":  # s t o p
        return True
    core = [word for word in spoken if word not in _POLITE] or spoken
    if _is_stop_word(core, channel) or " ".join(core) in _STOP_PHRASES or " ".join(spoken) in _STOP_PHRASES:
        return True
    sentence = " ".join(spoken)
    return not _TOLD.search(sentence) and any(pattern.search(sentence) for pattern in _STOP_ABOUT_MESSAGES)


def is_opt_in(text: str) -> bool:
    """Whether this message, as a whole, asks to start again."""
    spoken = words(text)
    core = [word for word in spoken if word not in _POLITE] or spoken
    return (len(set(core)) == 1 and core[0] in _START) or " ".join(spoken) in _START_PHRASES


def _is_stop_word(core: list[str], channel: str | None) -> bool:
    if len(set(core)) != 1:
        return False
    word = core[0]
    if word in _STOP_WORDS or (channel in ("sms", "whatsapp") and word in _SMS_WORDS):
        return True
    misspelt = 4 <= len(word) <= 5 and OSA.distance(word, "stop") == 1
    return misspelt and word not in _NEAR_BUT_OTHER
