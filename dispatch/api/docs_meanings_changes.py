"""The Chinese of what the document says about changes of a plan by hand, and repairs."""

CHANGES = {
    "a visit for two moves together; split lets its carers come one after the other": (
        "两个人的上门一起动；split 让两人先后去"
    ),
    "as it was asked for": "当时提出的内容",
    "best first": "最合适的在前",
    "how many other visits would begin later": "有几次别的上门会推迟",
    "of all carers together": "全部人员合计",
    "one, or two who come together": "一个人，或一起去的两个人",
    "the first test that each fails": "每个人最先不满足的一条",
    "what the plan would cost more, in seconds of travel": "整份计划多付的代价，折成路上的秒数",
    "where nobody can: why": "没有人能去时：为什么",
    "by how much": "差多少",
    "carers who fell ill, from a moment on; sick days on record are found": (
        "从某一刻起病倒的人员；已登记的病假会自动找到"
    ),
    "code of the smallest change that would do": "最少怎样改就可以，代码",
    "counts the changes of a plan from 1": "这份计划的第几次修改，从 1 起",
    "each visit with another carer or start, the changed one first": "换了人或时间的每次上门，被改的在前",
    "elders whose visit moves": "有变动的老人数",
    "moved, extra_travel_min, cost_before, cost_after, breaks": (
        "moved 变动的上门、extra_travel_min 多走的分钟、cost_before 和 cost_after 改前改后的代价、breaks 违背的要求"
    ),
    "null: it had no place": "空：原来没排上",
    "null: it has no place any more": "空：排不上了",
    "of move and add: who shall go": "move 和 add：换给谁",
    "of move and split: when it shall begin": "move 和 split：改到几点",
    "of split: when the other carer begins": "split：另一个人几点开始",
    "of add, for two: who else shall go": "add：双人上门的另一个人",
    "of swap: whose carer comes instead": "swap：和哪一次上门对换人员",
    "of the whole plan, in seconds of travel": "整份计划的代价，折成路上的秒数",
    "of them those who have nobody for now": "其中暂时没人去的",
    "of them those with another carer": "其中换了人的",
    "the hard rule that it would break": "会违反的硬性规则",
    "visits that had no place, or are new": "原来没排上的，或新来的上门",
    "visits to be tried again later in their window": "要在时间窗内晚些再去的上门",
    "visits under way that will end later; those that are late already are found": (
        "正在进行、会晚结束的上门；已经超时的会自动找到"
    ),
    "wishes that it goes against: it can be made all the same": "违背的要求：仍然可以这样排",
}
