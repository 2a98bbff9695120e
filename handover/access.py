"""Who may see what: every query of the console starts from one of these, and nowhere else is it decided.

    role                     | threads and persons                              | figures
    -------------------------+--------------------------------------------------+---------------
    counsellor               | own clients (trajectory, deputy, holder,         | own region
                             | appointment) and the queue of the own region     |
    dispatcher, coordinator  | the own region                                   | own region
    analyst                  | none                                             | all regions
    admin                    | all                                              | all regions

A conversation that waits for a person and has no region yet is in everybody's queue: a hand-over may not get
lost because nobody knows where the client lives. The queue of a region that is diverted to ours is ours too, as long
as that lasts.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    false,
    or_,
    select,
    true,
)

from data.tables import (
    Absence,
    Appointment,
    CallState,
    CallTask,
    CatalogueReport,
    Conversation,
    Counter,
    Event,
    Holder,
    InfoSession,
    Interpreter,
    Life,
    Partner,
    Person,
    QueueDiversion,
    Role,
    SavedReply,
    Staff,
    Trajectory,
)
from handover import diversion

SEES_PEOPLE = frozenset({Role.COUNSELLOR, Role.DISPATCHER, Role.COORDINATOR, Role.ADMIN})
SEES_REGION = frozenset({Role.DISPATCHER, Role.COORDINATOR})
NAMES_DOUBTS = SEES_REGION | {Role.ADMIN}  # says in bulk what doubtful messages meant
LEADS = SEES_REGION | {Role.ADMIN}  # sees how the team is doing, and has another region answer
MANAGES = frozenset({Role.COORDINATOR, Role.ADMIN})
AUDITS = frozenset({Role.COORDINATOR, Role.ANALYST, Role.ADMIN})  # whether the order of courses is neutral
READS_GAPS = MANAGES | {Role.ANALYST}  # demand without offer
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, eq=False, kw_only=True)
class Viewer:
    """Any member of staff of one kind. What is asked at every page is made once for a kind: making it takes longer than
    asking it. Their id and region are parameters of such a statement, which `values` fills in."""

    role: Role
    id: BindParameter[int]
    region_id: BindParameter[str] | None


def viewer(staff: Staff) -> Viewer:
    return _viewer(Role(staff.role), staff.region_id is not None)


def values(staff: Staff) -> dict[str, Any]:
    """The parameters of a statement that was made for `viewer(staff)`."""
    return {"viewer_id": staff.id, "viewer_region": staff.region_id}


@cache
def _viewer(role: Role, has_region: bool) -> Viewer:
    region = bindparam("viewer_region", type_=String) if has_region else None
    return Viewer(role=role, id=bindparam("viewer_id", type_=BigInteger), region_id=region)


def visible_regions(staff: Staff) -> frozenset[str] | None:
    """The regions whose figures this person sees; None is all of them."""
    if staff.role in (Role.ADMIN, Role.ANALYST):
        return None
    return frozenset({staff.region_id} if staff.region_id else ())


def may_see_conversation(staff: Staff | Viewer) -> ColumnElement[bool]:
    """The condition on a row of Conversation."""
    if staff.role == Role.ADMIN:
        return true()
    if staff.role not in SEES_PEOPLE or staff.region_id is None:
        return false()
    in_queue = and_(
        Conversation.holder == Holder.QUEUE,
        Conversation.life == Life.OPEN,
        or_(
            Conversation.region_id == staff.region_id,
            Conversation.region_id.is_(None),
            Conversation.region_id.in_(diversion.diverted_to(staff.region_id)),
        ),
    )
    own = or_(Conversation.staff_id == staff.id, Conversation.person_id.in_(_guided(staff)))
    if staff.role in SEES_REGION:
        return or_(Conversation.region_id == staff.region_id, in_queue, own)
    return or_(own, in_queue)


def may_see_person(staff: Staff | Viewer, *, few: bool = False) -> ColumnElement[bool]:
    """The condition on a row of Person: who sees a person sees the whole thread, over all channels.

    `few`: the query leaves few rows to look at, so that it is faster to look up each than all whom `staff` sees.
    """
    if staff.role == Role.ADMIN:
        return true()
    if staff.role not in SEES_PEOPLE or staff.region_id is None:
        return false()
    seen = [
        (Conversation.person_id, may_see_conversation(staff)),
        (Trajectory.person_id, _guides(staff)),
        (Appointment.person_id, may_see_appointment(staff)),
        (CallTask.person_id, and_(may_see_call(staff), CallTask.state == CallState.OPEN)),
    ]
    ways: list[ColumnElement[bool]] = [
        select(theirs).where(theirs == Person.id, condition).correlate(Person).exists()
        if few
        else Person.id.in_(select(theirs).where(condition))
        for theirs, condition in seen
    ]
    if staff.role in SEES_REGION:
        ways.insert(0, Person.region_id == staff.region_id)
    return or_(*ways)


def may_see_appointment(staff: Staff | Viewer) -> ColumnElement[bool]:
    """The condition on a row of Appointment."""
    if staff.role == Role.ADMIN:
        return true()
    if staff.role in SEES_REGION and staff.region_id is not None:
        return Appointment.region_id == staff.region_id
    if staff.role == Role.COUNSELLOR:
        return or_(Appointment.staff_id == staff.id, Appointment.person_id.in_(_guided(staff)))
    return false()


def may_see_session(staff: Staff) -> ColumnElement[bool]:
    """The condition on a row of InfoSession: a counsellor's own; who sees the region: those of everybody there."""
    if staff.role == Role.ADMIN:
        return true()
    if staff.role in SEES_REGION and staff.region_id is not None:
        return InfoSession.region_id == staff.region_id
    return InfoSession.staff_id == staff.id if staff.role == Role.COUNSELLOR else false()


