"""Everything that a report says, in Chinese and in English."""

from __future__ import annotations

from dispatch.words import Words

TITLE = Words("{area}“{service}”步行 {minutes} 分钟覆盖报告", "{service} within {minutes} minutes' walk: {area}")
KICKER = Words("一刻钟养老服务圈", "The 15-minute circle of elder care")
COVER = {
    "area": Words("区域", "Area"),
    "service": Words("服务", "Service"),
    "as_of": Words("名册日期", "Registers as of"),
    "computed": Words("计算日期", "Computed on"),
    "unit": Words("编制单位", "Prepared by"),
    "status": Words("状态", "Status"),
    "run": Words("计算编号", "Run"),
}
DRAFT = Words("草案，未公布", "Draft, not published")
ADOPTED = Words("已公布", "Adopted and published")
SUPPOSED = Words(
    "推演，不是现状：假定方案“{name}”（第 {version} 版）的改动都已实施",
    "A supposition, not what is: as if the changes of scenario “{name}” (version {version}) were made",
)
SUPPOSED_FINDING = Words(
    "假定方案“{name}”的 {count} 项改动都已实施：", "Supposing that the {count} changes of scenario “{name}” were made: "
)
SUPPOSED_NOTE = Words("推演：假定方案“{name}”已实施。", "A supposition: as if scenario “{name}” were made. ")
SUPPOSED_METHOD = Words(
    "“{name}”，编号 {id}，第 {version} 版，{count} 项改动，散列值 {hash}。名录没有变。方案再改，要按这一版才能复算。",
    "“{name}”, {id}, version {version}, {count} changes, hash {hash}. The register is as it was. The command repeats "
    "the figures as long as the scenario stands at this version.",
)
COMPLETE = Words(
    "含 1 到 4 人的数字，只供经授权的人员使用，不得公开。",
    "Holds counts of 1 to 4 people: for authorized readers only, not to be published.",
)
HIDDEN = Words("1 到 4 人的数字已隐去。", "Counts of 1 to 4 people are hidden.")

HEADINGS = {
    "conclusion": Words("结论", "Conclusion"),
    "methods": Words("方法与假设", "Methods and assumptions"),
    "map": Words("全区图", "Map of the whole area"),
    "subdistricts": Words("按街道", "By subdistrict"),
    "gaps": Words("空白社区", "Communities with people out of reach"),
    "sites": Words("推荐点位", "Recommended sites"),
    "communities": Words("社区明细", "Community by community"),
    "repeat": Words("可复算", "Repeating this report"),
}

KEY = Words(
    "的老年人步行 {minutes} 分钟内走得到“{service}”站点：{covered} / {elders} 人",
    "of elders are within {minutes} minutes' walk of {service}: {covered} of {elders}",
)
NOBODY = Words(
    "名册里{area}没有老年人，因此没有覆盖率。",
    "No elder of {area} is registered, so there is no rate.",
)
FINDING = Words(
    "{area}有老年人 {elders} 人，其中 {covered} 人（{share}）步行 {minutes} 分钟内走得到“{service}”站点，"
    "{uncovered} 人走不到。",
    "Of {elders} elders of {area}, {covered} ({share}) are within {minutes} minutes' walk of {service}; "
    "{uncovered} are not.",
)
NO_SITE = Words(
    "名册里没有提供这项服务的站点，所有老年人都走不到。", "No open site gives this service: nobody is covered."
)
NO_GAP = Words("每个社区的老年人都走得到。", "In every community all elders are within the limit.")
WORST = Words("走不到的人最多的社区是{list}。", "Most of those out of reach live in {list}.")
WORST_ONE = Words("{name}（{uncovered} 人）", "{name} ({uncovered})")
WORST_HIDDEN = Words(
    "各社区走不到的人数都太小，不公布。", "In each community those out of reach are too few to be named."
)
STABLE = Words(
    "上限改为 10 分钟是 {low}，20 分钟是 {high}，步速慢 20 % 是 {slower}；{borderline} 个社区处于临界。",
    "With a limit of 10 minutes it is {low}, with 20 minutes {high}, for walkers 20 % slower {slower}; "
    "{borderline} communities are borderline.",
)
COMMA = Words("、", ", ")

BAND_TITLE = Words("换一个上限会怎样（{speed} 米/秒）", "At other limits ({speed} m/s)")
MINUTES = Words("{minutes} 分钟", "{minutes} min")
SLOWER = Words("慢 20 %", "20 % slower")
STRAIGHT = Words("直线距离", "straight line")
STRAIGHT_NOTE = Words(
    "灰色：直线距离，不是结论，只作比较。", "Grey: by the straight line; no figure, for comparison only."
)

