"""What people are asked to agree to, as staff read it: the texts in every language, and how many agreed."""

from fastapi.responses import Response

from handover import access, consents
from handover.console.desk import Desk, Route
from handover.console.labels import words


async def show(desk: Desk) -> Response:
    """/console/beheer/toestemmingen"""
    return await desk.page(
        "consents.html", kinds=words("consent"), texts=consents.texts(),
        given=await consents.given(desk.session, access.visible_regions(desk.staff)),
    )  # fmt: skip


ROUTES = (Route(method="GET", path="/beheer/toestemmingen", handler=show, roles=access.MANAGES),)
