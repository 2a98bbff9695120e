"""Words and phrases that tell a message's particulars, folded: by slot, normal form → phrases between bars.

A star stands for any ending. Of several normal forms in one message the one that stands first here is taken.
"""

from __future__ import annotations

from collections.abc import Mapping

NEEDS: Mapping[str, str] = {
    "debts": "schuld*|budgetbeheer|collectieve schuldenregeling|dette*|surendettement|debt|debts|borc*|ديون|دين|борг*|долг*|dlug*|zadluzen*|deuda*|datori*",
    "benefit": "leefloon*|ocmw|cpas|steungeld|revenu d'integration",
    "housing": "woning*|woonst|dakloos|dakloze|op straat|huisvesting|plaats om te slapen|slaapplaats|appartement|huurhuis|logement|sans abri|a la rue|housing"
    "|homeless|a flat|a place to live|kiralik ev|ev ariyorum|سكن|منزل|бездом*|житло|жилье|квартир*|mieszkan*|bezdomn*|vivienda|piso|locuint*",
    "violence": "partnergeweld|huiselijk geweld|violence conjugale|domestic violence|aile ici siddet",
    "integration": "inburger*|integratie*|nieuwkomer*|verblijfspapieren|sociaal tolk|integration|parcours d'integration|primo arrivant*|entegrasyon*|اندماج"
    "|الاندماج|інтеграц*|интеграц*|integracj*|integracion|integrare",
    "school": "clb|spijbel*|stoppen met school|stopt met school|arreter l'ecole|drop out|leave school|okulu birakmak|schoolmoe|leerplicht|mijn zoon|mijn dochter|mijn kind|onze zoon|onze dochter|ons kind|mon fils|ma fille|mon enfant|my son|my daughter|my child",
    "wheelchair": "rolstoel*|fauteuil roulant|chaise roulante|wheelchair*|tekerlekli sandalye|كرسي متحرك|інвалідн* візк*|инвалидн* коляс*|wozek inwalidz*|wozku|silla de ruedas",
    "laptop": "laptop*|een computer lenen|pc lenen|ordinateur portable|pret d'ordinateur|dizustu|لابتوب|ноутбук*|laptopa|portatil",
    "interpreter": "tolk|een vertaler|interprete|interpreter|tercuman|مترجم|перекладач*|переводчик*|tlumacz*|interprete",
    "sign_language": "gebarentolk|vlaamse gebarentaal|langue des signes|sign language",
    "rest": "pauze*|rustig*|rust nodig|trager tempo|op mijn tempo|traag tempo|prikkelarm*|de repos|des pauses|a mon rythme|breaks|slow pace|quiet room|my own pace|mola|yavas tempo",
    "job": "werk|job|work|jobs|baan|werk zoeken|vacature*|solliciter*|cv|vdab|emploi|travail|boulot|a job|vacanc*|is ariyorum|is bulmak|عمل|شغل|робот*|работ*|pracy|prace|praca|trabajo|empleo|loc de munca|de lucru",
}  # fmt: skip

