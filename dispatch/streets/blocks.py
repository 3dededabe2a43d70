"""
Taking objects from the blocks of an OpenStreetMap file in bulk.

Only for files that `extracts` had osmium write: not compressed, nodes one by one, the places of points with the ways,
in osmium's own granularities (100 nanodegrees, 1 second). https://wiki.openstreetmap.org/wiki/PBF_Format
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from numpy.typing import NDArray

# Columns of an object: what it is; its tags, as numbers of strings of the block, -1 without; numbers, and where
# its lists stand.
IS_WAY, KIND, FOOT, ACCESS, LOCKED, ID, TIME_S, REFS, LONS, LATS, COUNT, KEYS, KEYS_END, VALUES = range(14)
COLUMNS = 14

# Numbers of fields.
_TYPE, _SIZE, _RAW = 1, 3, 1
_STRINGS, _GROUP, _NODE, _WAY = 1, 2, 1, 3
_NUMBER, _TAG_KEYS, _TAG_VALUES, _INFO, _TIME, _WAY_REFS, _WAY_LATS, _WAY_LONS = 1, 2, 3, 4, 2, 8, 9, 10


def _lettered(*words: str) -> NDArray[np.uint8]:
    """Give words as rows of bytes, filled up with zeros."""
    longest = max(map(len, words))
    return np.frombuffer(b"".join(word.encode().ljust(longest, b"\0") for word in words), np.uint8).reshape(-1, longest)


_KEYS = _lettered("highway", "barrier", "foot", "access", "locked")


def read_blocks(source: BinaryIO) -> Iterator[bytes]:
    """Give the blocks of objects of a file."""
    while head_size := source.read(4):
        head = source.read(int.from_bytes(head_size, "big"))
        text, kind, size = np.frombuffer(head, np.uint8), b"", 0
        for number, begin, end in _fields(text):
            if number == _TYPE:
                kind = head[begin:end]
            elif number == _SIZE:
                size = _varint(text, begin)[0]
        blob = source.read(size)
        if kind == b"OSMData":
            begin, end = next(place for number, *place in _fields(np.frombuffer(blob, np.uint8)) if number == _RAW)
            yield blob[begin:end]


def read_objects(block: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the nodes and ways of a block, shape (n, COLUMNS), and where its strings begin and end, shape (k, 2)."""
    return _objects(np.frombuffer(block, np.uint8), _KEYS)


