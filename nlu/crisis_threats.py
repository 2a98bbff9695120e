"""Danger to others and to children, weapons, medicine by the number, and despair: signs beside those of `crisis_more`.

Regular expressions over folded words with single spaces, as in `crisis_words`; every gap is bounded.
"""

_ARM_NL = r"(?:mes|pistool|wapen|wapens|geweer|bijl|bom|benzine|jerrycan|hamer|machete|revolver)"
_ARM = r"(?:knife|gun|weapon|rifle|axe|bomb|petrol|machete)"
_ARM_FR = r"(?:couteau|fusil|arme|flingue|hache|bombe|essence|pistolet)"
_COUNT = r"(?:\d{2,3}|tien|vijftien|twintig|dertig|veertig|vijftig|honderd|tientallen)"
_COUNT_FR = r"(?:\d{2,3}|dix|quinze|vingt|trente|quarante|cinquante|cent)"
_COUNT_EN = r"(?:\d{2,3}|ten|fifteen|twenty|thirty|forty|fifty|a hundred|all (?:of )?my|all the|all (?:of )?his|all (?:of )?her)"
_PILLS_NL = r"(?:\w*pillen|dafalgans?|paracetamols?|tabletten|tabs|xanax\w*|pijnstillers|medicamenten|medicijnen|capsules)"
_POISON_NL = r"(?:javel|bleekwater|ontstopper|afwasmiddel|wasmiddel|vaatwastablet|medicatie|pillen|antivries|vergif|batterij|terpentijn|schoonmaak\w*)"
_CHILD_NL = r"(?:kind|kindje|kleine|baby|zoon|zoontje|dochter|dochtertje|peuter|kleuter|kleinkind|jongste)"

