"""The street network that the background searches on: as imported, with the named edits in force today."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from dispatch import coverage, dates, storage, streets

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from dispatch.config import Settings
    from dispatch.streets import Network


class _Latest:
    """The network with the edits that were last in force, so that each search does not pay for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[int, tuple[tuple[UUID, int], ...]] | None = None
        self._kept: tuple[Network, Network] | None = None

    def get(self, imported: Network, *, edits: tuple[coverage.NetworkEdit, ...]) -> Network:
        key = id(imported), tuple((one.edit_id, one.version) for one in edits)
        with self._lock:
            if self._kept is None or key != self._key:
                self._key, self._kept = key, (imported, coverage.with_edits(imported, edits=edits).network)
            return self._kept[1]


_LATEST = _Latest()


def find_network(settings: Settings, *, at: datetime) -> Network | None:
    """Give the network that one walks on today, or None where none was imported; call it outside of transactions."""
    folder = settings.networks_dir / settings.network
    manifest = folder / "manifest.json"
    try:
        imported = _opened(folder, manifest.stat().st_mtime_ns if manifest.exists() else 0)
    except streets.NetworkNotFoundError:
        return None
    with storage.reading():
        edits = tuple(coverage.edits_in_force(dates.service_date(at, settings.time_zone)))
    return _LATEST.get(imported, edits=edits) if edits else imported


@lru_cache(maxsize=2)
def _opened(folder: Path, _written_ns: int) -> Network:
    # what is raised is not kept: a network that is imported later is found
    return streets.open_network(folder)
