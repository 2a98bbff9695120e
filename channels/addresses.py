"""Addresses in one form each, so that one telephone is one address whoever wrote its number down."""

import re

import phonenumbers

from channels.phone_numbers import HOME

PHONES = frozenset({"sms", "whatsapp", "tel"})
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_LIKE_A_NUMBER = re.compile(r"\+?[\d ()./-]{8,25}")
_EMAIL = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,200}\.[^\W\d_]{2,24}")


def normalise(scheme: str, path: str) -> str:
    """The path as it is stored: a number in E.164, an e-mail address with its domain in lower case.

    What is no number (a sender's name, a provider's own id, a short code) stays as it is; so does the part before the
    @, with its plus: only the mail server knows whether those are one box.
    """
    path = path.strip()
    if scheme in PHONES:
        return _number(path, bare=scheme == "whatsapp")
    if scheme == "mailto":
        local, at, domain = path.rpartition("@")
        return f"{local}{at}{domain.lower()}"
    return path


def find(text: str) -> tuple[str, str] | None:
    """The first number or e-mail address that somebody typed, as scheme (`tel` or `mailto`) and path."""
    mail = _EMAIL.search(text)
    if mail is not None:
        return "mailto", normalise("mailto", mail.group().rstrip("."))
    for match in phonenumbers.PhoneNumberMatcher(text, HOME):
        return "tel", phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def shown(scheme: str, path: str) -> str:
    """An address as its owner recognises it and nobody else learns it: its last digits, its first letter."""
    if scheme == "mailto":
        local, _, domain = path.rpartition("@")
        return f"{local[:1]}…@{domain}"
    return f"…{path[-4:]}"


def _number(path: str, *, bare: bool) -> str:
    if _E164.fullmatch(path) or not _LIKE_A_NUMBER.fullmatch(path):
        return path
    if bare and path.isdigit() and not path.startswith("0"):
        path = f"+{path}"  # Meta leaves the plus out
    try:
        number = phonenumbers.parse(path, HOME)
    except phonenumbers.NumberParseException:
        return path
    if not phonenumbers.is_possible_number(number):
        return path
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
