# ruff: noqa: SIM905 - lists of words read better as one string
"""Words of a short message about the list that was just shown: which one is meant, what may be let go, what else."""

import re
import unicodedata
from collections.abc import Iterable

from nlu import Slot
from nlu.topics import SAID
from nlu.values import ASIDES

LONGEST = 7  # words: more is a question of its own
LONGEST_ABOUT = 10  # "wat is het verschil tussen 1 en 2" is one about the list

_ORDINALS = {
    word: number
    for number, words in {
        1: "eerste 1e 1ste premier premiere 1er first 1st ilk birinci birincisi الاول الاولى перша перший перше первый первая pierwszy pierwsza"
        " primero primera",
        2: "tweede 2e 2de deuxieme second seconde 2nd ikinci ikincisi الثاني الثانية друга другий друге второй вторая drugi druga segundo segunda",
        3: "derde 3e 3de troisieme third 3rd ucuncu ucuncusu الثالث الثالثة третя третій третє третий третья trzeci trzecia tercero tercera",
        4: "vierde 4e 4de quatrieme fourth 4th dorduncu الرابع الرابعة четверта четвертий czwarty czwarta cuarto cuarta",
        -1: "laatste dernier derniere last sonuncu الاخير الاخيرة остання останній последний ostatni ostatnia ultimo ultima",
    }.items()
    for word in words.split()
}  # fmt: skip
_NUMBER_WORDS = frozenset(
    "nr nummer optie keuze numero no option number numara رقم номер варіант numer opcja opcion".split()
)
_WHAT_COUNTS = frozenset(
    "uur u uren h jaar euro eur keer maal maanden weken km minuten ans fois heures years times hours".split()
)

_BACK = frozenset(
    "terug vorige|ga terug|de vorige|vorige lijst|retour|en arriere|precedent|back|go back|previous|geri|onceki|رجوع|ارجع|السابق|назад|попередні"
    "|wstecz|poprzednie|atras|volver|anterior|terug|vorige".split("|")
)  # fmt: skip
_CHEAPER = (
    "goedko", "moins cher", "le moins", "bon marche", "cheap", "ucuz", "ارخص", "ارخس", "дешев", "tansz", "tani", "barat",
)  # fmt: skip
_LATER = frozenset(
    "later|later starten|liever later|plus tard|plutot plus tard|start later|daha sonra|لاحقا|пізніше|pozniej|mas tarde".split(
        "|"
    )
)
_SOONER = frozenset(
    "eerder|vroeger|eerder starten|liever eerder|plus tot|sooner|earlier|daha erken|раніше|wczesniej|antes".split(
        "|"
    )
)
_THAT = frozenset(
    "dat daar die deze dit er ca cela celui celle it that this one there o bu onu هذا هذه ذلك це цей там to ten ta eso esa ese".split()
)
_DAYTIME = ("overdag", "en journee", "la journee", "during the day", "daytime", "gunduz", "في النهار", "نهار", "вдень", "днем", "w ciagu dnia", "de dia")  # fmt: skip
# What does not matter (any more): the wish that is let go.
_EITHER = (
    r"maakt (?:niet|ni|nie) uit|gelijk|eender|om het even|mag (?:ook )?(?:op |in )?(?:elke|alle|een andere)|peu importe|n'importe|any\b|doesn't matter"
    r"|does not matter|farketmez|fark etmez|herhangi|لا يهم|اي\b|будь|неважливо|все одно|obojetnie|dowoln|cualquier|da igual"
)
_DAY = r"\bdag|\bjour|\bday|\bgun\b|يوم|день|dzien|\bdia"
_WHEN = r"wanneer|moment|uur|quand|heure|when|time|zaman|متى|وقت|коли|kiedy|cuando|hora"
_WHERE = r"\bwaar\b|plaats|overal|\bou\b|endroit|partout|where|place|nerede|\byer|اين|مكان|\bде\b|місц|gdzie|miejsc|donde|lugar"
_ANYWHERE = (
    "overal",
    "partout",
    "everywhere",
    "her yerde",
    "في كل مكان",
    "всюди",
    "wszedzie",
    "en todas partes",
)

