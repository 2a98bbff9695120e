"""Who is chatting: the visitor's token in a cookie, and requests that must come from our own pages."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

DAYS_90 = 90 * 24 * 3600  # seconds a visitor's device remembers its conversation


def token_of(connection: HTTPConnection) -> str | None:
    """The visitor token that came with this request or handshake."""
    return connection.cookies.get(_cookie_name(connection))


def remember(connection: HTTPConnection, response: Response, token: str, *, embed: bool) -> None:
    """Give the token to the browser, where no script can read it.

    Inside another site's page the cookie is partitioned: that site's visitors are known there only.
    """
    _set(connection, response, token, DAYS_90, embed=embed)


def forget(connection: HTTPConnection, response: Response) -> None:
    """Take the token back, also a partitioned one."""
    _set(connection, response, "", 0, embed=False)
    if _secure(connection):
        _set(connection, response, "", 0, embed=True)


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a form comes from our own page. A browser that says nothing is left to SameSite."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = connection.headers.get("origin", "null")
    return origin == "null" or _is_ours(connection, origin)


def same_origin_socket(connection: HTTPConnection) -> bool:
    """Whether a socket is opened by our own page; browsers always send the origin here."""
    return _is_ours(connection, connection.headers.get("origin", ""))


def _is_ours(connection: HTTPConnection, origin: str) -> bool:
    return bool(origin) and urlsplit(origin).netloc == connection.headers.get("host")


def _secure(connection: HTTPConnection) -> bool:
    return connection.url.scheme in {"https", "wss"}


def _cookie_name(connection: HTTPConnection) -> str:
    return "__Host-visitor" if _secure(connection) else "visitor"


def _set(connection: HTTPConnection, response: Response, token: str, age: int, *, embed: bool) -> None:
    # Written by hand: the standard library knows `Partitioned` only from Python 3.14.
    parts = [f"{_cookie_name(connection)}={token}", "Path=/", f"Max-Age={age}", "HttpOnly"]
    if not _secure(connection):
        parts += ["SameSite=Lax"]
    elif embed:
        parts += ["Secure", "SameSite=None", "Partitioned"]
    else:
        parts += ["Secure", "SameSite=Lax"]
    response.headers.append("Set-Cookie", "; ".join(parts))
