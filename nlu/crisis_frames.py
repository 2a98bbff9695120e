"""What is around a phrase of danger and changes what it means: a no, long ago, a joke, who is meant.

Regular expressions over folded words with single spaces, as in `crisis_words`; every gap is bounded. Each frame is a fact
about the message; `crisis` weighs them.
"""

from __future__ import annotations

_DIE_NL = r"(?:dood|dood gaan|doodgaan|sterven|zelfmoord plegen|mezelf doden|mij doden)"
_HIT_NL = r"(?:geslagen|mishandeld|bedreigd|misbruikt|verkracht|gestalkt|gedwongen)"

DENIED: tuple[str, ...] = (
    # "ik wil niet dood", "hij slaat mij niet"
    rf"\b(?:wil|wou|ga|zal|zou|moet|wilt)(?: (?:ik|echt|helemaal|zeker|heus|toch|mij|me|mezelf))* (?:niet|nie|ni|geen) (?:\w+ )?{_DIE_NL}\b",
    r"\b(?:niemand|geen mens) (?:\w+ )?(?:slaat|bedreigt|mishandelt|dwingt) (?:mij|me|mn|ons)\b|\bniet dat ik (?:mezelf|mij|me|mijzelf) (?:iets|wat) (?:\w+ )?(?:aandoen|aandoe)\b",
    r"\b(?:niks|niets|niet|nie|geen)(?: \w+)? (?:aandoen|aan doen|doms doen|domme dingen)\b",
    rf"\b(?:word|werd|ben|worden)(?: \w+)? (?:niet|nie|ni|nooit) (?:\w+ )?{_HIT_NL}\b",
    r"\b(?:slaat|klopt|mishandelt|bedreigt|doet|dwingt)(?: (?:mij|me|mn|ons))? (?:niet|nie|ni|niks|niets|nooit)\b",
    r"\b(?:n |ne )?(?:veux|voudrais|vais|ai|pense)(?: pas| nullement)(?: envie de| l intention de| a)?(?: me| m)? (?:mourir|tuer|suicider|crever|pendre)\b|\bvais pas (?:me|m) \w+er\b",
    r"\b(?:me|m|nous) (?:frappe|bat|tape|menace|touche|cogne) (?:pas|jamais)\b|\bpersonne (?:ne |n )?(?:me|m a|m) (?:frappe|bat|menace|tape)e?\b|\bpas (?:battue?|frappee?|menacee?|violee?)\b",
    r"\b(?:not|dont|don t|won t|wont|never|didn t|isn t|aren t)(?: (?:really|actually|even))?(?: (?:want|wanna|going|gonna|wish|planning|trying|about))?(?: to)? (?:die|kill myself|hurt myself|harm myself|be dead)\b|\b(?:not|never) suicidal\b",
    r"\b(?:doesn t|doesnt|does not|don t|dont|didn t|never|nobody|no one|isn t|isnt)(?: \w+)? (?:hit|hits|hitting|beat|beats|beating|hurt|hurts|hurting|abuse|abuses|threaten|threatens|threatening) (?:me|us)\b|\bnot (?:being )?(?:abused|beaten|threatened)\b",
    r"\bolmek istem(?:iyorum|em|iyom)\b|\bkendimi oldurm(?:em|eyece\w+|uyorum)\b|\b(?:beni |bizi )?(?:dovm|vurm|tehdit etm)(?:uyor|ez|edi|iyor)\w*\b|\bintihar etm(?:em|eyece\w+|iyorum)\b",
    r"(?:لا|ما|مش|مو|لن|لست|مابدي|مش عايز)(?: (?:اريد|ابغي|بدي|بدي|رح|ناوي|افكر))?(?: ان)? (?:اموت|الموت|موت|اقتل نفسي|اقتل حالي|انتحر|ننتحر)\b|(?:لا|ما|لم)(?: (?:احد|حدا))? (?:يضربني|بيضربني|بضربني|يهددني|يضربنا)",
    r"\b(?:ma ?bghitch|mabghitch|ma ?baghich|mabaghich|ma ghadi|maghadi|ma ghadich)(?: \w+)? (?:nmout|nmot|nnta7er|n9tel rassi)\b|\bma ?kaydreb\w*ch\b",
    r"(?<!\w)не (?:хочу|збираюс\w*|збираюся|буду|думаю|собираюсь|планирую)(?: \w+)? (?:помирати|померти|вмирати|умирать|умереть|вбивати себе|убивать себя)|(?<!\w)не (?:вб ю|уб ю|убью|вбю) себ\w|(?<!\w)не (?:б є|бє|бьет|бил|бив|погрожує|угрожает)",
    r"(?<!\w)не искам да (?:умра|умирам|мра)|няма да се (?:убия|самоубия|убивам)|(?<!\w)не ме (?:бие|удря|заплашва)",
    r"\bnie (?:chce|zamierzam|bede|mam zamiaru)(?: \w+)? (?:umierac|umrzec|sie zabi\w+|zabi\w+ sie)\b|\bnie zabije sie\b|\b(?:mnie |nas )?nie (?:bije|pobil|grozi|krzywdzi)\b",
    r"\bno (?:me )?(?:quiero|voy a|pienso|queria)(?: \w+)? ?(?:morir\w*|matar\w*|suicidar\w*|hacerme dano)\b|\bno (?:me|nos) (?:pega|maltrata|golpea|amenaza|toca)\b",
    r"\bnu (?:vreau|o sa|am de gand|ma gandesc)(?: sa)?(?: (?:ma|imi))? ?(?:mor|omor|sinucid|iau viata)\b|\bnu ma (?:omor|bate|loveste|ameninta|sinucid)\b",
    r"(?:نمي خواهم|نميخواهم|نمي خوام|نميخوام) (?:بميرم|خودم را بكشم)|خودم را (?:نمي كشم|نميكشم)",
    # "ik ben niet suicidaal", "I am not thinking about suicide"
    r"\b(?:niet|nie|ni|geen|nooit)(?: (?:aan|echt|over|meer|van|plan|om|plannen|ben|zelfs))* (?:suicid\w*|zelf ?moord\w*|zelf ?doding\w*)\b",
    r"\b(?:pas|jamais|aucune?|ni)(?: (?:d|de|du|au|a|le|des|idees?|pensees?|envies?|me))* suicid\w*\b|\b(?:not|no|never|without|n t)(?: (?:about|of|thinking|having|any|my|really|even|feeling|to|commit|committing|going))* suicid\w*\b",
    r"\bintihar\w*(?: \w+)? (?:dusunm\w+|etm(?:em|eyece\w+|iyorum)|yok|degil)\b|(?:لا|لم|لن|ما|مش|لست) (?:افكر|افكر ابدا|فكرت|بفكر|انوي) (?:في|ب|علي)? ?(?:ال)?انتحار",
    r"(?<!\w)(?:не|нямам|ніколи не|никогда не) (?:думаю|думала|думав|думал|мисля|збираюсь|собираюсь|мам)?(?: \w+)? ?(?:про|о|об|за)? ?(?:самогуб\w*|самоуб\w*|суїцид\w*|суицид\w*)",
    r"\bnie (?:mysle|mysle wcale|mam|jestem|planuje)(?: \w+){0,2} (?:samoboj\w*)\b|\bno (?:pienso|estoy pensando|soy|tengo)(?: \w+){0,2} suicid\w*\b|\bnu (?:ma gandesc|am|sunt)(?: \w+){0,2} (?:sinuci\w*|suicid\w*)\b",
)  # fmt: skip
"""Danger that the message says is not there. It is taken out, so that what else it says still counts."""

