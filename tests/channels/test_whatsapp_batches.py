"""WhatsApp through Meta: who it is, what became of our messages, and batches in which something is bad."""

import logging
from typing import Any

import pytest

from channels.base import Attached, Delivery, Echo, Inbound, Reach
from channels.whatsapp.through_meta import WhatsAppCloud
from data.tables import Status
from tests.channels.conftest import CLIENT
from tests.channels.test_whatsapp import read, webhook
from tests.stubs.meta import APP_SECRET, TOKEN, change, wamid, wrote
from tests.stubs.meta import whatsapp as payload_of

BSUID = "BE.13491208655302741918"


# Who it is


@pytest.mark.parametrize(
    ("message", "contact", "path", "aliases"),
    [
        ({"from": "32470000001"}, {"wa_id": "32470000001"}, CLIENT, ()),
        ({"from": "32470000001", "from_user_id": BSUID}, {"wa_id": "32470000001", "user_id": BSUID}, CLIENT, (BSUID,)),
        ({"from_user_id": BSUID}, {"user_id": BSUID}, BSUID, ()),
        ({"from_user_id": BSUID}, {"user_id": BSUID, "wa_id": "32470000001"}, CLIENT, (BSUID,)),
        ({"from": BSUID}, {"user_id": BSUID}, BSUID, ()),
        ({"from": "", "from_user_id": BSUID}, {}, BSUID, ()),
        ({"from": "+32470000001"}, {}, CLIENT, ()),
    ],
)  # fmt: skip
def test_a_person_is_a_number_or_an_id_that_hides_it(
    whatsapp: WhatsAppCloud,
    message: dict[str, Any],
    contact: dict[str, Any],
    path: str,
    aliases: tuple[str, ...],
) -> None:
    text = {"id": wamid(), "type": "text", "text": {"body": "dag"}, "timestamp": "1"}
    named = contact | {"profile": {"name": "Amina\x00\n B", "username": "@amina"}}
    (item,) = read(whatsapp, payload_of(change(contacts=[named], messages=[text | message])))
    assert isinstance(item, Inbound)
    assert (item.path, item.aliases) == (path, aliases)
    assert item.display == ("Amina B" if contact else None)


@pytest.mark.parametrize(
    "sender", ["", "me", "0470", "12", "1" * 16, "BE.", "be.12345", "BE.12 34", "BE.é123", None, 7]
)
def test_who_has_no_address_cannot_be_answered_so_is_left_out(
    whatsapp: WhatsAppCloud, sender: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ok = {"from": "32470000002", "id": wamid(), "type": "text", "text": {"body": "wel"}}
    bad = {"from": sender, "id": wamid(), "type": "text", "text": {"body": "geheim"}}
    items = read(whatsapp, payload_of(change(messages=[bad, ok])))
    assert [item.path for item in items if isinstance(item, Inbound)] == ["+32470000002"]
    assert "no address" in caplog.text
    assert "geheim" not in caplog.text


def test_names_go_with_the_right_person_of_a_batch(whatsapp: WhatsAppCloud) -> None:
    contacts = [
        {"profile": {"name": "Bram"}, "wa_id": "32470000002"},
        {"profile": {"name": "Amina"}, "wa_id": "32470000001"},
    ]
    messages = [
        {"from": f"3247000000{n}", "id": wamid(), "type": "text", "text": {"body": "dag"}} for n in (1, 2, 3)
    ]
    items = read(whatsapp, payload_of(change(contacts=contacts, messages=messages)))
    assert [item.display for item in items if isinstance(item, Inbound)] == ["Amina", "Bram", None]


# Statuses


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("sent", Status.SENT), ("delivered", Status.DELIVERED), ("read", Status.READ), ("played", Status.READ),
        ("failed", Status.FAILED),
    ],
)  # fmt: skip
def test_every_status_that_counts_is_known(whatsapp: WhatsAppCloud, said: str, status: Status) -> None:
    told = {"id": "wamid.A", "status": said, "timestamp": "1", "recipient_id": "32470000001"}
    assert read(whatsapp, payload_of(change(statuses=[told]))) == [
        Delivery(external_id="wamid.A", status=status)
    ]
    marked = told | {"biz_opaque_callback_data": "leerlijn:417"}
    assert read(whatsapp, payload_of(change(statuses=[marked]))) == [
        Delivery(external_id="wamid.A", status=status, message_id=417)
    ]


@pytest.mark.parametrize(
    "mark", ["", "417", "leerlijn:", "leerlijn:x", "leerlijn:" + "9" * 30, "other:417", 417, None]
)
def test_a_mark_that_is_not_ours_names_no_message(whatsapp: WhatsAppCloud, mark: Any) -> None:
    told = {"id": "wamid.A", "status": "sent", "biz_opaque_callback_data": mark}
    assert read(whatsapp, payload_of(change(statuses=[told]))) == [
        Delivery(external_id="wamid.A", status=Status.SENT)
    ]


@pytest.mark.parametrize("status", ["deleted", "warning", "teleported", None, 3])
def test_a_status_that_says_nothing_of_arrival_is_ignored(whatsapp: WhatsAppCloud, status: Any) -> None:
    assert read(whatsapp, payload_of(change(statuses=[{"id": "wamid.A", "status": status}]))) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (131047, "venster van 24 uur"), (131026, "geblokkeerd"), (131049, "niet meteen opnieuw"), (131042, "account"),
        (132001, "sjabloon"), (999999, "code 999999"), ("131026", "geblokkeerd"),
    ],
)  # fmt: skip
def test_why_it_failed_is_told_with_what_to_do(whatsapp: WhatsAppCloud, code: Any, words: str) -> None:
    failed = {"id": "wamid.A", "status": "failed", "errors": [{"code": code, "title": "over 32470000001"}]}
    item = read(whatsapp, payload_of(change(statuses=[failed])))[0]
    assert isinstance(item, Delivery)
    assert item.reason is not None
    assert words in item.reason
    assert "32470000001" not in item.reason


