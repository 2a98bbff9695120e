"""Reading JSON of a provider that may hold anything: what is not as expected is left out, never raised further.

Also for text that goes into the database unseen by `clean_text`: ids and types are plain ASCII, or they are not there.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from channels.base import Malformed, clean_text

log = logging.getLogger(__name__)
MEDIA_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)
ID = re.compile(r"[\x21-\x7e]{1,300}")
NAME_LIMIT = 200  # bytes
Made = TypeVar("Made")
Object = Mapping[str, Any]


def json_object(body: bytes) -> Object:
    """The body as a JSON object. Raises Malformed."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error
    if not isinstance(value, dict):
        raise Malformed("no JSON object")
    return value


def objects(value: object) -> list[Object]:
    """The objects in a list; what else is in it, or no list at all, is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def under(parent: Object, *names: str) -> Object:
    """The object at the end of these names; an empty one where there is none."""
    value: Any = parent
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def words(parent: Object, name: str) -> str:
    """Text as it came, for `clean_text` later; empty where there is none."""
    value = parent.get(name)
    return value if isinstance(value, str) else ""


def line(parent: Object, name: str) -> str | None:
    """A short text on one line, cleaned: a name, a title."""
    clean = " ".join(clean_text(words(parent, name), NAME_LIMIT).split())
    return clean or None


def code(parent: Object, name: str) -> str:
    """An id or a type in plain ASCII; empty when it is something else."""
    value = parent.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        value = str(value)
    return value if isinstance(value, str) and ID.fullmatch(value) else ""


def media_type(parent: Object, name: str) -> str | None:
    """`image/jpeg` of `image/jpeg; q=1`; None when it is no media type."""
    found = MEDIA_TYPE.match(words(parent, name).strip())
    return found[0].lower() if found else None


def number(parent: Object, name: str) -> int:
    """A whole number that fits in a column; 0 when it is something else."""
    digits = code(parent, name)
    return int(digits) if re.fullmatch(r"\d{1,15}", digits) else 0


def each(what: str, elements: Sequence[Object], read: Callable[[Object], Sequence[Made]]) -> Iterator[Made]:
    """All that `read` makes of the elements; one that it cannot read (ValueError) is logged and left out."""
    for element in elements:
        try:
            yield from read(element)
        except ValueError as error:
            log.warning("%s was left out: %s", what, error)
