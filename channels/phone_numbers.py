"""Phone numbers as they are typed, and what can reach them."""

import phonenumbers

MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
HOME = "BE"  # a number without a country is from here


def e164(typed: str) -> str | None:
    """A number as one types it in Belgium ("0470 12 34 56"), in E.164; None when it is none."""
    try:
        number = phonenumbers.parse(typed, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(number: str | None) -> bool:
    """Whether an SMS can get there; `number` is E.164."""
    if not number:
        return False
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in MOBILE
    except phonenumbers.NumberParseException:
        return False


def readable(number: str) -> str:
    """As one writes it: "0470 12 34 56", and from elsewhere "+33 6 12 34 56 78"."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    home = parsed.country_code == phonenumbers.country_code_for_region(HOME)
    return phonenumbers.format_number(parsed, form.NATIONAL if home else form.INTERNATIONAL)
