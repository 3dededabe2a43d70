"""What maps are drawn with: classes, layers, labels, and a font that has every character that is written."""

from __future__ import annotations

import base64
import io
import itertools
import re

import numpy as np
import pytest
import shapely
from matplotlib import font_manager
from PIL import Image

from dispatch import drawing
from dispatch.words import Locale

# The level-one characters of GB 2312 end at 座 (0xD7F9); rows 16 to 87 hold all 6,763 of both levels.
GB_2312 = "".join(
    bytes([row + 0xA0, cell + 0xA0]).decode("gb2312")
    for row in range(16, 88)
    for cell in range(1, 95)
    if not (row == 55 and cell > 89)
)
DISTRICT = shapely.box(0, 0, 4000, 3000)


def ground(**changes) -> drawing.Ground:
    cells = (
        (None, shapely.box(0, 0, 300, 300)),
        (3, shapely.box(400, 0, 700, 300)),
        (120, shapely.box(0, 400, 300, 700)),
    )
    return drawing.Ground(
        **{
            "boundary_xy": DISTRICT,
            "parts": (("桥西街道", shapely.box(0, 0, 2000, 3000)), ("北洋里街道", shapely.box(2000, 0, 4000, 3000))),
            "covered_xy": shapely.box(1000, 1000, 2000, 2000),
            "cells": cells,
            "roads": np.array([[[0.0, 0.0], [4000.0, 3000.0]]]),
            "sites": np.array([[1500.0, 1500.0]]),
            "badges": np.array([[150.0, 150.0]]),
        }
        | changes
    )


def test_the_font_is_installed_with_its_licence_and_has_all_characters_of_gb_2312():
    assert len(GB_2312) == 6763
    assert drawing.missing_characters(GB_2312 + "abcXYZ0123456789，。：；（）“”、—…％≥–·〓") == ()
    assert "SIL OPEN FONT LICENSE" in (drawing.chinese_folder() / "OFL.txt").read_text(encoding="utf-8").upper()


def test_missing_characters_are_told_once_each():
    # U+20BB7 is a form of 吉 in family names; Noto Sans SC lacks it
    assert drawing.missing_characters("\U00020bb7野家\U00020bb7\n") == ("\U00020bb7",)


def test_a_cut_font_has_what_it_was_cut_for_in_both_weights_and_nothing_else():
    family = drawing.cut_family("桥西街道 12 %")

    for weight in ("regular", "bold"):
        path = font_manager.findfont(
            font_manager.FontProperties(family=family, weight=weight), fallback_to_default=False
        )
        font = font_manager.get_font(path)
        assert set(map(ord, "桥西街道12%")) <= set(font.get_charmap())
        assert ord("津") not in font.get_charmap()
        assert font.style_name.lower() == weight
    assert drawing.cut_family("桥西街道 12 %") == family
    assert drawing.cut_family("津") != family


def test_without_the_font_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dispatch.drawing.fonts.find_spec", lambda _: None)

    with pytest.raises(drawing.FontMissingError) as caught:
        drawing.chinese_folder()

    for locale in Locale:
        assert "pip install --require-hashes -r requirements/run.lock" in caught.value.text(locale)
    assert drawing.choose_font() == drawing.Font(drawing.LATIN_FAMILY, Locale.EN)


def test_a_class_holds_its_lower_bound_and_small_counts_have_none():
    # the classes of the map: 5-9, 10-19, 20-49, 50-99, 100 and more
    assert [drawing.class_of(count) for count in (0, 1, 4, 5, 9, 10, 19, 20, 49, 50, 99, 100, 9999)] == [
        *(None, None, None, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4)
    ]  # fmt: skip


def test_lightness_falls_from_class_to_class_so_that_a_photocopy_keeps_the_order():
    def lightness(color: str) -> float:
        """CIE L* of an sRGB colour (CIE 15:2004), written out here."""
        red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in (red, green, blue)]
        y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        return 116 * y ** (1 / 3) - 16

    steps = [lightness(color) for color in drawing.WARM]
    assert all(before - after > 8 for before, after in itertools.pairwise(steps))


def test_the_same_ground_gives_the_same_bytes_and_labels_stand_inside():
    first, second = (drawing.draw_district(ground(), width_mm=170, height_mm=100) for _ in range(2))

    assert first == second
    assert b"<text" not in first.svg
    assert [label.text for label in first.names] == ["桥西街道", "北洋里街道"]
    # the frame: 3000 m and 3 % on each side are 100 mm, so a metre is 100 / 3180 mm; the badge lies 90 + 150 m
    # from the lower rim, and as far from the district's left edge as 150 m
    assert first.badges[0].y_mm == pytest.approx(100 - (90 + 150) * 100 / 3180, abs=0.01)
    assert first.badges[0].x_mm == pytest.approx(85 - (2000 - 150) * 100 / 3180, abs=0.01)
    # 22 % of 170 mm are 1189 m: the bar shows 1 km
    assert (first.scale_m, first.scale_mm) == (1000, pytest.approx(100 / 3.18, abs=0.01))


def test_labels_that_would_overlap_are_left_out_the_first_stays():
    here = shapely.box(0, 0, 4000, 3000)
    parts = tuple((f"第{i}街道", here) for i in range(6))

    found = drawing.draw_district(ground(parts=parts, badges=np.zeros((0, 2))), width_mm=170, height_mm=100)

    assert [label.text for label in found.names] == ["第0街道", "第1街道", "第2街道"]  # in the middle, above, below


@pytest.mark.parametrize("covered", [shapely.MultiPolygon(), DISTRICT])
def test_nothing_covered_and_all_covered_are_drawn(covered):
    bare = ground(
        covered_xy=covered, cells=(), roads=np.zeros((0, 2, 2)), sites=np.zeros((0, 2)), badges=np.zeros((0, 2))
    )

    assert drawing.draw_district(bare, width_mm=80, height_mm=80).svg.startswith(b"<?xml")


def test_a_place_without_boundaries_and_people_is_drawn_too():
    bare = drawing.Ground(None, (), shapely.MultiPolygon(), (), *[np.zeros(s) for s in ((0, 2, 2), (0, 2), (0, 2))])

    assert drawing.draw_district(bare, width_mm=80, height_mm=80).scale_m == 100  # 22 % of 530 m


def test_streets_of_a_large_network_are_painted_where_lines_would_be():
    # one street in the frame's middle, 7,000 times: white on paper along it and nowhere else
    lines = np.tile(np.array([[[0.0, 1500.0], [4000.0, 1500.0]]]), (7_000, 1, 1))
    found = drawing.draw_district(
        ground(roads=lines, cells=(), covered_xy=shapely.MultiPolygon()), width_mm=170, height_mm=100
    )

    assert len(found.svg) < 200_000  # as lines these were more than a megabyte
    pictures = re.findall(rb"data:image/png;base64,\s*([^\"]+)\"", found.svg)
    assert len(pictures) == 3  # casing, street, and street above the fill
    road = np.asarray(Image.open(io.BytesIO(base64.b64decode(pictures[1]))))
    height, width = road.shape[:2]
    seen = np.flatnonzero(road[:, width // 2, 3])
    assert abs(seen.mean() - height / 2) <= 1
    assert len(seen) <= 8
    assert tuple(road[seen[1], width // 2, :3]) == (255, 255, 255)