# Around a bare wish: "en Frans?", "liever op zaterdag", "what about cooking", "peki Fransızca".
_AROUND = frozenset(
    "niet nie geen gene zonder behalve s t pas sans sauf not no without except degil olmasin istemiyorum ليس لا بدون не без крім nie bez sin"
    " en dan of ook liever eerder is er een n iets voor met van de het les lessen cursus cursussen in op bij aub of wat hoe zit et ou plutot"
    " aussi pour avec le la les l un une du des cours d y a t il svp si and or what about how maybe rather also for the a some any lesson lessons course"
    " courses class classes please instead then peki ya ve kurs kursu kursi dersi var mi olsun lutfen و ماذا عن دورة درس من فضلك و وماذا а як щодо курс курси"
    " уроки краще може i oraz moze raczej lekcje kurs y que tal mejor clases curso por favor".split()
)  # fmt: skip


def plain(text: str) -> str:
    """Small letters without accents; Arabic without its variants of alif."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.lower().replace("ı", "i").replace("’", "'"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).replace("ى", "ي")


def tokens(text: str) -> list[str]:
    """The words of a text, as `plain` writes them."""
    return re.findall(r"\w+", plain(text))


def chosen(text: str) -> tuple[int, ...]:
    """The numbers of the list that a text speaks of, in its order: "wat kost de tweede?" → (2,); -1 is the last."""
    words = tokens(text)
    found = []
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        if word in _PLAIN_ORDINALS:
            found.append(_PLAIN_ORDINALS[word])
        elif word.isdecimal() and len(word) == 1 and word != "0" and following not in _WHAT_COUNTS:
            named = index > 0 and words[index - 1] in _NUMBER_WORDS
            if named or len(words) <= LONGEST_ABOUT:
                found.append(int(word))
    return tuple(dict.fromkeys(found))


def goes_back(text: str) -> bool:
    """'terug', 'vorige', 'back'."""
    return " ".join(tokens(text)) in _BACK


def asks_cheaper(text: str) -> bool:
    """'goedkoper', 'moins cher', 'cheaper'."""
    folded = plain(text)
    return any(word in folded for word in _CHEAPER)


def asks_daytime(text: str) -> bool:
    """'overdag': morning or afternoon, which has to be asked."""
    folded = plain(text)
    return any(plain(word) in folded for word in _DAYTIME)


def asks_later(text: str) -> bool:
    """'later': a start after those that were shown."""
    return " ".join(tokens(text)) in _PLAIN_LATER


def asks_sooner(text: str) -> bool:
    """'eerder': any start again."""
    return " ".join(tokens(text)) in _PLAIN_SOONER


def means_that(text: str) -> bool:
    """A few words about the one thing that was just told: "waar is dat precies"."""
    words = tokens(text)
    return 1 < len(words) <= LONGEST and any(word in _PLAIN_THAT for word in words)


def let_go(text: str) -> frozenset[str]:
    """The wishes that do not matter: weekday, time_of_day, place."""
    folded = plain(text)
    if any(plain(word) in folded for word in _ANYWHERE):
        return frozenset({"place"})
    if not re.search(_PLAIN_EITHER, folded):
        return frozenset()
    found = set()
    if re.search(_DAY, folded):
        found.add("weekday")
    if re.search(_WHEN, folded):
        found |= {"weekday", "time_of_day"}
    if re.search(_WHERE, folded):
        found.add("place")
    return frozenset(found)


def is_bare(text: str, slots: Iterable[Slot]) -> bool:
    """Whether a text says nothing beside its slots: "en Frans?", "liever op zaterdag", "what about cooking"."""
    rest = text
    for slot in slots:
        named = slot.name not in ASIDES and (slot.name != "topic" or slot.confidence >= SAID)
        if named and slot.end > slot.start:
            rest = rest[: slot.start] + " " * (slot.end - slot.start) + rest[slot.end :]
    return all(word in _PLAIN_AROUND for word in tokens(rest))


def is_joined(text: str) -> bool:
    """Whether a text goes on from what came before: "en …", "what about …", "peki …"."""
    first = tokens(text)[:1]
    return bool(first) and first[0] in _JOINS


_PLAIN_ORDINALS = {plain(word): number for word, number in _ORDINALS.items()}
_PLAIN_AROUND = frozenset(plain(word) for word in _AROUND)
_PLAIN_EITHER = re.compile(rf"\b(?:{plain(_EITHER)})")
_PLAIN_LATER, _PLAIN_SOONER = (
    frozenset(" ".join(tokens(p)) for p in phrases) for phrases in (_LATER, _SOONER)
)
_PLAIN_THAT = frozenset(plain(word) for word in _THAT)
_JOINS = frozenset(
    plain(word)
    for word in "en et and what how ve peki ya و وماذا ماذا а i y oraz liever plutot rather краще of ou or".split()
)