def may_see_call(staff: Staff | Viewer) -> ColumnElement[bool]:
    """The condition on a row of CallTask: one's own, and those of the region (or diverted to it) that are nobody's."""
    if staff.role == Role.ADMIN:
        return true()
    if staff.role not in SEES_PEOPLE or staff.region_id is None:
        return false()
    here = or_(CallTask.region_id == staff.region_id, CallTask.region_id.is_(None))
    own = or_(CallTask.staff_id == staff.id, CallTask.person_id.in_(_guided(staff)))
    nobodys = CallTask.staff_id.is_(None)
    diverted = and_(CallTask.region_id.in_(diversion.diverted_to(staff.region_id)), nobodys)
    if staff.role in SEES_REGION:
        return or_(here, own, diverted)
    return or_(own, diverted, and_(here, nobodys))


def may_see_event(staff: Staff) -> ColumnElement[bool]:
    """The condition on a row of Event, decided anew for every event that is sent to a browser."""
    if staff.role == Role.ADMIN:
        return true()
    if staff.role not in SEES_PEOPLE or staff.region_id is None:
        return false()
    here = select(Conversation.id).where(
        or_(
            Conversation.region_id == staff.region_id,
            Conversation.region_id.is_(None),
            Conversation.staff_id == staff.id,
        )
    )
    return or_(
        Event.region_id == staff.region_id,
        and_(
            Event.kind.startswith("conversation."),
            Event.region_id.in_(diversion.diverted_to(staff.region_id)),
        ),
        Event.conversation_id.in_(here),
        Event.person_id.in_(_guided(staff)),
    )


@dataclass(frozen=True, kw_only=True)
class Heard:
    """An event with what is needed to say who may hear of it, so that it need not be asked for each listener.

    `talk`: it is about a conversation, of `talk_region` and held by `talk_staff`; `guides`: who guides its person;
    `diverted_to`: the regions that answer the queue of its region now.
    """

    event: Event
    talk: bool
    talk_region: str | None
    talk_staff: int | None
    guides: frozenset[int]
    diverted_to: frozenset[str]

    def is_client_of(self, staff: Staff) -> bool:
        """Whether it is about somebody whom `staff` guides or talks with."""
        return staff.id in self.guides or (self.talk and self.talk_staff == staff.id)


def hears(staff: Staff, heard: Heard) -> bool:
    """The same as `may_see_event`, for one event; a test holds the two to each other."""
    if staff.role == Role.ADMIN:
        return True
    if staff.role not in SEES_PEOPLE or staff.region_id is None:
        return False
    event = heard.event
    return (
        event.region_id == staff.region_id
        or (event.kind.startswith("conversation.") and staff.region_id in heard.diverted_to)
        or (heard.talk and (heard.talk_region in (None, staff.region_id) or heard.talk_staff == staff.id))
        or staff.id in heard.guides
    )


