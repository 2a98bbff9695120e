"""The channels: how each is doing, what is dead and can run once more, and what providers said of our templates."""

from collections.abc import Mapping, Sequence

from fastapi.responses import Response
from sqlalchemy import select

from channels import health, templates
from data.tables import Role, TemplateApproval, TemplateState
from data.translation import N_, _
from handover import access, channel_page
from handover.console.desk import BadForm, Desk, NotFound, Route
from handover.fields import FIELDS

READS = frozenset({Role.DISPATCHER, Role.COORDINATOR, Role.ADMIN})
HERE = "/console/kanalen"
SENDER = {"begeleider": N_("de voornaam van wie het stuurt")}  # who reads this page is not who sends it


async def show(desk: Desk) -> Response:
    """/console/kanalen"""
    judged = await desk.session.scalars(select(TemplateApproval))
    known = {(row.name, row.channel, row.language): row for row in judged}
    return await desk.page(
        "channels.html", lines=await channel_page.lines(desk.session),
        dead=await channel_page.dead(desk.session) if desk.role in access.MANAGES else [],
        texts=_by_template(known), shown=desk.request.query_params.get("sjabloon", ""),
        fields={field: _(means) for field, means in {**FIELDS, **SENDER}.items()},
        manages=desk.role in access.MANAGES,
    )  # fmt: skip


def _by_template(
    known: Mapping[tuple[str, str, str], TemplateApproval],
) -> Sequence[tuple[templates.Text, Sequence[tuple[templates.Text, TemplateApproval | None]]]]:
    """Each template of each channel, as its Dutch, with its words in every language and what was said of them."""
    found: dict[tuple[str, str], list[tuple[templates.Text, TemplateApproval | None]]] = {}
    for key, text in templates.texts().items():
        found.setdefault(key[:2], []).append((text, known.get(key)))
    return [(rows[0][0], rows) for rows in found.values()]


async def try_now(desk: Desk) -> Response:
    """Somebody mended it: the next message is a try."""
    await health.try_now(desk.session, desk.text("channel", 40), staff_id=desk.staff.id)
    return desk.go(HERE)


async def revive(desk: Desk) -> Response:
    """Let a dead job run once more; a second press changes nothing."""
    await channel_page.revive(desk.session, desk.chosen("job_id"), by_id=desk.staff.id)
    return desk.go(HERE)


async def judge(desk: Desk) -> Response:
    """What the provider said of a template."""
    name, _, rest = desk.text("template", 140).partition("/")
    channel, _, language = rest.partition("/")
    text, state = templates.texts().get((name, channel, language)), desk.text("state", 20)
    if text is None:
        raise NotFound
    if state not in set(TemplateState):
        raise BadForm
    await templates.judge(
        desk.session, text, TemplateState(state), provider_id=desk.text("provider_id", 80) or None,
        staff_id=desk.staff.id,
    )  # fmt: skip
    return desk.go(HERE)


ROUTES = (
    Route(method="GET", path="/kanalen", handler=show, roles=READS),
    Route(method="POST", path="/kanalen/proberen", handler=try_now, roles=access.MANAGES),
    Route(method="POST", path="/kanalen/sjabloon", handler=judge, roles=access.MANAGES),
    Route(method="POST", path="/kanalen/taak", handler=revive, roles=access.MANAGES),
)
