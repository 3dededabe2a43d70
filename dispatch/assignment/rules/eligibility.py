"""Hard rules about the site, the elder and free places; each gives a reason or None."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.assignment.values import Reason, ReasonCode, shown_min
from dispatch.directory import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dispatch.assignment.values import Conditions, ElderCase, Places, Way


def judge_stage(stage: Stage | None) -> Reason | None:
    """Demand that the site is open for business."""
    return None if stage is Stage.OPEN else Reason(ReasonCode.SITE_NOT_OPEN)


def judge_hours(*, is_open_sometime: bool) -> Reason | None:
    """Demand that the provider is open for the whole service at some time of the window."""
    return None if is_open_sometime else Reason(ReasonCode.CLOSED_THEN)


def judge_way(way: Way) -> Reason | None:
    """Demand a site with a location, and a way from the home that is at most the limit."""
    if not way.is_located:
        return Reason(ReasonCode.UNLOCATED)
    if way.is_within:
        return None
    return out_of_range([way])


def out_of_range(ways: Iterable[Way]) -> Reason:
    """Say how far the nearest of several is, all of them too far."""
    nearest = min(ways, key=lambda way: (way.time_s is None, way.time_s or way.least_s))
    time_s = nearest.least_s if nearest.time_s is None else nearest.time_s
    return Reason(
        ReasonCode.OUT_OF_RANGE,
        minutes=shown_min(max(time_s, nearest.limit_s + 1)),
        limit_min=nearest.limit_s // 60,
        is_at_least=nearest.time_s is None,
    )


def judge_catchment(*, has_catchment: bool, is_inside: bool) -> Reason | None:
    """Demand that the home lies in the service area; a provider without one serves anywhere in reach."""
    return Reason(ReasonCode.OUTSIDE_CATCHMENT) if has_catchment and not is_inside else None


def judge_agreement(*, is_designated: bool) -> Reason | None:
    """Demand that who is paid by long-term-care insurance is one of its designated providers."""
    return None if is_designated else Reason(ReasonCode.NOT_DESIGNATED)


def judge_answer(*, has_declined: bool) -> Reason | None:
    """Leave out who has declined this request, or did not answer its offer in time."""
    return Reason(ReasonCode.DECLINED_THIS) if has_declined else None


def judge_age(elder: ElderCase, *, conditions: Conditions) -> Reason | None:
    """Demand the age; both limits are included."""
    low, high = conditions.minimum_age, conditions.maximum_age
    is_fit = (low is None or elder.age >= low) and (high is None or elder.age <= high)
    return None if is_fit else Reason(ReasonCode.AGE_NOT_ELIGIBLE)


def judge_categories(elder: ElderCase, *, conditions: Conditions) -> Reason | None:
    """Demand one of the categories."""
    is_fit = conditions.categories is None or bool(conditions.categories & elder.categories)
    return None if is_fit else Reason(ReasonCode.CATEGORY_NOT_ELIGIBLE)


def judge_grade(elder: ElderCase, *, conditions: Conditions) -> Reason | None:
    """Demand the grade, in force: an expired one is none."""
    is_fit = conditions.grades is None or elder.grade in conditions.grades
    return None if is_fit else Reason(ReasonCode.GRADE_NOT_ELIGIBLE)


def judge_registration(elder: ElderCase, *, conditions: Conditions) -> Reason | None:
    """Demand a household registration within the area; an unknown one is not."""
    prefix = conditions.registration_prefix
    is_fit = not prefix or (elder.registered_area_code or "").startswith(prefix)
    return None if is_fit else Reason(ReasonCode.REGISTRATION_NOT_ELIGIBLE)


def judge_elder(elder: ElderCase, *, conditions: Conditions) -> list[Reason]:
    """Give every condition that the elder does not meet."""
    rules = (judge_age, judge_categories, judge_grade, judge_registration)
    return [reason for rule in rules if (reason := rule(elder, conditions=conditions))]


def judge_places(places: Places | None, *, now: datetime) -> list[Reason]:
    """Demand of a stated capacity a free place and news no older than a day; none stated is no limit."""
    if places is None:
        return []
    found = []
    if places.free <= 0:
        found.append(Reason(ReasonCode.FULL))
    if places.updated_at is not None and now - places.updated_at > places.stale_after:
        found.append(Reason(ReasonCode.STALE_VACANCY))
    return found
