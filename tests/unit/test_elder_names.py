"""By what a name is found: characters, pinyin, initials, from the first character or the given name on."""

from __future__ import annotations

import pytest

from dispatch.elders.values import name_keys, read_question


def fits(name, word):
    return any(key.startswith(word) for key in name_keys(name))


@pytest.mark.parametrize(
    "word", ["王", "王秀", "王秀英", "秀英", "英", "wang", "wangx", "wangxiuying", "xiuying", "ying", "wxy", "xy", "wx"]
)
def test_name_is_found_by_its_beginning_and_by_its_given_name(word):
    assert fits("王秀英", word)


@pytest.mark.parametrize("word", ["王英", "秀王", "iuying", "wy", "李", "angxiu"])
def test_what_is_in_no_part_of_a_name_does_not_find_it(word):
    assert not fits("王秀英", word)


@pytest.mark.parametrize(
    ("name", "word"),
    [("单玉兰", "shan"), ("单玉兰", "syl"), ("曾广福", "zeng"), ("仇和", "qiu"), ("解放", "xie"), ("欧阳修竹", "oyxz")],
)
def test_surnames_that_are_read_in_their_own_way_are_found_by_it(name, word):
    assert fits(name, word)


def test_signs_and_widths_do_not_matter():
    assert name_keys("阿依·古丽") == name_keys("阿依古丽")
    assert read_question(" \uff37ang\u3000秀英，").words == ("wang", "秀英")


def test_names_without_a_character_have_no_keys():
    assert name_keys("") == frozenset()
    assert name_keys("*** 12") == frozenset()


@pytest.mark.parametrize("said", ["13800002345", "138 0000 2345", "+86 138-0000-2345", "022-2345 6789"])
def test_digits_are_a_telephone_number(said):
    assert read_question(said).phone
    assert read_question(said).words == ()


def test_long_names_of_many_readings_stay_few_keys():
    assert len(name_keys("单曾解仇乐行重长朝还都会")) < 600
