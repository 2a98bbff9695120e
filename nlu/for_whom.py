"""For whom somebody asks, when it is not themselves: "voor mijn zoon", "mon mari cherche", "для чоловіка", "eşim için"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlu.text import Token, words
from nlu.values import Slot

NAME = "for"

_PERSONS: Mapping[str, str] = {
    "child": "zoon zoontje dochter dochtertje kind kleinzoon kleindochter stiefzoon stiefdochter fils fille enfant son daughter child kid"
    " oğlum oğlumun kızım kızımın çocuğum çocuğumun ابني ابنتي بنتي ولدي لابني لابنتي weldi benti син сина сину синові дочка доньки доньку дочки доньці дитина дитини дитині"
    " сын сына сыну дочь дочери ребенок ребенка ребенку syn syna synowi córka córki córce dziecko dziecka hijo hija fiul fiului fiica fiicei copilul copilului",
    "partner": "man vrouw echtgenoot echtgenote partner vriend vriendin lief mari femme époux épouse conjoint conjointe copain copine compagnon compagne husband wife spouse"
    " boyfriend girlfriend fiancé fiancée eşim eşimin kocam kocamın karım karımın زوجي زوجتي لزوجي لزوجتي rajli mrati чоловік чоловіка чоловіку чоловікові дружина дружини дружині муж мужа мужу жена жены жене жену"
    " mąż męża mężowi żona żony żonie żonę esposo esposa marido mujer soțul soțului soția soției",
    "parent": "vader moeder papa mama ouders schoonvader schoonmoeder pa ma père mère parents beau-père belle-mère father mother dad mum mom parents babam babamın annem annemin ابي امي والدي والدتي لابي لامي"
    " батько батька батькові тато тата мама мами мамі мати матері отец отца отцу мать матери папа папы маме мамы ojciec ojca tata taty mama mamy matka matki padre madre tatăl tatălui mama mamei",
    "sibling": "broer zus broertje zusje schoonbroer schoonzus frère soeur sœur brother sister kardeşim kardeşimin abim ablam اخي اختي لاخي لاختي khoya khti брат брата братові брату сестра сестри сестрі сестры сестре"
    " brat brata bratu siostra siostry siostrze hermano hermana fratele fratelui sora surorii",
    "friend": "kameraad buurman buurvrouw kennis ami amie voisin voisine friend neighbour neighbor arkadaşım arkadaşımın komşum صديقي صديقتي لصديقي جارتي друг друга другу подруга подруги подрузі подруге знайомий"
    " przyjaciel przyjaciela przyjaciółka kolega kolegi koleżanka koleżanki amigo amiga vecino vecina prieten prietenul prietena",
    "colleague": "collega collegas collègue collègues colleague colleagues coworker coworkers زميلي زميلتي لزميلي колега колеги колезі коллега коллеги compañero compañera coleg colegul colega",
    "client": "cliënt cliënte klant patiënt client cliente usager bénéficiaire bewoner deelnemer participant danışanım عميل клієнт клієнта клієнтка клиент клиента клиентка klient klienta klientka",
    "employee": "werknemer werkneemster medewerker medewerkster arbeider personeelslid employé employée salarié salariée employee worker çalışanım موظف موظفي працівник працівника работник сотрудник pracownik pracownika empleado empleada angajat",
    "self": "mezelf mijzelf moi-même myself kendim لنفسي себе siebie",
}  # fmt: skip
_OF = {tuple(words(name)): value for value, names in _PERSONS.items() for name in names.split()} | {
    tuple(words("iş arkadaşım")): "colleague"
}
_OWN = frozenset(words("mijn mn m n onze ons een n uw mon ma mes notre nos un une my our a mi nuestro nuestra mój moja mojego mojej mojemu moim dla мій моя мого моєї моєму мої мой моего моей моему моя meu mea"))  # fmt: skip
_FOR = frozenset(words("voor vr pour for para dla для pentru за"))
_AFTER = frozenset(words("için"))
_CARRIES = frozenset(
    words(
        "oğlum oğlumun kızım kızımın çocuğum çocuğumun eşim eşimin kocam kocamın karım karımın babam babamın annem annemin kardeşim kardeşimin abim ablam"
        " arkadaşım arkadaşımın komşum danışanım çalışanım ابني ابنتي بنتي ولدي زوجي زوجتي ابي امي والدي والدتي اخي اختي صديقي صديقتي زميلي زميلتي weldi benti rajli mrati khoya khti"
    )
)
"""Words that say "my" by themselves; with "for" in front, as Arabic writes it, they say that too."""
_WITH_FOR = frozenset(words("لابني لابنتي لزوجي لزوجتي لابي لامي لاخي لاختي لصديقي لزميلي لنفسي"))
_DOES = frozenset(
    words(
        "wil wilt zou zoekt zoek moet kan heeft is volgt leert spreekt kent werkt woont wou mag vindt veut voudrait cherche doit peut a est parle suit travaille habite"
        " wants want needs need would has is can must should speaks looks looking lives works istiyor arıyor konuşuyor biliyor يريد تريد يبحث تبحث عنده عندها bgha bghat хоче шукає має є не хочет ищет нужно потрібно"
        " chce szuka ma potrzebuje jest nie weet sait knows umie quiere busca necesita tiene es vrea caută are nu cannot doesn doet spijbelt zit gaat krijgt studeert"
    )
)
"""What such a person does, at the head of a question about them."""

_MAY = frozenset(words("kan mag moet kunnen mogen moeten peut doit can could may should może puede чи може"))

_US = frozenset(words("mij me ons m moi nous us mi мені мне bana"))
"""To whom they did it: "mijn moeder heeft mij dit nummer gegeven" is not for her."""

_OPENING = 4


def find(text: str, tokens: Sequence[Token]) -> list[Slot]:
    """The one it is for: named after "for", or as who wants, needs or can do something."""
    folds = [token.fold for token in tokens]
    for index in range(len(folds)):
        size = 2 if len(pair := tuple(folds[index : index + 2])) == 2 and pair in _OF else 1
        value = _OF.get(tuple(folds[index : index + size]))
        if value is None or not _is_meant(folds, index, index + size):
            continue
        start, end = tokens[index].start, tokens[index + size - 1].end
        return [Slot(name=NAME, value=value, text=text[start:end], start=start, end=end, confidence=0.8)]
    return []


def _is_meant(folds: Sequence[str], first: int, last: int) -> bool:
    word = folds[first]
    before = first
    while before and folds[before - 1] in _OWN and folds[before - 1] not in _FOR:
        before -= 1
    owned = before < first or word in _CARRIES
    if word in _WITH_FOR or (before and folds[before - 1] in _FOR) or folds[last : last + 1] == list(_AFTER):
        return True
    if folds[last + 1 : last + 2] and folds[last + 1].isdigit():  # "mijn zoon van 16"
        last += 2
    does = not _DOES.isdisjoint(folds[last : last + 2]) and _US.isdisjoint(folds[last : last + 3])
    may = before > 0 and folds[before - 1] in _MAY  # "kan mijn broer nederlands leren"
    return owned and ((before < _OPENING and does) or may)
