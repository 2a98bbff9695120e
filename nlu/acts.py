# ruff: noqa: SIM905 - lists of words read better as one string
"""Dialogue acts that rules are sure of: a whole message that answers what was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.text import Token, fold, words

CONFIRM, DENY, CHOOSE, REPEAT, THANKS, MORE = "confirm", "deny", "choose", "repeat", "thanks", "more"
PLACE, TIME = "place", "time"
YES_NO, CHOICE = "yes_no", "choice"
"""What `Hints.expected` may hold beside "place" and "time"."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act and, for `choose`, the number chosen ("2"; "-1" is the last)."""

    name: str
    choice: str | None = None


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(words(part)) for part in text.split("|"))


_YES = _phrases(
    "ja|jaja|ja hoor|ja graag|graag|jaa|jaaa|jep|jow|jawel|yes|yep|yeah|yess|yup|oui|ouais|wi|ui|ok|oke|okee|okey|okay|okido|oki|k"
    "|prima|goed|is goed|da's goed|dat is goed|tis goed|t is goed|top|zeker|zeker wel|klopt|dat klopt|juist|correct|inderdaad|akkoord"
    "|in orde|das ok|dat is ok|past|dat past|past voor mij|doe maar|perfect|super|natuurlijk|tuurlijk|allez ja|amai ja|bwa ja|ja ok"
    "|ja prima|ja is goed|ok prima|ok goed|ja doe maar|ja zeker|oui merci|oui svp|oui bien sur|bien sur|d'accord|dac|daccord|c'est bon"
    "|ca marche|ca va|parfait|exact|tout a fait|volontiers|sure|sure thing|of course|correct|right|that's right|that works|sounds good"
    "|fine|great|perfect|yes please|yes thanks|ok yes|evet|tamam|olur|tabii|tabi|evet lutfen|peki|نعم|اه|ايه|ايوه|أيوا|طيب|تمام|موافق|حسنا"
    "|اوكي|واخا|iyeh|wakha|na3am|naam|aywa|так|ага|добре|гаразд|звичайно|да|хорошо|ладно|конечно|согласен|согласна|давай|tak|dobrze|jasne"
    "|zgoda|oczywiscie|si|vale|claro|de acuerdo|por supuesto|da|bine|desigur|sigur|bune|добре|разбира се|بله|آره|باشه|هو|سمه ده|haa|waa hagaag"
    "|po|mire|እወ|sim|ja bitte|gerne|1 ja|moi oui|ja aub|ja alsjeblieft|ja dat is goed|ja dat klopt|ja dank u|ja bedankt|ja merci"
)
_NO = _phrases(
    "nee|neen|neeje|nein|nope|non|no|nah|nop|ne|ni|nie|niet|liever niet|nee bedankt|nee dank u|neen dank u|nee merci|neen bedankt"
    "|nee hoor|toch niet|nee nee|geen van|geen van de drie|geen van die|geen van deze|geen van beide|geen enkele|geen van allemaal|geen"
    "|geen een|klopt niet|dat klopt niet|niet juist|fout|past niet|dat past niet|lukt niet|dat lukt niet|gaat niet|dat gaat niet"
    "|nee liever niet|nee dat klopt niet|nee dat gaat niet|nee past niet|helemaal niet|non merci|non pas ca|pas possible|aucun|aucune"
    "|aucun des deux|aucune des deux|ni l'un ni l'autre|pas du tout|c'est pas ca|ce n'est pas ca|no thanks|no thank you|not really|none"
    "|none of these|none of them|neither|wrong|that's wrong|incorrect|hayir|yok|olmaz|istemiyorum|hayir tesekkurler|لا|كلا|لا شكرا|ليس|مش"
    "|lla|laa|machi|ні|нет|не|ні дякую|нет спасибо|nie dziekuje|zaden|żadne|no gracias|ninguno|ninguna|nu|nu multumesc|не благодаря|نه"
    "|نخیر|maya|may|jo|ኣይፋል|aikona|nao|nee ik wil niet|neen liever niet"
)
_THANKS = _phrases(
    "bedankt|dank u|dank je|danku|dankje|dank u wel|dankjewel|dank je wel|dankuwel|thanks|thx|tnx|thank you|thank u|ty|merci|mercikes"
    "|merci beaucoup|merci bcp|mrc|mrci|merci he|merci hoor|ok merci|ok bedankt|ok dank u|ok dank je|oke bedankt|oke dank je|super bedankt"
    "|super merci|heel erg bedankt|hartelijk dank|hartelijk bedankt|veel dank|bedankt he|bedankt hoor|bedankt voor de hulp|bedankt voor de info"
    "|top bedankt|top merci|merci voor de hulp|merci pour tout|merci a vous|merci a toi|thanks a lot|many thanks|ok thanks|great thanks"
    "|thanks for your help|thank you so much|thank you very much|tesekkurler|tesekkur ederim|sagol|sag ol|eyvallah|cok tesekkurler|شكرا"
    "|شكرا لك|شكرا جزيلا|شكرا لكم|مشكور|يسلمو|shukran|choukran|chokran|дякую|дуже дякую|спасибо|большое спасибо|спасибі|dziekuje|dzieki"
    "|dziekuje bardzo|gracias|muchas gracias|multumesc|mersi|multumesc mult|благодаря|мерси|ممنون|تشکر|مرسی|متشکرم|مننه|ډېره مننه|mahadsanid"
    "|waad mahadsan tahay|faleminderit|የቐንየለይ|danke|grazie|obrigado|obrigada|allright bedankt|perfect bedankt|perfect merci|parfait merci"
)
_AGAIN = _phrases(
    "herhaal|herhaal aub|herhalen|nog eens|nog es|nog eens aub|nog een keer|opnieuw|kan je dat herhalen|kunt u dat herhalen|kan je herhalen"
    "|kunt u herhalen|wat zeg je|wat zegt u|wa zegt ge|wablief|wablieft|watte|wat|wa|he|hein|huh|snap het niet|ik snap het niet|snap ik niet"
    "|ik begrijp het niet|begrijp niet|ik begrijp niet|ik versta het niet|versta niet|ik versta u niet|niet begrepen|wat bedoel je"
    "|wat bedoelt u|hoe bedoel je|wat was dat|repete|repetez|repeter|repetez svp|encore une fois|pardon|comment|quoi|pouvez vous repeter"
    "|tu peux repeter|vous pouvez repeter|je ne comprends pas|je comprends pas|j'ai pas compris|pas compris|repeat|again|say again"
    "|say that again|please repeat|can you repeat|can you repeat that|could you repeat that|what|sorry what|come again|i don't understand"
    "|dont understand|i dont get it|tekrar|tekrar et|tekrar eder misin|tekrar eder misiniz|anlamadim|bir daha|اعد|كرر|مره اخري|مرة أخرى|لم افهم"
    "|ما فهمت|مافهمتش|3awd|3awed|ma fhemtch|mafhemtch|mafhamtch|повтори|повторіть|повторите|ще раз|еще раз|не розумію|не понимаю|не зрозумів"
    "|не понял|powtorz|prosze powtorzyc|jeszcze raz|nie rozumiem|repite|repita|otra vez|no entiendo|no entendi|repeta|repetati|inca o data"
    "|nu inteleg|не разбирам|повторете|تکرار کن|دوباره|نفهمیدم"
)
_MORE = _phrases(
    "meer|nog|nog meer|toon meer|meer tonen|meer opties|meer keuze|andere|andere opties|iets anders|nog andere|nog andere opties|volgende"
    "|de volgende|verder|ga verder|laat meer zien|meer zien|nog iets|nog iets anders|anderen|toon andere|meer resultaten|nog cursussen"
    "|plus|encore|d'autres|autres|autre|autre chose|la suite|suivant|plus d'options|voir plus|montre plus|more|show more|more options"
    "|others|other options|next|anything else|something else|show me more|daha|daha fazla|baska|digerleri|المزيد|اكثر|غيرها|اخري|خيارات اخري"
    "|ще|більше|інші|еще|ещё|больше|другие|wiecej|inne|jeszcze|mas|otros|otras|mas opciones|mai mult|altele|mai multe|още|други|بیشتر|wax kale"
)
_YES_SIGNS, _NO_SIGNS = frozenset("👍👌✅✔☑🆗💯"), frozenset("👎❌✖🚫")
_THANK_SIGNS = frozenset("🙏💐🌹❤")
_FILLERS = frozenset("aub alstublieft alsjeblieft please pls svp hoor he e h dan maar nu en and et".split())

