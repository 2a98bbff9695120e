"""The client's own page, started by one of ours: the link goes to an address of theirs, and nobody here can read it."""

from fastapi.responses import Response
from sqlalchemy import select

from channels import outbox
from channels.abilities import channel_of
from data.tables import Address, AddressLink, Author, Holder
from handover import conversation, own_links
from handover.console.desk import Desk, Route
from handover.conversation import Step

WORDS = {
    "nl": "Hier zie je wat de leerwinkel over je bewaart. Je kan het verbeteren, bijhouden of wissen: {link} De link werkt 24 uur. Deel hem met niemand.",
    "fr": "Ici tu vois ce que le leerwinkel garde sur toi. Tu peux le corriger, le garder ou l'effacer : {link} Le lien marche 24 heures. Ne le partage pas.",
    "en": "Here you see what the leerwinkel keeps about you. You can correct it, save it or erase it: {link} The link works for 24 hours. Share it with nobody.",
    "tr": "Leerwinkel'in hakkında ne sakladığını burada görürsün. Düzeltebilir, kaydedebilir ya da silebilirsin: {link} Bağlantı 24 saat çalışır. Kimseyle paylaşma.",
    "ar": "هنا ترى ما يحفظه leerwinkel عنك. يمكنك أن تصحّحه أو تحتفظ به أو تحذفه: {link} يعمل الرابط 24 ساعة. لا تشاركه مع أحد.",
    "uk": "Тут ви бачите, що leerwinkel про вас зберігає. Це можна виправити, зберегти собі або стерти: {link} Посилання діє 24 години. Не давайте його нікому.",
    "pl": "Tutaj widzisz, co leerwinkel o tobie przechowuje. Możesz to poprawić, zapisać albo usunąć: {link} Link działa 24 godziny. Nie dawaj go nikomu.",
    "es": "Aquí ves qué guarda la leerwinkel sobre ti. Puedes corregirlo, guardarlo o borrarlo: {link} El enlace funciona 24 horas. No lo compartas con nadie.",
}  # the last five not yet read by a native speaker


async def send(desk: Desk) -> Response:
    """Send it to one of the addresses that are theirs."""
    person = await desk.person()
    await conversation.lock_person(desk.session, person.id)
    mine = select(AddressLink.address_id).where(
        AddressLink.person_id == person.id, AddressLink.ended_at.is_(None)
    )
    address: Address = await desk.one(
        select(Address).where(Address.id == desk.chosen("address_id"), Address.id.in_(mine))
    )
    token = await own_links.make(desk.session, person.id, address, now=desk.now, by_id=desk.staff.id)
    channel = channel_of(address.scheme)
    talk = await conversation.open_for(desk.session, person.id, channel, person.region_id, now=desk.now)
    own = person.language.split("-")[0]
    language = own if own in WORDS else "en"
    public = str(desk.request.app.state.settings.public_url).rstrip("/")
    await outbox.put(
        desk.session, conversation=talk, address_id=address.id, channel=channel, author=Author.SYSTEM,
        text=WORDS[language].format(link=f"{public}{own_links.PATH}{token}"), language=language,
        client_msg_id=f"own-link-{address.id}-{desk.now.timestamp():.0f}",
    )  # fmt: skip
    if talk.holder == Holder.BOT:
        await conversation.move(desk.session, talk, Step.BOT_ANSWERED, now=desk.now)
    return desk.go(f"/console/client/{person.id}")


async def stop(desk: Desk) -> Response:
    """The link that was sent works no longer."""
    person = await desk.person()
    await own_links.revoke(desk.session, person.id, by_id=desk.staff.id, now=desk.now)
    return desk.go(f"/console/client/{person.id}")


ROUTES = (
    Route(method="POST", path="/client/{person_id}/eigen-gegevens", handler=send),
    Route(method="POST", path="/client/{person_id}/eigen-gegevens/stop", handler=stop),
)
