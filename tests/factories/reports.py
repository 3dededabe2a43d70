"""Readings of runs that were never computed: as many communities as one likes, with chosen counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shapely import box
from shapely.geometry import mapping

from dispatch import coverage, geo
from dispatch.reports import Reading

AT = datetime(2026, 3, 31, 20, tzinfo=UTC)
RUN_ID = UUID(int=77)
DISTRICT = "120198"
BAND = ("10", "12", "15", "18", "20", "slower", "straight")
WEST, SOUTH = 117.2, 39.1


def area_row(code: str, *, level: str, elders: int, covered: int, **changes: Any) -> coverage.AreaRow:
    """Give the row of an area; a square of its own for an outline."""
    number = int(code[-3:])
    west, south = WEST + 0.01 * (number % 20), SOUTH + 0.01 * (number // 20)
    row = coverage.AreaRow(
        run_id=RUN_ID,
        area_code=code,
        level=level,
        name_zh=f"第{number}社区",
        name_en=f"Community {number}",
        elders=elders,
        covered=covered,
        uncovered=elders - covered,
        covered_share=covered / elders if elders else None,
        located_share=covered / elders if elders else None,
        unlocated_elders=0,
        sites=1,
        unlocated_sites=0,
        band=dict.fromkeys(BAND, covered),
        state=bool(covered) if elders else None,
        is_borderline=False,
        nearest_site_id=None,
        nearest_site_name="第一站点",
        nearest_s=1070,
        over_limit_min=3,
        is_suppressed=False,
        outline_ll=mapping(box(west, south, west + 0.01, south + 0.01)),
    )
    return replace(row, **changes)


def make_reading(counts: list[tuple[int, int]], *, name: str = "鹭洲区", **changes: Any) -> Reading:
    """Give the reading of an officer: (elders, covered) of each community, all in one subdistrict."""
    communities = [
        area_row(f"{DISTRICT}001{number:03}", level="community", elders=elders, covered=covered)
        for number, (elders, covered) in enumerate(counts)
    ]
    elders, covered = (sum(column) for column in zip(*counts, strict=True))
    whole = area_row(
        DISTRICT, level="district", elders=elders, covered=covered, name_zh=name, name_en="Luzhou District"
    )
    town = area_row(
        f"{DISTRICT}001", level="subdistrict", elders=elders, covered=covered, name_zh="白鹭街道", name_en="Bailu"
    )
    outline = mapping(box(WEST, SOUTH, WEST + 0.2, SOUTH + 0.3))
    whole, town = replace(whole, outline_ll=outline), replace(town, outline_ll=outline)
    judged = {"counted": len(counts), "covered": sum(c > 0 for _, c in counts), "left_out": 0, "borderline": 0}
    judged["covered_share"] = judged["covered"] / len(counts)
    share = covered / elders if elders else None
    totals = {
        "elders": elders,
        "covered": covered,
        "covered_share": share,
        "located_share": share,
        "unlocated_elders": 0,
        "sites": 1,
        "unlocated_sites": 0,
        "band": dict.fromkeys(BAND, covered),
        "communities": judged,
        "subdistricts": judged,
        "settlements": {"urban": judged, "rural": judged},
        "outside_communities": 0,
    }
    rows = tuple(sorted((whole, town, *communities), key=lambda row: row.area_code))
    gaps = tuple(sorted((row for row in communities if row.uncovered), key=lambda row: (-row.uncovered, row.area_code)))
    cells = tuple(
        coverage.CellRow(geo.cell_of(WEST + 0.01 * i, SOUTH), 1000, elders, elders - covered, is_suppressed=False)
        for i, (elders, covered) in enumerate(counts[:20])
    )
    reading = Reading(
        run=make_run(totals),
        service_zh="日间照料",
        service_en="Day care",
        areas=rows,
        gaps=gaps,
        circles=(),
        cells=cells,
        covered_ll=mapping(box(WEST, SOUTH, WEST + 0.05, SOUTH + 0.05)) if covered else None,
        is_complete=True,
    )
    return replace(reading, **changes)


def make_run(totals: dict[str, Any]) -> coverage.Run:
    """Give a run with these totals."""
    return coverage.Run(
        id=RUN_ID,
        area_code=DISTRICT,
        service_code="day_care",
        mode="walk",
        speed_mps=1.0,
        limit_s=900,
        as_of=date(2026, 3, 31),
        network_id="made-up@abc",
        network_at=AT,
        rule_version=coverage.RULE_VERSION,
        inputs_hash="ab" * 32,
        assumptions={
            "network_name": "made-up",
            "network_source": "made-up.osm",
            "slower_speed_mps": 0.8,
            "snap_limit_m": 200.0,
            "service_codes": ["day_care"],
            "hashes": {"elders": "cd" * 32, "figures": "ef" * 32},
        },
        totals=totals,
        status="done",
        started_at=AT,
        finished_at=AT,
    )
