"""Which lines of a mail its writer wrote now: without what was quoted, and without the signature.

Rather too much than too little: what could be the writer's own stays. Nothing is cut from a forwarded mail, which is
sent for its content, nor when the writer says that the answers stand below.
"""

import re

from channels.email.html import CUT

_NOT_MORE = 4  # lines over which a mail program may break "On …, … wrote:"
_SIGNATURE = 8  # lines; a longer end is no signature

# "Op ma 24 nov. 2026 om 10:12 schreef Jan <…>:" and its like; a date or an address must be in it.
_WROTE = re.compile(
    r"(?:op|on|le|am|el|em|il|den|dnia|w dniu)\b.{0,300}?"
    r"(?:schreef|wrote|a écrit|a ecrit|schrieb|escribió|escreveu|ha scritto|napisał|napisał\(a\))\b.{0,200}?:?",
    re.IGNORECASE | re.DOTALL,
)
_NAMED_FIRST = re.compile(
    r".{1,200}(?:schreef op|wrote on|a écrit le|schrieb am)\b.{4,200}:|.{0,80}<[^<>\s]+@[^<>\s]+>\s*"
    r"(?:schreef|wrote|a écrit|schrieb|yazdı|пише|написав|kirjoitti)(?: op .{4,80})?\s*:"
    r"|.{0,200}tarihinde.{0,200}(?:yazdı|şunu yazdı)\s*:?|.{0,200}(?:пише|написав|написала|كتب)\b.{0,200}:",
    re.IGNORECASE | re.DOTALL,
)
_EVIDENCE = re.compile(r"\d{1,2}[:.h]\d\d|\b20\d\d\b|<[^<>\s]+@[^<>\s]+>|\d{1,2}[/.-]\d{1,2}[/.-]\d\d")
_RULER = re.compile(
    r"[\s>*_-]*-{3,}\s*(?:oorspronkelijk bericht|original message|message d'origine|message d’origine|"
    r"message original|ursprüngliche nachricht|mensaje original|oryginalna wiadomość|orijinal ileti)\s*-{2,}.*",
    re.IGNORECASE,
)
_UNDERSCORES = re.compile(r"_{20,}")
_FIELD = re.compile(
    r"[\s*]*(?P<field>van|from|de|von|verzonden|sent|envoyé|envoye|gesendet|datum|date|aan|to|à|an|cc|onderwerp|"
    r"subject|objet|betreff)\s*\*?\s*:\*?\s*\S.*",
    re.IGNORECASE,
)
_SENDERS = {"van", "from", "de", "von"}
_FORWARDED = re.compile(
    r"[\s>*_-]*(?:-{2,}\s*)?(?:begin )?(?:doorgestuurd bericht|doorgestuurde bericht|forwarded message|message transféré|"
    r"message transfere|weitergeleitete nachricht|mensaje reenviado|début du message transféré|"
    r"begin forwarded message)\b.*",
    re.IGNORECASE,
)
_SUBJECT_FORWARDED = re.compile(r"\s*(?:fwd?|fw|tr|wg|doorst|doorgest|vs|rv|i)\s*:", re.IGNORECASE)
_BELOW = re.compile(
    r"\b(?:hieronder|hier onder|onderaan|tussen de regels|in het (?:rood|blauw|groen)|"
    r"below|inline|in (?:red|blue)|ci-dessous|plus bas|en (?:rouge|bleu)|unten|siehe unten|más abajo)\b",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"von (?:meinem|unterwegs).{2,40}gesendet|(?:verzonden|verstuurd|gestuurd|sent|envoyé|envoyée|gesendet|von meinem|enviado|wysłane|"
    r"wysłano)\b.{0,20}\b(?:vanaf|van|vanuit|met|via|from|using|depuis|de|avec|à partir|von|desde|z)\b.{2,60}"
    r"|(?:outlook|yahoo mail|mail)\b.{0,30}\b(?:downloaden|voor (?:ios|android|windows)|for (?:ios|android|windows)|"
    r"pour (?:ios|android))\b.{0,60}|get outlook for \w+.{0,60}|obtenir outlook pour \w+.{0,60}"
    r"|télécharge[rz] outlook.{0,60}|downloaden outlook.{0,60}",
    re.IGNORECASE,
)


