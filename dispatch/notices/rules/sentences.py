"""The sentences of the feed, and how an elder and a time stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

SENTENCES: Mapping[str, Words] = {
    "care_request.submitted": Words(
        "{elder}的{service}请求已收到（{when}）。", "{service} for {elder} was asked for ({when})."
    ),
    "care_request.accepted": Words(
        "{elder}的{service}已有机构接单（{when}）。", "{service} for {elder} was accepted ({when})."
    ),
    "care_request.scheduled": Words(
        "{elder}的{service}已安排人员（{when}）。", "{service} for {elder} has its carers ({when})."
    ),
    "care_request.unscheduled": Words(
        "{elder}的{service}人员有变，正在重新安排（{when}）。",
        "{service} for {elder} lost a carer and is being rearranged ({when}).",
    ),
    "care_request.started": Words("{elder}的{service}已开始。", "{service} for {elder} has begun."),
    "care_request.completed": Words(
        "{elder}的{service}已完成，请确认并评价。", "{service} for {elder} is done: please confirm and rate it."
    ),
    "care_request.failed": Words(
        "{elder}的{service}未能完成（{when}）。", "{service} for {elder} could not be done ({when})."
    ),
    "care_request.unmatched": Words(
        "{elder}的{service}暂时无人可接（{when}）。", "Nobody was found for {service} for {elder} ({when})."
    ),
    "care_request.held": Words("{elder}的{service}请求已暂停。", "{service} for {elder} is on hold."),
    "care_request.resumed": Words(
        "{elder}的{service}请求已恢复（{when}）。", "{service} for {elder} goes on ({when})."
    ),
    "care_request.reopened": Words(
        "{elder}的{service}安排已撤回，正在另找机构（{when}）。",
        "The arrangement of {service} for {elder} was taken back; another provider is looked for ({when}).",
    ),
    "care_request.canceled": Words(
        "{elder}的{service}已取消（{when}）。", "{service} for {elder} was canceled ({when})."
    ),
    "care_request.voided": Words(
        "{elder}的{service}请求因录入有误已作废（{when}）。",
        "{service} for {elder} had been entered wrongly and was voided ({when}).",
    ),
    "care_request.breached": Words(
        "{elder}的{service}请求已超过时限（{when}）。", "{service} for {elder} is over its time limit ({when})."
    ),
    "care_request.confirmed": Words("{elder}的{service}已由对方确认。", "{service} for {elder} was confirmed."),
    "care_request.disputed": Words("{elder}的{service}有异议，待处理。", "{service} for {elder} is disputed."),
    "care_request.dispute_closed": Words(
        "{elder}的{service}：异议已处理。", "The dispute over {service} for {elder} was settled."
    ),
    "offer.made": Words("有一项{service}待答复（{elder}，{when}）。", "{service} is offered to you ({elder}, {when})."),
    "offer.accepted": Words("已接单：{service}（{elder}，{when}）。", "You accepted {service} ({elder}, {when})."),
    "offer.declined": Words("已谢绝：{service}（{elder}，{when}）。", "You declined {service} ({elder}, {when})."),
    "offer.expired": Words(
        "{service}的派单超时未答复，已转给下一家（{elder}，{when}）。",
        "The offer of {service} ran out and goes on to the next ({elder}, {when}).",
    ),
    "offer.withdrawn": Words(
        "{service}的派单已撤回（{elder}，{when}）。", "The offer of {service} was withdrawn ({elder}, {when})."
    ),
    "visit.assigned": Words(
        "新的上门安排：{elder}的{service}（{when}）。", "You are to go for {service} to {elder} ({when})."
    ),
    "visit.published": Words(
        "上门安排已确定：{elder}的{service}（{when}）。", "Your visit is settled: {service} for {elder} ({when})."
    ),
    "visit.moved": Words(
        "{elder}的{service}时间或人员有调整，现为{when}。", "{service} for {elder} has a new time or carer: {when}."
    ),
    "visit.canceled": Words(
        "上门安排已取消：{elder}的{service}（{when}）。", "Your visit is canceled: {service} for {elder} ({when})."
    ),
    "visit.unassigned": Words(
        "不用再去：{elder}的{service}（{when}）已改派。",
        "You need not go: {service} for {elder} ({when}) was taken off you.",
    ),
    "visit.problem_reported": Words(
        "上门遇到问题：{elder}的{service}（{when}），看班表上的说明。",
        "A problem with {service} for {elder} ({when}): see the board.",
    ),
    "visit.missed": Words(
        "{elder}的{service}没有按时上门的记录（{when}）。", "No visit was logged for {service} for {elder} ({when})."
    ),
    "supervisor_task.raised": Words(
        "需要处理：{task}。{elder}的{service}（{when}）。", "{task}: {service} for {elder} ({when}) needs you."
    ),
}
SOMEBODY = Words("一位老人", "an elder")
SOME_SERVICE = Words("服务", "a service")
SOME_TASK = Words("待处理", "to be looked at")
SOME_TIME = Words("时间未定", "no time yet")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# surnames of two characters, one after the other: those of the Hundred Family Surnames that are still common
_PAIRS = (
    "欧阳上官司马诸葛东方皇甫尉迟公孙慕容令狐长孙宇文司徒夏侯轩辕端木独孤南宫东郭百里呼延澹台"
    "公冶宗政濮阳淳于单于太叔申屠仲孙钟离鲜于闾丘赫连闻人万俟第五拓跋西门左丘公羊谷梁"
)
LONG_SURNAMES = frozenset(_PAIRS[at : at + 2] for at in range(0, len(_PAIRS), 2))


def show_time(at: datetime | None, *, zone: ZoneInfo, locale: Locale) -> str:
    """Give a local time as it is said: 3月31日14:00, 31 Mar 14:00."""
    if at is None:
        return SOME_TIME.text(locale)
    local = at.astimezone(zone)
    if locale is Locale.EN:
        return f"{local.day} {MONTHS[local.month - 1]} {local:%H:%M}"
    return f"{local.month}月{local.day}日{local:%H:%M}"


def surname_of(name: str) -> str:
    """Give the surname of a Chinese name; "" where none can be told apart from the rest."""
    plain = name.strip()
    if not plain or not all("一" <= sign <= "鿿" for sign in plain):
        return ""
    return plain[:2] if plain[:2] in LONG_SURNAMES and len(plain) > len("欧阳") else plain[:1]
