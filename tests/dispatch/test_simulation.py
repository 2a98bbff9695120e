"""A year played through: repeatable, true to the blueprint's figures, and better with more of everything."""

from dataclasses import replace
from datetime import time

import pytest

from dispatch.simulation import SESSIONS, Assumptions, CounterPlan, Service, SittingPlan, Town, play

AALST = CounterPlan(name="Aalst", lat=50.94, lon=4.04)
NINOVE = CounterPlan(name="Ninove", lat=50.83, lon=4.02)
VIDEO = CounterPlan(name="video", lat=None, lon=None)


def week(counter: str, counsellor: str, *days: int) -> list[SittingPlan]:
    return [
        SittingPlan(counter=counter, counsellor=counsellor, weekday=day, starts=time(9), ends=time(16, 30))
        for day in days
    ]


SERVICE = Service(
    counters=(AALST, NINOVE, VIDEO),
    sittings=(*week("Aalst", "Els", 0, 1, 3), *week("Ninove", "Karim", 0, 2, 4)),
    towns=(
        Town(name="aalst", lat=50.94, lon=4.04, people=90_000),
        Town(name="ninove", lat=50.83, lon=4.02, people=40_000),
    ),
    dispatchers=1,
)
FEW = Assumptions(people=900)


def test_the_blueprint_gives_two_appointments_a_person() -> None:
    sessions = sum(sessions * clients for sessions, clients in SESSIONS)
    clients = sum(clients for _, clients in SESSIONS)
    assert clients == 418
    assert sessions / clients == pytest.approx(2.2, abs=0.1)


def test_one_seed_is_one_year() -> None:
    assert play(SERVICE, FEW, year=2027) == play(SERVICE, FEW, year=2027)
    assert play(SERVICE, FEW, year=2027) != play(SERVICE, FEW, year=2027, seed=2)


def test_people_come_as_often_as_the_shares_say() -> None:
    year = play(SERVICE, Assumptions(people=20_000), year=2027)
    total = sum(year.people.values())
    assert total == pytest.approx(20_000, rel=0.05)
    for tier, share in FEW.shares.items():
        assert year.people[tier] / total == pytest.approx(share, abs=0.02)
    assert year.by_bot / year.people["information"] == pytest.approx(0.6, abs=0.03)


def test_nobody_sits_twice_at_one_time() -> None:
    """With far too many people every place is used once, and the rest hears that there is none."""
    year = play(SERVICE, Assumptions(people=20_000, no_show=0), year=2027)
    assert year.seats_used <= 1
    assert year.seats_used > 0.99
    assert year.found_nothing > 1000
    assert year.wait_median > 60


def test_more_people_who_help_means_less_waiting() -> None:
    crowded = Assumptions(people=2_000)
    now = play(SERVICE, crowded, year=2027)
    more = replace(SERVICE, sittings=(*SERVICE.sittings, *week("Aalst", "extra", 1, 2, 4)))
    then = play(more, crowded, year=2027)
    assert then.wait_median < now.wait_median / 2
    assert then.load["Els"] < now.load["Els"]
    assert then.seats_used < now.seats_used


def test_more_dispatchers_keep_more_promises() -> None:
    busy = Assumptions(people=30_000, shares={"information": 1.0})
    one, ten = (play(replace(SERVICE, dispatchers=n), busy, year=2027) for n in (1, 10))
    assert one.promises > 10_000
    assert ten.kept / ten.promises > 0.9 > one.kept / one.promises
    assert play(replace(SERVICE, dispatchers=0), busy, year=2027).kept == 0


def test_a_counter_close_by_shortens_the_way() -> None:
    only_aalst = replace(SERVICE, sittings=tuple(week("Aalst", "Els", 0, 1, 2, 3, 4)))
    far, near = (play(service, FEW, year=2027).within_10_km for service in (only_aalst, SERVICE))
    assert far == pytest.approx(90 / 130, abs=0.05)
    assert near > far + 0.1


def test_costs_follow_the_tiers_and_the_bot_costs_no_conversation() -> None:
    year = play(SERVICE, FEW, year=2027)
    assert year.euro["mediation"] == 42 * year.people["mediation"]
    assert year.euro["information"] == 16 * (year.people["information"] - year.by_bot)
    assert year.total_euro == sum(year.euro.values())


def test_months_add_up_and_holidays_are_free() -> None:
    year = play(SERVICE, FEW, year=2027)
    assert [month.label for month in year.months] == [f"2027-{month:02}" for month in range(1, 13)]
    conversations = year.people["mediation"] + year.people["trajectory"] - year.found_nothing
    assert sum(month.people for month in year.months) == conversations
    never = play(replace(SERVICE, sittings=tuple(week("Aalst", "Els", 6))), FEW, year=2027)
    assert never.sessions == 0  # nobody sits on a Sunday


def test_without_sittings_or_towns_there_is_nothing_to_play() -> None:
    for nothing in (replace(SERVICE, sittings=()), replace(SERVICE, towns=())):
        with pytest.raises(ValueError, match="at least one"):
            play(nothing, FEW, year=2027)
