"""Chinese meanings of what webhooks and calendar feeds are asked and answer."""

TELLING = {
    "https; what lies inside only as the settings allow": "https 地址；内网地址只在设置允许时可用",
    "of `GET /v1/webhooks/kinds`; `visit.*` is a whole family": "从 GET /v1/webhooks/kinds 中选；visit.* 表示整类",
    "officers and administrators: events of this area": "区县负责人和管理员：这个区划的事件",
    "coordinators: events of this organization": "机构调度员：这家机构的事件",
    "true: switch on again, and answer for it from now on": "真：重新启用，并从此由自己负责",
    "whose right it rests on": "依据谁的权限",
    "null: the last event was taken": "空：最近一次事件已收下",
    "until then the secret before signs too": "在此之前旧密钥同时签名",
    "events that are still to be sent": "还没送到的事件数",
    "shown this once; null where the call is repeated: have a new one made": (
        "只显示这一次；重发同一请求时为空，可另换新密钥"
    ),
    "`webhook-id`: the same in every repetition": "即 webhook-id：重发时不变",
    "when it is sent next": "下次发送的时间",
    "what was answered last": "接收方最近一次的答复状态",
    "events from then on; at most 30 days back": "从这一刻起的事件；最多 30 天以前",
    "`after` of the answer before, to go on": "上一次答复里的 after，用来继续",
    "null: that was all; otherwise send it to go on": "空：已全部安排；否则带上它继续",
    "of kind `elder`: whom one is bound to": "kind 为 elder 时：自己绑定的老人",
    "secret, shown this once: put it behind the service's own address": "保密，只显示这一次：接在本服务的地址后面",
}
