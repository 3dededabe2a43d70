"""Telephone numbers: any way of writing one of China's, and the one way in which they are kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import phonenumbers

HOME_REGION, HOME_COUNTRY = "CN", 86
SHOWN_BEFORE, SHOWN_BEHIND = 3, 4
# the library's own pattern of a mobile number as nearly all are written; asking the library takes twenty times as long
_KNOWN: Any = phonenumbers.PhoneMetadata.metadata_for_region(HOME_REGION)
MOBILE = re.compile(_KNOWN.mobile.national_number_pattern, re.ASCII)


def read_phone(text: str) -> str | None:
    """
    Give a telephone number in the form of E.164 ("+8613800002345"), or None where it is none.

    Numbers without a country are China's, and landlines need their area code. Full-width digits, spaces and
    hyphens are read; extensions and short numbers (12349, 120) are not: nobody can be found by them.
    """
    if MOBILE.fullmatch(text):
        return f"+{HOME_COUNTRY}{text}"
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def local_phone(phone: str) -> str:
    """Give a number in the form of E.164 as people here write it: 13800002345, 02223456789; foreign ones stay."""
    if MOBILE.fullmatch(local := phone.removeprefix(f"+{HOME_COUNTRY}")):
        return local
    number = phonenumbers.parse(phone)
    if number.country_code != HOME_COUNTRY:
        return phone
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(sign for sign in shown if sign.isdigit())


def mask_phone(phone: str) -> str:
    """Give a number in the form of E.164 with its middle hidden: 138****2345."""
    local = phone.removeprefix("+86")
    return f"{local[:SHOWN_BEFORE]}****{local[-SHOWN_BEHIND:]}"