def read_places(block: bytes, *, ways: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give the points of some ways of a block, strung together: ids, and units of 1e-7 degrees, shape (n, 2)."""
    return _places(np.frombuffer(block, np.uint8), ways)


def _fields(text: NDArray[np.uint8]) -> Iterator[tuple[int, int, int]]:
    at = 0
    while at < len(text):
        number, begin, at = _field(text, at)
        yield number, begin, at


@compiled
def _varint(text: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """Read a whole number, seven bits a byte, lowest first; give it and the place after it."""
    number, shift = np.int64(0), np.int64(0)
    while True:
        byte = np.int64(text[at])
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004 - the highest bit says that more follows
            return int(number), at
        shift += 7


@compiled
def _signed(number: int) -> int:
    """Unfold a number: 0, -1, 1, -2 … are written as 0, 1, 2, 3 …."""
    return ((number >> 1) & 0x7FFFFFFFFFFFFFFF) ^ -(number & 1)


@compiled
def _field(text: NDArray[np.uint8], at: int) -> tuple[int, int, int]:
    """Read the head of a field: its number, where its content begins, and where the next field does."""
    tag, at = _varint(text, at)
    wire = tag & 7
    if wire == 2:  # noqa: PLR2004 - the size comes first
        size, at = _varint(text, at)
        return tag >> 3, at, at + size
    if wire == 0:
        return tag >> 3, at, _varint(text, at)[1]
    return tag >> 3, at, at + (8 if wire == 1 else 4)


@compiled
def _objects(text: NDArray[np.uint8], keys: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    strings = np.empty((_count(text, _STRINGS), 2), np.int64)
    rows = np.full((_count(text, _GROUP), COLUMNS), -1, np.int64)
    wanted = np.full(len(keys), -1, np.int64)
    string = row = at = 0
    while at < len(text):
        number, inner, at = _field(text, at)
        while number == _STRINGS and inner < at:
            _, begin, inner = _field(text, inner)
            strings[string, 0], strings[string, 1] = begin, inner
            for key in range(len(keys)):
                if _is_word(text, begin, inner, keys[key]):
                    wanted[key] = string
            string += 1
        while number == _GROUP and inner < at:
            what, begin, inner = _field(text, inner)
            _note_object(text, begin, inner, rows[row])
            rows[row, IS_WAY] = what == _WAY
            if what == _NODE:
                rows[row, ID] = _signed(rows[row, ID])
            _note_tags(text, wanted, rows[row])
            row += 1
    return rows, strings


@compiled
def _count(text: NDArray[np.uint8], wanted: int) -> int:
    """Count the fields within the fields of a number."""
    count = at = 0
    while at < len(text):
        number, inner, at = _field(text, at)
        while number == wanted and inner < at:
            inner = _field(text, inner)[2]
            count += 1
    return count


@compiled
def _is_word(text: NDArray[np.uint8], begin: int, end: int, word: NDArray[np.uint8]) -> bool:
    for i in range(len(word)):
        if word[i] == 0:
            return end - begin == i
        if begin + i >= end or text[begin + i] != word[i]:
            return False
    return end - begin == len(word)


@compiled
def _note_object(text: NDArray[np.uint8], at: int, end: int, row: NDArray[np.int64]) -> None:
    """Note where the parts of a node or a way stand, and when it was changed."""
    row[TIME_S] = row[COUNT] = 0
    while at < end:
        number, begin, at = _field(text, at)
        if number == _NUMBER:
            row[ID] = _varint(text, begin)[0]
        elif number == _TAG_KEYS:
            row[KEYS], row[KEYS_END] = begin, at
        elif number == _TAG_VALUES:
            row[VALUES] = begin
        elif number == _INFO:
            row[TIME_S] = _time_s(text, begin, at)
        elif number == _WAY_REFS:
            row[REFS] = begin
            row[COUNT] = _count_varints(text, begin, at)
        elif number == _WAY_LATS:
            row[LATS] = begin
        elif number == _WAY_LONS:
            row[LONS] = begin


@compiled
def _time_s(text: NDArray[np.uint8], at: int, end: int) -> int:
    while at < end:
        number, begin, at = _field(text, at)
        if number == _TIME:
            return _varint(text, begin)[0]
    return 0


@compiled
def _count_varints(text: NDArray[np.uint8], at: int, end: int) -> int:
    count = 0
    for i in range(at, end):
        count += text[i] < 128  # noqa: PLR2004 - the last byte of a number
    return count


@compiled
def _note_tags(text: NDArray[np.uint8], wanted: NDArray[np.int64], row: NDArray[np.int64]) -> None:
    """Note the tags that are asked for; of a tag that is there twice the first counts."""
    is_way = row[IS_WAY] == 1
    at, values = row[KEYS], row[VALUES]
    while at < row[KEYS_END]:
        key, at = _varint(text, at)
        value, values = _varint(text, values)
        for i in range(len(wanted)):
            # `highway` of ways, `barrier` of nodes
            column = KIND + max(0, i - 1)
            if key == wanted[i] and row[column] < 0 and i != is_way:
                row[column] = value


@compiled
def _places(text: NDArray[np.uint8], ways: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    count = 0
    for way in range(len(ways)):
        count += ways[way, COUNT]
    refs, units = np.empty(count, np.int64), np.empty((count, 2), np.int32)
    place = 0
    for way in range(len(ways)):
        refs_at, lons_at, lats_at = ways[way, REFS], ways[way, LONS], ways[way, LATS]
        ref = lon = lat = np.int64(0)
        for _ in range(ways[way, COUNT]):
            step, refs_at = _varint(text, refs_at)
            ref += _signed(step)
            step, lons_at = _varint(text, lons_at)
            lon += _signed(step)
            step, lats_at = _varint(text, lats_at)
            lat += _signed(step)
            refs[place], units[place, 0], units[place, 1] = ref, lon, lat
            place += 1
    return refs, units
