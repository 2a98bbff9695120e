"""What may leave, and when."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from channels.abilities import channel_of
from channels.policy import may_send
from data.tables import Address, Message

BRUSSELS = ZoneInfo("Europe/Brussels")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=BRUSSELS)


def verdict(purpose: str, now: datetime = NOON, **address: object) -> tuple[bool, datetime | None]:
    where = Address(**{"scheme": "sms"} | address)
    found = may_send(Message(purpose=purpose, channel=channel_of(where.scheme)), where, now)
    assert found.allowed or found.reason
    return found.allowed, found.until


@pytest.mark.parametrize("purpose", ["reply", "follow_up", "news", "opener", "code"])
def test_stop_means_stop(purpose: str) -> None:
    assert verdict(purpose, opted_out_at=NOON - timedelta(days=300)) == (False, None)


def test_a_reminder_of_an_own_appointment_comes_until_stop_answers_one() -> None:
    assert verdict("reminder", opted_out_at=NOON) == (True, None)
    assert verdict("reminder", opted_out_at=NOON, reminders_off=True) == (False, None)


def test_the_confirmation_of_stop_itself_leaves() -> None:
    assert verdict("notice", opted_out_at=NOON) == (True, None)


@pytest.mark.parametrize(
    ("scheme", "last_in", "allowed"),
    [
        ("whatsapp", NOON - timedelta(hours=23, minutes=59), True),
        ("whatsapp", NOON - timedelta(hours=24, seconds=1), False),
        ("whatsapp", None, False),
        ("messenger", NOON - timedelta(days=2), False),
        ("sms", None, True),
        ("sms", NOON - timedelta(days=400), True),
    ],
)
def test_the_window_for_free_text(scheme: str, last_in: datetime | None, allowed: bool) -> None:
    assert verdict("reply", scheme=scheme, last_in_at=last_in)[0] is allowed


@pytest.mark.parametrize(
    ("author", "days", "allowed"),
    [("bot", 2, False), ("staff", 2, True), ("staff", 6.9, True), ("staff", 7.1, False)],
)
def test_a_person_may_write_by_messenger_for_a_week(author: str, days: float, allowed: bool) -> None:
    address = Address(scheme="messenger", last_in_at=NOON - timedelta(days=days))
    found = may_send(Message(purpose="reply", author=author, channel="messenger"), address, NOON)
    assert (found.allowed, found.shut) == (allowed, not allowed)


def test_an_approved_template_needs_no_window() -> None:
    message = Message(purpose="opener", channel="whatsapp", template={"name": "x"})
    assert may_send(message, Address(scheme="whatsapp"), NOON).allowed


@pytest.mark.parametrize(
    "shut", [{"blocked_at": NOON}, {"unreachable": "nummer bestaat niet"}], ids=["blocked", "unreachable"]
)
def test_where_nobody_can_be_reached_nothing_is_sent(shut: dict[str, object]) -> None:
    assert verdict("notice", **shut) == (False, None)


def test_what_was_not_agreed_to_is_not_written_first() -> None:
    found = may_send(
        Message(purpose="follow_up", author="staff"), Address(scheme="sms"), NOON, consented=False
    )
    assert not found.allowed


@pytest.mark.parametrize(
    ("hour", "minute", "until"),
    [(7, 59, (24, 8)), (8, 0, None), (20, 59, None), (21, 0, (25, 8)), (23, 59, (25, 8)), (0, 0, (24, 8))],
)
@pytest.mark.parametrize("purpose", ["follow_up", "reminder"])
def test_what_we_write_first_waits_for_the_morning(
    purpose: str, hour: int, minute: int, until: tuple[int, int] | None
) -> None:
    allowed, later = verdict(purpose, NOON.replace(hour=hour, minute=minute))
    assert allowed is (until is None)
    assert later == (until and NOON.replace(day=until[0], hour=until[1]))


@pytest.mark.parametrize("purpose", ["reply", "notice"])
def test_an_answer_leaves_at_night(purpose: str) -> None:
    assert verdict(purpose, NOON.replace(hour=3)) == (True, None)


@pytest.mark.parametrize("day", [(2026, 10, 24), (2027, 3, 27)])
def test_the_morning_is_wall_time_also_when_the_clock_changes(day: tuple[int, int, int]) -> None:
    night = datetime(*day, 22, 30, tzinfo=BRUSSELS)
    _, until = verdict("follow_up", night)
    assert until is not None
    assert (until.day, until.hour) == (night.day + 1, 8)
