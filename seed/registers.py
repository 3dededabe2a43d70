"""Compounds, changes of beds, and the targets that the first district has set itself, with what they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seed.ids import SOURCE

NEW, BUILT_UP = "new", "built_up"
AS_OF, YEARS = "2026-03-31", ("2029-12-31", "2035-12-31")
# the least m2 per 100 households by kind, and m2 of land per resident, as the district adopted them
FLOOR_LEAST = {NEW: 20, BUILT_UP: 15}
LAND_LEAST = {NEW: 0.2, BUILT_UP: 0.1}
RESIDENTIAL = ("in", "sh")  # how the references of institutions begin


@dataclass(frozen=True, slots=True)
class Compound:
    """One compound; residents and land may be unknown."""

    community: str
    name: str
    stage: str
    households: int
    floor_m2: int
    residents: int | None
    land_m2: int | None


COMPOUNDS = (
    Compound("120198001001", "鹭南新苑", NEW, 900, 150, 2_300, 460),  # 16.7, missing 30 m2; land just enough
    Compound(
        "120198001003", "鹭中家园", BUILT_UP, 900, 150, 2_250, 180
    ),  # the same floor is enough where it stood before
    Compound("120198001005", "鹭北花园", NEW, 600, 240, 1_500, 450),  # above the range, which is no fault
    Compound("120198002001", "波南里", BUILT_UP, 1_200, 120, 2_900, None),
    Compound("120198002003", "波中里", BUILT_UP, 800, 0, 1_900, 0),
    Compound("120198002005", "新港湾", NEW, 0, 0, 0, 500),  # nobody lives there yet
    Compound("120198003001", "岸南雅居", NEW, 1_500, 300, 3_800, 600),
    Compound("120198003003", "岸中里", BUILT_UP, 700, 105, None, 300),
)

# site, reference, type, stage, more or fewer, from when, whose
Change = tuple[str, str, str, str, int, str, str | None]
CHANGES: tuple[Change, ...] = (
    ("in01", "2025-01", "care", "open", 60, "2025-01-01", "district"),
    ("in02", "2025-01", "nursing", "open", 40, "2025-01-01", "district"),
    ("in03", "2025-01", "care", "open", 70, "2025-01-01", None),
    ("in03", "2025-09", "care", "open", 10, "2025-09-01", None),
    ("in04", "2025-01", "dementia_bed", "open", 20, "2025-01-01", None),
    ("in05", "2025-01", "general", "open", 60, "2025-01-01", None),
    ("in05", "2026-02", "general", "open", -10, "2026-02-01", None),
    ("in05", "2026-02b", "general", "closed", 10, "2026-02-01", None),
    ("in06", "2025-01", "general", "open", 45, "2025-01-01", None),
    ("sh01", "2025-01", "general", "open", 30, "2025-01-01", "district"),
    ("dc01", "2025-01", "nursing", "open", 6, "2025-01-01", None),
    ("dc01", "2025-01b", "day_place", "open", 20, "2025-01-01", None),
    ("dc14", "2025-01", "nursing", "open", 4, "2025-01-01", None),  # suspended since February 2026
    # begun, to open in 2028; and approved
    ("in01", "2025-11", "care", "under_construction", 50, "2025-11-01", "district"),
    ("in01", "2028-07", "care", "under_construction", -50, "2028-07-01", "district"),
    ("in01", "2028-07b", "care", "open", 50, "2028-07-01", "district"),
    ("in03", "2026-01", "care", "planned", 30, "2026-01-15", None),
)

# id, clause, words, operator, value, unit, year, measure
_TARGETS = (
    ("LZ01", "城镇日间照料覆盖率", "urban day-care coverage", ">=", 85, "%", "2026", "day_care_urban"),
    ("LZ02", "农村日间照料覆盖率", "rural day-care coverage", ">=", 50, "%", "2026", "day_care_rural"),
    ("LZ03", "新建小区每百户用房（下限）", "floor, new, least", ">=", 20, "m2", "undated", "floor_new"),
    ("LZ04", "新建小区每百户用房（上限）", "floor, new, upper end", "range_max", 30, "m2", "undated", "floor_new"),
    ("LZ05", "已建成小区每百户用房（下限）", "floor, built-up, least", ">=", 15, "m2", "undated", "floor_built_up"),
    (
        "LZ06",
        "已建成小区每百户用房（上限）",
        "floor, built-up, end",
        "range_max",
        20,
        "m2",
        "undated",
        "floor_built_up",
    ),
    ("LZ07", "新建小区人均用地", "land per person, new", ">=", 0.2, "m2", "undated", "land_per_person_new"),
    ("LZ08", "养老床位总数", "beds", ">=", 400, "beds", "2029", "beds_total"),
    ("LZ09", "养老床位总数", "beds", ">=", 500, "beds", "2035", "beds_total"),
    ("LZ10", "养老机构照护型床位占比", "care share", ">=", 65, "%", "2029", "nursing_share_institutions"),
    ("LZ11", "养老机构照护型床位占比", "care share", ">=", 70, "%", "2035", "nursing_share_institutions"),
)
DRAFTS = ("LZ09", "LZ11")
UNITS = {"%": ("%", "%"), "m2": ("平方米", "m2"), "beds": ("张", "beds")}


def compound_records() -> list[dict[str, Any]]:
    """List the compounds."""
    return [
        {
            "area_code": each.community,
            "name": f"{each.name}（虚构）",
            "stage": each.stage,
            "households": each.households,
            "residents": each.residents,
            "care_floor_area_m2": float(each.floor_m2),
            "care_land_area_m2": None if each.land_m2 is None else float(each.land_m2),
            "delivered_on": None,
            "source": SOURCE,
        }
        for each in COMPOUNDS
    ]


def bed_change_records() -> list[dict[str, Any]]:
    """List the changes of beds."""
    return [
        {
            "site": [SOURCE, site],
            "ref": ref,
            "bed_type": bed_type,
            "stage": stage,
            "delta": delta,
            "changed_on": on,
            "owner_level": owner,
        }
        for site, ref, bed_type, stage, delta, on, owner in CHANGES
    ]


def target_records(area_code: str) -> list[dict[str, Any]]:
    """List the targets of the district's own."""
    return [
        {
            "id": target_id,
            "documents": "made up",
            "clause": "虚构",
            "indicator_zh": zh,
            "indicator_en": en,
            "area_code": area_code,
            "year": year,
            "operator": operator,
            "value": float(value),
            "unit_zh": UNITS[unit][0],
            "unit_en": UNITS[unit][1],
            "status": "draft" if target_id in DRAFTS else "adopted",
            "responsible_unit": "区民政局（虚构）",
            "measure": measure,
            "quote": "",
        }
        for target_id, zh, en, operator, value, unit, year, measure in _TARGETS
    ]


