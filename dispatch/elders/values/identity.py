"""What identifies a person, and what is wrong with it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping


class IdentityFault(StrEnum):
    """Why an ID number, a birth date or a phone cannot be that of this person."""

    ID_OLD_FORM = "id_old_form"
    ID_FORM = "id_form"
    ID_CHECK_DIGIT = "id_check_digit"
    ID_REGION = "id_region"
    ID_BIRTH_DATE = "id_birth_date"
    ID_BORN_ELSE = "id_born_else"
    ID_SEX_ELSE = "id_sex_else"
    BORN_IN_FUTURE = "born_in_future"
    BORN_TOO_EARLY = "born_too_early"
    PHONE_FORM = "phone_form"


FAULT_WORDS = {
    IdentityFault.ID_OLD_FORM: Words(
        "15 位的一代身份证号码 2013 年起停用，请按现有身份证填 18 位号码。",
        "ID numbers of 15 digits ended in 2013; give the 18 digits of the present card.",
    ),
    IdentityFault.ID_FORM: Words(
        "身份证号码应为 17 位数字加一位数字或 X。", "An ID number has 17 digits and then a digit or X."
    ),
    IdentityFault.ID_CHECK_DIGIT: Words(
        "身份证号码校验位不对，有一位填错了，请核对。",
        "The check digit is wrong: compare the number with the card.",
    ),
    IdentityFault.ID_REGION: Words("身份证号码前两位不是任何省份。", "The first two digits stand for no province."),
    IdentityFault.ID_BIRTH_DATE: Words(
        "身份证号码里的出生日期不存在，或者还没到。",
        "The birth date inside the ID number cannot be.",
    ),
    IdentityFault.ID_BORN_ELSE: Words(
        "出生日期与身份证号码不一致，改正其中一个。", "Birth date and ID number disagree; correct one of them."
    ),
    IdentityFault.ID_SEX_ELSE: Words(
        "性别与身份证号码不一致，改正其中一个；证件本身有误时先不填身份证号码。",
        "Sex and ID number disagree; correct one of them, or leave the ID number out where the card itself is wrong.",
    ),
    IdentityFault.BORN_IN_FUTURE: Words("出生日期还没到。", "The birth date is still to come."),
    IdentityFault.BORN_TOO_EARLY: Words("出生日期太早，请核对。", "The birth date is too early; please check it."),
    IdentityFault.PHONE_FORM: Words(
        "不是有效的电话号码；固定电话要带区号。", "This is no valid phone number; landlines need their area code."
    ),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """ID number and phone in the form in which they are kept, and what is wrong: faults by field."""

    id_no: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    faults: Mapping[str, tuple[IdentityFault, ...]]


def read_id_no(text: str) -> str:
    """Give an ID number without spaces, with plain digits and a capital X; nothing is checked."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
