"""Which channels the settings turn on: never one without the secret that its webhooks are signed with."""

from typing import Any

import pytest

from bot.hub import make_channels
from bot.settings import Settings
from channels.messenger.channel import Messenger
from channels.whatsapp.through_meta import WhatsAppCloud
from channels.whatsapp.through_twilio import WhatsAppTwilio

META = {"phone_number_id": "1", "access_token": "x", "app_secret": "x", "verify_token": "x"}
TWILIO = {"provider": "twilio", "account_sid": "AC1", "auth_token": "x", "number": "+3280012345"}
MESSENGER = {"page_id": "1", "page_token": "x", "app_secret": "x", "verify_token": "x"}


async def made(**settings: Any) -> dict[str, Any]:
    channels = make_channels(Settings(**settings))
    for channel in channels.values():
        await channel.close()
    return channels


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"whatsapp": META}, WhatsAppCloud), ({"whatsapp": TWILIO}, WhatsAppTwilio),
        ({"whatsapp": META | TWILIO}, WhatsAppTwilio), ({"messenger": MESSENGER}, Messenger),
    ],
)  # fmt: skip
async def test_a_channel_with_its_secrets_is_on(settings: dict[str, Any], kind: type) -> None:
    (name,) = settings
    assert isinstance((await made(**settings))[name], kind)


@pytest.mark.parametrize(
    ("name", "given", "missing"),
    [
        *(("whatsapp", META, field) for field in ("phone_number_id", "access_token", "app_secret")),
        *(("whatsapp", TWILIO, field) for field in ("account_sid", "auth_token", "number")),
        *(("messenger", MESSENGER, field) for field in ("page_id", "page_token", "app_secret")),
        ("whatsapp", META | {"provider": "twilio"}, "verify_token"),
        ("whatsapp", TWILIO | {"provider": "meta"}, "number"),
    ],
)
async def test_a_channel_without_one_of_them_is_off(name: str, given: dict[str, str], missing: str) -> None:
    for value in ("", None):
        part = {field: text for field, text in given.items() if field != missing}
        settings = part | ({missing: ""} if value == "" else {})
        assert name not in await made(**{name: settings})


def test_a_provider_that_we_do_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="provider"):
        Settings(whatsapp={"provider": "smoke signals"})


def test_no_secret_shows_in_what_is_printed() -> None:
    settings = Settings(
        whatsapp=META | TWILIO | dict.fromkeys(("access_token", "app_secret", "auth_token", "shared_key", "verify_token"), "s3cret"),
        messenger=MESSENGER | dict.fromkeys(("page_token", "app_secret", "verify_token"), "s3cret"),
    )  # fmt: skip
    assert "s3cret" not in repr(settings)
