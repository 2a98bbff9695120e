"""How WhatsApp names a person: by phone number, or by an id that hides it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
"""

import re

PHONE = re.compile(r"\+?[1-9]\d{5,14}")
USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{4,128}")


def path_of(name: str) -> str | None:
    """`+` and digits for a phone number, the id as it is for a business-scoped user id; None for anything else."""
    if PHONE.fullmatch(name):
        return "+" + name.removeprefix("+")
    return name if USER_ID.fullmatch(name) else None


def is_phone(path: str) -> bool:
    return path.startswith("+")


def sender_of(*names: str) -> tuple[str, tuple[str, ...]]:
    """The path to write to, a phone number if there is one, and the other paths of this person.

    Raises ValueError when none of the names is an address.
    """
    paths = list(dict.fromkeys(path for name in names if (path := path_of(name))))
    if not paths:
        raise ValueError("no address in it")
    first = next((path for path in paths if is_phone(path)), paths[0])
    return first, tuple(path for path in paths if path != first)
