"""Words and phrases behind the listed slots, folded; one table a slot: phrase → normal form."""

from __future__ import annotations

from collections.abc import Mapping

from nlu.text import words

Table = Mapping[tuple[str, ...], str]


def _table(lists: Mapping[str, str]) -> Table:
    """Phrases stand between bars; a phrase in two lists would be a contradiction."""
    table: dict[tuple[str, ...], str] = {}
    for value, phrases in lists.items():
        for phrase in phrases.split("|"):
            table.setdefault(tuple(words(phrase)), value)
    table.pop((), None)
    return table


MODES = _table(
    {
        "online": "online|on line|onlin|vanop afstand|van op afstand|afstandsonderwijs|afstandsleren|afstandscursus|thuis leren|van thuis uit|van thuis"
        "|thuis volgen|via internet|e-learning|elearning|zelfstudie|a distance|en ligne|distanciel|from home|remote|remotely|study at home|learn at home|class at home|classes at home|lessons at home|course at home|cevrimici|uzaktan"
        "|internetten|evden|اونلاين|اون لاين|عن بعد|онлайн|дистанційно|дистанционно|zdalnie|przez internet|en linea|a distancia|desde casa|de acasa|la distanta",
        "blended": "blended|gecombineerd onderwijs|combi|combi onderwijs|combionderwijs|deels online|half online|gedeeltelijk online|hybride|hybrid|mixte"
        "|partiellement en ligne|en partie en ligne|half half",
        "contact": "contactonderwijs|in de klas|in klas|klassikaal|ter plaatse|op school|fysiek|live les|in het echt|aan het loket|op kantoor|op gesprek"
        "|face to face|in person|in the classroom|en presentiel|presentiel|sur place|en classe|yuz yuze|presencial|stacjonarnie|в класі|очно|langskomen",
        "dual": "duaal|duaal leren|dual|dual learning|alternance|en alternance|werkplekleren|leren op de werkplek|leren en werken|leertijd|stage en les|formation en alternance|apprentissage en entreprise|ibo|ikili egitim|дуальне навчання|nauka zawodu w firmie|formacion dual",
        "phone": "via de telefoon|met telefoon|aan de telefoon|telefonisch|per telefoon|via telefoon|met de telefoon|telefoneren|telefoongesprek|bellen|opbellen|terugbellen|terug bellen|rappeler|call back|par telephone|telephonique|by phone|over the phone"
        "|phone call|telefonla|telefonda|telefon ile|بالهاتف|عبر الهاتف|بالتليفون|по телефону|телефоном|przez telefon|telefonicznie|por telefono|la telefon|prin telefon",
        "video": "video|videogesprek|video gesprek|videocall|video call|videobellen|teams|zoom|skype|via teams|via zoom|en visio|visio|visioconference|par video"
        "|goruntulu|فيديو|відео|видео|wideo|whatsapp video",
    }
)  # fmt: skip

