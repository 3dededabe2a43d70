"""What the pages say: doors, jobs, headings and rules."""

from __future__ import annotations

from typing import NamedTuple

from dispatch.words import Words


class Job(NamedTuple):
    """A piece of work, with the blueprints that serve it and the rooms whose errors it meets."""

    anchor: str
    name: Words
    blueprints: tuple[str, ...]
    rooms: tuple[str, ...]


class Door(NamedTuple):
    """One way in: for whom, and which job they begin with."""

    name: Words
    about: Words
    anchor: str


JOBS = (
    Job(
        "sign-in",
        Words("登录", "Sign in"),
        ("auth", "sessions", "passwords", "accounts", "elder_accounts"),
        ("accounts", "api"),
    ),
    Job(
        "find",
        Words("查服务、机构和区划", "Find services, places and areas"),
        (
            "services",
            "sites",
            "duplicates",
            "site_parts",
            "beds",
            "maps",
            "hours",
            "organizations",
            "codes",
            "areas",
            "compounds",
        ),
        ("directory", "areas", "geo"),
    ),
    Job(
        "plan",
        Words("规划：服务圈与盲区", "Plan: circles and gaps"),
        (
            "coverage",
            "coverage_people",
            "network_edits",
            "scenarios",
            "sitings",
            "reports",
            "publications",
            "indicators",
        ),
        ("coverage", "reports", "streets", "suppression", "indicators"),
    ),
    Job(
        "gis",
        Words("地图图层：给地理信息软件", "Map layers: for GIS software"),
        ("ogc", "geopackage", "tiles"),
        ("coverage", "tiles", "api"),
    ),
    Job(
        "dispatch",
        Words("派单：需求与匹配", "Assign: requests and matching"),
        (
            "phone_desk",
            "elders",
            "elder_parts",
            "circles",
            "carers",
            "category_sets",
            "care_requests",
            "quotes",
            "subsidies",
            "care_series",
            "matching",
            "offers",
            "sla",
            "supervisor_tasks",
        ),
        ("elders", "carers", "intake", "assignment", "subsidies"),
    ),
    Job(
        "day",
        Words("排班：一天的路线", "Plan a day: tours"),
        ("plans", "plan_changes", "days"),
        ("assignment", "planner"),
    ),
    Job(
        "visit",
        Words("走访：记录与走访率", "Visit: logs and the monthly rate"),
        ("visits", "calendars"),
        ("visits", "calendars"),
    ),
    Job(
        "serve",
        Words("服务：开始、结束与确认", "Serve: starts, ends, confirmation"),
        ("doing", "confirmations"),
        ("visits", "intake"),
    ),
    Job(
        "oversee",
        Words("监督：记录没有被改动", "Oversee: records stay as written"),
        ("access_log", "emergencies", "privacy", "audit"),
        ("journal", "privacy"),
    ),
    Job(
        "tell",
        Words("告知：动态与短信", "Tell: feeds and short texts"),
        ("feed", "messages_sent"),
        ("notices",),
    ),
    Job(
        "wait",
        Words("后台任务：进度与结果", "Long work: progress and results"),
        ("jobs", "imports"),
        ("jobs", "sheets"),
    ),
    Job(
        "connect",
        Words("接入与运行", "Connect and run"),
        ("webhooks", "docs", "health", "metrics"),
        ("webhooks", "storage", "errors"),
    ),
)
OTHER_JOB = Job("other", Words("其他", "Other"), (), ())

DOORS = (
    Door(
        Words("我要规划", "I plan"),
        Words("看十五分钟服务圈盖住了谁、漏下了谁。", "See whom the 15-minute circles reach, and whom they miss."),
        "plan",
    ),
    Door(
        Words("我要派单", "I assign"),
        Words("收下老人的需求，按顺序列出能上门的机构和理由。", "Take requests; see who can serve them, and why."),
        "dispatch",
    ),
    Door(
        Words("我要走访", "I visit"),
        Words("记一次走访，看本月还有谁没走到。", "Log a visit; see who is still due this month."),
        "visit",
    ),
    Door(
        Words("我要接入", "I connect"),
        Words("每个接口怎么调，附可直接粘贴的命令。", "How to make each call, with commands to paste."),
        "connect",
    ),
)

