"""Secrets of others that we have to give on (a password for a calendar): sealed in the database with our own secret."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class CannotOpen(ValueError):
    """It was sealed with another secret."""


def seal(secret: bytes, purpose: str, text: str) -> str:
    """`text`, readable only with the same secret and purpose."""
    return _box(secret, purpose).encrypt(text.encode()).decode()


def unseal(secret: bytes, purpose: str, sealed: str) -> str:
    """What `seal` was given. Raises CannotOpen."""
    try:
        return _box(secret, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen("sealed with another secret") from None


def _box(secret: bytes, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.digest(secret, purpose.encode(), hashlib.sha256)))
