"""Danger by theme: violence at home, means, notes and goodbyes, never waking up.

Regular expressions over folded words with single spaces, as in `crisis_words`; every gap is bounded.
"""

from __future__ import annotations

_HE = (
    r"(?:hij|man|vent|vriend|partner|ex|vader|papa|stiefvader|stiefpapa|broer|zoon|oom|schoonvader|baas|lief|echtgenoot|hem|ze|zij|vrouw"
    r"|moeder|schoonmoeder)"
)
_IL = r"(?:il|mari|copain|compagnon|conjoint|ex|pere|frere|beau pere|oncle|fils|homme|mec|patron|elle|femme|mere)"
_THEY = r"(?:he|husband|boyfriend|partner|ex|father|dad|stepdad|stepfather|brother|uncle|son|man|guy|she|wife|mother)"
_SOME = r"(?: \w+){0,3}"
_FEW = r"(?: \w+){0,2}"
_PILLS_NL = r"(?:pillen|slaappillen|medicatie|medicamenten|dafalgan|paracetamol|tabletten|kalmeerpillen|pijnstillers|xanax)"
_PILLS = r"(?:pilules|cachets|comprimes|medicaments|somniferes|dafalgan|paracetamol|xanax|boite)"

SIGNS: tuple[str, ...] = (
    # Dutch
    rf"\b{_HE}{_SOME} (?:mij|me|mn|ons|m|mijn (?:kinderen|kind|dochter|zoon|zoontje|mama|moeder)|de kinderen)(?: \w+){{0,3}}"
    r" (?:geslagen|slaan|vermoord\w*|vermoorden|doodslaan|doodslagen|gewurgd|wurgen|verkracht\w*|misbruikt\w*|mishandel\w*|bedreigd\w*|aangerand"
    r"|geschopt|doodmaken|doodsteken|iets aandoen|opgesloten|gestampt|gebrand|opsluiten|kapot maken|kapotmaken)\b(?! (?:op|in|met) (?:kaart\w*|schaken|school|de wachtlijst))",
    rf"\b{_HE}{_FEW} (?:slaat|slaagt|slagt|sloeg|stampt|schopt|wurgt|verkracht|misbruikt|mishandelt|bedreigt|vernedert|vermoordt|slaad|slaad)(?: \w+)? (?:mij|me|mn|ons|m|de kinderen|mijn kinderen|mijn kind|mn kinderen)\b(?! (?:over|altijd over|op|in|met) )",
    rf"\b{_HE}{_FEW} (?:raakt|raakte|zit|zat) (?:mij|me|aan mij|aan me|aan mijn lijf)(?: \w+)? (?:aan|en)\b",
    r"\b(?:mij|me|ons) (?:iets |wat )(?:gaat |zou |wil |kan )?(?:aandoen|aan te doen|aan doen)\b",
    r"\bik word(?: \w+){0,3} (?:geslagen|mishandeld|misbruikt|verkracht|bedreigd|gestalkt|geslaan|opgesloten|gechanteerd)\b",
    r"\b(?:durf|durven) (?:niet|nie|ni) (?:meer )?(?:naar huis|terug naar huis|thuis|terug|binnen)\b",
    r"\bbang (?:van|voor) (?:mijn|mn|m n) (?:man|vent|vriend|partner|ex|vader|papa|stiefvader|broer|lief)\b",
    rf"\b(?:te veel|teveel|al mijn|al mn|alle|heel de doos|een doos|hele doos|een strip|doosje|doos|handvol|overdosis|slik|slikken|neem|nam|genomen|geslikt)(?: \w+)? {_PILLS_NL}\b(?: (?:geslikt|genomen|in|binnen|op))",
    rf"\b(?:te veel|teveel|al mijn|al mn|heel de doos|een doos|hele doos|handvol|overdosis)(?: \w+){{0,2}} {_PILLS_NL}\b",
    rf"\b{_PILLS_NL}(?: \w+)? (?:geslikt|doorgeslikt|genomen en|ingenomen)\b",
    r"\b(?:mijn|mn|m n) (?:polsen|armen|aders|keel|arm|pols|benen)(?: \w+)? (?:over ?snijden|oversnijden|doorsnijden|open|opensnijden|kapot|snij\w*|gesneden|over te snijden|door)\b",
    r"\b(?:snij|snijd|sneed|kras|kerf)(?: \w+)? (?:in )?(?:mijn|mn|m n) (?:polsen|armen|arm|benen|vel|huid)\b",
    r"\b(?:moet|ga|wil|zal|kga|zou|durf) (?:\w+ )?(?:springen|van de brug|van het dak|voor de trein|voor een trein|onder de trein|onder een trein)\b(?! (?:op|in|naar) )(?! (?:leren|cursus))",
    r"\b(?:sta|zit|stond) (?:op|aan) (?:de|een) (?:brug|sporen|spoor|dakrand|rand)\b",
    r"\bvoor (?:de|een|ne|den) (?:trein|metro|tram|auto|camion) (?:springen|gaan liggen|gooien|smijten|werpen)\b",
    r"\bverhang(?:en)?\b", r"\bophangen aan\b", r"\b(?:mij|me|mezelf) (?:op te hangen|ophangen|verhangen|vergiftigen|verdrinken|doodschieten)\b",
    r"\b(?:nooit|niet) (?:meer )?(?:geboren|wakker)(?: \w+)? ?(?:was|worden|word|te worden|geworden)?\b(?! (?:les|op tijd))",
    r"\b(?:denk|denken|dacht|gedachten|fantaseer)(?: \w+){0,4} (?:aan|over) (?:de dood|doodgaan|dood gaan|sterven|dood zijn|mezelf doden|zelfdoding|zelfmoord)\b",
    r"\b(?:hoeft|moet|hoef) (?:het|t|da|dat|voor mij)(?: \w+){0,3} (?:niet|nie|ni) meer\b$",
    r"\b(?:voor|vr) (?:mij|mn|me) (?:hoeft|moet) (?:het|t|da|dat|alles)\b(?: \w+){0,2} (?:niet|nie|ni) meer\b",
    r"\b(?:zie|heb|is er|kzie|er is)(?: \w+){0,2} (?:geen|gene|gin) (?:enkele )?(?:uitweg|andere uitweg|reden om te leven|toekomst voor mij)\b",
    r"\b(?:er|als ik er) (?:niet|nie|ni) meer (?:ben|was|zou zijn|zijn)\b(?! (?:voor|in|op|naar|bij))",
    r"\b(?:beter|liever|best) (?:\w+ ){0,2}(?:dood|dat ik dood ben|dat ik er niet was|dat ik er niet ben|zonder mij)\b",
    r"\b(?:verdwijnen|weg)(?: van alles)?(?: \w+){0,2} (?:nooit meer (?:terug\w*|wakker)|voorgoed|voor altijd|voor eeuwig)\b",
    r"\b(?:end|einde|eind) (?:aan|oan|van) (?:maken|mijn leven|mn leven|alles|het)\b$",
    r"\b(?:der|er) (?:een|n|e) (?:end|eind|einde) (?:aan|oan|on) (?:te )?(?:maken|mak|gaan maken)\b$",
    r"\b(?:leven|leve)(?: \w+)? (?:niet|nie|ni) (?:meer )?(?:zitten|waard|de moeite)\b",
    r"\bhoor stemmen\b",
    r"\bopgesloten\b(?: \w+){0,4} (?:niet|nie) (?:buiten|weg|naar buiten)\b",
    r"\bafscheids?(?:brief| nemen van mijn kinderen| nemen van mijn leven)\b",
    r"\b(?:keel|nek|hals)(?: \w+)? (?:dicht\w*|toe\w*|omgewrongen)\b", r"\b(?:heeft|met|trok|pakt|had)(?: \w+)? (?:een |n |zijn )(?:mes|pistool|wapen)\b(?! (?:nodig|voor))", r"\bin mijn bed\b$", r"\b(?:stampt|slaat|sloat|slagt|trapt|schopt|sloeg|stampte)(?: \w+)? (?:in|op|tegen) mijn (?:buik|gezicht|hoofd|rug)\b",
    r"\b(?:man|vent|vriend|ex|partner|vader|broer) (?:sloat|slaagt|slaat|slo|slagt|klopt|mept) (?:mij|me|mn|op mij|op mijn)\b", r"\b(?:bleekwater|javel|vergif|gif|rattenvergif|antivries)(?: \w+)? (?:gedronken|drinken|geslikt|genomen|ingenomen)\b", r"\b(?:waarom|waarvoor) (?:zou ik )?(?:nog|blijf ik)(?: \w+)? (?:leven|bestaan)\b", r"\b(?:beu|moe) (?:van|om) (?:het|te) leven\b", r"\b(?:afscheid genomen|vaarwel gezegd) (?:van|tegen) (?:iedereen|alles|mijn kinderen|mijn familie)\b",
    r"\b(?:ik|wij) (?:kan|kunnen) (?:zo|niet meer|nie meer)(?: \w+)? (?:niet|nie) ?(?:meer )?(?:verder|voort)\b(?! (?:met|doen met) (?:de|die|deze))", r"\b(?:uithuwelijk\w*|eerwraak|loverboy)\b", r"\bik (?:stap|ga) eruit\b$", r"\b(?:ik )?(?:ga|doe) het (?:vannacht|vanavond|nu) (?:doen )?(?:niemand|en niemand)\b",
    r"\bmorgen ben ik er niet meer\b(?! (?:voor|in|op|naar|bij|want))", r"\bwat (?:voor )?(?:zin|nut) heeft (?:het|t|alles|leven) (?:nog|allemaal)\b(?: meer)?$", r"\bvan kant (?:te )?maken\b", r"\bblauwe plekken\b(?: \w+){0,3} (?:van|door) (?:mijn|mn) (?:man|vent|vriend|ex|partner)", r"\baangerand\b", r"\b(?:er )?een punt achter (?:zetten|zet)\b(?! (?:die|de|mijn (?:job|studie|opleiding)))", r"\b(?:mezelf|mij|me) (?:te )?(?:doden|verdrinken|doodmaken)\b", r"\buit dit leven\b",
    r"\b(?:dak|dat ik|da k) (?:\w+ )?dood (?:was|waar|ging)\b", r"\bleven (?:\w+ ){0,2}(?:niks|niets) (?:meer )?waard\b", r"\bmijn pillen\b(?: \w+){0,3} (?:in bed|naast mij)", r"\b(?:men|mijn|mn) (?:polsen|aders) (?:over)?gesneden\b", r"\b(?:hij|ze|zij) laat (?:mij|me) niet (?:buiten|weg|gaan)\b",
    r"\b(?:niet|nie) meer dragen\b(?: \w+){0,2} laat (?:me|mij) gaan", r"\bop de grond (?:gesmeten|gegooid|geslagen)\b", r"\bvan (?:het|een) dak (?:te )?(?:stappen|springen)\b(?! gevallen)", r"\btestament\b(?: \w+){0,3} voorbij\b", r"\b(?:ik )?(?:wil|wul|wel) (?:\w+ )?sterve\b", r"\b(?:lastiggevallen|aangeraakt|betast) (?:door|van) (?:mijn|mn) (?:schoonvader|vader|stiefvader|broer|oom|baas)\b", r"\bvoor wie (?:blijf|moet|zou) ik nog(?: \w+)? leven\b",
    r"\bpense a mourir\b", r"\bfeel like dying\b(?! (?:of|to|from))", r"\b(?:pushed|threw) me (?:down|against|on) the\b", r"\bpills and i (?:want|will|am going) to take\b", r"\b(?:will )?miss me (?:when|if) i ?m? (?:gone|am gone|die|dead)\b", r"\bdisappear forever\b", r"(?:قتل|اقتل) (?:نفسي|حالي)", r"\bnie mam (?:juz )?sily (?:juz )?zyc\b", r"\b(?:imi|sa mi|sa imi|sami) iau viata\b", r"мъжът ми (?:ме )?(?:удари|бие|би|преби)",
    # French
    r"\bplus de cette vie\b", r"\badieu a (?:tous|tout le monde)\b", r"\bm a violee?\b", r"\bviolee?\b(?: par)?$", r"\b(?:shoot|drown|burn) myself\b", r"\blife is (?:unbearable|unlivable)\b", r"\beverything to (?:stop|end) forever\b", r"\bbeni (?:\w+ ){0,2}(?:dov|vur)\w+", r"\b(?:zneca sie|znecal sie|katuje) (?:nade mna|nad (?:mna|nami))", r"(?:يريد|بغا|بدو|يبغي) (?:ان )?(?:قتلي|يقتلني|قتلنا)", r"(?:لم يعد|ما عاد|لا)(?: \w+)? (?:عندي |لدي )?سبب (?:ل|لل)?(?:ال)?(?:عيش|حياه)", r"(?:ما|لم) (?:بقيت|اعد)(?: \w+)? (?:نعيش|اعيش)", r"(?:муж|чоловік|он|він|парень)(?: \w+)? (?:душил|душив|избил|бил|бив|бьет|бє)(?: \w+)?",
    r"\b(?:a quoi (?:bon|ca sert) (?:de )?(?:vivre|continuer a vivre))\b", r"\b(?:continuer|envie|plus) (?:a|de) (?:continuer a )?vivre\b(?! (?:a|en|ici|au|avec))", r"\b(?:jamais|plus) me reveiller\b", r"\bcouteau (?:sous|sur|a) (?:la |ma )?(?:gorge|moi)\b", r"\b(?:ma )?vie est (?:finie|foutue|terminee)\b", r"\b(?:nous|me) (?:tape|cogne|enferme|sequestre)\b", r"\bje (?:me )?(?:coupe|taillade) (?:les|mes) (?:bras|veines|poignets)\b",
    rf"\b{_IL}{_FEW} (?:m a|ma|me|m|nous|nous a|l a|la|les|bat|frappe)(?: \w+)? ?(?:etrangle\w*|frappe\w*|battu\w*|bat|viole\w*|menace de mort|menace de me tuer|tabasse\w*|gifle\w*|cogne\w*|brule\w*|sequestre\w*|enferme\w*|touche la nuit|agresse\w*)\b",
    r"\b(?:il|mon mari|mon ex|mon copain|mon compagnon|il va|elle)(?: \w+){0,4} (?:me tuer|m tuer|nous tuer|me faire du mal|me frapper|m etrangler)\b",
    r"\bpeur (?:de rentrer|de mon (?:mari|copain|ex|compagnon|pere|frere)|qu il me|qu il m)\b",
    rf"\b(?:avale|pris|prendre|avaler|prends|ai bu)(?: \w+){{0,4}} {_PILLS}\b(?! (?:pour|contre|tous les) )(?: \w+){{0,3}}$",
    r"\b(?:jveu|jveux|j veux|je veu|jvx|je vx|veux|vais|envie de|aimerais|voudrais|prefere|prefererais)(?: juste| vraiment| seulement)? (?:mourir|creve|crever|mourrir|mourire|disparaitre pour toujours|en finir)\b(?! de (?:rire|faim))(?! avec (?:ce|cette|mon|la formation|le cours))",
    r"\bplus (?:me reveiller|jamais me reveiller|de raison de vivre|la force de vivre|gout a la vie|envie d exister)\b",
    r"\b(?:si je mourais|si j etais mort\w?|quand je serai mort\w?|apres ma mort|sans moi (?:ce|ca|tout) ser\w+ mieux|mieux sans moi)\b",
    r"\b(?:couper|coupe|entailler|ouvrir|taillader|taillade|scarifie\w*|scarifier)(?: \w+)? ?(?:les veines|les bras|les poignets|les cuisses|mes bras)\b", r"\bscarifi\w+",
    r"\b(?:jeter|jette|sauter|lancer) (?:sous|du|d un|d|par) (?:un |le |la |une )?(?:train|metro|pont|toit|fenetre|immeuble|voiture|haut)\b",
    r"\bjamais (?:ete )?(?:ne|nee)\b$", r"\bpas (?:etre )?(?:ne|nee)$", r"\bentends des voix\b", r"\blettre d adieu\b",
    # English
    rf"\b{_THEY}{_FEW} (?:chok\w+|strangl\w+|punch\w+|kick\w+|slap\w+|molest\w+|rap(?:ed|es|ing)|beat(?:s|en|ing)?|burn\w*|lock\w+|stab\w+)(?: \w+)? (?:me|us|my kids|my children)\b(?! (?:at|in|to) (?:chess|cards|class|work|game))",
    rf"\b{_THEY}{_FEW} touch(?:es|ed|ing)? me\b",
    r"\b(?:not safe|unsafe|in danger|scared|afraid|terrified)(?: \w+)? (?:with|of|from|around) (?:my )?(?:husband|boyfriend|partner|ex|father|dad|him|stepdad)\b",
    r"\b(?:he|she|they|husband|boyfriend|ex|partner)(?: \w+){0,4} (?:kill|stab|shoot|murder) (?:me|us|my)\b",
    r"\b(?:see|have|find|got)(?: \w+){0,3} (?:any|no) (?:reason|point|purpose|reasons)(?: left)? (?:to|in|for) (?:keep |go on |going on |carry on |be )?(?:living|live|on|alive|existing)\b",
    r"\bjump(?:ing)? (?:off|from|in front of|under)(?: \w+){0,3}(?: \w+)?\b(?! the gun)",
    r"\b(?:care|notice|miss me|matter) if i (?:died|die|was gone|disappeared|was dead|am gone|killed)\b",
    r"\b(?:took|taken|swallowed|taking|take) (?:\w+ ){0,3}(?:pills|tablets|whole bottle|sleeping pills|overdose)\b(?! for)",
    r"\b(?:cut|cutting|slit|slitting|slash) (?:\w+ )?(?:my )?(?:wrists|arms|veins|legs|thighs)\b", r"\bcut(?:ting)? myself\b(?! (?:off|some|a))",
    r"\bnever (?:been |be )?born\b", r"\b(?:never|not|don t want to|dont want to) wake up(?: again| anymore)?\b$", r"\bhear voices\b", r"\bgoodbye (?:letter|note)\b", r"\bsuicid\w+",
    r"\bno way out\b(?! of (?:the )?(?:contract|course|traffic))",
    r"\b(?:knife|gun) to my (?:throat|head)\b", r"\b(?:deserve|want|reason) to (?:live|be alive|exist)\b(?! (?:in|near|close|here|at|with|far|on|outside))", r"\b(?:way|ways|how) to (?:die|kill myself)\b", r"\b(?:rope|noose) (?:is )?ready\b", r"\bswallowed (?:a |the |all )?(?:\w+ )?(?:bottle|box|pack|bleach|pills)\b", r"\bhits? (?:me|us)\b(?! (?:up|back|with a question|on))", r"\bstalk(?:s|ing|ed)? me\b",
    # Turkish
    r"\b(?:dayak|siddet) (?:yi\w+|gor\w+)", r"\bbicak\w* (?:tehdit|cek)\w*", r"\bolsem kimse\b", r"\byasamanin (?:bir )?anlami\b",
    r"\b(?:butun|tum|cok|hepsini|bir kutu|kutu) ?(?:hap\w*|ilac\w*)(?: \w+)? (?:ictim|aldim|yuttum|icecegim|yutacagim)\b",
    r"\b(?:hic |keske )?(?:hic )?dogmas\w+\b", r"\bhic uyanma\w+\b", r"\b(?:bileklerimi|kollarimi|kendimi|bilegimi) (?:kes\w+|jilet\w+|as\w+|yak\w+)\b",
    r"\b(?:beni|bizi) (?:oldur\w+|dov\w+|vur\w+|bicakla\w+|bogaz\w+|taciz\w*|tecavuz\w*)\b", r"\btecavuz\w*\b", r"\b(?:kocam|esim|sevgilim|babam)(?:dan)? (?:cok )?kork\w+\b(?: \w+)?$",
    r"\bkendimi (?:oldur|at|as)\w+", r"\byasama\w* (?:anlami|sebebi|nedeni) (?:yok|kalmadi)\b", r"\bolsem (?:de kurtulsam|daha iyi)\b",
    # Arabic script and Arabizi
    r"(?:تناولت|شربت|بلعت|اخدت|اخذت|ابتلعت|كليت)(?: \w+)? (?:كل |جميع |علبه |بزاف )(?:\w+ )?(?:ال)?(?:حبوب|ادويه|دواء|دوا|ادوية|فنيد|كينات)", r"(?:تناولت|شربت|بلعت|ابتلعت) (?:كل )?(?:ال)?(?:حبوب|ادويه|ادوية)(?: \w+)?$",
    r"(?:حياتي|الحياه)(?: \w+)? (?:ليس|ليست|ما|مالها|بلا|بدون|ما عندها)(?: \w+){0,2} (?:معني|قيمه|فاءده)", r"(?:بدي|ودي|نفسي|حابب|حابه|ابي|بغيت|باغي|باغيه) (?:ال)?(?:موت|نموت|اموت)\b", r"(?:ليتني|لو|ياريت|يا ليتني|اتمني لو|اتمني اني)(?: \w+){0,2} (?:لم|ما) (?:اولد|انولد|انخلقت|تزاديت|خلقت|تولدت)",
    r"(?:يقتلني|يقتلنا|يذبحني|غيقتلني|يقتل اولادي|يضربنا|ضربني|يغتصبني|اغتصبني|يتحرش بي|يحبسني|كيضربني|يهددني|كيهددني|يعذبني)", r"(?:اخاف|خايفه|خاءفه|خايف) (?:من )?(?:زوجي|راجلي|ابي|اخي|جوزي|طليقي|ان يقتلني)", r"(?:اقطع|نقطع|قطعت|اجرح|جرحت) (?:شراييني|يدي|عروقي|نفسي|ذراعي|معصمي)", r"ما (?:عاد|بقا|بقي)(?: \w+)? (?:بدي|باغي|باغيه|فيا|لي|ابغي|بغيت) (?:ال)?(?:عيش|نعيش|اعيش|حياه|حيات)",
    r"\b(?:b[ae]dd?i|biddi|nefsi|bghit|baghi|bagha|brit|wedd?i) (?:el ?)?(?:mout|moot|nmout|nmot|mawt|mot)\b", r"\b(?:ma|mab9itch|ma b9itch|mab9ach|ma b9ach|ma3ad|ma 3ad)(?: \w+){0,2} (?:n3ich|3ich|3ish|a3ish|n3ish|el ?3ish|3iche)\b", r"\b(?:rajli|jawzi|zawji|baba|khouya|7biibi|khtibi)(?: \w+)? (?:kay|kat|bi|by|y|ki)\w*(?:dreb|drb|drab|9tel|qtel|hedded|7gar)\w*\b", r"\b(?:khayfa|khayef)(?: \w+)? (?:mn |men )?(?:rajli|jawzi|zawji|baba|y9telni|yqtelni)\b", r"\b(?:9te3|n9te3|nqte3|9ta3t) (?:3ro9i|yeddi|dra3i)\b",
    r"(?:سارمي|ارمي|نرمي|غنرمي) (?:نفسي|راسي)", r"(?:انهاء|انهي|نسالي|نهي) (?:من )?(?:حياتي|حياه|هاد الحياه)", r"(?:زوجي|ابي|اخي|راجلي)(?: \w+)? (?:ضربني|يضربني|خنقني|حرقني)", r"الموت (?:احسن|افضل|ارحم)", r"\b(?:dreb|drab|darab|dareb)\w* ?ni\b", r"\bnsali (?:m3a |had |7yati|hyati)",
    # Ukrainian, Russian, Bulgarian
    r"(?:б є|бє|бил|бив|избил|побил|душив|душил|задушив)(?: \w+)? (?:мене|меня|нас|дітей|детей)", r"(?:повіситис\w*|повіситься|повешусь|повеситься|повіш\w*|зґвалт\w*|згвалт\w*|изнасил\w*)", r"(?:немає|нет|нема) (?:для чого|чого|зачем|для чего) (?:жити|жить)", r"(?:мені|мне) (?:жити|жить)$", r"не хочу(?: \w+)? (?:прокидатися|прокидатись|просыпаться|проснуться)", r"(?:больше|більше) не хочу (?:просыпаться|прокидатися|жить|жити)", r"се (?:убия|самоубия)",
    r"(?:мене|нас|меня|дітей|детей)(?: \w+){0,2} (?:вбит\w*|вб є|вбє|убить|убити|убьет|уб ет|убє|зарізати|зарежет|бит\w*|задушит\w*|изнасил\w*|зґвалт\w*|згвалт\w*|душит\w*|гвалтує)", r"(?:убьет|убє|вб є|уб є|вбє|задушит|зарежет|душил|бив|побив|избил|ударил|вдарив|погрожує|угрожает|ґвалтує|насилует)(?: \w+){0,3} (?:мене|меня|нас|вбити|убить|убьет|мне смертью)\b",
    r"(?:випила|випив|наковта\w+|выпила|выпил|наглота\w+|прийняла|приняла|изпих|взех)(?: \w+){0,2} (?:все |всі |усі |багато |много |всички |упаковк\w+ )?(?:таблет\w+|пігул\w+|лік\w+|снодійн\w+|снотворн\w+|хапчета)", r"(?:вкоротити|вкорочу) (?:собі )?(?:віку|вік)", r"накласти на себе руки", r"наложить на себя руки", r"(?:ріжу|порізала|порізав|режу|порезала|порезал|режа) (?:собі |себе )?(?:себе|вени|вены|руки|вените|ръцете)", r"(?:краще|лучше|по добре)(?: \w+){0,3} (?:я )?(?:померла|помер|умерла|умер|не жив|не було|не было|не народ\w+|не родил\w+|да умра|да ме няма)",
    r"(?:навіщо|зачем|нет смысла|немає сенсу|няма смисъл)(?: \w+){0,2} (?:жити|жить|живу|да живея)", r"втратил\w+ сенс", r"потеряла смысл", r"не бачу виходу", r"нет выхода", r"не вижу выхода", r"(?:боюся|боюсь|страх ме е от)(?: \w+)? (?:чоловіка|мужа|батька|отца|що він|что он|мъжа)(?: \w+){0,2}(?: ?(?:мене|меня|вб|убь)\w*)?",
    # Polish
    r"\b(?:wzielam|wzialem|polknelam|polknalem|lyknelam|zjadlam)(?: \w+){0,2} (?:tablet\w+|leki|pigul\w+|lekow|opakowanie)\b", r"\b(?:zabije|zabic|zadusi|pobije|bije|pobil|uderzyl|udusi|gwalci|zgwalcil|dusil|bil)(?: \w+)? (?:mnie|nas|dzieci)\b", r"\b(?:mnie|nas) (?:zabije|zabic|bije|pobil|dusi|udusi|zgwalcil|uderzyl|gwalci)\b", r"\b(?:tne|potne|cialem|cielam|pocielam) (?:sie|sobie)\b", r"\bboje sie (?:meza|mojego meza|ojca|partnera|ze)(?: \w+){0,3} ?(?:zabije|pobije|meza|mnie|ojca|partnera)?\b$", r"\bzycie(?: \w+){0,3} (?:sensu)\b", r"\bwolalabym (?:nie zyc|umrzec)\b", r"\bnigdy sie nie urodzi\w+", r"\bsie nie obudzic\b", r"\bnie widze (?:wyjscia|sensu zycia)\b",
    r"\b(?:dusil|dusi|uderzyl|kopnal|pobil)(?:a)? mnie\b", r"\bmnie (?:dusil|dusi|uderzyl|pobil|kopie|kopnal)\b", r"\b(?:mam dosc|dosc mam) (?:tego )?zycia\b", r"\bnie (?:chce )?(?:sie )?(?:juz )?obudzic\b",
    # Spanish, Romanian, Italian, Portuguese, German, Albanian
    r"\b(?:me )?(?:tome|trague|he tomado|tomado|voy a tomar)(?: \w+){0,3} (?:pastillas|pildoras|somniferos)\b(?! para)", r"\b(?:me corto|cortarme|me corte|cortandome)(?: \w+)? (?:brazos|venas|munecas|los brazos|las venas|las munecas)\b", r"\b(?:ojala )?no hubiera nacido\b", r"\bno (?:quiero )?despertar(?:me)?(?: mas| nunca)?$", r"\bsin mi estar\w+ mejor\b", r"\b(?:tengo )?miedo de (?:mi (?:marido|novio|ex|padre|pareja)|que me mate)\b", r"\bva a matarme\b", r"\bme va a matar\b(?! (?:el|la) (?:examen|profe))", r"\bno veo salida\b",
    r"\bme (?:ahorco|estrangulo|asfixio|golpeo|apunalo|quemo)\b", r"\b(?:seguir|continuar) viviendo\b", r"\bnu mai are (?:rost|sens) (?:sa )?(?:traiesc|viata)\b", r"\bm a (?:lovit|batut|strans de gat)\b", r"\bkeine (?:lust|kraft) mehr (?:zu|am) leben\b", r"(?:نمیخوام|نمي خوام|نمی خوام)(?: \w+)? زنده",
    r"\b(?:am luat|am inghitit|iau) (?:toate|multe|prea multe|o cutie de) (?:pastil\w+|medicament\w+)\b", r"\b(?:sot\w*|barbat\w*|iubit\w*|tata|ex|el)(?: \w+){0,2} (?:ma bate|ma omoara|m a lovit|m a batut|ma loveste|ma ameninta|m a violat)\b", r"\bma tai\b(?: pe| la)?", r"\b(?:imi|sa imi) tai venele\b", r"\bma gandesc la (?:sinucidere|moarte)\b", r"\bmi e frica de (?:sot\w*|barbat\w*|el)\b", r"\bnu vad (?:nicio )?iesire\b",
    r"\b(?:mio marito|il mio (?:ragazzo|compagno|ex)|mio padre|lui)(?: \w+)? (?:mi (?:picchia|mena|minaccia|violenta|ha picchiat\w|vuole uccidere|uccide))\b", r"\bmi taglio (?:le vene|i polsi|le braccia)\b", r"\bnon voglio piu vivere\b", r"\bsuicid\w+", r"\bfarla finita\b",
    r"\b(?:meu (?:marido|namorado|ex|pai)|ele)(?: \w+)? me (?:bate|bateu|agride|ameaca|violou|espanca)\b", r"\bnao quero mais viver\b", r"\bacabar com a minha vida\b", r"\bme cort(?:o|ar)(?: os| nos)? (?:bracos|pulsos)\b",
    r"\b(?:mein (?:mann|freund|ex|vater|partner)|er)(?: \w+)? (?:schlagt|schlug|bedroht|vergewaltigt|wurgt|misshandelt) (?:mich|uns|die kinder)\b", r"\b(?:ich )?(?:ritze|schneide) mich\b", r"\blebensmude\b", r"\bkeinen sinn mehr (?:im leben|zu leben)\b", r"\btabletten (?:geschluckt|genommen)\b", r"\bsuizid\w*",
    r"\b(?:burri|babai|i dashuri|ish burri)(?: \w+)? me (?:rreh|rrah|rrahu|kercenon|godet|vret)\b", r"\bnuk dua te jetoj\b",
    # Farsi, Pashto, Somali, Tigrinya
    r"(?:شوهرم|همسرم|پدرم|نامزدم|برادرم)(?: \w+){0,2} (?:می زند|میزند|ميزند|مي زند|كتك|ميكشد|می کشد|تهدید|تهديد|ميزنه)", r"(?:قرص|دارو)\w*(?: \w+){0,3} (?:خوردم|خورده ام)", r"(?:خاوند|مېړه|ميره|پلار)(?: \w+){0,2} (?:ما |مې |مي )?(?:وهي|وژني|ګواښي|كواشي)", r"\b(?:ninkayg\w+|seygayg\w+|aabahay|saygayg\w+)(?: \w+){0,3} (?:garaac\w*|dil\w*|hanjab\w*|kufsa\w*)\b", r"\bnolo\w*(?: \w+)? (?:daash\w*|nac\w*)\b",
    r"(?:ሰብኣየይ|ሰብአየይ|ሓፊሰይ|ኣቦይ)(?: \w+)? (?:ይወቕዓኒ|ይወቅዓኒ|ይሃርመኒ|ክቐትለኒ|የፈራርሓኒ)",
)  # fmt: skip

