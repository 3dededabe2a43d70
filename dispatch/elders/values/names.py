"""By what a person's name is found: its characters, its pinyin and its initials, from any character of it on."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass

from dispatch import directory

HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
PARTS = re.compile(f"[{HAN}]|[a-z]+")
WORDS = re.compile(f"[{HAN}]+|[a-z]+")
DIGITS = re.compile(r"\+?[\d\s\-()]{7,}")
LONGEST, WAYS_MAX, WORDS_MAX = 12, 16, 4  # characters of a name, readings of it, words of a question
LAST = "\U0010ffff"  # behind every key that begins alike


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody on the line said: a telephone number, or words each of which fits a name or a place."""

    phone: str | None = None
    words: tuple[str, ...] = ()


def name_keys(name: str) -> frozenset[str]:
    """
    Give the keys of a name; a question finds it where one of them begins with it.

    王秀英 has 王秀英, 秀英, 英, wangxiuying, xiuying, ying, wxy and xy. All readings of a character count, so that
    surnames need no list.
    """
    parts = PARTS.findall(_plain(name))[:LONGEST]
    spoken = [directory.find_readings(part) if not part.isascii() else (part,) for part in parts]
    ways = list(itertools.islice(itertools.product(*spoken), WAYS_MAX))
    keys: set[str] = set()
    for at in range(len(parts)):
        keys.add("".join(parts[at:]))
        keys |= {"".join(way[at:]) for way in ways}
        if at < len(parts) - 1:
            keys |= {"".join(syllable[0] for syllable in way[at:]) for way in ways}
    return frozenset(keys)


def read_question(text: str) -> Question:
    """Read what was said: digits are a telephone number, all else words; signs only part them."""
    plain = _plain(text).strip()
    if DIGITS.fullmatch(plain):
        return Question(phone=plain)
    return Question(words=tuple(dict.fromkeys(WORDS.findall(plain)))[:WORDS_MAX])


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
