"""Files of clients: for who may see the client, and never as a page of ours; and what is said in them, written out."""

from fastapi.responses import FileResponse, Response
from sqlalchemy import select

from channels.media import Media, headers_of
from data import events
from data.tables import Attachment, Message, Person
from handover import access, looks
from handover.console.desk import Desk, NotFound, Route

TRANSCRIPT_LIMIT = 4_000  # bytes of UTF-8


async def show(desk: Desk) -> Response:
    """/console/bijlage/{attachment_id}, with ?klein=1 the small picture"""
    media: Media = desk.request.app.state.media
    attachment, message = await _file(desk)
    await looks.note(desk.session, message.person_id, desk.staff.id, now=desk.now, again=False)
    small = "klein" in desk.request.query_params
    path = media.path(attachment, preview=small)
    if path is None:
        raise NotFound
    media_type = "image/jpeg" if small else attachment.media_type
    return FileResponse(path, media_type=media_type, headers=headers_of(attachment))


async def write_out(desk: Desk) -> Response:
    """What one heard or saw in a file, for colleagues, for search and for whoever cannot play it."""
    attachment, message = await _file(desk)
    text = desk.text("text", TRANSCRIPT_LIMIT)
    if text and text != attachment.transcript:
        attachment.transcript, attachment.transcript_by = text, desk.staff.id
        await desk.session.flush()
        await events.record(
            desk.session, "attachment.written_out", person_id=message.person_id, staff_id=desk.staff.id,
            conversation_id=message.conversation_id, data={"attachment_id": attachment.id},
        )  # fmt: skip
    return desk.go(f"/console/client/{message.person_id}#m{message.id}")


async def _file(desk: Desk) -> tuple[Attachment, Message]:
    visible = access.persons_of(desk.staff).with_only_columns(Person.id)
    found = await desk.session.execute(
        select(Attachment, Message)
        .join(Message, Message.id == Attachment.message_id)
        .where(Attachment.id == desk.number("attachment_id"), Message.person_id.in_(visible))
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return row.Attachment, row.Message


ROUTES = (
    Route(method="GET", path="/bijlage/{attachment_id}", handler=show),
    Route(method="POST", path="/bijlage/{attachment_id}/tekst", handler=write_out),
)
