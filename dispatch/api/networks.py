"""The street network that answers are computed on."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dispatch import streets
from dispatch.api.access import settings

if TYPE_CHECKING:
    from pathlib import Path

    from dispatch.streets import Network


def current_network() -> Network:
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


@lru_cache(maxsize=4)
def _opened(folder: Path, _written_ns: int) -> Network:
    # what is raised is not kept: a network that is imported later is found
    return streets.open_network(folder)
