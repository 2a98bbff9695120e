# ruff: noqa: SIM905 - lists of words read better as one string
"""The small words by which one tells a language, folded as `text.fold` does, with the forms of text messages."""

from __future__ import annotations

from collections.abc import Mapping

from nlu.language_common import COMMON
from nlu.text import fold

_FREQUENT = {
    "nl": "ik je jij gij ge u uw mijn mn mij we wij hij zij ze het t een ne nen de den dit dat die deze der en of maar want niet"
    " nie geen gene wel ook nog al als dan waar wanneer wat wa wie hoe hoeveel hvl waarom kan kun kunt kunnen mag moet moe wil"
    " wilt wilde willen zou zouden ben bent zijn is heb hebt heeft hebben hem haar in op aan bij naar nr van vn voor vr vd met"
    " zonder tot om over tussen tijdens na aub alstublieft alsjeblieft graag dank bedankt dag cursus cursussen opleiding"
    " les lessen leren school diploma afspraak inschrijven inschrijving kost kosten prijs gratis avond avondles avondschool"
    " volwassenenonderwijs volgen halen gaan doen weet werk werken werkloos jaar iemand iets ergens hier daar ier doar morgen"
    " vandaag vrijdag maandag dinsdag woensdag donderdag zaterdag zondag zoek zoeken vinden helpen hulp spreken praten bellen"
    " mens medewerker nederlands engels frans spaans snap begrijp terug gewoon eens es efkes effe even zo te veel weinig ni"
    " aangenaam goedemorgen goeiemorgen goeiedag goedendag hallo hoi hey ma zeg kwil kheb kben tis tkan moogt zijt edde",
    "fr": "je j tu il elle on nous vous ils mon ma mes ton ta tes son sa ses le la les l un une des du de d et ou mais donc que"
    " qu qui quoi quand comment combien pourquoi est es suis sont etes ai as a avez ont avoir etre peux peut puis pouvez veux"
    " voudrais voulez faut dois ne n pas plus aussi tres bien avec sans pour pr par dans en sur sous chez vers au aux ce c cette"
    " ces ca y ici la-bas cours formation formations apprendre ecole diplome rendez vous rdv inscription inscrire prix cout"
    " coute gratuit soir matin demain aujourd hui lundi mardi mercredi jeudi vendredi samedi dimanche bonjour bjr bsr slt salut"
    " merci svp s il plait quelqu parler aide besoin cherche trouver travail travaille chomage an ans oui non quel quelle quels"
    " quelles mieux faire aller suivre niveau langue neerlandais francais anglais espagnol moi toi lui leur mtn jsuis jai",
    "en": "i you he she we they my your his her our their the a an and or but so because if when where what who how much many why"
    " is am are was were be been do does did have has had can could will would should may must want need like not no yes dont"
    " don doesn t s m ll ve re im of to in on at for with without from by about this that these those there here it its me him"
    " us them course courses class classes lesson lessons learn study school degree diploma appointment price cost costs free"
    " evening morning tomorrow today monday tuesday wednesday thursday friday saturday sunday please pls plz thanks thank hello"
    " hi hey speak talk someone person human help looking find job work working year years old get take start know understand"
    " which any some more less close near dutch english french spanish u r",
    "tr": "ben bana benim sen sana siz size biz o bu su bir ve veya ama icin ile mi mu var yok degil ne nerede nereye ne zaman"
    " nasil kac neden kim hangi istiyorum isterim istiyor lazim gerek gerekiyor kurs kursu kurslar kursa ders dersi dil okul"
    " diploma randevu kayit ucret ucreti fiyat para aksam sabah yarin bugun hafta gun pazartesi sali carsamba persembe cuma"
    " cumartesi pazar merhaba selam tesekkurler tesekkur ederim lutfen evet hayir tamam yardim birisi biri konusmak ogrenmek"
    " ogrenmeyi calisiyorum is issizim yasinda yil cok az daha sonra once gibi kadar olmak olur olarak mumkun mi miyim musunuz"
    " hollandaca felemenkce flamanca ingilizce fransizca",
    "pl": "ja mi mnie moj moja ty ci pan pani my wy on ona to jest sa jestem nie tak i lub ale albo ze czy co kto gdzie kiedy jak"
    " ile dlaczego ktory ktora chce chcialbym chcialabym moge mozna musze potrzebuje mam ma miec byc dla do na w we z ze od po"
    " przed przez przy bez kurs kursu kursy nauka uczyc nauczyc szkola dyplom wizyta spotkanie zapisac zapisy cena kosztuje"
    " koszt darmowy wieczorem rano jutro dzis dzisiaj poniedzialek wtorek sroda czwartek piatek sobota niedziela dzien dobry"
    " czesc dziekuje dzieki prosze pomoc ktos czlowiekiem rozmawiac szukam praca pracuje lat jezyk niderlandzki niderlandzkiego"
    " angielski jestescie sie tylko juz jeszcze bardzo",
    "es": "yo tu el ella nosotros usted ustedes mi mis su sus me te se lo la los las un una unos unas y o pero porque que quien"
    " donde cuando como cuanto cuanta por es soy estoy esta son hay tengo tiene tener quiero quisiera puedo puede necesito ser"
    " no si tambien muy mas menos con sin para de del a al en sobre desde hasta curso cursos clase clases aprender estudiar"
    " escuela titulo diploma cita inscripcion inscribirme precio cuesta gratis noche tarde manana hoy lunes martes miercoles"
    " jueves viernes sabado domingo hola buenos buenas dias gracias favor ayuda alguien hablar busco trabajo trabajar anos"
    " idioma neerlandes holandes ingles frances este estos eso",
    "ro": "eu tu el ea noi voi ei mie imi iti il o un unei unui si sau dar ca ce cine unde cand cum cat cata costa de la in pe cu"
    " fara pentru din despre este e sunt am ai are avem vreau as dori pot poate trebuie nu da mai foarte bine curs cursuri"
    " invat invata scoala diploma programare inscriere inscriu pret gratuit seara dimineata maine azi luni marti miercuri joi"
    " vineri sambata duminica buna ziua salut multumesc rog va ajutor cineva vorbesc caut lucru lucrez munca ani limba olandeza"
    " neerlandeza engleza sa se au acest aceasta",
    "de": "ich du er sie wir ihr mein meine dein der die das den dem ein eine einen einem und oder aber weil wenn wo wann was wer"
    " wie viel warum ist bin sind habe hat haben kann konnen mochte will muss nicht kein keine auch noch sehr mit ohne fur von"
    " zu zum zur im am auf bei nach uber kurs kurse lernen schule termin kosten abend morgen heute montag dienstag mittwoch"
    " donnerstag freitag samstag sonntag hallo danke bitte hilfe jemand sprechen suche arbeit jahre guten tag",
    "it": "io tu lui lei noi voi mio mia il lo la gli le un una e o ma perche che chi dove quando come quanto costa sono sei e ho"
    " ha hai abbiamo vorrei voglio posso puo devo non si anche molto con senza per di del della da dal in nel su corso corsi"
    " imparare scuola diploma appuntamento prezzo gratis sera mattina domani oggi lunedi martedi ciao buongiorno grazie favore"
    " aiuto qualcuno parlare cerco lavoro anni lingua olandese questo questa",
    "pt": "eu tu ele ela nos voce voces meu minha o a os as um uma e ou mas porque que quem onde quando como quanto custa sou estou"
    " esta sao ha tenho tem ter quero queria posso pode preciso nao sim tambem muito mais com sem para de do da em no na sobre"
    " curso cursos aprender escola diploma consulta inscricao preco gratis noite manha amanha hoje segunda terca ola obrigado"
    " obrigada ajuda alguem falar procuro trabalho anos lingua holandes isso este",
    "sq": "une ti ai ajo ne ju im ime nje dhe ose por se qe cka cfare kush ku kur si sa pse eshte jam jane kam ka keni dua mund"
    " duhet nuk po jo shume me pa per nga ne kurs kursin mesoj mesuar shkolle takim cmimi falas mbrema neser sot pershendetje"
    " faleminderit ju lutem ndihme dikush flas kerkoj pune vjec gjuhe holandisht",
    "so": "waan waxaan waxan aan adiga isaga iyada anaga idinka ma maya haa iyo ama laakiin in uu ay ee ka ku u la iyo xagee halkee"
    " goorma sidee imisa immisa maxay maxaad yaa rabaa doonayaa karaa leeyahay tahay yahay koorso koorsada barasho baran"
    " dugsi iskuul shahaado ballan diiwaan gelin qiimo lacag habeen subax berri maanta salaan salaam mahadsanid fadlan caawimo"
    " qof hadal hadlo luqadda luuqada af holland nederlandka shaqo sano",
    "uk": "я ти ви ми він вона мені мене мій моя це що хто де коли як скільки чому чи і й та або але не ні так є немає хочу можу"
    " треба потрібно маю для до на в у з із від по про без курс курси вчити вивчати навчання школа диплом запис записатися ціна"
    " коштує ввечері завтра сьогодні привіт добрий день дякую будь ласка допомога допоможіть хтось людиною говорити шукаю робота"
    " роки років мова нідерландську нідерландської голландську",
    "ru": "я ты вы мы он она мне меня мой моя это что кто где когда как сколько почему ли и или но не нет да есть хочу могу нужно"
    " надо можно для до на в у с со из от по о об без курс курсы учить изучать учеба школа диплом запись записаться цена стоит"
    " вечером завтра сегодня привет здравствуйте добрый день спасибо пожалуйста помощь помогите кто-то человеком говорить ищу"
    " работа работу лет год язык нидерландский голландский",
    "bg": "аз ти вие ние той тя ми ме моят това какво кой къде кога как колко защо ли и или но не да има няма искам мога трябва може"
    " за до на в във с със от по без курс курсове уча учене училище диплома час среща записване цена струва вечер утре днес"
    " здравейте здрасти добър ден благодаря моля помощ някой човек говоря търся работа години език нидерландски холандски съм е са",
    "ar": "انا انت انتم هو هي نحن في من الى على عن مع هل ما ماذا كيف كم اين متى لماذا لا نعم اريد ابغي بدي عندي يمكن ممكن"
    " احتاج هذا هذه دوره دورات كورس درس دروس تعلم اتعلم مدرسه شهاده موعد تسجيل سعر مجانا مساء غدا اليوم مرحبا السلام عليكم"
    " شكرا فضلك مساعده شخص احد اتكلم اتحدث ابحث عمل سنه لغه الهولنديه هولندي بغيت شنو فين واش كاين ديال",
    "fa": "من تو شما ما او این ان است هستم هست در از به با برای بدون که چه چی کی کجا چند چگونه چطور چرا ایا نه بله میخواهم می خواهم"
    " میخوام دارم ندارم باید میتوانم دوره کلاس یاد گرفتن مدرسه مدرک وقت ملاقات ثبت نام قیمت رایگان شب فردا امروز سلام ممنون"
    " تشکر لطفا کمک کسی صحبت کنم دنبال کار سال زبان هلندی را",
    "ps": "زه ته تاسو موږ هغه دا په له د کې ته سره لپاره چې څه څوک چیرته کله څنګه څومره ولې نه هو غواړم لرم کولی شم باید کورس زده"
    " کړه ښوونځی سند ملاقات نوم لیکنه بیه وړیا ماښام سبا نن سلام مننه مهرباني مرسته یو خبرې کار کال ژبه هالنډي دی ده یم",
}  # fmt: skip