@pytest.mark.parametrize(
    ("recipient", "path"),
    [
        ({"recipient_id": "32470000001"}, CLIENT), ({"recipient_user_id": BSUID}, BSUID),
        ({"recipient_id": "32470000001", "recipient_user_id": BSUID}, CLIENT), ({}, None), ({"recipient_id": "x"}, None),
    ],
)  # fmt: skip
def test_who_cannot_be_reached_is_remembered_until_they_write(
    whatsapp: WhatsAppCloud, recipient: dict[str, str], path: str | None
) -> None:
    failed = {"id": "wamid.A", "status": "failed", "errors": [{"code": 131026}], **recipient}
    _, *told = read(whatsapp, payload_of(change(statuses=[failed])))
    assert told == ([Reach(path=path, open=False)] if path else [])
    assert len(read(whatsapp, payload_of(change(statuses=[failed | {"status": "delivered"}])))) == 1


def test_a_failure_without_a_code_is_still_one(whatsapp: WhatsAppCloud) -> None:
    for errors in ([{}], [], None, [{"code": "x"}], [{"code": 10**40}]):
        failed = {"id": "wamid.A", "status": "failed", "errors": errors}
        assert read(whatsapp, payload_of(change(statuses=[failed]))) == [
            Delivery(external_id="wamid.A", status=Status.FAILED)
        ]


# What our people typed elsewhere


def test_what_somebody_typed_in_the_business_app_is_an_echo(whatsapp: WhatsAppCloud) -> None:
    said = {
        "from": "3280012345",
        "to": "32470000001",
        "id": "wamid.E",
        "type": "text",
        "text": {"body": "Hier Jan"},
    }
    picture = said | {"id": "wamid.F", "type": "image", "image": {"id": "262", "caption": "kaart"}}
    ignored = [said | {"id": wamid(), "type": kind} for kind in ("edit", "revoke", "reaction")]
    items = read(
        whatsapp, payload_of(change(field="smb_message_echoes", message_echoes=[said, picture, *ignored]))
    )
    assert items == [
        Echo(external_id="wamid.E", path=CLIENT, text="Hier Jan"),
        Echo(external_id="wamid.F", path=CLIENT, text="kaart", media=(Attached(ref="262", kind="image"),)),
    ]


# Batches


def message(words: str, **more: Any) -> dict[str, Any]:
    return {"from": "32470000001", "id": wamid(), "type": "text", "text": {"body": words}} | more


def status(**more: Any) -> dict[str, Any]:
    return {"id": wamid(), "status": "read", **more}


BAD: list[Any] = [
    None, 7, "x", [], {}, {"id": "wamid.A"}, message("x", id=None), message("x", id="a b"), message("x", id="é"),
    message("x", id="x\x00"), message("x", id="A" * 400), {"status": "read"}, {"messages": [[[]]]},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_three_entries_with_mixed_changes_are_read_whole_whatever_is_bad_among_them(
    whatsapp: WhatsAppCloud, bad: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def entry(number: int) -> dict[str, Any]:
        first = change(
            messages=[bad, message(f"{number}a"), bad, message(f"{number}b")], statuses=[bad, status()]
        )
        second = change(
            messages=[message(f"{number}c")], statuses=[status(), bad], errors=[bad, {"code": 131000}]
        )
        return {"id": "1", "changes": [bad, first, bad, second, {"field": "messages", "value": bad}]}

    payload = {"object": "whatsapp_business_account", "entry": [bad, entry(1), entry(2), bad, entry(3)]}
    items = read(whatsapp, payload)
    assert [i.text for i in items if isinstance(i, Inbound)] == [f"{n}{x}" for n in "123" for x in "abc"]
    assert sum(isinstance(item, Delivery) for item in items) == 6
    assert "reports error 131000" in caplog.text


@pytest.mark.parametrize(
    "payload",
    [
        payload_of(change(number_id="999", messages=[message("voor een ander")], statuses=[status()])),
        payload_of({"field": "message_template_status_update", "value": {"event": "APPROVED"}}),
        payload_of({"field": "account_update", "value": {}}),
        payload_of(change(field="history", history=[{"threads": []}])),
        payload_of(change(field="smb_app_state_sync", state_sync=[])),
        payload_of(change(field="user_preferences", user_preferences=[{"value": "stop"}])),
        payload_of(),
        {"object": "whatsapp_business_account"},
        {"object": "whatsapp_business_account", "entry": "x"},
    ],
)
def test_what_is_about_another_number_or_about_none_is_ignored(
    whatsapp: WhatsAppCloud, payload: object
) -> None:
    assert read(whatsapp, payload) == []


def test_logs_hold_nothing_of_the_person(whatsapp: WhatsAppCloud, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for bad in (
            message("geheim", **{"from": "xx"}),
            message("geheim", id=""),
            message("geheim", type="reaction"),
        ):
            read(whatsapp, payload_of(change(messages=[bad])))
        whatsapp.verify(webhook(wrote("geheim"), {"x-hub-signature-256": "sha256=x"}))
    for private in ("geheim", "32470000001", APP_SECRET, TOKEN):
        assert private not in caplog.text
