"""How somebody who waits asks where their question is: "waar is mijn vraag", "when do I hear from you"."""

import re

# An answer that somebody else owes them ("antwoord van de school") is not ours to tell about.
_FROM_US = r"(?! (?:van|op|over|de|du|sur|from|about|to) (?!jullie\b|je\b|u\b|mijn vraag|vous\b|ma question|you\b|my question))"
_ASKS = re.compile(
    "|".join(
        (
            # Dutch
            r"\bwaar (?:is|blijft|zit|ligt|staat) (?:nu )?(?:mijn|m'n|mn|onze) (?:vraag|bericht|berichtje|antwoord)\b"
            + _FROM_US,
            r"\bwat is er (?:met|van) mijn (?:vraag|bericht) (?:gebeurd|geworden)\b|\bhoe (?:zit|staat) het met mijn (?:vraag|bericht)\b",
            r"\bwanneer (?:krijg|hoor|ontvang) (?:ik|we|wij) (?:nu |dan |eindelijk |een |hier )*(?:antwoord|iets|nieuws)\b"
            + _FROM_US,
            r"\bwanneer hoor ik (?:nu |dan |eindelijk )*van (?:jullie|u|iemand)\b|\bwanneer antwoord(?:t|en)? (?:je|jullie|u|er iemand|iemand)\b",
            r"\bhoe ?lang moet ik (?:hier )?(?:nog )?wachten(?: op (?:een |jullie )?antwoord)?\W*$",
            r"\b(?:heb|hebben|heeft) (?:je|jullie|u|iemand) mijn (?:vraag|bericht) (?:al )?(?:gekregen|ontvangen|gelezen|gezien)\b",
            r"\bis mijn (?:vraag|bericht) (?:al |wel |goed )*(?:aangekomen|gelezen|vergeten|bekeken)\b|\bwie heeft mijn (?:vraag|bericht)\b",
            r"\b(?:nog altijd|nog steeds|nog) geen antwoord\b"
            + _FROM_US
            + r"|\bik wacht (?:nog )?(?:altijd |steeds )?op (?:een )?antwoord\b"
            + _FROM_US,
            # French
            r"\bo[uù] (?:est|en est|se trouve) (?:donc )?(?:ma question|mon message|ma r[ée]ponse)\b"
            + _FROM_US,
            r"\bquand (?:est-ce que )?(?:j'aurai|j’aurai|aurai-je|je (?:re[cç]ois|recevrai)|vais-je (?:avoir|recevoir)) (?:enfin )?(?:une |de )?r[ée]ponse\b"
            + _FROM_US,
            r"\bquand (?:est-ce que )?(?:vous (?:me )?r[ée]pond(?:ez|rez)|allez-vous (?:me )?r[ée]pondre|on me r[ée]pond)\b",
            r"\bqui a ma question\b|\bavez[- ]vous (?:bien )?(?:re[cç]u|lu|vu) (?:ma question|mon message)\b|\btoujours pas (?:de |eu de )?r[ée]ponse\b"
            + _FROM_US,
            r"\bcombien de temps (?:dois[- ]je|je dois|faut[- ]il) (?:encore )?attendre\W*$",
            # English
            r"\bwhere(?:'s| is) my (?:question|message|answer|reply)\b"
            + _FROM_US
            + r"|\bwhat happened (?:to|with) my (?:question|message)\b",
            r"\bwhen (?:do|will|can) i (?:finally )?(?:get|have|hear|receive) (?:an? )?(?:answer|reply|anything|from (?:you|somebody|someone)|back)\b"
            + _FROM_US,
            r"\bwhen (?:will|do|are) (?:you|somebody|someone) (?:going to )?(?:answer|reply)\b|\bwho has my question\b|\bstill no (?:answer|reply)\b"
            + _FROM_US,
            r"\bhow (?:much )?long(?:er)? (?:do|must|should) i (?:have to )?wait\W*$|\b(?:did|have) you (?:get|got|read|received?|see|seen) my (?:question|message)\b",
            # the others, where we are sure of the words
            r"\bwo (?:ist|bleibt) meine (?:frage|nachricht|antwort)\b",
            r"\bsorum (?:nerede|ne oldu)\b|\bne zaman cevap (?:alaca[gğ][ıi]m|vereceksiniz|verirsiniz)",
            r"\bd[oó]nde est[aá] mi (?:pregunta|mensaje)\b|\bcu[aá]ndo me (?:van a responder|responden|contestan|van a contestar)\b",
            r"\bgdzie jest (?:moje pytanie|moja wiadomo[sś][cć])\b|\bkiedy (?:dostan[eę]|otrzymam) odpowied[zź]\b",
            r"\bде мо[єе] (?:питання|запитання|повідомлення)\b|\bколи (?:я отримаю відповідь|мені відповідять)\b",
            r"\bгде мой вопрос\b|\bгде мо[её] сообщение\b|\bкогда (?:мне ответят|вы ответите|я получу ответ)\b",
            r"(?:أين|اين|وين) سؤالي|متى (?:ستردون|تردون|سأحصل على جواب)",
        )
    ),
    re.IGNORECASE,
)


def asks_where_it_is(text: str) -> bool:
    """Whether the message asks what became of a question that was put to us."""
    return bool(_ASKS.search(text))
