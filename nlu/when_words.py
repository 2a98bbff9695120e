"""Words of time per language, folded: what kind of thing each says, and its value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from nlu.text import words


class Kind(StrEnum):
    """What a word says about time."""

    WEEKDAY = "weekday"  # 0 Monday … 6 Sunday
    SHORT_WEEKDAY = "short weekday"  # an abbreviation that is also another word: needs company
    EVERY_WEEKDAY = "every weekday"  # "dinsdagen": a habit, never one date
    PART = "part"
    TODAY_PART = "today part"  # "vanavond"
    DAY = "day"  # offset in days from today
    NEXT = "next"
    THIS = "this"
    IN = "in"  # before an amount: "binnen 2 weken"
    LATER = "later"  # after an amount: "2 hafta sonra", "dans"
    WEEK = "week"
    WEEKEND = "weekend"
    MONTH = "month"
    UNIT = "unit"  # days in it
    AMOUNT = "amount"  # days, in one word: "اسبوعين" (two weeks)
    NUMBER = "number"
    ORDINAL = "ordinal"
    CLOCK = "clock"
    DATE = "date"
    AT = "at"
    AFTER = "after"
    BEFORE = "before"
    HALF = "half"
    QUARTER = "quarter"
    MINUS = "minus"
    HOURS = "hours"
    LINK = "link"  # may stand between parts of one expression
    GREETING = "greeting"
    OTHER = "other"


MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")

_WEEKDAYS = (
    "maandag maandg mandag moandag manndag tnin lundi monday pazartesi الاثنين اثنين الاتنين letnin ltnin понеділок понеділка понедельник понедельника poniedzialek"
    " poniedziałek poniedzialku lunes luni понеделник دوشنبه",
    "dinsdag disdag dinsdg dijsdag dijnsdag dijsendag tlat mardi tuesday sali salı الثلاثاء ثلاثاء الثلاثا tlata вівторок вівторка вторник wtorek wtorku martes marti سه‌شنبه",
    "woensdag woesdag wonsdag woensdg goensdag larb3a arb3a mercredi wednesday carsamba الاربعاء اربعاء الاربعا larb3 larbe3 середа середу среда среду сряда sroda srode miercoles"
    " miercuri چهارشنبه",
    "donderdag dondrdag dondag donderdg dondedag dunderdag khmis jeudi thursday persembe الخميس خميس lkhmis четвер четверг четвъртък czwartek czwartku jueves joi پنجشنبه",
    "vrijdag vrijdg vrdag vrydag vridag jem3a vendredi friday cuma الجمعة الجمعه جمعة جمعه ljem3a jom3a ljom3a п'ятниця п'ятницю пятница пятницу петък piatek piątek piatku"
    " viernes vineri",
    "zaterdag zatrdag zaterdg saterdag zoaterdag samedi saturday cumartesi السبت سبت sebt ssebt субота суботу суббота субботу събота sobota sobote sabado sambata شنبه",
    "zondag zundag l7ed 7ed dimanche sunday pazar الاحد احد lhed неділя неділю воскресенье воскресенья неделя niedziela niedziele domingo duminica یکشنبه",
)
_SHORT = (
    "ma maa lun mon pzt пн pon", "di din mar tue tues вт wt", "wo woe mer wed ср", "do don jeu thu thur thurs чт czw", "vr vrij ven fri пт pt",
    "za zat sam sat сб sob", "zo zon dim sun нд вс nd",
)  # fmt: skip
_HABITS = (
    "maandagen lundis mondays pazartesileri понеділках понедельникам poniedzialki", "dinsdagen mardis tuesdays вівторках вторникам wtorki",
    "woensdagen mercredis wednesdays середах средам srody", "donderdagen jeudis thursdays четвергах четвергам czwartki",
    "vrijdagen vendredis fridays п'ятницях пятницам piatki", "zaterdagen samedis saturdays суботах субботам soboty sabados", "zondagen dimanches sundays неділях воскресеньям niedziele domingos",
)  # fmt: skip
_HABITS_NL = (
    "s maandags",
    "s dinsdags",
    "s woensdags",
    "s donderdags",
    "s vrijdags",
    "s zaterdags",
    "s zondags",
)

_PARTS = {
    MORNING: "ochtend|ochtends|s ochtends|voormiddag|voormiddags|s voormiddags|vm|vroeg|s morgens|smorgens|smorgends|morgends|in de morgen|de morgen|ochtenden"
    "|voormiddagen|matin|matinee|le matin|matins|morning|mornings|sabah|sabahi|sabahlari|sabahleyin|sabahtan|ogleden once|صباح|صباحا|الصباح|الصبح|صبح|بكري|sbah|ssbah|f sbah"
    "|قبل الظهر|вранці|зранку|ранок|ранку|утром|утро|с утра|rano|rankiem|przed poludniem|por la manana|de la manana|dimineata|сутрин|сутринта",
    AFTERNOON: "midi|le midi|namiddag|namiddags|s namiddags|middag|s middags|smiddags|nm|na de middag|namiddagen|snamiddags|achternoen|apres midi|aprem|l aprem|apresmidi|apres midis|afternoon|afternoons|noon"
    "|ogleden sonra|ogle|ogleyin|ogleden sonralari|بعد الظهر|الظهر|ظهرا|العصر|عصرا|بعد الضهر|l3acha|3chiya|вдень|після обіду|пополудні|днем|после обеда|po poludniu|popoludnie|popoludniu"
    "|por la tarde|la tarde|de la tarde|tardes|dupa amiaza|dupa masa|следобед",
    EVENING: "avond|avonds|s avonds|savonds|savons|s aves|savends|avonden|tavond|soir|soiree|le soir|soirs|soirees|en soiree|evening|evenings|night|at night|in the evening|aksam|aksami|aksamlari|aksamleyin|aksamustu"
    "|مساء|المساء|المسا|مسا|بالليل|ليلا|الليل|باليل|lil|f lil|bel lil|ввечері|увечері|вечір|вечора|вечором|вечером|вечер|вечерам|вечори|wieczor|wieczorem|wieczorami|wieczora|noche|por la noche|de la noche"
    "|seara|serile|de seara|вечерта",
}  # fmt: skip
_TODAY_PARTS = {
    MORNING: "vanochtend|vanmorgen|vanvoormiddag|deze voormiddag|deze ochtend|ce matin|this morning|bu sabah|هذا الصباح|сьогодні вранці|сегодня утром|dzis rano|esta manana",
    AFTERNOON: "vanmiddag|vannamiddag|deze namiddag|cet apres midi|cet aprem|this afternoon|bu ogleden sonra|сьогодні вдень|сегодня днем|esta tarde",
    EVENING: "vanavond|tonight|deze avond|ce soir|this evening|bu aksam|هذا المساء|هذه الليلة|الليلة|сьогодні ввечері|сегодня вечером|dzis wieczorem|dzisiaj wieczorem|esta noche|diseara",
}
_DAYS = {
    0: "vandaag|vandag|vndg|vdg|vdag|aujourd hui|aujourdhui|ajd|auj|today|bugun|اليوم|lyoum|lyom|сьогодні|сегодня|dzis|dzisiaj|hoy|azi|astazi|днес|امروز",
    1: "morgen|mrgn|mrge|mrgen|merge|mergen|moage|demain|dmain|2main|tomorrow|tmrw|tmr|tomorow|yarin|غدا|بكرا|بكره|بكرة|غدوه|غدوة|ghedda|gheda|ghda|ghdda|bukra|завтра|jutro|manana|maine|утре|فردا",
    2: "overmorgen|overmrgn|apres demain|apresdemain|day after tomorrow|the day after tomorrow|obur gun|ertesi gun|yarindan sonra|بعد غد|بعد بكرا|بعد بكره|bukra ba3d|післязавтра|послезавтра|pojutrze"
    "|pasado manana|poimaine|вдругиден",
}  # fmt: skip
_PLAIN = {
    Kind.NEXT: "volgende|volgend|vlgnde|vlgd|vlg|volgede|komende|komend|aanstaande|as|eerstvolgende|volgnde|prochain|prochaine|proch|next|nxt|coming|gelecek|onumuzdeki|haftaya|القادم|القادمة|الجاي|الجاية|المقبل"
    "|المقبلة|الجاي|القادمه|ljay|ljaya|jay|наступний|наступного|наступну|наступна|наступному|следующий|следующую|следующая|следующей|następny|nastepny|nastepna|nastepnym|przyszly|przyszlym|przyszla|proximo|proxima|que viene"
    "|viitoare|urmatoare|следващата|следващия",
    Kind.THIS: "deze|dees|dit|cette|ce|cet|this|bu|هذا|هذه|had|цього|цей|цю|этот|эту|на этой|tej|tym|w tym|esta|este|aceasta|тази",
    Kind.IN: "binnen|over|dans|in|within|d ici|خلال|بعد|через|za|dentro de|en|peste|след|من هنا",
    Kind.LATER: "later|sonra|icinde|tard|plus tard|from now|de acum",
    Kind.WEEK: "week|weken|wk|weekje|semaine|semaines|sem|weeks|hafta|haftaya|haftasi|الاسبوع|اسبوع|اسابيع|simana|semana|semanas|тиждень|тижні|тижня|тижнів|неделю|недели|неделе|tydzien|tygodniu|tygodnie|tygodni|saptamana|saptamani|седмица|седмици",
    Kind.WEEKEND: "weekend|weekends|in t weekend|het weekend|wknd|wkend|we|week end|fin de semaine|hafta sonu|haftasonu|hafta sonlari|نهاية الاسبوع|عطلة نهاية الاسبوع|الويكند|вихідні|вихідних|вихідними|выходные|выходных|выходным|weekendy|fin de semana"
    "|fines de semana|weekendul|уикенда",
    Kind.UNIT: "dag|dagen|jour|jours|day|days|gun|gunu|يوم|ايام|день|дні|днів|дня|дней|dni|dzien|dia|dias|zile|zi|ден|дни",
    Kind.AT: "om|rond|omstreeks|a|vers|at|around|saat|الساعة|الساعه|о|об|в|у|około|okolo|godzinie|o|las|la ora|ora|в|tegen|par|by",
    Kind.AFTER: "na|vanaf|apres|a partir de|a partir d|des|after|from|since|sonra|من|після|після|после|с|od|po|despues de|a partir|dupa|de la|след|pas na|ten vroegste|achter",
    Kind.BEFORE: "voor|vr|tot|ten laatste|avant|jusqu a|jusque|before|until|till|once|قبل|حتى|до|przed|do|antes de|hasta|inainte de|pana la|преди",
    Kind.HALF: "half|halftie|demi|bucukta|bucukda|demie|et demie|et demi|bucuk|نصف|ونصف|والنصف|ونص|нص|половина|wpol|wpół|y media|media|si jumatate",
    Kind.QUARTER: "kwart|quart|et quart|quarter|ceyrek|ربع|والربع|чверть|четверть|kwadrans|cuarto|sfert",
    Kind.MINUS: "moins|to|الا|إلا|без|za|menos|fara",
    Kind.HOURS: "uur|uren|u|ure|uurtje|heures|heure|h|o clock|oclock|saat|годин|година|годині|год|часов|часа|час|godzina|horas|ore|ساعة",
    Kind.LINK: "de|den|het|t|le|la|l|du|the|of|van|op|en|on|in|voor|for|ook|dan|gunu|يوم|في|ال|ب|f|el|ce|au|aux|d|liefst|s|n|een|des|rond|days|в|у|во|на|во|w|we|el|al|por|a|pe",
    Kind.GREETING: "goede|goeie|goeden|goe|good|bon|bonne|gunaydin|iyi|buenas|buenos|dobry|dobre|добрий|доброго|добрый|доброе|buna",
}  # fmt: skip
_MONTHS = (
    "januari jan janvier janv january ocak يناير كانون січня январь января stycznia enero ianuarie", "februari feb fevrier fevr february subat فبراير شباط лютого февраля lutego febrero februarie",
    "maart mrt mars march mart مارس اذار березня марта marca marzo martie", "april apr avril avr nisan ابريل نيسان квітня апреля kwietnia abril aprilie", "mei mai may mayis مايو ايار травня мая maja mayo",
    "juni jun juin june haziran يونيو حزيران червня июня czerwca junio iunie", "juli jul juillet juil july temmuz يوليو تموز липня июля lipca julio iulie", "augustus aug aout august agustos اغسطس اب серпня августа sierpnia agosto",
    "september sep sept septembre eylul سبتمبر ايلول вересня сентября wrzesnia septiembre septembrie", "oktober okt oct octobre october ekim اكتوبر تشرين жовтня октября pazdziernika octubre octombrie",
    "november nov novembre kasim نوفمبر листопада ноября listopada noviembre noiembrie", "december dec decembre aralik ديسمبر грудня декабря grudnia diciembre decembrie",
)  # fmt: skip
_NUMBERS = {
    1: "een|ene|een|un|une|one|bir|واحد|واحدة|الواحدة|один|одну|jeden|jedna|una|uno|o",
    2: "twee|deux|two|iki|اثنين|الثانية|تنين|два|дві|две|dwa|dwie|dos|doi|doua", 3: "drie|trois|three|uc|ثلاثة|الثالثة|تلاتة|три|trzy|tres|trei",
    4: "vier|quatre|four|dort|اربعة|الرابعة|чотири|четыре|cztery|cuatro|patru", 5: "vijf|cinq|five|bes|خمسة|الخامسة|п'ять|пять|piec|cinco|cinci",
    6: "zes|six|alti|ستة|السادسة|шість|шесть|szesc|seis|sase", 7: "zeven|sept|seven|yedi|سبعة|السابعة|сім|семь|siedem|siete|sapte",
    8: "acht|huit|eight|sekiz|ثمانية|الثامنة|вісім|восемь|osiem|ocho|opt", 9: "negen|neuf|nine|dokuz|تسعة|التاسعة|дев'ять|девять|dziewiec|nueve|noua",
    10: "tien|dix|ten|on|عشرة|العاشرة|десять|dziesiec|diez|zece", 11: "elf|onze|eleven|on bir|الحادية عشرة|once|unsprezece", 12: "twaalf|douze|twelve|on iki|midi|noon|الثانية عشرة|doce|douasprezece",
    14: "quatorze", 15: "vijftien|quinze|fifteen", 20: "twintig|vingt|twenty",
}  # fmt: skip
_ORDINALS = {
    1: "eerste|premier|first", 2: "tweede|second", 3: "derde|third", 10: "tiende", 20: "twintigste",
}  # fmt: skip

_AMOUNTS = {2: "يومين", 7: "اسبوع", 14: "اسبوعين|une quinzaine", 30: "شهر"}

Phrases = Mapping[tuple[str, ...], tuple[tuple[Kind, object], ...]]


def _phrases() -> Phrases:
    table: dict[tuple[str, ...], list[tuple[Kind, object]]] = {}

    def add(phrase: str, kind: Kind, value: object = None) -> None:
        table.setdefault(tuple(words(phrase)), []).append((kind, value))

    for kind, group in (
        (Kind.WEEKDAY, _WEEKDAYS),
        (Kind.SHORT_WEEKDAY, _SHORT),
        (Kind.EVERY_WEEKDAY, _HABITS),
    ):
        for number, names in enumerate(group):
            for name in names.split():
                add(name, kind, number)
    for number, name in enumerate(_HABITS_NL):
        add(name, Kind.EVERY_WEEKDAY, number)
    for kind, parts in ((Kind.PART, _PARTS), (Kind.TODAY_PART, _TODAY_PARTS)):
        for value, names in parts.items():
            for name in names.split("|"):
                add(name, kind, value)
    for offset, names in _DAYS.items():
        for name in names.split("|"):
            add(name, Kind.DAY, offset)
    for number, names in enumerate(_MONTHS, start=1):
        for name in names.split():
            add(name, Kind.MONTH, number)
    for kind, numbers in ((Kind.NUMBER, _NUMBERS), (Kind.ORDINAL, _ORDINALS)):
        for number, names in numbers.items():
            for name in names.split("|"):
                add(name, kind, number)
    for days, names in _AMOUNTS.items():
        for name in names.split("|"):
            add(name, Kind.AMOUNT, days)
    for kind, names in _PLAIN.items():
        for name in names.split("|"):
            add(name, kind)
    table.pop((), None)
    return {phrase: tuple(dict.fromkeys(kinds)) for phrase, kinds in table.items()}


PHRASES = _phrases()
"""Folded phrase → every (kind, value) it may stand for; the grammar takes the one that fits."""

LONGEST_PHRASE = max(len(phrase) for phrase in PHRASES)
