"""Where providers call: check the signature on the raw bytes, parse, store, answer 200. Nothing thinks here."""

import logging
from collections.abc import Mapping

from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.routing import Route

from channels import abilities
from channels.base import Channel, Handshakes, Malformed, Webhook
from channels.inbox import Inbox

log = logging.getLogger(__name__)
UNSTORED = (DBAPIError, PoolTimeout, OSError)  # the database is away, or too busy to take more


async def taken(request: Request, public_url: str) -> Webhook:
    """The request as a channel reads it, with the address that the provider signed."""
    return Webhook(
        method=request.method,
        url=public_url + request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
    )


def routes(channels: Mapping[str, Channel], inbox: Inbox, public_url: str) -> list[Route]:
    """Routes for every channel that is on; the others do not exist (404).

    Plain ones, to be asked before all others: what providers send is read by no framework.
    """
    made: list[Route] = []

    async def receive(channel: Channel, request: Request) -> Response:
        webhook = await taken(request, public_url)
        if not channel.verify(webhook):
            log.warning("%s: a request without a valid signature was refused", channel.name)
            return Response("signature", status_code=403, media_type="text/plain")
        try:
            items = channel.parse(webhook)
            if items:
                await inbox.accept(channel.name, channel.scheme, items)
        except Malformed as error:
            log.warning("%s: a signed request was malformed: %s", channel.name, error)
            return Response("malformed", status_code=400, media_type="text/plain")
        except UNSTORED as error:  # the provider must come again
            log.error("%s: a request could not be stored (%s)", channel.name, type(error).__name__)
            return Response("later", status_code=503, media_type="text/plain", headers={"Retry-After": "5"})
        media_type, body = channel.answer(webhook)
        return Response(body, media_type=media_type)

    def route(channel: Channel) -> None:
        async def endpoint(request: Request) -> Response:
            return await receive(channel, request)

        async def handshake(request: Request) -> Response:
            answer = (
                channel.handshake(await taken(request, public_url))
                if isinstance(channel, Handshakes)
                else None
            )
            if answer is None:
                return Response("token", status_code=403, media_type="text/plain")
            return Response(answer, media_type="text/plain")

        for path in (f"/webhooks/{channel.name}", f"/webhooks/{channel.name}/status"):
            made.append(Route(path, endpoint, methods=["POST"]))
        if isinstance(channel, Handshakes):
            made.append(Route(f"/webhooks/{channel.name}", handshake, methods=["GET"]))

    for channel in channels.values():
        if not abilities.of(channel.name).spoken:  # a call is answered step by step: bot.calls
            route(channel)
    return made
