"""What people write in a measurement: the mix of a working day, each from a number of their own, some more than once.

Subjects, places and days are combined anew each time: whoever reads the same message twice may remember what it means.
"""

import random

ALONE = 0.6  # of the messages, those from somebody who writes once
SUBJECTS = (
    "Spaans", "Italiaans", "Frans", "Engels", "boekhouden", "Excel", "lassen", "koken", "naaien", "fotografie",
    "kapper", "loodgieter", "elektriciteit", "houtbewerking", "bloemschikken", "EHBO", "zorgkundige", "bakker",
    "computerles", "tekenen", "Portugees", "gitaar", "programmeren", "logistiek", "heftruck", "kinderzorg",
)  # fmt: skip
PLACES = (
    "Gent", "Antwerpen", "Brugge", "Hasselt", "Leuven", "Mechelen", "Aalst", "Kortrijk", "Oostende", "Genk",
    "Roeselare", "Turnhout", "Dendermonde", "Ninove", "Lokeren", "Deinze", "Ieper", "Tienen", "Lier", "Eeklo", "9000",
    "8500", "3500", "2300", "Waregem", "Geel", "Mol", "Tongeren", "Halle", "Vilvoorde", "Diest", "Wetteren",
)  # fmt: skip
DAYS = (
    "op maandagavond", "in het weekend", "overdag", "op dinsdag", "'s avonds", "op woensdagnamiddag", "op zaterdag",
    "vanaf februari", "voor beginners", "liefst online", "zo snel mogelijk", "zonder diploma", "niet te duur",
)  # fmt: skip
OPENINGS = (  # what somebody may begin with; the more lines of a kind, the more often it comes
    "{subject} in {place} {day}?", "ik zoek een cursus {subject} in {place}", "wa kost {subject} in {place}",
    "zijn er lessen {subject} {day} in de buurt van {place}", "{subject} {day}, ik woon in {place}",
    "kan ik {subject} volgen in {place} {day}", "mijn dochter zoekt {subject} {day} in {place}, wa bestaat er?",
    "Is there a course {subject} near {place}?", "Je cherche un cours de {subject} à {place}",
    "{place} yakınında {subject} kursu var mı?", "wanneer begint {subject} in {place} {day}?",
    "ik wil een afspraak maken in {place} {day}", "kan ik eens langskomen in {place} {day}?",
    "is het loket in {place} open {day}?", "ik woon in {place} en weet niet wat ik wil, {subject} misschien",
    "al twee jaar thuis in {place}, wil iets nieuws leren {day}", "krijg ik {subject} in {place} terugbetaald?",
    "kan ik met iemand spreken over {subject} {day}", "kan een medewerker van {place} mij bellen {day}",
    "Dag", "Hallo, is daar iemand?", "Goeiemorgen", "Bonjour", "wat doet een leerwinkel?", "ben jij een robot?",
)  # fmt: skip
TALKS = (  # whole conversations of three messages
    ("{subject} in {place}?", "en in {other}?", "bedankt"),
    ("wa kost {subject} in {place} {day}", "goedkoper", "de tweede"),
    ("Goedendag", "ik wil een afspraak {day}", "{place}"),
    ("ik zoek een opleiding {subject} {day}", "{place}", "meer"),
    ("Is there a {subject} course in {place}?", "or in {other}?", "thanks"),
    ("ik weet niet wat ik wil, iets met {subject} ofzo", "{place}", "1"),
    ("zijn er avondlessen {subject} in {place}?", "liever {day}", "wat kost de eerste?"),
    ("ik wil met iemand spreken over {subject} in {place}", "zijn jullie daar?", "ok"),
)


def day(total: int, chance: random.Random) -> list[tuple[str, str]]:
    """`total` messages as (number, text) in the order in which they come: talks run through each other."""
    said: list[tuple[float, str, str]] = []
    first = chance.randrange(10_000_000, 90_000_000)
    length = len(TALKS[0])
    talks = (1 - ALONE) / (1 - ALONE + ALONE * length)  # of the people, those who write more than once
    while len(said) < total:
        number = f"+3246{(first + len(said)) % 100_000_000:08}"
        lines = chance.choice(TALKS) if chance.random() < talks else (chance.choice(OPENINGS),)
        place, other = chance.sample(PLACES, 2)
        named = {
            "subject": chance.choice(SUBJECTS),
            "place": place,
            "other": other,
            "day": chance.choice(DAYS),
        }
        begin = chance.random()
        for step, line in enumerate(lines):
            said.append((begin + (1 - begin) * step / length, number, line.format(**named)))
    return [(number, text) for _, number, text in sorted(said)[:total]]