def own_words(text: str, *, subject: str = "") -> str:
    """The text without quotes and signature; all of it when nothing would be left, or when it is a forwarded mail."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    if _SUBJECT_FORWARDED.match(subject) or any(_FORWARDED.fullmatch(line) for line in lines):
        return _joined([line for line in lines if line != CUT])
    kept = _without_signature(_without_quotes(_above_earlier_mail(lines)))
    return _joined(kept) or _joined([line for line in lines if line != CUT])


def _above_earlier_mail(lines: list[str]) -> list[str]:
    """What stands above a mail that is repeated without marks, as Outlook does."""
    for number, line in enumerate(lines):
        if not (line == CUT or _RULER.fullmatch(line) or _header_at(lines, number)):
            continue
        if line == CUT and any(row.startswith(">") for row in lines[number:]):
            break  # what is quoted is marked line by line, so that answers between the lines are seen
        above = lines[:number]
        while above and (not above[-1].strip() or _UNDERSCORES.fullmatch(above[-1].strip())):
            above.pop()
        words = "\n".join(row for row in above if row.strip() and not row.lstrip().startswith(">"))
        if not words.strip() or _BELOW.search(words):  # they answered under it, or say that they did in it
            break
        return above
    return [row for row in lines if row != CUT]


def _header_at(lines: list[str], number: int) -> bool:
    """Does a block of From, Sent, To and Subject begin here?"""
    first = _FIELD.fullmatch(lines[number][:300])
    if first is None or first["field"].lower() not in _SENDERS:
        return False
    fields = {
        found["field"].lower()
        for line in lines[number : number + 8]
        if line and (found := _FIELD.fullmatch(line[:300]))
    }
    return len(fields) >= 3


def _without_quotes(lines: list[str]) -> list[str]:
    """Quoted lines and their "… wrote:" go. Between answers the line that each answers stays, for the context."""
    quoted = [line.lstrip().startswith(">") for line in lines]
    announced = set[int]()
    number = 0
    while number < len(lines):
        length = _announcement(lines, number)
        if length and (
            _rest_is_old(lines, quoted, number + length) or _quote_follows(quoted, lines, number + length)
        ):
            announced.update(range(number, number + length))
            if not _quote_follows(quoted, lines, number + length):
                return [line for at, line in enumerate(lines[:number]) if not quoted[at]]
            number += length
        else:
            number += 1
    first = next((at for at, is_quote in enumerate(quoted) if is_quote), len(lines))
    inline = any(
        not quoted[at] and lines[at].strip() and at not in announced and any(quoted[at + 1 :])
        for at in range(first, len(lines))
    )
    kept = []
    for at, line in enumerate(lines):
        if at in announced:
            continue
        if not quoted[at] or (inline and _answered_by_next(lines, quoted, at)):
            kept.append(line)
    return kept


def _announcement(lines: list[str], number: int) -> int:
    """How many lines from here are a "… wrote:"; 0 for none."""
    if not lines[number].strip() or lines[number].lstrip().startswith(">"):
        return 0
    for length in range(1, _NOT_MORE + 1):
        taken = lines[number : number + length]
        if len(taken) < length or not taken[-1].strip() or taken[-1].lstrip().startswith(">"):
            return 0
        words = " ".join(line.strip() for line in taken)
        if len(words) > 600:
            return 0
        if (
            words.endswith(":")
            and _EVIDENCE.search(words)
            and (_WROTE.fullmatch(words) or _NAMED_FIRST.fullmatch(words))
        ):
            return length
    return 0


def _quote_follows(quoted: list[bool], lines: list[str], number: int) -> bool:
    following = next((at for at in range(number, len(lines)) if lines[at].strip()), None)
    return following is not None and quoted[following]


def _rest_is_old(lines: list[str], quoted: list[bool], number: int) -> bool:
    """Is all that follows the earlier mail, in a mail that marks nothing? Only if there are words above it as well."""
    above = [line for line in lines[: number - 1] if line.strip()]
    return bool(above) and not any(quoted) and not _BELOW.search("\n".join(above))


def _answered_by_next(lines: list[str], quoted: list[bool], number: int) -> bool:
    if not lines[number].strip(" >\t"):
        return False
    following = next((at for at in range(number + 1, len(lines)) if lines[at].strip(" >\t")), None)
    return following is not None and not quoted[following]


def _without_signature(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if line not in ("--", "-- ") or not any(row.strip() for row in lines[:number]):
            continue
        below = [row for row in lines[number + 1 :] if row.strip()]
        if len(below) <= _SIGNATURE and not any("?" in row for row in below):
            lines = lines[:number]
            break
    while lines and (not lines[-1].strip() or _DEVICE.fullmatch(lines[-1].strip(" .<>*")[:200])):
        lines = lines[:-1]
    return lines


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
