"""Every sentence that marshmallow may say has its Chinese."""

from __future__ import annotations

import inspect
import re

import pytest
from marshmallow import Schema, ValidationError, fields, validate
from webargs import fields as webargs_fields

from dispatch.api.messages import translate
from dispatch.words import Locale

# what no schema of ours uses (addresses of machines), or what is said of our own output
NOT_ASKED = re.compile("IP(v[46])? (address|interface)|cannot be formatted|unknown|awareness|obj_type")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _default_messages() -> set[str]:
    found = set(Schema._default_error_messages.values())
    for module in (fields, webargs_fields):
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, fields.Field):
                found |= {
                    message for one in kind.__mro__ for message in getattr(one, "default_error_messages", {}).values()
                }
    for kind in (fields.DateTime, fields.NaiveDateTime, fields.AwareDateTime, fields.Time, fields.Date):
        name = kind.OBJ_TYPE if hasattr(kind, "OBJ_TYPE") else "datetime"
        found |= {f"Not a valid {name}.", f"Not a valid {kind().__dict__.get('AWARENESS') or 'aware'} datetime."}
    return {message.replace("{choices}", "a, b") for message in found if not NOT_ASKED.search(message)}


@pytest.mark.parametrize("message", sorted(_default_messages()))
def test_standard_message_has_its_chinese(message):
    assert CHINESE.search(translate(message, Locale.ZH)), message
    assert translate(message, Locale.EN) == message


@pytest.mark.parametrize(
    ("validator", "value", "chinese"),
    [
        (validate.Range(1, 5), 9, "应在 1 到 5 之间。"),
        (validate.Range(1, 5, min_inclusive=False), 0, "应大于 1，且不大于 5。"),
        (validate.Range(1, 5, max_inclusive=False), 9, "应不小于 1，且小于 5。"),
        (validate.Range(1, 5, min_inclusive=False, max_inclusive=False), 9, "应大于 1，且小于 5。"),
        (validate.Range(min=1), 0, "不能小于 1。"),
        (validate.Range(min=1, min_inclusive=False), 0, "应大于 1。"),
        (validate.Range(max=1), 2, "不能大于 1。"),
        (validate.Range(max=1, max_inclusive=False), 2, "应小于 1。"),
        (validate.Length(1, 5), "", "长度应在 1 到 5 之间。"),
        (validate.Length(min=2), "a", "太短，至少 2。"),
        (validate.Length(max=2), "abc", "太长，至多 2。"),
        (validate.Length(equal=2), "abc", "长度应为 2。"),
        (validate.Equal("a"), "b", "应为 a。"),
        (validate.OneOf(["a", "b"]), "c", "只能是：a, b。"),
        (validate.NoneOf(["a"]), "a", "值不对。"),
        (validate.ContainsOnly(["a"]), ["b"], "只能从这些里选：a。"),
        (validate.ContainsNoneOf(["a"]), ["a"], "不能选：a。"),
        (validate.Regexp("a"), "b", "写法不对。"),
    ],
)
def test_message_of_a_validator_keeps_its_values(validator, value, chinese):
    with pytest.raises(ValidationError) as caught:
        validator(value)

    assert translate(caught.value.messages[0], Locale.ZH) == chinese


def test_a_sentence_that_is_not_known_stays_as_it_is():
    assert translate("Not this.", Locale.ZH) == "Not this."
