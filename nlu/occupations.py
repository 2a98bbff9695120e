# ruff: noqa: SIM905 - lists of words read better as one string
"""What people do for a living, in the languages our clients write. The normal form is a Dutch name.

A name of an occupation alone is no occupation of theirs: "ik ben kok" is, "kok worden" is a wish (`data["wish"]`), and
"cursus kapper" is neither. So a word counts only beside a sign of work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from nlu.negation import is_negated
from nlu.text import Token, fold, words
from nlu.values import Slot

_OCCUPATIONS = """
kok: kokkin|keukenhulp|keukenpersoneel|cuisinier|cuisiniere|commis de cuisine|chef cuisinier|cook|chef|kitchen helper|asci|طباخ|tebbakh|кухар|повар|kucharz|kucharka|cocinero|cocinera|bucatar
poetshulp: poetsvrouw|kuisvrouw|poetsman|poetser|schoonmaker|schoonmaakster|schoonmaak|poets|femme de menage|agent d'entretien|nettoyeur|nettoyeuse|aide menagere|cleaner|cleaning lady|temizlikci|عامل نظافه|منظفه|прибиральниця|прибиральник|уборщица|sprzataczka|sprzatam|limpiadora|femeie de serviciu|curatenie
huishoudhulp: dienstencheque|huishoudster|titres services|housekeeper|menajera
verpleegkundige: verpleger|verpleegster|infirmier|infirmiere|nurse|hemsire|ممرض|ممرضه|медсестра|медбрат|pielegniarka|pielegniarz|enfermera|enfermero|asistenta medicala
zorgkundige: verzorgende|verzorgster|thuisverzorgende|aide soignant|aide soignante|caregiver|care assistant|hasta bakici|доглядальниця|сиделка|opiekunka|opiekun|cuidadora|cuidador|ingrijitoare
arts: dokter|huisarts|medecin|doctor|doktor|طبيب|طبيبه|лікар|врач|lekarz|lekarka|medico
tandarts: dentiste|dentist|dis hekimi|طبيب اسنان|стоматолог|dentysta|dentista
apotheker: pharmacien|pharmacienne|pharmacist|eczaci|صيدلي|фармацевт|farmaceuta
apotheekassistent: assistant en pharmacie|pharmacy assistant
kinesist: kinesitherapeut|kine|kinesitherapeute|physiotherapist|fizyoterapist
psycholoog: psychologue|psychologist|psikolog|психолог|psycholog|psicologo|psicologa
maatschappelijk werker: maatschappelijk assistent|maatschappelijk werkster|assistant social|assistante sociale|social worker|sosyal hizmet uzmani
opvoeder: begeleider|opvoedster|educateur|educatrice|youth worker|educator
kinderverzorgster: kinderbegeleider|kinderbegeleidster|onthaalouder|onthaalmoeder|puericultrice|childminder|nanny|babysitter|вихователь|воспитатель|niania|ninera
leraar: leerkracht|lerares|leraren|onderwijzer|onderwijzeres|juf|meester|docent|lesgever|professeur|prof|enseignant|enseignante|instituteur|institutrice|teacher|ogretmen|معلم|معلمه|مدرس|استاذ|ostad|вчитель|вчителька|учитель|учительница|nauczyciel|nauczycielka|profesor|profesora|profesoara|maestro|maestra
kapper: kapster|coiffeur|coiffeuse|hairdresser|barber|kuafor|berber|حلاق|перукар|парикмахер|fryzjer|fryzjerka|peluquero|peluquera|frizer|coafeza
schoonheidsspecialist: schoonheidsspecialiste|estheticienne|beautician|nagelstyliste|guzellik uzmani|косметолог|kosmetyczka
naaister: kleermaker|couturiere|couturier|tailor|seamstress|terzi|خياط|خياطه|khiyat|швачка|кравець|портной|швея|krawcowa|krawiec|costurera|croitor|croitoreasa
bakker: boulanger|boulangere|baker|firinci|خباز|khebbaz|пекар|пекарь|piekarz|panadero|brutar
slager: beenhouwer|boucher|bouchere|butcher|kasap|جزار|gezzar|м'ясник|мясник|rzeznik|carnicero|macelar
ober: kelner|kelnerin|opdiener|opdienster|zaalmedewerker|barman|serveur|serveuse|garcon|waiter|waitress|bartender|garson|نادل|офіціант|офіціантка|официант|официантка|kelnerka|camarero|camarera|ospatar|chelner
receptionist: receptioniste|onthaalmedewerker|onthaalbediende|resepsiyonist
afwasser: plongeur|dishwasher|bulasikci
chauffeur: bestuurder|vrachtwagenchauffeur|trucker|camionchauffeur|buschauffeur|taxichauffeur|koerier|chauffeur poids lourd|chauffeur livreur|livreur|routier|driver|truck driver|bus driver|taxi driver|courier|delivery driver|sofor|kamyon soforu|سائق|chifor|водій|водитель|kierowca|conductor|camionero|sofer
magazijnier: magazijnmedewerker|magazijnwerker|heftruckchauffeur|orderpicker|logistiek medewerker|magasinier|cariste|warehouse worker|forklift driver|depocu|عامل مستودع|комірник|кладовщик|magazynier|mozo de almacen|magaziner
bouwvakker: bouwvakarbeider|metser|metselaar|werfarbeider|macon|ouvrier du batiment|construction worker|bricklayer|builder|insaat iscisi|duvarci|بناء|benay|benna|будівельник|строитель|каменщик|budowlaniec|murarz|albanil|zidar|muncitor in constructii
schilder: peintre|peintre en batiment|house painter|painter|boyaci|صباغ|sebbagh|маляр|malarz|pintor|zugrav
vloerder: tegelzetter|carreleur|tiler|fayansci|плиточник|plytkarz
dakwerker: couvreur|roofer|catici|dekarz
timmerman: schrijnwerker|menuisier|charpentier|carpenter|marangoz|نجار|nejjar|столяр|плотник|stolarz|ciesla|carpintero|tamplar
loodgieter: plombier|plumber|tesisatci|سباك|сантехнік|сантехник|hydraulik|fontanero|instalator
elektricien: elektrieker|electricien|electricienne|electrician|elektrikci|كهربائي|trisyan|електрик|электрик|elektryk|electricista|electrician
lasser: soudeur|soudeuse|welder|kaynakci|لحام|soudor|зварювальник|сварщик|spawacz|soldador|sudor
mecanicien: mekanieker|automecanicien|garagist|mecanicien auto|garagiste|mechanic|car mechanic|araba tamircisi|tamirci|ميكانيكي|mikanisyan|механік|автомеханік|механик|автомеханик|mechanik|mecanico|mecanic
technieker: onderhoudstechnieker|technicien|technicienne|technician|teknisyen|technik
operator: productieoperator|machineoperator|operateur|machine operator|operator maszyn
arbeider: fabrieksarbeider|productiearbeider|arbeidster|bandwerker|inpakker|ouvrier|ouvriere|factory worker|labourer|isci|fabrika iscisi|عامل|robotnik|obrero|obrera|muncitor|muncitoare|рабочий|робітник
bediende: administratief bediende|administratief medewerker|kantoorbediende|secretaresse|secretaris|employe de bureau|employee de bureau|secretaire|office worker|clerk|secretary|sekreter|سكرتيره|секретар|секретарь|sekretarka|administrativo|secretara
boekhouder: boekhoudster|comptable|accountant|bookkeeper|muhasebeci|محاسب|mohasib|бухгалтер|ksiegowa|ksiegowy|contable|contabil|contabila
verkoper: verkoopster|winkelbediende|winkelmedewerker|vendeur|vendeuse|caissier|caissiere|kassier|kassierster|kassamedewerker|shop assistant|salesperson|cashier|satici|kasiyer|tezgahtar|بائع|продавець|продавчиня|продавец|кассир|касир|sprzedawca|sprzedawczyni|kasjerka|vendedor|vendedora|cajera|vanzator|vanzatoare|casiera
rekkenvuller: rekenvuller|magasinier de rayon|shelf stacker
winkelier: zaakvoerder|commercant|commercante|shopkeeper|shop owner|esnaf|patron de magasin
ingenieur: ingenieur|engineer|muhendis|مهندس|mohandis|mohandes|інженер|инженер|inzynier|ingeniero|ingeniera|inginer
programmeur: informaticus|softwareontwikkelaar|ontwikkelaar|developer|informaticien|informaticienne|developpeur|developpeuse|programmer|software engineer|yazilimci|مبرمج|програміст|программист|programista|programador|programator
jurist: advocaat|avocat|avocate|lawyer|avukat|محامي|юрист|адвокат|prawnik|abogado|abogada|avocat
tuinman: tuinier|hovenier|groenarbeider|jardinier|gardener|bahcivan|بستاني|садівник|садовник|ogrodnik|jardinero|gradinar
boer: landbouwer|fruitplukker|seizoenarbeider|agriculteur|fermier|farmer|fruit picker|ciftci|فلاح|fellah|фермер|rolnik|agricultor|fermier
bewaker: bewakingsagent|security|agent de securite|agent de gardiennage|security guard|guvenlik gorevlisi|guvenlik|حارس|охоронець|охранник|ochroniarz|guardia de seguridad|paznic
politieagent: politieman|policier|policiere|police officer|polis|полицейский|policjant
militair: soldaat|soldat|militaire|soldier|asker|جندي|військовий|солдат|zolnierz|soldado
brandweerman: pompier|firefighter|itfaiyeci|strazak|bombero
conciërge: concierge|huisbewaarder|klusjesman|klusjesvrouw|homme a tout faire|handyman|janitor|kapici
fotograaf: photographe|photographer|fotografci|مصور|фотограф|fotograf|fotografo
journalist: journaliste|gazeteci|صحفي|журналіст|журналист|dziennikarz|periodista
muzikant: musicien|musicienne|musician|muzisyen|музикант|музыкант|muzyk|musico
kunstenaar: artiest|artiste|artist|sanatci|فنان|художник|artysta|artista
vertaler: tolk|vertaalster|traducteur|traductrice|interprete|translator|interpreter|tercuman|cevirmen|مترجم|перекладач|перекладачка|переводчик|переводчица|tlumacz|tlumaczka|traductor|traducator
architect: architecte|mimar|معماري|архітектор|архитектор|architekt|arquitecto
laborant: technicien de laboratoire|lab technician|laborantin|laborantine|лаборант
dierenarts: veterinaire|vet|veteriner|ветеринар|weterynarz|veterinario
piloot: pilote|pilot
postbode: facteur|postman|postaci|листоноша|почтальон|listonosz|cartero
huisvrouw: huismoeder|huisman|thuismoeder|mere au foyer|femme au foyer|housewife|stay at home mom|ev hanimi|ربه بيت|домогосподарка|домохозяйка|gospodyni domowa|ama de casa|casnica
manager: leidinggevende|teamleider|ploegbaas|directeur|directrice|responsable|supervisor|team leader|mudur|مدير|менеджер|kierownik|gerente
ondernemer: zaakvoerder van een bedrijf|entrepreneur|business owner|isletmeci|підприємець|предприниматель|przedsiebiorca|empresario
"""  # fmt: skip

_SIGNS = tuple(
    tuple(words(phrase))
    for phrase in (
        "ik ben|kben|k ben|ben|ik was|ik werk als|werk als|werkte als|gewerkt als|ik werkte als|werkend als|job als|aan het werk als|beroep|mijn beroep is|van beroep|ervaring als|jaar als|opgeleid als|diploma van"
        "|je suis|j'etais|je travaille comme|je travaille en tant que|travaille comme|travaille comme|comme|metier|profession|ma profession est|experience comme|en tant que|i am|i'm|i was|im|work as|worked as|working as|job as|my job is|experience as|as"
        "|was ik|werkte ik als|ben bir|meslegim|انا|اعمل|عملت|اشتغل|اشتغلت|كنت|مهنتي|اعمل ك|ana|khdam|kankhdem|khdama|я|я був|я була|я был|я была|був|була|был|была|працюю|працював|працювала|працювала як|я працюю|работаю|работал|работала|я работаю|за професією|по профессии|jestem|pracuje jako|pracowalam jako|pracowalem jako|z zawodu|soy|trabajo de|trabajo como|trabajaba de|trabajaba como|sunt|lucrez ca|am lucrat ca|eram"
    ).split("|")
)  # fmt: skip
_AFTER = tuple(tuple(words(phrase)) for phrase in "van beroep|ben ik|geweest|de profession|de metier|by profession|olarak calisiyorum|olarak calistim|olarak|yim|im|z zawodu|за професією|по профессии|de profesion|de meserie".split("|"))  # fmt: skip
_WISHES = tuple(
    tuple(words(phrase))
    for phrase in "worden|word|te worden|devenir|etre|become|to be|to become|olmak|اصبح|اكون|стати|стать|zostac|byc|ser|sa devin|om te worden".split("|")
)  # fmt: skip
_BETWEEN = frozenset("een ne n een gediplomeerd gediplomeerde ervaren zelfstandig zelfstandige une un qualified experienced trained an a bir geen pas not eigenlijk nu momenteel vroeger jaar jaren al reeds daar hier er nog altijd dus wel ook".split())  # fmt: skip
_AS = frozenset(["als", "comme", "as", "jako", "como", "ca"])
_WORKS = frozenset(
    [
        "werk",
        "werkte",
        "gewerkt",
        "werken",
        "travaille",
        "travaillais",
        "work",
        "worked",
        "working",
        "ervaring",
        "experience",
        "pracuje",
        "trabajo",
    ]
)
_TURKISH = re.compile(r"(?:yim|im|um|dim|ydim)$")
_CASES = {
    "ем": ("", "ь", "ар"),
    "ом": ("",),
    "кою": ("ка",),
    "ою": ("а",),
    "ой": ("а",),
    "ею": ("я",),
    "єм": ("и",),
    "цею": ("ця",),
    "iem": ("",),
    "em": ("", "a"),
    "ا": ("",),
}
_LONGEST = 4


def _table() -> Mapping[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for line in _OCCUPATIONS.strip().splitlines():
        name, _, others = line.partition(":")
        for phrase in (name, *others.split("|")):
            table.setdefault(tuple(words(fold(phrase))), name.strip())
    table.pop((), None)
    return table


OCCUPATIONS = _table()
"""Folded phrase → normal form."""

_STARTS = frozenset(phrase[0] for phrase in OCCUPATIONS if len(phrase) > 1)
_KEPT = 8_192  # words of which is remembered what they name


def find(text: str, tokens: Sequence[Token]) -> list[Slot]:
    """What the person does or did for a living; with `data["wish"]` when it is what they want to become."""
    folds = [token.fold for token in tokens]
    found: list[Slot] = []
    index = 0
    while index < len(folds):
        size, name = named(folds, index)
        kind = _kind(folds, index, index + size) if size else None
        if kind is not None and not any(slot.value == name for slot in found):
            start, end = tokens[index].start, tokens[index + size - 1].end
            found.append(
                Slot(
                    name="occupation", value=name, text=text[start:end], start=start, end=end,
                    confidence=0.95 if kind == "is" else 0.7, negated=is_negated(tokens, index, index + size - 1),
                    data={"wish": "yes"} if kind == "wish" else {},
                )
            )  # fmt: skip
        index += size or 1
    return found


def named(folds: Sequence[str], first: int) -> tuple[int, str]:
    """The occupation that these words name from `first` on: how many words, and its normal form; 0 and "" for none."""
    longest = _LONGEST if folds[first] in _STARTS else 1
    for size in range(min(longest, len(folds) - first), 0, -1):
        name = _name(tuple(folds[first : first + size]))
        if name is not None:
            return size, name
    return 0, ""


@lru_cache(_KEPT)
def _name(phrase: tuple[str, ...]) -> str | None:
    return (
        OCCUPATIONS.get(phrase)
        or OCCUPATIONS.get((*phrase[:-1], _TURKISH.sub("", phrase[-1])))
        or _inflected(phrase)
    )


def _inflected(phrase: tuple[str, ...]) -> str | None:
    """A name in the case that "I work as" asks for: "кухарем", "учителем", "kucharzem", "خبازا"."""
    for ending, bases in _CASES.items():
        if phrase[-1].endswith(ending):
            stem = phrase[-1].removesuffix(ending)
            for base in bases:
                if (found := OCCUPATIONS.get((*phrase[:-1], stem + base))) is not None:
                    return found
    return None


def _kind(folds: Sequence[str], first: int, last: int) -> str | None:
    """ "is" beside a sign of work, "wish" beside a word for becoming, else None."""
    before, after = list(folds[:first]), folds[last:]
    while before and (before[-1] in _BETWEEN or before[-1].isdigit()):
        before.pop()
    if any(_opens(after, wish) or _ends(before, wish) for wish in _WISHES):
        return "wish"
    works_as = bool(before) and before[-1] in _AS and not _WORKS.isdisjoint(before[-5:])
    told = (
        works_as or any(_ends(before, sign) for sign in _SIGNS) or any(_opens(after, sign) for sign in _AFTER)
    )
    alone_in_turkish = (
        first < len(folds)
        and _TURKISH.search(folds[last - 1]) is not None
        and tuple(folds[first:last]) not in OCCUPATIONS
    )
    return "is" if told or alone_in_turkish else None


def _ends(row: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return tuple(row[-len(phrase) :]) == phrase


def _opens(row: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return tuple(row[: len(phrase)]) == phrase
