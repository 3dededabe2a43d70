"""ID numbers and phones of nobody: a district's code that was never given out, and phones that nobody bears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stdnum.iso7064 import mod_11_2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

PHONE_BEGIN = "19000"  # then the number of whoever bears it: 19000000001


def make_id_nos(persons: Iterable[tuple[str, date, str]]) -> Iterator[str]:
    """Make an ID number for each district, birth date and sex; who shares all three gets the next number."""
    taken: dict[tuple[str, date, str], int] = {}
    for person in persons:
        district, born_on, sex = person
        taken[person] = taken.get(person, 0) + 1
        plain = f"{district}{born_on:%Y%m%d}{2 * taken[person] + (sex == 'male'):03d}"
        yield plain + mod_11_2.calc_check_digit(plain)


def make_phone(number: int) -> str:
    """Make the mobile number of an elder by their number."""
    return f"{PHONE_BEGIN}{number:06d}"
