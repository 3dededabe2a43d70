"""map.png: the classes, the words, and never a box for a character."""

from __future__ import annotations

import struct
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dispatch import coverage, drawing
from dispatch.cli.city_files import summary_of
from dispatch.cli.city_tags import Extract
from dispatch.cli.picture import WARM, Classes, draw_map
from dispatch.cli.picture_words import phrases_of
from dispatch.words import Locale
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from pathlib import Path

NETWORK = world.make_network()
BOTH = [Locale.EN, Locale.ZH]


def compute(*, category: str = "healthcare", demand: str = "population") -> tuple:
    homes = np.array([world.lonlat((100.0 * i, 10.0)) for i in range(30)])
    people = coverage.CityPoints(demand, homes, np.full(30, 40.0), ("",) * 30)
    sites = coverage.CityPoints(category, homes[:1], np.ones(1), ("",))
    found = coverage.compute_city(NETWORK, demand=people, sites=sites, question=coverage.Question(900, 1.0))
    none = {"source": "points.csv", "rows": 30, "left_out": 0, "without_point": 0}
    summary = summary_of(
        [found], network=NETWORK, sources={"sites": none, "demand": none}, demand_name=demand, is_proxy=False
    )
    return found, people, summary


def font_for(locale: Locale) -> drawing.Font:
    font = drawing.choose_font(locale)
    assert font.locale is locale
    return font


@pytest.mark.parametrize("locale", BOTH)
@pytest.mark.parametrize("category", ["healthcare", "助餐点", "كافيه \U00030000"])
def test_picture_is_drawn_without_a_missing_character(tmp_path: Path, locale: Locale, category: str) -> None:
    font_for(locale)
    found, people, summary = compute(category=category)

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a glyph that it does not have
        draw_map(
            found, network=NETWORK, people=people, ground=Extract(), summary=summary, path=tmp_path / "map.png",
            locale=locale,
        )  # fmt: skip

    content = (tmp_path / "map.png").read_bytes()
    assert struct.unpack(">II", content[16:24]) == (2400, 1600)


def test_title_says_the_finding_in_both_languages() -> None:
    # homes every 100 m, 10 m off the street, the site at the first: 890 m along are within, so 0 to 800 m by
    # door; 9 of 30 homes of 40 people
    found, _, summary = compute()
    assert found.at_limit.covered == 360

    english = phrases_of(found, summary=summary, font=drawing.Font(drawing.LATIN_FAMILY, Locale.EN))
    assert (
        english.title == "long-street: 840 of 1,200 residents (70.0 %) live more than 15 minutes' walk from healthcare"
    )
    assert english.key_number == "30.0 %"
    assert any("OpenStreetMap contributors, ODbL" in line for line in english.foot)
    assert any("2026-01-01" in line for line in english.foot)
    chinese = phrases_of(found, summary=summary, font=font_for(Locale.ZH))
    assert chinese.title == "long-street：840 居民（70.0 %）步行 15 分钟到不了医疗点"


def test_without_a_chinese_font_the_picture_speaks_english_and_replaces_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.drawing.fonts.find_chinese", lambda: None)
    found, _, summary = compute(category="助餐点", demand="老年人")

    font = drawing.choose_font()
    words = phrases_of(found, summary=summary, font=font)

    assert (font.family, font.locale) == ("DejaVu Sans", Locale.EN)
    assert words.title.endswith("of 1,200 demand (70.0 %) live more than 15 minutes' walk from sites")
    for text in (words.title, words.key_text, words.legend_title, words.sites, *words.gaps, *words.foot):
        assert font.can_draw(text), text


def test_classes_fit_the_size_of_the_numbers() -> None:
    # nine in ten below 1,500: steps of 100, 200, 500, 1,000
    assert Classes.of(np.linspace(0, 1666, 1000)).bounds == (100, 200, 500, 1000)
    assert Classes.of(np.array([1.0, 2, 3])).bounds == (1, 2, 5, 10)
    assert Classes.of(np.array([])).bounds == (1, 2, 5, 10)
    classes = Classes((100, 200, 500, 1000))
    assert [classes.color_of(x) for x in (99, 100, 199, 999, 1000)] == [WARM[0], WARM[1], WARM[1], WARM[3], WARM[4]]
