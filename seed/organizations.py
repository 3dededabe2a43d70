"""Who operates the made-up sites, and what they offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from seed.ids import SOURCE, make_id

# reference: name, operator kind
ORGANIZATIONS = {
    "minzheng": ("鹭洲区民政服务中心（虚构）", "government_run"),
    "shequ": ("鹭洲区社区工作总站（虚构）", "government_run"),
    "ankang": ("安康居家养老服务有限公司（虚构）", "company"),
    "minfu": ("民福社会服务中心（虚构）", "social_organization"),
    "yangguang": ("阳光综合养老有限公司（虚构）", "company"),
    "qingquan": ("清泉助浴服务有限公司（虚构）", "company"),
    "jiajie": ("家洁家政平台（虚构）", "housekeeping_platform"),
    "shanfang": ("百味老年膳房有限公司（虚构）", "company"),
    "luyi": ("鹭颐国企养老服务集团（虚构）", "state_owned_group"),
    "songhe": ("松鹤养老院（虚构）", "care_institution"),
    "heyuan": ("和苑物业服务有限公司（虚构）", "property_company"),
    "yiyang": ("鹭洲医养联合体（虚构）", "medical_institution"),
    "weiwan": ("苇湾镇村民委员会联合社（虚构）", "village_committee"),
    "beiwa": ("北洼助老队（虚构）", "social_organization"),
    "daoxiang": ("稻香区养老服务中心（虚构）", "social_organization"),
}


@dataclass(frozen=True, slots=True)
class Service:
    """What one organization offers, and to whom."""

    organization: str
    ref: str
    code: str
    name: str
    delivery: str
    visit_min: int | None = None
    limits: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """Give the reference by which offers name it."""
        return (SOURCE, self.organization, self.ref)


MODERATE_OR_WORSE = ["moderate", "severe", "complete"]

SERVICES = tuple(
    [Service(org, "day_care", "day_care", "日间照料", "site") for org in ("ankang", "minfu", "luyi", "yangguang")]
    + [Service("weiwan", "day_care", "day_care", "农村日间照料", "site")]
    + [Service("daoxiang", "day_care", "day_care", "日间照料", "site")]
    + [
        Service("shanfang", "dine_in", "meal_dine_in", "老年助餐", "site"),
        Service("shanfang", "delivery", "meal_delivery", "老年供餐", "home", 15),
        Service("shanfang", "delivery_80", "meal_delivery", "高龄供餐", "home", 15, {"minimum_age": 80}),
        Service("minzheng", "dine_in", "meal_dine_in", "街镇助餐", "site"),
        Service("minfu", "dine_in", "meal_dine_in", "综合体助餐", "site"),
        Service("yangguang", "dine_in", "meal_dine_in", "综合体助餐", "site"),
        Service("daoxiang", "dine_in", "meal_dine_in", "老年助餐", "site"),
    ]
    + [
        Service(org, "bathing", "bathing_home", "上门助浴", "home", 60)
        for org in ("ankang", "minfu", "yangguang", "qingquan", "weiwan", "luyi", "beiwa", "daoxiang")
    ]
    + [
        Service("ankang", "cleaning", "cleaning", "助洁", "home", 90),
        Service("jiajie", "cleaning", "cleaning", "助洁", "home", 90),
        Service("jiajie", "escort", "escort_hospital", "陪诊", "home", 180),
        Service("minzheng", "escort", "escort_hospital", "街镇陪诊", "home", 180),
        Service("minzheng", "emergency", "emergency_help", "助急", "home", 30),
        Service("minzheng", "referral", "service_referral", "服务转介", "site"),
        Service("minfu", "bedside", "bedside_care", "床前照护", "home", 60, {"grades": MODERATE_OR_WORSE}),
        Service("yangguang", "respite", "respite", "喘息服务", "site", None, {"registration_prefix": "120198"}),
        Service("heyuan", "comfort", "comfort", "精神慰藉", "home", 45, {"categories": ["living_alone", "no_family"]}),
        Service("yiyang", "nursing", "health_care", "健康照护", "home", 45),
        Service("yiyang", "rehabilitation", "rehabilitation", "康复护理", "site"),
        Service("yiyang", "counseling", "psychological_support", "心理支持", "home", 60),
        Service("luyi", "residential", "residential_care", "集中照护", "site"),
        Service("songhe", "residential", "residential_care", "集中照护", "site"),
        Service("weiwan", "support", "collective_support", "集中供养", "site"),
        Service("minzheng", "learning", "learning", "助学", "site", None, {"maximum_age": 79}),
    ]
)


def organization_records() -> list[dict[str, Any]]:
    """List the organizations."""
    return [
        {
            "source": SOURCE,
            "source_ref": ref,
            "name": name,
            "description": f"{name}，仅用于演示，并不存在",
            "operator_kind": kind,
            "uscc": None,
            "id": make_id("organization", ref),
        }
        for ref, (name, kind) in ORGANIZATIONS.items()
    ]


def service_records() -> list[dict[str, Any]]:
    """List the services."""
    nobody_left_out = {
        "minimum_age": None,
        "maximum_age": None,
        "categories": None,
        "grades": None,
        "registration_prefix": None,
    }
    return [
        {
            "organization": [SOURCE, service.organization],
            "source_ref": service.ref,
            "service_code": service.code,
            "name": service.name,
            "delivery": service.delivery,
            "visit_min": service.visit_min,
            "status": "active",
            "id": make_id("service", f"{service.organization}/{service.ref}"),
        }
        | nobody_left_out
        | service.limits
        for service in SERVICES
    ]
