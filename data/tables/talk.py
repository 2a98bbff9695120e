"""Conversations and messages: the thread."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class Holder(StrEnum):
    BOT = "bot"
    QUEUE = "queue"
    STAFF = "staff"


class WaitingOn(StrEnum):
    US = "us"
    CLIENT = "client"
    DATE = "date"


class Life(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Urgency(StrEnum):
    CRISIS = "crisis"
    HIGH = "high"
    NORMAL = "normal"


class Conversation(Base):
    """A period of contact. Three separate axes (holder, waiting_on, life) and a version.

    Only `handover.conversation` changes the axes; each change raises `version`, and a bot reply leaves only
    if the version it was computed for still stands.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        one_of("holder", Holder),
        one_of("waiting_on", WaitingOn),
        one_of("life", Life),
        one_of("urgency", Urgency),
        CheckConstraint("(holder = 'staff') = (staff_id IS NOT NULL)", name="staff_holds"),
        CheckConstraint("(life = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        Index("uq_conversation_open", "person_id", unique=True, postgresql_where=sql("life = 'open'")),
        Index("ix_conversation_queue", "region_id", "holder", postgresql_where=sql("life = 'open'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"))
    holder: Mapped[str] = mapped_column(server_default=Holder.BOT)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    waiting_on: Mapped[str] = mapped_column(server_default=WaitingOn.US)
    life: Mapped[str] = mapped_column(server_default=Life.OPEN)
    urgency: Mapped[str] = mapped_column(server_default=Urgency.NORMAL)
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    waiting_since: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    promise_made_at: Mapped[datetime | None] = mapped_column(doc="When the promise that stands was made.")
    promise_warned_at: Mapped[datetime | None] = mapped_column(
        doc="When staff were told that it nearly passes."
    )
    promise_broken_at: Mapped[datetime | None] = mapped_column(
        doc="When the first promise of this wait passed; the client is told once."
    )
    reason: Mapped[str | None] = mapped_column(
        doc="Why it waits for a person: a code of handover.conversation."
    )
    channel: Mapped[str] = mapped_column(doc="Where the person wrote last.")
    dialogue: Mapped[dict[str, Any]] = mapped_column(
        server_default=sql("'{}'::jsonb"), doc="bot.state.Dialogue as JSON."
    )
    opened_at: Mapped[datetime] = created()
    closed_at: Mapped[datetime | None]


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Author(StrEnum):
    PERSON = "person"
    BOT = "bot"
    STAFF = "staff"
    SYSTEM = "system"


class Status(StrEnum):
    """received (in) · held → queued < sending < sent < delivered < read, unknown, failed, withheld (out)."""

    RECEIVED = "received"
    HELD = "held"  # until the person writes: then free text is allowed again
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    WITHHELD = "withheld"  # holder changed, opted out, or replaced before it left


class Message(Base):
    """One message of the thread; its id gives the order within a person (every writer locks the person)."""

    __tablename__ = "message"
    __table_args__ = (
        one_of("direction", Direction),
        one_of("author", Author),
        one_of("status", Status),
        UniqueConstraint("address_id", "client_msg_id"),
        UniqueConstraint("answers_id", "step"),
        UniqueConstraint("replaces_id"),
        Index("ix_message_thread", "person_id", "id"),
        Index("ix_message_held", "address_id", "id", postgresql_where=sql("status = 'held'")),
        Index("ix_message_created", "created_at", postgresql_using="brin"),
        Index("ix_message_words", sql("search_words(text, subject)"), postgresql_using="gin"),
        Index(
            "ix_message_unspoken", "id", postgresql_where=sql("channel = 'voice' AND status = 'queued'")
        ),  # answers that nobody may be on the line to hear
        Index(
            "ix_message_external", "channel", "external_id", postgresql_where=sql("external_id IS NOT NULL")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address_id: Mapped[int] = mapped_column(ForeignKey("address.id"), index=True)
    channel: Mapped[str]
    direction: Mapped[str]
    author: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    language: Mapped[str | None]
    choices: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'::jsonb"))
    status: Mapped[str]
    status_reason: Mapped[str | None]
    external_id: Mapped[str | None]
    client_msg_id: Mapped[str | None] = mapped_column(doc="The sender's own id of a composed message.")
    answers_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id"), doc="The inbound message this answers; unique with step."
    )
    step: Mapped[int | None]
    purpose: Mapped[str] = mapped_column(
        server_default="reply", doc="reply · follow_up · reminder · notice · news · opener · code"
    )
    needs_version: Mapped[int | None] = mapped_column(
        doc="Leaves only while the conversation has this version."
    )
    segments: Mapped[int | None]
    template: Mapped[dict[str, Any] | None] = mapped_column(doc="channels.base.Template as JSON.")
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id"), doc="The message that did not get through, and goes by this way instead."
    )
    calendar: Mapped[str | None] = mapped_column(doc="A calendar file that goes along, by mail.")
    slot_at: Mapped[datetime | None] = mapped_column(doc="When the pace of its channel lets it leave.")
    subject: Mapped[str | None] = mapped_column(doc="Of an e-mail.")
    replies_to_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    automatic: Mapped[bool] = mapped_column(
        server_default=sql("false"),
        doc="Written by a machine (an out-of-office reply, a list): never answered.",
    )
    edited_at: Mapped[datetime | None] = mapped_column(doc="The person changed it; `text` is the newest.")
    deleted_at: Mapped[datetime | None] = mapped_column(doc="The person took it back; `text` is empty.")
    created_at: Mapped[datetime] = created()
    status_at: Mapped[datetime] = created()


class Receipt(Base):
    """Proof that an entry of a provider's webhook was taken in; its key makes accepting idempotent."""

    __tablename__ = "receipt"

    channel: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    created_at: Mapped[datetime] = created()


class ParkedStatus(Base):
    """Delivery news about a message whose sending we have not committed yet."""

    __tablename__ = "parked_status"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str]
    external_id: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]
    reason: Mapped[str | None]
    created_at: Mapped[datetime] = created()


class Decision(Base):
    """What the bot understood and decided for one message, and why; a Correction by staff stands beside it."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    intent: Mapped[str]
    confidence: Mapped[float]
    language: Mapped[str]
    tier: Mapped[str]
    action: Mapped[str]
    partner: Mapped[str | None]
    reasons: Mapped[list[Any]]
    understanding: Mapped[dict[str, Any]]
    model_version: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class Correction(Base):
    """What a message really meant, as staff say; the newest word on it. What earlier ones said is in the events.

    The engine may learn from `wording`, the message without names, numbers and addresses. It goes when the message
    or the person goes.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    intent: Mapped[str]
    tier: Mapped[str]
    slots: Mapped[list[Any]] = mapped_column(doc="Records with name, value and negated, as in a decision.")
    language: Mapped[str]
    wording: Mapped[str | None] = mapped_column(doc="Empty for corrections from before wordings were kept.")
    model_version: Mapped[str] = mapped_column(doc="Whose prediction this corrects.")
    created_at: Mapped[datetime] = created()


class Note(Base):
    """An internal note: staff only, never sent."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_words", sql("search_words(text, NULL)"), postgresql_using="gin"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    created_at: Mapped[datetime] = created()