RISKS: Mapping[str, str] = {
    "suicide": "zelfmoord*|zelfdoding|wil dood|dood wil*|doodgaan|dood gaan|wil sterven|wou dat ik dood|niet meer leven|nie meer leven|ni meer leven|leven niet meer|een eind aan|einde aan"
    "|einde maken|eind maken|niet meer wakker|van kant|er niet meer zijn|mourir|suicid*|en finir|plus vivre|me tuer|plus etre la|kill myself|end my life|end it|want to die|wanna die|be dead|not be here anymore|not want to live|dont want to live"
    "|don't want to live|take my life|intihar|olmek istiyorum|yasamak istemiyorum|canima kiy*|انتحر|انتحار|الانتحار|اموت|الموت|انهي حياتي|لا اريد ان اعيش|nmout|ntehe*|самогуб*|померти|не хочу жити|вкоротити|суицид*|умереть"
    "|не хочу жить|покончить|samoboj*|umrzec|nie chce zyc|nie chce mi sie zyc|zabic sie|zabije sie|morir*|matarme|no quiero vivir|quitarme la vida|sa mor|sinuc*|nu mai vreau sa traiesc",
    "violence": "slaat|slaagt|sloeg|geslagen|mishandel*|geweld*|bedreig*|verkracht*|aangerand|vermoord*|frappe*|bat|battu*|violen*|menace*|viol|hits|hit me|beats|beat me|abus*|threaten*|raped|dovuyor|siddet|tehdit|يضرب*|ضرب*|يهدد*|عنف"
    "|б'є|насильств*|погрожу*|бьет|насили*|угрожа*|bije|przemoc|grozi*|me pega|violencia|amenaza*|ma bate|violenta",
    "self_harm": "snij mezelf|mezelf pijn|snijden in|automutil*|me coupe|hurt myself|cut myself|self harm|kendime zarar|اؤذي نفسي|рiжу себе|режу себя|ciac sie|cortarme",
    "homeless_today": "op straat|dakloos|dakloze|slaapplaats|plaats om te slapen|nergens slapen|slapen buiten|slaap buiten|vannacht buiten|slapen in de auto|slaap in mijn auto|slaap in de auto|dors dehors|dors dans ma voiture|sleep outside|sleeping outside|in my car|nergens heen|buiten slapen|uit huis gezet|a la rue|sans abri|dormir dehors|nulle part ou dormir|on the street|on the streets|homeless"
    "|nowhere to sleep|nowhere to go|sokakta*|kalacak yer*|في الشارع|مكان للنوم|مكان انام|на вулиці|ніде спати|ніде ночувати|на улице|негде спать|негде ночевать|na ulicy|bezdomn*|nie mam gdzie spac|en la calle|pe strada",
    "low_mood": "somber*|depress*|moedeloos|uitzichtloos|hopeloos|niet meer zitten|nie meer zitten|ni meer zitten|kan niet meer|kan nie meer|kan ni meer|ziet het niet meer|zie het niet meer|geen zin meer|alles is zwart|huil*|au bout|plus la force|peux plus|deprim*|desespere*"
    "|hopeless|can't go on|cannot go on|can't cope|can't take it|umutsuz*|dayanamiyorum|no puedo mas|desesperad*|nie mam sily|nie daje rady|beznadziej*|немає сил|не можу більше|безнад*|нет сил|не могу больше|لا استطيع التحمل|تعبت من كل|ياءس*|nu mai pot",
}  # fmt: skip

RIGHTS: Mapping[str, str] = {
    "erasure": "verwijder*|wis|wissen|gewist|wist|schrap*|vergeet mij|vergeten worden|weg hebben|gegevens weg|supprim*|efface*|oubli|delete*|erase*|remove|forget me|silin|silinsin|silmek|silmeni*|sil|احذف*|حذف|امسح*|مسح|видал*|стерт*|стереть"
    "|удал*|usun*|skasow*|borr*|elimin*|sterg*",
    "rectification": "verbeter*|corrigeer*|verkeerd opgeslagen|staat fout|staan fout|fout in mijn|niet juist|niet correct|is verkeerd|aanpassen|rechtzetten|pas correct|pas juste|is wrong|not correct|rectifi*|corrig*|modifier mes|incorrect|correct my|correct the|change my data|wrong data|duzelt*|صحح|تصحيح|виправ*|исправ*|popraw*|sprostow*|rectificar|corregir",
    "objection": "geen toestemming|toestemming in*|intrekken|bezwaar|niet doorgeven|niet delen|niet meer gebruiken|retir*|m'oppos*|opposition|object to|withdraw*|revoke|do not share|don't share|itiraz|riza*|سحب الموافقه|відклик*|отозв*|sprzeciw|wycof*|retirar|oponerme",
    "portability": "meenemen naar|overdraag*|overdragen|exporteer*|exporter|portabil*|export|transfer my data",
    "access": "inzien|inzage|inkijk*|welke gegevens|welke info*|wat weten jullie|wat weet je|wat weet ge|wat hebben jullie over|kopie|opvragen|mijn gegevens zien|mijn dossier zien|acces a mes donnees|acces a mon dossier|droit d'acces|avoir acces|consulter|quelles donnees|quelles informations|copie|que savez vous|voir mes"
    "|access to my|get access|right of access|see my data|what data|which data|what do you know|what you know|copy of|verilerimi gor*|hangi bilgi*|erisim|الاطلاع|اطلع|نسخه|ماذا تعرفون|доступ|копі*|які дані|копи*|какие данные|dostep|wglad|kopi*|jakie dane|acceso|ver mis datos|copia|que datos|acces la|ce date",
    "information": "privacy*|wie heeft toegang|qui a acces|who has access|gdpr|avg|rgpd|bewaar*|bewaard|hoe lang|wie leest|wie kan|wie ziet|veilig*|wat doen jullie|wat gebeurt er|vertrouwelijk*|beroepsgeheim|confidentiel*|conserv*|combien de temps|qui peut|qui lit|qui voit|que faites vous|securis*|confidential*|private"
    "|who can|who sees|who reads|how long|what do you do|what happens|safe|secret|kvkk|gizli*|guvenli*|kim gor*|سريه|خصوصيه|الخصوصيه|من يقرا|من يرى|آمن|конфіденц*|хто бачить|хто читає|безпечно|конфиденц*|кто видит|кто читает|безопасно|prywatn*|poufn*|kto widzi|bezpieczn*|privacidad|confidencial*|quien ve|seguro",
}  # fmt: skip