FIGURES = Words("三个口径，互不替代", "Three figures; none replaces another")
FIGURE_COLUMNS = {
    "measure": Words("口径", "Figure"),
    "counted": Words("计入", "Counted"),
    "covered": Words("覆盖", "Covered"),
    "share": Words("覆盖率", "Share"),
    "left_out": Words("未计入", "Left out"),
    "borderline": Words("临界", "Borderline"),
}
PEOPLE = Words("老年人", "Elders")
COMMUNITIES = Words("社区", "Communities")
SUBDISTRICTS = Words("街道", "Subdistricts")
URBAN = Words("城镇社区", "Urban communities")
RURAL = Words("农村社区", "Rural communities")

COLUMNS = {
    "rank": Words("序号", "No."),
    "code": Words("代码", "Code"),
    "subdistrict": Words("街道", "Subdistrict"),
    "community": Words("社区", "Community"),
    "elders": Words("老年人", "Elders"),
    "covered": Words("覆盖", "Covered"),
    "uncovered": Words("未覆盖", "Outside"),
    "share": Words("覆盖率", "Share"),
    "unlocated": Words("未定位", "No point"),
    "sites": Words("站点", "Sites"),
    "state": Words("达标", "Met"),
    "borderline": Words("临界", "Border-line"),
    "nearest": Words("最近站点", "Nearest site"),
    "minutes": Words("步行分钟", "Walk, min"),
    "over": Words("超出分钟", "Over, min"),
    "slower": Words("慢 20 %", "20 % slower"),
}
AT = Words("{minutes} 分", "{minutes} min")
YES, NO = Words("是", "yes"), Words("否", "no")
BORDERLINE = Words("临界", "yes")
TOTAL = Words("合计", "Total")
OUTSIDE = Words("社区不详", "Community not known")
LEADS = {
    "subdistricts": Words(
        "覆盖、10 分钟、20 分钟各列是人数；街道一半以上的老年人覆盖才算达标。",
        "The columns of covered and of minutes count people; a subdistrict has met the rule if half its elders "
        "are covered.",
    ),
    "gaps": Words(
        "有老年人走不到站点的社区，人数多的在前。最近站点和分钟数取未覆盖老年人的中位一位。",
        "Communities where elders are out of reach, most of them first. Site and minutes are those of the median "
        "elder outside.",
    ),
    "communities": Words(
        "社区有自己的站点，或一半以上的老年人覆盖，就算达标。各分钟列是该上限下覆盖的人数。",
        "A community has met the rule if it has a site of its own or half its elders are covered. The columns of "
        "minutes count the covered at that limit.",
    ),
    "sites": Words("新增哪些点位效果最大。", "Which new sites would help most."),
}
EMPTY = {
    "subdistricts": Words("区域下没有街道。", "The area has no subdistricts."),
    "gaps": Words("没有：每个社区的老年人都走得到。", "None: in every community all elders are within the limit."),
    "communities": Words("区域下没有社区。", "The area has no communities."),
    "sites": Words(
        "没有为这次计算推荐过点位。要推荐，运行：{command}",
        "No sites were recommended for this run. To have some: {command}",
    ),
    "picks": Words(
        "这次选址没有选出点位。用路网上所有位置再选一次：{command} --candidates all",
        "This siting chose no site. To choose among all places along the streets: {command} --candidates all",
    ),
}
SITE_COLUMNS = {
    "rank": Words("序号", "No."),
    "label": Words("点位", "Place"),
    "community": Words("所在社区", "Community"),
    "lon": Words("经度", "Longitude"),
    "lat": Words("纬度", "Latitude"),
    "gain": Words("新覆盖", "Newly covered"),
    "weight": Words("新增权重", "Weight added"),
    "capacity": Words("容量", "Places"),
    "cost": Words("费用", "Cost"),
}
SITE_EFFECT = Words(
    "新增 {count} 处，覆盖率由 {before} 变为 {after}：新覆盖 {gained} 人，失去 {lost} 人。",
    "{count} new sites take the share from {before} to {after}: {gained} newly covered, {lost} lost.",
)
SITE_BEST = Words("已证明没有更好的选法。", "It is proved that no choice is better.")
SITE_BOUND = Words(
    "离最优最多差 {gap}（任何选法都超不过 {bound}）。",
    "The best choice is at most {gap} better (none exceeds {bound}).",
)
SITE_GUARANTEE = Words("至少是最优选法的 {share}。", "It is at least {share} of the best choice.")
SITE_NO_BOUND = Words("没有算出离最优有多远。", "How far from the best it is was not found.")
SITE_FROM = Words(
    "考虑了 {considered} 个候选点；选址编号 {id}。", "{considered} candidates were considered; siting {id}."
)
JOIN = Words("", " ")
NOTES = (
    Words(
        "<5：1 到 4 人，或会泄露这种数字的数字，不公布。—：没有数据，不是零。",
        "<5: 1 to 4 people, or a figure that would give such a one away, not shown. —: not known, which is not zero.",
    ),
)
ASSUMED = Words(
    "步速 {speed} 米/秒，上限 {minutes} 分钟，名册 {as_of}，路网 {network_date}，规则 {rule}。",
    "{speed} m/s, limit {minutes} min, registers of {as_of}, streets of {network_date}, rules {rule}.",
)

