"""What ties a mail to a message of ours: ids and plus-addresses that nobody else can make.

    Message-ID   <m42.6f1c…@voorbeeld.be>           of message 42; the same however often it is tried
    Reply-To     leerlijn+m42.6f1c…@voorbeeld.be    finds message 42 when a mail program drops the headers
    MAIL FROM    leerlijn+b42.6f1c….93ab…@…         where failures come back; the last part proves to whom it went

Hexadecimal in lower case, because the part before the @ does not always keep its capitals.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

_ID = re.compile(r"<?m(\d{1,18})\.([0-9a-f]{16})@([^\s<>@]+)>?", re.IGNORECASE)
_PLUS = re.compile(r"([mb])(\d{1,18})\.([0-9a-f]{16})(?:\.([0-9a-f]{16}))?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A plus-address of ours: the message it belongs to; `bounce` when failures come back to it."""

    message_id: int
    bounce: bool
    to: str  # the signature of whom the message went to; only of a bounce


class Marks:
    """Makes and recognises them. `plus`: our mailbox takes plus-addresses."""

    def __init__(self, address: str, secret: bytes, *, plus: bool = True) -> None:
        self.address = address.lower()
        self._local, _, self._domain = self.address.rpartition("@")
        self._secret = secret
        self._plus = plus

    def message_id(self, message_id: int) -> str:
        """The Message-ID header of our message, with its angle brackets."""
        return f"<m{message_id}.{self._sign(f'message {message_id}')}@{self._domain}>"

    def reply_to(self, message_id: int) -> str:
        """Where an answer to our message goes."""
        if not self._plus:
            return self.address
        return f"{self._local}+m{message_id}.{self._sign(f'message {message_id}')}@{self._domain}"

    def bounces_to(self, message_id: int, path: str) -> str:
        """The envelope sender of our message to `path`."""
        if not self._plus:
            return self.address
        signed = f"{self._sign(f'message {message_id}')}.{self._sign(f'to {path}')}"
        return f"{self._local}+b{message_id}.{signed}@{self._domain}"

    def ours(self, message_id: str) -> str | None:
        """`message_id` as we wrote it, if we did."""
        found = _ID.fullmatch(message_id.strip())
        if found is None or found[3].lower() != self._domain:
            return None
        number = int(found[1])
        return self.message_id(number) if self._signed(f"message {number}", found[2]) else None

    def of_address(self, address: str) -> Mark | None:
        """The mark in one of our own plus-addresses; None when there is none, or it is not signed by us."""
        local, _, domain = address.lower().rpartition("@")
        before, _, tag = local.rpartition("+")
        if before != self._local or domain != self._domain:
            return None
        found = _PLUS.fullmatch(tag)
        if found is None or not self._signed(f"message {int(found[2])}", found[3]):
            return None
        return Mark(message_id=int(found[2]), bounce=found[1] == "b", to=found[4] or "")

    def went_to(self, mark: Mark, path: str) -> bool:
        """Did the message of this bounce go to `path`? A failure of another address proves nothing about this one."""
        return bool(mark.to) and self._signed(f"to {path}", mark.to)

    def is_own(self, address: str) -> bool:
        """Is this our address, with or without a plus?"""
        local, _, domain = address.lower().rpartition("@")
        return domain == self._domain and local.partition("+")[0] == self._local

    def _sign(self, what: str) -> str:
        return hmac.new(self._secret, f"mail {what}".encode(), hashlib.sha256).hexdigest()[:16]

    def _signed(self, what: str, signature: str) -> bool:
        return hmac.compare_digest(self._sign(what), signature.lower())
