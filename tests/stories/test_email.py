"""Mail in, mail out, one thread: a real mailbox, a real mail server, the bot that really answers."""

import asyncio
import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from channels import brake, sender
from channels.email import mailbox as mailboxes
from channels.email.mailbox import Account
from data.tables import (
    Address,
    AddressLink,
    Direction,
    ParkedStatus,
    Status,
)
from tests.channels.mail import MARKS
from tests.stories.post import Post, answer_to, mail
from tests.stubs import dovecot
from tests.stubs.dovecot import Dovecot

needs_dovecot = pytest.mark.skipif(
    dovecot.PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd dovecot-lmtpd)"
)


@needs_dovecot
async def test_a_conversation_by_mail_is_one_thread(
    post: Post, client: str, imap: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "PAUSES", (0.05, 0.2))
    account = Account(
        host="127.0.0.1", port=imap.imap, tls=False, user=dovecot.USER, password=dovecot.PASSWORD
    )
    box = mailboxes.Mailbox(account)
    monkeypatch.setattr(post.email, "_mailbox", box)
    listening = asyncio.create_task(post.email.listen(post.hub._deliver(post.email)))

    async def until_mails(count: int) -> list[EmailMessage]:
        async with asyncio.timeout(30):
            while len(post.server.taken) < count:
                await post.hub.worker.run_until_idle()
                await asyncio.sleep(0.05)
        return post.server.mails

    try:
        first_mail = mail(client, "Hallo, ik wil lassen leren in Gent")
        imap.deliver(first_mail)
        first = (await until_mails(1))[-1]
        assert first["Subject"] == "Re: Nederlands leren"
        asked_id = re.search(r"Message-ID: (\S+)", first_mail)
        assert asked_id is not None
        assert first["In-Reply-To"] == asked_id[1]
        assert first["Auto-Submitted"] == "auto-replied"
        count = len(post.server.taken)
        imap.deliver(answer_to(first, client, "1"), to=str(first["Reply-To"].addresses[0].addr_spec))
        second = (await until_mails(count + 1))[-1]
        assert second["Subject"] == "Re: Nederlands leren"
        assert first["Message-ID"] in second["References"]
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    thread = await post.thread(client)
    assert len({message.conversation_id for message in thread}) == 1
    said = [message for message in thread if message.direction == Direction.IN]
    assert [message.text for message in said] == ["Hallo, ik wil lassen leren in Gent", "1"]
    assert said[1].replies_to_id == next(m.id for m in thread if m.external_id == first["Message-ID"])
    answered = next(message for message in thread if message.external_id == first["Message-ID"])
    assert answered.status == Status.READ  # who answers a mail has read it
    assert all(
        message.status in (Status.SENT, Status.READ)
        for message in thread
        if message.direction == Direction.OUT
    )


async def test_the_same_mail_twice_is_one_message(post: Post, client: str) -> None:
    raw = mail(client, "Hallo")
    (first,) = await post.comes(raw)
    (again,) = await post.comes("Received: another way\n" + raw)
    assert (first.new, again.new) == (True, False)
    (same,) = {first.message_id, again.message_id}
    assert same


async def test_an_answer_from_elsewhere_is_somebody_else_until_a_person_says_otherwise(
    post: Post, client: str
) -> None:
    """A mail that was forwarded is answered by another: with a valid mark, but not as the one it went to."""
    (first,) = await post.comes(mail(client, "Hallo"))
    sent = post.server.mails[-1]
    other = f"ander-{client}"
    accepted = await post.comes(answer_to(sent, other, "Ik neem dit over"))
    asked, answered = await post.message(first.message_id), await post.message(accepted[-1].message_id)
    assert answered.person_id != asked.person_id
    assert answered.conversation_id != asked.conversation_id
    assert answered.replies_to_id is None
    (event,) = await post.events(brake.SUGGESTED, answered)
    assert event.data["may_be"] == asked.person_id
    assert [message.text for message in await post.thread(client)].count("Ik neem dit over") == 0
    assert post.server.taken[-1].rcpt_tos == [other]


async def test_an_answer_from_an_address_that_is_linked_is_the_same_person(post: Post, client: str) -> None:
    (first,) = await post.comes(mail(client, "Hallo"))
    sent, asked = post.server.mails[-1], await post.message(first.message_id)
    work = f"werk-{client}"
    async with post.hub.database.transaction() as session:
        address = Address(scheme="mailto", path=work)
        session.add(address)
        await session.flush()
        session.add(
            AddressLink(address_id=address.id, person_id=asked.person_id, verified=True, reason="code")
        )
    accepted = await post.comes(answer_to(sent, work, "Vanop mijn werk"))
    answered = await post.message(accepted[-1].message_id)
    assert answered.conversation_id == asked.conversation_id
    assert answered.replies_to_id is not None
    assert not await post.events(brake.SUGGESTED, answered)
    assert post.server.taken[-1].rcpt_tos == [work]  # answered where they wrote


