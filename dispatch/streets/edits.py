"""What is changed on a network, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from dispatch.streets.values import Network

JOIN_M = 10.0
"""An end of a path this near to a street is joined to it; farther it is a dead end."""

GATE_JOIN_M = 30.0
"""An end of a gate is joined to the nearest street within this."""

STRIP_M = 0.5
"""Nobody walks within this of a closed line or point."""

MAX_EDIT_M = 20_000.0
"""No line of an edit is longer, no box around it wider."""


class StreetEditKind(StrEnum):
    """What an edit does: a path is added, a gate lets through, a closure lets nobody through."""

    PATH = "path"
    GATE = "gate"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True)
class StreetEdit:
    """
    One change of a network; made with `edit_network`.

    Attributes
    ----------
    kind : StreetEditKind
        PATH and GATE take a line. CLOSURE takes a point (nobody passes there on the nearest street), a line
        (a wall: nobody crosses it, nor is brought across it to a street) or a polygon (closed ground).
    shape_ll : LineString, Point or Polygon
        WGS 84 degrees, longitude first.
    is_bridge : bool
        A path that passes over or under what it crosses: joined at its ends only.

    """

    kind: StreetEditKind
    shape_ll: BaseGeometry
    is_bridge: bool = False


@dataclass(frozen=True, slots=True)
class EditEffect:
    """
    What came of one edit on one network.

    `joined` counts the places where a path or gate meets streets; one that meets none is left out whole.
    `cut` counts the pieces of street that a closure touches, `closed_m` is the length it takes away.
    """

    joined: int = 0
    added_m: float = 0.0
    cut: int = 0
    closed_m: float = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether nothing came of it: no street is near."""
        return self.joined == 0 and self.cut == 0


@dataclass(frozen=True, slots=True)
class EditedNetwork:
    """
    A network after edits.

    Attributes
    ----------
    network : Network
        Nodes of the network before keep their numbers, new ones come after them. It shares what did not
        change with the network before; `manifest.edits_sha256` tells the two apart.
    effects : tuple of EditEffect
        One for each edit, in their order.
    edge_number : ndarray of int32, shape (m,)
        For each edge of the network before its number now; UNREACHED where it was taken away or divided.

    """

    network: Network
    effects: tuple[EditEffect, ...]
    edge_number: NDArray[np.int32]


def hash_edits(edits: Sequence[StreetEdit], *, after: str = "") -> str:
    """Give one hash for edits in their order, after those that have a hash already."""
    whole = hashlib.sha256(after.encode())
    for one in edits:
        whole.update(f"{one.kind.value} {one.is_bridge:d} ".encode())
        whole.update(shapely.to_wkb(one.shape_ll, byte_order=1))
    return whole.hexdigest()
