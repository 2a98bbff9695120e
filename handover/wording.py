"""What a person wrote, without who they are: good enough to learn from, and to read in a list of examples.

Masked are e-mail addresses, national and account numbers, phone numbers, dates of birth, street addresses, names that
we know (of the person, of our staff) and names that somebody introduces ("ik heet …", "my name is …", "اسمي …").
A name that nobody introduces and that we do not know stays: no rule sees it.
"""

import re
from collections.abc import Iterable

NAME, PHONE, NATIONAL, ACCOUNT, BIRTH, STREET, MAIL = (
    "[naam]", "[telefoon]", "[rijksregister]", "[rekening]", "[geboortedatum]", "[adres]", "[e-mail]"
)  # fmt: skip
MARKS = (NAME, PHONE, NATIONAL, ACCOUNT, BIRTH, STREET, MAIL)

_NO_DATE = r"(?!\d{1,2}([/.-])(?:0?[1-9]|1[0-2])\1\d{2,4}(?![\d./-]))"
_PATTERNS = (
    (MAIL, re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    (ACCOUNT, re.compile(r"\b[A-Z]{2}\d{2}(?: ?\d{4}){2,7}(?: ?\d{1,4})?\b", re.IGNORECASE)),
    (NATIONAL, re.compile(r"(?<![\d+])\d{2}[.\s-]?\d{2}[.\s-]?\d{2}[\s.-]{0,3}\d{3}[.\s-]?\d{2}(?!\d)")),
    (BIRTH, re.compile(r"(?<!\d)\d{1,2}[\s./-]\d{1,2}[\s./-](?:19\d\d|200\d|201\d)(?!\d)")),
    (PHONE, re.compile(rf"(?<![\d.]){_NO_DATE}(?:\+|00)?\d(?:[\s./()-]{{0,2}}\d){{7,14}}(?!\d)")),
    (STREET, re.compile(r"\b\w+(?:straat|laan|steenweg|plein|dreef|kaai|lei|weg|baan) \d{1,4}\w?\b", re.IGNORECASE)),
    (STREET, re.compile(r"\b(?:rue|avenue|chaussée|boulevard|place)(?: [\w'’-]+){1,4},? \d{1,4}\b", re.IGNORECASE)),
)  # fmt: skip
_CAPITAL = "[A-ZÀ-ÞŁŚŻĞİŞА-ЯІЇЄ]"
_INTRODUCED = re.compile(
    r"(?P<before>(?<!\w)(?i:mijn naam is|ik heet|m'n naam is|my name is|i am called|je m['’]appelle|mon nom est|"
    r"benim ad[ıi]m|ad[ıi]m|me llamo|mi nombre es|nazywam si[eę]|mam na imi[eę]|m[aă] numesc|numele meu este|"
    r"казвам се|меня зовут|мене звати|моє ім['’]я|اسمي|أنا اسمي|نام من|اسم من|magacaygu waa|ስመይ|زما نوم)\s+)"
    rf"(?P<name>[^\W\d_][\w'’-]*(?:\s+{_CAPITAL}[\w'’-]*){{0,2}})"
)
_SAID_TO_BE = re.compile(
    r"(?P<before>(?<!\w)(?i:ik ben|hier is|dit is|i am|i['’]m|mevrouw|meneer|madame|monsieur|mr|mrs|cli[eë]nte?|deelnemer|usager|je suis|soy|"
    rf"jestem)\.? )(?P<name>{_CAPITAL}[^\W\d_]+(?: {_CAPITAL}[^\W\d_]+)?)"
)
_PARTICLES = frozenset({"van", "den", "der", "del", "les", "las", "los", "ben", "bin", "abu"})
_SHORTEST_PART = 3  # letters; "An" and "Li" would take words of the language with them


def pseudonymise(text: str, names: Iterable[str] = ()) -> str:
    """`text` with every trace that these rules see replaced by a word in brackets for what stood there."""
    for mark, pattern in _PATTERNS:
        text = pattern.sub(mark, text)
    text = _INTRODUCED.sub(rf"\g<before>{NAME}", text)
    text = _SAID_TO_BE.sub(rf"\g<before>{NAME}", text)
    parts = sorted(set(_parts(names)), key=len, reverse=True)
    if parts:
        known = "|".join(map(re.escape, parts))
        text = re.sub(rf"(?<!\w)(?:{known})(?!\w)", NAME, text, flags=re.IGNORECASE)
    return re.sub(rf"{re.escape(NAME)}(?:\s+{re.escape(NAME)})+", NAME, text)


def _parts(names: Iterable[str]) -> Iterable[str]:
    """Whole names, and each word of them by which somebody may be called."""
    for name in names:
        if name.strip():
            yield name.strip()
        for part in re.split(r"[\s-]+", name):
            if len(part) >= _SHORTEST_PART and part.lower() not in _PARTICLES:
                yield part