LONG_AGO = (
    r"jaar geleden|jaren geleden|lang geleden|lang voorbij|\bvroeger\b|\bdestijds\b|\btoen ik (?:\d+|jong|klein|kind|tiener|een kind)\b|\bals (?:kind|tiener|puber)\b|\bal \w+ jaar (?:weg|gescheiden|vrij|voorbij)\b|\bvorig jaar\b"
    r"|\bil y a (?:\w+ ){0,3}(?:ans|annees|longtemps)\b|\bautrefois\b|\bquand j etais (?:petite?|jeune|enfant|ado\w*|plus jeune)\b|\ba l epoque\b|\b(?:divorcee?|separee?|partie?|libre) depuis\b|\bl an(?:nee)? (?:passee?|derniere?)\b"
    r"|\byears? ago\b|\bused to\b|\bas a (?:teen\w*|child|kid)\b|\bwhen i was (?:\d+|young\w*|little|a)\b|\blong ago\b|\bin the past\b|\bback then\b|\blast year\b"
    r"|\byil(?:lar)? once\b|\beskiden\b|\bgencken\b|\bcocukken\b|\bgecen (?:yil|sene)\b"
    r"|قبل (?:\w+ )?(?:سن\w+|اعوام|عام\w*)|منذ (?:\w+ )?(?:سن\w+|زمن|اعوام)|(?:شبابي|صغري|طفولتي)|\bch7al hadi\b|\b(?:snin|3am) (?:hadi|li fat)\b|\bmn \d+ snin\b"
    r"|рок\w* тому|рік тому|давно|колись|(?:лет|года|год) назад|раньше|когда то|(?:в|у) (?:дитинстві|детстве|молодості|молодости)|минулого року|торік|прошлом году|преди (?:\w+ )?годин\w|някога|миналата година"
    r"|\blata? temu\b|\brok temu\b|\bdawno\b|\bkiedys\b|\bw (?:mlodosci|zeszlym roku|dziecinstwie)\b|\bhace (?:\w+ ){0,2}(?:anos?|mucho|tiempo)\b|\bde (?:joven|nin[ao])\b|\bcuando era\b|\bel ano pasado\b"
    # what somebody else did: over, not a danger that is still to come
    r"|\b(?:pleegde|gepleegd|beroofd|beroofde|verhing|opgehangen)\b|\bs (?:est|etait) (?:suicidee?|pendue?|tuee?|donne la mort)\b|\b(?:killed|hanged|shot) (?:himself|herself|themselves)\b|\b(?:took|taken) (?:his|her|their) (?:own )?life\b"
    r"|\bintihar etti\b|\bcanina kiydi\b|(?:امي|ابي|اخي|اختي|والدي|والدتي|صديقي|صديقتي|عمي|خالي) (?:انتحر|انتحرت|قتل نفسه|قتلت نفسها)|\b(?:khti|khouya|baba|mama|bba) nta7rat?\b|(?:покінчи(?:в|ла)|покончил\w?|наклав|наклала|повісився|повісилась|повесил\w*) (?:з собою|с собой|на себе|собою)?"
    r"|\bpopelnil\w? samoboj\w*|\bodebral\w? sobie zycie\b|\bse (?:suicido|ahorco|quito la vida|mato)\b|\bs a (?:sinucis|omorat|spanzurat)\b"
    r"|\bacum (?:\w+ )?(?:ani|an)\b|\bdemult\b|\banul trecut\b|\bcand eram\b|سال پيش|پارسال|\bsannad\w* (?:hore|kahor)\b|\bwaa hore\b"
)

