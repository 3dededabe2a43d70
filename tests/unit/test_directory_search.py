"""Names become tokens, and questions the tokens they need."""

import pytest

from dispatch.directory import search_text
from dispatch.directory.values import search_ways


def _is_found(question, name):
    kept = search_text(name)
    return bool(search_ways(question)) and all(
        any(all(f" {token} " in kept for token in way) for way in ways) for ways in search_ways(question)
    )


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("养老", "河西养老服务中心"),
        ("河", "河西养老服务中心"),
        ("服务中心", "河西养老服务中心"),
        ("养老 河西", "河西养老服务中心"),  # any order
        ("hx", "河西养老服务中心"),
        ("hxyl", "河西养老服务中心"),
        ("yanglao", "河西养老服务中心"),
        ("hexi", "河西养老服务中心"),
        ("xian", "西安道食堂"),  # xi an
        ("shan", "单家食堂"),  # the surname's reading
        ("dan", "单家食堂"),  # the character's usual one
        ("zengjia", "曾家食堂"),
        ("lv", "绿地食堂"),  # the u with dots
        ("ABC养老", "ABC养老院"),
        ("abc", "ＡＢＣ养老院"),  # full-width signs
        ("ayly", "A养老院"),
        ("120", "120食堂"),
    ],
)
def test_is_found(question, name):
    assert _is_found(question, name)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("老养", "河西养老服务中心"),  # pairs are of neighbors
        ("养老", "休养与老人"),
        ("xh", "河西养老服务中心"),
        ("laoyang", "河西养老服务中心"),
        ("%", "河西养老服务中心"),
        ("_", "A"),
        ("*", "河西"),
        ("", "河西"),
        ("养老 助餐", "河西养老服务中心"),  # all words are needed
    ],
)
def test_is_not_found(question, name):
    assert not _is_found(question, name)


def test_signs_that_mean_something_elsewhere_only_part_words():
    assert search_ways("养老%' OR 1=1 --")[0] == search_ways("养老")[0]
    assert search_text("养%老_\"'\\") == search_text("养 老")
    assert search_text("。。") == " "


def test_a_long_question_stays_bounded():
    ways = search_ways("xian" * 1000 + " 养" * 1000)

    assert len(ways) == 8
    assert max(len(each) for each in ways) <= 10
