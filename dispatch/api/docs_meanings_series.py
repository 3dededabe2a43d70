"""The Chinese of what the document says about care series."""

SERIES = {
    "RFC 5545: FREQ DAILY, WEEKLY or MONTHLY with INTERVAL, BYDAY, BYMONTHDAY, COUNT or UNTIL; a year at most": (
        "RFC 5545 的规则：FREQ 为 DAILY、WEEKLY 或 MONTHLY，可加 INTERVAL、BYDAY、BYMONTHDAY、COUNT 或 UNTIL；至多一年"
    ),
    "local time of the day, on whatever date": "当地时刻，哪一天都一样",
    "local date from which the rule counts": "规则从这一天算起（当地日期）",
    "first local date of the pause": "暂停的第一天（当地日期）",
    "first local date after it; left out, the pause lasts until it is ended": "暂停之后的第一天；不填则等人来结束",
    "first local date on which the series goes on; left out: today": "系列恢复的第一天；不填为今天",
    "a date that the series' rule gives": "规则给出的某一天",
    "the new local date": "新的日期",
    "first local date on which there is none any more; left out: today": "从哪一天起不再有；不填为今天",
    "first date on which there is none any more": "从哪一天起不再有",
    "moved_out and admitted come from the record; an officer ends such a pause": (
        "moved_out、admitted 来自档案；由管理员结束这样的暂停"
    ),
    "the date that the rule gives": "规则给出的日期",
    "another one where it was moved": "改期后的日期",
    "why it is paused": "为什么暂停",
    "the open request that stands in its place": "占着这一时段的未结需求",
    "why no request was made: the code of the error": "为什么没有提交：错误代码",
    "why no request was made, and who can clear it": "为什么没有提交，谁能解决",
    "where the elder lives": "老人住在哪里",
    "the last date that the rule gives": "规则给出的最后一天",
}
