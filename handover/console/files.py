"""Files of clients: for who may see the client, and never as a page of ours."""

from fastapi.responses import FileResponse, Response
from sqlalchemy import select

from channels.media import Media, headers_of
from data.tables import Attachment, Message, Person
from handover import access, looks
from handover.console.desk import Desk, NotFound, Route


async def show(desk: Desk) -> Response:
    """/console/bijlage/{attachment_id}, with ?klein=1 the small picture"""
    media: Media = desk.request.app.state.media
    visible = access.persons_of(desk.staff).with_only_columns(Person.id)
    wanted = select(Attachment).join(Message, Message.id == Attachment.message_id)
    attachment: Attachment = await desk.one(
        wanted.where(Attachment.id == desk.number("attachment_id"), Message.person_id.in_(visible))
    )
    message = await desk.session.get_one(Message, attachment.message_id)
    await looks.note(desk.session, message.person_id, desk.staff.id, now=desk.now, again=False)
    small = "klein" in desk.request.query_params
    path = media.path(attachment, preview=small)
    if path is None:
        raise NotFound
    media_type = "image/jpeg" if small else attachment.media_type
    return FileResponse(path, media_type=media_type, headers=headers_of(attachment))


ROUTES = (Route(method="GET", path="/bijlage/{attachment_id}", handler=show),)
