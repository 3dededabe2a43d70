"""Candidates of `dispatch coverage site` from a CSV or XLSX file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import areas, coverage, sheets
from dispatch.coverage import Candidate
from dispatch.errors import InvalidError
from dispatch.sheets import Column, Layout
from dispatch.words import Words

if TYPE_CHECKING:
    from pathlib import Path

LAYOUT = Layout(
    columns=(
        Column("lon", ("经度",), is_needed=True),
        Column("lat", ("纬度",), is_needed=True),
        Column("crs", ("坐标系",)),
        Column("label", ("名称", "name")),
        Column("capacity", ("容量", "可服务人数")),
        Column("cost", ("费用",)),
    ),
    page="docs/siting.md",
    rows_max=200_000,
)


class CandidatesFileError(InvalidError):
    """A file of candidates with a row that cannot be used."""

    slug = "candidates-file"
    title = Words("候选点文件无法使用", "The file of candidates cannot be used")
    detail = Words("{file} 第 {row} 行：{reason_zh}", "{file}, row {row}: {reason_en}")

    def __init__(self, reason: Words, *, file: str, row: int) -> None:
        """Say which row and what is wrong with it."""
        super().__init__(file=file, row=row, reason_zh=reason.zh, reason_en=reason.en)


NO_NUMBER = Words("lon 和 lat 应为数字。", "lon and lat must be numbers.")
NO_WHOLE = Words("capacity 和 cost 应为整数。", "capacity and cost must be whole numbers.")


def read_candidates(path: Path, *, crs: str | None, capacity: int | None, cost: int) -> tuple[Candidate, ...]:
    """
    Read candidates; `crs` is that of rows which name none, and `capacity` and `cost` are theirs.

    Raises
    ------
    UnreadableSheetError
        The file is not found, damaged, or its columns are others.
    CandidatesFileError
        A row has no point with a reference system, or a number that is none.

    """
    with sheets.open_sheet(path, layout=LAYOUT) as sheet:
        lines = list(sheet.lines())
    sent: list[tuple[tuple[float, float], str | None]] = []
    for line in lines:
        try:
            lon, lat = (float(line.cells.get(name, "")) for name in ("lon", "lat"))
        except ValueError:
            raise CandidatesFileError(NO_NUMBER, file=path.name, row=line.row) from None
        sent.append(((lon, lat), line.cells.get("crs") or crs))
    found = []
    for line, point in zip(lines, areas.read_points(sent, study_area=None), strict=True):
        if isinstance(point, areas.InvalidPointError):
            reason = next(iter(point.fields.values()))[0]
            raise CandidatesFileError(
                reason if isinstance(reason, Words) else Words(reason, reason), file=path.name, row=line.row
            )
        try:
            most, price = (int(text) if text else None for text in (line.cells.get(n) for n in ("capacity", "cost")))
        except ValueError:
            raise CandidatesFileError(NO_WHOLE, file=path.name, row=line.row) from None
        found.append(
            Candidate(
                point.lonlat,
                label=line.cells.get("label", "")[: coverage.LABEL_MAX_LENGTH],
                capacity=capacity if most is None else most,
                cost=cost if price is None else price,
            )
        )
    return tuple(found)
