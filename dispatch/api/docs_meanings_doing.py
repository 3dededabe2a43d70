"""The Chinese of what the document says about starts, ends, confirmations, disputes and totals."""

DOING = {
    "null: a care visit": "空：是一次走访",
    "at most an hour before the window": "最早在时间窗开始前一小时",
    "silence: nobody said anything for 7 days": "silence：7 天内没有人提出意见",
    "upheld: stays out of what is paid; rejected: counts again": "upheld：不计入支付；rejected：重新计入",
    "made by the phone; the same when it is sent again": "手机生成；重发时不变",
    "made by the sender; the same when it is sent again, or for its end": "发送方生成；重发或补记结束时不变",
    "where no start was sent before, as by a phone that was offline": "此前没有报过开始时填写，例如手机离线",
    "of the organization that serves": "属于提供服务的机构",
    "goes with finished_at": "与 finished_at 一起填写",
    "null on another day than the visit's": "不是上门当天时为空",
    "1 to 5, or none": "1 到 5 分，可以不评",
    "of who confirmed it": "由谁确认",
    "of who raised it": "由谁提出",
    "of the service days": "按服务日期",
    "of the area, service or organization; null: all": "区划、服务或机构；空：全部",
    "open disputes: left out of what is paid": "处理中的异议：不计入支付",
    "disputes that an officer upheld: not paid": "成立的异议：不支付",
    "of those that are paid": "指计入支付的",
    "for reading": "供阅读",
}
