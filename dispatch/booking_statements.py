"""The statements of booking, made once: when everybody books at the same time, our CPU is what runs short.

Each gives back the appointments that it changed; objects in memory show what is stored. `SWAP` is the
compare-and-swap of a status; a hold ends with every status that it can be given.
"""

from typing import Any

from sqlalchemy import Text, any_, bindparam, case, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, insert

from data.tables import Appointment, AppointmentStatus, InfoSession, SessionStatus

_ROWS: Any = Appointment.__table__
_NEW = (
    "token", "person_id", "conversation_id", "address_id", "region_id", "counter_id", "room", "staff_id", "kind",
    "status", "held_until", "wall_start", "zone", "starts_at", "ends_at", "language", "topic", "sequence", "created_by",
    "interpreter_id", "session_id",
)  # fmt: skip


def _as_stored(statement: Any) -> Any:
    """The appointments that a statement changed; objects in memory show what it stored."""
    found = select(Appointment).from_statement(statement.returning(*_ROWS.c))
    return found.execution_options(populate_existing=True)


_TALKS: Any = InfoSession.__table__
_GIVEN = {name: bindparam(name, type_=_ROWS.c[name].type) for name in _NEW}
# The constraints of appointments see no info session, so that its counsellor and its room are looked at here, under the
# lock that whoever plans one takes too. A seat in one takes up neither.
_TALK = (
    select(_TALKS.c.id)
    .where(
        _TALKS.c.status == SessionStatus.PLANNED.value,
        _TALKS.c.starts_at < _GIVEN["ends_at"],
        _TALKS.c.ends_at > _GIVEN["starts_at"],
        or_(
            _TALKS.c.staff_id == _GIVEN["staff_id"],
            (_TALKS.c.counter_id == _GIVEN["counter_id"]) & (_TALKS.c.room == _GIVEN["room"]),
        ),
    )
    .exists()
)
INSERT = _as_stored(
    insert(_ROWS)
    .from_select(_NEW, select(*_GIVEN.values()).where(or_(_GIVEN["session_id"].is_not(None), ~_TALK)))
    .on_conflict_do_nothing()
)
GIVE_BACK = text("UPDATE info_session SET taken = taken - 1 WHERE id = :session_id")
_OWN = _ROWS.c.person_id == bindparam("of_person")
CLEAR = _as_stored(
    update(_ROWS)
    .where(
        _ROWS.c.status == AppointmentStatus.HELD.value,
        or_(
            _OWN,
            or_(
                _ROWS.c.staff_id == bindparam("of_staff"),
                _ROWS.c.interpreter_id == bindparam("with_interpreter", type_=_ROWS.c.interpreter_id.type),
                (_ROWS.c.counter_id == bindparam("at_counter")) & (_ROWS.c.room == bindparam("in_room", type_=Text())),
            )
            & (_ROWS.c.held_until <= bindparam("now"))
            & (_ROWS.c.starts_at < bindparam("until"))
            & (_ROWS.c.ends_at > bindparam("begins")),
        ),
    )
    .values(
        status=case((_OWN, AppointmentStatus.CANCELLED.value), else_=AppointmentStatus.EXPIRED.value),
        held_until=None,
    )
)  # fmt: skip
_MOMENT = TIMESTAMP(timezone=True)
_AFTER, _BY = bindparam("begins_after", type_=_MOMENT), bindparam("begun_by", type_=_MOMENT)
SWAP = _as_stored(
    update(_ROWS)
    .where(
        _ROWS.c.id == bindparam("appointment_id"),
        _ROWS.c.status == any_(bindparam("expected", type_=ARRAY(Text()))),
        or_(_AFTER.is_(None), _ROWS.c.starts_at > _AFTER),
        or_(_BY.is_(None), _ROWS.c.starts_at <= _BY),
    )
    .values(
        status=bindparam("new_status"), held_until=None, sequence=_ROWS.c.sequence + bindparam("steps"),
        token=func.coalesce(bindparam("new_token", type_=Text()), _ROWS.c.token),
    )
)  # fmt: skip
_STALE = (
    select(_ROWS.c.id)
    .where(_ROWS.c.status == AppointmentStatus.HELD.value, _ROWS.c.held_until <= bindparam("now"))
    .with_for_update(skip_locked=True)
)
EXPIRE = _as_stored(
    update(_ROWS)
    .where(_ROWS.c.id.in_(_STALE), _ROWS.c.status == AppointmentStatus.HELD.value)
    .values(status=AppointmentStatus.EXPIRED.value, held_until=None)
)
INTERPRETER = _as_stored(
    update(_ROWS)
    .where(
        _ROWS.c.id == bindparam("appointment_id"),
        _ROWS.c.status == AppointmentStatus.CONFIRMED.value,
        _ROWS.c.session_id.is_(None),
        _ROWS.c.starts_at > bindparam("now"),
    )
    .values(interpreter_id=bindparam("with_interpreter", type_=_ROWS.c.interpreter_id.type))
)
