"""Why two elders on record may be one person."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pypinyin import lazy_pinyin

from dispatch.elders.values import Likeness

if TYPE_CHECKING:
    from datetime import date


NEEDED_OF_TWO_NUMBERS = 2


class Compared(NamedTuple):
    """What of an elder is compared; the phone by its blind index."""

    name: str
    sex: str
    born_on: date
    phone_index: bytes | None
    has_id_no: bool
    area_code: str
    address: str


@lru_cache(maxsize=20_000)
def name_sound(name: str) -> str:
    """Give a name as it sounds, without tones and spaces: 张晓明 and 章小鸣 are zhangxiaoming."""
    return "".join(lazy_pinyin("".join(name.split()))).casefold()


def judge_likeness(one: Compared, *, other: Compared) -> frozenset[Likeness]:
    """
    Say what speaks for two elders being one person; nothing where too little does.

    Two who both have an ID number have different ones (the register holds each once), each with a good check digit and
    their own birth date: one sign in common is chance there, such as a frequent name, and two are needed.
    """
    is_name_same = "".join(one.name.split()) == "".join(other.name.split())
    is_sound_same = is_name_same or name_sound(one.name) == name_sound(other.name)
    is_birth_same = one.born_on == other.born_on
    is_birth_and_sex_same = is_birth_same and one.sex == other.sex
    is_phone_same = one.phone_index is not None and one.phone_index == other.phone_index
    is_home_same = bool(one.address) and (one.area_code, one.address) == (other.area_code, other.address)
    found = {
        Likeness.NAME_AND_BIRTH: is_name_same and is_birth_same,
        Likeness.NAME_SOUND_AND_BIRTH: is_sound_same and not is_name_same and is_birth_same,
        Likeness.HOME_AND_BIRTH: is_home_same and is_birth_and_sex_same,
        Likeness.PHONE_AND_NAME_SOUND: is_phone_same and is_sound_same,
        Likeness.PHONE_AND_BIRTH: is_phone_same and is_birth_and_sex_same,
    }
    likeness = frozenset(each for each, is_so in found.items() if is_so)
    needed = NEEDED_OF_TWO_NUMBERS if one.has_id_no and other.has_id_no else 1
    return likeness if len(likeness) >= needed else frozenset()
