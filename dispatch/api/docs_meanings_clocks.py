"""Chinese meanings of what runs against time: clocks of requests, and what waits for a supervisor."""

CLOCKS = {
    "first local date on which it was due": "到期的第一天（当地日期）；不填为 to 之前一年",
    "not accepted, or not begun in time": "accept 超时未接单，start 超时未开始",
    "those whose clock still counts or is held": "true：还在计时或暂停中的；false：已经停下的",
    "counts up when a request that was accepted is opened again": "接单后又重新打开的，每次加一",
    "of the limits that held when it began": "开始计时时所用时限的版本",
    "counted so far, or until it stopped; time on hold is left out": "已计秒数，或到停下为止的；暂停的时间不算",
    "who has to act on the request now": "现在轮到谁办",
    "not accepted in time": "超时未接单的个数",
    "not begun in time": "超时未开始的个数",
    "a code of what raised it": "引起这项待办的原因代码",
    "why requests that found nobody did so, by code; a request with several counts for each": (
        "没人接的需求按原因代码的个数；一项需求有几个原因，各算一次"
    ),
    "why requests failed, by code": "没做成的需求按原因代码的个数",
    "what happened, by kind, whatever became of it since: unmatched, declined, expired, failed": (
        "发生过的次数，不管后来怎样：unmatched 没人接，declined 谢绝，expired 超时未答复，failed 没做成"
    ),
    "why it happened, by kind and code": "发生的原因，按种类和代码",
}
