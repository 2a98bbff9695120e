"""Words of learning, of working with people in danger, of stories and of daily trouble.

Beside them, a sign of danger can be what is spoken about: a training, a lesson, a book, a traffic jam on a bridge.
"""

_LEARNING = (
    r"cursus\w*|opleiding\w*|vorming\w*|training\w*|bijscholing\w*|nascholing\w*|workshop\w*|\bles(?:sen|geven|uur|uren)\b|\b(?:de|een|geen|mijn|volgende|vorige|van|\w+e) les\b|lesgever\w*|lerares|leraar"
    r"|leerkracht\w*|school\w*|examen\w*|toets|studie\w*|eindwerk|spreekbeurt|bijles|verslag|wiskunde|\btaak\b|huistaak|inschrij\w*|attest|certificaat|preventie\w*|vrijwillig\w*"
    r"|\bformation\w*|\bcours\b|\bstage\b|examen|ecole|classe|prevention|benevol\w*|inscription|prof\b|enseignant\w*"
    r"|(?<!of )\bcourse\w*|\bclass(?:es)?\b|lesson\w*|teacher\w*|exam\b|exams\b|essay|certificate|volunteer\w*|staff"
    r"|\bkurs\w*|\begitim\w*|\bders\w*|\bsinav\w*|\bokul\w*|\bogretmen\w*|\bonleme\w*"
    r"|دوره|دورات|تدريب|تكوين|درس|دروس|امتحان|مدرس\w*|معلم\w*|للوقايه|الوقايه|مدرسه"
    r"|курс\w*|навчанн\w*|обучени\w*|обучение|тренинг\w*|тренінг\w*|урок\w*|іспит\w*|экзамен\w*|вчител\w*|учител\w*|школ\w*|допомог\w* при|изпит\w*"
    r"|szkoleni\w*|\bkurs\w*|lekcj\w*|egzamin\w*|nauczyciel\w*|zapobiegani\w*|szkol\w*"
    r"|curso\w*|formacion|clase\w*|prevencion|profesor\w*|escuela|\bcurs\w*|lectie|scoala|دوره|کلاس|كلاس|آموزش|اموزش|درس"
)
_STUDIES = (
    r"scriptie|\bthesis\b|proefschrift|bachelorproef|criminologie|\bpaper\b|werkstuk|studiedag\w*|lezing\w*|\bmemoire\b|\bexpose\b|colloque|dissertation|criminology|lecture\b|school play"
    r"|\btez(?:i|im)?\b|\bodev\w*|(?:اكتب|كتابه) (?:رساله|بحث\w*|مقال\w*) عن|اطروحه|بحث عن|(?:пишу|написати|написать) (?:роботу|работу|диплом|реферат|дипломну|курсову|курсовую)|реферат|дипломн\w*"
    r"|\bpisze (?:prace|referat)\b|\btesis\b|\btrabajo sobre\b|\blucrare\b|\bteza\b"
)
_WORK = (
    r"slachtoffer\w*|hulpverlen\w*|begeleid\w*|opvoeder\w*|bewoners|collega s|ons team|cijfers|statistiek\w*|victimes?|eleves?|educateur\w*|chiffres|victims?"
    r"|statistics|social workers?|professionals?|magdur\w*|ضحايا|معنفات|жертв\w*|ofiar\w*|victimas?|работа за|эссе"
)
_STORIES = (
    r"\bboek\w*|\bfilm\w*|\bserie\b|\broman\b|verhaal|toneel|\blivre\b|\bhistoire\b|\bbook\b|\bmovie\b|\bstory\b|\bkitap|\broman\b|كتاب|فيلم|فلم|книг\w*|фильм\w*|фільм\w*|ksiazk\w*"
    r"|libro|pelicula|\bcarte\b"
)
_TROUBLE = (
    r"\bfile\b|te laat|\bmin\b|vertraging|papieren|papierwerk|formulier\w*|documenten|paperasse|\bdossier\w*|paperwork|\bforms?\b|headache|hoofdpijn"
    r"|\bverlof\b|station|loket|\bpunten\b|\brapport\b|\bmes (?:notes|points)\b|\b(?:my|her|his) (?:marks|grades)\b"
)

ABOUT = rf"(?:{_LEARNING}|{_STUDIES}|{_WORK}|{_STORIES}|{_TROUBLE})"
