"""From a report to a PDF: one Typst document from one value, with the map drawn and the font at hand."""

from __future__ import annotations

import json
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dispatch.reports.rules.formatting import say
from dispatch.reports.rules.mapping import draw_maps
from dispatch.reports.values import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch.drawing import DistrictMap
    from dispatch.reports.values import Bar, Report, Table
    from dispatch.streets import Network

SUBSTITUTE = "〓"  # U+3013, what Chinese typesetters put where a character is missing
METRES_A_KM = 1000


def typeset_report(report: Report, *, network: Network | None = None) -> bytes:
    """
    Set a report as PDF (A4).

    Parameters
    ----------
    report : Report
        What it says.
    network : Network, optional
        Its streets are drawn on the map if it is the network that the run was computed on.

    Raises
    ------
    FontMissingError
        The Chinese font is not installed.

    """
    # Loaded here: a web process that makes no report does without it.
    import typst  # noqa: PLC0415 - see above

    from dispatch import drawing  # noqa: PLC0415 - loads matplotlib

    folder = drawing.chinese_folder()
    files: Any = files_of(report, network=network)  # the package's own types leave out that files may go by name
    made: bytes = typst.compile(files, font_paths=[folder], ignore_system_fonts=True)
    return made


def files_of(report: Report, *, network: Network | None = None) -> dict[str, bytes]:
    """Give what Typst reads, by name: the document, what it says, and the maps."""
    maps = draw_maps(report.map, network=network)
    payload = _replaced(_payload(report, maps=maps))
    return {
        "main.typ": resources.files(__package__).joinpath("report.typ").read_bytes(),
        "data.json": json.dumps(payload, ensure_ascii=False).encode(),
    } | {f"{name}.svg": one.svg for name, one in maps.maps.items()}


def _payload(report: Report, *, maps: Any) -> dict[str, Any]:  # noqa: ANN401 - `Maps`, whose module is loaded late
    from dispatch import drawing  # noqa: PLC0415 - loads matplotlib

    colors = {
        name: getattr(drawing, name.upper())
        for name in ("paper", "text", "secondary", "hairline", "hatch", "reached", "limit", "badge", "site", "grey")
    }
    bounds = drawing.UNCOVERED_BOUNDS
    ranges = [f"{low}–{high - 1}" for low, high in pairwise(bounds)]
    ranges.append(report.legend["more"].format(bound=bounds[-1]))
    return {
        "lang": report.locale.value,
        "run_id": report.run_id,
        "title": report.title,
        "kicker": report.kicker,
        "cover": report.cover,
        "cover_note": report.cover_note,
        "key_number": report.key_number,
        "key_text": report.key_text,
        "sentences": report.sentences,
        "bars": [_bar(one) for one in report.bars],
        "figures": _table(report.figures),
        "methods": report.methods,
        "silences": report.silences,
        "tables": [_table(one) for one in report.tables.values()],
        "repeat": report.repeat,
        "commands": report.commands,
        "legend": report.legend,
        "labels": report.labels,
        "colors": colors | {"track": "#ECE9E2"},
        "classes": [{"color": color, "text": text} for color, text in zip(drawing.WARM, ranges, strict=True)],
        "streets": maps.has_streets,
        "maps": {name: _map(one, file=f"{name}.svg") for name, one in maps.maps.items()},
    }


def _bar(bar: Bar) -> dict[str, Any]:
    known = None if isinstance(bar.share, str) else bar.share
    text = say(bar.share, kind=Kind.SHARE)
    return {"label": bar.label, "share": known, "text": text, "own": bar.is_own, "figure": bar.is_figure}


def _table(table: Table) -> dict[str, Any]:
    kinds = [column.kind for column in table.columns]
    return {
        "key": table.key,
        "title": table.title,
        "lead": table.lead,
        "empty": table.empty,
        "notes": table.notes,
        "columns": [
            {"title": one.title, "share": one.share, "right": one.kind is not Kind.TEXT} for one in table.columns
        ],
        "lines": [
            {
                "cells": [say(cell, kind=kind) for cell, kind in zip(line.cells, kinds, strict=False)],
                "heading": line.is_heading,
                "total": line.is_total,
            }
            for line in table.lines
        ],
    }


def _map(drawn: DistrictMap, *, file: str) -> dict[str, Any]:
    kilometres = drawn.scale_m / METRES_A_KM
    return {
        "file": file,
        "width": drawn.width_mm,
        "height": drawn.height_mm,
        "names": [{"text": one.text, "x": one.x_mm, "y": one.y_mm} for one in drawn.names],
        "badges": [{"text": one.text, "x": one.x_mm, "y": one.y_mm} for one in drawn.badges],
        "scale": f"{kilometres:g} km" if kilometres >= 1 else f"{drawn.scale_m:g} m",
        "bar": drawn.scale_mm,
    }


def _replaced(payload: dict[str, Any]) -> dict[str, Any]:
    """Replace characters that the font lacks, and say which among the methods: never a box."""
    from dispatch import drawing  # noqa: PLC0415 - loads matplotlib

    missing = drawing.missing_characters("".join(_texts(payload)))
    if not missing:
        return payload
    table = str.maketrans(dict.fromkeys(missing, SUBSTITUTE))
    labels = payload["labels"]
    listed = labels["comma"].join(f"U+{ord(one):04X}" for one in missing)
    told = (labels["missing"], labels["missing_text"].format(list=listed))
    replaced: dict[str, Any] = _translated(payload, table=table)
    return replaced | {"methods": [*replaced["methods"], told]}


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - anything that JSON holds
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)


def _translated(value: Any, *, table: dict[int, str]) -> Any:  # noqa: ANN401 - anything that JSON holds
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, dict):
        return {key: _translated(one, table=table) for key, one in value.items()}
    return [_translated(one, table=table) for one in value] if isinstance(value, (list, tuple)) else value
