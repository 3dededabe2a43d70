"""A file's rows on their way into a register: judged one by one, put in batches, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from dispatch.sheets.rows import Row
from dispatch.sheets.values import Tally

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from dispatch.sheets.reading import Sheet
    from dispatch.sheets.values import ImportReport

ROWS_IN_BATCH = 2_000  # one transaction: some hundred milliseconds, so that others may write in between

Record = TypeVar("Record")


class Progress(Protocol):
    """Told how far an import is, between two transactions."""

    def __call__(self, done: int, /, *, total: int) -> object:
        """Take how many of how many rows are done."""


class Unit(Protocol):
    """Opens a unit of work: the edge gives `storage.transaction`, or `storage.rehearsal` for a dry run."""

    def __call__(self) -> AbstractContextManager[object]:
        """Open it."""


def import_rows(
    sheet: Sheet,
    *,
    judge: Callable[[Row], Record | None],
    put: Callable[[list[tuple[Row, Record]]], tuple[int, int, int]],
    unit: Unit,
    progress: Progress | None = None,
    rows_in_batch: int = ROWS_IN_BATCH,
) -> ImportReport:
    """
    Bring all rows of an open file into a register.

    Parameters
    ----------
    sheet : Sheet
        The open file.
    judge : callable
        Makes a record of a row, or blames the row. Runs inside a unit, so that it may read.
    put : callable
        Stores records, each with its row; it may blame rows that do not fit what is stored, and leaves those out.
        Gives how many were created, changed and unchanged.
    unit : Unit
        Opened once for each batch.
    progress : Progress, optional
        Told after each batch.
    rows_in_batch : int
        How many rows go into one unit.

    Returns
    -------
    ImportReport
        Good rows are stored, rows with faults are left out and told of.

    """
    tally = Tally()
    batch: list[Row] = []

    def flush() -> None:
        with unit():
            judged = [(row, record) for row in batch if (record := judge(row)) is not None and not row.faults]
            count = put(judged) if judged else (0, 0, 0)
        tally.add(count)
        for row in batch:
            if row.faults:
                tally.refuse(row.faults)
        batch.clear()
        if progress:
            progress(tally.rows, total=max(tally.rows, sheet.row_count))

    for line in sheet.lines():
        tally.rows += 1
        batch.append(Row(line, titles=sheet.titles))
        if len(batch) == rows_in_batch:
            flush()
    if batch:
        flush()
    return tally.report()