STATUSES = _table(
    {
        "job_seeker": "ik zoek werk|zoek werk|zoek een job|zoek een werk|op zoek naar werk|op zoek naar een job|cherche du travail|cherche un travail|cherche un emploi|cherche du boulot|looking for a job|looking for work|need a job|is ariyorum|is bakiyorum|szukam pracy|шукаю роботу|ищу работу|busco trabajo|busco empleo|caut de lucru|caut un loc de munca|ابحث عن عمل|ابحث عن شغل|kan9elleb 3la khdma|kanqelleb 3la khdma|търся работа|werkloos|werkloze|werkzoekend|werkzoekende|werkzoekenden|zonder werk|geen werk|geen job|zonder job|werkloosheid|werkloosheidsuitkering|stempelgeld|dopgeld|stempel|stempelen"
        "|dop|den dop|de dop|aan den dop|op den dop|doppen|uitkering vdab|ingeschreven vdab|ingeschreven bij vdab|chomage|au chomage|chomeur|chomeuse|demandeur d'emploi|demandeurs d'emploi|chomeurs"
        "|demandeuse d'emploi|sans emploi|sans travail|sans boulot|unemployed|jobless|without a job|no job|out of work|lost my job|job seeker|jobseeker|on the dole"
        "|issiz|issizim|issizlik|isim yok|عاطل|بدون عمل|بلا عمل|بدون شغل|chomeur|безробітний|безробітна|безробітних|безробітного|безработный|безработная|без роботи|без работы|bezrobotny|bezrobotna|bezrobotnych|bezrobotnego|bezrobotnej"
        "|bez pracy|desempleado|desempleada|en paro|sin trabajo|somer|somera|fara loc de munca|безработен|werk kwijt|job kwijt|ontslagen",
        "leefloon": "leefloon|ocmw|leefloner|ocmw steun|steun ocmw|bestaansminimum|equivalent leefloon|cpas|ris|revenu d'integration|revenu d'integration sociale|social assistance"
        "|living wage|welfare|sosyal yardim|المساعده الاجتماعيه|ocmwuitkering",
        "sick": "ziek gemeld|ziekgemeld|met ziekteverlof|arbeidsongeval|hastalik izninde|hastalik iznindeyim|raporluyum|na zwolnieniu|na l4|de baja por enfermedad|на лікарняному|на больничном|اجازه مرضيه|ziekte|ziekteuitkering|ziekte uitkering|ziek thuis|ziekteverlof|ziekenkas|mutualiteit|op de mutualiteit|arbeidsongeschikt|langdurig ziek|burn-out|burnout|burn out"
        "|in ziekte|op invaliditeit|invaliditeit|ziekenfonds|mutuelle|en maladie|arret maladie|incapacite de travail|invalidite|sick leave|on sick leave|off sick|long term sick"
        "|hastalik izni|raporlu|اجازه مرضيه|лікарняному|лікарняний|больничном|больничный|zwolnieniu lekarskim|baja medica|de baja|concediu medical",
        "working": "je bosse|trabajo a|trabajo de|trabajo en|estoy empleado|na pol etatu|na pelny etat|full-time|aan het werk|lavoro|ich arbeite|ik werk|werkend|werkende|werknemer|bediende|arbeider|arbeidster|werk voltijds|werk deeltijds|werk halftijds|werkt voltijds|werkt deeltijds|voltijds werk|deeltijds werk|in ploegen|werk in ploegen|ploegenwerk"
        "|zelfstandig|zelfstandige|freelancer|interim|interimmer|naast mijn job|naast mijn werk|naast het werk|vaste job|vast werk|na mijn werk|je travaille|salarie|salariee"
        "|employe|employee|ouvrier|ouvriere|travaille a temps plein|travaille a temps partiel|independant|independante|interimaire|i work|i'm working|i am working|work full time|work part time|working full time|working part time|full time job|part time job|self-employed"
        "|self employed|shift work|shifts|calisiyorum|calisan|tam zamanli|yari zamanli|اعمل|اشتغل|اني اعمل|kankhdem|kan9khdem|khdam|khddam|працюю|работаю|pracuje|trabajo en"
        "|estoy trabajando|lucrez|работя|interimwerk",
        "student": "studeer nog|ik studeer|zit nog op school|i study at|i am studying|i m studying|je fais des etudes|okuyorum|studiuje|навчаюся|учусь|estudio|student|studente|studenten|scholier|leerling|op school zit|hogeschoolstudent|jobstudent|etudiant|etudiante|eleve|ogrenci|ogrenciyim|طالب|طالبه|студент|студентка"
        "|studentka|estudiante",
        "refugee": "vluchteling|vluchtelinge|asiel|asielzoeker|asielaanvraag|erkend vluchteling|subsidiaire bescherming|tijdelijke bescherming|tijdelijk beschermd|opvangcentrum|fedasil"
        "|refugie|refugiee|asile|demandeur d'asile|protection temporaire|refugee|asylum|asylum seeker|temporary protection|multeci|siginmaci|iltica|لاجء|لاجءه|لجوء|لاجي|لاجيه|біженець"
        "|біженка|беженец|беженка|тимчасовий захист|временная защита|uchodzca|refugiado|refugiada|asilo|refugiat|refugiata|پناهنده|پناهجو|qaxooti|magangalyo",
        "newcomer": "inburgering|inburgeringstraject|inburgeraar|inburgeringscursus|nieuwkomer|nieuw in belgie|pas in belgie|net in belgie|nog maar pas in belgie|anderstalig|anderstalige"
        "|anderstaligen|primo arrivant|nouvel arrivant|nouveau en belgique|vient d'arriver|viens d'arriver|newcomer|new in belgium|just arrived|just moved|integration course"
        "|entegrasyon|belcika'ya yeni geldim|yeni geldim|اندماج|الاندماج|جديد في بلجيكا|інтеграція|интеграция|нова в бельгії|recien llegado|recien llegada",
        "retired": "gepensioneerd|gepensioneerde|pensioen|op pensioen|met pensioen|bruggepensioneerd|retraite|retraitee|pensionne|pensionnee|retired|pensioner|emekli|emekliyim|متقاعد"
        "|пенсіонер|пенсіонерка|пенсионер|пенсионерка|na emeryturze|emeryt|emerytka|jubilado|jubilada|pensionar|pensionara",
        "disability": "handicap|beperking|arbeidshandicap|met een beperking|mindervalide|rolstoel|slechthorend|slechtziend|doof|blind|autisme|invalide|rqth|handicape|handicapee|malvoyant"
        "|malentendant|fauteuil roulant|disability|disabled|wheelchair|deaf|hearing impaired|engelli|engelliyim|معاق|معاقه|اعاقه|інвалідність|инвалидность|niepelnosprawny"
        "|niepelnosprawna|discapacidad|dizabilitate",
        "detained": "gevangenis|gedetineerd|gedetineerde|gevang|den bak|in den bak|enkelband|elektronisch toezicht|voorwaardelijk vrij|penitentiair|prison|en prison|detenu|detenue"
        "|bracelet electronique|in jail|jail|inmate|detention|cezaevi|hapis|سجن|السجن|тюрма|тюрьма|wiezienie|carcel|inchisoare",
    }
)  # fmt: skip

