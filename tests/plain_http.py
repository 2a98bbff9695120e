"""HTTP to servers on this machine."""

import httpx


def plain_http() -> httpx.AsyncHTTPTransport:
    """What carries http:// and nothing else: to read the list of certificates takes longer than most tests."""
    return httpx.AsyncHTTPTransport(verify=False)
