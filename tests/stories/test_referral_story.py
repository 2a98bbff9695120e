"""A question passed on by mail: from the client's yes to the partner's "we have it", over a real mail server."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import create_app
from bot.hub import Hub
from bot.referral_news import SILENT, chase_silent, tell_arrived
from bot.replies import BRUSSELS
from channels import health
from channels.base import Inbound
from data import queue
from data.queue import LeasedJob
from data.tables import Conversation, Message, Partner, Referral
from dispatch import partners
from handover import referral_mail
from handover.referral_mail import LETTER, Letters
from tests.stories.post import Post

TO = "onthaal@vdab.example"
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
async def partner(post: Post) -> AsyncIterator[Partner]:
    """VDAB with a contact who reads mail; afterwards as it was."""
    named = update(Partner).where(Partner.kind == "vdab")
    async with post.hub.database.transaction() as session:
        await health.announce(session, ["web", "email"])  # whatever a hub of another test said
        await session.execute(named.values(email=TO, contact_name="An Peeters"))
    async with post.hub.database.transaction() as session:
        yield (await session.scalars(select(Partner).where(Partner.kind == "vdab"))).one()
    async with post.hub.database.transaction() as session:
        await session.execute(named.values(email=None, contact_name=None, reached_by=None))


@pytest.fixture
async def browser(post: Post) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(post.hub.settings)
    app.state.database, app.state.demand = post.hub.database, post.hub.demand
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=post.hub.settings.public_url) as client:
        yield client


async def says(hub: Hub, path: str, text: str) -> list[str]:
    """What the client writes by mail, and what is answered."""
    item = Inbound(external_id=uuid4().hex, path=path, text=text)
    (accepted,) = await hub.inbox.accept("email", "mailto", [item])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        rows = await session.scalars(select(Message).where(Message.answers_id == accepted.message_id))
        return [row.text for row in rows]


async def agreed(post: Post, client: str) -> Referral:
    """A client asked for work and said yes."""
    await says(post.hub, client, "ik wil ander werk zoeken, help mij aan een job")
    (said,) = await says(post.hub, client, "ja")
    assert "VDAB" in said
    return await referral_of(post, client)


async def referral_of(post: Post, client: str) -> Referral:
    (first, *_) = await post.thread(client)
    async with post.hub.database.transaction() as session:
        found = await session.scalars(select(Referral).where(Referral.person_id == first.person_id))
        return found.one()


async def talk_of(post: Post, client: str) -> Conversation:
    (first, *_) = await post.thread(client)
    return await post.conversation(first)


async def waiting(post: Post, client: str, partner: Partner) -> Referral:
    """Agreed to, and the letter is still to be handed over."""
    await says(post.hub, client, "ik wil ander werk zoeken, help mij aan een job")
    referral = await referral_of(post, client)
    now = datetime.now(BRUSSELS)
    async with post.hub.database.transaction() as session:
        await partners.consent(session, referral.id, wording="ja", channel="email", now=now)
        assert await referral_mail.ask(session, referral.id, partner)
    return referral


async def claim(session: AsyncSession, referral_id: int) -> list[LeasedJob]:
    found = await queue.claim(session, [LETTER], "test", 5)
    return [job for job in found if job.payload["referral_id"] == referral_id]


def to_partner(post: Post) -> list[str]:
    return [envelope.rcpt_tos[0] for envelope in post.server.taken if envelope.rcpt_tos == [TO]]


async def test_mailed_read_confirmed_and_told(
    post: Post, client: str, partner: Partner, browser: httpx.AsyncClient
) -> None:
    referral = await agreed(post, client)
    assert (referral.state, referral.passed_via, referral.passed_by_id) == ("sent", "email", None)
    assert (await talk_of(post, client)).holder == "bot", "nobody of ours has it to do"
    (letter,) = [found for found in post.server.mails if found["To"] == TO]
    words = letter.get_content()
    assert "An Peeters" in words
    assert "job" not in words, "nothing of the question is in the mail"
    assert client not in letter.as_string()
    link = re.search(r"https?://\S+/p/\S+", words)
    assert link is not None
    page = await browser.get(link[0])
    assert "help mij aan een job" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert (await referral_of(post, client)).state == "sent", (
        "a mail server that opens links confirms nothing"
    )
    assert (await browser.post(link[0], headers={"sec-fetch-site": "cross-site"})).status_code == 403
    for _ in range(2):
        assert (await browser.post(link[0], headers=OURS)).status_code == 303
    assert (await referral_of(post, client)).state == "arrived"
    now = datetime.now(BRUSSELS).replace(hour=11)
    assert await tell_arrived(post.hub.database, now=now) == 1
    assert await tell_arrived(post.hub.database, now=now) == 0
    thread = await post.thread(client)
    assert "VDAB heeft je vraag gekregen" in thread[-1].text
    assert [event.kind for event in await post.events("referral.arrived", thread[0])] == ["referral.arrived"]


async def test_taken_back_it_can_be_read_no_longer(
    post: Post, client: str, partner: Partner, browser: httpx.AsyncClient
) -> None:
    referral = await agreed(post, client)
    assert "Toch niet" in (await browser.get(f"/d/{referral.token}")).text
    await browser.post(f"/d/{referral.token}", data={"answer": "withdraw"}, headers=OURS)
    assert (await browser.get(f"/p/{referral.partner_token}")).status_code == 404
    assert (await browser.post(f"/p/{referral.partner_token}", headers=OURS)).status_code == 404
    assert (await referral_of(post, client)).state == "declined"


@pytest.mark.parametrize("reached_by", ["phone", "url"])
async def test_who_wants_another_way_is_not_mailed(
    post: Post, client: str, partner: Partner, reached_by: str
) -> None:
    async with post.hub.database.transaction() as session:
        await session.execute(update(Partner).where(Partner.id == partner.id).values(reached_by=reached_by))
    referral = await agreed(post, client)
    talk = await talk_of(post, client)
    assert (referral.state, talk.holder, talk.reason) == ("consented", "queue", "referral")
    assert to_partner(post) == []


async def test_a_refused_mail_is_a_colleagues(post: Post, client: str, partner: Partner) -> None:
    await waiting(post, client, partner)
    post.server.script["rcpt"] = ["550 5.1.1 no such user"]
    await post.hub.worker.run_until_idle()
    referral, talk = await referral_of(post, client), await talk_of(post, client)
    assert (referral.state, referral.mailed_at) == ("consented", None)
    assert (talk.holder, talk.reason) == ("queue", "referral")


async def test_a_mail_that_may_have_arrived_is_not_sent_again(
    post: Post, client: str, partner: Partner
) -> None:
    referral = await waiting(post, client, partner)
    post.server.script["data"] = ["cut"]
    await post.hub.worker.run_until_idle()
    talk = await talk_of(post, client)
    assert (talk.holder, talk.reason) == ("queue", "referral_unsure")
    assert (await referral_of(post, client)).state == "consented"
    assert to_partner(post) == []
    async with post.hub.database.transaction() as session:
        assert await partners.mail_begins(session, referral.id, now=datetime.now(BRUSSELS)) is None


async def test_stopped_in_the_middle_it_is_looked_at_by_a_colleague(
    post: Post, client: str, partner: Partner
) -> None:
    """As if the process died between handing the mail over and writing that down."""
    referral = await waiting(post, client, partner)
    async with post.hub.database.transaction() as session:
        assert await partners.mail_begins(session, referral.id, now=datetime.now(BRUSSELS)) is not None
    await post.hub.worker.run_until_idle()
    assert to_partner(post) == []
    assert (await talk_of(post, client)).reason == "referral_unsure"


async def test_a_mail_server_that_is_away_is_tried_again(post: Post, client: str, partner: Partner) -> None:
    referral = await waiting(post, client, partner)
    post.server.script["mail"] = ["451 later"]
    await post.hub.worker.run_until_idle()
    assert (await referral_of(post, client)).state == "consented"
    assert (await talk_of(post, client)).holder == "bot", "not yet a colleague's"
    async with post.hub.database.transaction() as session:
        again = await partners.mail_begins(session, referral.id, now=datetime.now(BRUSSELS))
    assert again is not None, "the next try may hand it over"


async def test_without_e_mail_it_is_a_task_for_a_colleague(post: Post, client: str, partner: Partner) -> None:
    referral = await waiting(post, client, partner)
    letters = Letters(post.hub.database, channel=None, public_url="http://x")
    async with post.hub.database.transaction() as session:
        (job,) = await claim(session, referral.id)
    await letters.handle(job)
    talk = await talk_of(post, client)
    assert (talk.holder, talk.reason) == ("queue", "referral")
    assert (await referral_of(post, client)).mailed_at is None


async def test_what_is_not_confirmed_for_days_is_chased(post: Post, client: str, partner: Partner) -> None:
    await agreed(post, client)
    now = datetime.now(BRUSSELS)
    assert await chase_silent(post.hub.database, now=now) == 0
    assert await chase_silent(post.hub.database, now=now + SILENT + timedelta(hours=1)) >= 1
    talk = await talk_of(post, client)
    assert (talk.holder, talk.reason) == ("queue", "referral_silent")
    assert await chase_silent(post.hub.database, now=now + SILENT + timedelta(hours=2)) == 0
