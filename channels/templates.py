"""Templates: reviewed words in templates.toml, and what the provider said of them in the database."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Template
from data import events
from data.tables import TemplateApproval, TemplateState

OPEN, REMINDER = "leerlijn_open", "leerlijn_reminder"
FALLBACK = ("nl", "en", "fr")  # for a language we have no approved words in
# What people answer to "reply OPEN", folded; whatever they write opens the window, these say nothing more.
OPEN_WORDS = frozenset(
    {
        "open", "ouvrir", "ouvre", "ja", "oui", "yes", "ok", "oke", "okay", "evet", "так", "tak", "si", "نعم",
    }
)  # fmt: skip
ABOUT = frozenset({"channels", "category", "purpose", "fields"})  # what is said of it beside its words
VALUE_LIMIT = 60  # characters for one place: a name, a day and an hour


@dataclass(frozen=True, kw_only=True)
class Text:
    """The words of one template in one language.

    `fields`: what each of its places is. `purpose`: by which rules it leaves when staff choose it; None: they cannot.
    """

    name: str
    channel: str
    language: str
    words: str
    category: str
    fields: tuple[str, ...] = ()
    purpose: str | None = None

    @property
    def submitted(self) -> str:
        """The words as the provider wants them: its places count from 1."""
        return re.sub(r"\{(\d)\}", lambda spot: f"{{{{{int(spot[1]) + 1}}}}}", self.words)

    def filled(self, values: Sequence[str]) -> str:
        """The words as the person reads them."""
        return self.words.format(*values)


@cache
def texts() -> Mapping[tuple[str, str, str], Text]:
    """All templates by name, channel and language."""
    found = tomllib.loads(resources.files("channels").joinpath("templates.toml").read_text(encoding="utf-8"))
    return {
        (name, channel, language): Text(
            name=name, channel=channel, language=language, words=words, category=entry["category"],
            fields=tuple(entry.get("fields", ())), purpose=entry.get("purpose"),
        )
        for name, entry in found.items()
        for channel in entry["channels"]
        for language, words in entry.items()
        if language not in ABOUT
    }  # fmt: skip


@cache
def chosen_by_staff(channel: str) -> Mapping[str, Mapping[str, Text]]:
    """The templates of a channel that staff choose, each with its words by language."""
    found: dict[str, dict[str, Text]] = {}
    for text in texts().values():
        if text.channel == channel and text.purpose is not None:
            found.setdefault(text.name, {})[text.language] = text
    return found


@cache
def channels() -> frozenset[str]:
    """The channels with templates that staff choose."""
    return frozenset(text.channel for text in texts().values() if text.purpose is not None)


def in_order(language: str) -> list[str]:
    """The languages to write in to somebody who reads `language`, the best first."""
    return list(dict.fromkeys((language.split("-")[0], *FALLBACK)))


async def judged(session: AsyncSession, channel: str) -> dict[tuple[str, str], TemplateApproval]:
    """What the provider said, by name and language; what it was never asked is not in it."""
    rows = await session.scalars(select(TemplateApproval).where(TemplateApproval.channel == channel))
    return {(row.name, row.language): row for row in rows}


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
    for wanted in in_order(language):
        row, text = known.get(wanted), texts().get((name, channel, wanted))
        if row is not None and text is not None:
            return made(text, row, values), text.filled(values)
    return None


def made(text: Text, approval: TemplateApproval, values: Sequence[str]) -> Template:
    """What a message takes along to be sent in these approved words."""
    return Template(
        name=text.name, language=text.language, values=tuple(values), provider_id=approval.provider_id
    )


async def judge(
    session: AsyncSession,
    text: Text,
    state: TemplateState,
    *,
    provider_id: str | None,
    staff_id: int | None = None,
) -> None:
    """Note what the provider said of a template."""
    values = {
        "state": state, "provider_id": provider_id or None, "changed_by": staff_id, "changed_at": func.now(),
    }  # fmt: skip
    key = {"name": text.name, "channel": text.channel, "language": text.language}
    await session.execute(
        insert(TemplateApproval)
        .values(key | values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )
    await events.record(session, "template.judged", staff_id=staff_id, data=key | {"state": state})
