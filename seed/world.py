"""
The ground: a plane grid of streets, two banks of a river, and places beside streets.

All lengths are whole decimetres (`_dm`). A node is (column, row); columns rise to the east, rows to the north,
and neighbors are 100 m apart. The plane is a transverse Mercator without scale change at the middle of the world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pyproj import Transformer

BLOCK_DM = 1000
CENTER_LL = (117.2, 39.1)
CENTER_DM = (61_500, 19_500)  # where the center lies on the grid

WEST_COLS = range(20)
EAST_COLS = range(22, 74)  # columns 20 and 21 are the river
FAR_COLS = range(104, 124)  # the second district
ROWS = range(40)
FAR_ROWS = range(13, 29)
BRIDGE_ROWS = (16, 34)
LINK_ROW = 20  # the only road to the second district
BRIDGE_DM = 3 * BLOCK_DM
LINK_DM = (FAR_COLS[0] - EAST_COLS[-1]) * BLOCK_DM

# the compound: a block whose inner path is joined to the street on its north side only
COMPOUND = (27, 12)
COMPOUND_GATE_DM = (27_500, 13_000)
COMPOUND_END_DM = (27_500, 12_400)

Node = tuple[int, int]
LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """
    A point beside one street, and how it joins the network.

    `ends` holds for both corners of its block side the corner and the way to it along the street, without `snap_dm`,
    the straight way from the point to the street (inside the compound: to the gate). `edge` and `along_dm` say where
    on the street it arrives. A place without ends is too far from every street to be reached.
    """

    x_dm: int
    y_dm: int
    snap_dm: int
    ends: tuple[tuple[Node, int], ...]
    edge: tuple[Node, Node] | None = None
    along_dm: int = 0

    @property
    def lonlat(self) -> LonLat:
        """Give longitude and latitude in WGS 84."""
        return to_lonlat(self.x_dm, self.y_dm)


def beside_row(col: int, row: int, *, along_dm: int, off_dm: int) -> Place:
    """Give the place beside the street from (col, row) to the east, `off_dm` north of it (south if negative)."""
    ends = (((col, row), along_dm), ((col + 1, row), BLOCK_DM - along_dm))
    x_dm, y_dm = col * BLOCK_DM + along_dm, row * BLOCK_DM + off_dm
    return Place(x_dm, y_dm, abs(off_dm), ends, ((col, row), (col + 1, row)), along_dm)


def beside_col(col: int, row: int, *, along_dm: int, off_dm: int) -> Place:
    """Give the place beside the street from (col, row) to the north, `off_dm` east of it (west if negative)."""
    ends = (((col, row), along_dm), ((col, row + 1), BLOCK_DM - along_dm))
    x_dm, y_dm = col * BLOCK_DM + off_dm, row * BLOCK_DM + along_dm
    return Place(x_dm, y_dm, abs(off_dm), ends, ((col, row), (col, row + 1)), along_dm)


def inside_compound(*, from_gate_dm: int, off_dm: int) -> Place:
    """Give the place `off_dm` east of the compound's inner path, which leads north to the gate."""
    col, row = COMPOUND
    gate_x_dm, gate_y_dm = COMPOUND_GATE_DM
    half_dm = BLOCK_DM // 2
    ends = (((col, row + 1), half_dm), ((col + 1, row + 1), half_dm))
    return Place(gate_x_dm + off_dm, gate_y_dm - from_gate_dm, off_dm + from_gate_dm, ends)


def off_streets(x_dm: int, y_dm: int) -> Place:
    """Give a place too far from every street."""
    return Place(x_dm, y_dm, 0, ())


def to_lonlat(x_dm: int, y_dm: int) -> LonLat:
    """Give longitude and latitude of a point of the plane, with nine decimals (a tenth of a millimetre)."""
    lon, lat = _to_wgs84().transform((x_dm - CENTER_DM[0]) / 10, (y_dm - CENTER_DM[1]) / 10)
    return round(lon, 9), round(lat, 9)


@cache
def _to_wgs84() -> Transformer:
    lon, lat = CENTER_LL
    plane = f"+proj=tmerc +lat_0={lat} +lon_0={lon} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"
    return Transformer.from_crs(plane, "EPSG:4326", always_xy=True)