DIPLOMAS = _table(
    {
        "none": "middelbaar niet afgemaakt|secundair niet afgemaakt|middelbaar niet gedaan|school niet gedaan|studies niet afgemaakt|niet afgemaakt|pas fini l'ecole|pas termine l'ecole|pas fini mes etudes|didn't finish school|did not finish school|never finished school|never finished high school|jamais fini l'ecole|jamais termine l'ecole|school nooit afgemaakt|nooit afgemaakt|nunca termine la escuela|okulu bitirmedim|не закінчив школу|не закончил школу|nie skonczylem szkoly|nie skonczylam szkoly|no termine la escuela|geen diploma|zonder diploma|gene diploma|gin diploma|geen diplomas|geen enkel diploma|nooit diploma gehaald|geen papieren van school|niet afgestudeerd|school niet afgemaakt"
        "|school gestopt|schoolmoe gestopt|sans le bac|sans bac|pas le bac|sans cess|pas de diplome|sans diplome|aucun diplome|pas diplome|no diploma|without a diploma|without diploma|no degree|no qualifications|diplomam yok"
        "|diplomasiz|بدون شهاده|ليس عندي شهاده|ما عندي شهاده|bla diplome|ma3ndich diplome|без диплома|без диплому|немає диплома|нет диплома|bez dyplomu|nie mam dyplomu|sin titulo|sin diploma"
        "|no tengo titulo|fara diploma|nu am diploma|zonder diplome|ben gestopt met school|vroegtijdig gestopt",
        "primary": "lager onderwijs|lagere school|getuigschrift lager|basisschool|ecole primaire|primaire|primary school|elementary school|ilkokul|ابتداءيه|الابتداءيه|початкова школа"
        "|начальная школа|podstawowa|szkola podstawowa|primaria|scoala primara",
        "secondary": "diploma secundair|diploma secundair onderwijs|diploma middelbaar|middelbaar diploma|secundair diploma|diploma so|diploma van het middelbaar|diploma van secundair"
        "|a2 diploma|humaniora|diploma humaniora|cess|ceSS|diplome secondaire|diplome du secondaire|diplome d'humanites|bac|baccalaureat|high school diploma|secondary diploma"
        "|secondary school diploma|high school|lise|lise mezunu|lise diplomasi|ثانويه|الثانويه|بكالوريا|شهاده الثانويه|середня освіта|среднее образование|аттестат|атестат|matura|mature|liceum"
        "|matury|bachillerato|secundaria|liceu|bacalaureat|bso|tso|aso|kso|bso diploma|tso diploma|aso diploma|7de jaar|zevende jaar",
        "higher": "bac 3|bac 5|bac+3|bac+5|bac plus 3|hogeschool diploma|bachelor|master|bachelordiploma|masterdiploma|hogeschooldiploma|universitair diploma|diploma hoger onderwijs|hogeschool gedaan|universiteit gedaan|graduaat|licentiaat"
        "|professionele bachelor|licence|diplome universitaire|diplome superieur|bachelier|university degree|college degree|have a degree|got a degree|a degree from|my degree|bachelor's|master's|phd|universite mezunu|universite mezunuyum"
        "|universite diplomasi|lisans|بكالوريوس|جامعي|شهاده جامعيه|ماجستير|вища освіта|высшее образование|бакалавр|магістр|магистр|wyzsze wyksztalcenie|licencjat|magister|carrera universitaria"
        "|licenciatura|facultate|licenta|studii superioare",
        "foreign": "buitenlands diploma|diploma uit het buitenland|diploma van het buitenland|diploma uit mijn land|diploma van mijn land|diploma uit syrie|diploma uit turkije|diploma uit marokko"
        "|diploma uit oekraine|diploma uit polen|diploma uit afghanistan|diploma uit irak|diploma uit iran|diploma uit brazilie|diploma uit india|diploma syrie|diploma marokko|syrisch diploma"
        "|turks diploma|marokkaans diploma|oekraiens diploma|pools diploma|diplome etranger|diplome de mon pays|diplome marocain|diplome du maroc|diplome algerien|foreign diploma|foreign degree"
        "|degree from abroad|diploma from my country|degree from my country|yabanci diploma|yurtdisi diploma|turkiye diplomam|turkiye'den diplomam|شهاده من بلدي|شهاده سوريه|شهادتي من سوريا"
        "|іноземний диплом|український диплом|диплом з україни|иностранный диплом|украинский диплом|zagraniczny dyplom|polski dyplom|dyplom z polski|titulo extranjero|titulo de mi pais"
        "|diploma din romania|diploma straina",
    }
)  # fmt: skip