_GREETINGS = {
    "nl": "ja jaja nee neen ok oke okee stop hoi hallo hey yo dag goedendag bedankt dankje dankjewel dank merci top prima goed"
    " momenteel zeker graag jawel neenee amai salut help",
    "fr": "oui non ouais bonjour bonsoir salut merci ok okay stop daccord super parfait svp coucou",
    "en": "yes no yeah yep nope ok okay hello hi hey thanks thx sure stop help good fine great",
    "tr": "evet hayir tamam olur merhaba selam sagol tesekkurler dur",
    "ar": "نعم لا اه ايه مرحبا سلام شكرا طيب تمام اوقف قف",
    "uk": "так ні привіт дякую добре стоп вітаю",
    "ru": "да нет привет спасибо хорошо стоп здравствуйте",
    "pl": "tak nie czesc dziekuje dobrze stop hej",
    "es": "si no hola gracias vale bueno adios",
    "ro": "da nu salut buna multumesc bine",
    "bg": "да не здравей здравейте благодаря добре",
    "de": "ja nein hallo danke gut",
    "it": "si no ciao grazie bene",
    "pt": "sim nao ola obrigado obrigada",
    "so": "haa maya salaan mahadsanid",
    "sq": "po jo pershendetje faleminderit",
    "fa": "بله نه سلام ممنون مرسی",
    "ps": "هو نه سلام مننه",
}

