"""The Chinese of what the document says about day plans, the board and tours."""

PLANS = {
    "GET /v1/jobs/{id}: how far it is": "进度见 GET /v1/jobs/{id}",
    "SHA-256 of what it rests on": "所依据的全部数据的 SHA-256",
    "a district, or a part of one": "一个区，或区内的街镇、社区",
    "a newer one that waits for a signature, or is being built": "还有一份更新的：待签发或正在编排",
    "a sick day is on record": "当天登记了病假",
    "account of who signed": "签发人的账号",
    "account of who signed or rejected": "签发或否决的人的账号",
    "all of the day, the newest first": "当天的全部计划，新的在前",
    "another plan of the day than the board would show": "看当天的另一份计划",
    "another plan's visit of this carer, which the tour goes around": "这名人员在别的计划里的上门，路线绕开它",
    "arrived after the plan was made: not in it": "计划编好之后才来的，不在计划里",
    "as far as one may see it; null without `names=true`": "按权限显示；没有 names=true 时为空",
    "as it was written; null without `names=true`": "原话；没有 names=true 时为空",
    "code, title, detail": "代码、标题、说明",
    "community of the home": "住处所在的社区",
    "goes into If-Match": "放进 If-Match",
    "held where it is": "固定不动",
    "how long to look for a better plan": "用多少秒找更好的排法",
    "it had begun when the plan was made": "编排时已经开始",
    "its visits and carers alone; without it everybody's of the area (officers)": (
        "只排这家机构的上门和人员；不填则排全区的（民政干部）"
    ),
    "local date, today or later": "当地日期，今天或以后",
    "nothing to do, before setting out": "出发前没有安排的分钟数",
    "null without `names=true`": "没有 names=true 时为空",
    "null: it arrived after the plan was made": "空：计划编好之后才来",
    "of a plan of this area": "这个区划的计划",
    "of a problem": "上报问题的种类",
    "of a repair: what happened, and who is moved": "补救计划：发生了什么，动了谁",
    "of the part that is shown": "所显示部分的数字",
    "of the plan": "计划的版本",
    "of the plan, for reading": "计划的状态，供阅读",
    "of this local date": "这一天的",
    "on the way to it": "路上的分钟数",
    "own visits of the day beside the tour: GET /v1/me/visits": "路线之外当天自己的上门数，见 GET /v1/me/visits",
    "planned, unplanned, arrived, waiting, carers, and each exception by its code": (
        "planned 已排、unplanned 未排、arrived 新来、waiting 还没编排、carers 人员，以及各种例外的数目"
    ),
    "same day, seed and iterations: same plan": "同一天、同一个 seed 和轮数，得到同一份计划",
    "speeds, parking, door, breaks, fairness": "速度、停车、进门、休息、公平的规则",
    "state of the streets": "路网的时点",
    "the code in words": "用文字说明原因",
    "the colleague who comes to the same visit": "一起上门的同事",
    "the one shown; null: none yet": "显示的这一份；空：还没有",
    "the signed plan it repairs": "它所补救的已签发计划",
    "the smallest change that would place it: code, ids, minutes; null: nothing small": (
        "最少怎样改就能排上：代码、编号、分钟数；空：没有小改动"
    ),
    "this one's carers and visits; a coordinator's own where it is left out": (
        "只看这家机构的人员和上门；调度员不填则为自己的机构"
    ),
    "true: with elder_id and name, and an access line for each elder; else without both": (
        "true：带老人编号和姓名，并为每位老人留一条查阅记录；否则都不带"
    ),
    "visits and ways": "上门和路上合计",
    "visits, placed, unplanned, travel_min, usual_share, hours_min …; null until built": (
        "上门数、已排、未排、路上分钟、熟人上门占比、工时等；没排好时为空"
    ),
    "whether a plan of one's organization was signed; one may have no tour in it": (
        "本机构当天的计划是否已签发；自己不一定有路线"
    ),
    "what each wish costs, in seconds of travel; docs/plans.md": "各项要求的代价，折成路上的秒数，见 docs/plans.md",
    "where a problem is reported": "上报问题的地址",
    "where its end is told": "报告结束的地址",
    "where its start is told": "报告开始的地址",
    "why this carer and this start: code, numbers, and text for reading": "为什么是这个人、这个时间：代码、数字和说明",
    "the change, for reading": "这项改变的说明",
}
