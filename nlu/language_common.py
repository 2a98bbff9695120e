"""The commonest words of each language outside our own subject: pronouns, auxiliaries, particles, everyday commands."""

from __future__ import annotations

from collections.abc import Mapping

COMMON: Mapping[str, str] = {
    "nl": "me je jou jouw jullie ons onze hun zich iets niets niemand alles altijd nooit weer nu toen omdat toch maar door onder"
    " tegen sinds af mee nodig laat laten komt kwam komen ging gaat ga zag zien ziet zei zegt zeg maak maken geef geven geeft neem"
    " nemen houd houden hou houdt vind vindt denk denkt weten moeten mogen zal zullen wordt worden werd was waren had hadden deed doe"
    " doet speel toon voeg toe zet verwijder annuleer stel hoelang welke welk elke alle allemaal mensen huis tijd klein groot goed"
    " leuk mooi erg zijn heet beetje samen thuis terwijl ooit zulke hier erin ervan eruit heeft lees schrijf alarm herinnering",
    "fr": "nous leur leurs lui eux cela ceci celui celle ceux rien personne toujours jamais encore deja puis alors parce depuis entre"
    " contre pendant apres avant etait etaient sera serait fait fais faites vais va vont allez allons vient viens venez dit dis dites"
    " donne donnez prends prenez mets mettez joue jouez ajoute ajoutez montre montrez trouve trouvez cherche vois voit voir sait sais"
    " savoir crois pense aime aimes peuvent devez doit autre autres tout tous toute toutes chaque meme peu beaucoup trop assez homme"
    " femme enfant maison temps chose petit petite grand grande beau belle bon bonne ici la-bas notre votre nos vos m n t s c ou",
    "en": "me us him them mine yours every each all both few many other another such only own same than then too very just now never"
    " always again ever still already while until after before during above below up down out off over under through been being made"
    " make go goes went gone come came say said see saw seen give gave given let lets play add show set put delete remove cancel"
    " remind tell find search turn keep left right good bad big small little old new time people man woman house thing nothing"
    " everything something nobody everyone think thought looks look really isn wasn won didn doesn couldn shouldn i'm it's your tom's"
    " shall might cannot whose whom away because against both into onto since though weather reminder alarm alarms",
    "tr": "nedir nerededir neden nasildir beni seni onu bize sizi onlar onlara onun benim bizim sizin kendi hep hic her bazi butun baska boyle soyle iste sadece"
    " bile artik henuz hala simdi sonra dun gece gunduz evde eve burada orada nerede buraya oraya olan oldu olacak oluyor degildi vardi"
    " yoktu bir sey seyi seyler insan insanlar adam kadin cocuk para iyi kotu guzel buyuk kucuk yeni eski bana sana ona git gel gidiyor"
    " geldi gitti yap yapti yapiyor et etti ediyor ver verdi al aldi goster cal ekle ekler listeme listesine listesi hatirlat hatirlatici"
    " ayarla kur iptal sil bul ara puan yildiz alarm alarmi hava nasil icin gibi gore kadar beri uzere ise ki de da mi mu midir",
    "pl": "mnie mi ciebie cie tobie jego jej ich im nas nam was wam sie siebie swoj swoja nasz wasz ten ta to te tego tej temu tym"
    " tych byl byla bylo byli beda bedzie bede jestes jestesmy sa maja mamy nic nikt cos ktos zawsze nigdy teraz potem wtedy tutaj tu"
    " tam dlatego poniewaz gdy kiedy jesli jezeli aby zeby ani az czyli nawet tylko bardzo dobry dobra dobre zly maly duzy nowy stary"
    " dom czas ludzie czlowiek kobieta dziecko rzecz idz idzie poszedl chodz daj daje wez mow mowi powiedzial wiem wie wiesz mysle"
    " widze widzial lubie lubi kocham kocha moze trzeba powinien on ich",
    "es": "me nos os les lo le se mio tuyo suyo nuestro nuestra eso ese esa esos esas aquel aquello algo nada nadie alguno ninguno"
    " siempre nunca jamas ya ahora entonces despues antes aqui alli ahi porque aunque pues segun entre contra era eran fue fueron sera"
    " seria ha he has han habia haber hace haz hacer hago va van voy vamos ve ven ver veo dice dijo di decir dar da dame pon poner saber"
    " sabe creo pienso gusta gustan quiere quieren pueden debe debes deja otro otra otros todo toda todos todas cada mismo poco mucho"
    " mucha demasiado hombre mujer nino casa tiempo cosa pequeno grande bueno malo nuevo viejo tan tal donde quien cual",
    "it": "io tu lui lei noi voi loro mi ti ci vi si lo la li le gli ne me te se il i un uno una dei delle degli del della dello dell"
    " al alla allo ai agli alle nel nella nei nelle sul sulla sui dal dalla dai di a da in con su per tra fra e ed o ma anche se che"
    " chi cosa come dove quando perche quanto quanta quale quali questo questa questi queste quello quella quelli non piu gia ancora"
    " sempre mai ora adesso poi qui qua cosi molto troppo poco tutto tutti niente nulla nessuno qualcuno qualcosa sono sei e siamo siete"
    " ero era erano sara stato stata ho hai ha abbiamo avete hanno avere essere aveva fare faccio fa fai fanno fatto sto sta stai stanno"
    " vado va vai andare andiamo viene vieni venire detto dice dire so sa sai sapere vuole voglio vuoi vorrei posso puo puoi devo deve"
    " devi piace credo penso vedo vedere dammi metti imposta mostra mostrami cerca trova aggiungi riproduci ricordami cancella elimina"
    " annulla domani oggi ieri sera mattina uomo donna casa tempo buono buona bello bella grande piccolo grazie prego ciao promemoria"
    " sveglia allarme previsioni meteo stelle canzone alla mia mio tuo tua suo sua nostro corso corsi lavoro scuola imparare",
    "pt": "eu tu ele ela nos voces eles elas me te se lhe lhes o a os as um uma uns umas do da dos das no na nos nas ao aos pelo pela"
    " de em com por para sem sobre entre ate desde e ou mas tambem que quem qual onde quando como quanto porque este esta isto esse essa"
    " isso aquele aquela aquilo nao nem mais menos muito muita pouco tudo todo todos toda nada ninguem algo alguem sempre nunca ja ainda"
    " agora depois antes aqui ali la hoje ontem amanha e sou es somos sao era eram foi foram ser estou esta estao estava tenho tem temos"
    " tinha ter ha havia vou vai vamos ir ia vem veio venho faz faco fazer fiz fez disse diz dizer dar deu posso pode podem podes quero quer"
    " querem gosto gosta sei sabe saber preciso precisa devo deve acho vi ver meu minha meus teu tua seu sua nosso nossa voce homem mulher"
    " casa tempo coisa bom boa grande pequeno bem mal obrigado obrigada ola oi sim curso cursos trabalho escola aprender",
    "de": "mich dich mir dir uns euch ihn ihm ihnen sich unser euer seine ihre keinen keiner etwas nichts niemand jemand alles alle"
    " immer nie wieder jetzt dann dort hier da doch schon noch nur mehr viele ganz weil dass ob damit bis seit gegen durch um unter vor"
    " hinter zwischen war waren hatte hatten wird werden wurde sei seid bist hast sollte soll will willst wollen wollte muss musst mussen"
    " kannst konnte darf dieser diese dieses welche welcher jeder jede geht gehen ging kommt komm kommen kam sagt sagte sag mach macht"
    " machen gemacht gib geben gibt nimm nehmen zeig zeige such finde spiel spiele spielt spielen stell stelle fuge hinzu losche losch"
    " erinnere erinnerung wecker bewerte titel lied wetter sterne punkten sternen weiss weisst denke glaube sehe sehen liebe liebt mann"
    " frau kind haus zeit gut schlecht gross klein neu alt beim vom ins ans aufs fur uber zum zur setze verwerfen abbrechen meiner meinen"
    " playliste wiedergabeliste heute ist sehr dein deine",
    "ro": "mine tine el ea lui ei noi voi lor ne va le ii ma te s m n l isi il o sa si sau dar daca ca ce cine care unde cand cum cat"
    " cati acest acesta asta aceea acela acolo aici acum atunci mereu niciodata nimic nimeni ceva cineva tot toti toate fost era erau"
    " esti suntem sunteti fi voi vei vom vor am ai au aveam facut face fac faci merge merg mergi vine vin vino vino zis spune spus stie"
    " stiu stii vede vad vrea vrei place iubesc iubeste poti putem trebuia foarte prea mult multa mic mare bun buna rau nou vechi om femeie"
    " copil casa timp lucru la revedere de pe din peste sub pana dupa langa intre fara uite hai",
    "uk": "я ти він вона воно ми ви вони мене мені тебе тобі його йому її їй нас нам вас вам їх їм себе собі свій моя моє мої твій твоя"
    " наш ваш цей ця це ці цього цієї той та те ті що хто який яка яке які де куди звідки коли чому як скільки був була було були є буде"
    " будуть бути не ні так же ж і й та або але якщо бо щоб тому теж також вже ще тут там тепер зараз потім завжди ніколи ніхто нічого"
    " щось хтось все всі усе дуже багато мало може можна треба потрібно хочу хоче люблю любить знаю знає бачу бачив мав має маю дай давай"
    " йди іди іде пішов прийшов сказав каже зробив робить добрий добра гарна гарний гарно великий малий новий старий дім час люди чоловік"
    " жінка дитина річ від для без під над між після перед про при",
    "ru": "я ты он она оно мы вы они меня мне тебя тебе его ему её ее ей нас нам вас вам их им себя себе свой моя мое мои твой твоя наш"
    " ваш этот эта это эти этого этой тот те что кто какой какая какие где куда откуда когда почему как сколько был была было были есть"
    " будет будут быть не нет да же и или но если потому чтобы тоже также уже еще ещё тут там здесь теперь сейчас потом всегда никогда"
    " никто ничего что-то кто-то всё все очень много мало может можно надо нужно хочу хочет хотите люблю любит знаю знает вижу видел имеет"
    " дай давай иди идет идёт пошел пошёл пришел сказал говорит сделал делает хороший хорошая красивый большой маленький новый старый"
    " дом время люди человек женщина ребенок от для без под над между после перед при прав права",
    "bg": "аз ти той тя то ние вие те мен мене теб него нея нас вас тях ме те го я ни ви ги ми ти му й им си се моя моят моето твоя твоят"
    " наш ваш този тази това тези онзи какво кой коя кое кои къде кога защо как колко беше бяха бил била било са е сте сме съм ще няма"
    " има имам имаш имат бъде бъда не да и или но ако защото за с със от до на в във по при през след преди над под между вече още тук"
    " там сега после винаги никога никой нищо нещо някой всичко всички много малко може мога трябва искам иска обичам обича знам знае"
    " виждам видях дай хайде отива дойде каза казва прави добър добра хубав голям малък нов стар къща време хора човек жена дете",
    "ar": "انه انها انهم كان كانت يكون هناك هنا هذه تلك ذلك الذي التي قد لقد لم لن ليس سوف كل بعض اي شيء احدا لي لك له لها لنا لهم معي"
    " معك بي به بها فيه فيها عليه عليها منه منها اليه اليك بعد قبل تحت فوق بين حتى ثم او ام بل لكن لان اذا لو انا كنت جدا فقط ايضا دائما"
    " ابدا الان يا رجل امراه طفل بيت وقت",
    "sq": "une ti ai ajo ne ju ata nje e te ne me per nga si cfare kush ku kur pse sa eshte jam je jemi jane kam ke ka kemi nuk s do dua"
    " mund duhet mire shume pak tani ketu atje gjithmone kurre asgje dikush kurs kurse mesoj shkolle pune faleminderit",
}  # fmt: skip
