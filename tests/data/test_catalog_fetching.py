"""Catalogues from the web: what is fetched, and what is refused."""

import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from data.catalog import fetching
from data.catalog.fetching import Fetcher
from data.catalog.importers.base import Unreadable

PAGE = b"<!doctype html><title>Aanbod</title>"


class Site(BaseHTTPRequestHandler):
    """A site on this machine that answers well, badly, too much, and elsewhere."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(f"{self.headers['Host']} {self.path}")
        onward = {
            "/moved": "/page",
            "/file": "file:///etc/passwd",
            "/round": "/round",
            "/away": "http://[bad",
        }
        if self.path in onward:
            self.send_response(302)
            self.send_header("Location", onward[self.path])
            self.end_headers()
        elif self.path in ("/page", "/large"):
            self.send_response(200)
            self.send_header("Content-Type", "whatever/it-is")
            self.end_headers()
            self.wfile.write(PAGE * (100 if self.path == "/large" else 1))
        else:
            self.send_error(404)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with closing(Fetcher(private=True, largest=1000)) as fetcher:
        yield fetcher


@pytest.mark.parametrize("path", ["/page", "/moved"])
def test_an_answer_becomes_a_document(site: str, fetcher: Fetcher, path: str) -> None:
    sizes: list[int] = []
    document = fetcher.open(site + path, on_bytes=sizes.append)
    with document.file:
        assert (document.start().read(), document.origin, sizes) == (PAGE, f"{site}/page", [len(PAGE)])
    assert Site.seen[-1] == f"{site.removeprefix('http://')} /page", "the name, not the number, is asked for"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/file", "file:///etc/passwd is no address that begins with http:// or https://."),
        ("/round", "goes on to another address more than 5 times."),
        ("/away", "http://[bad is no address"),
        ("/large", "is larger than 0 MB."),
        ("/gone", "answered 404 Not Found."),
    ],
)
def test_an_answer_that_is_refused(site: str, fetcher: Fetcher, path: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as error:
        fetcher.open(site + path)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://0.0.0.0/", "http://10.0.0.8/a",
        "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data", "http://100.64.0.1/", "http://2130706433/",
        "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/", "http://224.0.0.1/",
    ],
)  # fmt: skip
def test_a_private_address_is_not_fetched_unless_that_is_meant(address: str) -> None:
    with closing(Fetcher()) as fetcher, pytest.raises(Unreadable) as error:
        fetcher.open(address)
    assert "is on this machine or in a private network. If that is meant, add --allow-private." in str(
        error.value
    )


def test_a_redirect_into_a_private_network_is_not_followed(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only the first question is answered as if the site were public: what a redirect asks is checked again.
    answers = iter([True])
    monkeypatch.setattr(fetching, "_is_public", lambda _: next(answers, False))
    with closing(Fetcher()) as fetcher, pytest.raises(Unreadable) as error:
        fetcher.open(site.replace("localhost", "127.0.0.1") + "/moved")
    assert "/page is on this machine" in str(error.value)


@pytest.mark.parametrize(
    "address", ["ftp://example.org/a", "file:///etc/passwd", "http://", "https:///a", "http://[::"]
)
def test_only_the_web_is_fetched(address: str, fetcher: Fetcher) -> None:
    with pytest.raises(Unreadable) as error:
        fetcher.open(address)
    assert "is no address that begins with http:// or https://." in str(error.value)


def test_a_sitemap_leads_to_pages_of_its_own_host_only(site: str, fetcher: Fetcher) -> None:
    document = fetcher.open(f"{site}/page")
    with document.file, document.fetch(f"{site}/moved").file as page:
        page.seek(0)
        assert page.read() == PAGE
    with pytest.raises(Unreadable) as error:
        document.fetch("http://elsewhere.example/page")
    assert str(error.value) == "http://elsewhere.example/page is on another host than the sitemap."


def test_a_host_that_does_not_answer(fetcher: Fetcher) -> None:
    with pytest.raises(Unreadable) as error:
        fetcher.open("http://127.0.0.1:1/offer.csv")
    assert "http://127.0.0.1:1/offer.csv cannot be fetched" in str(error.value)
