"""Whether an ID number (GB 11643-1999), a birth date and a phone can be those of one person."""

from __future__ import annotations

import re
from datetime import date

from dispatch.elders.values import Identity, IdentityFault, Sex, read_id_no
from dispatch.phones import read_phone

# ISO 7064 MOD 11-2, as GB 11643-1999 section 3.4 has it: 2 to the power of 17, 16, ... 1, modulo 11
WEIGHTS = tuple(pow(2, 17 - position, 11) for position in range(17))
CHECK_DIGITS = "10X98765432"
FULL_FORM, OLD_FORM = re.compile("[1-9][0-9]{16}[0-9X]"), re.compile("[0-9]{15}")
# GB/T 2260: the provinces; 9 stands before a province's digit in permits of foreigners. Districts are not looked at:
# a number keeps the code of a district that has since been merged, renamed or given another code
PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-9]")
OLDEST_YEARS = 130  # nobody on record anywhere became 123


def check_digit(id_no: str) -> str:
    """Give the check digit that the first 17 digits ask for."""
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(id_no[:17], WEIGHTS, strict=True)) % 11]


def judge_identity(*, id_no: str | None, phone: str | None, sex: str, born_on: date, on: date) -> Identity:
    """
    Say whether the facts that identify a person agree, on a date; the first fault of each field.

    Any district's code is good, today's or a former one: 120116, 120119 and the old 120225 are.

    Parameters
    ----------
    id_no : str or None
        As typed.
    phone : str or None
        As typed.
    sex : str
        As registered.
    born_on : date
        As registered.
    on : date
        Later births are still to come.

    """
    plain = read_id_no(id_no) if id_no else None
    number = read_phone(phone) if phone else None
    faults: dict[str, tuple[IdentityFault, ...]] = {}
    if born_on > on:
        faults["born_on"] = (IdentityFault.BORN_IN_FUTURE,)
    elif born_on.year < on.year - OLDEST_YEARS:
        faults["born_on"] = (IdentityFault.BORN_TOO_EARLY,)
    if plain is not None and (fault := _fault(plain, sex=sex, born_on=born_on, on=on)):
        faults["id_no"] = (fault,)
    if phone and number is None:
        faults["phone"] = (IdentityFault.PHONE_FORM,)
    return Identity(id_no=None if "id_no" in faults else plain, phone=number, faults=faults)


def mask_id_no(id_no: str) -> str:
    """Give the first and last four places: 1201**********001X."""
    return f"{id_no[:4]}{'*' * (len(id_no) - 8)}{id_no[-4:]}"


def _fault(id_no: str, *, sex: str, born_on: date, on: date) -> IdentityFault | None:
    if not FULL_FORM.fullmatch(id_no):
        return IdentityFault.ID_OLD_FORM if OLD_FORM.fullmatch(id_no) else IdentityFault.ID_FORM
    if check_digit(id_no) != id_no[-1]:
        return IdentityFault.ID_CHECK_DIGIT
    if not PROVINCES.match(id_no):
        return IdentityFault.ID_REGION
    return _birth_fault(id_no, sex=sex, born_on=born_on, on=on)


def _birth_fault(id_no: str, *, sex: str, born_on: date, on: date) -> IdentityFault | None:
    try:
        born = date(int(id_no[6:10]), int(id_no[10:12]), int(id_no[12:14]))
    except ValueError:
        return IdentityFault.ID_BIRTH_DATE
    if born > on or born.year < on.year - OLDEST_YEARS:
        return IdentityFault.ID_BIRTH_DATE
    if born != born_on:
        return IdentityFault.ID_BORN_ELSE
    is_male = int(id_no[16]) % 2 == 1  # GB 11643: odd numbers are given to men
    return None if is_male is (sex == Sex.MALE) else IdentityFault.ID_SEX_ELSE