_TIRED = r"(?:honger|dorst|lachen|lach|verveling|slaap|kou|hitte|warmte|schaamte|stress|vermoeidheid|spanning|zenuwen|nieuwsgierigheid|prijs|werk|drukte)"

HARMLESS: tuple[str, ...] = (
    rf"\b(?:verveel|schrik|schrok|lach|werk|schaam|erger|zoek|wacht|hoest|nies)(?: \w+){{0,2}} (?:dood|kapot|te pletter|rot)(?: van| met| om)?(?: (?:de|die|het|dat) \w+)?\b|\b(?:dood|kapot|op) (?:van )?(?:de |den )?{_TIRED}\b",
    r"\b(?:sterf|sterven|stierf|creveer|crepeer) (?:\w+ )?(?:van|om|voor)(?: de| het| een)? \w+\b",
    r"\bdood(?:moe|op|saai|gewoon|simpel|lopend|vermoeid|ziek)\b|\bleven (?:of|en) dood\b(?: \w+){0,4} (?:haha|lol|les|cursus)", r"\b(?:mijn|m n|mn|onze|zijn|haar) \w+ is (?:gisteren |vorig jaar |pas |onlangs |net )?(?:gestorven|overleden|dood|doodgegaan|verongelukt|gesneuveld)\b",
    r"\b(?:batterij|gsm|laptop|telefoon|pc|auto|fiets|link|site|wifi)(?: \w+){0,2} (?:dood|kapot|plat)\b", r"\bschiet (?:mij|me) maar (?:af|neer|dood)\b|\bover mijn lijk\b|\bmoord en brand\b|\bik vermoord (?:iemand |je )?(?:voor|als)\b",
    r"\b(?:verdwijnen|weg|stappen|gaan)(?: \w+)? uit (?:jullie|het|de|mijn|dit) (?:systeem|lijst|bestand|job|werk|databank|website|database)\b", r"\b(?:een )?(?:eind|einde) aan(?: \w+)? (?:ik )?(?:stop|stoppen) met\b", r"\b(?:ik )?stop(?:pen)? met (?:roken|drinken|alcohol|werken|school|de cursus|snoepen|blowen|gokken)\b",
    r"\b(?:slager|vlees|vis|groenten|brood|haar|stof|hout|glas)(?: \w+){0,4} (?:snij\w*|snijd\w*|knip\w*)\b|\b(?:snij\w*|knip\w*)(?: \w+){0,4} (?:slager|vlees|vis|groenten|brood|haar|stof|hout|glas)\b", r"\bspring(?:en)? (?:ik )?(?:\w+ )?(?:op de|in de|op mijn|snel|eens|even|binnen|mee) ?(?:trein|bus|fiets|auto|tram|binnen|langs)?\b",
    r"\b(?:slaat|slaan|sloeg|slaagt) (?:\w+ )?(?:de|een|mijn|een paar|die|altijd)? ?(?:les|lessen|vraag|pagina|hoofdstuk|beurt)(?: \w+)? over\b|\bslaan mij(?: \w+)? over\b",
    # French
    r"\b(?:mort|morte|meurs|mourir|creve|crevee|claque|claquee) (?:de|d|apres)(?: la| le| l| mon)? \w+\b|\b(?:me )?tue[rs]? (?:au|a la) (?:travail|boulot|tache)\b|\b(?:ca|cela|ces|cette|ce|cet|les)(?: \w+){0,2} me tuent?\b", r"\bca me tue(?: \w+){0,3}\b|\b(?:mon|ma|mes) \w+ (?:est|sont) (?:mort|morte|decede\w*|decedee)\b|\barreter (?:de )?(?:fumer|boire|l alcool|le tabac)(?: \w+){0,2}\b|\bplus (?:de|suivre|supporter) (?:ce|cette|mon|ma|mes) (?:patron|cours|formation|boulot|travail|chef|prof)\b",
    # English
    r"\b(?:dying|die|died|dead|killed|starving) (?:of|from|with|laughing|tired|serious|to|for|gorgeous)(?: \w+)?\b|\b(?:stop|quit|quitting) (?:smoking|drinking)\b|\bkill(?:ing)? (?:time|for a|for an|it|two)\b|\b(?:my|our|the) \w+ (?:died|is dead|passed away|has died|was dead)\b|\b(?:bored|scared|tired) to death\b|\bover my dead body\b|\bcut (?:hair|meat|fabric|wood|grass)\b|\bhits? the (?:gym|road|books|shops)\b|\bbeats? me (?:at|in|to)\b(?: \w+)?|\b(?:death|end) of me\b",
    r"\b(?:pijn|zeer)(?: \w+)? (?:aan|in) (?:mijn|mn|m n|de) (?:rug|knie\w*|schouder\w*|nek|voet\w*|pols|polsen|hand\w*|heup|tanden|buik)\b|\bmal (?:au|aux|a la|a l) (?:dos|genou\w*|epaule|tete|dents|main|jambe\w*)\b|(?<!he )(?<!husband )(?<!boyfriend )(?<!partner )\b(?:hurt|broke|injured) my (?:back|knee|arm|leg|wrist|hand|foot|shoulder)\b|\b(?:pols|arm|been|voet|hand|rug) (?:is |zijn )?(?:gebroken|kapot|versleten)\b",
    r"\bslaap (?:\w+ )?(?:slecht|niet goed|weinig|te weinig)\b|\bleven is (?:heel |zo |te )?(?:druk|duur)\b|\bword (?:gek|zot|ziek|moe) van\b|\bniet meer tegen (?:die|dat|de|het) (?:file|lawaai|verkeer|werk|leerkracht|regen)\b|\b(?:mijn )?(?:man|vrouw|vriend|ex|broer|vader|moeder|zoon|dochter)(?: \w+)? (?:komt|werkt|rijdt|brengt|helpt|zoekt|wil|volgt|drinkt)(?: \w+)? (?:halen|brengen|ophalen|koffie|leren|studeren|werken)\b",
    r"\b(?:course|cours|exam\w*|prof) me tue\b|\bdie my hair\b|\bmy (?:husband|wife|boyfriend|girlfriend|partner|dad|mom) (?:drives|works|picks|helps|studies|takes|drops|wants)\b|\blive (?:far|close|near|nearby|in|outside|around|closer)\b|\bje (?:pars|m en vais) (?:\w+ ){0,2}en (?:vacances|train|voyage|week end)\b|\brendez vous(?: \w+){0,4} (?:pilule\w*|medecin)\b|\bdooddoener\b",
    # other languages
    r"\b\w+(?:dan|den|tan|ten) (?:oldum|oluyorum|olecegim|ol\w*)\b|\bsigarayi birak\w*|\b(?:babam|annem|kocam|esim|dedem|telefonum|kopegim) (?:\w+ )?oldu\b", r"(?<!ليتني )(?<!ريتني )\b(?:اموت|بموت|نموت|كنموت|ساموت|سأموت) (?:من|في|علي|ب)?(?: ?ال)?\w+|\b(?:توفي|ماتت|مات|متوفي)\b(?: \w+)?", r"(?:يقتلني|تقتلني)(?: \w+)? (?:من |ب)(?:ال)?(?:ملل|ضحك|نعاس)", r"\b(?:ghadi )?(?:kan|n|ka n)mout (?:b|3la|mn|men|f)(?: \w+)?\b|\b(?:baba|mama|\w+ya|bouya) mat\w*\b",
    r"(?:вмираю|помираю|умираю|умирам|подыхаю) (?:від|от|с|зі|со|з|хочу|за)(?: \w+)?|(?<!я )\b(?:помер|померла|загинув|умер|умерла|погиб|почина)\b(?: \w+)?|(?:кинути|бросить|откажа) (?:палити|курить|пити|пить)", r"\b(?:umieram|umre|padam|konam) (?:z|ze) \w+\b|\brzucic (?:palenie|picie)\b|\b(?:zmarl|zmarla|umarl|umarla)\b", r"\bmuer\w+ (?:de|por) \w+\b|\bdejar de (?:fumar|beber)\b|\bmi \w+ (?:murio|ha muerto|esta muerto)\b|\bmor de \w+\b|\bmuoio di \w+\b|\bmorro de \w+\b|\bsterbe vor \w+\b|\b(?:lasa|las) de fumat\b",
    r"(?:жити|жить|да живея) (?:в|у) \w+|\b(?:zyc|mieszkac) (?:w|we) \w+|\b(?:vivir|vivre|living|live|trai\w*|vivere|leben|n3ich|yasamak) (?:en|a|in|la|f|fi|with|seul|seule|alone|te) \w+|\bvis (?:seule?|a|en|au|avec) \w+|\bfor a living\b|\bzonder mij (?:begonnen|gestart|weg|vertrokken|verder)\b|\bmijn (?:kind|zoon|dochter|zoontje) slaat\b|\w+(?:te|de|ta|da) yasa\w+|(?:اعيش|العيش|نعيش) (?:في|ب(?!عد))\w* ?\w+",
    r"\b(?:zmienic|zmieniam) (?:swoje )?zycie\b|(?:اغير|تغيير) (?:ال)?حياه?\w*|\b(?:changer (?:de|ma)|cambiar (?:de|mi)) (?:vie|vida)\b|(?:змінити|изменить) (?:своє |свою )?(?:життя|жизнь)", r"در \w+ (?:زندگی|زندگي)|از (?:گرسنگی|خنده|خستگی|گشنگی|گرما|سرما) (?:مردم|میمیرم|می میرم|مُردم)",
)  # fmt: skip
