"""The reasons of a request's events in words, and which facts of them a reader is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dispatch import assignment, intake
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.journal import Entry

# ids and codes, of nobody: who serves, what was offered in which turn until when, which visit lost its carer and why
TOLD: Final = ("service_at_site_id", "offer_id", "turn_no", "expires_at", "start_at", "visit_id", "codes")
OF_INTAKE: Final = {
    "not_needed": Words("不再需要", "Not needed any more"),
    "served_elsewhere": Words("已另行解决", "Served elsewhere"),
    "entered_wrongly": Words("录入有误", "Entered wrongly"),
    "died": Words("去世", "The elder died"),
    "in_hospital": Words("住院", "In hospital"),
    "away": Words("外出", "Away"),
    "waiting_family": Words("等家属", "Waiting for the family"),
    "waiting_document": Words("等材料", "Waiting for a document"),
    "not_home": Words("无人应门", "Nobody opened the door"),
    "refused_at_door": Words("当面谢绝", "Refused at the door"),
    "moved_found": Words("已搬离", "Found to have moved"),
    "died_found": Words("已去世", "Found to have died"),
    "in_hospital_found": Words("已住院", "Found to be in hospital"),
    "nobody_came": Words("没有人上门", "Nobody came"),
    "not_safe": Words("现场不安全", "Not safe there"),
    "not_possible": Words("无法进行", "Not possible there"),
    "person": Words("本人或家属确认", "Confirmed by a person"),
    "silence": Words("到期无异议，视为确认", "Nobody said anything in time"),
    "upheld": Words("异议成立", "The dispute was upheld"),
    "rejected": Words("异议不成立", "The dispute was rejected"),
    "not_confirmed": Words("没有及时确认", "Not confirmed in time"),
    "moved_out": Words("已迁出", "The elder moved away"),
    "admitted": Words("已入住机构", "The elder was admitted to an institution"),
    "no_candidate": Words("没有机构能提供", "No provider can serve it"),
    "all_declined": Words("机构都没有接单", "No provider that was asked accepted"),
    "window_past": Words("约定时间已过", "The window has passed"),
    "carer_left": Words("服务人员空缺", "The carer is lost"),
}
REASON_WORDS: Final = (
    {code.value: words for code, words in assignment.REASON_WORDS.items() if "{" not in words.zh}
    | {code.value: words for code, words in assignment.DECLINE_WORDS.items()}
    | {code.value: words for code, words in intake.DISPUTE_WORDS.items()}
    | OF_INTAKE
)


def reason_words(entry: Entry) -> Words | None:
    """Give the reason of an event in words; None where it has none, or one that has no words."""
    return REASON_WORDS.get(entry.reason or "")


def told_facts(entry: Entry) -> dict[str, Any]:
    """Give the facts of an event that are about nobody."""
    return {name: entry.facts[name] for name in TOLD if entry.facts.get(name) is not None}
