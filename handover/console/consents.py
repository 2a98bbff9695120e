"""What people are asked to agree to, as staff read it: the texts in every language, and how many agreed."""

from fastapi.responses import Response

from data.tables import ConsentKind
from handover import access, consents, retention
from handover.console.desk import Desk, Route
from handover.console.labels import words


async def show(desk: Desk) -> Response:
    """/console/beheer/toestemmingen"""
    years = await retention.file_years(desk.session, desk.staff.region_id)
    texts = {
        kind: {
            language: {
                part: consents.words(ConsentKind(kind), part, language, staff="…", years=years)
                for part in parts
            }
            for language, parts in by_language.items()
        }
        for kind, by_language in consents.texts().items()
    }
    return await desk.page(
        "consents.html", kinds=words("consent"), texts=texts,
        given=await consents.given(desk.session, access.visible_regions(desk.staff)),
    )  # fmt: skip


ROUTES = (Route(method="GET", path="/beheer/toestemmingen", handler=show, roles=access.MANAGES),)
