"""The phrases of danger per language, as regular expressions over folded words with single spaces.

Every gap is bounded, so no message can make them slow.
"""

from __future__ import annotations

_ME = r"(?:mezelf|me zelf|mij zelf|mijzelf|mn zelf|m n zelf|mezelve|mijn eigen|mn eigen|m n eigen|men eigen|zichzelf|haarzelf|hemzelf)"
_GAP = r"(?: \w+){0,4}"
_SMALL = r"(?: \w+){0,2}"
_NO_MORE = r"(?:niet|nie|ni) meer|nimeer|niemeer|nimmer"
_HEAVY_COURSE = (
    r"(?:stress|spanning|zenuwen|examens?|honger|dorst|hitte|warmte|kou|verveling|lachen|vermoeidheid|moeheid|saaiheid|schaamte"
    r"|nieuwsgierigheid|drukte|werk|hoofdpijn|tandpijn|slaap)"
)

HARMLESS: tuple[str, ...] = (
    # Dutch
    rf"\b(?:(?:ga|gaan|ging|sterf|sterven|stierf|stik|crepeer|val|was|ben|zit) )?(?:ik )?(?:bijna |half |echt )?(?:dood|kapot)?(?: gaan| te gaan)?"
    rf" (?:van|door) (?:de |den |het |t |al (?:de|die) |die )?{_HEAVY_COURSE}\b",
    r"\bom (?:te|bij) (?:sterven|dood te gaan)(?: zo)? (?:saai|warm|heet|koud|duur|moeilijk|lang)\b",
    r"\bom dood te (?:vallen|gaan)(?: zo)? (?:saai|warm|heet|koud|moe|duur)\b",
    r"\b(?:lach|lachte|lachen|verveel|verveelde|vervelen|schaam|schaamde|schamen|werk|werkte|werken|schrik|schrok|erger|zoek|wacht)"
    r"(?: (?:ik|me|mij|mezelf|ons|zich|je))* (?:\w+ )?(?:dood|kapot|te pletter)\b",
    r"\b(?:me|mij|mezelf|ons) (?:echt |bijna |gewoon )?(?:dood|kapot|te pletter) (?:gelachen|verveeld|geschaamd|gewerkt|geschrokken"
    r"|lachen|vervelen|schamen|werken|gezocht|geergerd)\b",
    r"\b(?:mijn|m n|mn|onze|de|den|zijn|haar) (?:gsm|telefoon|batterij|pc|laptop|computer|wifi|internet|auto|site|app|hond|kat|plant\w*"
    r"|vader|moeder|papa|mama|man|vrouw|oma|opa|broer|zus)(?: \w+)? (?:is|was|ging|viel|valt|gaat) (?:\w+ )?(?:dood|gestorven)\b",
    r"\bdood(?:moe|saai|graag|gewoon|simpel|ziek|normaal|eerlijk|op|nerveus|zenuwachtig|stil|lopend\w*|straf|punt)\b",
    r"\b(?:cursus|cursussen|opleiding|les|lessen|vorming|training|workshop|infosessie|module|bijscholing|studie)"
    r"(?: \w+){0,4} (?:zelfmoord\w*|suicide\w*|zelfdoding\w*|rouw|sterven|stervensbegeleiding|palliatieve|agressie|overdosis)(?: \w+)?\b",
    r"\b(?:zelfmoord|suicide|zelfdoding)s?(?: |)(?:preventie|prevention)\w*",
    r"\b(?:sterven|sterf|doe|doen) voor (?:een|ne|n) (?:koffie|diploma|vakantie|bed|cursus|job)\b",
    r"\bover mijn lijk\b",
    r"\bdood (?:simpel|gewoon|normaal|graag|moe|saai|eerlijk|stil|lopend\w*)\b",
    r"\bmijn leven (?:beteren|veranderen|omgooien|opnieuw)\b",
    r"\b(?:een )?einde? (?:maken )?aan (?:mijn|m n|de|het) (?:contract|cursus|opleiding|huurcontract|abonnement|studie|lessen)\b",
    r"\b(?:een )?einde? (?:maken )?aan(?: \w+){0,2} (?:te maken )?(?:werkloosheid|onzekerheid|discussie)\b",
    # French
    r"\b(?:mort|morte|mourir|meurs|creve|crever) (?:de |d )(?:rire|faim|soif|fatigue|froid|chaud|chaleur|trac|honte|stress|ennui|peur|envie"
    r"|curiosite|sommeil|jalousie|trouille|impatience|rires)\b",
    r"\b(?:ennuyeu\w+|chiant\w*|nul|long|beau|drole) a (?:en )?(?:mourir|crever)\b",
    r"\b(?:ma|mon|la|le) (?:batterie|telephone|portable|ordi\w*|voiture|pere|mere|grand mere|grand pere|chien|chat|mari|femme)(?: \w+)?"
    r" (?:est|etait) (?:mort|morte)\b",
    r"\b(?:formation|cours|module|atelier)(?: \w+){0,4} (?:suicid\w+|deuil)\b",
    r"\bprevention (?:du )?suicide\b",
    r"\btue[rz]? (?:le temps|mon temps|du temps)\b",
    # English
    r"\b(?:dying|die|died|dead|killed|kill) (?:of|from|with) (?:\w+ )?(?:boredom|laughter|laughing|hunger|thirst|stress|heat|curiosity"
    r"|embarrassment|shame|exhaustion|nerves|exams?|exam stress)\b",
    r"\b(?:dying|die|kill|killing) (?:to|for) (?:know|see|start|learn|go|get|a|an|some|the|try|meet|time)\b",
    r"\b(?:course|exam|exams|homework|job|heat|stress|class|traffic|waiting|wait|back|feet|boss|price|prices|grammar|schedule)"
    r"(?: \w+){0,2} (?:kill|kills|killing|will be the death of) me\b",
    r"\b(?:boring|bored|worried|scared|tired|work\w* myself|laugh\w*) to death\b",
    r"\b(?:phone|battery|laptop|car|computer|father|mother|husband|wife|dad|mom|mum|dog|cat)(?: \w+)? (?:is|was|just)? ?(?:dead|died|dying)\b",
    r"\b(?:course|training|workshop|class|module)(?: \w+){0,4} (?:suicide|grief)(?: \w+)?\b",
    r"\bsuicide (?:prevention|awareness)\b",
    r"\bdead ?(?:line|lines|end|tired|serious|easy)\b",
    r"\bover my dead body\b",
    # Turkish, Spanish, Polish, Ukrainian, Russian, Romanian, Arabic
    r"\b(?:acliktan|susuzluktan|gulmekten|sikintidan|stresten|yorgunluktan|meraktan|sicaktan|soguktan|utancimdan|heyecandan) (?:\w+ )?ol\w+",
    r"\bmuer\w+ de (?:hambre|risa|sed|sueno|ganas|frio|calor|verguenza|aburrimiento|estres|nervios|curiosidad)\b",
    r"\b(?:morir|morirme|morirse) de (?:risa|hambre|sed|ganas|aburrimiento|estres|nervios|verguenza|calor|frio|sueno)\b",
    r"\b(?:umieram|umre|umrzec|padam|konam) (?:z|ze) (?:glodu|nudow|smiechu|stresu|ciekawosci|zmeczenia|goraca|zimna|wstydu)\b",
    r"(?:вмираю|помираю|умираю|помру|умру|подыхаю) (?:від|от|с|зі|со|з) (?:\w+ )?(?:голод\w*|смех\w*|сміх\w*|скук\w*|нудьг\w*|стрес\w*|спек\w*|жар\w*"
    r"|устал\w*|втом\w*|цікав\w*|любопыт\w*|сорому|стыда)",
    r"\bmor de (?:foame|ras|sete|plictiseala|stres|oboseala|rusine|nerabdare|somn|cald|frig|curiozitate)\b",
    r"(?:اموت|بموت|سأموت|ساموت|نموت|غادي نموت) (?:من )?(?:ال)?(?:جوع|ضحك|ملل|تعب|ضغط|خوف|حر|برد|توتر|جوع|عطش|بالضحك|بالجوع)",
    r"\bghadi nmout b (?:jou3|dahk|da7k|3ya)\b",
)