SIGNS: tuple[str, ...] = (
    # with a weapon, or fire
    rf"\b(?:kom|kome|ga|gaan|breng|sta|wacht|zit|loop|rijd|heb)(?: \w+){{0,4}} {_ARM_NL}\b(?: \w+){{0,2}} (?:naar|af|bij|mee|klaar|ernaartoe|binnen)\b(?! (?:leren|de les))",
    rf"\b(?:kom|ga|afkomen|komen)(?: \w+){{0,3}} met (?:een|n|ne|mijn) {_ARM_NL}\b",
    rf"\b(?:coming|come|going|over|will be there)(?: \w+){{0,3}} with (?:a|my) {_ARM}\b",
    rf"\b(?:viens|vais|arrive)(?: \w+){{0,3}} avec (?:un|une|mon|mes|de l) {_ARM_FR}\b",
    r"\b(?:steek|steken|stak)(?: \w+){0,5} (?:in brand|in de fik|in de fikkes|overhoop|neer|dood)\b(?! (?:les|cursus))",
    r"\b(?:iemand|hem|haar|ze|u|(?:die|de|mijn|dien|den) \w+) (?:neersteken|neerschieten|doodsteken|afmaken|vermoorden|doodslaan|omleggen)\b",
    r"\b(?:neerschieten|opblazen|doodschieten|uitmoorden|omleggen)\b(?! (?:in|op) (?:een|de|het) (?:spel|film|game))",
    r"\b(?:doe|doen) (?:\w+ ){1,4}iets aan\b(?= (?:ik zweer|ik meen|echt|als|vandaag|morgen)|$)",
    r"\b(?:will|going to|gonna|ll|m going to) (?:stab|shoot up|shoot|murder|burn down|blow up) (?:\w+ ){0,2}(?:\w+)\b(?! (?:a|some) (?:video|film|photo))",
    r"\bburn (?:\w+ ){0,3}(?:office|building|house|place) down\b",
    r"\b(?:vais|va) (?:le|la|les|l|tous les|tout) (?:planter|buter|tuer|crever|cramer|descendre|egorger|flinguer|poignarder)\b",
    r"\b(?:oldurecegim|yakacagim|bicaklayacagim|vuracagim)\b(?! (?:zaman|vakit))",
    r"(?:ساقتل|سأقتل|ساحرق|ساذبح) (?!الوقت)\w+",
    r"\bghadi n(?:9tel|re7|7re9|dbe7)\b",
    r"(?:вб ю|уб ю|зарежу|заріжу|спалю|сожгу) (?!час|время)\w+",
    r"\b(?:zabije|zadzgam|spale) (?:tego|te|go|ja|ich|wasze|to)\b",
    r"\bvoy a (?:matar|quemar|apunalar) (?:a|su|la|el)\b",
    r"\b(?:il|o|ii) omor pe\b",
    # a child swallowed something, or is hurt
    rf"\b{_CHILD_NL}\b(?: \w+){{0,5}} (?:van de |van het |een |mijn |wat )?{_POISON_NL}(?: \w+)? (?:gedronken|ingeslikt|geslikt|gegeten|binnen|opgegeten)\b",
    rf"\b{_CHILD_NL}\b(?: \w+){{0,2}} (?:dronk|slikte|at)(?: \w+){{0,3}} {_POISON_NL}\b",
    r"\b(?:slaat|klopt|mishandelt|slagt|schopt|gooit)(?: \w+)? (?:zijn|haar|hun) (?:kind\w*|zoontje|dochtertje|baby|vrouw(?: en kinderen)?)\b(?! (?:in|met|op) (?:kaart|schaken))",
    r"\b(?:beats|hits|hit|whips|hurts) (?:his|her|their|my little|our) (?:kid|kids|child|children|brother|sister|son|daughter|wife)\b(?! (?:at|in) )",
    r"\b(?:tape|frappe|bat|cogne) (?:son|sa|ses|leurs|nos|mes|les) (?:enfants?|fils|fille|bebe|gosses|petits|femme)\b",
    r"\b(?:bang|schrik) dat ik (?:mijn|mn) (?:kind\w*|baby|zoon\w*|dochter\w*)(?: \w+){0,2} (?:pijn|iets|slaag|sla)\b",
    r"\b(?:baby|kind)(?: \w+)? (?:geschud|door elkaar geschud|uit het raam)\b",
    r"\b(?:afraid|scared)(?: \w+){0,3} (?:hurt|harm) my (?:kid|kids|child|children|baby)\b",
    r"\bshook my baby\b",
    r"\bpeur de faire (?:du )?mal a (?:mes|mon|ma) (?:enfants?|bebe|fils|fille)\b",
    r"\b(?:daughter|son|dochter|zoon|fille|fils|zus|broer|vriendin|vriend|kind|mama|papa|soeur|frere|sister|brother|leerling|client)(?: \w+){0,3} (?:wants to die|wil dood|wil sterven|zelfmoord|veut mourir|veut se suicider|iets gaat aandoen|ophangt|zich ophangen|niet meer (?:wil |wilt )?leven|ne veut plus vivre)\b",
    # medicine by the number
    rf"\b{_COUNT} {_PILLS_NL}\b(?: \w+){{0,3}} ?(?:binnen|op|geslikt|genomen|ingenomen|kiezen|gepakt)?\b(?! (?:per|kopen|nodig|verkopen|tellen|voorgeschreven))",
    rf"\b(?:{_PILLS_NL}|\w*tabletten) (?:leeg|allemaal|in een keer|in 1 keer)\b",
    r"\b(?:strip|doos|doosje|pot|potje|fles)(?: \w+){0,3} (?:leeg|leeggemaakt|leeg gemaakt|op)\b(?= (?:en|ik|nu|want)|$)",
    rf"\b(?:pris|prendre|avale|vide|bouffe) (?:{_COUNT_FR}|toute|une|la|une plaquette entiere de|la boite de) (?:\w+ ){{0,3}}(?:comprimes|cachets|medicaments|dafalgan|xanax|somniferes|plaquette|boite de somniferes)\b",
    rf"\b(?:took|taken|swallowed|emptied|popped) (?:{_COUNT_EN}|too many|way too (?:much|many)|the whole|a whole) (?:\w+ ){{0,3}}(?:pills|tablets|meds|medication|medicine|box|bottle|paracetamol|antidepressants|sleeping)\b",
    r"(?:اخذت|أخذت|اخدت|شربت|تناولت|بلعت|ابتلعت) (?:عشرين|ثلاثين|اربعين|خمسين|كل|كثير من|الكثير من|جميع) ?(?:ال)?(?:\w+)?",
    r"\b(?:klit|khdit|chrbt)(?: \w+){0,2} (?:bzaf|ga3|\d{2}|bezaf) (?:\w+ ){0,2}(?:kin\w*|lkin\w*|lfanid|dwa|7boub|l7boub)\b",
    r"\b(?:yirmi|otuz|kirk|elli|\d{2}) (?:tane )?(?:hap|ilac)\w* (?:ictim|aldim|yuttum)\b",
    r"(?:випила|випив|выпила|выпил|наглотал\w*|прийняла|приняла) (?:\w+ )?(?:двадцять|тридцять|сорок|п ятдесят|двадцать|тридцать|пятьдесят|\d{2}) (?:таблет\w*|пігул\w*)",
    r"\b(?:wzielam|wzialem|polknelam|polknalem) (?:\w+ )?(?:dwadziescia|trzydziesci|czterdziesci|\d{2}|za duzo|wszystkie) (?:\w+ )?(?:tablet\w*|lek\w*)\b",
    r"\b(?:tome|trague) (?:veinte|treinta|cuarenta|cincuenta|\d{2}|todas las|demasiadas) pastillas\b",
    # crying, and everything dark or empty
    r"\b(?:huil\w*|wenen?|ween|bleit\w*|bleiten|janken)\b(?: \w+){0,5} (?:zwart|donker|leeg|leegte|de hele dag|heel de dag|elke dag|elke nacht|constant|altijd|niet stoppen)\b",
    r"\b(?:alles|pik) ?(?:is |wordt |zie ik )?(?:zwart|donker)(?: \w+){0,2} (?:hoofd|kop|mij|leven|huil\w*|ween|wenen)\b",
    r"\bzie alles (?:zwart|donker)\b",
    r"\b(?:pleure|pleurer)(?: \w+){0,5} (?:noir|vide|tout le temps|sans arret|toute la journee)\b",
    r"\bvois tout en noir\b",
    r"\b(?:cry|crying)(?: \w+){0,4} (?:dark|black|empty|all day|every night|all the time)\b",
    r"\b(?:can t|cannot|cant) stop crying\b",
    r"\beverything is (?:so )?(?:dark|black)\b",
    r"\b(?:surekli|hep) agliyorum\b",
    r"\blloro (?:todo el dia|sin parar|siempre)\b",
    r"\bplacze (?:caly\w* d\w+|ciagle|bez przerwy)\b",
    r"плачу (?:цілими днями|целыми днями|весь час|все время)",
    r"(?:ابكي|كنبكي) (?:طول|كل) \w+",
    # let me die
    r"\blaat (?:mij|me|mn) (?:maar |gewoon )?(?:sterven|doodgaan|dood gaan)\b",
    r"\blaissez moi (?:mourir|crever)\b",
    r"\bjust let me die\b",
    r"\blet me die\b",
    r"\bbirakin oleyim\b",
    r"(?:ليتني|ياليتني|يا ليتني|ياريتني|يا ريتني) (?:اموت|مت|متت|ميت)",
    r"(?:دعوني|خلوني) اموت",
    r"(?:дайте мені|дайте мне) (?:померти|умереть)",
    r"\bdajcie mi umrzec\b",
    r"\bdejadme morir\b",
    r"\blasa ma sa mor\b",
    r"\b(?:vois|voir|voit)(?: \w+)? (?:plus )?aucune (?:issue|sortie|porte de sortie)\b(?! (?:pour|dans|a|avec) (?:ce|cette|mon|ma|le|la) (?:dossier|papier\w*|diplome|formation|cours))",
    r"\bno point in (?:me )?(?:being|living|existing)(?: \w+)? (?:here|anymore|alive)\b",
    r"\bnot (?:be|being) in this world anymore\b",
    r"\bplus (?:de|dans) ce monde\b",
    r"\bgeslag\w* (?:thuis|tuis|door)\b",
    r"\bword\w? (?:\w+ ){0,2}geslag\w*\b",
    r"\b(?:he|she|husband|boyfriend|partner|ex|father|dad)(?: \w+)? (?:broke|breaks|fractured) my (?:arm|nose|hand|jaw|ribs?|fingers?|leg|tooth|teeth)\b",
    r"\b(?:hij|man|vriend|ex|partner|vader)(?: \w+)? (?:heeft|brak)(?: \w+)? (?:mijn|mn) (?:arm|neus|hand|kaak|ribben|vingers?|been|tand\w*)(?: \w+)? ?(?:gebroken)?\b",
    r"\b(?:il|mari|ex|copain|conjoint)(?: \w+)? m a casse (?:le|la|les|un|une) (?:bras|nez|main|machoire|cotes?|dent\w*|jambe)\b",
)  # fmt: skip
