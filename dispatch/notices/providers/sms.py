"""
A gateway for short messages as those in China are: a registered template, its values, a number, a signed request.

docs/notices.md says how a bureau's gateway is mapped to this one.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from dispatch.notices.providers.asking import Asker, AskingFailedError, later, never, plain_code
from dispatch.notices.values import Message, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dispatch.notices.values import Template

TAKEN, TAKEN_BEFORE = "OK", "DUPLICATE"
# what no repetition changes; any other code is tried again
REFUSED = frozenset({"INVALID_PHONE", "BLACKLISTED", "UNSUBSCRIBED"})


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """Sends by HTTP; `templates` are the names under which the gateway knows ours."""

    url: str
    key_id: str
    secret: str = field(repr=False)
    signature: str
    templates: Mapping[Template, str]
    asker: Asker = field(default_factory=Asker, repr=False)
    name: str = "sms"

    def send(self, message: Message, *, at: datetime) -> Outcome:
        """Try once; it counts as sent only where the gateway says OK for this very message."""
        if message.phone is None:
            return never("no_address")
        parameters = sign(
            {
                "key_id": self.key_id,
                "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "nonce": f"{message.id}-{at.timestamp():.0f}",
                "sign_name": self.signature,
                "template": self.templates[message.template],
                "params": json.dumps(dict(message.values), ensure_ascii=False, separators=(",", ":")),
                "phone": message.phone.removeprefix("+86"),
                "out_id": str(message.id),
            },
            path=urlsplit(self.url).path or "/",
            secret=self.secret,
        )
        try:
            answer = self.asker.ask(
                "POST",
                self.url,
                body=urlencode(parameters).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
        except AskingFailedError as fault:
            return later(fault.code)
        return judge_answer(answer, message_id=str(message.id))


def judge_answer(answer: Mapping[str, object], *, message_id: str) -> Outcome:
    """Say what an answer of status 200 means for a message."""
    code = answer.get("code")
    if not isinstance(code, str):
        return later("unreadable")
    if code in REFUSED:
        return never(f"gateway.{code}")
    if code not in {TAKEN, TAKEN_BEFORE}:
        return later(f"gateway.{plain_code(code)}")
    theirs = answer.get("message_id")
    if answer.get("out_id") != message_id or not isinstance(theirs, str) or not theirs:
        return later("answer_of_another")
    return Outcome(Result.SENT, provider_message_id=theirs[:100])


def sign(parameters: Mapping[str, str], *, path: str, secret: str) -> dict[str, str]:
    """
    Give the parameters with their signature.

    It is the HMAC-SHA256, in base64, of `POST&PATH&QUERY`: QUERY is all `name=value`, name and value in percent
    encoding (RFC 3986), in the order of the names, joined by `&`; PATH and QUERY are encoded once more as a whole.
    """
    query = "&".join(f"{_encoded(name)}={_encoded(parameters[name])}" for name in sorted(parameters))
    canonical = f"POST&{_encoded(path)}&{_encoded(query)}"
    made = base64.b64encode(hmac.digest(secret.encode(), canonical.encode(), "sha256")).decode()
    return {**parameters, "signature": made}


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")
