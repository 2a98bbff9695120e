"""The texts that staff use again: written, translated and withdrawn by a coordinator, with who changed what."""

from fastapi.responses import Response

from data.tables import Role, SavedReply
from data.translation import _
from handover import access, saved_replies
from handover.console.desk import BadForm, Desk, Route
from handover.console.labels import words
from handover.conversation import NotAllowed
from handover.fields import FIELDS

HERE = "/console/beheer/antwoorden"


async def show_all(desk: Desk) -> Response:
    """/console/beheer/antwoorden"""
    return await desk.page("saved_replies.html", rows=await saved_replies.every(desk.session, desk.staff))


async def show_new(desk: Desk) -> Response:
    """/console/beheer/antwoord"""
    return await _page(desk, None)


async def show(desk: Desk) -> Response:
    """/console/beheer/antwoord/{reply_id}"""
    return await _page(desk, await _row(desk))


async def create(desk: Desk) -> Response:
    """A new one, of the own region; an admin's is for everywhere."""
    row = SavedReply(region_id=desk.staff.region_id, created_by=desk.staff.id, created_at=desk.now)
    return await _save(desk, row, None)


async def change(desk: Desk) -> Response:
    row = await _changeable(desk)
    before = row.active
    answer = await _save(desk, row, row)
    return _offered(desk, row, answer) if row.active != before and answer.status_code == 303 else answer


async def set_active(desk: Desk) -> Response:
    """Only whether it is offered."""
    row, wanted = await _changeable(desk), desk.form.get("active", "")
    if wanted not in ("0", "1"):
        raise BadForm
    desk.unless_changed(int(row.active))
    await saved_replies.set_active(desk.session, row, wanted == "1", by_id=desk.staff.id)
    return _offered(desk, row, desk.go(HERE))


def _offered(desk: Desk, row: SavedReply, answer: Response) -> Response:
    said = (
        _("Het antwoord wordt weer aangeboden.")
        if row.active
        else _("Het antwoord wordt niet meer aangeboden.")
    )
    return desk.done(
        answer, said, f"/console/beheer/antwoord/{row.id}/actief", active=int(not row.active), was=int(row.active)
    )  # fmt: skip


async def _changeable(desk: Desk) -> SavedReply:
    row = await _row(desk)
    if not _may_change(desk, row):
        raise NotAllowed(
            _(
                "Dit antwoord geldt overal. Alleen een beheerder past het aan; maak er een voor je eigen regio."
            )
        )
    return row


async def _save(desk: Desk, row: SavedReply, known: SavedReply | None) -> Response:
    """Keep it, or the page again with what was typed and why not."""
    texts = {
        language: desk.text(f"text_{language}", saved_replies.TEXT_LIMIT * 4)
        for language in saved_replies.LANGUAGES
    }
    try:
        await saved_replies.save(
            desk.session, row, name=desk.text("name", saved_replies.NAME_LIMIT), texts=texts,
            active=desk.form.get("active") == "1", by_id=desk.staff.id, now=desk.now,
        )  # fmt: skip
    except NotAllowed as refused:
        return await _page(desk, known, status=409, warning=str(refused), typed=texts)
    return desk.go(HERE)


async def _page(
    desk: Desk,
    row: SavedReply | None,
    *,
    status: int = 200,
    warning: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    saved = await saved_replies.one(desk.session, row) if row is not None else None
    return await desk.page(
        "saved_reply.html", status=status, saved=saved, warning=warning, fields={field: _(means) for field, means in FIELDS.items()},
        name=desk.form.get("name") or (row.name if row is not None else ""),
        texts=typed or (saved.wordings if saved is not None else {}), languages={code: words("language")[code] for code in saved_replies.LANGUAGES},
        history=await saved_replies.history(desk.session, row.id) if row is not None else [],
        may_change=row is None or _may_change(desk, row), most=saved_replies.TEXT_LIMIT,
    )  # fmt: skip


async def _row(desk: Desk) -> SavedReply:
    wanted = SavedReply.id == desk.number("reply_id")
    found: SavedReply = await desk.one(access.saved_replies_of(desk.staff).where(wanted))
    return found


def _may_change(desk: Desk, row: SavedReply) -> bool:
    return desk.role == Role.ADMIN or row.region_id is not None


ROUTES = (
    Route(method="GET", path="/beheer/antwoorden", handler=show_all, roles=access.MANAGES),
    Route(method="GET", path="/beheer/antwoord", handler=show_new, roles=access.MANAGES),
    Route(method="POST", path="/beheer/antwoord", handler=create, roles=access.MANAGES),
    Route(method="GET", path="/beheer/antwoord/{reply_id}", handler=show, roles=access.MANAGES),
    Route(method="POST", path="/beheer/antwoord/{reply_id}", handler=change, roles=access.MANAGES),
    Route(method="POST", path="/beheer/antwoord/{reply_id}/actief", handler=set_active, roles=access.MANAGES),
)
