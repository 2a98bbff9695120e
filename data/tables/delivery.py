"""How messages leave: the state of each channel, its pace, approved templates, and whom we may not write."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class ChannelHealth(StrEnum):
    ON = "on"
    PAUSED = "paused"  # the provider cannot be reached, or asked us to wait
    SUSPENDED = "suspended"  # our account or settings are wrong; somebody has to mend that
    OFF = "off"  # no secret is set


class ChannelState(Base):
    """What all processes know of a channel. The row appears with the first trouble, or when a hub with it starts.

    on --failures in a row--> paused --until, then one probe at a time--> on | paused for longer
    on | paused --wrong account--> suspended --until, then one probe at a time--> on | suspended
    """

    __tablename__ = "channel_state"
    __table_args__ = (one_of("health", ChannelHealth),)

    channel: Mapped[str] = mapped_column(primary_key=True)
    health: Mapped[str] = mapped_column(server_default=ChannelHealth.ON)
    failures: Mapped[int] = mapped_column(
        server_default=sql("0"), doc="In a row, since the last that went well."
    )
    until: Mapped[datetime | None] = mapped_column(doc="Nothing is handed over before this moment.")
    probing_until: Mapped[datetime | None] = mapped_column(doc="Somebody is trying one message until then.")
    reason: Mapped[str | None]
    changed_at: Mapped[datetime] = created()
    silent_since: Mapped[datetime | None] = mapped_column(doc="Alerted that nothing came in since then.")


class Pace(Base):
    """How far ahead the messages of a channel, or to one address, are booked; see channels.pace."""

    __tablename__ = "pace"

    key: Mapped[str] = mapped_column(primary_key=True)
    booked_until: Mapped[datetime]


class TemplateState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


class TemplateApproval(Base):
    """What the provider said of a template; its words stand in channels/templates.toml, where they are reviewed."""

    __tablename__ = "template_approval"
    __table_args__ = (one_of("state", TemplateState),)

    name: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default=TemplateState.DRAFT)
    provider_id: Mapped[str | None] = mapped_column(
        doc="Twilio's ContentSid; Meta goes by name and language."
    )
    changed_at: Mapped[datetime] = created()
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Suppression(Base):
    """An address that asked us to be silent, as a keyed hash only: it survives the erasure of the address."""

    __tablename__ = "suppression"

    key: Mapped[str] = mapped_column(primary_key=True, doc="HMAC-SHA256 of scheme and path, in hex.")
    reminders_too: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = created()
