"""The provider that the settings choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dispatch.notices.providers.console import ConsoleNotifier
from dispatch.notices.providers.sms import SmsGateway
from dispatch.notices.providers.wechat import WechatNotifier, WechatUnreachableError
from dispatch.notices.values import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dispatch.notices.providers.interface import Notifier

CONSOLE, SMS, WECHAT = "console", "sms", "wechat"


class Choice(Protocol):
    """What the settings say of providers: which one, and how it is reached."""

    @property
    def kind(self) -> str: ...  # noqa: D102 - says its name
    @property
    def sms_url(self) -> str: ...  # noqa: D102 - as above
    @property
    def sms_key_id(self) -> str: ...  # noqa: D102 - as above
    @property
    def sms_secret(self) -> str: ...  # noqa: D102 - as above
    @property
    def sms_signature(self) -> str: ...  # noqa: D102 - as above
    @property
    def sms_templates(self) -> Mapping[str, str]: ...  # noqa: D102 - as above
    @property
    def wechat_url(self) -> str: ...  # noqa: D102 - as above
    @property
    def wechat_app_id(self) -> str: ...  # noqa: D102 - as above
    @property
    def wechat_secret(self) -> str: ...  # noqa: D102 - as above
    @property
    def wechat_templates(self) -> Mapping[str, str]: ...  # noqa: D102 - as above


def make_notifier(choice: Choice, *, say: Callable[[str], object]) -> Notifier | None:
    """Make the provider that is chosen; `say` prints a line of the console's. None: nobody sends."""
    if choice.kind == SMS:
        return SmsGateway(
            url=choice.sms_url,
            key_id=choice.sms_key_id,
            secret=choice.sms_secret,
            signature=choice.sms_signature,
            templates={Template(name): theirs for name, theirs in choice.sms_templates.items()},
        )
    if choice.kind == WECHAT:
        return _make_wechat(choice)
    return ConsoleNotifier(say) if choice.kind == CONSOLE else None


def find_openid(code: str, *, choice: Choice) -> str:
    """
    Give the openid that a login code of WeChat stands for; call it outside any transaction.

    Raises
    ------
    WechatCodeRefusedError, WechatUnreachableError
        The latter also where WeChat is not chosen.

    """
    if choice.kind != WECHAT:
        raise WechatUnreachableError
    return _make_wechat(choice).find_openid(code)


def _make_wechat(choice: Choice) -> WechatNotifier:
    return WechatNotifier(
        url=choice.wechat_url,
        app_id=choice.wechat_app_id,
        secret=choice.wechat_secret,
        templates={Template(name): tuple(theirs.split("/")) for name, theirs in choice.wechat_templates.items()},
    )