def land_truth() -> dict[str, Any]:
    """Give what each compound misses in floor (in whole tenths of m2, so that nothing is rounded) and in land."""
    floor, land = {}, {}
    for each in COMPOUNDS:
        if each.households:
            missing_tenths = FLOOR_LEAST[each.stage] * each.households // 10 - 10 * each.floor_m2
            floor[f"{each.name}（虚构）"] = max(0, missing_tenths) / 10
        if each.residents and each.land_m2 is not None:
            missing_tenths = round(10 * LAND_LEAST[each.stage]) * each.residents - 10 * each.land_m2
            land[f"{each.name}（虚构）"] = max(0, missing_tenths) / 10
    new = [each for each in COMPOUNDS if each.stage == NEW and each.households]
    to_standard = [each for each in new if each.floor_m2 * 100 >= FLOOR_LEAST[NEW] * each.households]
    return {
        "floor_deficit_m2": floor,
        "land_deficit_m2": land,
        "new_to_standard": [len(to_standard), len(new)],
        "households": sum(each.households for each in COMPOUNDS),
        "floor_m2": sum(each.floor_m2 for each in COMPOUNDS),
    }


def bed_truth() -> dict[str, Any]:
    """Give the open beds by type on the last day of March 2026 and at the end of the target years."""
    truth: dict[str, Any] = {}
    for on in (AS_OF, *YEARS):
        beds: dict[str, int] = {}
        institutions: dict[str, int] = {}
        coming = 0
        for site, _, bed_type, stage, delta, changed_on, _owner in CHANGES:
            if changed_on > on or bed_type == "day_place" or site == "dc14":
                continue
            if stage == "open":
                beds[bed_type] = beds.get(bed_type, 0) + delta
                if site.startswith(RESIDENTIAL):
                    institutions[bed_type] = institutions.get(bed_type, 0) + delta
            elif stage in {"planned", "under_construction"}:
                coming += delta
        truth[on] = {"open": beds, "institutions": institutions, "coming": coming}
    return truth
