"""A cell as it is printed: thousands apart, a share with one decimal, why a figure is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.reports.values import Kind, Unseen

if TYPE_CHECKING:
    from dispatch.reports.values import Cell

PERCENT = 100


def say(cell: Cell, *, kind: Kind) -> str:
    """Give a cell as text."""
    if isinstance(cell, str):  # text, or why it is not there
        return cell.value if isinstance(cell, Unseen) else cell
    return f"{PERCENT * cell:.1f} %" if kind is Kind.SHARE else f"{cell:,}"
