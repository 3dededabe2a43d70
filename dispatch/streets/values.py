"""What the engine is asked and answers: networks, snapped points, fields of walking lengths."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from dispatch.geo import Projection

WALK_SPEED_MPS = 1.0
"""An elder on foot, metres per second: a rule of the house (standards assume 1.0 m/s), printed with every answer."""

MAX_SNAP_M = 200.0
"""Whoever lives farther than this from any street counts as unlocated."""

UNREACHED = -1
"""Stands for a length or an owner where the search did not come."""

DM_PER_M = 10
_MMPS_PER_MPS = 1000


def speed_mmps(speed_mps: float) -> int:
    """Give a speed in whole millimetres per second, the form that all arithmetic uses."""
    speed = round(Fraction(str(speed_mps)) * _MMPS_PER_MPS)
    if speed <= 0:
        msg = f"A speed must be positive, not {speed_mps} m/s"
        raise ValueError(msg)
    return speed


def length_limit_dm(*, limit_s: int, speed_mps: float) -> int:
    """Give the longest length in decimetres that is walked within the limit: 900 s at 1.0 m/s are 9000."""
    return limit_s * speed_mmps(speed_mps) // 100


def walk_time_s(length_dm: int | NDArray[np.integer], *, speed_mps: float) -> NDArray[np.int64]:
    """
    Give walking times in whole seconds, rounded up once, at the end.

    Parameters
    ----------
    length_dm : int or ndarray of int, any shape
        Decimetres; UNREACHED stays UNREACHED.
    speed_mps : float
        Metres per second.

    Returns
    -------
    ndarray of int64, the same shape
        Seconds: 8670 dm at 1.0 m/s are 867, at 0.8 m/s 1084; 9001 dm at 1.0 m/s are 901.

    """
    length = np.asarray(length_dm, dtype=np.int64)
    time_s = -(-length * 100 // speed_mmps(speed_mps))
    return np.where(length < 0, np.int64(UNREACHED), time_s)


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    Where a network came from and how large it is.

    `source_at` is the age of the map: the replication time that the file states, else the time of the
    newest way read, else None. `table_version` names the table of walkable tags. `edits_sha256` is the hash of
    the edits made on the network since, empty where there are none.
    """

    name: str
    source_name: str
    source_sha256: str
    source_at: datetime | None
    imported_at: datetime
    projection: str
    table_version: str
    node_count: int
    junction_count: int
    edge_count: int
    component_count: int
    share_outside_main: float
    length_km: float
    edits_sha256: str = ""


def _no_walls() -> NDArray[np.float64]:
    """Give no walls, read-only as all arrays of networks are: kernels are compiled once for both."""
    walls = np.empty((0, 4))
    walls.setflags(write=False)
    return walls


@dataclass(frozen=True, slots=True)
class Network:
    """
    The streets of one area as arrays, read-only, in the Hilbert order of their nodes.

    Lengths are whole decimetres, which are deciseconds at 1.0 m/s.

    Attributes
    ----------
    indptr : ndarray of int32, shape (n + 1,)
        The neighbours of node i stand at indptr[i] to indptr[i + 1].
    indices : ndarray of int32, shape (2 m,)
        Neighbours.
    length_dm : ndarray of uint16 or uint32, shape (2 m,)
        Length to each neighbour; the wider type where one edge is longer than 6,553.5 m.
    xy : ndarray of float64, shape (n, 2)
        Metres in `projection`.
    component : ndarray of int32, shape (n,)
        0 for the largest connected part, 1 for the next, and so on.
    is_mainland : ndarray of bool, shape (n,)
        Whether the node's part holds at least a hundredth of all nodes; points snap to others only
        where no mainland street is near.
    edge_a, edge_b : ndarray of int32, shape (m,)
        Each edge once, its lower node first.
    edge_length_dm : ndarray of uint16 or uint32, shape (m,)
        Its length.
    grid_start, grid_edge : ndarray of int32
        For each square of a grid the edges that cross it.
    grid : ndarray of float64, shape (5,)
        West and south rim, side (m), columns and rows of that grid.
    walls : ndarray of float64, shape (w, 4)
        Straight pieces of wall, both ends (m): no point is brought to a street across one. Only edits set any;
        they are not kept in files.

    """

    manifest: Manifest
    projection: Projection
    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    length_dm: NDArray[np.unsignedinteger]
    xy: NDArray[np.float64]
    component: NDArray[np.int32]
    is_mainland: NDArray[np.bool_]
    edge_a: NDArray[np.int32]
    edge_b: NDArray[np.int32]
    edge_length_dm: NDArray[np.unsignedinteger]
    grid_start: NDArray[np.int32]
    grid_edge: NDArray[np.int32]
    grid: NDArray[np.float64]
    walls: NDArray[np.float64] = field(default_factory=_no_walls)

    @property
    def node_count(self) -> int:
        """How many nodes, shape nodes included."""
        return len(self.indptr) - 1

    @property
    def edge_count(self) -> int:
        """How many edges between nodes, each counted once."""
        return len(self.edge_a)


@dataclass(frozen=True, slots=True)
class Snaps:
    """
    Points brought to their nearest streets.

    Attributes
    ----------
    edge : ndarray of int32, shape (n,)
        The edge, UNREACHED where there is none (not located, or set on a node).
    a, b : ndarray of int32, shape (n,)
        The nodes at its ends; both the same where the point was set on a node.
    to_a_dm, to_b_dm : ndarray of int32, shape (n,)
        Along the edge to each end.
    snap_dm : ndarray of int32, shape (n,)
        From the point straight to the street; it is walked, so it counts. UNREACHED where no street is near.
    is_located : ndarray of bool, shape (n,)
        False where no street is within the snapping limit.

    """

    edge: NDArray[np.int32]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    to_a_dm: NDArray[np.int32]
    to_b_dm: NDArray[np.int32]
    snap_dm: NDArray[np.int32]
    is_located: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.a)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Snaps:
        """Give some of the points, as numpy indexing chooses them."""
        return Snaps(
            edge=self.edge[rows],
            a=self.a[rows],
            b=self.b[rows],
            to_a_dm=self.to_a_dm[rows],
            to_b_dm=self.to_b_dm[rows],
            snap_dm=self.snap_dm[rows],
            is_located=self.is_located[rows],
        )


@dataclass(frozen=True, slots=True)
class Field:
    """
    For every node the way to the nearest site, no longer than a limit.

    Attributes
    ----------
    length_dm : ndarray of uint16 or uint32, shape (n,)
        Decimetres, the site's own distance from its street included; the type's largest value where
        no site is within the limit.
    owner : ndarray of int32, shape (n,)
        Which site, the lowest number among equally near ones; UNREACHED where there is none.
    limit_dm : int
        The search stopped here, this length included.

    """

    length_dm: NDArray[np.unsignedinteger]
    owner: NDArray[np.int32]
    limit_dm: int

    @property
    def is_reached(self) -> NDArray[np.bool_]:
        """For every node whether some site is within the limit."""
        return np.asarray(self.owner != UNREACHED)


@dataclass(frozen=True, slots=True)
class Reach:
    """
    The nodes within a limit of one site.

    Attributes
    ----------
    nodes : ndarray of int32, shape (k,)
        In rising order.
    length_dm : ndarray of int32, shape (k,)
        Decimetres from the site, its own distance from its street included.
    limit_dm : int
        The search stopped here, this length included.

    """

    nodes: NDArray[np.int32]
    length_dm: NDArray[np.int32]
    limit_dm: int