AIDS = ("wheelchair", "laptop", "interpreter", "sign_language", "rest")
"""The needs that a lesson can be fitted to; the others are other services' work."""

ROLES: Mapping[str, str] = {
    "clb": "clb",
    "agii": "agii|agentschap|inburgeringscoach|trajectbegeleider inburgering|inburgeringsconsulent|atlas|huis van het nederlands|agence d'integration|bon",
    "gevangenis": "gevangenis*|penitentiair*|pi|justitiehuis|justitieassistent|detentie*|prison|centre penitentiaire|maison de justice|jail|cipier",
    "caw": "caw|centrum algemeen welzijnswerk|vluchthuis|straathoekwerk*",
    "ocmw": "ocmw|cpas|maatschappelijk assistent*|maatschappelijk werk*|sociaal assistent*|assistant social|assistante sociale|social worker|public social welfare|sociaal huis",
    "vdab": "vdab|actiris|forem|arbeidsbemiddelaar|consulent werk|jobcoach*|job coach|werkwinkel|bemiddelaar|conseiller emploi|conseillere emploi|employment service|trajectbegeleider",
    "loopbaancentrum": "loopbaancentrum|loopbaancoach|loopbaanbegeleid*|coach de carriere|career coach",
    "mutualiteit": "mutualiteit|ziekenfonds|mutuelle|adviserend arts|health insurance fund",
    "ngo": "ngo|vzw|asbl|vrijwilliger*|rode kruis|croix rouge|red cross|vluchtelingenwerk*|fedasil|opvangcentrum|benevole*|volunteer*|charity|association|non profit|ong|fundacj*|fundacion|буддинок|волонтер*",
    "hospital": "ziekenhuis|psycholoog|huisarts|dokter|psychiatr*|revalidatie*|hopital|hospital|medecin|general practitioner|therapist|therapeut*",
    "school": "leerkracht|leraar|lerares|docent|school|cvo|ligo|hogeschool|zorgcoordinator|enseignant*|professeur*|teacher",
    "employer": "werkgever|hr|personeelsdienst|personeelsverantwoordelijke|zaakvoerder|bedrijf|onze werknemer*|mijn werknemer*|mijn personeel|employeur|ressources humaines|employer|human resources|our employee*|my employee*",
    "city": "stad|gemeente*|bibliotheek|bib|buurtwerk*|jeugdwerk*|jeugddienst|commune|municipalite|city council|library|youth work*",
}  # fmt: skip

