"""Files of rows, and what a report says of them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from dispatch import sheets


def write(folder: Path, *rows: dict[str, str], encoding: str = "utf-8-sig") -> Path:
    """Write rows to a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "list.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def codes(report: sheets.ImportReport) -> list[tuple[int, str]]:
    """Give line and code of each fault."""
    return [(fault.row, fault.code) for fault in report.errors]


def counts(report: sheets.ImportReport) -> tuple[int, int, int, int]:
    """Give created, changed, unchanged, refused."""
    return report.created, report.changed, report.unchanged, report.refused
