"""The Chinese of what the document says about the phone operators' desk."""

DESK = {
    "30 minutes after it was opened, or when it ended": "开始后三十分钟，或结束的时刻",
    "a name in characters, pinyin or initials, also its beginning or the given name alone; a whole telephone number of "
    "the elder or of somebody to call for them; the name of a community or subdistrict. All words must fit. It goes in "
    "the body, since a name does not belong in an address": "姓名的汉字、拼音或首字母，也可只写开头或名；老人或联系人的"
    "完整电话号码；社区或街镇的名称。各词都要符合。写在请求正文里，因为姓名不应出现在网址中",
    "full; request: who, where and the grade; visit, emergency, call: who and where; masked: surname, age band, "
    "community, the place to 100 m; full | request | visit | emergency | call | masked | none": "full 全部；"
    "request 身份、住址和能力等级；visit、emergency、call 身份和住址；masked 姓氏、年龄段、社区、百米内的位置",
    "full; request: who, where and the grade; visit, emergency, call: who and where; masked: surname, age band, "
    "community, the place to 100 m": "full 全部；request 身份、住址和能力等级；visit、emergency、call 身份和住址；"
    "masked 姓氏、年龄段、社区、百米内的位置",
    "how it was made sure whom the call is about": "怎样核实来电说的是谁",
    "how it was made sure whom the call is about; number_shown | birth_date_told | address_told | called_back": ""
    "怎样核实来电说的是谁：number_shown 来电号码一致，birth_date_told 说出出生日期，address_told 说出住址，"
    "called_back 回拨",
    "itself left out; where left out, 61 days from today, for which one can ask": "不含当天；不填则为今天起第 61 天，"
    "即可以申请的最远日期之后",
    "of the operator": "话务员的",
    "only who lives in this area": "只看住在这个区域的",
    "those that have not come to an end, the soonest window first": "尚未结束的，时间窗早的在前",
    "true: others fit too; add a word": "true：还有其他人符合，再加一个词",
}
