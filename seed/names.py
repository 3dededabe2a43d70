"""Names of nobody: drawn from a small pool, so that every name is borne by many."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

FAMILY_NAMES = "甲乙丙丁戊己庚辛壬癸"
GIVEN_NAMES = {
    "female": ("梅", "兰", "菊", "荷", "桂", "莲", "杏", "棠", "蓉", "芸"),
    "male": ("松", "柏", "竹", "山", "川", "石", "江", "海", "林", "岳"),
}
SEXES = ("female", "male")


def draw_name(rng: random.Random, sex: str) -> str:
    """Draw a name whose family name is one of the ten heavenly stems, which nobody takes for a real person's."""
    return rng.choice(FAMILY_NAMES) + rng.choice(GIVEN_NAMES[sex])
