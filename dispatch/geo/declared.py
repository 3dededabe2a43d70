"""Reference systems that files declare: WGS 84 and CGCS2000, in degrees or projected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from dispatch.geo.crs import ReferenceSystem, to_wgs84

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Datums as EPSG and as ArcGIS name them.
WGS84_DATUMS = ("World Geodetic System 1984", "WGS_1984", "WGS 1984", "WGS84")
CGCS2000_DATUMS = ("China 2000", "China_2000", "CGCS2000")


@dataclass(frozen=True, slots=True)
class DeclaredSystem:
    """A system that coordinates can be brought from to WGS 84; `name` is for people."""

    name: str
    is_degrees: bool
    _definition: str
    _shifted: ReferenceSystem | None = None

    def to_wgs84(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give coordinates, shape (n, 2), east first, in WGS 84 degrees; what cannot be moved is not finite."""
        if self._shifted is not None:
            return to_wgs84(xy, crs=self._shifted)
        moved = Transformer.from_crs(self._definition, "EPSG:4326", always_xy=True).transform(xy[:, 0], xy[:, 1])
        return np.column_stack(moved)


def declared_system(text: str) -> DeclaredSystem | None:
    """
    Read a reference system: a code of `ReferenceSystem`, "EPSG:4549", or well-known text; None where it is another.

    Others are Beijing 1954 and Xi'an 1980 among them: their way to WGS 84 differs from town to town.
    """
    if text in set(ReferenceSystem):
        return DeclaredSystem(name=text, is_degrees=True, _definition="", _shifted=ReferenceSystem(text))
    try:
        found = CRS.from_user_input(text)
    except CRSError:
        return None
    geodetic = found.geodetic_crs
    datum = "" if geodetic is None else f"{geodetic.name} {geodetic.datum.name if geodetic.datum else ''}"
    if not any(name in datum for name in (*WGS84_DATUMS, *CGCS2000_DATUMS)):
        return None
    return DeclaredSystem(name=found.name, is_degrees=found.is_geographic, _definition=text)
