"""Machines that write, and machines that answer each other (fault 36)."""

from uuid import uuid4

from channels import brake
from data.tables import (
    Holder,
    WaitingOn,
)
from tests.stories.post import Post, answer_to, mail


async def test_a_machine_is_kept_and_not_answered(post: Post, client: str) -> None:
    """Fault 36: the corpus says which mails these are."""
    (accepted,) = await post.comes(mail(client, "Ik ben er maandag weer", Auto_Submitted="auto-replied"))
    message = await post.message(accepted.message_id)
    assert message.automatic
    assert message.text == "Ik ben er maandag weer"
    assert not post.server.taken


async def test_what_a_machine_writes_waits_for_nobody(post: Post, client: str) -> None:
    """An out-of-office answer to a counsellor is no question to them."""
    await post.comes(mail(client, "Hallo"))
    sent = post.server.mails[-1]
    before = await post.conversation((await post.thread(client))[0])
    assert before.waiting_on == WaitingOn.CLIENT
    await post.comes(
        mail(client, "Afwezig", Auto_Submitted="auto-replied", In_Reply_To=str(sent["Message-ID"]))
    )
    assert (await post.conversation((await post.thread(client))[0])).waiting_on == WaitingOn.CLIENT


async def test_mail_without_a_subject_is_braked_as_well(post: Post, client: str) -> None:
    answered = 0
    for number in range(brake.CAP + 2):
        post.server.taken.clear()
        await post.comes(mail(client, f"nummer {number}", subject=""))
        answered += bool(post.server.taken)
    assert answered == brake.CAP


async def test_a_machine_that_does_not_say_so_is_answered_five_times(post: Post, client: str) -> None:
    """Two machines that answer each other: the bot stops, and a person of ours sees why."""
    await post.comes(mail(client, "Dank u voor uw bericht."))
    rounds = 0
    while post.server.taken and rounds < 20:
        rounds += 1
        last = post.server.mails[-1]
        post.server.taken.clear()
        await post.comes(answer_to(last, client, f"Dank u voor uw bericht. Nummer {rounds}."))
    assert rounds == brake.CAP
    thread = await post.thread(client)
    assert thread[-1].automatic
    conversation = await post.conversation(thread[-1])
    assert (conversation.holder, conversation.reason) == (Holder.QUEUE, "looping")


async def test_a_loop_that_changes_its_address_each_time(post: Post) -> None:
    """A ticket system that writes from another address for every mail, and answers what the last one got."""
    token = uuid4().hex
    await post.comes(mail(f"t0-{token}@voorbeeld.be", f"Ticket {token} 0"))
    rounds = 0
    while post.server.taken and rounds < 20:
        rounds += 1
        last = post.server.mails[-1]
        post.server.taken.clear()
        await post.comes(answer_to(last, f"t{rounds}-{token}@voorbeeld.be", f"Ticket {token} {rounds}"))
    assert rounds == brake.CAP


async def test_a_loop_that_changes_its_address_and_quotes_nothing(post: Post) -> None:
    token = uuid4().hex
    answered = 0
    for number in range(brake.SAME + 3):
        post.server.taken.clear()
        await post.comes(
            mail(
                f"r{number}-{token}@voorbeeld.be", f"Uw vraag {token} is geregistreerd.", subject="Re: Ticket"
            )
        )
        answered += bool(post.server.taken)
    assert answered == brake.SAME


async def test_many_people_are_no_loop(post: Post) -> None:
    for number in range(8):
        post.server.taken.clear()
        await post.comes(mail(f"p{number}-{uuid4().hex}@voorbeeld.be", f"Hallo, ik ben nummer {number}"))
        assert post.server.taken
