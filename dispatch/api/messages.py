"""Chinese for the sentences that marshmallow and webargs say in English."""

from __future__ import annotations

import re

from dispatch.words import Locale

PLAIN = {
    "Missing data for required field.": "必填。",
    "Field may not be null.": "不能为空值。",
    "Unknown field.": "没有这个字段。",
    "Invalid value.": "值不对。",
    "Invalid type.": "类型不对。",
    "Not a valid string.": "应为文字。",
    "Not a valid number.": "应为数字。",
    "Not a valid integer.": "应为整数。",
    "Not a valid boolean.": "应为 true 或 false。",
    "Not a valid date.": "应为日期，例如 2026-03-31。",
    "Not a valid datetime.": "应为时间，例如 2026-03-31T08:00:00+08:00。",
    "Not a valid aware datetime.": "时间要带时区，例如 2026-03-31T08:00:00+08:00。",
    "Not a valid naive datetime.": "应为不带时区的时间，例如 2026-03-31T08:00:00。",
    "Not a valid time.": "应为时刻，例如 08:00。",
    "Not a valid period of time.": "应为时长（数字）。",
    "Not a valid UUID.": "应为 UUID。",
    "Not a valid utf-8 string.": "应为 UTF-8 文字。",
    "Not a valid URL.": "应为网址。",
    "Not a valid email address.": "应为电子邮箱。",
    "Not a valid delimited list.": "应为逗号分隔的列表。",
    "Not a valid delimited tuple.": "应为逗号分隔的一组值。",
    "Not a valid list.": "应为列表。",
    "Not a valid tuple.": "应为一组值。",
    "Not a valid mapping type.": "应为对象。",
    "Invalid input type.": "应为 JSON 对象。",
    "Special numeric values (nan or infinity) are not permitted.": "不能是 NaN 或无穷大。",
    "Number too large.": "数字太大。",
    "String does not match expected pattern.": "写法不对。",
    "Invalid JSON body.": "不是有效的 JSON。",
    "Invalid input.": "值不对。",
}
PATTERNS = (
    (r"^Must be one of: (.+)\.$", r"只能是：\1。"),
    (r"^Must be equal to (.+)\.$", r"应为 \1。"),
    (r"^Length must be between (.+) and (.+)\.$", r"长度应在 \1 到 \2 之间。"),
    (r"^Length must be (.+)\.$", r"长度应为 \1。"),
    (r"^Shorter than minimum length (.+)\.$", r"太短，至少 \1。"),
    (r"^Longer than maximum length (.+)\.$", r"太长，至多 \1。"),
    (r"^One or more of the choices you made was not in: (.+)\.$", r"只能从这些里选：\1。"),
    (r"^One or more of the choices you made was in: (.+)\.$", r"不能选：\1。"),
    (r"^Must be greater than or equal to (.+) and less than or equal to (.+)\.$", r"应在 \1 到 \2 之间。"),
    (r"^Must be greater than (.+) and less than or equal to (.+)\.$", r"应大于 \1，且不大于 \2。"),
    (r"^Must be greater than or equal to (.+) and less than (.+)\.$", r"应不小于 \1，且小于 \2。"),
    (r"^Must be greater than (.+) and less than (.+)\.$", r"应大于 \1，且小于 \2。"),
    (r"^Must be greater than or equal to (.+)\.$", r"不能小于 \1。"),
    (r"^Must be greater than (.+)\.$", r"应大于 \1。"),
    (r"^Must be less than or equal to (.+)\.$", r"不能大于 \1。"),
    (r"^Must be less than (.+)\.$", r"应小于 \1。"),
)


def translate(message: str, locale: Locale) -> str:
    """Give a validation message in the reader's language; one that is not known stays as it is."""
    if locale is Locale.EN:
        return message
    if message in PLAIN:
        return PLAIN[message]
    for pattern, chinese in PATTERNS:
        if re.match(pattern, message, re.DOTALL):
            return re.sub(pattern, chinese, message, flags=re.DOTALL)
    return message
