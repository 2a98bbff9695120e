"""Where Twilio calls: what is refused, what is said when we fail, and being put through to a colleague."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from bot.app import create_app
from bot.calls.steps import Calls
from bot.settings import Settings
from channels.inbox import Inbox
from data.db import Database
from data.tables import CallTask, Conversation, Person, Region
from tests.bot.calls.conftest import PUBLIC, Line, new_number, serving, settings_for
from tests.plain_http import plain_http
from tests.stubs.phone import check, press, say
from tests.stubs.twilio import ACCOUNT, TwilioStub, signed

SID = "CA" + "d" * 32
ALWAYS = {day: [["00:00", "23:59"]] for day in ("mo", "tu", "we", "th", "fr", "sa", "su")}
NEVER = {day: [["00:00", "00:01"]] for day in ALWAYS}


async def _post(line: Line, path: str, token: str | None = None, **form: str) -> httpx.Response:
    fields = {"CallSid": SID, "AccountSid": ACCOUNT, "From": new_number(), **form}
    more = {"token": token} if token else {}
    body, headers = signed(f"{PUBLIC}{path}", fields, **more)
    return await line.client.post(path, content=body, headers=headers)


@pytest.mark.parametrize(
    "path", ["/webhooks/voice", "/webhooks/voice/wait?l=nl&n=1", "/webhooks/voice/status"]
)
async def test_a_wrong_signature_is_refused(line: Line, path: str) -> None:
    assert (await _post(line, path, token="another-token")).status_code == 403
    assert (await line.client.post(path, data={"CallSid": SID})).status_code == 403
    assert (await line.client.get(path)).status_code == 405


async def test_junk_that_is_signed_is_malformed(line: Line) -> None:
    assert (await _post(line, "/webhooks/voice", CallSid="nonsense")).status_code == 400
    assert (await _post(line, "/webhooks/voice/nowhere")).status_code in (404, 405)


async def test_a_wait_for_words_that_nobody_said_ends(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request out of nothing, such as one that is played again a year later, brings nothing to light."""
    monkeypatch.setattr("bot.calls.steps.HOLD", 0.01)
    answer = await _post(line, "/webhooks/voice/wait?l=nl&n=1&w=0")
    assert answer.status_code == 200
    assert b"Een moment" in answer.content


@pytest.mark.parametrize(
    "error", [OperationalError("", {}, Exception("gone")), RuntimeError("a bug of ours")]
)
async def test_when_we_fail_the_caller_hears_a_sentence(
    line: Line, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fails(self: Inbox, *arguments: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Inbox, "accept", fails)
        phone = line.phone()
        said = await phone.dial_and_give(press("1"), say("cursus Spaans in Gent"))
        assert "Er ging iets mis bij ons. Zeg het nog eens." in said
    said = await phone.gives(say("cursus Spaans in Gent"))
    assert "Spaans bij Gent" in said
    await phone.hangs_up()


async def test_when_we_keep_failing_we_say_goodbye(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(self: Calls, *arguments: Any) -> None:
        raise OSError

    monkeypatch.setattr(Calls, "_heard", fails)
    phone = line.phone()
    said = await phone.dial_and_give(press("1"), say("een"), say("twee"), say("drie"))
    assert "Bel ons straks nog eens" in said
    assert phone.over


async def test_the_news_of_a_call_comes_again_when_it_could_not_be_stored(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: Calls, *arguments: Any) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(Calls, "_status", fails)
        answer = await _post(line, "/webhooks/voice/status", CallStatus="completed")
    assert answer.status_code == 503


async def test_without_an_account_there_is_no_telephone(
    calls_url: str, calls_var: Path, calls_twilio: TwilioStub
) -> None:
    settings = settings_for(calls_url, calls_var, calls_twilio)
    off = Settings(**{**settings.model_dump(), "voice": {}})
    async for address in serving(create_app(off, work=False)):
        async with httpx.AsyncClient(base_url=address, transport=plain_http()) as client:
            body, headers = signed(f"{PUBLIC}/webhooks/voice", {"CallSid": SID})
            answer = await client.post("/webhooks/voice", content=body, headers=headers)
            assert answer.status_code == 404


# Put through


@pytest.fixture(scope="module")
async def the_switchboard(calls_url: str, calls_var: Path, calls_twilio: TwilioStub) -> AsyncIterator[Line]:
    """An application that puts people through, to Gent when it knows no region."""
    app = create_app(settings_for(calls_url, calls_var, calls_twilio, connect=True, region="gent"))
    async for address in serving(app):
        async with httpx.AsyncClient(base_url=address, transport=plain_http()) as client:
            yield Line(client=client, app=app, stub=calls_twilio)


async def _open(database: Database, hours: dict[str, Any]) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(Region).where(Region.id == "gent").values(phone="09 224 09 65", office_hours=hours)
        )


async def test_during_office_hours_a_colleague_is_rung(the_switchboard: Line) -> None:
    line = the_switchboard
    await _open(line.database, ALWAYS)
    phone = line.phone()
    said = await phone.dial_and_give(press("1"), press("0"))
    assert "Ik verbind je door" in said
    assert "belt je terug" not in said
    assert phone.dialled == "+3292240965"
    assert await line.calls(phone.number) == []
    (talk,) = await line.rows(Conversation, await line.person(phone.number))
    assert (talk.holder, talk.waiting_on, talk.reason) == ("queue", "client", "wrote_outside")
    (reply,) = [row for row in await line.thread(phone.number) if row[0] == "out"]
    assert reply[2] == "withheld"


async def test_when_nobody_picks_up_they_are_called_back(the_switchboard: Line) -> None:
    line = the_switchboard
    await _open(line.database, ALWAYS)
    phone = line.phone(answered_by_colleague=False, repeats=True)
    said = await phone.dial_and_give(press("2"), press("0"))
    assert "Personne ne peut répondre maintenant" in said
    assert len(await line.calls(phone.number)) == 1


async def test_outside_office_hours_nobody_is_rung(the_switchboard: Line) -> None:
    line = the_switchboard
    await _open(line.database, NEVER)
    phone = line.phone()
    said = await phone.dial_and_give(press("1"), press("0"))
    assert "belt je terug" in said
    assert phone.dialled == ""


async def test_in_a_crisis_the_help_lines_come_first_and_then_a_colleague(the_switchboard: Line) -> None:
    line = the_switchboard
    await _open(line.database, ALWAYS)
    phone = line.phone()
    said = await phone.dial_and_give(press("1"), say("ik wil niet meer leven"))
    assert said.index("18 13") < said.index("Ik verbind je door")
    assert [task.reason for task in await line.calls(phone.number)] == ["crisis"]


async def test_a_hidden_number_is_shown_as_ours(the_switchboard: Line) -> None:
    line = the_switchboard
    await _open(line.database, ALWAYS)
    phone = line.phone("anonymous")
    await phone.dial_and_give(press("1"), press("0"))
    assert b'callerId="+3280012345"' in b"".join(phone.documents)
    for document in phone.documents:
        check(document)
    assert phone.dialled == "+3292240965"


async def test_bel_me_terug_by_sms_is_a_call_to_make(line: Line) -> None:
    number = new_number()
    await line.texts(number, "ik zoek een cursus")
    await line.texts(number, "bel me terug aub")
    (sent,) = (await line.sent(number, 2))[1:]
    assert "belt je terug" in sent
    person: Person = await line.person(number, "sms")
    (task,) = await line.rows(CallTask, person)
    assert (task.reason, task.about) == ("asked", "bel me terug aub")
