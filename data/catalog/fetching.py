"""Fetching a catalogue from the web: http and https only, limited in size and time, and not from private networks."""

from __future__ import annotations

import ipaddress
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import httpx

from data.catalog.importers.base import Document, Unreadable
from data.catalog.importers.schemaorg import LARGEST_PAGE

LARGEST = 512 * 1024**2  # bytes of one answer
TIMEOUT = httpx.Timeout(30, connect=10)
LONGEST = 600.0  # seconds for one answer
MOST_REDIRECTS = 5
PAUSE = 0.1  # seconds between the pages of a sitemap, so that no site is hurried
AGENT = "Leerlijn-catalogue/1.0"


class Fetcher:
    """Opens addresses as documents in temporary files. `private` allows addresses of this machine and its network."""

    def __init__(self, *, private: bool = False, largest: int = LARGEST) -> None:
        self._private, self._largest = private, largest
        self._client = httpx.Client(timeout=TIMEOUT, headers={"User-Agent": AGENT}, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def open(self, address: str, *, on_bytes: Callable[[int], None] = lambda _: None) -> Document:
        """The answer of an address; pages that it leads to must be on the same host. Raises Unreadable."""
        return self._open(address, self._largest, on_bytes)

    def _open(self, address: str, largest: int, on_bytes: Callable[[int], None]) -> Document:
        host = _host(address)
        here = address
        for _ in range(MOST_REDIRECTS + 1):
            file = tempfile.TemporaryFile()  # noqa: SIM115 - the document owns it
            try:
                onward = self._save(here, file, largest, on_bytes)
            except BaseException:
                file.close()
                raise
            if onward is None:
                return Document(file=file, origin=here, fetch=lambda page: self._page(page, host))
            file.close()
            try:
                here = urljoin(here, onward)
            except ValueError:
                here = onward
            _host(here)
        raise Unreadable(f"{address} goes on to another address more than {MOST_REDIRECTS} times.")

    def _page(self, address: str, host: str) -> Document:
        if _host(address) != host:
            raise Unreadable(f"{address} is on another host than the sitemap.")
        time.sleep(PAUSE)
        return self._open(address, LARGEST_PAGE, lambda _: None)

    def _save(
        self, address: str, file: BinaryIO, largest: int, on_bytes: Callable[[int], None]
    ) -> str | None:
        """Write the answer to a file; or return where it sends one."""
        size, until = 0, time.monotonic() + LONGEST
        try:
            with closing(self._client.send(self._request(address), stream=True)) as answer:
                if answer.is_redirect:
                    return str(answer.headers.get("location", ""))
                if answer.status_code != 200:
                    raise Unreadable(f"{address} answered {answer.status_code} {answer.reason_phrase}.")
                for chunk in answer.iter_bytes():
                    size += len(chunk)
                    if size > largest:
                        raise Unreadable(
                            f"{address} is larger than {largest // 1024**2} MB. Download it, then give the file."
                        )
                    if time.monotonic() > until:
                        raise Unreadable(f"{address} takes longer than {LONGEST // 60:.0f} minutes.")
                    file.write(chunk)
                    on_bytes(size)
        except httpx.TimeoutException as error:
            raise Unreadable(f"{address} did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreadable(f"{address} cannot be fetched: {error or 'no connection'}.") from error
        return None

    def _request(self, address: str) -> httpx.Request:
        """A request to the very network address that was checked: a moment later the name could mean another."""
        url = httpx.URL(address)
        try:
            found = socket.getaddrinfo(
                url.host, url.port or (443 if url.scheme == "https" else 80), type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError) as error:
            raise Unreadable(f"{address} cannot be fetched: no host is called {url.host}.") from error
        addresses = sorted({str(item[4][0]) for item in found}, key=lambda item: (":" in item, item))
        if not self._private and not all(map(_is_public, addresses)):
            raise Unreadable(
                f"{address} is on this machine or in a private network. If that is meant, add --allow-private."
            )
        return self._client.build_request(
            "GET",
            url.copy_with(host=addresses[0]),
            headers={"Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return parsed.is_global and not parsed.is_multicast


def _host(address: str) -> str:
    """The host of an http(s) address. Raises Unreadable."""
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    if not host:
        raise Unreadable(f"{address} is no address that begins with http:// or https://.")
    return host
