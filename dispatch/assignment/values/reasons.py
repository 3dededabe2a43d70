"""Why a provider cannot serve a request, as codes and in both languages (domain.md section 3.6, Why not)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Mapping


class ReasonCode(StrEnum):
    """Why a provider cannot serve a request, in the order in which reasons are listed."""

    NOT_OFFERED = "not_offered"
    SITE_NOT_OPEN = "site_not_open"
    CLOSED_THEN = "closed_then"
    UNLOCATED = "unlocated"
    OUT_OF_RANGE = "out_of_range"
    OUTSIDE_CATCHMENT = "outside_catchment"
    AGE_NOT_ELIGIBLE = "age_not_eligible"
    CATEGORY_NOT_ELIGIBLE = "category_not_eligible"
    GRADE_NOT_ELIGIBLE = "grade_not_eligible"
    REGISTRATION_NOT_ELIGIBLE = "registration_not_eligible"
    FULL = "full"
    STALE_VACANCY = "stale_vacancy"
    NOT_DESIGNATED = "not_designated"
    NO_SKILL = "no_skill"
    NO_SHIFT = "no_shift"
    NO_TIME = "no_time"
    NO_PAIR = "no_pair"
    SEX_NOT_MATCHED = "sex_not_matched"
    REFUSED_BEFORE = "refused_before"
    DECLINED_THIS = "declined_this"


REASON_WORDS: Mapping[ReasonCode, Words] = {
    ReasonCode.NOT_OFFERED: Words("不提供该服务", "Does not offer this service."),
    ReasonCode.SITE_NOT_OPEN: Words("站点未开业或已停业", "The site is not open."),
    ReasonCode.CLOSED_THEN: Words("该时段不营业", "Closed at that time."),
    ReasonCode.UNLOCATED: Words("站点没有坐标", "The site has no location."),
    ReasonCode.OUT_OF_RANGE: Words("路程{n}分钟，超过{limit}分钟", "{n} minutes away; the limit is {limit}."),
    ReasonCode.OUTSIDE_CATCHMENT: Words("不在其服务区域", "Outside its service area."),
    ReasonCode.AGE_NOT_ELIGIBLE: Words("年龄不符合条件", "Age does not qualify."),
    ReasonCode.CATEGORY_NOT_ELIGIBLE: Words("人员类别不符合条件", "Category does not qualify."),
    ReasonCode.GRADE_NOT_ELIGIBLE: Words("能力等级不符或已过期", "Ability grade does not qualify or has expired."),
    ReasonCode.REGISTRATION_NOT_ELIGIBLE: Words("户籍不符合条件", "Household registration does not qualify."),
    ReasonCode.FULL: Words("名额已满", "No free place."),
    ReasonCode.STALE_VACANCY: Words("空位信息已过期", "Vacancy is out of date."),
    ReasonCode.NOT_DESIGNATED: Words("不是长护险定点机构", "Not a designated insurance provider."),
    ReasonCode.NO_SKILL: Words("没有具备资质的人员", "Nobody there has the skill."),
    ReasonCode.NO_SHIFT: Words("该时段无人值班", "Nobody is on shift."),
    ReasonCode.NO_TIME: Words("有空时间不够，{change}即可", "Not enough free time; {change} would do."),
    ReasonCode.NO_PAIR: Words("凑不齐两名人员", "No two carers are free together."),
    ReasonCode.SEX_NOT_MATCHED: Words("性别要求无法满足", "Cannot meet the wish for a carer's sex."),
    ReasonCode.REFUSED_BEFORE: Words("老人不愿由其服务", "The elder refused this carer."),
    ReasonCode.DECLINED_THIS: Words("已谢绝本次请求", "Declined this request already."),
}


class ChangeCode(StrEnum):
    """The smallest change that would make a carer's free time enough."""

    LATER_END = "later_end"
    SHORTER_VISIT = "shorter_visit"
    LONGER_DAY = "longer_day"
    OTHER_DAY = "other_day"


CHANGE_WORDS: Mapping[ChangeCode, Words] = {
    ChangeCode.LATER_END: Words("时间窗推后{minutes}分钟结束", "a window that ends {minutes} min later"),
    ChangeCode.SHORTER_VISIT: Words("服务缩短{minutes}分钟", "a visit {minutes} min shorter"),
    ChangeCode.LONGER_DAY: Words("当日工时放宽{minutes}分钟", "{minutes} more working minutes that day"),
    ChangeCode.OTHER_DAY: Words("改到另一天", "another day"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with the minutes it takes where it takes any."""

    code: ChangeCode
    minutes: int = 0

    def text(self, locale: Locale, /) -> str:
        """Say it in one language."""
        return CHANGE_WORDS[self.code].text(locale, minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Reason:
    """
    One code with what fills in its sentence.

    `minutes` and `limit_min` go with `out_of_range`: with `is_at_least` the way is longer than was searched, and
    `minutes` what it takes in a straight line at least. `change` goes with `no_time`.
    """

    code: ReasonCode
    minutes: int | None = None
    limit_min: int | None = None
    is_at_least: bool = False
    change: Change | None = None

    def text(self, locale: Locale, /) -> str:
        """Say why, in one language."""
        words = REASON_WORDS[self.code]
        if self.code is ReasonCode.OUT_OF_RANGE:
            minutes = f"≥{self.minutes}" if self.is_at_least else str(self.minutes)
            return words.text(locale, n=minutes, limit=self.limit_min)
        if self.code is ReasonCode.NO_TIME:
            return words.text(locale, change=(self.change or Change(ChangeCode.OTHER_DAY)).text(locale))
        return words.text(locale)

    def facts(self) -> dict[str, Any]:
        """Give what is known beside the code, for programs and for the stored run."""
        found: dict[str, Any] = {}
        if self.minutes is not None:
            found |= {"minutes": self.minutes, "limit_min": self.limit_min, "is_at_least": self.is_at_least}
        if self.change:
            found["change"] = {"code": self.change.code.value, "minutes": self.change.minutes}
        return found
