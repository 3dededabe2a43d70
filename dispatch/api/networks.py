"""The street network that answers are computed on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING

from dispatch import clock, coverage, dates, storage, streets
from dispatch.api.access import settings

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from uuid import UUID

    from dispatch.coverage import NetworkEdit
    from dispatch.streets import Network

MOST_EDITED = 3
"""An edited network of a million nodes takes some 60 MB."""


def current_network() -> Network:
    """
    Give the network that one walks on today: as it was imported, with the named edits in force.

    Call it outside of any transaction: it reads the edits. Raises as `imported_network`.
    """
    return network_on(dates.service_date(clock.utc_now(), settings().time_zone))


def network_on(on: date, *, without: UUID | None = None) -> Network:
    """Give the network that one walks on on a date, as it is known now, one edit left out; as `current_network`."""
    imported = imported_network()
    with storage.reading():
        edits = tuple(one for one in coverage.edits_in_force(on) if one.edit_id != without)
    return _EDITED.get(imported, edits=edits) if edits else imported


def imported_network() -> Network:
    """
    Give the network that the settings name, mapped into memory once, and again after a new import.

    Raises
    ------
    NetworkNotFoundError
        Where none of that name was imported.

    """
    folder = settings().networks_dir / settings().network
    manifest = folder / "manifest.json"
    return _opened(folder, manifest.stat().st_mtime_ns if manifest.exists() else 0)


class _Edited:
    """The last few networks that were edited, so that a request does not pay for what another one made."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, tuple[tuple[UUID, int], ...]], tuple[Network, Network]] = OrderedDict()

    def get(self, imported: Network, *, edits: tuple[NetworkEdit, ...]) -> Network:
        """Give a network with edits; of two threads that ask at once one makes it."""
        # An entry never changes, so its version names it; the network is kept, so that its number stays its own.
        key = id(imported), tuple((one.edit_id, one.version) for one in edits)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = imported, coverage.with_edits(imported, edits=edits).network
                if len(self._kept) > MOST_EDITED:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key][1]


_EDITED = _Edited()


@lru_cache(maxsize=4)
def _opened(folder: Path, _written_ns: int) -> Network:
    # what is raised is not kept: a network that is imported later is found
    return streets.open_network(folder)
