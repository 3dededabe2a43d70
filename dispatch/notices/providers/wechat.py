"""Messages that a WeChat account has subscribed to (订阅消息), by the interface of the platform."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dispatch.errors import InvalidError, UnavailableError
from dispatch.notices.providers.asking import Asker, AskingFailedError, later, never
from dispatch.notices.values import Message, Outcome, Result
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dispatch.notices.values import Template

RENEWED_BEFORE = timedelta(minutes=5)
TOKEN_WRONG = frozenset({40001, 40014, 42001})
# openid wrong, refused or not subscribed by the reader, account blocked
REFUSED = frozenset({40003, 43101, 43116})
CODE_WRONG = frozenset({40029, 40163, 40226})
THING_MAX = 20  # characters of a field of the kind `thing`
FIELDS = ("who", "service", "when")


class WechatCodeRefusedError(InvalidError):
    """The code that the program on the phone was given is wrong, used or over."""

    slug = "wechat-code-refused"
    title = Words("微信登录凭证无效，请重试", "The WeChat code is wrong or over")
    detail = Words(
        "在小程序里重新取得凭证再提交；凭证五分钟内有效，只能用一次。",
        "Have the program on the phone ask for a new code and send it: it holds five minutes, and once.",
    )


class WechatUnreachableError(UnavailableError):
    """The platform does not answer, or not in a way that can be read."""

    slug = "wechat-unreachable"
    title = Words("微信平台没有应答，请稍后再试", "WeChat does not answer; try again later")
    detail = Words(
        "其他设置没有保存；一直不行请告诉管理员。",
        "Nothing of the settings was kept; if it goes on, tell your administrator.",
    )


class WechatNotifier:
    """
    Sends to the openid of an account.

    `templates` holds, for each of ours, the platform's id and the names of the fields for `who`, `service` and `when`,
    all of the kind `thing`. The platform knows no id of ours: a message that is sent again after a lost answer may
    arrive twice.
    """

    name = "wechat"

    def __init__(
        self,
        *,
        url: str,
        app_id: str,
        secret: str,
        templates: Mapping[Template, tuple[str, ...]],
        asker: Asker | None = None,
    ) -> None:
        self._url, self._app_id, self._secret, self._templates = url.rstrip("/"), app_id, secret, templates
        self._asker = asker or Asker()
        self._token: str | None = None
        self._good_until: datetime | None = None
        self._lock = threading.Lock()

    def send(self, message: Message, *, at: datetime) -> Outcome:
        """Try once, with a new token where the platform says that the one at hand is wrong."""
        if message.openid is None:
            return never("no_address")
        template_id, *fields = self._templates[message.template]
        body = {
            "touser": message.openid,
            "template_id": template_id,
            "data": {
                field: {"value": message.values[name][:THING_MAX] or "-"}
                for name, field in zip(FIELDS, fields, strict=True)
            },
        }
        try:
            code, answer = self._post(body, at=at, renews=False)
            if code in TOKEN_WRONG:
                code, answer = self._post(body, at=at, renews=True)
        except AskingFailedError as fault:
            return later(fault.code)
        if code == 0:
            told = answer.get("msgid")
            return Outcome(Result.SENT, provider_message_id=str(told)[:100] if isinstance(told, int | str) else None)
        return never(f"wechat.{code}") if code in REFUSED else later(f"wechat.{code}")

    def find_openid(self, code: str) -> str:
        """
        Give the openid that a login code of the program on the phone stands for; call it outside any transaction.

        Raises
        ------
        WechatCodeRefusedError, WechatUnreachableError

        """
        query = urlencode(
            {"appid": self._app_id, "secret": self._secret, "js_code": code, "grant_type": "authorization_code"}
        )
        try:
            answer = self._asker.ask("GET", f"{self._url}/sns/jscode2session?{query}")
        except AskingFailedError:
            raise WechatUnreachableError from None
        if answer.get("errcode") in CODE_WRONG:
            raise WechatCodeRefusedError
        openid = answer.get("openid")
        if answer.get("errcode", 0) != 0 or not isinstance(openid, str) or not openid:
            raise WechatUnreachableError
        return openid

    def _post(self, body: Mapping[str, object], *, at: datetime, renews: bool) -> tuple[int, dict[str, Any]]:
        token = self._get_token(at=at, renews=renews)
        answer = self._asker.ask(
            "POST",
            f"{self._url}/cgi-bin/message/subscribe/send?{urlencode({'access_token': token})}",
            body=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
        )
        return _code(answer), answer

    def _get_token(self, *, at: datetime, renews: bool) -> str:
        with self._lock:
            if self._token and self._good_until and at < self._good_until and not renews:
                return self._token
            self._token = None
            asked = {
                "grant_type": "client_credential",
                "appid": self._app_id,
                "secret": self._secret,  # in the body, so that it stands in nobody's log of addresses
                "force_refresh": renews,
            }
            answer = self._asker.ask(
                "POST",
                f"{self._url}/cgi-bin/stable_token",
                body=json.dumps(asked).encode(),
                headers={"Content-Type": "application/json"},
            )
            token, lasts_s = answer.get("access_token"), answer.get("expires_in")
            if not isinstance(token, str) or not token or type(lasts_s) is not int:
                raise AskingFailedError(
                    f"wechat.{answer['errcode']}" if type(answer.get("errcode")) is int else "token"
                )
            self._token, self._good_until = token, at + timedelta(seconds=lasts_s) - RENEWED_BEFORE
            return token


def _code(answer: Mapping[str, object]) -> int:
    code = answer.get("errcode")
    if type(code) is not int:
        raise AskingFailedError("unreadable")
    return code