METHODS = {
    "scenario": Words("方案", "Scenario"),
    "speed": Words("步速", "Walking speed"),
    "limit": Words("上限", "Limit"),
    "hours": Words("营业时间", "Hours"),
    "origin": Words("起讫点", "From where to where"),
    "snap": Words("接入路网", "Reaching the street"),
    "boundary": Words("边界规则", "Boundary rule"),
    "capacity": Words("容量", "Capacity"),
    "unlocated": Words("未定位", "Unlocated"),
    "people": Words("老年人", "Elders"),
    "sites": Words("站点", "Sites"),
    "network": Words("路网", "Street network"),
    "edits": Words("路网更正", "Edits of the network"),
    "area": Words("区域的判定", "When an area has met the rule"),
    "borderline": Words("临界", "Borderline"),
    "rules": Words("规则版本", "Rules"),
    "missing": Words("字体缺字", "Characters not in the font"),
}
SPEED = Words(
    "{speed} 米/秒；另按慢 20 %（{slower} 米/秒）算一遍。", "{speed} m/s; and once more 20 % slower, at {slower} m/s."
)
LIMIT = Words(
    "{minutes} 分钟；另按 10、12、15、18、20 分钟各算一遍。",
    "{minutes} minutes; and at 10, 12, 15, 18 and 20 minutes too.",
)
ANY_HOUR = Words(
    "没有按时间筛选：开放状态的站点都计入，不论当时是否营业。", "Not asked: every open site counts, at whatever hour."
)
AT_HOUR = Words(
    "只计 {at} 开门的站点；不知道营业时间的站点（{unknown} 个）{counted}，当时关门的 {closed} 个不计。",
    "Only sites open at {at}; those whose hours nobody knows ({unknown}) {counted}, {closed} closed then do not.",
)
COUNTED, NOT_COUNTED = Words("也计入", "count too"), Words("不计", "do not count")
CAPACITIES = {
    "ignored": Words("没有计入：站点满不满都算覆盖。", "Not asked: a full site covers like any other."),
    "maximum": Words(
        "计入：全部名额，不论现在谁占用；{unknown} 个站点没有报名额，按没有算。",
        "Asked: all places, whoever holds them now; {unknown} sites told of none and count as having none.",
    ),
    "available": Words(
        "计入：现有空余名额；{unknown} 个站点没有报名额，按没有算。",
        "Asked: the places that are free; {unknown} sites told of none and count as having none.",
    ),
}
SNAP = Words(
    "离最近街道超过 {snap} 米的住处和站点算未定位。",
    "Homes and sites farther than {snap} m from every street are unlocated.",
)
UNLOCATED = Words(
    "没有坐标或离街道太远的老年人 {elders} 人、站点 {sites} 个；这些老年人计入总数，不算覆盖。"
    "不计他们的覆盖率是 {share}。",
    "{elders} elders and {sites} sites have no usable point; these elders count among all and are not covered. "
    "Without them the share is {share}.",
)
PEOPLE_SOURCE = Words(
    "老年人名册中 {as_of} 主要住处在本区域的人。",
    "Those whose main residence lay in the area on {as_of}, by the register of elders.",
)
SITES_SOURCE = Words(
    "站点名录中 {as_of} 开放、就地提供这项服务（{services}）的站点；{sites} 个在本区域。"
    "区域外的站点也可以覆盖区域内的人。",
    "Sites of the directory open on {as_of} that give the service ({services}) on the spot; {sites} in the area. "
    "A site beyond the border serves too.",
)
NETWORK = Words(
    "{name}，来自 {source}，数据日期 {date}，标识 {id}。© OpenStreetMap contributors, ODbL",
    "{name}, from {source}, data of {date}, identity {id}. © OpenStreetMap contributors, ODbL",
)
NO_EDITS = Words("没有。", "None.")
EDITS = Words("{count} 处，图上没有画出：{list}。", "{count}, not drawn on the map: {list}.")
AREA_RULE = Words(
    "社区：有自己的站点，或至少一半老年人覆盖。街道：至少一半老年人覆盖。没有老年人也没有站点的不计入。",
    "A community: a site of its own, or at least half of its elders covered. A subdistrict: at least half of its "
    "elders. Those with neither elders nor site are left out.",
)
BORDER_RULE = Words(
    "上限取五分之四或五分之六（15 分钟即 12 和 18 分钟），或步速慢 20 % 时，是否达标会改变。",
    "Whether it has met the rule would change at four or six fifths of the limit (12 and 18 minutes of 15), or "
    "for walkers 20 % slower.",
)
MISSING = Words("{list}，印作〓。", "{list}, printed as 〓.")
UNKNOWN_DATE = Words("日期不详", "unknown date")
SILENCES_TITLE = Words("这份报告没有说的", "What this report does not say")
SILENCES = (
    Words("站点够不够用：容量和床位不在其中。", "Whether there is room: capacity and beds are not in it."),
    Words("服务好不好、价格多少。", "How good a service is, and what it costs."),
    Words(
        "上门服务：它有服务范围，没有步行圈，两者不合成一个数。",
        "Services at home: they have a reach, not a circle, and the two are never joined.",
    ),
    Words(
        "路网里没有的小路、门禁、台阶和坡度；到门口以后的楼层。",
        "Paths, gates, steps and slopes that the street network lacks; the floors above the door.",
    ),
    Words("任何一位老年人的情况：只有合计数。", "Anything of any one elder: there are sums only."),
)

