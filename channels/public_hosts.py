"""A wire that reaches the public internet only, so that no address somebody gives us leads into our own network.

The name is looked up once, every address it has must be public, and the connection goes to that very address: a name
that answers something else a moment later (DNS rebinding) changes nothing.
"""

import asyncio
import ipaddress
import socket

import httpx


class PublicHosts(httpx.AsyncHTTPTransport):
    """httpx's own transport in front of which the address is looked up, checked and pinned."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        address = await _public_address(
            host, request.url.port or (443 if request.url.scheme == "https" else 80)
        )
        request.url = request.url.copy_with(host=address)  # the Host header keeps the name
        request.extensions = {**request.extensions, "sni_hostname": host}
        return await super().handle_async_request(request)


async def _public_address(host: str, port: int) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError("the name is not known") from error
    addresses = [ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise httpx.UnsupportedProtocol("not a public address")
    return str(addresses[0])


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or inner.is_global)
