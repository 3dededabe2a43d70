"""Who carries messages out of the house: one interface, a local stand-in and two real ones."""

from dispatch.notices.providers.asking import AskingFailedError
from dispatch.notices.providers.choosing import find_openid, make_notifier
from dispatch.notices.providers.console import ConsoleNotifier
from dispatch.notices.providers.interface import Notifier
from dispatch.notices.providers.sms import SmsGateway
from dispatch.notices.providers.wechat import WechatCodeRefusedError, WechatNotifier, WechatUnreachableError

__all__ = [
    "AskingFailedError",
    "ConsoleNotifier",
    "Notifier",
    "SmsGateway",
    "WechatCodeRefusedError",
    "WechatNotifier",
    "WechatUnreachableError",
    "find_openid",
    "make_notifier",
]