COMPLAINTS: Mapping[str, str] = {
    "discrimination": "discrimin*|racis*|racism*|hoofddoek|ayrimcilik|irkci*|تمييز|عنصري*|дискримін*|дискримин*|расис*|dyskrymin*|rasis*",
    "wait": "wacht*|nog steeds niets|geen antwoord|niets gehoord|niks gehoord|duurt lang|duurt te lang|te lang|nemen nooit|neemt nooit|niemand neemt|nooit bereikbaar|onbereikbaar|bel al|personne ne|ne repond|no one picks|nobody picks|picks up|attend*|pas de reponse|aucune reponse|toujours rien|trop long|wait*|no answer|no reply|nobody answers|never heard|still nothing|too long"
    "|bekliyorum|cevap yok|cevap alamad*|انتظر|لم يرد|لا احد يرد|لا جواب|чекаю|немає відповіді|жду|нет ответа|не отвеча*|czekam|brak odpowiedzi|nikt nie odp*|esper*|nadie responde|sin respuesta|astept|niciun raspuns",
    "staff": "onbeleefd*|onvriendelijk*|onbeschoft*|grof|medewerker*|begeleider*|impoli*|desagreable*|employe*|rude|unfriendly|impolite|staff|kaba|saygisiz|وقح|грубо|груб*|niegrzeczn*|maleducad*|nepoliticos*",
    "teacher": "leerkracht*|lesgever*|leraar|lerares|docent*|prof|professeur*|enseignant*|teacher*|ogretmen*|المعلم*|الاستاذ*|вчител*|учител*|nauczyciel*|profesor*",
    "wrong_information": "verkeerde info*|foute info*|klopt niet|klopte niet|verkeerd*|foutief|fausse*|mauvaise info*|erron*|faux|wrong info*|incorrect|not true|misleid*|yanlis bilgi|معلومات خاطء*|неправильн* інформац*|неверн* информац*|bledn* informacj*",
    "money": "geld terug|terugbetal*|te veel betaald|factuur|rembours*|facture|refund|money back|invoice|iade|استرداد|повернути гроші|вернуть деньги|zwrot|reembolso",
    "bot": "bot|chatbot|robot|deze app|dit systeem|machine",
}  # fmt: skip

SCOPES: Mapping[str, str] = {
    "reminders": "herinnering*|rappel|rappels|reminder*|hatirlatma*|تذكير*|нагадуван*|напоминан*|przypomnien*|recordatorio*|memento*",
    "news": "nieuwsbrief|nieuwsbrieven|nieuw aanbod|reclame|newsletter*|lettre d'information|publicite*|bulten*|нов* курс*|рассыл*|розсил*|boletin*",
    "calls": "niet meer bellen|bel mij niet|bel me niet|bel niet|nie meer bellen|ni meer bellen|stop met bellen|niet opbellen|ne m'appelez plus|ne plus appeler|stop calling|not call|aramayin|nie dzwon*|не дзвон*|не звон*|no llame*",
}  # fmt: skip

GOALS: Mapping[str, str] = {
    "citizenship": "nationaliteit*|staatsburger*|belg worden|belgische nationaliteit|naturalis*|nationalite*|citoyennete|citizenship|nationality|vatandaslik|جنسيه|الجنسيه|громадянств*|гражданств*|obywatelst*|nacionalidad|ciudadania|cetateni*",
    "driving_theory": "theorie rijbewijs|rijtheorie|theorie van het rijbewijs|theorie-examen|theoretisch rijexamen|rijexamen|rijbewijs*|code de la route|permis theorique|permis de conduire|driving theory|theory test|driving licen*|driver's licen*|ehliyet*|رخصه القياده|رخصه السياقه|permis|prawo jazdy|prawa jazdy|водійськ*|водительск*|carnet de conducir|permis de conducere",
    "help_children": "huiswerk*|mijn kinderen helpen|mijn kind helpen|kleinkinderen helpen|mijn zoon helpen|mijn dochter helpen|kinderen te helpen|school van mijn kind*|les devoirs|aider mes enfants|aider mon fils|aider ma fille|homework|help my kids|help my children|help my son|help my daughter|odev*|cocuklarima yardim|الواجبات|الواجب|اساعد اولادي|اساعد اطفالي|домашн* завдан*|уроки з дітьми|домашн* задан*|prac* domow*|zadani* domow*|deberes|temele",
    "bachelor": "bachelor*|bachelier|professionele bachelor|lisans|бакалавр*|licencjat*|licence",
    "master": "master*|maitrise|yuksek lisans|магістр*|магистр*|magister*",
    "associate": "graduaat*|hbo5|brevet d'enseignement superieur",
    "own_business": "zelfstandig* worden|eigen zaak|zaak beginnen|zaak starten|independant|ouvrir mon|own business|self employed|kendi isim|مشروع خاص|власну справу|свое дело|własn* firm*|mi propio negocio",
    "job": "voor mijn werk|voor het werk|op mijn werk|werk vinden|werk te vinden|job vinden|pour mon travail|pour le travail|trouver du travail|for my job|for work|find a job|find work|get a job|is bulmak|is icin|للعمل|من اجل العمل|для роботи|знайти роботу|для работы|найти работу|do pracy|znalezc prac*|para trabajar|encontrar trabajo",
    "further_study": "verder studeren|voortstuderen|verder leren|universiteit|hogeschool|continuer mes etudes|universite|study further|university|college|universite*|جامعه|الجامعه|університет*|университет*|uniwersytet*|studia|universidad",
    "everyday": "met de dokter|bij de dokter|met de buren|in de winkel|avec le medecin|les voisins|with the doctor|my neighbours|komsular*|doktorla",
}  # fmt: skip

