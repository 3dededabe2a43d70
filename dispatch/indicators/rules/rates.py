"""From the areas of a coverage run to the policy's rates: people, communities, subdistricts side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispatch import areas, coverage
from dispatch.indicators.rules.hiding import hide_form
from dispatch.indicators.rules.targets import holds, meets
from dispatch.indicators.values import CENTRAL, SENSITIVITY, Count, Form, FormFigure, Measure, RateTarget
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dispatch.indicators.values import TargetRecord

RULE_VERSION = "policy-rates-2026-1"
"""Names the rules below; a changed rule takes another name."""

RULES = {
    Measure.HOME_CARE: Words(
        "代用指标（文件没有定义）：家在“提供上门养老服务的开门站点”步行 15 分钟服务圈内的老年人 ÷ 60 岁以上老年人；"
        "上门能到的范围另列，从不与服务圈相加。",
        "A proxy, since the document defines none: elders whose home is within a 15-minute walk of an open site "
        "where carers "
        "of a home service start / elders of 60 and older. What carers reach stands beside it and is never added.",
    ),
    Measure.DAY_CARE_URBAN: Words(
        "城镇社区：有自己的开门日间照料机构（照料中心、托老所、老年服务中心），或至少一半老年人在 15 分钟服务圈内，"
        "即为覆盖。"
        "文件没有说按人、按社区还是按街镇算，三种都列。",
        "Urban communities: covered if they have an open day-care facility of their own (day care center, day nursery, "
        "community elder center) or at least half of their elders within a 15-minute walk of day care. The document "
        "does not "
        "say whether people, communities or subdistricts are counted, so all are given.",
    ),
    Measure.DAY_CARE_RURAL: Words(
        "村：只看有没有自己的开门日间照料机构，含农村互助幸福院；服务圈只用于按人计算的一行。",
        "Villages: only an open day-care facility or rural mutual-aid home of their own counts; the circle is used "
        "in the row "
        "of people alone.",
    ),
}
REACH_RULE = Words(
    "上门范围：服务人员按自己的出行方式从站点出发能到的老年人，与步行服务圈是两回事，从不相加；见覆盖页“上门”。",
    "Reach: elders to whom carers get from their site by their own mode. It is another thing than the walking circle "
    "and never "
    "added to it.",
)
PEOPLE_RULE = Words(
    "服务圈内的老年人 ÷ 老年人；没有坐标的算未覆盖。",
    "Elders within the circle / elders; the unlocated count as outside.",
)
PEOPLE_OF_RULE = Words(
    "住在达标社区（村）的老年人 ÷ 老年人。", "Elders who live in communities (villages) that count / elders."
)
COMMUNITIES_RULE = Words(
    "达标社区（村）÷ 全部社区（村）；既没有老年人也没有站点的社区不计。",
    "Communities (villages) that count / all; communities with neither elders nor a site are left out.",
)
SUBDISTRICTS_RULE = Words(
    "至少一半老年人在服务圈内的街镇 ÷ 街镇。",
    "Subdistricts with at least half of their elders within the circle / subdistricts.",
)
SUBDISTRICTS_OF_VILLAGES_RULE = Words(
    "至少一半的村达标的街镇 ÷ 有村的街镇。", "Subdistricts at least half of whose villages count / those with villages."
)


@dataclass(frozen=True, slots=True)
class CommunityFacts:
    """One community of a run: elders, covered at each of `CENTRAL` and `SENSITIVITY`, open sites of its own."""

    code: str
    settlement: str | None
    elders: int
    covered: dict[str, int]
    own_sites: int

    @property
    def subdistrict(self) -> str | None:
        """Give the code of the subdistrict."""
        return areas.parent_code(self.code)


def choose_targets(targets: Iterable[TargetRecord], *, measure: Measure, area_code: str) -> tuple[RateTarget, ...]:
    """Give all targets of a rate, those that hold in the area first, then by id."""
    found = [
        RateTarget(target, applies=holds(target, area_code=area_code))
        for target in targets
        if target.measure is measure
    ]
    return tuple(sorted(found, key=lambda each: (not each.applies, -len(each.target.area_code), each.target.id)))


def give_forms(
    measure: Measure,
    *,
    communities: Sequence[CommunityFacts],
    everybody: CommunityFacts,
    targets: Sequence[RateTarget],
    sees_small: bool,
) -> tuple[FormFigure, ...]:
    """
    Give a rate in all its forms.

    Parameters
    ----------
    measure : Measure
        Home care counts all communities, the two of day care those of town or country.
    communities : sequence of CommunityFacts
        All communities of the area; those of the other settlement are left out here.
    everybody : CommunityFacts
        The area as a whole, with elders whose community is not known.
    targets : sequence of RateTarget
        What the forms are held against.
    sees_small : bool
        Whether counts of 1 to 4 people are shown.

    """
    settlement = {Measure.DAY_CARE_URBAN: areas.Settlement.URBAN, Measure.DAY_CARE_RURAL: areas.Settlement.RURAL}
    wanted = settlement.get(measure)
    chosen = [each for each in communities if wanted is None or each.settlement == wanted]
    is_by_own_site = measure is Measure.DAY_CARE_RURAL
    judge = _has_own_site if is_by_own_site else _is_covered
    figures = (
        _figure(
            Form.PEOPLE,
            rule=PEOPLE_RULE,
            count=lambda at: _people([everybody] if wanted is None else chosen, at=at),
            targets=targets,
        ),
        _figure(
            Form.PEOPLE_OF_COMMUNITIES,
            rule=PEOPLE_OF_RULE,
            count=lambda at: Count(
                sum(each.elders for each in chosen if judge(each, at)), sum(each.elders for each in chosen)
            ),
            targets=targets,
        ),
        _figure(
            Form.COMMUNITIES,
            rule=COMMUNITIES_RULE,
            count=lambda at: _judged([judge(each, at) for each in chosen]),
            targets=targets,
            left_out=sum(judge(each, CENTRAL) is None for each in chosen),
        ),
        _figure(
            Form.SUBDISTRICTS,
            rule=SUBDISTRICTS_OF_VILLAGES_RULE if is_by_own_site else SUBDISTRICTS_RULE,
            count=lambda at: _judged(_towns(chosen, at=at, is_by_own_site=is_by_own_site)),
            targets=targets,
            left_out=_towns(chosen, at=CENTRAL, is_by_own_site=is_by_own_site).count(None),
        ),
    )
    if sees_small:
        return figures
    counts_people = {Form.PEOPLE, Form.PEOPLE_OF_COMMUNITIES}
    return tuple(hide_form(each) if each.form in counts_people else each for each in figures)


def _figure(
    form: Form,
    *,
    rule: Words,
    count: Callable[[str], Count],
    targets: Sequence[RateTarget],
    left_out: int = 0,
) -> FormFigure:
    central, at = count(CENTRAL), {name: count(name) for name in SENSITIVITY}
    met = {each.target.id: _meets(each.target, count=central) for each in targets}
    # targets of other districts are shown beside; those in force here say whether the figure is on the edge
    deciding = [each for each in targets if each.applies] or targets
    borders = [_meets(each.target, count=other) != met[each.target.id] for each in deciding for other in at.values()]
    return FormFigure(
        form=form,
        count=central,
        at=at,
        meets=met,
        is_borderline=any(borders) if central.share is not None and targets else None,
        left_out=left_out,
        rule=rule,
    )


def _meets(target: TargetRecord, *, count: Count) -> bool | None:
    return meets(target, amount=count.numerator, of=count.denominator)


def _people(chosen: Sequence[CommunityFacts], *, at: str) -> Count:
    return Count(sum(each.covered[at] for each in chosen), sum(each.elders for each in chosen))


def _judged(states: Sequence[bool | None]) -> Count:
    return Count(states.count(True), len(states) - states.count(None))


def _is_covered(each: CommunityFacts, at: str) -> bool | None:
    return coverage.judge_state(elders=each.elders, covered=each.covered[at], own_sites=each.own_sites)


def _has_own_site(each: CommunityFacts, _at: str) -> bool | None:
    return each.own_sites > 0


def _towns(chosen: Sequence[CommunityFacts], *, at: str, is_by_own_site: bool) -> list[bool | None]:
    towns: dict[str | None, list[CommunityFacts]] = {}
    for each in chosen:
        towns.setdefault(each.subdistrict, []).append(each)
    if is_by_own_site:
        return [2 * sum(each.own_sites > 0 for each in town) >= len(town) for town in towns.values()]
    return [
        coverage.judge_state(
            elders=sum(each.elders for each in town), covered=sum(each.covered[at] for each in town), own_sites=0
        )
        for town in towns.values()
    ]
