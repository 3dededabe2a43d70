"""The nearest site of every node, kept right while sites come, go and move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.streets import repairing
from dispatch.streets.searching import BAND_WIDTH_DM, nearest_sites, read_field
from dispatch.streets.values import UNREACHED, Field, Network, Snaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_PLACES = 16


class Standing:
    """
    What `nearest_sites` says, repaired after each change instead of asked anew.

    A repair touches the nodes whose answer changes and their neighbors, microseconds for a service circle, and leaves
    exactly what a full run over the sites of now gives, owners included. Sites keep their rows: closed ones count as
    not located. The object owns all that it changes, so what-ifs on one network do not disturb each other; it belongs
    to one thread at a time, and `copy` gives a branch.
    """

    def __init__(self, network: Network, *, sites: Snaps, limit_dm: int) -> None:
        """Ask for every node once; parameters are those of `nearest_sites`."""
        self._network = network
        self._count = len(sites)
        room = max(FEWEST_PLACES, 2 * len(sites))
        self._places = np.full((room, repairing.PLACE_FACTS), UNREACHED, np.int32)
        self._following = np.zeros((room, 2), np.int32)
        self._first = np.zeros(network.node_count, np.int32)
        for row in range(len(sites)):
            self._write(row, site=sites.take(slice(row, row + 1)))
            if self.is_open(row):
                repairing.link(self._places, self._first, self._following, row)
        field = nearest_sites(network, sites=sites, limit_dm=limit_dm)
        self._limit = field.limit_dm
        self._best, self._owner = field.length_dm, field.owner
        self._nothing = int(np.iinfo(self._best.dtype).max)
        self._make_room()

    def __len__(self) -> int:
        return self._count

    @property
    def sites(self) -> Snaps:
        """All sites by row, those that are closed not located; a copy."""
        edge, a, b, to_a_dm, to_b_dm, snap_dm = (np.ascontiguousarray(one) for one in self._places[: self._count].T)
        return Snaps(edge, a, b, to_a_dm, to_b_dm, snap_dm, is_located=snap_dm != UNREACHED)

    @property
    def field(self) -> Field:
        """The lengths and owners of now, to be read only: they change with the next repair."""
        best, owner = self._best.view(), self._owner.view()
        best.setflags(write=False)
        owner.setflags(write=False)
        return Field(length_dm=best, owner=owner, limit_dm=self._limit)

    def is_open(self, row: int) -> bool:
        """Tell whether a site is located and not closed."""
        return bool(self._places[self._checked(row), repairing.SNAP] != UNREACHED)

    def add_site(self, site: Snaps) -> int:
        """Open one more site, exactly one point, and give its row; one that is not located reaches nothing."""
        _check_one(site)
        if self._count == len(self._places):
            self._places = np.concatenate((self._places, np.full_like(self._places, UNREACHED)))
            self._following = np.concatenate((self._following, np.zeros_like(self._following)))
        self._count += 1
        self._open(self._count - 1, site=site)
        return self._count - 1

    def close_site(self, row: int) -> None:
        """Close a site; nothing happens if it is closed."""
        if not self.is_open(row):
            return
        is_right = repairing.go(
            self._network.indptr,
            self._network.indices,
            self._network.length_dm,
            self._places,
            self._first,
            self._following,
            row,
            self._limit,
            BAND_WIDTH_DM,
            self._best,
            self._owner,
            self._near,
            self._far,
            self._region,
            self._nothing,
        )
        if not is_right:
            self._ask_anew()

    def move_site(self, row: int, *, site: Snaps) -> None:
        """Move a site, or open one again that is closed; it keeps its row."""
        _check_one(site)
        self.close_site(row)
        self._open(row, site=site)

    def nodes_of(self, row: int) -> NDArray[np.int32]:
        """Give the nodes whose nearest site this is, in no particular order; those that closing it would change."""
        if not self.is_open(row):
            return np.empty(0, np.int32)
        count = repairing.collect(
            self._network.indptr, self._network.indices, self._places, row, self._owner, self._region
        )
        nodes = self._region[:count].copy()
        self._owner[nodes] = row
        return nodes

    def read(self, points: Snaps) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Read off the way from points to their nearest site of now; see `read_field`."""
        return read_field(self._network, field=self.field, sites=self.sites, points=points)

    def copy(self) -> Standing:
        """Give one that is changed apart from this."""
        other = object.__new__(Standing)
        other._network, other._count, other._limit = self._network, self._count, self._limit
        other._places, other._following = self._places.copy(), self._following.copy()
        other._first, other._best, other._owner = self._first.copy(), self._best.copy(), self._owner.copy()
        other._nothing = self._nothing
        other._make_room()
        return other

    def _make_room(self) -> None:
        """Give queues room for as many entries as there are nodes; memory that is not used costs nothing."""
        count = max(FEWEST_PLACES, self._network.node_count)
        self._near, self._far = np.empty(count, np.int64), np.empty(count, np.int64)
        self._region = np.empty(count, np.int32)

    def _checked(self, row: int) -> int:
        if not 0 <= row < self._count:
            msg = f"There is no site {row} among {self._count}"
            raise IndexError(msg)
        return row

    def _write(self, row: int, *, site: Snaps) -> None:
        if site.is_located[0]:
            self._places[row] = (
                site.edge[0], site.a[0], site.b[0], site.to_a_dm[0], site.to_b_dm[0], site.snap_dm[0],
            )  # fmt: skip

    def _open(self, row: int, *, site: Snaps) -> None:
        self._write(row, site=site)
        if not site.is_located[0]:
            return
        is_right = repairing.come(
            self._network.indptr,
            self._network.indices,
            self._network.length_dm,
            self._places,
            self._first,
            self._following,
            row,
            self._limit,
            BAND_WIDTH_DM,
            self._best,
            self._owner,
            self._near,
            self._far,
        )
        if not is_right:
            self._ask_anew()

    def _ask_anew(self) -> None:
        field = nearest_sites(self._network, sites=self.sites, limit_dm=self._limit)
        self._best, self._owner = field.length_dm, field.owner


def _check_one(site: Snaps) -> None:
    if len(site) != 1:
        msg = f"A site is one point, not {len(site)}"
        raise ValueError(msg)
