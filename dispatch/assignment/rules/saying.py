"""The planner's codes and numbers said to a person who plans: names of carers, hours, minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dispatch import planner
from dispatch.assignment.values import Rule
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

MINUTE_S: Final = 60
R = planner.PlanningReason
K = planner.RemedyKind
BLOCKS: Final[Mapping[str, Words]] = {
    R.NO_NETWORK: Words("老人家附近没有路网，排不了", "No streets are known near the elder's home"),
    R.WINDOW_PAST: Words("时间窗已过", "The time window has passed"),
    R.VISIT_TOO_LONG: Words("时长超过{carer}的班次", "It is longer than any shift of {carer}"),
    R.NO_SKILL: Words("{carer}没有{skills}资格", "{carer} is not qualified for {skills}"),
    R.SEX_NOT_MATCHED: Words("老人要求的性别与{carer}不符", "The elder wishes a carer of the other sex than {carer}"),
    R.REFUSED_BEFORE: Words("老人不愿由{carer}服务", "The elder refused {carer}"),
    R.NO_SHIFT: Words("{carer}这个时段不上班", "{carer} is not on shift then"),
    R.TRAVEL_TOO_LONG: Words("{carer}路上来不及", "{carer} cannot arrive in time"),
    R.DAY_LIMIT: Words("{carer}当天工时已满，会超{minutes}分钟", "{carer}'s day would be {minutes} minutes too long"),
    R.NO_TIME: Words("{carer}这个时段的空当不够", "{carer} has not enough free time then"),
    R.NO_PAIR: Words("这次上门要两个人，凑不齐", "This visit needs two carers, and no two can come together"),
    R.PIN_CONFLICT: Words("与固定的安排冲突", "It conflicts with a pinned visit"),
    R.OUTRANKED: Words("更紧急的上门占着这个时段", "More urgent visits hold this time"),
    R.HAS_PLACE: Words("有空位，没有排进去", "There is a place for it, and it was not put there"),
    planner.BlockedBy.EXECUTED: Words("已经开始的上门不能再改", "A visit that has begun cannot be changed"),
    planner.BlockedBy.NOT_IN_PLAN: Words("这次上门还没排上，先加进来", "This visit has no place yet: add it first"),
    planner.BlockedBy.IN_PLAN: Words("这次上门已经排上了", "This visit has a place already"),
    planner.BlockedBy.NOT_A_PAIR: Words("这不是两个人的上门，不用拆开", "This is no visit for two"),
    planner.BlockedBy.IS_A_PAIR: Words("两个人的上门不能这样对换", "A visit for two cannot be swapped so"),
    planner.BlockedBy.SAME_CARER: Words("本来就是同一个人", "It is the same carer already"),
    planner.BlockedBy.OTHER_OF_PAIR: Words("{carer}已经是两人中的另一位", "{carer} is the other of the two already"),
}
OTHER_TEAM: Final = Words("{carer}是别家机构的人员", "{carer} works for another organization")
BUSY: Final = Words("{carer} {from_time}–{to_time} 已有上门", "{carer} has a visit {from_time}–{to_time}")
OTHER_FREE: Final = Words("要两个人，{carer} {at} 才有空", "It needs two carers; {carer} is free from {at}")
OUTSIDE_WINDOW: Final = Words(
    "老人约的时段里，这次上门要在 {from_time} 到 {to_time} 之间开始",
    "In the window that was asked for it begins between {from_time} and {to_time}",
)
SAME_TIME: Final = Words("老人那时还有另一项服务", "The elder has another service at that time")
SOMEBODY: Final = Words("这名人员", "The carer")
SOME_SKILL: Final = Words("这项", "this")
REMEDIES: Final[Mapping[str, Words]] = {
    K.FREE_LONGER: Words("再空出{minutes}分钟就可以", "{minutes} more free minutes would do"),
    K.WINDOW_LONGER: Words("时间窗放宽{minutes}分钟就可以", "A window {minutes} minutes longer would do"),
    K.WINDOW_EARLIER: Words(
        "时间窗提前{minutes}分钟开始就可以", "A window that opens {minutes} minutes earlier would do"
    ),
    K.SHIFT_LONGER: Words("晚下班{minutes}分钟就可以", "A shift {minutes} minutes longer would do"),
    K.SHIFT_EARLIER: Words("早上班{minutes}分钟就可以", "Beginning {minutes} minutes earlier would do"),
    K.LIMIT_MORE: Words("工时上限多{minutes}分钟就可以", "{minutes} more minutes of daily hours would do"),
    K.LESS_TRAVEL: Words("路上少{minutes}分钟就可以", "{minutes} minutes less travel would do"),
    K.WAY_FOUND: Words("补上到那里的路就可以", "A way there would do"),
    K.SKILL_LEARNED: Words("{carer}取得{skills}资格就可以", "{carer} being qualified for {skills} would do"),
    K.SEX_WISH_LIFTED: Words("老人不再要求性别就可以", "Without the wish for a carer's sex it would do"),
    K.REFUSAL_LIFTED: Words("老人同意{carer}去就可以", "The elder's consent to {carer} would do"),
    K.TEAM_LIFTED: Words("允许别家机构的人员去就可以", "Letting carers of other organizations come would do"),
    K.PIN_LIFTED: Words("取消固定就可以", "Without the pin it would do"),
    K.OTHER_CARER_FREE: Words("等{carer} {at} 有空就可以", "Once {carer} is free at {at} it would do"),
    K.STOPS_GIVEN_UP: Words("让出{count}次上门就可以", "Giving up {count} visits would do"),
    K.ADDED: Words("直接加进来就可以", "Adding it would do"),
    K.ADDED_ANYWAY: Words(
        "可以加进来，但比不去更费路程和工时", "Adding it would do, and cost more way and hours than leaving it out"
    ),
    K.VISIT_SPLIT: Words("拆成每次不超过{minutes}分钟就可以", "Parts of at most {minutes} minutes would do"),
}
BREACHES: Final[Mapping[str, Words]] = {
    planner.BreachKind.LATE: Words("会晚{minutes}分钟", "It would be {minutes} minutes late"),
    planner.BreachKind.NOT_USUAL: Words("{carer}不是平时常来的人", "{carer} is not who usually comes"),
    planner.BreachKind.NOT_PREFERRED: Words("{carer}不是老人点名的人", "{carer} is not whom the elder prefers"),
    planner.BreachKind.MOVED: Words("与已经告诉老人的安排不同", "It differs from what the elder was told"),
    planner.BreachKind.LEFT_OUT: Words("这次上门就没有人去了", "Nobody would make this visit then"),
}


@dataclass(frozen=True, slots=True)
class Sayer:
    """Who and what is meant by the planner's numbers, for the sentences of one plan."""

    carer_ids: tuple[UUID, ...]
    names: Mapping[UUID, str]
    slots: tuple[tuple[UUID, ...], ...]
    skills: Mapping[str, Words]
    midnight_at: datetime
    zone: ZoneInfo

    def time(self, seconds: float) -> str:
        """Give a second of the day as local hour and minute."""
        minutes = round(seconds) // MINUTE_S
        return f"{minutes // MINUTE_S % 24:02d}:{minutes % MINUTE_S:02d}"

    def say(
        self, words: Words, *, carer: int | None = None, skills: frozenset[str] = frozenset(), **facts: object
    ) -> Words:
        """Fill a sentence in, in both languages."""
        zh, en = dict(facts), dict(facts)
        name = self.names.get(self.carer_ids[carer]) if carer is not None else None
        zh["carer"], en["carer"] = name or SOMEBODY.zh, name or SOMEBODY.en
        known = [self.skills.get(each, Words(each, each)) for each in sorted(skills)]
        zh["skills"] = "、".join(each.zh for each in known) or SOME_SKILL.zh
        en["skills"] = ", ".join(each.en for each in known) or SOME_SKILL.en
        return Words(words.zh.format(**zh), words.en.format(**en))

    def remedy(self, remedy: planner.Remedy | None) -> Words | None:
        """Say the smallest change that would do."""
        if remedy is None or remedy.kind not in REMEDIES:
            return None
        return self.say(
            REMEDIES[remedy.kind],
            carer=remedy.carer,
            skills=remedy.skills,
            minutes=minutes_of(remedy.amount_s),
            at=self.time(remedy.at_s) if remedy.at_s is not None else "",
            count=len(remedy.jobs),
        )

    def refusal(
        self,
        reason: str,
        *,
        job: int,
        carer: int | None,
        remedy: planner.Remedy | None,
        by_s: float = 0.0,
        skills: frozenset[str] = frozenset(),
        busy: tuple[float, float] | None = None,
    ) -> Rule:
        """
        Say the rule that keeps a carer from a job.

        `busy` is what the carer does at the time that was wanted, `skills` what is lacking.
        """
        words = BLOCKS.get(reason, OTHER_TEAM)
        if reason in {R.NO_TIME, R.PIN_CONFLICT} and busy is not None:
            words = BUSY
        elif (
            reason == R.NO_PAIR
            and remedy is not None
            and remedy.kind == K.OTHER_CARER_FREE
            and remedy.carer is not None
        ):
            words = self.say(OTHER_FREE, carer=remedy.carer, at=self.time(remedy.at_s or 0.0))
        lacking = skills or (remedy.skills if remedy is not None else frozenset())
        amount_s = by_s or (remedy.amount_s if remedy is not None else 0.0)
        said = self.say(
            words,
            carer=carer,
            skills=lacking,
            minutes=minutes_of(amount_s),
            from_time=self.time(busy[0]) if busy else "",
            to_time=self.time(busy[1]) if busy else "",
        )
        return Rule(
            code=str(reason),
            words=said,
            visit_id=self.slots[job][0],
            carer_id=self.carer_ids[carer] if carer is not None else None,
            minutes=minutes_of(amount_s) if amount_s else None,
            remedy=remedy.kind.value if remedy is not None else None,
            remedy_words=self.remedy(remedy),
        )

    def outside_window(self, job: int, *, begins_s: float, ends_s: float) -> Rule:
        """Say that a visit cannot begin at an hour for which it was not asked for."""
        words = self.say(OUTSIDE_WINDOW, from_time=self.time(begins_s), to_time=self.time(ends_s))
        return Rule("outside_window", words, self.slots[job][0], None, None)

    def same_time(self, job: int) -> Rule:
        """Say that an elder would have two services at once."""
        return Rule("same_time", SAME_TIME, self.slots[job][0], None, None)

    def breach(self, breach: planner.Breach) -> Rule:
        """Say a wish that a change goes against."""
        return Rule(
            code=breach.kind.value,
            words=self.say(BREACHES[breach.kind], carer=breach.carer, minutes=minutes_of(breach.amount_s)),
            visit_id=self.slots[breach.job][0],
            carer_id=self.carer_ids[breach.carer] if breach.carer is not None else None,
            minutes=minutes_of(breach.amount_s) if breach.amount_s else None,
        )


def minutes_of(seconds: float) -> int:
    """Round up to whole minutes."""
    return -int(-seconds // MINUTE_S)
