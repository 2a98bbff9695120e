"""What a provider tells beside plain messages: files, aliases, machines' mail, edits, blocks, and what we wrote elsewhere."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from channels.base import Attached, Deleted, Echo, Edited, Inbound, Reach, ReadUpTo
from data.tables import Address, AddressLink, Attachment, Job, JobState, Message, Person, Status
from handover import conversation as handover
from handover.conversation import Step
from tests.channels.conftest import CLIENT, Desk


async def accept(desk: Desk, *items: object) -> list[int]:
    taken = await desk.inbox.accept("sms", "sms", items)  # type: ignore[arg-type]
    return [one.message_id for one in taken]


async def test_files_wait_with_their_message_and_come_once(desk: Desk) -> None:
    files = (Attached(ref="https://p.example/1", kind="image", name="a\x00b.png", size=12), Attached(ref="2"))
    item = Inbound(external_id="m1", path=CLIENT, text="kijk", media=files)
    (message_id,) = await accept(desk, item)
    await accept(desk, item)
    kept = await desk.all(Attachment)
    assert [(a.message_id, a.ref, a.kind, a.name, a.state) for a in kept] == [
        (message_id, "https://p.example/1", "image", "ab.png", "waiting"),
        (message_id, "2", "document", None, "waiting"),
    ]


async def test_what_a_machine_wrote_is_kept_and_not_answered(desk: Desk) -> None:
    await accept(desk, Inbound(external_id="m1", path=CLIENT, text="Ik ben afwezig", automatic=True))
    assert [message.automatic for message in await desk.all(Message)] == [True]
    assert await desk.all(Job) == []


async def test_a_reply_knows_what_it_answers(desk: Desk) -> None:
    first, second = await accept(
        desk,
        Inbound(external_id="m1", path=CLIENT, text="een"),
        Inbound(external_id="m2", path=CLIENT, text="twee", answers="m1", subject="Vraag"),
    )
    messages = {message.id: message for message in await desk.all(Message)}
    assert (messages[second].replies_to_id, messages[second].subject) == (first, "Vraag")


async def test_a_person_whose_number_was_hidden_stays_the_same_person(desk: Desk) -> None:
    await accept(desk, Inbound(external_id="m1", path="user-9", text="een"))
    await accept(desk, Inbound(external_id="m2", path=CLIENT, text="twee", aliases=("user-9",)))
    await accept(desk, Inbound(external_id="m3", path="user-9", text="drie"))
    assert len(await desk.all(Person)) == 1
    assert {link.address_id for link in await desk.all(AddressLink)} == {
        a.id for a in await desk.all(Address)
    }
    assert len({message.person_id for message in await desk.all(Message)}) == 1


async def test_an_alias_is_known_the_next_time(desk: Desk) -> None:
    await accept(desk, Inbound(external_id="m1", path=CLIENT, text="een", aliases=("user-9",)))
    await accept(desk, Inbound(external_id="m2", path="user-9", text="twee"))
    assert len(await desk.all(Person)) == 1


async def test_a_changed_message_shows_its_newest_words(desk: Desk) -> None:
    await accept(desk, Inbound(external_id="m1", path=CLIENT, text="naailes"))
    await accept(
        desk, Edited(external_id="m1", text="naailes\x00 in Gent"), Edited(external_id="?", text="x")
    )
    (message,) = await desk.all(Message)
    assert message.text == "naailes in Gent"
    assert message.edited_at is not None


async def test_a_message_taken_back_stays_away(desk: Desk) -> None:
    await accept(desk, Inbound(external_id="m1", path=CLIENT, text="geheim"))
    await accept(desk, Deleted(external_id="m1"), Edited(external_id="m1", text="geheim"))
    (message,) = await desk.all(Message)
    assert (message.text, message.deleted_at is not None) == ("", True)


async def test_a_person_cannot_change_what_we_wrote(desk: Desk) -> None:
    await desk.hears()
    said = await desk.says("Hallo")
    await desk.run()
    external_id = (await desk.again(said)).external_id
    assert external_id is not None
    await accept(desk, Edited(external_id=external_id, text="anders"), Deleted(external_id=external_id))
    assert (await desk.again(said)).text == "Hallo"


async def test_who_blocked_us_is_left_alone_until_they_open_again(desk: Desk) -> None:
    await desk.hears()
    await accept(desk, Reach(path=CLIENT, open=False), Reach(path="+32470999999", open=False))
    held = await desk.says("Hallo")
    await desk.run()
    assert (await desk.again(held)).status == Status.WITHHELD
    await accept(desk, Reach(path=CLIENT, open=True))
    sent = await desk.says("Daar zijn we weer")
    await desk.run()
    assert (await desk.again(sent)).status == Status.SENT


async def test_stop_at_the_provider_is_stop_with_us(desk: Desk) -> None:
    await desk.hears()
    await accept(desk, Reach(path=CLIENT, open=False, opted_out=True))
    (address,) = await desk.all(Address)
    assert (address.opted_out_at is not None, address.blocked_at) == (True, None)


async def test_read_up_to_marks_what_was_handed_over_before(desk: Desk) -> None:
    await desk.hears()
    early = await desk.says("een")
    await desk.run()
    moment = datetime.now(UTC)
    late = await desk.says("twee")
    await desk.run()
    await accept(desk, ReadUpTo(path=CLIENT, at=moment), ReadUpTo(path=CLIENT, at=moment - timedelta(days=1)))
    assert ((await desk.again(early)).status, (await desk.again(late)).status) == (Status.READ, Status.SENT)


async def test_what_we_typed_elsewhere_is_in_the_thread_once_and_silences_the_bot(desk: Desk) -> None:
    await desk.hears()
    async with desk.database.transaction() as session:
        version = (await desk.conversation(session)).version
    waiting = await desk.says("antwoord van de bot", needs_version=version)
    echo = Echo(external_id="e1", path=CLIENT, text="Hier Jan, ik help je verder")
    (first,) = await accept(desk, echo)
    assert await accept(desk, echo) == [first]
    await desk.run()
    assert (await desk.again(waiting)).status == Status.WITHHELD
    async with desk.database.transaction() as session:
        conversation = await desk.conversation(session)
        message = await session.get_one(Message, first)
        assert (conversation.holder, conversation.waiting_on) == ("queue", "client")
    assert (message.author, message.direction, message.status) == ("staff", "out", "sent")


async def test_an_echo_of_our_own_message_is_that_message(desk: Desk) -> None:
    await desk.hears()
    said = await desk.says("Hallo")
    await desk.run()
    external_id = (await desk.again(said)).external_id
    assert external_id is not None
    assert await accept(desk, Echo(external_id=external_id, path=CLIENT, text="Hallo")) == [said.id]
    async with desk.database.transaction() as session:
        assert (await desk.conversation(session)).holder == "bot"


async def test_the_counsellor_who_holds_it_keeps_it_when_somebody_types_elsewhere(
    desk: Desk, make_staff: int
) -> None:
    await desk.hears()
    async with desk.database.transaction() as session:
        conversation = await desk.conversation(session)
        now = datetime.now(UTC)
        await handover.move(session, conversation, Step.TAKE_OVER, staff_id=make_staff, now=now)
    await accept(desk, Echo(external_id="e1", path=CLIENT, text="Nog dit"))
    async with desk.database.transaction() as session:
        assert (await desk.conversation(session)).staff_id == make_staff
        assert await session.scalar(select(Message.staff_id).where(Message.external_id == "e1")) == make_staff


async def test_everything_of_a_batch_waits_for_one_commit(desk: Desk) -> None:
    items = [Inbound(external_id=f"m{n}", path=CLIENT, text=str(n)) for n in range(3)]
    await accept(desk, *items, Edited(external_id="m1", text="één"), Reach(path=CLIENT, open=True))
    assert [message.text for message in await desk.all(Message)] == ["0", "één", "2"]
    assert [job.state for job in await desk.all(Job)] == [JobState.READY] * 3