_ARABIZI = (
    "ana nta nti ntouma howa hiya hna bghit bghina bghiti bgha 3andi 3ndi andi 3andek 3ndek 3andkom kayn kayna makaynch wach wash"
    " chno chnou shnou ach fin feen fayn mnin imta imtaa 3lach 3la kifach kifash chhal ch7al bch7al bach bash daba dyal dial"
    " dyali dialk m3a mea f fl lya liya lina had hadi hadchi ghir ghi bzaf bzzaf mezyan mzyan safi labas salam slm salamo alikom"
    " 3likom choukran chokran shukran afak 3afak 3fak la iyeh ah naam na3am wakha ma3lich khassni khasni khass khdma khedma"
    " lkhdma nkhdem 9raya l9raya nqra n9ra kan9ra t3allem nt3allem nt3alem ta3lim madrasa mderssa dawra dourous droos mawid"
    " maw3id rdv lyoum lyouma ghedda gheda bukra bokra lil lila sbah 3chiya marhaba keef kif kam 3ayez 3ayz uridu ureed orid"
    " arid aryd badi biddi baddi bidi mumkin momken min ma fi mafi el al hollandi holandi holandiya neerlandia hndi walo walou"
    " bla wla wala had chi chwiya shwiya m3ak nahdar nhder hder hdar tkallem ntkallem atkalam insan wa7ed wahed wahd saa3a 3am"
    " 3amayn ma3rftch ma3reftch mafhamtch mafhemtch maqdertch m9dertch n9der nqder ne9der momkin kanqelleb kan9elleb nqelleb"
)
_ARABIZI += (
    " ina chkoun fin mnin 3la 3lach walakin walakn bhal b7al hit 7it mora qbel 9bel ba3d ba3ed b3d dyalna dyalkom dyalo dyalha"
    " khdam khdama khddam rajli marti weldi wladi drari bnti khoya khti sana snin 3am chhor chher simana sba7 sbah lkbar taman tamanha"
    " flous lflous tasjil ntsejel ntsejjel nkemmel tamrid logha lugha lwra9 wra9 wer9a chahada chhada shehade shehadti mihna mihan"
    " bedi beddi baddak shu shou wen wein leish emta kteer ktir mish mesh mafi ma3i ma3e hon hek halla2 ya3ni yani yalah yallah mazal"
    " kayna kaynin ghadi kanqleb kanqelleb kanhder kanktb kan3ref kan3rf ma3reftch ndir ndkhol ndkhel nakhed nji njiw nhar lkhmis"
    " jem3a ljem3a jmoua tlat larb3 larb3a letnin sebt l7ed masa lmasa 3shiya daroori darouri lazem lazm khassk mohim khobz tobis"
    " lebled bladi lmaghrib souria soria sourya ba3d nos noss jouj tlata rb3a khmsa setta seb3a tmnya tes3od 3chra"
    " khayef khayfa t3ebt 3yit 3yet mrid mrida tbib jawab jaweb sme3 smaht sma7 semhli smehli shokran kidayr kidayra kidayrin"
    " bslama beslama ahlan ahla halan mar7aba bikhir bekhir hamdolillah hamdullah inchallah inshallah wallah zwin zwina"
    " mderasa lmdrasa mdrasa lmadrasa ostad ostada kors dars ldars droos dorous ingliziya fransawiya faransiya holandia hulandi belgica"
)
_NOT_ARABIZI = (
    "ah la fi f al el min kif kam bla na ach ma fin f fl andi lil rdv salam slm had bach walo arid kif wa wash"
    " hon hek mish mazal nos masa sana ina hala dars souria shu bedi wen mora ndir".split()
)


