"""What map.png says, in Chinese or in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dispatch.cli.city_files import ATTRIBUTION
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from dispatch.coverage import CityFindings, CityGap
    from dispatch.drawing import Font

SECONDS_A_MINUTE = 60
GAPS_SHOWN = 5
PERCENT = 100
# What a bar of the band stands for: the limit asked for, another one, or what is shown for comparison only.
OWN, OTHER, NO_FIGURE = "own", "other", "no figure"

TITLE = Words(
    "{city}：{outside} {unit}（{share}）步行 {minutes} 分钟到不了{sites}",
    "{city}: {outside} of {all} {unit} ({share}) live more than {minutes} minutes' walk from {sites}",
)
TITLE_AREA = Words(
    "{city}：{share}的建筑面积步行 {minutes} 分钟到不了{sites}",
    "{city}: {share} of all floor area lies more than {minutes} minutes' walk from {sites}",
)
KEY = Words(
    "{minutes} 分钟步行可达{sites}：{covered} / {all} {unit}",
    "of {unit} within {minutes} minutes' walk of {sites}: {covered} of {all}",
)
BAND = Words("换一个上限会怎样（{speed} 米/秒）", "At other limits ({speed} m/s)")
MINUTES = Words("{minutes} 分钟", "{minutes} min")
SLOWER = Words("慢 20 %", "20 % slower")
STRAIGHT = Words("直线距离", "straight line")
LEGEND = Words("每个六边形里到不了的{unit}", "Out of reach: {unit} per hexagon (about 0.1 km²)")
BELOW = Words("不到 {bound}", "below {bound}")
ABOVE = Words("{bound} 及以上", "{bound} and more")
REACHED = Words("{minutes} 分钟内可达，界线为上限", "within {minutes} minutes; the line is the limit")
SITES = Words("站点 {count} 个：{sites}", "{count} sites: {sites}")
NOBODY = Words("没有颜色：没有需求，或都可达", "no colour: nothing there, or all in reach")
GAPS = Words("最大的空白", "The largest gaps")
GAP = Words("{uncovered} {unit}，最近站点 {nearest} 分钟", "{uncovered} {unit}; nearest site {nearest} min")
GAP_FAR = Words("{uncovered} {unit}，没有路通到站点", "{uncovered} {unit}; no way to any site")
CITY = Words("本图", "this map")
ONE_CATEGORY = Words("站点", "sites")
ONE_UNIT = Words("需求", "demand")
AREA_UNIT = Words("平方米建筑面积", "m² of floor")
PROXY = Words("按建筑面积估算，不是人数", "estimated by floor area of buildings: not people")
# Names that the product itself gives; others are shown as they are.
CATEGORY_WORDS = {
    "social_facility": Words("社会服务设施", "social facilities"),
    "nursing_home": Words("养老院", "nursing homes"),
    "clinic": Words("诊所", "clinics"),
    "hospital": Words("医院", "hospitals"),
    "pharmacy": Words("药店", "pharmacies"),
    "community_centre": Words("社区中心", "community centres"),
    "healthcare": Words("医疗点", "healthcare"),
}
UNIT_WORDS = {
    "population": Words("居民", "residents"),
    "residents": Words("居民", "residents"),
    "elders": Words("老年人", "elders"),
    "floor_area_m2": AREA_UNIT,
}
FOOT = Words(
    "路网 {network}（地图数据 {date}），速度 {speed} 米/秒；"
    "{snap:g} 米内没有街道的点不算可达（{unlocated} {unit}）。{rule}",
    "Network {network} (map data of {date}); {speed} m/s; points with no street within {snap:g} m are out of reach "
    "({unlocated} {unit}). {rule}",
)
FOOT_SOURCES = Words(
    "站点：{sites}；需求：{demand}。{proxy}"
    "按另一种端点规则为 {other}；直线距离 {straight}，只作比较。规则 {version}。{attribution}",
    "Sites: {sites}; demand: {demand}. {proxy}By the other origin rule {other}; straight line {straight}, "
    "for comparison only. Rules {version}. {attribution}",
)
UNKNOWN_DATE = Words("日期不详", "unknown date")


@dataclass(frozen=True, slots=True)
class Phrases:
    """All texts of the picture; `columns` is how many characters a line of the side column holds."""

    title: str
    key_number: str
    key_text: str
    band_title: str
    band: tuple[tuple[str, float, str], ...]
    legend_title: str
    below: str
    above: str
    reached: str
    sites: str
    nobody: str
    gaps_title: str
    gaps: tuple[str, ...]
    foot: tuple[str, ...]
    columns: int


def phrases_of(found: CityFindings, *, summary: dict[str, Any], font: Font) -> Phrases:
    """Say what was found in the language of the font; a name that it cannot draw is replaced by a general one."""
    locale = font.locale
    assumptions = summary["assumptions"]
    own = assumptions["limit_min"]

    def name(text: str, *, known: dict[str, Words], otherwise: Words) -> str:
        words = known.get(text)
        shown = words.text(locale) if words else text
        return shown if font.can_draw(shown) else otherwise.text(locale)

    def say(words: Words, **more: object) -> str:
        return words.text(locale, **facts, **more)

    share = found.at_limit.covered_share
    facts: dict[str, object] = {
        "city": name(assumptions["network_name"], known={}, otherwise=CITY),
        "unit": name(assumptions["demand_name"], known=UNIT_WORDS, otherwise=ONE_UNIT),
        "sites": name(found.category, known=CATEGORY_WORDS, otherwise=ONE_CATEGORY),
        "minutes": own,
        "speed": assumptions["speed_mps"],
        "all": _count(found.demand),
        "covered": _count(found.at_limit.covered),
        "outside": _count(found.demand - found.at_limit.covered),
        "share": f"{PERCENT * (1 - share):.1f} %",
    }
    sources = {
        part: name(str(assumptions["sources"][part]["source"]), known={}, otherwise=words)
        for part, words in (("sites", ONE_CATEGORY), ("demand", ONE_UNIT))
    }
    is_proxy = assumptions["demand_is_proxy"]
    stated = {int(minutes): shares.covered_share for minutes, shares in found.band.items()} | {own: share}
    band = [(MINUTES.text(locale, minutes=m), stated[m], OWN if m == own else OTHER) for m in sorted(stated)]
    band.append((SLOWER.text(locale), found.slower.covered_share, OTHER))
    band.append((STRAIGHT.text(locale), found.straight.covered_share, NO_FIGURE))
    foot = (
        FOOT.text(
            locale,
            network=name(assumptions["network"], known={}, otherwise=CITY),
            date=(assumptions["network_date"] or UNKNOWN_DATE.text(locale))[:10],
            speed=assumptions["speed_mps"],
            snap=assumptions["snap_limit_m"],
            unlocated=_count(found.unlocated),
            unit=facts["unit"],
            rule=assumptions["origin_rule_zh" if locale is Locale.ZH else "origin_rule_en"],
        ),
        assumptions["boundary_rule_zh" if locale is Locale.ZH else "boundary_rule_en"],
        FOOT_SOURCES.text(
            locale,
            **sources,
            proxy=(PROXY.text(locale) + ("。" if locale is Locale.ZH else ". ")) if is_proxy else "",
            other=f"{PERCENT * found.other_rule.covered_share:.1f} %",
            straight=f"{PERCENT * found.straight.covered_share:.1f} %",
            version=assumptions["rule_version"],
            attribution=ATTRIBUTION,
        ),
    )
    return Phrases(
        title=say(TITLE_AREA if is_proxy else TITLE),
        key_number=f"{PERCENT * share:.1f} %",
        key_text=say(KEY),
        band_title=say(BAND),
        band=tuple(band),
        legend_title=say(LEGEND),
        below=BELOW.text(locale),
        above=ABOVE.text(locale),
        reached=say(REACHED),
        sites=SITES.text(locale, count=f"{found.sites:,}", sites=facts["sites"]),
        nobody=NOBODY.text(locale),
        gaps_title=GAPS.text(locale),
        gaps=tuple(_gap(gap, unit=str(facts["unit"]), locale=locale) for gap in found.gaps[:GAPS_SHOWN]),
        foot=foot,
        columns=23 if locale is Locale.ZH else 40,
    )


def _gap(gap: CityGap, *, unit: str, locale: Locale) -> str:
    if gap.nearest_s is None:
        return GAP_FAR.text(locale, uncovered=_count(gap.uncovered), unit=unit)
    nearest = -(-gap.nearest_s // SECONDS_A_MINUTE)
    return GAP.text(locale, uncovered=_count(gap.uncovered), unit=unit, nearest=nearest)


def _count(number: float) -> str:
    return f"{number:,.0f}"
