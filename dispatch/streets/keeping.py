"""
Lengths between spots on streets, kept on disk from one plan to the next.

One file holds the ways between all spots of one day, as one array of int32: how many spots there are (k), k names of
four numbers, k check sums, then k rows of k lengths. A spot's name is a hash under a secret key, and rows stand in the
order of names: a file says neither where a spot is nor in which order spots lie. What is read is compared with its
check sum; what does not fit is thrown away and measured anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.streets.values import Network

MOST_BYTES: Final = 512 * 2**20
"""A day of 2,000 places takes 20 MB."""
KEPT_DAYS: Final = 35
_FORMAT: Final = 1
_NAME_BYTES: Final = 16
_NAME_WORDS: Final = _NAME_BYTES // 4
_NEWEST: Final = 8  # files looked at for spots in common
_SUFFIX: Final = ".npy"


@dataclass(frozen=True, slots=True)
class TravelCache:
    """
    Where lengths are kept.

    Attributes
    ----------
    folder : Path
        Made where there is none, for its owner alone. Whoever removes it loses time, nothing else.
    key : bytes
        Secret of at least 16 bytes; with another one nothing is found again.
    most_bytes : int
        Beyond this the files that were not used for the longest time are removed, as are those not used
        for KEPT_DAYS before the newest.

    """

    folder: Path
    key: bytes = field(repr=False)
    most_bytes: int = MOST_BYTES

    def __post_init__(self) -> None:
        if len(self.key) < _NAME_BYTES:
            msg = f"The key of kept lengths needs {_NAME_BYTES} bytes"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of some spots: `rows` (k,) are rows of the spots asked for, `length_dm` (k, k) between them."""

    rows: NDArray[np.intp]
    length_dm: NDArray[np.int32]


