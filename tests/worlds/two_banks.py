"""
Two streets on the banks of a river, joined by one bridge, to be walked by hand.

Metres east and north of the middle: the north street runs at y = 0, the south street at y = -300, both from
x = -1200 to 1200; the bridge is at x = 700.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from dispatch import geo, streets

MIDDLE = (117.2, 39.13)
PROJECTION = geo.local_projection(*MIDDLE)
SOURCE_AT = datetime(2025, 6, 1, tzinfo=UTC)


def place(x_m: float, y_m: float) -> geo.LonLat:
    """Give a place of this world in WGS 84."""
    lon, lat = PROJECTION.to_ll(np.array([[x_m, y_m]]))[0]
    return float(lon), float(lat)


def two_banks() -> streets.Network:
    """Make the network."""
    corners = [(-1200, 0), (700, 0), (1200, 0), (-1200, -300), (700, -300), (1200, -300)]
    return streets.build_network(
        np.array([place(x, y) for x, y in corners]),
        edges=np.array([(0, 1), (1, 2), (3, 4), (4, 5), (1, 4)]),
        name="two-banks",
        imported_at=datetime(2026, 1, 1, tzinfo=UTC),
        source_sha256="ab" * 32,
        source_at=SOURCE_AT,
        projection=PROJECTION,
    )