async def test_the_subject_alone_never_threads(post: Post, client: str) -> None:
    await post.comes(mail(client, "Hallo"))
    other = f"ander-{client}"
    await post.comes(mail(other, "Dag", subject="Re: Nederlands leren"))
    first, second = await post.thread(client), await post.thread(other)
    assert {message.person_id for message in first}.isdisjoint({message.person_id for message in second})


async def test_a_mail_that_comes_back_fails_and_shuts_the_address(post: Post, client: str) -> None:
    await post.comes(mail(client, "Hallo"))
    envelope, sent = post.server.taken[-1], post.server.mails[-1]
    report = (
        "From: MAILER-DAEMON@mx.example\nTo: {to}\nReturn-Path: <>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\nContent-Type: message/delivery-status\n\n"
        "Final-Recipient: rfc822; {client}\nAction: {action}\nStatus: {code}\n--r--\n"
    )
    await post.comes(report.format(to=envelope.mail_from, client=client, action="delayed", code="4.4.1"))
    ours = (await post.thread(client))[-1]
    assert (ours.external_id, ours.status) == (sent["Message-ID"], Status.SENT)  # the post keeps trying
    await post.comes(report.format(to=envelope.mail_from, client=client, action="failed", code="5.1.1"))
    ours = await post.message(ours.id)
    assert (ours.status, ours.status_reason) == (Status.FAILED, "dit e-mailadres bestaat niet (5.1.1)")
    async with post.hub.database.transaction() as session:
        address = await session.get_one(Address, ours.address_id)
        assert address.unreachable == "dit e-mailadres bestaat niet (5.1.1)"
    assert len(await post.thread(client)) == 2  # no message of a mail daemon stands in it


async def test_an_address_that_the_server_does_not_know_is_remembered(post: Post, client: str) -> None:
    post.server.script["rcpt"] = ["550 5.1.1 no such user"]
    await post.comes(mail(client, "Hallo"))
    ours = (await post.thread(client))[-1]
    assert ours.status == Status.FAILED
    async with post.hub.database.transaction() as session:
        assert (await session.get_one(Address, ours.address_id)).unreachable is not None
    await post.comes(mail(client, "Toch wel"))  # who writes can be written to
    assert (await post.thread(client))[-1].status == Status.SENT


@pytest.mark.parametrize("later", ["an answer", "a failure"])
async def test_what_was_not_certain_is_settled_by_what_comes_later(
    post: Post, client: str, later: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line broke after the mail was written: it is never sent again, and its Message-ID tells in the end."""
    monkeypatch.setattr(sender, "LOOK_UP_AFTER", timedelta(0))
    post.server.script["data"] = ["taken and cut"]
    await post.comes(mail(client, "Hallo"))
    for _ in range(20):
        await post.hub.worker.run_until_idle()
        if (ours := (await post.thread(client))[-1]).status == Status.UNKNOWN:
            break
        await asyncio.sleep(0.3)
    assert ours.status == Status.UNKNOWN
    assert len(post.server.taken) == 1
    (sent,), (envelope,) = post.server.mails, post.server.taken
    if later == "an answer":
        await post.comes(answer_to(sent, client, "Dank u"))
    else:
        await post.comes(
            f"From: MAILER-DAEMON@mx.example\nTo: {envelope.mail_from}\nReturn-Path: <>\n\nnot delivered"
        )
    assert (await post.message(ours.id)).status == (Status.READ if later == "an answer" else Status.FAILED)
    async with post.hub.database.transaction() as session:
        parked = await session.scalar(
            select(func.count())
            .select_from(ParkedStatus)
            .where(ParkedStatus.external_id == MARKS.message_id(ours.id))
        )
    assert parked == 0


@pytest.mark.parametrize(
    "words", ["'; DROP TABLE message;--", '{"$ne": null}', "=1+1", "<script>alert(1)</script>", "a\0b\ud800"]
)
async def test_hostile_words_in_every_place_are_stored_as_words(post: Post, client: str, words: str) -> None:
    """Faults 49, 53 and 54."""
    raw = (
        mail(client, words, subject=words, X_Name=words)
        .encode("utf-8", "surrogatepass")
        .decode("utf-8", "replace")
    )
    (accepted,) = await post.comes(raw)
    message = await post.message(accepted.message_id)
    assert message.text == words.replace("\0", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert post.server.mails[-1]["To"].addresses[0].addr_spec == client
