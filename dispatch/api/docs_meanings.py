"""The Chinese of what the document says about parameters and fields; a test fails for one that is missing."""

from dispatch.api.docs_meanings_asking import ASKING
from dispatch.api.docs_meanings_changes import CHANGES
from dispatch.api.docs_meanings_clocks import CLOCKS
from dispatch.api.docs_meanings_coverage import COVERAGE
from dispatch.api.docs_meanings_desk import DESK
from dispatch.api.docs_meanings_doing import DOING
from dispatch.api.docs_meanings_indicators import INDICATORS
from dispatch.api.docs_meanings_matching import MATCHING
from dispatch.api.docs_meanings_notices import NOTICES
from dispatch.api.docs_meanings_offers import OFFERS
from dispatch.api.docs_meanings_plans import PLANS
from dispatch.api.docs_meanings_series import SERIES
from dispatch.api.docs_meanings_telling import TELLING
from dispatch.words import Locale

MORE = (
    ASKING
    | COVERAGE
    | INDICATORS
    | MATCHING
    | NOTICES
    | OFFERS
    | SERIES
    | TELLING
    | CLOCKS
    | DESK
    | DOING
    | PLANS
    | CHANGES
)
CHINESE = MORE | {
    "of the register": "名录里的站点",
    "a line; of a closure also a point or polygon; WGS 84": "线；关闭也可以是点或面；WGS 84",
    "a path that is joined at its ends only": "只在两端与路网相接的通路（桥）",
    "of a new site; without it the community that holds the point": "新站点所在社区；不填则取包含这个点的社区",
    "of a new site; an adoption needs it": "新站点的；采纳时必须有",
    "of a new site; without it the scenario's": "新站点提供的服务；不填则为方案的服务",
    "when it is adopted: from this date on; the effect takes it as made": "采纳后从这一天起；算影响时视为已经做了",
    "needed without base_run_id": "没有 base_run_id 时必填",
    "code or Chinese label; needed without base_run_id": "代码或中文名；没有 base_run_id 时必填",
    "sites and homes of this date; null: of the day on which it is asked": "取这一天的站点和住址；空：取提问当天的",
    "let go of the base run; question and date stay": "不再依据原来的计算；问题和日期不变",
    "what the change does: the fields of its kind; lon and lat in WGS 84": "改动的内容；坐标为 WGS 84",
    "how the register stood when it was entered; an adoption compares with it": "加入时名录的状况；采纳时与之比较",
    "of the site that came of it, once adopted": "采纳后得到的站点",
    "account of whoever made it": "建立者的账号",
    "account of the last change": "最后修改者的账号",
    "`elsewhere`: elders of the area whose community is not known": "elsewhere 指区域内社区不明的老人",
    "neither before nor after": "改动前后都没有覆盖",
    "without elders and site": "没有老人也没有站点",
    "`applied`, or why it cannot matter": "applied，或者为什么没有影响",
    "one for each community, by code": "每个社区一行，按代码排列",
    "needed without scenario_id": "没有 scenario_id 时必填",
    "code or Chinese label; services below it count too; needed without scenario_id": (
        "代码或中文名；下级服务也算；没有 scenario_id 时必填"
    ),
    "its changes are taken as made; what is left out of the question is the scenario's": (
        "视方案的改动为已做；没有写明的问题按方案的"
    ),
    "its changes were taken as made, see assumptions": "视这个方案的改动为已做，内容见 assumptions",
    "only a scenario has it; site_id is the id of the scenario's change": "只在方案里有；site_id 是方案改动的编号",
    "where the figures come from": "数字的来源",
    "from this date on": "从这一天起",
    "all counts, those from five on (`from_five`), or what was `published`": (
        "all 全部数字；from_five 五人以上的；published 只有公布的"
    ),
    "left out where only reading on would tell": "要读完才知道总数时不写",
    "those that features of the page rest on": "本页要素所依据的各次计算",
    "the whole name": "完整的名称",
    "those that the tiles rest on": "瓦片所依据的各次计算",
    "of the `next` link of the page before": "上一页 next 链接里的游标",
    "exactly this area": "正好是这个区划",
    "as H3 writes it": "H3 的写法",
    "one run instead of the newest of each service": "指定一次计算；不填时每项服务取最新的一次",
    "there is JSON alone": "只有 JSON",
    "a larger one is taken for the maximum": "超过上限按上限算",
    "west,south,east,north; WGS 84, longitude first; features without an outline fit every box": (
        "西,南,东,北；WGS 84，经度在前；没有图形的要素总算在内"
    ),
    "a date, a time with its zone, or two joined by /: runs of these days": (
        "日期、带时区的时间，或用 / 连接的一段：这些日子的计算"
    ),
    "a GeoJSON LineString; of a closure also Point or Polygon": "GeoJSON LineString；封闭还可用 Point、Polygon",
    "a path over or under what it crosses: joined at its ends only": "桥或地道：与所跨过的街道不相接，只接两端",
    "no street was near: nothing came of it": "附近没有街道，没有起作用",
    "places where it meets streets": "与街道相接的地方有几处",
    "pieces of street that it touches": "碰到几段街道",
    "those in force on that date": "那一天有效的",
    "edits of the network that only the second was made with": "只有第二次计算用到的路网修改",
    "edits of the network that only the first was made with": "只有第一次计算用到的路网修改",
    "sqlite or postgresql; it was written just now": "sqlite 或 postgresql；刚刚写入过",
    "since when the oldest job waits; null: none waits": "等得最久的任务从何时开始等；null 表示没有",
    "workers that live": "正在运行的后台进程数",
    "free on the disk with the data": "数据所在磁盘的剩余空间",
    "of the list `carer_kind`": "`carer_kind` 代码表里的代码",
    "not after `from_time`: on the next day": "不晚于 from_time 时，指次日",
    "where the day starts; without it at `base_site_id`": "每天从哪里出发；不填时从 base_site_id 的站点出发",
    "oversight: the phone is masked, the base rounded to 100 m": (
        "oversight 是监管视角：电话隐去中间几位，出发点精确到 100 米"
    ),
    "of the list `skill`": "`skill` 代码表里的代码",
    "account of whoever saw the certificate": "核验证书的人的账号",
    "0 is Monday": "0 是星期一",
    "of extra hours only": "只有加班才填",
    "not included; at most 92 days after `from`": "这一天不算在内；最多比 from 晚 92 天",
    "minutes of the spans less their breaks": "各段时间之和减去休息，分钟",
    "of those located": "有坐标的站点中",
    "without a point, so on no map; the box does not narrow them": "没有坐标，上不了地图；不受地图范围限制",
    "open_now and stage are of this time": "是否营业和阶段以此刻为准",
    "a part of the name of the site or of a service there: characters, pinyin or initials": (
        "站点或其服务名称的一部分：汉字、拼音或首字母"
    ),
    "what they have in common": "两人相同之处：姓名、读音、电话、住址、出生日期",
    "pairs in all, those that are not shown too": "总共几对，没有列出的也算",
    "true: said longer ago than the area allows; not counted as free": "真：超过本区划规定的时限没有更新，不算作空位",
    "false: nobody planned them; the maximum is what was said to be free": "假：没有人设定，总数是当时报告的空位数",
    "a code of founder_kind": "founder_kind 代码表里的代码",
    "a code of run_mode": "run_mode 代码表里的代码",
    "a code of function": "function 代码表里的代码",
    "codes of function, today": "今天的功能，function 代码表里的代码",
    "what the rule's key takes": "这条规则可以取的值",
    "when it was changed; null: it stands": "何时被改动；空：仍然有效",
    "SHA-256 in hex": "SHA-256，十六进制",
    "access lines that are gone because their time was over": "因过了保存期限而删去的查阅记录",
    "heads kept outside that were compared": "比对过的、存在库外的锚点个数",
    "lines of the access log": "查阅记录条数",
    "lines of the journal": "事件记录条数",
    "`respond-async` (RFC 7240): answer 202 at once and do it as a job": (
        "填 respond-async（RFC 7240）：立即答 202，作为后台任务去做"
    ),
    "sent again with the same key it is the same job": "用同一个键重发，还是同一个任务",
    "where the list comes from; the same name when it comes again": "名单的来源；再次导入时用同一个名称",
    "only report; nothing is stored": "只给出报告，不保存",
    "of sites: the type of rows that name none (a code)": "站点名单里没有写类型的行，按这个类型（代码）",
    "area code or id; with `own` it may be left out": "区划代码或 id；own 时可以不填",
    "not included; null: until it is ended": "不含当日；空：直到收回为止",
    "for the officers of the area": "给辖区负责人看的理由",
    "of the account that opened the record": "打开记录的账号的称呼",
    "false: those of which no officer has taken note": "false：还没有负责人知悉的",
    "rows by table; sealed fields opened, the ID number masked": "按表给出各行；加密的内容已解开，身份证号打码",
    "how many rows of each table lost something or went": "每张表有多少行被清除内容或删除",
    "of the names without common words, 0 to 1": "去掉常用词后名称的相似程度，0 到 1",
    "null: one of them has no point": "空：其中一个没有坐标",
    "the site that stays": "保留的站点",
    "parts that are finished": "已完成的部分数",
    "parts in all, where it is known": "总共几部分；还不知道时为空",
    "what is being done, in the reader's language": "正在做什么",
    "what is done: coverage_run, import_sites …": "做什么：coverage_run（覆盖计算）、import_sites（导入名录）等",
    "a running job ends between two parts": "正在做的任务，做完手上一部分就停",
    "of a run `run_id`, of a siting `siting_id`, of an import the report of its rows": (
        "覆盖计算给出 run_id，选址给出 siting_id，导入给出逐行的报告"
    ),
    "how much of the weight it takes; null: that of the wish": "能接收多少（按所用的权重计）；空：按 capacity",
    "in the unit of the budget; null: that of the wish": "费用，单位与预算相同；空：按 cost",
    "how many sites at most": "最多选几个站点",
    "candidates: `register`: its sites that are planned, under construction or suspended; `points`: those sent along; "
    "`nodes`: all nodes of the streets in the area, as a job only": (
        "候选点：register 名录里规划中、在建或暂停的站点；points 随请求给出；nodes 区域内全部路网节点，只能作后台任务"
    ),
    "of the candidates; needed with `points`": "候选点的坐标系；用 points 时必填",
    "how much of the weight each site takes; null: all that it reaches": "每个站点能接收多少；空：走得到的都接收",
    "of each site, in any unit": "每个站点的费用，单位自定",
    "of all sites, in the same unit": "全部站点的预算，单位相同",
    "what a home counts for: its elder, a member of `category`, its unmatched requests": (
        "一处住所算多少：老人一位、属于 category 的老人、没有匹配到机构的请求数"
    ),
    "code or Chinese label; with the weight `category`": "代码或中文名；weight 为 category 时填",
    "look for a better choice until there is none; as a job only": "一直找到没有更好的选法为止；只能作后台任务",
    "the proof ends after so many seconds": "证明最多用多少秒",
    "the proof ends after so many nodes of its tree: at the same place each time": (
        "证明最多展开多少个搜索节点：每次停在同一处"
    ),
    "the site of the register that it is": "就是名录里的这个站点",
    "weight that it covers beside all before it": "在前面各点之外多覆盖多少",
    "to its street": "到所在街道的距离",
    "the change that opens it in a scenario: send it to `/v1/coverage/scenarios`": (
        "在方案里新开这个站点的改动：发给 /v1/coverage/scenarios"
    ),
    "its place in what was sent, from 0": "在所给候选点里的序号，从 0 起",
    "nodes of the tree": "展开的搜索节点数",
    "elders with a way to any site": "能走到任何一个站点的老人数",
    "of those with a way to any site": "能走到站点的老人的平均值",
    "what was asked for, without the candidates": "当时要求的内容，不含候选点",
    "weight that the picks add together": "选出的站点一共多覆盖多少",
    "no choice of sites adds more": "任何选法都不会多过这个数",
    "(best_bound - objective) / objective; 0: no choice is better": (
        "(best_bound − objective) / objective；0：没有更好的选法"
    ),
    "of the best choice, that this way of choosing reaches whatever the numbers are": (
        "不论数据如何，这种选法至少达到最优的几成"
    ),
    "candidates that could be used": "可用的候选点个数",
    "how many candidates were not considered, by reason": "未采用的候选点个数，按原因",
    "links gone through": "核对过的环节数",
    "one hash for the heads of all lanes": "所有链末端合成的一个哈希值",
    "place in the lane, from 0; null: a line without link": "在链上的位置，从 0 起；空：这一行不在链上",
    "the first damage of each lane": "每条链上的第一处损坏",
    "0: as many as the service found asks for": "0：按找到的服务所需的人数",
    "1.0 m/s where it is left out": "不填为 1.0 米/秒",
    "2, 6, 9 or 12 digits; a parent's is a prefix": "2、6、9 或 12 位数字；上级的代码是它的前缀",
    "E.164; in a masked view with its middle hidden": "E.164 格式；受限查看时中间几位隐去",
    "of the record; a change sends it as `If-Match`": "记录的版本号；修改时放在 If-Match 里发来",
    "first and last four places; the whole number is never in a record": "只有前四位和后四位；记录里从不给出完整号码",
    "GeoJSON Polygon or MultiPolygon, WGS 84; with geometry=true": "GeoJSON 多边形，WGS 84；geometry=true 时才有",
    "`next_cursor` of the page before": "上一页的 next_cursor",
    "a code of operator_kind": "operator_kind 代码表里的代码",
    "a code of the list `service`": "service 代码表里的代码",
    "a wish about the carer's sex is a hard rule": "对护理人员性别的要求必须满足",
    "18 digits, or 17 and X (GB 11643); any district's code, today's or a former one": (
        "18 位数字，或 17 位加 X（GB 11643）；现在或过去的区县代码都可以"
    ),
    "account of the officer who recorded it": "登记的干部的账号",
    "as it was on record at that time, whatever was corrected since; now where it is left out": (
        "按那时登记的样子，不管后来怎么更正；不填为现在"
    ),
    "codes of the list `category`": "category 代码表里的代码",
    "not included; left out: as the area's rule says, else 12 months": "不含当天；不填按区划的规则，没有规则为 12 个月",
    "null: it stands; otherwise when it was corrected": "空为现行记录；否则为被更正的时间",
    "of the household registration": "户籍所在地",
    "on what ground": "依据",
    "true: the text says that others may count": "true：文件写明还可包括其他人员",
    "visit: counted in the monthly rate": "visit 计入每月走访率",
    "all 26 items; the highest score is that of no loss": "26 项都要有；最高分表示没有受损",
    "landlines with their area code": "固定电话要带区号",
    "of moved_out: where the elder goes; a community of ours goes on counting the elder": (
        "moved_out 时的去向；迁到本市系统内的社区则由那里继续统计"
    ),
    "who is called first; null: not for alerts": "先通知谁；空为不参与报警通知",
    "account; null: the system": "账号；空为系统",
    "age of the map": "地图数据的时间",
    "all; own_rows: a coordinator's own providers; top: the best five, without carers": (
        "all 全部；own_rows 只看本机构；top 只看前五家，不含人员"
    ),
    "area code, or the id of an organization, an elder or the account itself": "区划代码，或机构、老人、账号自己的编号",
    "as shown, rounded up": "显示用，向上取整",
    "carers walk and ride on the same network of walkable streets": "护理人员步行和骑行用同一张可步行路网",
    "code or Chinese label": "代码或中文名称",
    "code or Chinese label; services below it count too": "代码或中文名称；包括它的下级服务",
    "code or Chinese label; services below it in the tree count too": "代码或中文名称；包括它的下级服务",
    "directly below this one": "直接下级",
    "elder and family: app; community worker: worker; an operator must say phone": (
        "老人和家属为 app，社区工作者为 worker，话务员须填 phone"
    ),
    "elder's walk, or the carer's way with parking and door": "老人步行的时间，或护理人员路上、停车、上楼的时间",
    "elders whose community is not known": "不知道所在社区的老人",
    "elders within the limit of it": "限定时间内能到它的老人",
    "empty for elder and family": "老人和家属看不到",
    "false: no street is near the point, so nothing is reached": "false：附近没有道路，哪里也到不了",
    "false: taken to be open": "false：按开放计算",
    "false: the worklist of those without a point": "false：没有坐标、待定位的清单",
    "the record that stays": "保留的那份档案",
    "how many of each part came over, because the record that stays had none": "因保留的档案没有而转过去的各项数目",
    "a partner's system: nobody signs in, its keys act as it": "合作系统的账号：没有人登录，只用密钥",
    "null: a system has no password": "空：合作系统没有密码",
    "which system uses it": "哪个系统在用",
    "test: everything is checked and answered, nothing is kept": "test：照常校验和答复，但什么都不保存",
    "for people, in the list of devices; only with device_id": "给人看的设备名称；须同时给出 device_id",
    "for reading": "供阅读",
    "full; request: who, where and the grade; visit: who and where; masked: surname, age band, "
    "community, the place to 100 m": (
        "full 全部；request 姓名、住址和等级；visit 姓名和住址；masked 姓、年龄段、社区，位置精确到 100 米"
    ),
    "goes into Authorization: Bearer": "放进 Authorization: Bearer",
    "how two carers work together; only simultaneous is served so far": "两人如何配合；目前只支持同时上门",
    "in the reader's language": "按读者的语言",
    "in the reader's language, at most 40 characters": "按读者的语言，至多 40 个字符",
    "in this area or below": "在这个区划或其下级",
    "known to be open then": "已知那时开放",
    "language of the report; without it Accept-Language decides": "报告语言；不填时看 Accept-Language",
    "pdf to print, xlsx to go on working with": "pdf 供打印，xlsx 供继续加工",
    "who answers for the report, as it stands on the cover": "编制单位，印在封面上",
    "language of the page; without it Accept-Language decides": "页面语言；不填时看 Accept-Language",
    "later_end, shorter_visit, longer_day, other_day": (
        "later_end 晚些结束，shorter_visit 缩短服务，longer_day 延长当班，other_day 换一天"
    ),
    "local date on which the window begins": "时间窗开始的当地日期",
    "local date; today where it is left out": "当地日期；不填为今天",
    "longitude,latitude": "经度,纬度",
    "longitude,latitude; without it the home of the elder asked for": "经度,纬度；不写则从 for_elder 的住址出发",
    "an elder whose whole record one sees: what does not take the elder is left out": (
        "自己能看全部资料的老人：不收这位老人的服务会略去"
    ),
    "of the conditions; null: nobody was asked for": "准入条件规则的版本；空为没有指定老人",
    "the day on which age, categories and grade count": "按哪一天的年龄、类别和等级",
    "all of them on each page, the nearest first; null: nobody was asked for": (
        "每页都给全部，近的在前；空为没有指定老人"
    ),
    "good once, for POST /v1/auth/tokens/refresh; used twice, the device is signed out": (
        "只能用一次，发给 POST /v1/auth/tokens/refresh；用两次，这台设备会被退出登录"
    ),
    "made once by the app and kept; signing in again on the device replaces its session": (
        "由应用生成一次并保存；同一设备再次登录会替换原来的登录"
    ),
    "made by the caller (UUIDv7), or by the server where it is left out": "由发送方生成（UUIDv7）；不填由服务器生成",
    "made by the phone; the same when it is sent again": "由手机生成；重发时不变",
    "minutes on foot": "步行分钟数",
    "minutes, rounded up": "分钟，向上取整",
    "more than the service asks for; left out, the code list decides": "比该服务通常更多的人数；不填按代码表",
    "name@sha of the street network": "路网的名称@校验值",
    "no_time: what would do": "no_time：怎样就可以",
    "not included": "不含这一天",
    "not included; null: open": "不含这一天；空为不限",
    "null without `names`": "没有 names 时为空",
    "null: hours not known": "空：不知道开放时间",
    "null: not known": "空：不知道",
    "null: not stated": "空：没有说明",
    "of 100: free / maximum": "满分 100：空余 / 上限",
    "of 150: 1 - own share / reference": "满分 150：1 − 自付 / 参考价",
    "of 200: 1 - minutes after the wish / 60": "满分 200：1 − 晚于期望的分钟数 / 60",
    "of 200: visits in 90 days / 3": "满分 200：90 天内来过的次数 / 3",
    "of 350: 1 - time / limit": "满分 350：1 − 用时 / 上限",
    "of all levels below; areas of one level add up to the whole": "下面各级的；同一级相加等于总数",
    "open_at: true where holidays of that year are not announced yet; null without it": (
        "open_at：那一年的放假安排尚未公布时为真；不用 open_at 时为空"
    ),
    "the house or one of its services; null: not known": "整个站点或其中一项服务；空为不知道",
    "null: not closed": "空为没有停业",
    "what was said of the closure that holds now": "正在停业的原因",
    "true where holidays of this year are not announced yet": "这一年的放假安排尚未公布时为真",
    "who entered it; null: the calendar of this program": "由谁录入；空为程序自带的日历",
    "of one elder": "某一位老人的",
    "in which somebody looked; null: the system, or a line from before it was kept": (
        "查阅时的身份；空为系统，或此项启用前的记录"
    ),
    "of the account that looked; whole for officers and for oneself, null: the system": (
        "查阅账号的姓名；干部和本人看到全名，其他人只看到姓；空为系统"
    ),
    "of the office for which somebody looked": "查阅时所代表的区划",
    "of the organization for which somebody looked": "查阅时所代表的机构",
    "the name of that area or organization": "该区划或机构的名称",
    "of the checklist, by question": "检查表的回答，按题号",
    "of the day in which the window begins: before 11:00, before 16:00, later": (
        "时间窗开始的时段：11:00 前、16:00 前、更晚"
    ),
    "of the house; null: not known": "房屋的；空为不知道",
    "of the list `category`": "category 代码表里的",
    "of the list `service`; a group such as `bathing` is served by any of its members": (
        "service 代码表里的；像 bathing 这样的组，其中任何一项都可以"
    ),
    "of the median uncovered elder of the area": "本区域未覆盖老人的中位数",
    "of the planned visit": "计划任务的",
    "of the visit that goes with it": "配对任务的",
    "of this area and below": "本区划及其下级的",
    "old and other names": "旧名和别名",
    "one's own": "自己的",
    "only who lives within this area": "只看住在这个区划里的",
    "our clock": "服务器的时间",
    "out_of_range: how long the way takes": "out_of_range：路上要多久",
    "out_of_range: not found within the search; `minutes` is what it takes at least": (
        "out_of_range：搜索范围内没有到达；minutes 是至少要多久"
    ),
    "out_of_range: the limit": "out_of_range：时间上限",
    "part of a name, old or new, or the beginning of a code": "名称（新旧均可）的一部分，或代码的开头",
    "reference system of near; needed with it": "near 的坐标系；写 near 时必须写明",
    "requests given to it in 28 days; null: not shown": "28 天内派给它的需求数；空为不显示",
    "seconds from the point to the entrance": "从该点到入口的秒数",
    "sites and homes of this date": "按这一天的服务点和住址",
    "stable; the same in every language": "固定不变，与语言无关",
    "that count as a visit": "算作一次走访的",
    "the first character of the name, which a masked record shows too; a whole name does not belong in an address": (
        "姓名的第一个字（脱敏后也显示）；网址里不该有全名"
    ),
    "the local date of the start": "开始时的当地日期",
    "the phone's clock": "手机的时间",
    "the phone's clock when this was made": "生成时手机的时间",
    "the point as it was sent": "送来时的原始坐标",
    "the states that the state machine allows from here": "从现在的状态可以去的状态",
    "the system it arrived in": "送来时的坐标系",
    "the text's list is not closed": "文件里的清单没有写完",
    "the window in which the service may begin and end; at most 7 days long, at most 60 days ahead": (
        "服务开始和结束的时间窗；至多 7 天长，至多提前 60 天"
    ),
    "today where it is left out": "不填为今天",
    "today; null where nobody said so": "今天的；没有记载为空",
    "true: small counts are hidden": "true：小数目已隐藏",
    "true: the place to 100 m, not the door": "true：位置精确到 100 米，不是家门",
    "true: verified longer ago than the facility type allows": "true：上次核实已超过该类设施的期限",
    "unlocated elders count as uncovered; null without elders": "未定位的老人按未覆盖算；没有老人时为空",
    "unless it is refreshed before": "在此之前刷新则顺延",
    "west,south,east,north; WGS 84, longitude first": "西,南,东,北；WGS 84，经度在前",
    "what lon and lat mean": "lon 和 lat 的坐标系",
    "what was known then": "当时已知的",
    "when its tokens were last made": "最近一次换取令牌的时间",
    "where names and figures come from": "名称和数字的来源",
    "where the elder lived when it was asked": "提出需求时老人住在哪里",
    "who asked, in a request by phone: the elder, a daughter, a neighbor": "电话里是谁提的：老人、女儿、邻居",
    "who serves it": "由谁服务",
    "whose logs count": "以谁的记录为准",
    "with the boundary": "带边界",
    "with who was not visited; each name shown leaves an access line": "带未走访者名单；显示谁就为谁留一条查阅记录",
}


def meaning_in(reader: Locale, description: str) -> str:
    """Give what the document says in the reader's language; what has no Chinese stays as it is."""
    return CHINESE.get(description, description) if reader is Locale.ZH else description
