"""The street network as OpenStreetMap XML: walkable grid, and a few ways that nobody may walk."""

from __future__ import annotations

from seed.world import (
    BLOCK_DM,
    BRIDGE_ROWS,
    COMPOUND,
    COMPOUND_END_DM,
    COMPOUND_GATE_DM,
    EAST_COLS,
    FAR_COLS,
    FAR_ROWS,
    LINK_ROW,
    ROWS,
    WEST_COLS,
    to_lonlat,
)

STAMP = 'version="1" timestamp="2026-03-01T00:00:00Z"'
MOTORWAY_ROW, PRIVATE_ROW, FERRY_ROW = 20, 22, 30


def network_xml() -> str:
    """Write the whole network; ids rise from 1, the same in every run."""
    drawing = _Drawing()
    for cols, rows in ((WEST_COLS, ROWS), (EAST_COLS, ROWS), (FAR_COLS, FAR_ROWS)):
        for row in rows:
            drawing.street(_row_points(cols, row), name=f"虚构{row}横街")
        for col in cols:
            drawing.street([(col * BLOCK_DM, row * BLOCK_DM) for row in rows], name=f"虚构{col}纵街")
    river = range(WEST_COLS[-1], EAST_COLS[0] + 1)
    for row in BRIDGE_ROWS:
        drawing.way(_row_points(river, row), highway="residential", bridge="yes", name=f"虚构{row}号桥")
    link = range(EAST_COLS[-1], FAR_COLS[0] + 1)
    drawing.way(_row_points(link, LINK_ROW), highway="residential", name="虚构稻香路")
    drawing.way([COMPOUND_GATE_DM, COMPOUND_END_DM], highway="footway", name="虚构小区内路")
    _draw_forbidden(drawing, river)
    return drawing.xml()


def _draw_forbidden(drawing: _Drawing, river: range) -> None:
    """Draw ways that an importer must leave out; each of them would make some walk shorter."""
    drawing.way(_row_points(river, MOTORWAY_ROW), highway="motorway", bridge="yes")
    drawing.way(_row_points(river, PRIVATE_ROW), highway="service", bridge="yes", access="private")
    drawing.way(_row_points(river, FERRY_ROW), route="ferry", foot="yes")
    back_gate_dm = (COMPOUND_END_DM[0], COMPOUND[1] * BLOCK_DM)
    drawing.way([COMPOUND_END_DM, back_gate_dm], highway="footway", access="private")


def _row_points(cols: range, row: int) -> list[tuple[int, int]]:
    return [(col * BLOCK_DM, row * BLOCK_DM) for col in cols]


class _Drawing:
    """Nodes and ways as they are added; the same point is the same node."""

    def __init__(self) -> None:
        self._node_ids: dict[tuple[int, int], int] = {}
        self._ways: list[str] = []

    def street(self, points_dm: list[tuple[int, int]], *, name: str) -> None:
        """Add a street, through the compound's gates where it passes them."""
        col, row = COMPOUND
        gates = (COMPOUND_GATE_DM, (COMPOUND_END_DM[0], row * BLOCK_DM))
        before = (col * BLOCK_DM, gates[0][1]), (col * BLOCK_DM, gates[1][1])
        bent = list(points_dm)
        for corner, gate in zip(before, gates, strict=True):
            if corner in bent and (corner[0] + BLOCK_DM, corner[1]) in bent:
                bent.insert(bent.index(corner) + 1, gate)
        self.way(bent, highway="residential", name=name)

    def way(self, points_dm: list[tuple[int, int]], **tags: str) -> None:
        """Add a way through points of the plane."""
        refs = "".join(f'<nd ref="{self._node_id(point)}"/>' for point in points_dm)
        texts = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        self._ways.append(f'<way id="{len(self._ways) + 1}" {STAMP}>{refs}{texts}</way>')

    def xml(self) -> str:
        """Write nodes, then ways."""
        nodes = []
        for (x_dm, y_dm), number in self._node_ids.items():
            lon, lat = to_lonlat(x_dm, y_dm)
            nodes.append(f'<node id="{number}" {STAMP} lat="{lat:.9f}" lon="{lon:.9f}"/>')
        lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6" generator="made up">']
        return "\n".join([*lines, *nodes, *self._ways, "</osm>", ""])

    def _node_id(self, point_dm: tuple[int, int]) -> int:
        return self._node_ids.setdefault(point_dm, len(self._node_ids) + 1)
