"""What is wrong with a request gets one clear answer, in the reader's language, before anything happens."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.things import NAMES, THING_ID

JSON = {"Content-Type": "application/json"}
GOOD = {"name": "饭盒"}


def _post(things, headers, body, **more):
    key = {"Idempotency-Key": str(uuid4())}
    return things.post("/v1/things", headers=headers | key | more, json=body)


def _fields(reply) -> dict[str, list[str]]:
    return reply.get_json()["fields"]


class TestBody:
    @pytest.mark.parametrize(
        "text",
        ["{", '{"name": "a",}', "", "\xff", '{"name": NaN', "[" * 5_000, '{"count": ' + "9" * 5_000 + "}"],
        ids=["cut off", "comma", "empty", "not utf-8", "nan", "brackets", "digits"],
    )
    def test_malformed_json_is_400(self, things, planner, text):
        reply = things.post("/v1/things", headers=planner | JSON, data=text.encode("latin-1"))

        assert (reply.status_code, reply.get_json()["title"]) == (400, "请求的写法有误")

    @pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data", ""])
    def test_another_media_type_is_415(self, things, planner, content_type):
        reply = things.post("/v1/things", headers=planner | {"Content-Type": content_type}, data=json.dumps(GOOD))

        assert (reply.status_code, reply.get_json()["code"]) == (415, "wrong-media-type")
        assert "application/json" in reply.get_json()["detail"]

    def test_a_body_over_the_limit_is_413(self, things, planner):
        limit = things.application.config["MAX_CONTENT_LENGTH"]

        reply = _post(things, planner, {"name": "x" * limit})

        assert (reply.status_code, reply.get_json()["code"]) == (413, "body-too-large")
        assert reply.get_json()["facts"] == {"limit_bytes": limit}
        assert str(limit) in reply.get_json()["detail"]

    def test_unknown_field_is_422_and_named(self, things, planner):
        reply = _post(things, planner, GOOD | {"colour": "red", "point": {"lon": 1, "lat": 2, "alt": 3}})

        assert reply.status_code == 422
        assert _fields(reply) == {"colour": ["没有这个字段。"], "point.alt": ["没有这个字段。"]}

    def test_unknown_code_is_422_with_the_allowed_ones(self, things, planner):
        reply = _post(things, planner, GOOD | {"kind": "massage"})

        assert (reply.status_code, _fields(reply)) == (422, {"kind": ["只能是：meals, bathing。"]})

    @pytest.mark.parametrize(
        ("body", "field", "sentence"),
        [
            ({}, "name", "必填。"),
            ({"name": None}, "name", "不能为空值。"),
            ({"name": 7}, "name", "应为文字。"),
            ({"name": ""}, "name", "长度应在 1 到 20 之间。"),
            (GOOD | {"count": 0}, "count", f"应在 1 到 {2**62} 之间。"),
            (GOOD | {"count": 2**70}, "count", "数字太大。"),
            (GOOD | {"seen_at": "2026-03-31T08:00:00"}, "seen_at", "时间要带时区，例如 2026-03-31T08:00:00+08:00。"),
            (GOOD | {"seen_at": "0001-01-01T00:00:00+08:00"}, "seen_at", "日期应在 1900 年到 2199 年之间。"),
            (GOOD | {"on": "9999-12-31"}, "on", "日期应在 1900 年到 2199 年之间。"),
            (GOOD | {"on": "2026-02-30"}, "on", "应为日期，例如 2026-03-31。"),
            (GOOD | {"point": {"lon": "east", "lat": 39}}, "point.lon", "应为数字。"),
            (GOOD | {"point": {"lon": 1e400, "lat": 39}}, "point.lon", "数字太大。"),
            (GOOD | {"tags": ["a", "b\x00"]}, "tags.1", "含有不能保存的字符。"),
            (GOOD | {"extra": {"\x00": 1}}, "extra", "含有不能保存的字符。"),
            ([], "_", None),
            (7, "_", None),
        ],
    )
    def test_content_that_is_not_true_is_422_with_the_field_in_chinese(self, things, planner, body, field, sentence):
        reply = _post(things, planner, body)

        assert reply.status_code == 422
        (found,) = _fields(reply).values()
        if sentence:
            assert _fields(reply) == {field: [sentence]}
        assert not any(
            letter.isascii() and letter.isalpha() for letter in found[0].partition("例如")[0].replace("JSON", "")
        )

    def test_half_a_character_is_422(self, things, planner):
        text = '{"name": "a", "extra": {"x": "\\ud800"}}'  # an escape that no sender should write
        reply = things.post("/v1/things", headers=planner | JSON, data=text)

        assert (reply.status_code, _fields(reply)) == (422, {"extra.x": ["含有不能保存的字符。"]})

    def test_nesting_without_end_is_422(self, things, planner):
        deep: object = 1
        for _ in range(60):
            deep = {"a": deep}

        assert _post(things, planner, GOOD | {"extra": {"x": deep}}).status_code == 422

    def test_english_readers_get_english(self, things, planner):
        reply = _post(things, planner | {"Accept-Language": "en-GB,en;q=0.9"}, {})

        assert reply.get_json()["title"] == "The content is not valid"
        assert _fields(reply) == {"name": ["Missing data for required field."]}
        assert reply.headers["Content-Language"] == "en"

    @pytest.mark.parametrize("wanted", ["fr", "zh-TW, en;q=0.5", "*", "", ";;q=,", "en;q=0.1, zh;q=0.9"])
    def test_everybody_else_gets_chinese(self, things, planner, wanted):
        reply = _post(things, planner | {"Accept-Language": wanted}, {})

        assert reply.get_json()["title"] == "填写的内容有误"


class TestQuery:
    def test_unknown_parameter_is_400(self, things):
        reply = things.get("/v1/things?colour=red")

        assert (reply.status_code, _fields(reply)) == (400, {"colour": ["没有这个字段。"]})

    def test_unknown_parameter_is_400_also_where_none_is_known(self, things):
        reply = things.get("/livez?colour=red")

        assert (reply.status_code, _fields(reply)) == (400, {"colour": ["没有这个参数。"]})

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=201", "limit=many", "limit=" + "9" * 60, "kind=massage", "kind=%00", "kind=a%00b"]
    )
    def test_values_that_cannot_be_are_400(self, things, query):
        reply = things.get(f"/v1/things?{query}")

        assert reply.status_code == 400
        assert set(_fields(reply)) == {query.partition("=")[0]}

    def test_pages_lead_to_the_end_and_give_everything_once(self, things):
        first = things.get("/v1/things?limit=2").get_json()
        second = things.get(f"/v1/things?limit=2&cursor={first['next_cursor']}").get_json()
        third = things.get(f"/v1/things?limit=2&cursor={second['next_cursor']}").get_json()

        assert first["items"] + second["items"] + third["items"] == NAMES
        assert "next_cursor" not in third

    @pytest.mark.parametrize("cursor", ["", "x", "!!", "bm9wZQ", "WzEsMl0", "%E4%B8%AD", "W" * 3_000, "%00"])
    def test_broken_cursor_is_400(self, things, cursor):
        reply = things.get(f"/v1/things?cursor={cursor}")

        assert reply.status_code == 400
        assert set(_fields(reply)) == {"cursor"}

    def test_cursor_of_another_list_is_400(self, things):
        cursor = things.get("/v1/things?limit=2").get_json()["next_cursor"]

        reply = things.get(f"/v1/things/others?cursor={cursor}")

        assert (reply.status_code, _fields(reply)) == (400, {"cursor": ["游标无效，从第一页重新读取。"]})

    def test_a_cursor_with_one_changed_character_is_400(self, things):
        cursor = things.get("/v1/things?limit=2").get_json()["next_cursor"]
        for place in range(len(cursor) - 1):  # the last character may hold unused bits
            changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]

            assert things.get(f"/v1/things?cursor={changed}").status_code == 400


class TestPath:
    def test_unknown_route_is_404(self, things):
        reply = things.get("/v1/nothing")

        assert (reply.status_code, reply.get_json()["code"]) == (404, "not-found")
        assert reply.get_json()["title"] == "没有这个地址或这条记录"

    def test_wrong_method_is_405_with_the_allowed_ones(self, things):
        reply = things.delete("/v1/things")

        assert (reply.status_code, reply.get_json()["code"]) == (405, "method-not-allowed")
        assert {"GET", "POST"} <= set(reply.headers["Allow"].split(", "))

    @pytest.mark.parametrize(
        "path",
        [
            "/v1/things/numbers/" + "9" * 60,
            f"/v1/things/numbers/{2**63}",
            "/v1/things/names/a%00b",
            "/v1/things/not-an-id",
            f"/v1/things/{THING_ID}/",
            "/v1/things/numbers/-1",
        ],
    )
    def test_path_that_no_record_can_have_is_404(self, things, planner, path):
        assert things.get(path, headers=planner).status_code == 404

    def test_the_largest_number_and_any_text_are_asked_for(self, things):
        assert things.get(f"/v1/things/numbers/{2**63 - 1}").get_json() == {"items": [str(2**63 - 1)]}
        assert things.get("/v1/things/names/%F0%A0%AE%B7").get_json() == {"items": ["𠮷"]}

    def test_head_answers_like_get_without_a_body(self, things):
        shown, head = things.get("/v1/things/position"), things.head("/v1/things/position")

        assert (head.status_code, head.get_data(), head.headers["ETag"]) == (200, b"", shown.headers["ETag"])
        assert head.headers["Content-Type"] == "application/geo+json"

    def test_options_names_the_methods(self, things):
        reply = things.options("/v1/things")

        assert reply.status_code == 200
        assert {"GET", "POST", "OPTIONS"} <= set(reply.headers["Allow"].split(", "))
