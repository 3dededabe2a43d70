"""
How names are found: by characters, by pinyin and by initials, with the same meaning on every engine.

A name is kept as a set of tokens between spaces: single characters and pairs of neighbors (养 养老), readings with
`=` (=yang =yanglao; all readings of a character, so that 单 is found as shan and as dan), initials with `~`
(~y ~yl), and words of Latin letters or digits as they are. A question becomes tokens in the same way.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

import pypinyin
from pypinyin.constants import PINYIN_DICT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
RUNS = re.compile(f"[{HAN}]+|[a-z0-9]+")
TERM_MAX, TERMS_MAX, WAYS_MAX = 40, 8, 8  # characters of a word, words of a question, readings of a word
LONGEST_SYLLABLE = 6  # zhuang


def search_text(name: str) -> str:
    """Give the tokens of a name between spaces, each once, sorted."""
    tokens: set[str] = set()
    readings: list[tuple[str, ...]] = []
    for run in _runs(name):
        if not _is_han(run):
            tokens.add(run)
            readings += [(letter,) for letter in run]
            continue
        tokens.update(run)
        tokens.update(run[at : at + 2] for at in range(len(run) - 1))
        spoken = [find_readings(character) for character in run]
        tokens.update("=" + syllable for syllable in itertools.chain.from_iterable(spoken))
        for first, second in itertools.pairwise(spoken):
            tokens.update("=" + a + b for a, b in itertools.product(first, second))
        readings += spoken
    initials = [tuple(dict.fromkeys(syllable[0] for syllable in each)) for each in readings]
    tokens.update("~" + letter for letter in itertools.chain.from_iterable(initials))
    for before, after in itertools.pairwise(initials):
        tokens.update("~" + a + b for a, b in itertools.product(before, after))
    return f" {' '.join(sorted(tokens))} " if tokens else " "


def search_ways(question: str) -> list[list[frozenset[str]]]:
    """
    Give what a question asks for: for each of its words the ways to find it, each a set of tokens needed together.

    Signs that are neither characters, letters nor digits (% _ *) only part words. No words: an empty list,
    which nothing answers.
    """
    return [_ways(run[:TERM_MAX]) for run in itertools.islice(_runs(question), TERMS_MAX)]


def _ways(word: str) -> list[frozenset[str]]:
    if _is_han(word):
        return [frozenset(word[at : at + 2] for at in range(len(word) - 1)) or frozenset(word)]
    ways = [frozenset({word}), _pairs("~", list(word))]
    ways += [_pairs("=", split) for split in itertools.islice(_syllables(word), WAYS_MAX)]
    return list(dict.fromkeys(ways))


def _pairs(mark: str, parts: Sequence[str]) -> frozenset[str]:
    if len(parts) == 1:
        return frozenset({mark + parts[0]})
    return frozenset(mark + a + b for a, b in itertools.pairwise(parts))


def _runs(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return (found[0] for found in RUNS.finditer(plain))


def _is_han(run: str) -> bool:
    return not run.isascii()


@functools.lru_cache(maxsize=20_000)
def find_readings(character: str) -> tuple[str, ...]:
    """Give how a character may be read, in the 26 letters and without tones: 单 is dan, shan and chan."""
    found = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True, errors="ignore")
    plain = (_plain(each) for each in itertools.chain.from_iterable(found))
    return tuple(dict.fromkeys(each for each in plain if each)) or (character,)


def _plain(syllable: str) -> str:
    """Write a syllable in the 26 letters; the u with dots is v, as on keyboards."""
    return re.sub("[^a-z]", "", syllable.replace("ü", "v").replace("ê", "e"))


@functools.cache
def _known_syllables() -> frozenset[str]:
    bare = {
        unicodedata.normalize("NFD", each).replace("u\u0308", "v")
        for readings in PINYIN_DICT.values()
        for each in readings.split(",")
    }
    return frozenset(re.sub("[^a-z]", "", each) for each in bare) - {""}


def _syllables(word: str) -> Iterator[list[str]]:
    """Give the ways to read a word as syllables: xian is xian, or xi an."""
    if not word:
        yield []
        return
    for length in range(min(LONGEST_SYLLABLE, len(word)), 0, -1):
        if word[:length] in _known_syllables():
            for rest in _syllables(word[length:]):
                yield [word[:length], *rest]
