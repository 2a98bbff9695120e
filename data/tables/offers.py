"""Moments offered in a message, from which a client picks one."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created


class AppointmentOffer(Base):
    """Free times that somebody of ours offered. Nothing is held: who picks first has it, and the others stay to choose from."""

    __tablename__ = "appointment_offer"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token: Mapped[str] = mapped_column(unique=True, doc="256 random bits: the key of /a/kies/{token}.")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(doc="As of an appointment.")
    keys: Mapped[list[str]] = mapped_column(
        doc="dispatch.calendar.SlotKey as text, in the order of the message."
    )
    expires_at: Mapped[datetime]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), doc="What was picked.")
    created_at: Mapped[datetime] = created()
