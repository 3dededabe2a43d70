"""The Chinese of what the document says about feeds, message settings and short texts."""

NOTICES = {
    "rises; no two notices have the same": "递增，不重复",
    "of what happened; more kinds may come": "发生了什么；以后会有更多种类",
    "for reading, in the reader's language": "给人看的，用读者的语言",
    "from where to read on, also without items": "下次从这里接着读，没有条目时也有",
    "more are there already": "后面还有",
    "behind the cursor that was sent some are no longer kept": "所给游标之后的一些动态已过保存期",
    "notices not seen, counted up to 100": "未看的条数，最多数到 100",
    "`cursor` of an answer of the feed": "动态答复里的 cursor",
    "false: none but in an emergency": "假：除紧急外不发",
    "the account's own number, its middle hidden": "账号自己的号码，隐去中间四位",
    "the account is linked with WeChat": "账号已绑定微信",
    "where to send them; a relative's must be on record with the elder": "发到哪个号码；家属的号码须已登记在老人名下",
    "what the program on the phone got when it signed in to WeChat": "小程序登录微信得到的凭证",
    "of what happened": "发生了什么",
    "its middle hidden; null: over WeChat alone": "隐去中间四位；空：只走微信",
    "not before: the quiet hours are over": "不早于此时：已过免打扰时段",
    "who was asked last": "最近一次交给谁发送",
    "under which the provider took it": "服务商收下时给的编号",
    "code of what went wrong last, or why it was dropped": "最近一次出错的代码，或不发的原因",
}
