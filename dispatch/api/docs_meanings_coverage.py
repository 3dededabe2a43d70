"""Chinese meanings of what coverage is asked and answers: moments, places, reach, unmet requests, one elder."""

COVERAGE = {
    "15 for elders on foot and 30 for carers where left out": "不填时老人步行为 15，上门人员为 30",
    "only sites open then count, on local clocks: Su 18:00 (the first from as_of on), or 2026-03-29T18:00": (
        "只计算当时营业的服务点，按当地时间：周日 18:00（as_of 起的第一个），或 2026-03-29T18:00"
    ),
    "of elders on foot; 1.0 where left out. A carer's is the mode's own": "老人步行速度，不填为 1.0；上门人员按方式",
    "sites had to be open then, on local clocks": "要求服务点当时营业，按当地时间",
    "what a site without hours means at at_local": "没有营业时间的服务点在该时刻怎么算：include 算，exclude 不算",
    "which places limit who is covered": "名额是否限制覆盖：ignored 不限，maximum 按全部名额，available 按空余名额",
    "covered at 10, 12, 15, 18, 20 minutes, at the slower speed, by the straight line; "
    "within_limit: near enough, with or without a place": (
        "10、12、15、18、20 分钟，慢速，以及按直线距离时的覆盖人数；within_limit：不论有无名额，够近的人数"
    ),
    "of the sites here; null where capacity was ignored": "本区域服务点的名额；不考虑名额时为空",
    "mean of the two-step floating catchment; null where capacity was ignored": (
        "每位老人可及名额的平均值（两步移动搜索法）；不考虑名额时为空"
    ),
    "how many it can take; null where capacity was ignored": "它能接收多少人；不考虑名额时为空",
    "how many have a place here; null as above": "有多少人在这里有名额；同上为空",
    "by elders outside, or by requests that found nobody": "按圈外老人数，或按没人接的需求数",
    "with rank=unmet; a year before to where left out": "rank=unmet 时用；不填为 to 之前一年",
    "itself left out; tomorrow where left out": "不含当天；不填为明天",
    "requests that found nobody; with rank=unmet only": "没人接的需求数；只在 rank=unmet 时给出",
    "of the service; a year before to where left out": "服务日期；不填为 to 之前一年",
    "requests that found nobody": "没人接的需求数",
    "requests that were taken and then failed": "接了但没做成的需求数",
    "of all areas; null where one of them is hidden": "全部区域合计；有一个隐藏则为空",
    "rule version, how it is counted, sources": "规则版本、计数办法、出处",
    "of the newest run: elders who walk, or carers who come": "最近一次计算的方式：老人步行，或上门人员前往",
    "the elder walks, a carer comes, or from afar": "老人步行、上门人员前往，或远程",
    "a carer's with parking and door; null from afar": "上门人员的含停车和上楼；远程为空",
    "the rules that fail, with not_eligible": "not_eligible 时不符合的规则",
    "whose list it is; null: no area has one": "清单出自哪个区划；没有区划规定时为空",
    "covered in b and not in a; less people_lost it is change": "b 中新覆盖的人数；减去 people_lost 即为 change",
    "covered in a and not in b": "a 中覆盖而 b 中未覆盖的人数",
    "codes of those that came to count as covered": "变为已覆盖的社区代码",
    "codes of those that ceased to count as covered": "不再算已覆盖的社区代码",
}
