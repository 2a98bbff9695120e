"""Files of a message: from the provider's own hosts only, and our credentials to nobody else. Over real HTTP."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from channels import twilio_rest
from channels.base import Fetches, Misconfigured, Rejected, SendError, Throttled, Unavailable
from channels.downloads import on_host, same_origin
from channels.sms import Sms
from tests.stubs import twilio
from tests.stubs.twilio import ACCOUNT, Fault, TwilioStub

PICTURE = b"\xff\xd8\xff" + b"x" * 50_000


@pytest.fixture
def store() -> Iterator[TwilioStub]:
    """Another server, where the files really are."""
    with twilio.running() as server:
        yield server


@pytest.fixture
def ref(stub: TwilioStub) -> str:
    return f"{stub.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch, store: TwilioStub) -> None:
    """The store counts as Twilio's, though it speaks plain HTTP."""
    there = twilio_rest.same_origin
    monkeypatch.setattr(
        twilio_rest, "on_host", lambda url, *names: there(url, store.url) or on_host(url, *names)
    )


async def taken(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_a_file_comes_from_twilio_itself_with_our_account(sms: Sms, stub: TwilioStub, ref: str) -> None:
    assert isinstance(sms, Fetches)
    stub.script.append(Fault(status=200, body=PICTURE, content_type="image/jpeg"))
    assert await taken(sms.fetch(ref, 100_000)) == PICTURE
    assert stub.requests[0].headers["authorization"].startswith("Basic ")


@pytest.mark.usefixtures("trust")
async def test_the_store_twilio_sends_us_on_to_gets_no_credentials(
    sms: Sms, stub: TwilioStub, store: TwilioStub, ref: str
) -> None:
    stub.script.append(Fault(status=307, headers={"Location": f"{store.url}/media/ME1?signature=1"}))
    store.script.append(Fault(status=200, body=PICTURE, content_type="image/jpeg"))
    assert await taken(sms.fetch(ref, 100_000)) == PICTURE
    (asked,) = store.requests
    assert "authorization" not in asked.headers
    assert asked.path == "/media/ME1"


async def test_a_redirect_to_anybody_else_is_not_followed(
    sms: Sms, stub: TwilioStub, store: TwilioStub, ref: str
) -> None:
    for elsewhere in (
        f"{store.url}/x",
        "http://169.254.169.254/latest",
        "https://api.twilio.com@evil.example/",
    ):
        stub.script.append(Fault(status=302, headers={"Location": elsewhere}))
        with pytest.raises(Rejected, match="elders"):
            await taken(sms.fetch(ref, 100_000))
    assert store.requests == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/2010-04-01/Accounts/AC/Messages/MM1/Media/ME1",
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data",
        "https://mms.twiliocdn.com.evil.example/a",
        "https://mms.twiliocdn.com:8443/a",
        "https://user@mms.twiliocdn.com/a",
        "http://mms.twiliocdn.com/a",
        "gopher://api.twilio.com/",
        "file:///etc/passwd",
        "https://[::ffff:127.0.0.1]/",
        "http://[bad",
        "",
    ],
)
async def test_an_address_elsewhere_is_never_asked(sms: Sms, stub: TwilioStub, elsewhere: str) -> None:
    with pytest.raises(Rejected, match="elders"):
        await taken(sms.fetch(elsewhere, 100_000))
    assert stub.requests == []


async def test_another_account_or_another_part_of_the_api_is_not_ours_to_read(
    sms: Sms, stub: TwilioStub
) -> None:
    for path in ("/2010-04-01/Accounts/AC2/Messages/MM1/Media/ME1", f"/2010-04-01/Accounts/{ACCOUNT}.json"):
        with pytest.raises(Rejected, match="elders"):
            await taken(sms.fetch(stub.url + path, 100_000))
    assert stub.requests == []


async def test_what_is_too_big_is_left_there(sms: Sms, stub: TwilioStub, ref: str) -> None:
    stub.script.append(Fault(status=200, body=PICTURE, content_type="image/jpeg"))
    with pytest.raises(Rejected, match="te groot"):
        await taken(sms.fetch(ref, 10_000))


async def test_a_redirect_that_goes_round_ends(sms: Sms, stub: TwilioStub, ref: str) -> None:
    stub.script.extend([Fault(status=302, headers={"Location": ref})] * 9)
    with pytest.raises(Rejected, match="elders"):
        await taken(sms.fetch(ref, 10))
    assert len(stub.requests) == 4


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=404), Rejected),
        (Fault(status=410), Rejected),
        (Fault(status=401), Misconfigured),
        (Fault(status=403), Misconfigured),
        (Fault(status=429), Throttled),
        (Fault(status=503), Unavailable),
        (Fault(hangs_up=True), Unavailable),
    ],
)
async def test_each_fault_has_its_own_error(
    sms: Sms, stub: TwilioStub, ref: str, fault: Fault, error: type[SendError]
) -> None:
    stub.script.append(fault)
    with pytest.raises(SendError) as raised:
        await taken(sms.fetch(ref, 1000))
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("url", "names", "right"),
    [
        ("https://a.fbcdn.net/x", (".fbcdn.net",), True),
        ("https://fbcdn.net/x", (".fbcdn.net",), False),
        ("https://evilfbcdn.net/x", (".fbcdn.net",), False),
        ("https://A.FBCDN.NET/x", (".fbcdn.net",), True),
        ("https://a.example/x", ("a.example",), True),
        ("https://b.a.example/x", ("a.example",), False),
        ("http://a.example/x", ("a.example",), False),
    ],
)
def test_hosts_are_named_exactly(url: str, names: tuple[str, ...], right: bool) -> None:
    assert on_host(httpx.URL(url), *names) is right
    assert same_origin(httpx.URL(url), url)