_ORDINALS = {
    fold(word): str(number)
    for number, group in {
        1: "eerste 1e 1ste een één premier premiere première 1er 1ere first 1st one birinci ilk الاول الاولي перший перша первый первая pierwszy"
        " pierwsza primero primera primul prima",
        2: "tweede 2e 2de twee deuxieme second seconde 2eme 2nd two deux ikinci iki الثاني الثانيه другий друга второй вторая drugi druga segundo"
        " segunda dos doilea doua",
        3: "derde 3e 3de drie troisieme third 3eme 3rd three trois ucuncu uc الثالث الثالثه третій третя третий третья trzeci trzecia tercero"
        " tercera tres treilea treia",
        4: "vierde 4e 4de vier quatrieme fourth 4eme 4th four quatre dorduncu dort الرابع الرابعه четвертий четвертый czwarty cuarto cuarta patrulea",
        5: "vijfde 5e 5de vijf cinquieme fifth 5eme 5th five cinq besinci bes الخامس الخامسه п'ятий пятый piaty quinto quinta cincilea",
        6: "zesde 6e 6de zes sixieme sixth six",
        -1: "laatste dernier derniere last sonuncu الاخير останній последний ostatni ultimo ultima ultimul",
    }.items()
    for word in group.split()
}  # fmt: skip
_CHOICE_WORDS = frozenset(
    fold(
        "optie option nr nummer numero number no keuze choix choice seçenek numara رقم خيار الخيار номер варіант вариант opcja numer opcion opción"
        " varianta numarul de het le la les the n o g doe maar neem ik kies wil liefst pak geef mij me voor aub graag prefereer je prends veux"
        " choisis prefere i ll will take take want choose pick one ja oui yes ok oke svp please liever dan die datum uur is goed past tweede lijst"
        " moment tijdstip plek cursus l a el lo quiero elijo dat deze ta to biorę wybieram istiyorum isterim olsun ر اريد واحد خذ لي"
    ).split()
)
_KEYCAP = re.compile(r"^([0-9])\ufe0f?\u20e3$")
_LETTERED = re.compile(r"^(?:optie |option |antwoord |keuze )?([a-f])$")
_LARGEST_CHOICE = 20
_LONGEST = 7