BARRIERS = _table(
    {
        "childcare": "kres yok|cocuguma bakan yok|geen oppas|oppas|niemand voor de kinderen|niemand voor mijn kinderen|niemand past op|personne pour garder|personne pour les enfants|nobody to watch|no one to watch|no babysitter|bakacak kimse|bakacak kimsem|cocuga bakacak|cocuklara bakacak|يعتني باطفالي|يعتني بالاطفال|يعتني بالاولاد|طفل صغير|يعتني فيه|chkon ychedd drari|ma3ndi li ychedd|немає з ким залишити|не з ким залишити|не с кем оставить|nie mam z kim zostawic|z kim zostawic|no tengo con quien dejar|con quien dejar|n am cu cine lasa|كسي نيست|kinderopvang|opvang|opvang voor de kinderen|opvang voor mijn kinderen|geen opvang|alleenstaande mama|alleenstaande moeder|alleenstaande papa|alleenstaande ouder|kleine kinderen"
        "|drie kinderen|twee kinderen|mijn kinderen|de kinderen|mn kinderen|baby|kindjes|creche|creches|garderie|garde d'enfants|mes enfants|mere seule|maman solo|mere celibataire"
        "|childcare|daycare|babysit|babysitter|single mother|single mom|single parent|my kids|my children|cocuk bakimi|cocuklarim|kres|حضانه|اولادي|اطفالي|رعايه الاطفال|діти|догляд за дітьми"
        "|дети|дитсадок|садик|opieka nad dzieckiem|opieki nad dzieckiem|zlobek|guarderia|mis hijos|copiii|copii|gradinita",
        "money": "geen geld|te duur|kan niet betalen|kan het niet betalen|kan da niet betalen|niet betalen|kunnen betalen|geld te kort|weinig geld|schulden|gene geld|gin geld|gn geld|krap bij kas|pas d'argent"
        "|trop cher|pas les moyens|pas payer|peux pas payer|dettes|no money|too expensive|can't afford|cannot afford|cant afford|debt|debts|param yok|cok pahali|borc|ما عندي فلوس|لا املك المال"
        "|ليس لدي مال|غالي|ma3ndich flous|flous|немає грошей|дорого|нет денег|nie mam pieniedzy|za drogo|drogie|no tengo dinero|muy caro|nu am bani|prea scump",
        "mobility": "geen auto|zonder auto|gene auto|geen rijbewijs|zonder rijbewijs|geen vervoer|geraak er niet|geraak daar niet|geraak niet|geraak ni|te ver|veel te ver|openbaar vervoer|geen bus|slecht bereikbaar"
        "|met de bus|met de trein|met de fiets|pas de voiture|sans voiture|sans permis|pas de permis|trop loin|transport|transports en commun|no car|no transport|too far|public transport|arabam yok"
        "|cok uzak|toplu tasima|ulasim|ليس عندي سياره|بعيد|المواصلات|ma3ndich tomobil|немає машини|далеко|нет машины|nie mam samochodu|za daleko|no tengo coche|muy lejos|nu am masina|prea departe",
        "health": "gezondheid|burn-out|burnout|burn out|ziek|rugpijn|rugklachten|rug kapot|depressie|depressief|depressieve|angst|paniekaanvallen|paniek|concentratieproblemen|niet concentreren|medicatie|kanker|sante|malade|maladie|mal au dos"
        "|depression|deprime|angoisse|health|ill|illness|anxiety|depressed|back pain|saglik|hastayim|hasta|bel agrisi|مريض|مرض|الصحه|хворий|хвора|здоров'я|болею|здоровье|chory|chora|zdrowie|salud|enfermo"
        "|enferma|bolnav|bolnava|sanatate|migraine",
        "language": "no speak dutch|not speak dutch|i speak no dutch|nederlands niet goed|slecht nederlands|weinig nederlands|nederlands is niet goed|nederlands is slecht|niet goed nederlands|geen nederlands|beetje nederlands|spreek geen nederlands|te weinig nederlands"
        "|taal niet|taalprobleem|parle pas neerlandais|parle pas bien neerlandais|pas bien le neerlandais|parle pas le neerlandais|my dutch is bad|dutch is not good|don't speak dutch|no dutch|little dutch"
        "|hollandacam iyi degil|felemenkcem yok|لا اتكلم الهولنديه|هولنديتي ضعيفه|погано говорю|не говорю нідерландською|не говорю по голландски|nie mowie po niderlandzku|no hablo neerlandes|no hablo holandes|nu vorbesc olandeza",
        "digital": "geen computer|geen laptop|geen pc|gene computer|gene pc|gene laptop|niet goed met computer|niet goed met de computer|slecht met computers|ken niks van computers|ken niets van computers|geen internet|gene internet|niet digitaal"
        "|digitaal niet|itsme lukt niet|geen smartphone|pas d'ordinateur|pas d'ordi|pas internet|pas d'internet|nul en informatique|no computer|no laptop|no internet|not good with computers|bilgisayarim yok|internetim yok"
        "|ليس عندي كمبيوتر|ما عندي كمبيوتر|немає комп'ютера|нет компьютера|nie mam komputera|no tengo ordenador|nu am calculator",
        "time": "geen tijd|weinig tijd|gene tijd|te druk|geen tijd voor|in ploegen|ploegen|onregelmatige uren|weekendwerk|nachtwerk|nachtshift|nachten|shiften|late shift|shift|pas le temps|pas de temps|horaires decales|en equipe"
        "|no time|too busy|shift|shifts|night shift|night shifts|zamanim yok|vardiya|vardiyali|ليس لدي وقت|ما عندي وقت|немає часу|нет времени|смены|nie mam czasu|na zmiany|zmiany|no tengo tiempo|turnos|nu am timp|ture",
        "disability": "handicap|beperking|rolstoel|dyslexie|dyslectisch|adhd|autisme|ass|dyscalculie|doof|slechthorend|slechtziend|blind|gehoorproblemen|dyslexique|malentendant|malvoyant|fauteuil roulant|disability|wheelchair|dyslexia"
        "|dyslexic|deaf|engelli|disleksi|اعاقه|كرسي متحرك|інвалідність|дислексія|инвалидность|niepelnosprawnosc|dysleksja|discapacidad|dizabilitate",
        "literacy": "nie goe lezen|ni goe lezen|niet goed kan lezen|niet goed kunnen lezen|moeite met lezen|lees moeilijk|niet lezen|niet kunnen lezen|kan niet lezen|kan niet schrijven|niet lezen en schrijven|moeilijk lezen|lezen en schrijven|slecht lezen|analfabeet|laaggeletterd|nie lezen|ni lezen|lezen moeilijk|schrijven moeilijk|niet goed lezen|niet goed schrijven"
        "|pas lire|ni lire ni ecrire|lire et ecrire|analphabete|sais pas lire|illettre|can't read|cannot read|cant read|read and write|illiterate|okuma yazma|okuyamiyorum|لا اعرف القراءه|القراءه والكتابه|не вмію читати|не умею читать|nie umiem czytac"
        "|no se leer|leer y escribir|nu stiu sa citesc",
    }
)  # fmt: skip

