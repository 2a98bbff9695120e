"""Templates: reviewed words in templates.toml, and what the provider said of them in the database."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Template
from data import events
from data.tables import TemplateApproval, TemplateState

OPEN, REMINDER = "leerlijn_open", "leerlijn_reminder"
FALLBACK = ("nl", "en", "fr")  # for a language we have no approved words in
# What people answer to "reply OPEN", folded; whatever they write opens the window, these say nothing more.
OPEN_WORDS = frozenset({"open", "ouvrir", "ouvre", "ja", "oui", "yes", "ok", "oke", "okay"})


@dataclass(frozen=True, kw_only=True)
class Text:
    """The words of one template in one language."""

    name: str
    channel: str
    language: str
    words: str

    def filled(self, values: Sequence[str]) -> str:
        """The words as the person reads them."""
        return self.words.format(*values)


@cache
def texts() -> Mapping[tuple[str, str, str], Text]:
    """All templates by name, channel and language."""
    found = tomllib.loads(resources.files("channels").joinpath("templates.toml").read_text(encoding="utf-8"))
    return {
        (name, channel, language): Text(name=name, channel=channel, language=language, words=words)
        for name, entry in found.items()
        for channel in entry["channels"]
        for language, words in entry.items()
        if language != "channels"
    }


async def approved(
    session: AsyncSession, name: str, channel: str, language: str, values: Sequence[str] = ()
) -> tuple[Template, str] | None:
    """The template to send to somebody who reads `language`, and its words; None: none is approved yet."""
    rows = await session.scalars(
        select(TemplateApproval).where(
            TemplateApproval.name == name,
            TemplateApproval.channel == channel,
            TemplateApproval.state == TemplateState.APPROVED,
        )
    )
    known = {row.language: row for row in rows}
    for wanted in (language.split("-")[0], *FALLBACK):
        row, text = known.get(wanted), texts().get((name, channel, wanted))
        if row is not None and text is not None:
            template = Template(name=name, language=wanted, values=tuple(values), provider_id=row.provider_id)
            return template, text.filled(values)
    return None


async def judge(
    session: AsyncSession,
    text: Text,
    state: TemplateState,
    *,
    provider_id: str | None,
    staff_id: int | None = None,
) -> None:
    """Note what the provider said of a template."""
    values = {"state": state, "provider_id": provider_id or None, "changed_by": staff_id}
    key = {"name": text.name, "channel": text.channel, "language": text.language}
    await session.execute(
        insert(TemplateApproval)
        .values(key | values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )
    await events.record(session, "template.judged", staff_id=staff_id, data=key | {"state": state})
