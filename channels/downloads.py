"""Fetching a file from a provider's own hosts, with its credentials given to none but the host they are for."""

from collections.abc import AsyncIterator, Callable, Mapping

import httpx

from channels.base import Misconfigured, Rejected, Throttled, Unavailable
from data.translation import N_

REDIRECTS = 3
GONE, TOO_BIG, ELSEWHERE = (
    N_("het bestand is er niet meer"),
    N_("het bestand is te groot"),
    N_("het bestand staat elders"),
)


async def download(
    client: httpx.AsyncClient,
    url: str,
    limit: int,
    *,
    trusted: Callable[[httpx.URL], bool],
    headers: Callable[[httpx.URL], Mapping[str, str]] = lambda _: {},
) -> AsyncIterator[bytes]:
    """The bytes at `url`, at most `limit`; `headers` gives what may be said to that one host.

    Every step of a redirect has to be `trusted` too. Raises Rejected (gone, too big, elsewhere), Misconfigured,
    Throttled and Unavailable.
    """
    there = _address(url)
    for _ in range(REDIRECTS + 1):
        if there is None or not trusted(there):
            raise Rejected(ELSEWHERE)
        try:
            async with client.stream("GET", there, headers=headers(there), follow_redirects=False) as reply:
                if reply.is_redirect:
                    there = _address(str(there.join(reply.headers.get("location", ""))))
                    continue
                _check(reply, limit, known=bool(headers(there)))
                taken = 0
                async for piece in reply.aiter_bytes():
                    taken += len(piece)
                    if taken > limit:
                        raise Rejected(TOO_BIG)
                    yield piece
                return
        except httpx.InvalidURL:
            raise Rejected(ELSEWHERE) from None
        except httpx.HTTPError as error:
            raise Unavailable from error
    raise Rejected(ELSEWHERE)


def same_origin(one: httpx.URL, other: str) -> bool:
    """Do both name the same scheme, host and port?"""
    base = httpx.URL(other)
    return (one.scheme, one.host, one.port) == (base.scheme, base.host, base.port)


def on_host(url: httpx.URL, *names: str) -> bool:
    """Is it https on one of these hosts, or under one that begins with a dot, without a port or user of its own?"""
    if url.scheme != "https" or url.port is not None or url.userinfo:
        return False
    return any(url.host == name or (name.startswith(".") and url.host.endswith(name)) for name in names)


def _address(url: str) -> httpx.URL | None:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        return None


def _check(reply: httpx.Response, limit: int, *, known: bool) -> None:
    if reply.status_code == 429:
        raise Throttled(retry_after=5.0)
    if reply.status_code >= 500:
        raise Unavailable
    if reply.status_code == 401 or (reply.status_code == 403 and known):
        raise Misconfigured(N_("bestand geweigerd ({status})").format(status=reply.status_code))
    if not reply.is_success:
        raise Rejected(GONE)
    length = reply.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise Rejected(TOO_BIG)