class Shelf:
    """The kept lengths of one network, limit and set of spots."""

    def __init__(self, cache: TravelCache, *, network: Network, spots: NDArray[np.int32], limit_dm: int) -> None:
        self._cache = cache
        self._secret = hashlib.blake2b(cache.key, digest_size=32, person=b"travel lengths").digest()
        # The streets themselves, not the network's name and date, say whether lengths still hold: what is named
        # anew or edited back is found again, and no edit in force on another day is ever taken for this one's.
        streets = self._hash(np.array([_FORMAT, limit_dm, network.node_count]))
        for one in (network.edge_a, network.edge_b, network.edge_length_dm):
            streets.update(np.ascontiguousarray(one).data)
        self._network = streets.hexdigest()
        self._names = [self._hash(one).hexdigest() for one in np.ascontiguousarray(spots, np.int32)]
        self._order = sorted(range(len(spots)), key=self._names.__getitem__)
        together = self._hash(np.frombuffer(bytes.fromhex("".join(sorted(self._names))), np.int32))
        self._path = cache.folder / f"{self._network}-{together.hexdigest()}{_SUFFIX}"

    def find(self) -> Kept | None:
        """Give what the kept file with the most spots in common says, or None."""
        wanted = {name: row for row, name in enumerate(self._names)}
        newest = sorted(self._files(f"{self._network}-*{_SUFFIX}"), key=lambda one: one[1], reverse=True)
        paths = [self._path, *(path for path, _, _ in newest[:_NEWEST] if path != self._path)]
        found = []
        for path in paths:
            with suppress(OSError, ValueError, EOFError):
                there, names = _opened(path)
                common = np.array([row for row, name in enumerate(names) if name in wanted], np.intp)
                found.append((path, there, names, common))
                if len(common) == len(wanted):
                    break
        for path, there, names, common in sorted(found, key=lambda one: -len(one[3])):
            if not len(common):
                break
            if not _fits(there, rows=common):
                with suppress(OSError):
                    path.unlink()
                continue
            # used again: it is not the oldest any more
            with suppress(OSError):
                os.utime(path)
            rows = np.array([wanted[names[row]] for row in common.tolist()])
            return Kept(rows=rows, length_dm=_lengths(there)[np.ix_(common, common)])
        return None

    def put(self, length_dm: NDArray[np.int32]) -> None:
        """Keep the lengths (k, k) between all spots; where the disk refuses, nothing is kept and nothing fails."""
        rows = np.ascontiguousarray(length_dm[np.ix_(self._order, self._order)])
        words = np.frombuffer(bytes.fromhex("".join(sorted(self._names))), np.int32)
        sums = [_check_sum(name, row) for name, row in zip(words.reshape(-1, _NAME_WORDS), rows, strict=True)]
        whole = np.concatenate(
            (np.array([len(rows)], np.int32), words, np.array(sums, np.uint32).view(np.int32), rows.ravel())
        )
        # A plan is worth more than the time its next one saves.
        with suppress(OSError):
            self._cache.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, draft = tempfile.mkstemp(prefix=".", suffix=_SUFFIX, dir=self._cache.folder)
            try:
                with os.fdopen(number, "wb") as file:
                    np.save(file, whole, allow_pickle=False)
                Path(draft).replace(self._path)
            finally:
                with suppress(OSError):
                    Path(draft).unlink()
            self._make_room()

    def _make_room(self) -> None:
        """Remove what is too old or too much, drafts that somebody left behind included; what was just put stays."""
        files = sorted(self._files(f"*{_SUFFIX}"), key=lambda one: -one[1])
        total = 0
        for place, (path, used_s, size) in enumerate(files):
            total += size
            is_old = used_s < files[0][1] - KEPT_DAYS * 86_400
            if place > 0 and (is_old or total > self._cache.most_bytes):
                with suppress(OSError):
                    path.unlink()

    def _files(self, pattern: str) -> list[tuple[Path, float, int]]:
        """Give files with when they were last used and their size; another process may take one away meanwhile."""
        found = []
        for path in self._cache.folder.glob(pattern):
            with suppress(OSError):
                facts = path.stat()
                found.append((path, facts.st_mtime, facts.st_size))
        return found

    def _hash(self, numbers: NDArray[np.integer]) -> hashlib.blake2b:
        return hashlib.blake2b(numbers.tobytes(), key=self._secret, digest_size=_NAME_BYTES)


def _opened(path: Path) -> tuple[NDArray[np.int32], list[str]]:
    """Open a file, its lengths left on disk, and give its names; ValueError where its parts do not add up."""
    # as a plain array: each look at a piece of a memmap costs as much as its check sum
    whole = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    count = int(whole[0]) if whole.ndim == 1 and len(whole) else -1
    if whole.dtype != np.int32 or count < 0 or len(whole) != 1 + count * (_NAME_WORDS + 1 + count):
        msg = "Not a file of kept lengths"
        raise ValueError(msg)
    return whole, [one.tobytes().hex() for one in _words(whole)]


def _words(whole: NDArray[np.int32]) -> NDArray[np.int32]:
    return whole[1 : 1 + int(whole[0]) * _NAME_WORDS].reshape(-1, _NAME_WORDS)


def _sums(whole: NDArray[np.int32]) -> NDArray[np.uint32]:
    first = 1 + int(whole[0]) * _NAME_WORDS
    return whole[first : first + int(whole[0])].view(np.uint32)


def _lengths(whole: NDArray[np.int32]) -> NDArray[np.int32]:
    count = int(whole[0])
    return whole[1 + count * (_NAME_WORDS + 1) :].reshape(count, count)


def _fits(whole: NDArray[np.int32], *, rows: NDArray[np.intp]) -> bool:
    words, sums, lengths = _words(whole), _sums(whole), _lengths(whole)
    return all(_check_sum(words[row], lengths[row]) == sums[row] for row in rows.tolist())


def _check_sum(name: NDArray[np.int32], row: NDArray[np.int32]) -> int:
    return zlib.crc32(np.ascontiguousarray(row).data, zlib.crc32(np.ascontiguousarray(name).data))
