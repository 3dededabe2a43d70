"""What the import of a spreadsheet answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dispatch.words import Words


@dataclass(frozen=True, slots=True)
class ImportFault:
    """
    What is wrong with one row: its line in the file (the header is line 1), the column as the file calls it.

    The code is stable; see `docs/import-directory.md` for all of them.
    """

    row: int
    column: str
    code: str
    message: Words


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many rows were read, what became of the good ones, and what is wrong with the others."""

    rows: int
    created: int
    changed: int
    unchanged: int
    errors: tuple[ImportFault, ...]
    is_dry_run: bool
