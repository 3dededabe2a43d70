"""Which font a picture is drawn with: a Chinese one where the machine has it, and never a box for a character."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from matplotlib import font_manager

from dispatch.words import Locale

# In the order in which they are wanted; all of them hold the characters of GB 2312.
CHINESE_FONTS = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "HarmonyOS Sans SC",
    "MiSans",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "SimHei",
    "Heiti SC",
    "Arial Unicode MS",
)
LATIN_FONT = "DejaVu Sans"  # comes with matplotlib


@dataclass(frozen=True, slots=True)
class Font:
    """A font family and the language that it can say everything in."""

    family: str
    locale: Locale

    def can_draw(self, text: str) -> bool:
        """Whether the font has every character of a text."""
        known = _characters(self.family)
        return all(ord(character) in known for character in text)


def choose_font(locale: Locale | None = None) -> Font:
    """Choose a font: Chinese where there is one, unless English is asked for."""
    if locale is not Locale.EN:
        found = find_chinese()
        if found is not None:
            return Font(found, Locale.ZH)
    return Font(LATIN_FONT, Locale.EN)


def find_chinese() -> str | None:
    """Find the first Chinese font that the machine has."""
    present = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in present), None)


@cache
def _characters(family: str) -> frozenset[int]:
    path = font_manager.findfont(family, fallback_to_default=False)
    return frozenset(font_manager.get_font(path).get_charmap())
