"""Cookies that no script reads, and forms that only our own pages may send."""

import pytest
from fastapi import Request, Response

from bot.pages import visitor


def request(scheme: str = "http", **headers: str) -> Request:
    named = {"host": "leerlijn.test", **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    return Request({
        "type": "http", "scheme": scheme, "server": ("leerlijn.test", 80), "path": "/chat",
        "query_string": b"", "headers": raw,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "embed", "parts"),
    [
        ("http", False, {"visitor=t", "HttpOnly", "SameSite=Lax", "Path=/"}),
        ("https", False, {"__Host-visitor=t", "HttpOnly", "SameSite=Lax", "Path=/", "Secure"}),
        ("https", True, {"__Host-visitor=t", "HttpOnly", "SameSite=None", "Path=/", "Secure", "Partitioned"}),
    ],
)
def test_the_token_goes_where_no_script_reads_it(scheme: str, embed: bool, parts: set[str]) -> None:
    response = Response()
    visitor.remember(request(scheme), response, "t", embed=embed)
    cookie = set(response.headers["set-cookie"].split("; "))
    assert cookie == parts | {"Max-Age=7776000"}


def test_over_https_only_the_host_cookie_counts() -> None:
    assert visitor.token_of(request("https", cookie="visitor=planted; __Host-visitor=ours")) == "ours"
    assert visitor.token_of(request("https", cookie="visitor=planted")) is None
    assert visitor.token_of(request("http", cookie="visitor=ours")) == "ours"


def test_leaving_takes_both_cookies_back() -> None:
    response = Response()
    visitor.forget(request("https"), response)
    cookies = response.headers.getlist("set-cookie")
    assert all("Max-Age=0" in cookie and "__Host-visitor=;" in cookie for cookie in cookies)
    assert ["Partitioned" in cookie for cookie in cookies] == [False, True]


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "same-site", "origin": "http://leerlijn.test"}, False),
        ({"origin": "http://leerlijn.test"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://leerlijn.test.evil.example"}, False),
        ({}, True),
    ],
)
def test_a_form_must_come_from_our_own_page(headers: dict[str, str], allowed: bool) -> None:
    assert visitor.same_origin(request(**headers)) is allowed


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"origin": "http://leerlijn.test"}, True),
        ({"origin": "https://leerlijn.test"}, True),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example"}, False),
        ({}, False),
    ],
)
def test_a_socket_must_say_where_it_comes_from(headers: dict[str, str], allowed: bool) -> None:
    assert visitor.same_origin_socket(request(**headers)) is allowed