PAGE = {
    "name": Words("居家社区养老服务调度", "Home and community elder care"),
    "what": Words("这是什么", "What this is"),
    "about": Words(
        "面向区县民政、街道社区和养老机构的服务端：服务机构名录、十五分钟服务圈、需求匹配派单、每月走访率。"
        "步行时间按真实路网计算，每个数字都注明依据。",
        "A server for districts, communities and providers of elder care: a directory of services, 15-minute "
        "service circles, matching of requests, monthly visit rates. Walking times follow the street network, "
        "and every figure says what it rests on.",
    ),
    "doors": Words("从这里开始", "Start here"),
    "sign_in": Words("登录", "Sign in"),
    "sign_in_how": Words(
        "用 POST /v1/auth/tokens 换取访问令牌。账号由管理员用命令 dispatch accounts add 建立；"
        "演示环境的账号在 var/demo-accounts.json 里。",
        "Exchange user name and password for a token at POST /v1/auth/tokens. Accounts are made with the command "
        "dispatch accounts add; those of the demo are listed in var/demo-accounts.json.",
    ),
    "health": Words("版本与状态", "Version and health"),
    "metrics": Words("监控", "Monitoring"),
    "version": Words("版本", "Version"),
    "database": Words("数据库", "Database"),
    "network": Words("路网", "Street network"),
    "docs": Words("接口文档", "API documentation"),
    "start": Words("首页", "Start page"),
    "machine": Words("机器可读的文档（OpenAPI 3.1）", "The same for machines (OpenAPI 3.1)"),
    "contents": Words("目录", "Contents"),
    "rules": Words("通用约定", "Rules for all calls"),
    "before": Words("先登录，后面的命令会用到 TOKEN：", "Sign in first; the commands below use TOKEN:"),
    "before_note": Words(
        "把用户名和密码换成你自己的。令牌过一会儿就会失效，失效后重新运行这一行。",
        "Put in your own user name and password. The token is good for a short while; run the line again after that.",
    ),
    "who": Words("谁可以用", "Who may"),
    "anyone": Words("不用登录", "anyone, without signing in"),
    "parameters": Words("参数", "Parameters"),
    "body": Words("请求内容（JSON）", "Body (JSON)"),
    "answer": Words("答复", "Answer"),
    "codes": Words("可能的错误", "Possible errors"),
    "job_codes": Words("这一部分还会遇到", "This part also answers"),
    "errors": Words("错误代码", "Error codes"),
    "errors_note": Words(
        "所有错误都是 application/problem+json；code 不随语言变化，title 和 detail 随 Accept-Language。",
        "Every error is application/problem+json; code is the same in every language, title and detail follow "
        "Accept-Language.",
    ),
    "column_name": Words("名称", "Name"),
    "column_where": Words("位置", "Where"),
    "column_type": Words("类型", "Type"),
    "column_meaning": Words("说明", "Meaning"),
    "column_code": Words("代码", "Code"),
    "column_status": Words("状态码", "Status"),
    "column_zh": Words("中文", "Chinese"),
    "column_en": Words("英文", "English"),
    "required": Words("必填", "required"),
    "default": Words("默认 {value}", "default {value}"),
    "try": Words("试一试", "Try it"),
    "place_path": Words("路径", "path"),
    "place_query": Words("查询", "query"),
    "place_header": Words("请求头", "header"),
    "languages": Words("English", "中文"),
}

RULES = (
    Words(
        "坐标为 WGS 84，经度在前；送来的点必须写明坐标系 crs（wgs84、cgcs2000、gcj02、bd09）。",
        "Coordinates are WGS 84, longitude first; a point that is sent says its reference system: crs "
        "(wgs84, cgcs2000, gcj02, bd09).",
    ),
    Words("时间一律带时区，例如 2026-03-31T08:00:00+08:00。", "Times carry a zone, as 2026-03-31T08:00:00+08:00."),
    Words(
        "列表按页读取：把答复里的 next_cursor 作为 cursor 再发一次，没有 next_cursor 就到头了。",
        "Lists come in pages: send next_cursor of the answer as cursor; without next_cursor it was the last page.",
    ),
    Words(
        "修改记录要带 If-Match（读取时得到的 ETag）；新建要带自己生成的 Idempotency-Key，重发不会重复。",
        "A change carries If-Match (the ETag that reading gave); a creation carries an Idempotency-Key of your own, "
        "so that sending it again does nothing twice.",
    ),
    Words(
        "合作系统用密钥代替登录：Authorization: Bearer dk_live_…；dk_test_… 照常校验和答复，但什么都不保存"
        "（答复带 Dispatch-Test: nothing-kept）。",
        "Partner systems send a key instead of signing in: Authorization: Bearer dk_live_…; of what dk_test_… does, "
        "checked and answered as always, nothing is kept (Dispatch-Test: nothing-kept).",
    ),
    Words(
        "不归你管的记录一律答 404，与不存在没有区别。",
        "A record outside your scope answers 404, just as one that does not exist.",
    ),
    Words(
        "名称单位写在字段名里：_m 米，_s 秒，_min 分钟，_share 为 0 到 1。",
        "Units stand in the names: _m metres, _s seconds, _min minutes, _share from 0 to 1.",
    ),
)