SIGNS: tuple[str, ...] = (
    # Dutch
    r"\b(?:snij|snijd|snijden|kras|kerf)(?: \w+)? (?:mezelf|me zelf|mij zelf|mijzelf|mn eigen|mijn eigen)\b", r"\bzelf ?moord\w*", r"\bzelf ?doding\w*", r"\bsuicid\w*", r"\bsuicied\w*", r"\bsuisid\w*", r"\bautomutil\w*", r"\bzelf ?verminking\w*",
    rf"\b(?:wil|wou|wilde|zou|willen|wille|wel|liefst|liever)\b{_GAP} (?:dood|sterven|doodgaan|dood gaan|inslapen|dood zijn)\b",
    r"\b(?:dood|doodgaan|sterven|dood zijn) (?:wil|wou|zou willen|willen)\b",
    r"\b(?:was|ware|waar) (?:ik |k )?(?:maar |beter |liever )?dood\b", r"\b(?:beter|liever|best) (?:\w+ )?dood\b",
    r"\bk? ?(?:ben|was) (?:maar )?liever (?:er niet|dood)\b", r"\bdenk\w*(?: \w+){0,3} aan (?:de )?dood\b", r"\bdenk\w*(?: \w+){0,3} om (?:te )?sterven\b",
    rf"\b(?:wil|wou|wilde|kan|kwil|kan|hoef|hoeft|hoeven|moet)(?: \w+){{0,3}} (?:{_NO_MORE})(?: \w+){{0,2}} (?:leven|bestaan|verder leven|voort leven|voortleven)\b",
    rf"\b(?:wil|wou|wilde|kwil|zou)(?: \w+){{0,3}} er (?:{_NO_MORE})(?: \w+)? zijn\b", r"\ber (?:niet|nie|ni) meer (?:wil |willen |te )zijn\b",
    rf"\b(?:{_NO_MORE}) (?:willen |wil |te )?leven\b", r"\b(?:ni|nie|niet) meer verder leven\b",
    r"\b(?:geen|gene|gin) zin(?: \w+){0,2} (?:in )?(?:het |t |mijn |mn )?leven\b", r"\bleven(?: \w+){0,3} (?:geen|gene|gin) zin\b",
    r"\bleven(?: \w+){0,2} (?:zinloos|niet waard|nie waard|nutteloos|beu|moe)\b", r"\b(?:beu|moe) (?:van )?(?:het |mijn |mn |m n )?leven\b", r"\blevensmoe\b",
    rf"\bzie (?:ik )?(?:het|t|da|dat|het leven) (?:\w+ ){{0,3}}(?:{_NO_MORE}) (?:\w+ )?zitten\b(?! (?:op|met|bij|in) (?:\w+ )?(?:werk|job|cursus|school|les|opleiding|baas))",
    r"\b(?:het|mijn|mn) leven (?:niet|nie|ni|nimeer)(?: meer)? zitten\b", r"\bniet meer zien zitten\b(?! \w*(?:cursus|les|job|werk))",
    rf"\b{_ME}(?: \w+){{0,3}} (?:iets|wat|pijn|kwaad|van kant|ombreng\w*|om te brengen|ophang\w*|op te hangen|dood|doden|dooddoen|snij\w*|te kort|tekort|verwond\w*)\b",
    r"\b(?:me|mij) (?:\w+ )?(?:van kant|ombreng\w*|ophang\w*|verhang\w*|doodmak\w*|verdrinken)\b", r"\b(?:mezelf|mn eigen|mijn eigen|zichzelf) (?:\w+ ){0,3}(?:aandoen|aan te doen|aan doen)\b",
    r"\beind\w*(?: \w+){0,2} (?:aan|van)(?: \w+)? (?:leven|alles|het allemaal)\b", r"\b(?:er|daar) (?:\w+ )?(?:een |n )?einde?(?: \w+)? (?:aan )?(?:maken|van maken|maak\w*|te maken)\b",
    r"\b(?:maak|make) er (?:een |n )?einde? (?:aan|van)\b", r"\b(?:uit|van) (?:het|t|mijn|dit) leven (?:\w+ )?(?:stap\w*|te stappen|weg)\b", r"\bstap(?:pen)? (?:\w+ )?uit het leven\b",
    r"\b(?:uit|van|voor) (?:het|t|de|den|een|n|ne) (?:raam|venster|brug|dak|trein|bus|auto|metro|tram|balkon)(?: \w+)? (?:\w+ )?(?:spring\w*|te springen|gooien|gaan liggen|smijten)\b",
    r"\bspring(?:en)? (?:\w+ )?(?:voor|uit|van) (?:de|den|het|een|n) (?:trein|raam|brug|dak|venster|metro|tram)\b",
    r"\b(?:overdosis|te veel pillen|alle pillen|heel\w* doos pillen|pillen (?:geslikt|gepakt|genomen|slikken|pakken))\b",
    rf"\bkan (?:ik )?(?:het |t |er |echt |gewoon |nu |ook |zo )*(?:{_NO_MORE})(?: aan| verder| zo verder| verder zo| voort)?(?: (?:help|hulp|echt|sorry|aub))*$",
    rf"\b(?:ik|k) kan (?:het |t |echt |gewoon |zo )*(?:{_NO_MORE})(?: aan)? (?:help|en |alles|mijn leven|niemand|ik )", r"\b(?:het |t )?gaat (?:echt )?niet meer (?:help|met mij\b|ik wil)",
    r"\bwil\w*(?: \w+){0,2} (?:niet|nie|ni) meer wakker worden\b", r"\b(?:nooit|niet) meer wakker (?:te )?worden\b",
    r"\biedereen(?: \w+){0,3} beter (?:af )?zonder (?:mij|me)\b", r"\bbeter (?:af )?zonder (?:mij|me)\b", r"\bniemand (?:\w+ )?(?:zou |zal |gaat )?(?:mij|me) (?:\w+ )?missen\b",
    r"\bwil (?:\w+ ){0,2}(?:verdwijnen|weg zijn) (?:voor altijd|voor eeuwig|van deze|uit)", r"\b(?:weg|verdwijnen) (?:van|uit) deze wereld\b", r"\bwil niet langer leven\b", r"\bgeen reden(?: \w+){0,2} (?:om te |te )?leven\b",
    r"\b(?:slaat|slaagt|klopt|schopt|wurgt|mishandelt|bedreigt|verkracht|opsluit|sloeg|mishandelde) (?:mij|me|mijn kind\w*|ons|mn kind\w*|m n kind\w*)\b(?! aan)",
    r"\b(?:mijn|mn|m n|men) (?:man|vriend|ex|partner|vader|broer|zoon|vrouw|baas|stiefvader)(?: \w+){0,2} (?:slaat|slaagt|slagen|klopt|mishandel\w*|bedreig\w*|verkracht\w*|sloeg|wurgt|stalkt)\b",
    r"\bword\w?(?: \w+){0,3} (?:geslagen|mishandeld|bedreigd|misbruikt|verkracht|geslaan|gestalkt|gedwongen)\b", r"\b(?:ben|was|werd) (?:\w+ )?(?:verkracht|mishandeld|misbruikt|aangerand)\b",
    r"\b(?:thuis|hier) (?:\w+ )?(?:niet|nie|ni) veilig\b", r"\bniet veilig (?:thuis|bij)\b", r"\b(?:bang|schrik)(?: \w+){0,2} (?:van|voor) (?:mijn|mn|m n) (?:man|vriend|ex|partner|vader)\b",
    r"\b(?:hij|zij|ze|iemand) (?:gaat|wil|zal) (?:\w+ )?(?:mij|me|ons) (?:\w+ )?(?:vermoorden|doodmaken|doden|doodslaan|doodschieten|iets aandoen)\b", r"\bhuiselijk geweld\b", r"\b(?:help|hulp) ik (?:ga|wil) (?:mij|me|dood|sterven)\b",
    # French
    r"\bsuicid\w*", r"\bme (?:tuer|suicider|pendre|foutre en l air|faire du mal|jeter|noyer|couper les veines|supprimer)\b", r"\b(?:veux|voudrais|veut|envie de|prefere|prefererais|voulais|vais|aimerais|vx)(?: \w+){0,2} (?:mourir|crever|disparaitre)\b",
    r"\b(?:en finir(?! avec (?!la vie|ma vie|tout))|mettre fin a (?:ma vie|mes jours|tout))\b", r"\b(?:veux|voudrais|envie|peux|peut)(?: \w+){0,3} plus (?:de )?(?:vivre|etre la|exister)\b", r"\bplus (?:envie|gout|la force|force)(?: \w+)? (?:de |a )?(?:la )?vi(?:e|vre)\b", r"\bplus envie de (?:rien|vivre|continuer a vivre)\b",
    r"\bvie (?:\w+ ){0,3}(?:plus|pas) (?:de |d )?(?:aucun )?sens\b", r"\bvie ne vaut (?:\w+ )?(?:plus|pas)\b",  r"\b(?:j|n) en (?:peux|peut) (?:vraiment )?plus\b(?! de (?:ce|cette|cet|mon|ma) (?:travail|boulot|cours|job|formation))",
    r"\b(?:mieux|serait mieux)(?: \w+){0,3} (?:mort|morte|sans moi)\b", r"\b(?:etre|serais|sois) (?:mort|morte)\b", r"\bcreuver\b", r"\bscarifi\w*", r"\b(?:avale|pris|prendre|avaler)(?: \w+){0,3} (?:cachets|medicaments|comprimes|pilules)\b(?=.*(?:tout|trop|boite|mourir|beaucoup))",
    r"\b(?:il|mon mari|mon copain|mon ex|mon pere|mon compagnon|mon conjoint|mon frere|mon mec)(?: \w+)? (?:me|m|nous) (?:\w+ )?(?:frappe|bat|tape|menace|viole|battu|frappee?|etrangle|cogne)\b", r"\b(?<!me )(?:suis|etais|ete|fais) (?:\w+ )?(?:battue?|frappee?|violee?|menacee?|frapper|battre|maltraitee?)\b",
    r"\b(?:va|veut) me (?:tuer|frapper)\b", r"\bviolences? (?:conjugales?|domestiques?)\b", r"\bpas en securite\b", r"\bpeur de (?:mon|ma) (?:mari|copain|ex|pere|compagnon|conjoint|mec)\b",
    # English
    r"\b(?:kill|killing|hurt|hurting|harm|harming|cut|cutting|hang|hanging) (?:my ?self|himself|herself|themselves)\b", r"\bself ?harm\w*", r"\b(?:want|wanna|wish|rather|going|gonna|ready|like)(?: \w+){0,3} (?:die|be dead|dead|were dead|was dead)\b(?! (?:to|for))",
    r"\b(?:end|ending|take|taking) (?:my (?:own )?life|it all)\b", r"\b(?:dont|don t|do not|no longer|not)(?: \w+)? (?:want|wanna|wish)(?: to)? (?:live|be here|be alive|exist|wake up|go on)(?: anymore| any more)?\b(?! (?:far|near|in|with|close|there|at|outside|on|by|next)\b)", r"\b(?:cant|can t|cannot) (?:go on|take it|do this|do it|take this|live like this|cope)(?: anymore| any more)?(?: help)?$",
    r"\b(?:cant|can t|cannot) (?:go on|take it|live)(?: like this)? (?:anymore|any more)\b", r"\b(?:no|any) (?:reason|point)(?: \w+)? (?:to live|in living|living)\b", r"\blife (?:\w+ ){0,3}(?:no meaning|not worth|meaningless|pointless)\b", r"\bnot worth living\b", r"\bbetter off (?:dead|without me)\b", r"\bgive up on life\b",
    r"\b(?:he|she|my (?:husband|boyfriend|partner|ex|father|dad|wife|brother|stepdad))(?: \w+)? (?:beats|hits|hurts|abuses|rapes|threatens|beating|hitting|threatened|hit|raped|abused) (?:me|us|my kids|my children)\b(?! (?:at|in|with|to|on)\b)", r"\b(?:being|been|was|am|get|getting) (?:\w+ )?(?:beaten|raped|abused|stalked|assaulted|hit by)\b",
    r"\b(?:going to|gonna|wants to|will) kill (?:me|us)\b", r"\bnot safe (?:at home|here)\b", r"\bdomestic violence\b", r"\bafraid of my (?:husband|boyfriend|partner|ex|father|dad)\b", r"\boverdos\w+", r"\btook (?:\w+ ){0,3}(?:pills|tablets)\b",
    # Turkish
    r"\bintihar\w*", r"\bolmek (?:ist|isti)\w+", r"\bkendimi (?:oldur|as|kes|yarala)\w+", r"\bkendime (?:zarar|kiy|bir sey yap)\w*", r"\b(?:artik )?yasamak (?:istem\w+|icin)\b", r"\b(?:canima|hayatima) (?:kiy|son ver)\w*", r"\bhayat\w*(?: \w+){0,2} (?:anlami (?:yok|kalmadi)|son)\b",
    r"\b(?:artik |daha fazla )?dayanam\w+", r"\b(?:kocam|esim|sevgilim|babam|abim|eski esim)(?: \w+){0,2} (?:dov\w+|vuruy\w+|tehdit|siddet)\w*", r"\bbeni (?:dov\w+|oldur\w+|tehdit)\w*", r"\bsiddet gor\w+", r"\bkeske olse\w*",
    # Arabic script and Arabizi
    r"(?:انتحر|انتحار|الانتحار|سانتحر|ننتحر|بنتحر)\w*", r"(?:اريد|ابغي|بدي|عايز|عاوز|بغيت|اتمني|نفسي|حاب|ودي) (?:ان )?(?:اموت|الموت|نموت|امت)", r"(?:اقتل|نقتل|بقتل|هقتل|ساقتل) (?:نفسي|راسي|حالي|روحي)", r"(?:اءذي|اوذي|ااذي|اذي|ءاذي|ايذاء|اجرح) (?:نفسي|راسي|حالي)",
    r"(?:لا|ما|مش|مابقيتش|ماعاد|مو) (?:اريد|ابغي|بدي|عايز|باغي|بغيت|نبغي|عاد بدي) (?:ان )?(?:اعيش|العيش|عيش|نعيش|الحياه)", r"(?:ما )?(?:بقيت|بقيتش|عدت) (?:باغي|باغيه|بغيت|ابغي|اريد) (?:نعيش|العيش|اعيش)", r"(?:انهي|انهاء|ننهي) (?:حياتي|حياه|حيات)", r"(?:تعبت|مليت|كرهت|عييت)(?: \w+)? (?:من )?(?:ال)?(?:حياه|حياتي|الدنيا|العيشه)", r"(?:لا|ما) (?:معني|فاءده|قيمه)(?: \w+)? (?:ل|لل)?\w*(?:حياتي|حياه)",
    r"(?:زوجي|راجلي|جوزي|خطيبي|ابي|ابوي|اخي|والدي)(?: \w+)? (?:يضربني|كيضربني|بيضربني|ضربني|يهددني|كيهددني|يعنفني|يعتدي)\w*", r"(?:يضربني|كيضربني|بيضربني|اغتصب\w*|اغتصاب|يهددني بالقتل)", r"لم اعد (?:احتمل|استطيع التحمل|قادر\w*|اريد)", r"(?:ما|مش) (?:عاد )?(?:قادر\w*|بقدر|نقدر|اقدر) (?:اتحمل|نتحمل|اكمل|نكمل|استحمل)",
    r"\b(?:bghit|bgha|bghina|brit|3ayez|3ayza|3ayz|baddi|biddi|bedi|badi|urid|nebghi|nbghi|awez|3awez)(?: \w+)? (?:nmout|nmot|nmut|nmoot|amout|amoot|amut|amot|mout|moot)\b", r"\b(?:ntaha?r|nntaher|nntahr|nente7er|nenta7er|ntah7er|nn?ta7er|anta7er|antaher|intihar|inti7ar|ntcr)\w*", r"\b(?:n9tel|nqtel|nktel|na9tel|a9tol|aqtol|a2tel|n9tl) (?:rasi|rassi|raasi|nafsi|nefsi|ruhi|rouhi|halli|7ali|rou7i)\b",
    r"\b(?:ma|mabqitch|mab9itch|mabghitch|mabghit|mab9itsh)(?: \w+){0,2} (?:n3ich|n3ech|n3iych|a3ich|a3eesh|n3ish|l7ayat|lhayat|7ayat|3icha)\b", r"\b(?:3yit|3eyit|t3ebt|ta3ebt|krehte?|kreht|malit|mellit)(?: \w+)? (?:mn |men |min )?(?:had )?(?:l7ayat|lhayat|el ?7ayat|7yati|7ayati|hayati|hyati|dnya|denya|donya|had l7yat|l7yat)\b", r"\b(?:rajli|rajel\w*|jawzi|zawji|gozi|weldi|bba)(?: \w+)? (?:kaydrebni|kaydrbni|kaydarbni|kayderbni|kaydrabni|ydrebni|bydrabni|byodrobni|yadribuni|darabni|drebni)\b", r"\b(?:kaydrebni|kaydrbni|kayderbni|kaydrabni|kaydarbni|byedrabni|bidrabni)\b",
    # Ukrainian, Russian, Bulgarian
    r"(?:самогуб\w*|самоуби\w*|суїцид\w*|суіцид\w*|суицид\w*)", r"(?:хочу|хотіл\w*|хотел\w*|хоче|хочет|краще|лучше|искам|исках|мрію|думаю)(?: \w+){0,2} (?:померти|вмерти|умереть|сдохнуть|здохнути|зникнути назавжди|да умра|да се самоубия|да се убия)", r"(?:вбити|убити|убить|покінчити з|покончить с|зарезать|повішу|повешу) (?:себе|собою|собой|життям|жизнью)", r"(?:покінчити|покончить)(?: \w+){0,3} (?:собою|собой|життям|жизнью|усім|всем|всім)", r"(?:покінчу|покончу) (?:з|с)",
    r"не (?:хочу|хочеться|хочется|бажаю|искам|бачу сенсу|вижу смысла)(?: \w+){0,2} (?:жити|жить|да живея|більше$)", r"не (?:хочу) (?:більше |больше )?(?:жити|жить)", r"(?:немає|нема|нет|няма)(?: \w+)? (?:сенсу|смысла|смисъл)(?: \w+)? (?:жити|жить|да живея|в живота|життя|жизни)?", r"(?:завдати|навредить|нашкодити|заподіяти|причинить|наранявам)(?: \w+)? (?:собі|себе|шкоди|вред|боль)", r"(?:більше не можу|больше не могу|не можу більше|не могу больше|не издържам|не мога повече)(?: так)?(?: жити| жить)?$", r"(?:чоловік|муж|хлопець|парень|партнер|батько|отец|колишній|мъжът ми|мъжа ми)(?: \w+){0,2} (?:б\w{1,2} мене|мене б\w+|бьет|бье|б є|бъет|избива\w*|бие|погрожує|угрожает|ме бие|гвалту\w*|насилует)",
    r"(?:бьет|бье|бив|бил|б є|б ють|избивает|избивал) (?:меня|мене)", r"(?:меня|мене) (?:бьет|бьют|бье|б є|б ють|избивает|избивают|изнасилов\w*|зґвалт\w*|згвалт\w*)", r"домашн\w+ (?:насил\w+|насильств\w+)", r"(?:життя|жизнь)(?: \w+){0,2} (?:не має сенсу|не имеет смысла|втратило|бессмысленн\w*)",
    # Polish
    r"\bsamoboj\w*", r"\b(?:chce|chcialbym|chcialabym|wole|wolalbym|wolalabym|zamierzam)(?: \w+){0,3} (?:umrzec|zginac|sie zabic|zabic sie|nie zyc|zniknac na zawsze)\b", r"\bzabi[ćcj]e? sie\b", r"\bsie (?:zabic|zabije|powiesic|powiesze|potne)\b", r"\b(?:zabic|zabije|powiesic|powiesze) sie\b", r"\bnie chce (?:mi sie )?(?:juz |dluzej |wiecej )?zyc\b",
    r"\b(?:skonczyc|koncze|skoncze) (?:ze soba|z zyciem|z tym wszystkim)\b", r"\bnie ma(?:m)?(?: \w+)? (?:sensu|po co) (?:juz )?(?:zyc|zycia)\b", r"\bzycie (?:\w+ ){0,2}(?:bez sensu|nie ma sensu)\b", r"\b(?:zrobic|zrobie) sobie (?:krzywde|cos)\b", r"\bnie daje (?:juz )?rady\b", r"\bmaz (?:mnie )?(?:\w+ )?(?:bije|pobil|grozi)\b", r"\b(?:bije|pobil|bil|gwalci|zgwalcil|krzywdzi) mnie\b", r"\bprzemoc domow\w+",
    # Spanish
    r"\b(?:quiero|quisiera|prefiero|ganas de|quieres|queria|deseo)(?: \w+){0,2} (?:morir|morirme|matarme|desaparecer|estar muert\w)\b(?! de)", r"\b(?:matarme|suicidarme|quitarme la vida|hacerme dano|cortarme las venas|ahorcarme)\b", r"\bme (?:quiero|voy a|quisiera) (?:matar|morir|suicidar|ahorcar)\b(?! de)", r"\bno (?:quiero|puedo|tengo ganas de)(?: \w+){0,2} (?:vivir|seguir viviendo)\b", r"\b(?:terminar|acabar) con (?:mi vida|todo)\b", r"\bla vida (?:\w+ ){0,3}(?:sin sentido|no tiene sentido|no vale)\b", r"\bno tiene sentido (?:mi vida|vivir|la vida)\b", r"\bmi vida (?:\w+ )?no tiene sentido\b", r"\b(?:ya )?no (?:puedo|aguanto) mas(?: ayuda)?$", r"\bmejor (?:muert\w|sin mi)\b",
    r"\b(?:mi (?:marido|esposo|novio|pareja|ex|padre))(?: \w+)? (?:me )?(?:pega|golpea|maltrata|viola|amenaza|pego)\b", r"\bme (?:pega|golpea|maltrata|viola|violaron|pegan|amenaza con matarme)\b", r"\bviolencia (?:domestica|de genero|machista)\b",
    # Romanian
    r"\bsinucid\w*", r"\bsinuci\w*", r"\b(?:vreau|as vrea|as prefera|imi vine)(?: \w+){0,2} (?:sa mor|sa ma omor|sa dispar)\b", r"\bsa ma omor\b", r"\bnu (?:mai )?(?:vreau|pot)(?: \w+)? (?:sa )?(?:mai )?(?:traiesc|trai)\b", r"\b(?:imi|sa imi) (?:iau|fac) (?:viata|rau singur\w?|rau)\b", r"\bviata (?:mea )?(?:\w+ )?(?:nu (?:mai )?are (?:niciun )?(?:sens|rost))\b", r"\bnu mai (?:pot|suport)(?: asa)?(?: ajutor)?$", r"\b(?:sotul|iubitul|barbatul|prietenul|tata)(?: \w+)? (?:ma bate|ma loveste|ma ameninta|m a batut)\b", r"\bma (?:bate|loveste|violeaza|omoara)\b",
    # German, Italian, Portuguese, Farsi, Pashto, Somali, Tigrinya, Albanian
    r"\b(?:selbstmord\w*|umbringen|nicht mehr leben)\b", r"\bmich (?:toten|umbringen|verletzen)\b", r"\bwill (?:nur |nur noch )?sterben\b", r"\b(?:voglio|vorrei) (?:morire|uccidermi|ammazzarmi)\b", r"\b(?:uccidermi|ammazzarmi|togliermi la vita)\b", r"\b(?:quero|queria) (?:morrer|me matar)\b", r"\b(?:me matar|tirar a minha vida)\b",
    r"(?:خودکشی|خودكشي)", r"(?:میخواهم|می خواهم|میخوام|ميخواهم|مي خواهم|ميخوام) (?:بمیرم|بميرم|خودم را بکشم|خودمو بکشم|خودم را بكشم)", r"(?:نمیخواهم|نمی خواهم|نميخواهم|نمي خواهم|نميخوام)(?: \w+)? (?:زنده|زندگی|زندگي)", r"خود(?:م را|مو) (?:بکشم|بكشم)", r"(?:شوهرم|همسرم)(?: \w+)? (?:مرا|منو|من را) (?:می زند|میزند|ميزند|مي زند|ميزنه|كتك)", r"(?:كتك|کتک) (?:می زند|میزند|ميزند|ميزنه)",
    r"(?:ځان وژ\w*|ځان وژل\w*|ځان مر\w*|مر کیدل غواړم|غواړم مر|مړ شم|مر شم|ځان ووژنم|نه غواړم ژوند)", r"\b(?:is dil\w*|isdil\w*|isku dil\w*|nafta iska qaad\w*|naftayda)\b", r"\b(?:rabaa|doonayaa|rabo)(?: \w+){0,2} (?:inaan dhinto|in aan dhinto|dhimasho)\b", r"\bdhimasho (?:ayaan |baan )?(?:rabaa|doonayaa)\b", r"\bninkayg[ai](?: \w+){0,2} (?:garaac\w*|dil\w*)\b", r"(?:ክመውት|ርእሰይ ክቐትል|ነብሰይ ክቐትል|ነፍሰይ ከጥፍእ|ነብሰይ ከጥፍእ|ህይወተይ ከጥፍእ|ምንባር ኣይደልን|ክነብር ኣይደልን|ክነብር አይደልን)", r"\b(?:dua te vdes|te vras veten|vetevras\w*)\b",
)  # fmt: skip
