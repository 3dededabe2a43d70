"""Why two elders on record may be one person, and why others are not."""

from __future__ import annotations

from datetime import date

import pytest

from dispatch.elders.rules import Compared, judge_likeness, name_sound

ZHANG = Compared("张晓明", "female", date(1944, 5, 6), b"a", has_id_no=False, area_code="1", address="甲路1号")
STRANGER = Compared("李四", "male", date(1950, 1, 1), b"b", has_id_no=False, area_code="2", address="乙路2号")
ELSEWHERE = {"phone_index": None, "area_code": "2", "address": "乙路2号"}


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (ZHANG._replace(**ELSEWHERE), {"name_and_birth"}),
        (ZHANG._replace(name=" 张 晓明 ", **ELSEWHERE), {"name_and_birth"}),
        (ZHANG._replace(name="章小鸣", **ELSEWHERE), {"name_sound_and_birth"}),
        (ZHANG._replace(name="王五", phone_index=None), {"home_and_birth"}),
        (STRANGER._replace(name="张小明", phone_index=b"a"), {"phone_and_name_sound"}),
        (ZHANG._replace(name="王五", address="乙路2号"), {"phone_and_birth"}),
        (ZHANG, {"name_and_birth", "home_and_birth", "phone_and_name_sound", "phone_and_birth"}),
        (STRANGER, set()),
        (STRANGER._replace(name="张晓明"), set()),  # a name alone
        (STRANGER._replace(phone_index=b"a"), set()),  # a phone alone: a couple's, or the community's
        (STRANGER._replace(area_code="1", address="甲路1号"), set()),  # a home alone
        (STRANGER._replace(born_on=date(1944, 5, 6)), set()),  # a birth date alone
        (ZHANG._replace(name="王五", sex="male"), set()),  # twins of one house, or a couple born on one day
    ],
)
def test_two_signs_together_speak_for_one_person_and_one_alone_does_not(other, likeness):
    assert judge_likeness(ZHANG, other=other) == judge_likeness(other, other=ZHANG) == likeness


def test_homes_without_address_and_elders_without_phone_have_nothing_in_common():
    one = ZHANG._replace(name="王五", address="", phone_index=None)

    assert judge_likeness(one, other=ZHANG._replace(address="", phone_index=None)) == frozenset()


def test_two_who_both_have_an_id_number_need_two_signs():
    numbered = ZHANG._replace(has_id_no=True)

    assert judge_likeness(numbered, other=numbered._replace(**ELSEWHERE)) == frozenset()
    assert judge_likeness(numbered, other=ZHANG._replace(**ELSEWHERE)) == {"name_and_birth"}
    assert judge_likeness(numbered, other=numbered._replace(phone_index=None)) == {"name_and_birth", "home_and_birth"}


def test_names_sound_without_tones_and_spaces():
    assert name_sound("张晓明") == name_sound("章 小鸣") == "zhangxiaoming"