DOCUMENTS: Mapping[str, str] = {
    "bijlage26": "bijlage 26|bijlage26|annexe 26|annexe26|annex 26|annex26",
    "criminal_record": "strafregister|uittreksel*|bewijs van goed gedrag|goed gedrag en zeden|strafblad|casier judiciaire|criminal record|police record|certificate of good conduct|sabika*|سجل جنائي|عدم سوابق|судиміст*|несудим*|судимост*|karalnos*|antecedentes|cazier",
    "lost": "diploma kwijt|diploma niet meer|papieren niet meer|niets meer van|afgebrand|plus mon diplome|plus aucun papier|no longer have|anymore|diploma verloren|papieren kwijt|papieren verloren|geen papieren meer|kwijt|verloren|perdu*|plus mes papiers|lost|burned|burnt|verbrand|kaybettim|kayboldu|kayip|ضاع*|فقدت|احترق*|загуби*|втрати*|згорі*|потеря*|утеря*|сгоре*|zgubil*|stracil*|perdi|perdido*|pierdut",
    "residence_permit": "verblijfsvergunning|verblijfskaart|verblijfsdocument*|oranje kaart|attest van immatriculatie|permis de sejour|titre de sejour|carte orange|residence permit|residence card|oturma izni|اقامه|الاقامه|посвідк*|вид на жительство|karta pobytu|permiso de residencia|permis de sedere",
    "identity_card": "identiteitskaart|eid|id kaart|paspoort|carte d'identite|passeport|identity card|id card|passport|kimlik|pasaport|هويه|الهويه|جواز سفر|паспорт*|dowod osobisty|paszport*|pasaporte|buletin",
    "certificate": "attest*|bewijs|attestation*|certificat*|proof|belge|شهاده اثبات|довідк*|справк*|zaswiadczen*|certificado*|adeverint*",
    "diploma": "kopie van mijn diploma|origineel diploma|copie de mon diplome|copy of my diploma",
}  # fmt: skip

METAS: Mapping[str, str] = {
    "bot_identity": "robot|bot|echte persoon|echt iemand|ben je echt|ben jij echt|echt mens|een mens|echte mens|echt persoon|een persoon|computer|machine|chatbot|ai|artificiele intelligentie|humain|vraie personne|une machine|ordinateur|human|real person|a person|insan mi*|gercek mi*|robot mu*|bot mu*|روبوت|انسان|بشر"
    "|бот|людина|людиною|робот|человек|человеком|czlowiek*|robotem|botem|persona real|humano|eres un|om real",
    "capabilities": "wat kan je|wat kunt|waarvoor dien*|waarvoor ben|waarvoor is|waarvoor kan|how can you help|how do you work|comment tu peux|comment pouvez vous|wat kun je|wa kunde|wat kan ik|wat doe je|wat doen jullie|wat doet|waarmee|kan je mij helpen|kunnen jullie helpen|help|hulp|wat is dit|que peux tu|que pouvez vous|que fais tu|que faites vous|tu peux m'aider|pouvez vous m'aider|aide|c'est quoi ici|what can you|what do you do|can you help|what is this|ne yapabilir*"
    "|ne yapiyor*|yardim|ماذا تفعل|ماذا تستطيع|كيف تساعد*|مساعده|що ти вмієш|що ви можете|чим допомо*|допомо*|что ты умеешь|чем помо*|помощ*|co potrafisz|co mozesz|jak mozesz pomoc|pomoc|que puedes|que haces|ayuda|ce poti|ajutor",
}  # fmt: skip