JOKED = r"\b(?:a?haha\w*|hihi\w*|hehe\w*|mdr+|lol|ptdr|jaja\w*|hhh+|grapje|joke|kidding|xd)\b|ههه\w*|ха ха|хаха\w*|ахах\w*|🤣|😂|😅"

_GAME = r"(?! (?:\w+ ){0,2}(?:in|met|op|bij|at|with|aux?|en) (?:\w+ )?(?:kaart\w*|schaken|schaak|fifa|spel\w*|game\w*|chess|cards|tennis|padel|jeu\w*|cartes|echecs))"
HURT_AT_HOME = (
    r"\b(?:mijn|mn|m n|de|den) (?:man|vriend|ex|vader|papa|stiefvader|moeder|mama|partner|broer|echtgenoot|vrouw|zoon)(?: \w+){0,2}"
    rf" (?:slaat|slaagt|klopt|mishandelt|bedreigt|verkracht|schopt|wurgt) (?:mij|me|ons|mijn kinderen|de kinderen)\b{_GAME}"
    r"|\b(?:slaat|bedreigt|mishandelt) (?:mijn|mn) (?:man|vriend|ex|vader|partner) (?:mij|me)\b"
    r"|\bmy (?:husband|boyfriend|partner|ex|father|dad|stepfather|mother|mom|brother|wife|son)(?: \w+){0,2}"
    rf" (?:hits|hit|beats|hurts|threatens|rapes|chokes|abuses|is hitting|is beating) (?:me|us|my kids|my children|the kids)\b{_GAME}"
    r"|\bmon (?:mari|copain|ex|pere|beau pere|compagnon|frere|conjoint)(?: \w+){0,2}"
    rf" (?:me|nous) (?:frappe|bat|tape|menace|viole|cogne|etrangle)\b{_GAME}"
    r"|\b(?:kocam|esim|babam|abim|sevgilim|erkek arkadasim)(?: \w+){0,2} (?:dovuyor|vuruyor|tehdit ediyor)\b"
    r"|\bmi (?:marido|esposo|novio|pareja|padre|ex)(?: \w+){0,2} me (?:pega|golpea|maltrata|amenaza|viola)\b"
    r"|\b(?:maz|chlopak|partner|ojciec)(?: \w+){0,2} (?:mnie (?:\w+ )?(?:bije|dusi|gwalci)|bije mnie|mi grozi)\b"
    r"|(?:чоловік|батько|хлопець|муж|отец)(?: \w+){0,2} (?:б є|бє|бьет|душить|душит|насилує|насилует)"
    r"|(?:زوجي|ابي|والدي|خطيبي|اخي)(?: \w+){0,2} (?:يضربني|يهددني|يضرب)|\b(?:rajli|raj?li|baba) (?:kay|ki|ky)?(?:drbni|dreb\w*)\b"
)
"""Somebody at home hurts the writer now. That a lesson is spoken of in the same message makes it no less."""
