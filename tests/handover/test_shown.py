"""How long the list beside a thread is."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from data.tables import Role
from handover.console import shown
from handover.console.shown import STEP
from tests.handover.test_partners_console import log_in


@pytest.mark.parametrize(
    ("wanted", "opened", "rows"),
    [(40, None, 40), (40, 39, 40), (40, 40, 80), (40, 119, 120), (80, 10, 80), (40, 999, 40)],
)
def test_it_reaches_to_the_one_that_is_open(wanted: int, opened: int | None, rows: int) -> None:
    assert shown.as_many(range(150), wanted, opened) == rows


@pytest.mark.parametrize("listing", ["clienten?lijst=regio", "wachtrij?lijst=wachtrij"])
async def test_a_list_is_as_long_as_one_asks(world: Any, browser: httpx.AsyncClient, listing: str) -> None:
    """Nobody is left out at its end: what does not stand there yet is a link away, also beyond what there was once."""
    now = datetime.now(UTC)
    ids = []
    for number in range(3 * STEP + 5):
        person = await world.person(name=f"Nr {number}", last_seen_at=now - timedelta(minutes=number))
        talk = await world.conversation(
            person,
            holder="queue",
            waiting_on="us",
            waiting_since=now - timedelta(hours=9) + timedelta(minutes=number),
        )
        ids.append(person.id if listing.startswith("cl") else talk.id)
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert csrf

    async def page(path: str) -> tuple[list[int], str]:
        text = (await browser.get(f"/console/{path}")).text
        found = re.search(r'class="button small list-more" href="/console/(.*?)"', text)
        return [int(row) for row in re.findall(r'<li id="r(\d+)">', text)], found[1].replace(
            "&amp;", "&"
        ) if found else ""

    more = listing
    for length in (STEP, 2 * STEP, 3 * STEP):
        rows, more = await page(more)
        assert rows == ids[:length]
    assert await page(more) == (ids, "")
    for odd in ("toon=0", "toon=-5", "toon=x", "toon=²", "toon=9999999"):
        assert len((await page(f"{listing}&{odd}"))[0]) == STEP
    kind = "client" if listing.startswith("cl") else "gesprek"
    rows, _more = await page(f"{kind}/{ids[STEP + 3]}?{listing.split('?')[1]}")
    assert rows == ids[: 2 * STEP]


async def test_a_thread_beside_many_clients_stays_light(world: Any, browser: httpx.AsyncClient) -> None:
    """It was 104 kB with all of 150 beside it."""
    now = datetime.now(UTC)
    people = []
    for number in range(150):
        person = await world.person(name=f"Cliënt {number}", municipality="Gent", last_seen_at=now - timedelta(minutes=number))  # fmt: skip
        talk = await world.conversation(person, holder="queue", waiting_on="us", waiting_since=now)
        await world.message(
            talk, await world.address(person), "ik zoek een cursus Nederlands in de avond, kan dat bij jullie in de buurt?", created_at=now
        )  # fmt: skip
        people.append(person.id)
    await log_in(world, browser, Role.COORDINATOR)
    page = await browser.get(f"/console/client/{people[3]}?lijst=regio")
    assert page.status_code == 200
    assert len(page.content) < 56_000
    rows = await browser.get("/console/clienten?lijst=regio", headers={"X-Refresh": "rows"})
    assert len(rows.content) < 26_000
