"""The header that a superior system expects, kept byte for byte."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispatch.sheets.cells import plain_text
from dispatch.sheets.csv_rows import find_encoding
from dispatch.sheets.values import SheetNotFoundError, UnreadableSheetError, plain_title
from dispatch.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from dispatch.sheets.values import Layout

TEMPLATE_MAX_BYTES = 1 << 20


class SheetTemplateError(UnreadableSheetError):
    """The template names a column that the register does not have, or one of them twice."""

    slug = "sheet-template"
    title = Words("模板用不了，没有导出", "The template cannot be used")
    detail = Words(
        "{file}：模板的列不认识：{unknown}；重复：{repeated}。可用的列名：{known}（见 {page}）。",
        "{file}: columns of the template that are not known: {unknown}; repeated: {repeated}. "
        "Known names: {known} (see {page}).",
    )


@dataclass(frozen=True, slots=True)
class Template:
    """The bytes of a template's header, its columns by our names in its order, how its text and lines are written."""

    head: bytes
    names: tuple[str, ...]
    encoding: str
    newline: str


def read_template(path: Path, *, layout: Layout) -> Template:
    """
    Read a template: a CSV file whose header an export must repeat.

    Everything up to the end of the header is kept as it is, byte-order mark and encoding included; rows below it
    are not. The header is the line that names most of our columns.

    Raises
    ------
    SheetTemplateError
        Where it names a column that the register does not have, or one of them twice.
    SheetNotFoundError, SheetEncodingError
        Where it cannot be read.

    """
    try:
        data = path.read_bytes()[:TEMPLATE_MAX_BYTES]
    except OSError:
        raise SheetNotFoundError(file=path.name) from None
    encoding = find_encoding(io.BytesIO(data), name=path.name)
    is_marked = data.startswith(b"\xef\xbb\xbf")
    text = data.decode(encoding)
    known = layout.titles()
    best: tuple[int, int, list[str]] = (0, 0, [])
    read = 0
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, strict=True)
    try:
        for cells in reader:
            read = reader.line_num
            hits = sum(plain_title(plain_text(cell)) in known for cell in cells)
            if hits > best[0]:
                best = (hits, read, cells)
    except csv.Error:
        raise UnreadableSheetError(file=path.name) from None
    titles = best[2] or next(csv.reader(lines[:1]), [])
    names = [known.get(plain_title(plain_text(title)), "") for title in titles]
    unknown = [title[:40] for title, name in zip(titles, names, strict=True) if not name]
    repeated = [title[:40] for place, title in enumerate(titles) if names[place] and names[place] in names[:place]]
    if unknown or repeated or not names:
        raise SheetTemplateError(
            file=path.name,
            unknown=", ".join(unknown) or "-",
            repeated=", ".join(repeated) or "-",
            known=", ".join(f"{each.name}/{each.title}" for each in layout.columns),
            page=layout.page,
        )
    head = "".join(lines[: best[1]])
    newline = next((end for end in ("\r\n", "\n", "\r") if head.endswith(end)), "\r\n")
    if not head.endswith(newline):  # the file ends with its header
        head += newline
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    mark = b"\xef\xbb\xbf" if is_marked else b""
    return Template(head=mark + head.encode(plain), names=tuple(names), encoding=plain, newline=newline)
