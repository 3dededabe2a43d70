"""Where a report goes: into a file that is whole or not there."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from dispatch import reports, sheets, streets
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from dispatch.config import Settings
    from dispatch.streets import Network


class ReportFormatError(InvalidError):
    """The file's ending names no format of a report."""

    slug = "report-format"
    title = Words("没有这种报告文件", "There is no such kind of report")
    detail = Words("{file}：文件名应以 .pdf 或 .xlsx 结尾。", "{file}: its name must end with .pdf or .xlsx.")


def report_format(path: Path) -> reports.Format:
    """Tell by a file's name what is wanted, before anything is read; the folder must be there too."""
    try:
        kind = reports.Format(path.suffix.lower().removeprefix("."))
    except ValueError:
        raise ReportFormatError(file=path.name) from None
    if not path.parent.is_dir():
        raise sheets.NoSuchFolderError(folder=str(path.parent))
    return kind


def find_network(settings: Settings) -> Network | None:
    """Give the network of the settings, whose streets are drawn where the run was computed on it; None without one."""
    try:
        return streets.open_network(settings.networks_dir / settings.network)
    except streets.NetworkNotFoundError:
        return None


def write_whole(path: Path, *, content: bytes) -> None:
    """Write a file beside its place, readable by its owner alone, and put it there when it is whole."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
