"""Tables on the screen: whole, so that an id can be copied from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.measure import Measurement

if TYPE_CHECKING:
    from rich.table import Table

WIDEST = 400


def print_table(table: Table, /) -> None:
    """Print a table as wide as what stands in it; a narrower terminal breaks its lines and loses nothing."""
    screen = Console()
    wanted = Measurement.get(screen, screen.options.update(width=WIDEST), table).maximum
    Console(width=max(screen.width, wanted)).print(table)