REPEAT_LEAD = Words(
    "同样的输入得到逐字节相同的结果。输入的指纹（SHA-256）：",
    "The same inputs give the same figures byte for byte. Fingerprints (SHA-256) of the inputs:",
)
COMMANDS_LEAD = Words("重做这次计算和这份报告的命令：", "The commands that repeat the computation and this report:")
REPEAT_NOTE = Words(
    "名册在此之后更正过的，重算会用更正后的数据，指纹随之不同。",
    "Where registers were corrected since, a new computation takes the corrected ones, and the fingerprint tells.",
)
HASHES = {
    "inputs": Words("全部输入", "All inputs"),
    "elders": Words("住处", "Homes"),
    "sites": Words("站点", "Sites"),
    "areas": Words("区划", "Areas"),
    "network": Words("路网", "Street network"),
    "parameters": Words("参数", "Parameters"),
    "figures": Words("全部结果", "All figures"),
}
LEGEND = {
    "title": Words("每个六边形（约 0.1 平方公里）里走不到的老年人", "Elders out of reach per hexagon (about 0.1 km²)"),
    "small": Words("1–4 人", "1–4"),
    "small_hidden": Words("1–4 人等，不公布", "1–4 and the like, not shown"),
    "more": Words("{bound} 及以上", "{bound} and more"),
    "reached": Words("{minutes} 分钟内走得到，界线为上限", "within {minutes} minutes; the line is the limit"),
    "none": Words("没有颜色：没有老年人，或都走得到", "no colour: no elders, or all within reach"),
    "sites": Words("站点 {count} 个", "{count} sites"),
    "gaps": Words("人数最多的空白社区", "largest gaps, by rank"),
    "rule": Words(
        "900 秒算覆盖，901 秒不算；以步行时间为准，图上边界只作展示。",
        "900 s is covered, 901 s is not; walking time decides, outlines are for display.",
    ),
    "no_streets": Words(
        "没有画街道：这次计算用的路网已不在手边。",
        "No streets are drawn: the network of this run is no longer at hand.",
    ),
    "attribution": Words("© OpenStreetMap contributors, ODbL", "© OpenStreetMap contributors, ODbL"),
}
PAGE = Words("第 {page} / {pages} 页", "Page {page} / {pages}")
CONTENTS = Words("目录", "Contents")
BOOK_NOTES = Words("说明", "Notes")
BOOK_SUMMARY = Words("结论", "Summary")