def may_see_report(staff: Staff) -> ColumnElement[bool]:
    """The condition on a row of CatalogueReport; one of nowhere in particular is everybody's."""
    if staff.role == Role.ADMIN:
        return true()
    if staff.role not in SEES_PEOPLE or staff.region_id is None:
        return false()
    return or_(CatalogueReport.region_id == staff.region_id, CatalogueReport.region_id.is_(None))


def reports_of(staff: Staff) -> Select[CatalogueReport]:
    return select(CatalogueReport).where(may_see_report(staff))


def conversations_of(staff: Staff) -> Select[Conversation]:
    return select(Conversation).where(may_see_conversation(staff))


def persons_of(staff: Staff) -> Select[Person]:
    return select(Person).where(may_see_person(staff))


@cache
def person_of(viewer: Viewer) -> Select[Person]:
    """The person whose id is the parameter `person_id`, whether or not their file is still there."""
    return select(Person).where(Person.id == bindparam("person_id"), may_see_person(viewer, few=True))


@cache
def conversation_of(viewer: Viewer) -> Select[Conversation]:
    """The conversation whose id is the parameter `conversation_id`."""
    return select(Conversation).where(
        Conversation.id == bindparam("conversation_id"), may_see_conversation(viewer)
    )


def appointments_of(staff: Staff) -> Select[Appointment]:
    return select(Appointment).where(may_see_appointment(staff))


def absences_of(staff: Staff) -> Select[Absence]:
    """One's own; who sees the region: those of everybody who works there."""
    query = select(Absence).join(Staff, Staff.id == Absence.staff_id)
    if staff.role == Role.ADMIN:
        return query
    if staff.role in SEES_REGION and staff.region_id is not None:
        return query.where(Staff.region_id == staff.region_id)
    return query.where(Absence.staff_id == staff.id)


def colleagues_of(staff: Staff | Viewer) -> Select[Staff]:
    """Whom this person may assign to: everybody who helps clients in the own region; an admin: anywhere."""
    query = select(Staff).where(
        Staff.active, Staff.role.in_((Role.COUNSELLOR, Role.DISPATCHER, Role.COORDINATOR))
    )
    if staff.role == Role.ADMIN:
        return query
    if staff.role not in SEES_PEOPLE:
        return query.where(false())
    return query.where(Staff.region_id == staff.region_id)


def managed_by(staff: Staff) -> Select[Staff]:
    """The accounts this person may look after."""
    if staff.role == Role.ADMIN:
        return select(Staff)
    if staff.role == Role.COORDINATOR:
        return select(Staff).where(Staff.region_id == staff.region_id)
    return select(Staff).where(false())


def diversions_of(staff: Staff) -> Select[QueueDiversion]:
    """The diversions of queues that this person may end: those of the own region's queue."""
    if staff.role == Role.ADMIN:
        return select(QueueDiversion)
    if staff.role not in SEES_REGION:
        return select(QueueDiversion).where(false())
    return select(QueueDiversion).where(QueueDiversion.region_id == staff.region_id)


def counters_of(staff: Staff) -> Select[Counter]:
    if staff.role in (Role.ADMIN, Role.ANALYST):
        return select(Counter)
    return select(Counter).where(Counter.region_id == staff.region_id)


def interpreters_of(staff: Staff) -> Select[Interpreter]:
    """Those of the own region; an admin: all."""
    query = select(Interpreter)
    return query if staff.role == Role.ADMIN else query.where(Interpreter.region_id == staff.region_id)


def partners_of(staff: Staff) -> Select[Partner]:
    """Partners everywhere and those of the own region; partners are no secret, only not all of use."""
    if staff.role in (Role.ADMIN, Role.ANALYST):
        return select(Partner)
    return select(Partner).where(or_(Partner.region_id.is_(None), Partner.region_id == staff.region_id))


def saved_replies_of(staff: Staff | Viewer) -> Select[SavedReply]:
    """Texts to use again: those of everywhere and of the own region."""
    if staff.role == Role.ADMIN:
        return select(SavedReply)
    return select(SavedReply).where(
        or_(SavedReply.region_id.is_(None), SavedReply.region_id == staff.region_id)
    )


def _guided(staff: Staff | Viewer) -> Select[int]:
    """Persons in an open trajectory with this counsellor or deputy, and those whose closed one was theirs."""
    return select(Trajectory.person_id).where(_guides(staff))


def _guides(staff: Staff | Viewer) -> ColumnElement[bool]:
    return or_(
        Trajectory.staff_id == staff.id,
        and_(Trajectory.deputy_id == staff.id, Trajectory.closed_at.is_(None)),
    )