SECTORS: Mapping[str, str] = {
    "fabriek": "fabriek*|aan de band|productie|usine|chaine de production|factory|fabrika*|مصنع|المصنع|завод*|фабрик*|fabryk*|produkcj*|fabrica",
    "magazijn": "magazijn*|logistiek*|distributiecentrum|entrepot|logistique|warehouse*|logistics|depo|depoda|مستودع|المستودع|склад|складі|складе|magazyn*|almacen|depozit",
    "schoonmaak": "schoonmaak|poetsen|poets|kuisen|dienstencheques|nettoyage|menage|titres services|cleaning|temizlik*|تنظيف|التنظيف|прибира*|уборк*|sprzatan*|limpieza|curatenie",
    "bouw": "bouw|bouwsector|werf|batiment|construction|chantier|building site|insaat*|البناء|будівниц*|стройк*|строительств*|budow*|construccion|constructii|santier",
    "horeca": "horeca|restaurant|keuken|cafe|hotel*|restauration|kitchen|catering|lokanta*|mutfak*|مطعم|المطعم|المطبخ|ресторан*|кухн*|restauracj*|kuchni*|hosteleria|cocina|restaurante|bucatarie",
    "zorg": "zorg|zorgsector|verpleging|rusthuis|woonzorgcentrum|ziekenhuis|soins|maison de repos|hopital|care|nursing|hospital|healthcare|saglik sektor*|hastane*|المستشفى|الرعايه|медицин*|лікарн*|больниц*|opiek*|szpital*|cuidado*|ingrijire",
    "kinderopvang": "kinderopvang|creche|garderie|childcare|anaokul*|حضانه|дитсад*|детсад*|przedszkol*|guarderia|gradinita",
    "onderwijs": "onderwijs|voor de klas|lesgeven|enseignement|enseigner|dans l'education|education nationale|in education|teaching|egitim|ogretmenlik|التعليم|التدريس|освіт*|образован*|edukacj*|ensenanza|invatamant",
    "transport": "transport|vervoer|vrachtwagen|camion|trucking|transportation|nakliye*|النقل|перевезен*|перевозк*|kamion*",
    "winkel": "winkel*|supermarkt|verkoop|magasin|supermarche|vente|commerce|shop|store|retail|supermarket|magaza*|market|محل|متجر|магазин*|sklep*|tienda|magazin",
    "kantoor": "kantoor|administratie|bureau|administration|office|ofis*|مكتب|المكتب|офіс*|офис*|biur*|oficina|birou",
    "ict": "ict|it|informatica|computers|programmeren|webdesign|informatique|programming|software|yazilim|bilisim|البرمجه|المعلوماتيه|айті|програмуван*|программирован*|informatyk*|programowan*|informatica|programacion|programare",
    "landbouw": "landbouw|fruitpluk*|serre*|agriculture|ferme|farm*|tarim|الزراعه|сільськ* господарств*|сельск* хозяйств*|rolnictw*|agricultura|campo",
    "beveiliging": "beveiliging|bewaking|securite|gardiennage|security|guvenlik|الامن|охорон*|охран*|ochron*|seguridad|paza",
    "haven": "haven|port|liman|الميناء|порт*|puerto",
    "metaal": "metaal*|metallurgie|metal|металур*|металлург*|metalurg*",
    "tuin": "groen|tuinaanleg|tuinbouw|espaces verts|jardinage|gardening|bahcivanlik|садівниц*|садоводств*|ogrodnictw*|jardineria",
    "kapsalon": "kapsalon|salon de coiffure|hairdressing|kuaforluk|peluqueria",
    "politie": "politie|defensie|leger|police|armee|army|polis|الشرطه|поліц*|полиц*|policj*|policia",
}  # fmt: skip
