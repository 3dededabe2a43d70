"""Why a stop of a plan is as it is, and what would give a visit a place, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

# the planner's codes (`planner.WhyCarer`, and `planner.WhyStart` with `start_` before it)
STOP_REASON_WORDS: Mapping[str, Words] = {
    "executed": Words("已经由其开始或完成", "This carer began or did it."),
    "pinned": Words("人员已固定", "The carer is pinned."),
    "only_one": Words("只有这一人可以做", "Nobody else may do it."),
    "only_one_free": Words("别人可以做，但都没有时间", "Others may, none of them has time."),
    "usual": Words("平时就是这名人员", "The usual carer."),
    "preferred": Words("老人希望的人员", "The elder prefers this carer."),
    "kept": Words("与已告知的安排一致", "As people were told."),
    "least_travel": Words("可选人员中路程最短", "Least travel of all who could."),
    "least_cost": Words("综合路程、准时和工时最合适", "Best by travel, punctuality and hours together."),
    "whole_day": Words("全天的安排这样更好", "Better for the day as a whole."),
    "start_executed": Words("按实际开始的时间", "When it really began."),
    "start_pinned": Words("时间已固定", "The time is pinned."),
    "start_window_opens": Words("约定时段一开始", "As the window opens."),
    "start_other_carer": Words("按另一名人员能到的时间", "When the other carer can be there."),
    "start_as_planned": Words("开始时间保持原来的安排", "Keeps the start that it had."),
    "start_on_arrival": Words("到门即开始", "Begins on arrival."),
}
# the planner's remedies (`planner.RemedyKind`), and what the building itself says
PLACE_WORDS: Mapping[str, Words] = {
    "locate_home": Words("先给老人住址定位", "Locate the elder's home."),
    "import_streets": Words("先导入该区的路网", "Import the streets of the area."),
    "later_end": Words("时间窗推后{minutes}分钟结束", "Let the window end {minutes} min later."),
    "unpin": Words("取消它的固定，或固定给有空的当班人员", "Unpin it, or pin it to a carer on duty who is free."),
    "free_longer": Words("有人多空出{minutes}分钟", "A carer free for {minutes} min more."),
    "window_longer": Words("最晚开始推后{minutes}分钟", "A latest start {minutes} min later."),
    "window_earlier": Words("最早开始提前{minutes}分钟", "An earliest start {minutes} min earlier."),
    "shift_longer": Words("有人晚下班{minutes}分钟", "A carer on duty {minutes} min longer."),
    "shift_earlier": Words("有人早上班{minutes}分钟", "A carer on duty {minutes} min earlier."),
    "limit_more": Words("当日工时放宽{minutes}分钟", "{minutes} more working minutes that day."),
    "less_travel": Words("路程缩短{minutes}分钟", "A way that is {minutes} min shorter."),
    "way_found": Words("补上通往那里的路", "A way there on the street network."),
    "skill_learned": Words("有人具备所需资质", "A carer with the skill."),
    "sex_wish_lifted": Words("老人不再要求人员性别", "The elder drops the wish about the carer's sex."),
    "refusal_lifted": Words("老人同意由其服务", "The elder agrees to the carer."),
    "team_lifted": Words("由别的机构的人员去", "Carers of another organization may come."),
    "pin_lifted": Words("取消另一次上门的固定", "Unpin the other visit."),
    "other_carer_free": Words("另一名人员那时有空", "The second carer free at that time."),
    "stops_given_up": Words("让出{count}次别的上门", "A carer gives up {count} other visits."),
    "added": Words("有空位，直接加进来", "There is a place: add it."),
    "added_anyway": Words(
        "有空位，但会多费路程和工时，不值得为它绕；仍可加进来",
        "There is a place, at the price of more way and hours than an optional visit is given: add it all the same.",
    ),
    "visit_split": Words("拆成几次上门，每次不超过{minutes}分钟", "Split it into visits of at most {minutes} min."),
    "held": Words("更紧急的上门让出时间", "More urgent visits make room."),
}
HELD_WORDS = Words("占着时段的是{count}次更紧急的上门", "{count} more urgent visits hold the time.")
LATER_WORDS = Words("另有{count}次上门会推后", "{count} other visits would begin later.")


def stop_reason_text(reason: Mapping[str, Any], /, *, locale: Locale) -> str:
    """Say one reason of a stop; an unknown code is said as it is."""
    words = STOP_REASON_WORDS.get(str(reason["code"]))
    return words.text(locale) if words else str(reason["code"])


def change_text(change: Mapping[str, Any] | None, /, *, locale: Locale) -> str | None:
    """Say what would give a visit a place, who holds it and what it would move; None where nothing small does."""
    words = PLACE_WORDS.get(str(change["code"])) if change else None
    if words is None or change is None:
        return None
    said = [words.text(locale, minutes=change.get("minutes", 0), count=len(change.get("visit_ids", ())))]
    for name, more in (("held_by", HELD_WORDS), ("delayed", LATER_WORDS)):
        if change.get(name):
            said.append(more.text(locale, count=len(change[name])))
    return ("；" if locale is not Locale.EN else " ").join(said)
