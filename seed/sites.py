"""The sixty sites of the first district and the few of the second, each beside a street."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from seed.areas import BY_CODE
from seed.ids import SOURCE, make_id
from seed.world import Place, beside_col, beside_row

OPENED_ON = date(2025, 1, 1)
COLLECTED_AT = "2026-01-05T02:00:00Z"
VERIFIED_AT = "2026-02-10T02:00:00Z"
OPEN = (("open", OPENED_ON.isoformat(), None),)
UNDER_CONSTRUCTION = (("planned", "2025-06-01", "2025-11-01"), ("under_construction", "2025-11-01", None))
SUSPENDED = (("open", OPENED_ON.isoformat(), "2026-02-01"), ("suspended", "2026-02-01", None))


@dataclass(frozen=True, slots=True)
class Site:
    """One site; without a place nobody knows where it is."""

    ref: str
    facility_type: str
    organization: str
    area_code: str
    place: Place | None
    institution_class: str | None = None
    stages: tuple[tuple[str, str, str | None], ...] = OPEN
    crs: str = "wgs84"

    @property
    def is_open(self) -> bool:
        """Say whether it is open on 31 March 2026 and ever after."""
        return self.stages[-1][0] == "open"

    @property
    def id(self) -> str:
        """Give its id."""
        return make_id("site", self.ref)


def _row(col: int, row: int, along_dm: int = 300, off_dm: int = 80) -> Place:
    return beside_row(col, row, along_dm=along_dm, off_dm=off_dm)


def _col(col: int, row: int, along_dm: int = 400, off_dm: int = 70) -> Place:
    return beside_col(col, row, along_dm=along_dm, off_dm=off_dm)


S1, S2, S3, S4 = "120198001", "120198002", "120198003", "1201980042"
F1, F2 = "120199001", "1201990022"

_DAY_CARE = (
    Site("dc01", "day_care_center", "ankang", f"{S1}001", _row(3, 3)),
    Site("dc02", "day_care_center", "ankang", f"{S1}002", None),
    Site("dc03", "day_care_center", "ankang", f"{S1}003", _row(5, 20)),
    Site("dc04", "day_care_center", "minfu", f"{S1}004", _row(4, 26)),
    Site("dc05", "day_care_center", "luyi", f"{S1}005", _row(5, 36), stages=UNDER_CONSTRUCTION),
    Site("dc06", "day_care_center", "minfu", f"{S2}001", _row(15, 4)),
    Site("dc07", "day_care_center", "minfu", f"{S2}003", _row(17, 20)),
    Site("dc08", "day_care_center", "luyi", f"{S2}004", _row(13, 27)),
    Site("dc09", "day_care_center", "yangguang", f"{S3}001", _row(27, 4)),
    Site("dc10", "day_care_center", "luyi", f"{S3}004", _row(26, 30), crs="cgcs2000"),
    Site("dc11", "day_care_center", "weiwan", f"{S4}01", _row(38, 6)),
    Site("dc12", "day_care_center", "weiwan", f"{S4}02", _row(52, 18)),
    Site("dc13", "day_care_center", "weiwan", f"{S4}03", _row(38, 33)),
    Site("dc14", "day_care_center", "weiwan", f"{S4}06", _row(66, 20), stages=SUSPENDED),
    Site("ma01", "rural_mutual_aid_home", "weiwan", f"{S4}01", _col(36, 10)),
    Site("ma02", "rural_mutual_aid_home", "weiwan", f"{S4}04", _col(66, 6)),
    Site("ma03", "rural_mutual_aid_home", "weiwan", f"{S4}05", _col(53, 33)),
)
_CENTERS = (
    Site("gc01", "district_guidance_center", "minzheng", f"{S2}002", _row(12, 10)),
    Site("sc01", "subdistrict_center", "minzheng", f"{S1}003", _row(2, 18)),
    Site("sc02", "subdistrict_center", "minzheng", f"{S2}003", _row(12, 18)),
    Site("sc03", "subdistrict_center", "minzheng", f"{S3}004", _row(28, 26)),
    Site("sc04", "subdistrict_center", "minzheng", f"{S4}02", _row(50, 20)),
    Site("cx01", "care_complex", "minfu", f"{S2}002", _row(14, 14)),
    Site("cx02", "care_complex", "yangguang", f"{S3}001", _row(25, 6)),
    Site("hc01", "happiness_courtyard", "weiwan", f"{S4}01", _row(40, 3)),
    Site("hc02", "happiness_courtyard", "weiwan", f"{S4}03", _row(41, 30)),
    Site("mp01", "mutual_aid_point", "weiwan", f"{S4}07", _row(39, 20)),
    Site("mp02", "mutual_aid_point", "weiwan", f"{S4}08", _row(52, 6)),
)
_CANTEENS = (
    Site("ct01", "elder_canteen", "shanfang", f"{S1}002", _row(5, 12)),
    Site("ct02", "elder_canteen", "shanfang", f"{S1}004", _row(6, 28)),
    Site("ct03", "elder_canteen", "shanfang", f"{S2}002", _row(16, 10)),
    Site("ct04", "elder_canteen", "shanfang", f"{S2}004", _row(13, 26)),
    Site("ct05", "elder_canteen", "shanfang", f"{S3}002", _row(26, 11)),
    Site("ct06", "elder_canteen", "shanfang", f"{S4}01", _row(37, 5)),
)
_INSTITUTIONS = (
    Site("in01", "residential_institution", "luyi", f"{S1}001", _row(7, 2), "safety_net"),
    Site("in02", "residential_institution", "luyi", f"{S3}003", _row(28, 20), "safety_net"),
    Site("in03", "residential_institution", "songhe", f"{S2}001", _row(12, 2), "inclusive"),
    Site("in04", "residential_institution", "songhe", f"{S3}005", _row(28, 36), "inclusive"),
    Site("in05", "residential_institution", "songhe", f"{S2}004", _row(17, 30), "market"),
    Site("in06", "residential_institution", "songhe", f"{S2}005", _row(14, 37), "market"),
    Site("sh01", "rural_support_home", "weiwan", f"{S4}07", _row(35, 17)),
)
_MEDICAL = (
    Site("md01", "community_health_center", "yiyang", f"{S1}003", _row(7, 19)),
    Site("md02", "community_health_center", "yiyang", f"{S3}002", _row(29, 10)),
    Site("md03", "community_health_station", "yiyang", f"{S1}005", _row(3, 34)),
    Site("md04", "community_health_station", "yiyang", f"{S2}001", _row(17, 6)),
    Site("md05", "township_health_center", "yiyang", f"{S4}02", _row(55, 16)),
    Site("md06", "nursing_station", "yiyang", f"{S2}003", _row(11, 21)),
    Site("md07", "rehabilitation_hospital", "yiyang", f"{S3}004", _row(24, 27)),
    Site("md08", "pharmacy", "yiyang", f"{S2}004", None),
)
_OTHERS = (
    Site("hm01", "home_care_center", "ankang", f"{S2}003", _row(12, 22, 400)),
    Site("hm02", "home_care_center", "jiajie", f"{S2}003", _row(17, 22, 600)),
    Site("bp01", "bath_point", "qingquan", f"{S1}004", _row(2, 29)),
    Site("ar01", "activity_room", "heyuan", f"{S1}002", _row(7, 9)),
    Site("ar02", "activity_room", "beiwa", f"{S4}09", _row(66, 33)),
    Site("es01", "elder_school", "minzheng", f"{S2}002", _row(11, 12)),
    Site("el01", "elder_learning_point", "minzheng", f"{S3}005", _row(25, 34)),
    Site("mc01", "mental_care_station", "yiyang", f"{S2}004", _row(12, 30)),
    Site("cs01", "community_service_center", "heyuan", f"{S3}003", _row(25, 18)),
    Site("pm01", "party_mass_center", "heyuan", f"{S2}003", _row(15, 17)),
    Site("fi01", "fitness_facility", "heyuan", f"{S1}001", _row(2, 6)),
)
_SECOND = (
    Site("dx01", "day_care_center", "daoxiang", f"{F1}001", _row(108, 17)),
    Site("dx02", "elder_canteen", "daoxiang", f"{F1}002", _row(118, 16)),
    Site("dx03", "home_care_center", "daoxiang", f"{F2}01", _row(108, 24)),
)
SITES = _DAY_CARE + _CENTERS + _CANTEENS + _INSTITUTIONS + _MEDICAL + _OTHERS + _SECOND
BY_REF = {site.ref: site for site in SITES}

_NAMES = {
    "district_guidance_center": "养老服务指导中心",
    "subdistrict_center": "综合养老服务中心",
    "care_complex": "养老服务综合体",
    "day_care_center": "日间照料中心",
    "rural_mutual_aid_home": "互助幸福院",
    "happiness_courtyard": "幸福大院",
    "mutual_aid_point": "老年互助点",
    "elder_canteen": "老年食堂",
    "residential_institution": "养老院",
    "rural_support_home": "敬老院",
    "community_health_center": "社区卫生服务中心",
    "community_health_station": "社区卫生服务站",
    "township_health_center": "卫生院",
    "nursing_station": "护理站",
    "rehabilitation_hospital": "康复医院",
    "pharmacy": "药店",
    "home_care_center": "居家养老服务中心",
    "bath_point": "助浴点",
    "activity_room": "老年活动室",
    "elder_school": "老年学校",
    "elder_learning_point": "学习点",
    "mental_care_station": "精神关爱服务站",
    "community_service_center": "社区服务中心",
    "party_mass_center": "党群服务中心",
    "fitness_facility": "健身苑",
}


def site_name(site: Site) -> str:
    """Give the name, made of place and type; the same pair twice gets its number."""
    twins = [s for s in SITES if (s.area_code, s.facility_type) == (site.area_code, site.facility_type)]
    number = f"{twins.index(site) + 1}号" if len(twins) > 1 else ""
    return f"{BY_CODE[site.area_code].name}{_NAMES[site.facility_type]}{number}（虚构）"


def offering(refs: set[str]) -> list[Place]:
    """List the places of those of the sites that are open and located."""
    return [site.place for site in SITES if site.ref in refs and site.is_open and site.place is not None]


def site_records() -> list[dict[str, Any]]:
    """List the sites."""
    records = []
    for number, site in enumerate(SITES, start=1):
        lon, lat = site.place.lonlat if site.place else (None, None)
        records.append(
            {
                "organization": [SOURCE, site.organization],
                "source": SOURCE,
                "source_ref": site.ref,
                "name": site_name(site),
                "facility_type": site.facility_type,
                "area_code": site.area_code,
                "address": f"{BY_CODE[site.area_code].full_name}{number}号",
                "institution_class": site.institution_class,
                "lon": lon,
                "lat": lat,
                "crs": site.crs if site.place else None,
                "floor_area_m2": float(200 + 37 * number),
                "stages": [list(stage) for stage in site.stages],
                "verified_at": VERIFIED_AT,
                "verified_by": "minzheng",
                "collected_at": COLLECTED_AT,
                "id": site.id,
            }
        )
    return records