def _joined(*tables: Mapping[str, str]) -> Mapping[str, str]:
    names = {language for table in tables for language in table}
    return {name: " ".join(table.get(name, "") for table in tables) for name in names}


def _weigh(lists: Mapping[str, str]) -> Mapping[str, tuple[tuple[str, float], ...]]:
    owners: dict[str, set[str]] = {}
    for language, words in lists.items():
        for word in words.split():
            owners.setdefault(fold(word), set()).add(language)
    # A word of one language counts fully; one that five share counts little.
    return {
        word: tuple((language, 1.0 / len(languages)) for language in sorted(languages))
        for word, languages in owners.items()
    }


BORROWED: frozenset[str] = frozenset(
    fold(
        "nederlands huis van het atlas ligo cvo vdab ocmw cpas actiris forem clb evc nt2 itsme kmo naric leerwinkel leerrekening leerkrediet"
        " groeipakket graduaat tweedekans tweedekansonderwijs ervaringsbewijs gelijkschakeling inburgering inschrijven inschrijving afspraak"
        " opleiding opleidingsverlof vlaams vlaamse loopbaanbegeleiding loopbaancentrum loopbaancheque vrijstelling leefloon basiseducatie"
        " kinderopvang examencommissie hogeschool beroepskwalificatie uitkering volwassenenonderwijs avondschool cursus lerarenopleiding"
        " secundair onderwijs verhoogde tegemoetkoming heftruck verpleegkunde hbo5 aso bso tso mutualiteit ziekenfonds gemeente"
        " online test niveau info stage diploma bachelor master email mail whatsapp sms bot stop ok"
        " gent gand brussel bruxelles brussels antwerpen anvers antwerp aalst alost leuven louvain mechelen malines brugge bruges hasselt genk"
        " kortrijk courtrai oostende ostend roeselare dendermonde turnhout beringen halle vilvoorde ieper ypres ronse lokeren"
    ).split()
)
"""Names of towns and Flemish institutions, and words of every language: in foreign messages they are no sign of Dutch."""

FREQUENT: Mapping[str, tuple[tuple[str, float], ...]] = _weigh(_joined(_FREQUENT, COMMON))
"""Folded word → (language, weight up to 1) for every language that it is frequent in."""

GREETINGS: Mapping[str, tuple[str, ...]] = {
    word: tuple(language for language, _ in languages) for word, languages in _weigh(_GREETINGS).items()
}
"""Folded answer or greeting → the languages that use it; they count in messages of up to three words."""

ARABIZI: frozenset[str] = frozenset(_ARABIZI.split()) - frozenset(_NOT_ARABIZI)
"""Common words of Arabic and Darija in Latin letters that no other of our languages has."""