def read(text: str, tokens: Sequence[Token], *, expected: frozenset[str]) -> Act | None:
    """The act that this whole message is, if a rule is sure of it."""
    if not tokens:
        return _by_sign(text)
    if len(tokens) > _LONGEST:
        return None
    said = " ".join(token.fold for token in tokens)
    core = " ".join(token.fold for token in tokens if token.fold not in _FILLERS) or said
    choice = _choice(text, said, tokens, expected)
    if choice is not None:
        return Act(CHOOSE, choice)
    for name, phrases in ((THANKS, _THANKS), (CONFIRM, _YES), (DENY, _NO), (MORE, _MORE), (REPEAT, _AGAIN)):
        if said in phrases or core in phrases:
            return Act(name)
    return None


def _choice(text: str, said: str, tokens: Sequence[Token], expected: frozenset[str]) -> str | None:
    keycap = _KEYCAP.match(text)
    if keycap:
        return keycap.group(1)
    asked = CHOICE in expected
    numbers = [token.fold for token in tokens if token.fold.isdecimal()]
    if len(numbers) == 1 and 0 < int(numbers[0]) <= _LARGEST_CHOICE:
        rest = [token.fold for token in tokens if not token.fold.isdecimal()]
        if not rest or (all(word in _CHOICE_WORDS for word in rest) and (asked or rest[0] in _CHOICE_WORDS)):
            return str(int(numbers[0]))
        return None
    lettered = _LETTERED.match(said)
    if lettered and (asked or " " in said):
        return str(ord(lettered.group(1)) - ord("a") + 1)
    ordinals = [_ORDINALS[token.fold] for token in tokens if token.fold in _ORDINALS]
    rest = [token.fold for token in tokens if token.fold not in _ORDINALS]
    if len(set(ordinals)) == 1 and (rest or asked) and all(word in _CHOICE_WORDS for word in rest):
        return ordinals[0]
    return None


def _by_sign(text: str) -> Act | None:
    """A message of emoji or punctuation only."""
    keycap = _KEYCAP.match(text.strip())
    if keycap:
        return Act(CHOOSE, keycap.group(1))
    signs = set(text)
    for name, known in ((CONFIRM, _YES_SIGNS), (DENY, _NO_SIGNS), (THANKS, _THANK_SIGNS)):
        if signs & known:
            return Act(name)
    return Act(REPEAT) if signs and signs <= set("?? ؟") else None
