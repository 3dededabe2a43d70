"""
The font: Noto Sans SC, which the set-up installs, and never a box for a character.

It is one variable file of all weights (OFL-1.1, licence text beside it in its package). Typst sets type from it as it
is; matplotlib knows no weights of a file, so it gets a cut: the characters of one picture, regular and bold.
"""

from __future__ import annotations

import atexit
import io
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib import font_manager

from dispatch.errors import UnavailableError
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

CHINESE_FAMILY = "Noto Sans SC"
LATIN_FAMILY = "DejaVu Sans"  # comes with matplotlib
PACKAGE, FOLDER, FILE = "justmytype_intl_cjk", "fonts/ofl/notosanssc", "NotoSansSC[wght].ttf"
WEIGHTS = {"Regular": 400, "Bold": 700}


class FontMissingError(UnavailableError):
    """The package with the Chinese font is not installed."""

    slug = "font-missing"
    title = Words("没有安装中文字体", "The Chinese font is not installed")
    detail = Words(
        "报告要用的中文字体没有安装。请管理员按锁定的清单重新安装依赖：pip install --require-hashes -r requirements/run.lock。",  # noqa: E501 - one command
        "The report needs the Chinese font, which is not installed. Install the locked packages again: "
        "pip install --require-hashes -r requirements/run.lock.",
    )


@dataclass(frozen=True, slots=True)
class Font:
    """A font family and the language that it can say everything in."""

    family: str
    locale: Locale

    def can_draw(self, text: str) -> bool:
        """Whether the font has every character of a text."""
        known = _chinese_characters() if self.family == CHINESE_FAMILY else _characters(self.family)
        return all(ord(character) in known for character in text)

    def family_for(self, texts: Iterable[str]) -> str:
        """Give the name under which matplotlib finds the font for these texts."""
        return cut_family("".join(texts)) if self.family == CHINESE_FAMILY else self.family


def choose_font(locale: Locale | None = None) -> Font:
    """Choose a font: the Chinese one where it is installed, unless English is asked for."""
    if locale is not Locale.EN and find_chinese() is not None:
        return Font(CHINESE_FAMILY, Locale.ZH)
    return Font(LATIN_FAMILY, Locale.EN)


def find_chinese() -> Path | None:
    """Find the file of the Chinese font among the installed packages, which are not imported for it."""
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    return next((path for place in places or () if (path := Path(place) / FOLDER / FILE).is_file()), None)


def chinese_folder() -> Path:
    """Give the folder with the font and its licence, or raise FontMissingError."""
    path = find_chinese()
    if path is None:
        raise FontMissingError
    return path.parent


def missing_characters(text: str) -> tuple[str, ...]:
    """Give the characters of a text that the Chinese font lacks, each once, in order; line ends are none."""
    known = _chinese_characters()
    return tuple(sorted({one for one in text if ord(one) not in known and one not in "\n\r\t"}))


@cache
def cut_family(text: str) -> str:
    """
    Cut regular and bold fonts with the characters of a text and tell matplotlib of them; gives their name there.

    The files last as long as the process.
    """
    # Loaded here: who draws no Chinese picture does without.
    from fontTools import subset  # noqa: PLC0415 - see above
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - see above
    from fontTools.varLib import instancer  # noqa: PLC0415 - see above

    family = f"{CHINESE_FAMILY} {_cut_number()}"
    cutter = subset.Subsetter(subset.Options(layout_features=[], notdef_outline=True))
    cutter.populate(text=text + " 0123456789.,%kmin")  # the scale bar and matplotlib itself write these
    held = io.BytesIO()
    with TTFont(chinese_folder() / FILE, lazy=True) as whole:
        cutter.subset(whole)
        whole.save(held)
    for name, weight in WEIGHTS.items():
        held.seek(0)
        font = instancer.instantiateVariableFont(TTFont(held), {"wght": weight})
        for record, said in ((1, family), (2, name), (4, f"{family} {name}"), (16, family), (17, name)):
            font["name"].setName(said, record, 3, 1, 0x409)
        font["OS/2"].usWeightClass = weight
        path = _folder() / f"{family} {name}.ttf"
        font.save(path)
        font_manager.fontManager.addfont(path)
    return family


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dispatch-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _cut_number() -> int:
    return 1 + sum(1 for _ in _folder().glob("*Regular.ttf"))


@cache
def _chinese_characters() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - a second, which only pictures and reports need

    with TTFont(chinese_folder() / FILE, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _characters(family: str) -> frozenset[int]:
    path = font_manager.findfont(family, fallback_to_default=False)
    return frozenset(font_manager.get_font(path).get_charmap())
