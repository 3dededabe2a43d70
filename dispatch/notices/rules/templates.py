"""
The short texts: one message each, at most 70 characters with the signature, and nothing that tells more than needed.

An elder stands in them by surname; staff are told of no elder at all. A gateway in China sends registered templates:
what is registered there has the sentences below, with `who`, `service` and `when` as its variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.notices.rules.sentences import SOME_SERVICE, show_time, surname_of
from dispatch.notices.values import Addressee, Template
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

ONE_MESSAGE = 70  # characters of UCS-2 in one short message (3GPP TS 23.038: 140 octets)
SIGNATURE_MAX = 10  # characters between 【 and 】
SENTENCES: Mapping[Template, Words] = {
    Template.ACCEPTED: Words("{who}：{service}已有机构接单，{when}。", "{who}: {service} was accepted for {when}."),
    Template.REARRANGED: Words(
        "{who}：{when}的{service}原安排有变，正在重新安排。", "{who}: {service} of {when} is being rearranged."
    ),
    Template.MOVED: Words(
        "{who}：{service}的时间或人员有调整，现为{when}。", "{who}: {service} has a new time or carer: {when}."
    ),
    Template.CANCELED: Words("{who}：{when}的{service}已取消。", "{who}: {service} of {when} was canceled."),
    Template.UNMATCHED: Words(
        "{who}：{when}的{service}暂无人可接，会有人联系您。",
        "{who}: nobody was found yet for {service} of {when}. We will call you.",
    ),
    Template.FAILED: Words(
        "{who}：{when}的{service}未能完成，会有人联系您。",
        "{who}: {service} of {when} could not be done. We will call you.",
    ),
    Template.OFFERED: Words(
        "有新的请求待答复：{service}，{when}，请登录处理。", "A request waits for you: {service}, {when}. Sign in."
    ),
    Template.VISIT_PLANNED: Words(
        "新的上门安排：{service}，{when}，详情请登录查看。", "New visit: {service}, {when}. Sign in for details."
    ),
    Template.VISIT_CANCELED: Words(
        "{when}的{service}安排已取消，请勿前往。", "{service} of {when} is canceled: do not go."
    ),
    Template.ALARM: Words(
        "紧急请求无人应答：{service}，{when}，请立即登录处理。",
        "Emergency without an answer: {service}, {when}. Sign in at once.",
    ),
    Template.TRIAL: Words("这是一条测试短信，不必回复。", "This is a test message; no reply is needed."),
}
CALLED: Mapping[Addressee, Words] = {
    Addressee.ELDER: Words("{surname}姓老人", "Elder {surname}"),
    Addressee.FAMILY: Words("{surname}姓老人家属", "Family of elder {surname}"),
    Addressee.STAFF: Words("", ""),
}
CALLED_NOTHING: Mapping[Addressee, Words] = {
    Addressee.ELDER: Words("您好", "Hello"),
    Addressee.FAMILY: Words("老人家属", "Family"),
    Addressee.STAFF: Words("", ""),
}


def make_values(
    *, addressee: Addressee, name: str, label: str, starts_at: datetime | None, zone: ZoneInfo, locale: Locale
) -> dict[str, str]:
    """Give what a template takes: how the elder is called (`who`), the service and the local time."""
    surname = surname_of(name)
    who = CALLED[addressee].text(locale, surname=surname) if surname else CALLED_NOTHING[addressee].text(locale)
    return {
        "who": who,
        "service": label or SOME_SERVICE.text(locale),
        "when": show_time(starts_at, zone=zone, locale=locale),
    }


def render(template: Template, *, values: Mapping[str, str], locale: Locale) -> str:
    """Give the sentence of a short text, without the signature."""
    return SENTENCES[template].text(locale, **values)
