"""The gateway for short messages and WeChat, against fakes that time out, repeat, refuse and lie."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import pytest

from dispatch.notices import ConsoleNotifier, Message, Result, SmsGateway, Template, WechatNotifier
from dispatch.notices.providers.asking import Asker, plain_code
from dispatch.notices.providers.wechat import WechatCodeRefusedError, WechatUnreachableError
from tests.conftest import NOW
from tests.fakes.gateways import DROPS, HANG, HANG_UP, Gateway, taken

MESSAGE = Message(
    id=UUID(int=7),
    template=Template.ACCEPTED,
    values={"who": "王姓老人家属", "service": "上门助浴", "when": "3月31日14:00"},
    text="王姓老人家属：上门助浴已有机构接单，3月31日14:00。",
    phone="+8613800002345",
    openid="oTest",
)
SECRET = "hush"  # noqa: S105 - opens nothing
QUICK = {"connect_s": 1.0, "read_s": 0.3, "whole_s": 0.6}


@pytest.fixture
def gateway():
    with Gateway() as found:
        yield found


@pytest.fixture
def sms(gateway):
    return SmsGateway(
        url=f"{gateway.url}/sms/send",
        key_id="key",
        secret=SECRET,
        signature="某区养老",
        templates=dict.fromkeys(Template, "SMS_1"),
        asker=Asker(**QUICK),
    )


@pytest.fixture
def wechat(gateway):
    templates = dict.fromkeys(Template, ("TPL", "thing1", "thing2", "thing3"))
    return WechatNotifier(url=gateway.url, app_id="wx1", secret=SECRET, templates=templates, asker=Asker(**QUICK))


def signature_of(form, *, path, secret):
    """The rule of the documentation, written anew."""
    pairs = sorted((name, value) for name, value in form.items() if name != "signature")
    query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
    text = "&".join(["POST", quote(path, safe="~"), quote(query, safe="~")])
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), "sha256").digest()).decode()


class TestSms:
    def test_asks_with_template_values_number_and_a_signature_and_believes_ok(self, gateway, sms):
        gateway.says = taken

        outcome = sms.send(MESSAGE, at=NOW)

        [asked] = gateway.asked
        assert (outcome.result, outcome.provider_message_id) == (Result.SENT, "G36")
        assert (asked.form["phone"], asked.form["template"], asked.form["sign_name"]) == (
            "13800002345",
            "SMS_1",
            "某区养老",
        )
        assert json.loads(asked.form["params"]) == dict(MESSAGE.values)
        assert asked.form["out_id"] == str(MESSAGE.id)
        assert asked.form["signature"] == signature_of(asked.form, path="/sms/send", secret=SECRET)
        assert asked.query == {}  # nothing stands in an address

    def test_a_message_that_was_taken_before_is_sent(self, gateway, sms):
        gateway.says = lambda asked: taken(asked, "DUPLICATE")

        assert sms.send(MESSAGE, at=NOW).result is Result.SENT

    @pytest.mark.parametrize(
        ("said", "result", "error"),
        [
            ((500, b"{}"), Result.LATER, "http_500"),
            ((302, b""), Result.LATER, "http_302"),
            ((200, b"<html>OK</html>"), Result.LATER, "unreadable"),
            ((200, b"[]"), Result.LATER, "unreadable"),
            ((200, b'{"code": "OK"' + b" " * 70_000 + b"}"), Result.LATER, "unreadable"),
            ({"code": 0}, Result.LATER, "unreadable"),
            ({"code": "BUSY"}, Result.LATER, "gateway.BUSY"),
            ({"code": "13800002345 is busy"}, Result.LATER, "gateway.other"),
            ({"code": "E13800002345"}, Result.LATER, "gateway.other"),
            ({"code": "INVALID_PHONE"}, Result.NEVER, "gateway.INVALID_PHONE"),
            ({"code": "OK", "message_id": "G1", "out_id": "of another"}, Result.LATER, "answer_of_another"),
            ({"code": "OK", "message_id": "G1"}, Result.LATER, "answer_of_another"),
            ({"code": "OK", "out_id": str(MESSAGE.id)}, Result.LATER, "answer_of_another"),
            (HANG, Result.LATER, "timeout"),
            (DROPS, Result.LATER, "timeout"),
            (HANG_UP, Result.LATER, "connection"),
        ],
    )
    def test_only_its_own_word_for_this_message_makes_it_sent(self, gateway, sms, said, result, error):
        gateway.says = lambda _asked: said

        outcome = sms.send(MESSAGE, at=NOW)

        assert (outcome.result, outcome.error, outcome.provider_message_id) == (result, error, None)

    def test_a_gateway_that_is_away_is_asked_later(self, gateway, sms):
        gateway.__exit__()

        assert sms.send(MESSAGE, at=NOW).error in {"connection", "timeout"}


class TestWechat:
    def test_fetches_a_token_once_and_sends_to_the_openid(self, gateway, wechat):
        gateway.says = self.platform()

        outcomes = [wechat.send(MESSAGE, at=NOW) for _ in range(2)]

        assert [each.result for each in outcomes] == [Result.SENT, Result.SENT]
        assert [asked.path for asked in gateway.asked] == [
            "/cgi-bin/stable_token",
            *["/cgi-bin/message/subscribe/send"] * 2,
        ]
        sent = gateway.asked[1]
        assert sent.query == {"access_token": "T1"}
        assert (sent.json["touser"], sent.json["template_id"]) == ("oTest", "TPL")
        assert sent.json["data"]["thing2"] == {"value": "上门助浴"}

    def test_renews_the_token_when_it_is_over_and_when_the_platform_says_40001(self, gateway, wechat):
        refused = iter([40001])
        gateway.says = self.platform(code=lambda: next(refused, 0))

        assert wechat.send(MESSAGE, at=NOW).result is Result.SENT
        assert wechat.send(MESSAGE, at=NOW + timedelta(seconds=7200)).result is Result.SENT

        tokens = [asked.json["force_refresh"] for asked in gateway.asked if asked.path == "/cgi-bin/stable_token"]
        used = [asked.query["access_token"] for asked in gateway.asked if asked.path.endswith("/send")]
        assert tokens == [False, True, False]
        assert used == ["T1", "T2", "T3"]

    @pytest.mark.parametrize(
        ("said", "result", "error"),
        [
            ({"errcode": 43101, "errmsg": "user refuse"}, Result.NEVER, "wechat.43101"),
            ({"errcode": -1}, Result.LATER, "wechat.-1"),
            ({"errcode": 40001}, Result.LATER, "wechat.40001"),
            ({"errcode": "0"}, Result.LATER, "unreadable"),
            ({"errmsg": "ok"}, Result.LATER, "unreadable"),
            ((500, b""), Result.LATER, "http_500"),
            (HANG, Result.LATER, "timeout"),
            (HANG_UP, Result.LATER, "connection"),
        ],
    )
    def test_only_code_0_makes_it_sent(self, gateway, wechat, said, result, error):
        platform = self.platform()
        gateway.says = lambda asked: said if asked.path.endswith("/send") else platform(asked)

        outcome = wechat.send(MESSAGE, at=NOW)

        assert (outcome.result, outcome.error) == (result, error)

    def test_without_a_token_nothing_is_sent(self, gateway, wechat):
        gateway.says = lambda _asked: {"errcode": 40125, "errmsg": "invalid appsecret"}

        assert wechat.send(MESSAGE, at=NOW).error == "wechat.40125"
        assert {asked.path for asked in gateway.asked} == {"/cgi-bin/stable_token"}

    def test_a_login_code_becomes_an_openid_or_says_why_not(self, gateway, wechat):
        gateway.says = lambda _asked: {"openid": "oNew", "session_key": "x"}
        assert wechat.find_openid("code") == "oNew"

        gateway.says = lambda _asked: {"errcode": 40029}
        with pytest.raises(WechatCodeRefusedError):
            wechat.find_openid("code")

        gateway.says = lambda _asked: {"errcode": 0}
        with pytest.raises(WechatUnreachableError):
            wechat.find_openid("code")

    @staticmethod
    def platform(code=lambda: 0):
        count = iter(range(1, 9))

        def says(asked):
            if asked.path == "/cgi-bin/stable_token":
                return {"access_token": f"T{next(count)}", "expires_in": 7200}
            return {"errcode": code(), "errmsg": "", "msgid": 12}

        return says


def test_the_console_says_what_would_be_sent_and_nothing_personal():
    said = []

    outcome = ConsoleNotifier(said.append).send(MESSAGE, at=NOW)

    assert outcome.result is Result.SENT
    assert said == [f"short text {MESSAGE.id} accepted to 138****2345"]


def test_secrets_do_not_show_when_an_adapter_is_printed(sms, wechat):
    assert "hush" not in repr(sms) + repr(wechat)


def test_a_code_is_kept_and_a_sentence_is_not():
    assert [plain_code(each) for each in ("isv.LIMIT_CONTROL", "号码 13800002345", 42)] == [
        "isv.LIMIT_CONTROL",
        "other",
        "42",
    ]
