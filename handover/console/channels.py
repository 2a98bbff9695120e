"""The channels: how each is doing, what is dead and can run once more, and what providers said of our templates."""

from fastapi.responses import Response
from sqlalchemy import select

from channels import health, templates
from data.tables import Role, TemplateApproval, TemplateState
from handover import access, channel_page
from handover.console.desk import BadForm, Desk, NotFound, Route

READS = frozenset({Role.DISPATCHER, Role.COORDINATOR, Role.ADMIN})
HERE = "/console/kanalen"


async def show(desk: Desk) -> Response:
    """/console/kanalen"""
    judged = await desk.session.scalars(select(TemplateApproval))
    known = {(row.name, row.channel, row.language): row for row in judged}
    return await desk.page(
        "channels.html", lines=await channel_page.lines(desk.session),
        dead=await channel_page.dead(desk.session) if desk.role in access.MANAGES else [],
        texts=[(text, known.get(key)) for key, text in sorted(templates.texts().items())],
        manages=desk.role in access.MANAGES,
    )  # fmt: skip


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