LANGUAGES_ASKED = _table(
    {
        "nl": "in het nederlands|in t nederlands|en neerlandais|in dutch|hollandaca konus|nederlands aub|nederlands graag|nederlands alsjeblieft|neerlandais svp|dutch please|nederlands spreken met|in nederlands",
        "fr": "spreekt frans|frans spreekt|speaks french|speak french|in het frans|in t frans|en francais|francais svp|frans aub|parlez vous francais|parle francais|parlez francais|tu parles francais|in french|french please|frans spreken|fransizca konus|بالفرنسيه|французькою|по французски|po francusku|en frances|in franceza"
        "|vous parlez francais|spreekt u frans|spreek je frans|francais|in frans|parler francais",
        "en": "spreekt engels|engels spreekt|qui parle anglais|parle anglais|speaks english|ingilizce bilen|in het engels|in t engels|in english|english please|engels aub|speak english|spreek je engels|spreekt u engels|en anglais|ingilizce konus|ingilizce|بالانجليزيه|англійською|по английски|po angielsku|en ingles|in engleza|do you speak english|english|in engels"
        "|english pls",
        "tr": "spreekt turks|turks spreekt|praat turks|qui parle turc|parle turc|speaks turkish|speak turkish|turkce bilen|in het turks|turks aub|turkce|turkce konus|en turc|in turkish|spreek je turks|spreekt u turks|turkce konusan|in turks|turks spreken",
        "ar": "spreekt arabisch|spreken arabisch|praat arabisch|die arabisch|arabisch spreekt|qui parle arabe|parle arabe|speaks arabic|speak arabic|kayhder l3erbia|kayhder l3arbia|kayhder bl3erbia|l3erbia|arapca bilen|arapca konusan|يتكلم عربي|يتكلم العربيه|يحكي عربي|in het arabisch|arabisch aub|en arabe|in arabic|بالعربيه|بالعربي|العربيه|عربي|arabisch spreken|spreek je arabisch|spreekt u arabisch|b l3arbiya|bl3arbiya|bel3arbiya|3arbi|l3arbiya|b darija|bdarija|darija|in arabisch|arapca",
        "uk": "spreekt oekraiens|oekraiens spreekt|speaks ukrainian|говорить українською|розмовляє українською|розмовляєте українською|in het oekraiens|oekraiens aub|en ukrainien|in ukrainian|українською|українська|по украински|oekraiens spreken|in oekraiens|українською мовою",
        "ru": "spreekt russisch|speaks russian|qui parle russe|говорит по русски|говорить російською|in het russisch|russisch aub|en russe|in russian|по русски|русский|російською|на русском|in russisch|russisch spreken|rusca",
        "pl": "spreekt pools|pools spreekt|speaks polish|mowi po polsku|mowia po polsku|parle polonais|in het pools|pools aub|en polonais|in polish|po polsku|pools spreken|in pools|po polskiem|польською",
        "es": "spreekt spaans|spaans spreekt|speaks spanish|habla espanol|parle espagnol|in het spaans|spaans aub|en espagnol|in spanish|en espanol|espanol|spaans spreken|habla espanol|hablan espanol|in spaans praten|castellano",
        "ro": "spreekt roemeens|speaks romanian|vorbeste romana|in het roemeens|roemeens aub|en roumain|in romanian|in romana|romana|romaneste|vorbiti romana|roemeens spreken|limba romana",
        "bg": "spreekt bulgaars|speaks bulgarian|in het bulgaars|bulgaars aub|en bulgare|in bulgarian|на български|български|bulgaars spreken",
        "fa": "spreekt farsi|spreekt dari|speaks farsi|speaks dari|in het farsi|in het dari|farsi aub|en farsi|in farsi|in persian|in dari|به فارسی|فارسی|دری|به دری|farsi spreken|dari spreken",
        "ps": "spreekt pashto|in het pashto|pashto aub|en pachto|in pashto|پښتو|په پښتو|pashto spreken|پشتو",
        "so": "spreekt somalisch|speaks somali|in het somalisch|somalisch aub|en somali|in somali|af soomaali|af somali|soomaali|somalisch spreken",
        "ti": "spreekt tigrinya|speaks tigrinya|in het tigrinya|tigrinya aub|en tigrinya|in tigrinya|ትግርኛ|ብትግርኛ|tigrinya spreken|tigrinya",
        "de": "in het duits|duits aub|en allemand|in german|auf deutsch|deutsch",
        "it": "in het italiaans|in italian|en italien|in italiano|italiano",
        "pt": "in het portugees|in portuguese|en portugais|em portugues|portugues",
        "sq": "in het albanees|in albanian|en albanais|shqip",
    }
)  # fmt: skip
