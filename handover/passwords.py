"""Password hashes: argon2id at OWASP's 19 MiB, two passes, one lane.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
AT_ONCE = 2  # hashes in parallel: each takes a core and 19 MiB


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def hash_password(password: str) -> str:
    """The encoded argon2id hash with its parameters and a fresh salt. Takes some 30 ms of one core."""
    return _hasher().hash(password)


class Passwords:
    """Checks passwords away from the event loop, a few at a time."""

    def __init__(self) -> None:
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._nobody: str | None = None

    async def right(self, password: str, stored: str | None) -> bool:
        """Whether `password` belongs to the stored hash; `None` (no such account) takes as long and is no."""
        async with self._gate:
            return await asyncio.to_thread(self._check, password, stored)

    async def made(self, password: str) -> str:
        """The hash to keep of a new password."""
        async with self._gate:
            return await asyncio.to_thread(hash_password, password)

    def _check(self, password: str, stored: str | None) -> bool:
        if stored is None:
            self._nobody = self._nobody or hash_password("nobody has this account")
        try:
            return _hasher().verify(stored or self._nobody or "", password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False
