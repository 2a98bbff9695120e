"""The signed form that Twilio POSTs, for every channel that comes through it.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator, get_signature_algorithm

from channels.base import Malformed, Webhook

FIELDS_LIMIT = 200


class Form(dict[str, list[str]]):
    """Names and all their values: a repeated name is signed with each of its values."""

    def getlist(self, name: str) -> list[str]:
        """What Twilio's validator calls."""
        return self[name]

    def last(self, name: str) -> str:
        return self[name][-1] if name in self else ""


def form_of(webhook: Webhook) -> Form:
    """The fields of the body. Raises Malformed when it is no form."""
    form = Form()
    try:
        for name, value in parse_qsl(
            webhook.body.decode(), keep_blank_values=True, max_num_fields=FIELDS_LIMIT, errors="surrogatepass"
        ):
            form.setdefault(name, []).append(value)
    except ValueError as error:
        raise Malformed("no form") from error
    return form


def is_signed(validator: RequestValidator, webhook: Webhook, shared: RequestValidator | None = None) -> bool:
    """Whether Twilio signed these bytes for this address: in constant time, never raising.

    With the account's token; or, when a header says so, with a key that is `shared` for webhooks only.
    https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
    """
    signature = webhook.headers.get("x-twilio-signature", "")
    by_key = webhook.headers.get(SIGNATURE_SETTINGS_HEADER.lower(), "")
    signed_by = shared if by_key else validator
    if not signature or signed_by is None:
        return False
    try:  # the hash of a JSON body is in the address, and compared only when the body is given as text
        signed = webhook.body.decode() if "bodySHA256=" in webhook.url else form_of(webhook)
        return bool(signed_by.validate(webhook.url, signed, signature, get_signature_algorithm(by_key)))
    except (ValueError, TypeError, UnicodeError):
        return False


def sign(url: str, form: Mapping[str, str], token: str) -> str:
    """The `X-Twilio-Signature` of a form POSTed to `url`, for whoever plays Twilio."""
    return str(RequestValidator(token).compute_signature(url, form))
