"""Where a diploma or a person comes from: countries by name, and by their adjective beside a diploma."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from nlu.text import Token, words
from nlu.values import Slot

_NAMES = {
    "AF": "afghanistan afganistan afghanistán افغانستان афганістан* афганистан* afghanistanu",
    "AL": "albanië albanie albania arnavutluk البانيا албані* албани* shqipëri shqipëria",
    "AM": "armenië armenie armenia ermenistan ارمينيا вірмені* армени*",
    "AO": "angola انغولا",
    "AR": "argentinië argentinie argentina argentine arjantin",
    "BD": "bangladesh bangladesj bangladeş بنغلاديش",
    "BG": "bulgarije bulgarie bulgaria bulgaristan بلغاريا болгарі* болгари* българи* bułgaria bułgarii",
    "BI": "burundi بوروندي",
    "BR": "brazilië brazilie brazil brésil bresil brasil brezilya البرازيل бразилі* бразили* brazyli*",
    "BY": "belarus wit-rusland wit-rusland biélorussie бєларус* білорус* беларус* białoruś białorusi",
    "CD": "congo kongo rdc الكونغو конго",
    "CL": "chili chile şili",
    "CM": "kameroen cameroun cameroon kamerun الكاميرون",
    "CN": "china chine çin الصين кита* chin chiny",
    "CO": "colombia colombie kolombiya kolumbia kolumbii",
    "CU": "cuba küba كوبا",
    "DE": "duitsland allemagne germany almanya المانيا німеччин* германи* niemcy niemczech niemiec alemania germania",
    "DO": "dominicaanse",
    "DZ": "algerije algérie algerie algeria cezayir الجزائر dzayer الجزاءر алжир* argelia",
    "EC": "ecuador équateur ekvador",
    "EG": "egypte égypte egypt mısır مصر masr єгип* египет* egipt egiptu egipto",
    "ER": "eritrea érythrée erythree eritre اريتريا ኤርትራ еритре* эритре* erytrea erytrei",
    "ES": "spanje espagne spain ispanya اسبانيا іспані* испани* hiszpania hiszpanii españa spania",
    "ET": "ethiopië ethiopie ethiopia etiyopya اثيوبيا ኢትዮጵያ ефіопі* эфиопи*",
    "FR": "frankrijk fransa فرنسا францію франції франция франции francja francji",
    "GE": "georgië géorgie gürcistan جورجيا грузі* грузи*",
    "GH": "ghana gana غانا",
    "GN": "guinee guinée guinea gine غينيا",
    "GR": "griekenland grèce grece greece yunanistan اليونان греці* греци* grecja grecji grecia",
    "HU": "hongarije hongrie hungary macaristan угорщин* венгри* węgry węgier ungaria",
    "IN": "india inde hindistan الهند інді* инди* indie indii",
    "IQ": "irak iraq العراق ірак* ирак*",
    "IR": "iran ایران ايران іран* иран*",
    "IT": "italië italie italy italya ايطاليا італі* итали* włochy włoch italia",
    "JO": "jordanië jordanie jordan ürdün الاردن йордані* иордани*",
    "KE": "kenia kenya كينيا",
    "KZ": "kazachstan kazakhstan kazakistan казахстан*",
    "LB": "libanon liban lebanon lübnan لبنان ліван* ливан*",
    "LY": "libië libye libya ليبيا",
    "MA": "marokko maroc morocco fas المغرب lmaghrib lmghrib марокко maroko marruecos maroc",
    "MD": "moldavië moldavie moldova молдов*",
    "MK": "macedonië macédoine macedonia makedonya македоні* македони*",
    "NG": "nigeria nigéria nijerya نيجيريا ніґері* нигери*",
    "NL": "nederland holland hollanda هولندا нідерланди нідерландів нидерланды нидерландов",
    "NP": "nepal népal نيبال",
    "PE": "peru pérou perú",
    "PH": "filipijnen filippijnen philippines filipinler الفلبين філіппін* филиппин* filipiny filipin",
    "PK": "pakistan باكستان пакистан*",
    "PL": "polen pologne poland polonya بولندا польщ* польш* polska polsce polonia",
    "PS": "palestina palestine filistin فلسطين gaza غزه палестин*",
    "PT": "portugal portekiz البرتغال португалі* португали* portugali*",
    "RO": "roemenië roumanie romania rumania romanya رومانيا румуні* румыни* rumunia rumunii românia",
    "RS": "servië serbie serbia sırbistan сербі* серби*",
    "RU": "rusland russie russia rusya روسيا росі* росси* rosja rosji rusia",
    "RW": "rwanda ruanda رواندا",
    "SD": "soedan soudan sudan السودان судан*",
    "SN": "senegal sénégal السنغال",
    "SO": "somalië somalie somalia somaliya soomaaliya الصومال сомалі* сомали*",
    "SR": "suriname surinam",
    "SY": "syrië syrie syria suriye سوريا سوريه сирі* сири* syrii siria",
    "TH": "thailand thaïlande tayland تايلاند таїланд* таиланд*",
    "TN": "tunesië tunisie tunisia tunus تونس туніс* тунис* tunezja tunezji túnez",
    "TR": "turkije turquie turkey türkiye تركيا туреччин* турци* turcja turcji turquía turcia",
    "UA": "oekraïne ukraine oekraine ukrayna اوكرانيا україн* украин* ukraina ukrainy ukrainie ucrania ucraina",
    "US": "amerika usa amérique amerique america امريكا",
    "UZ": "oezbekistan ouzbékistan uzbekistan özbekistan узбекистан*",
    "VE": "venezuela فنزويلا",
    "VN": "vietnam فيتنام вєтнам* вьетнам* wietnam wietnamu",
    "YE": "jemen yémen yemen اليمن",
    "ZA": "zuid-afrika",
}  # fmt: skip
_ADJECTIVES = {
    "AF": "afghaans afghaanse afghan afgan", "AL": "albanees albanese albanian albanais", "AM": "armeens armeense armenian",
    "BG": "bulgaars bulgaarse bulgarian bulgare", "BR": "braziliaans braziliaanse brazilian brésilien", "CD": "congolees congolese congolais",
    "CN": "chinees chinese chinois", "DE": "duits duitse german allemand", "DZ": "algerijns algerijnse algérien algerian",
    "EG": "egyptisch egyptische égyptien egyptian مصري مصريه", "ER": "eritrees eritrese eritrean", "ES": "spaans spaanse spanish espagnol español",
    "FR": "frans franse french français", "IN": "indisch indische indian", "IQ": "iraaks iraakse irakees iraqi عراقي عراقيه",
    "IR": "iraans iraanse iranian iranien", "IT": "italiaans italiaanse italian italien", "LB": "libanees libanese lebanese libanais لبناني",
    "MA": "marokkaans marokkaanse marocain marocaine moroccan مغربي مغربيه", "NL": "nederlands", "PH": "filipijns filipijnse filipino philippine",
    "PK": "pakistaans pakistaanse pakistani", "PL": "pools poolse polish polonais polski", "PS": "palestijns palestijnse palestinian فلسطيني",
    "PT": "portugees portugese portuguese portugais", "RO": "roemeens roemeense romanian roumain românesc", "RU": "russisch russische russian russe российск* російськ*",
    "SO": "somalisch somalische somali", "SY": "syrisch syrische syrian syrien سوري سوريه", "TN": "tunesisch tunesische tunisien tunisian تونسي",
    "TR": "turks turkse turkish turc türk", "UA": "oekraïens oekraïense oekraiens ukrainian ukrainien українськ* украинск* ukraiński",
}  # fmt: skip
_PAPERS = (
    "diplom* diplôm* getuigschrift* degree bachelor* master* licentie licence rijbewijs studies bac baccalaur* شهاد* دبلوم* диплом* атестат* аттестат* dyplom*"
    " título titulo certifica* universite* universiteit*"
)
_LANGUAGE = re.compile("ськ|ск[аиоуюяе]")
"""In names that are inflected, what makes them an adjective: a language, or the people."""

_TURKISH_ENDINGS = ("den", "dan", "ten", "tan", "de", "da", "te", "ta")
_LEAST_STEM = 4
_BESIDE = 2  # words between an adjective and its paper
_KEPT = 8_192  # words of which is remembered what they name

_Table = tuple[dict[str, str], dict[str, list[tuple[str, str]]], dict[tuple[str, ...], str]]


def _table(lists: dict[str, str]) -> _Table:
    """Words, beginnings of words (those with a star) by first letter, and names of two words; each with its country."""
    whole, pairs = dict[str, str](), dict[tuple[str, ...], str]()
    beginnings: dict[str, list[tuple[str, str]]] = {}
    for code, names in lists.items():
        for name in names.split():
            folded = tuple(words(name))
            if name.endswith("*"):
                beginnings.setdefault(folded[0][0], []).append((folded[0], code))
            elif len(folded) == 1:
                whole.setdefault(folded[0], code)
            else:
                pairs.setdefault(folded, code)
    return whole, beginnings, pairs


_COUNTRIES, _DEMONYMS = _table(_NAMES), _table(_ADJECTIVES)
_PAPER = _table({"": _PAPERS})


def find(text: str, tokens: Sequence[Token]) -> list[Slot]:
    """The countries that are named, by their ISO 3166 code; Belgium is where everybody is."""
    found: list[Slot] = []
    for index, token in enumerate(tokens):
        pair = tuple(each.fold for each in tokens[index : index + 2])
        code, last, confidence = _COUNTRIES[2].get(pair), index + 1, 0.9
        if code is None:
            code, last = _country(token.fold), index
        if code is None and (people := _people(token.fold)) is not None and _beside_a_paper(tokens, index):
            code, confidence = people, 0.8
        if code is not None and all(slot.value != code for slot in found):
            start, end = token.start, tokens[last].end
            found.append(
                Slot(
                    name="origin",
                    value=code,
                    text=text[start:end],
                    start=start,
                    end=end,
                    confidence=confidence,
                )
            )
    return found


@lru_cache(_KEPT)
def _country(word: str) -> str | None:
    return _of(word, _COUNTRIES)


@lru_cache(_KEPT)
def _people(word: str) -> str | None:
    return _of(word, _DEMONYMS)


@lru_cache(_KEPT)
def _is_paper(word: str) -> bool:
    return _of(word, _PAPER) is not None


def _of(word: str, table: _Table) -> str | None:
    whole, beginnings, _ = table
    if word in whole:
        return whole[word]
    for ending in _TURKISH_ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _LEAST_STEM and stem in whole:
            return whole[stem]
    if table is _COUNTRIES and _LANGUAGE.search(word):
        return None
    return next((code for beginning, code in beginnings.get(word[0], ()) if word.startswith(beginning)), None)


def _beside_a_paper(tokens: Sequence[Token], index: int) -> bool:
    near = tokens[max(0, index - _BESIDE) : index + 1 + _BESIDE]
    return any(_is_paper(token.fold) for token in near)
