"""That somebody has another counsellor is told to them, in their own language and in words that staff may change first."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Person, Staff, Trajectory
from data.translation import _
from handover import followups, trajectory
from handover.conversation import NotAllowed

NEW, OLD = "{nieuwe}", "{vorige}"
WORDS: Mapping[str, str] = {
    "nl": "Dag{name}, vanaf nu begeleidt {nieuwe} je, niet meer {vorige}. {nieuwe} leest je dossier. Je hoeft niets opnieuw te vertellen. Je kan hier antwoorden.",
    "fr": "Bonjour{name}, à partir de maintenant {nieuwe} t'accompagne, et plus {vorige}. {nieuwe} lit ton dossier. Tu ne dois rien raconter à nouveau. Tu peux répondre ici.",
    "en": "Hello{name}, from now on {nieuwe} guides you, no longer {vorige}. {nieuwe} reads your file. You need not tell everything again. You can answer here.",
    "tr": "Merhaba{name}, bundan sonra sana {vorige} değil, {nieuwe} eşlik ediyor. {nieuwe} dosyanı okuyor. Hiçbir şeyi yeniden anlatman gerekmiyor. Buradan cevap verebilirsin.",
    "ar": "مرحبًا{name}، من الآن يرافقك {nieuwe} بدلًا من {vorige}. يقرأ {nieuwe} ملفك. لا حاجة لأن تحكي كل شيء من جديد. يمكنك الرد هنا.",
    "uk": "Вітаю{name}! Відтепер тебе супроводжує {nieuwe}, а не {vorige}. {nieuwe} читає твою справу. Не треба розповідати все знову. Відповісти можна тут.",
    "pl": "Dzień dobry{name}, od teraz pomaga ci {nieuwe}, już nie {vorige}. {nieuwe} czyta twoją teczkę. Nie musisz opowiadać wszystkiego od nowa. Możesz odpowiedzieć tutaj.",
    "es": "Hola{name}, desde ahora te acompaña {nieuwe}, ya no {vorige}. {nieuwe} lee tu expediente. No tienes que contarlo todo otra vez. Puedes responder aquí.",
}  # fmt: skip


def draft(person: Person) -> str:
    """What we would write, with the names of both counsellors still to be filled in; in Dutch where we lack the language."""
    words = WORDS.get(person.language.split("-")[0], WORDS["nl"])
    return words.replace("{name}", f" {person.name.split()[0]}" if person.name else "")


async def change(
    session: AsyncSession,
    track: Trajectory,
    counsellor: Staff,
    *,
    deputy_id: int | None,
    reason: str,
    words: str,
    by_id: int,
    now: datetime,
) -> None:
    """Another counsellor, with the reason for us and the `words` for the client, who gets them by the channel plan.

    Only another deputy is not told: nothing changes for the client. Raises NotAllowed without a reason or words.
    """
    before = await session.get_one(Staff, track.staff_id)
    other = before.id != counsellor.id
    if other and not words.strip():
        raise NotAllowed(
            _("Schrijf wat we de cliënt vertellen. Een nieuwe begeleider mag geen verrassing zijn.")
        )
    await trajectory.change_counsellor(
        session, track, counsellor.id, deputy_id=deputy_id, reason=reason, by_id=by_id, now=now
    )
    if not other:
        return
    text = words.replace(NEW, counsellor.name.split()[0]).replace(OLD, before.name.split()[0])
    await followups.plan(
        session,
        track.person_id,
        staff_id=counsellor.id,
        text=text,
        due_at=now,
        cancel_if_wrote=False,
        now=now,
    )
