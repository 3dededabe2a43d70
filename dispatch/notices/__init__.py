"""
Who is told what: a feed for each account, and short texts that leave the house.

Both follow the journal. Who is told of which kind of entry is data (`TOLD`, `TEXTED`); which accounts that are, the
grants in force when the entry is read decide. A feed's sentences are made when it is read, in the reader's language.
A short text waits in an outbox, is given to a provider (`Notifier`) outside any transaction, and is sent when the
provider says so.
"""

from dispatch.notices.operations.ending import ENDS, forget_notices, forget_texts
from dispatch.notices.operations.feeding import mark_seen, read_feed
from dispatch.notices.operations.sending import (
    ShortTextNotFailedError,
    ShortTextNotFoundError,
    claim_text,
    list_texts,
    retry_text,
    store_outcome,
)
from dispatch.notices.operations.telling import tell
from dispatch.notices.operations.wishing import InvalidMessageSettingsError, forget_wish, get_wish, put_wish
from dispatch.notices.providers import (
    AskingFailedError,
    ConsoleNotifier,
    Notifier,
    SmsGateway,
    WechatCodeRefusedError,
    WechatNotifier,
    WechatUnreachableError,
    find_openid,
    make_notifier,
)
from dispatch.notices.queries import find_due_texts
from dispatch.notices.rules.audiences import TEXTED, TOLD
from dispatch.notices.rules.sentences import surname_of
from dispatch.notices.rules.templates import ONE_MESSAGE, SIGNATURE_MAX, make_values, render
from dispatch.notices.rules.timing import MOST_TRIES, end_quiet, wait_after
from dispatch.notices.values import (
    Addressee,
    Audience,
    FeedPage,
    Message,
    MessageSettings,
    NoticeCard,
    Outcome,
    Result,
    Template,
    TextCard,
    TextFilter,
    TextStatus,
)

__all__ = [
    "ENDS",
    "MOST_TRIES",
    "ONE_MESSAGE",
    "SIGNATURE_MAX",
    "TEXTED",
    "TOLD",
    "Addressee",
    "AskingFailedError",
    "Audience",
    "ConsoleNotifier",
    "FeedPage",
    "InvalidMessageSettingsError",
    "Message",
    "MessageSettings",
    "NoticeCard",
    "Notifier",
    "Outcome",
    "Result",
    "ShortTextNotFailedError",
    "ShortTextNotFoundError",
    "SmsGateway",
    "Template",
    "TextCard",
    "TextFilter",
    "TextStatus",
    "WechatCodeRefusedError",
    "WechatNotifier",
    "WechatUnreachableError",
    "claim_text",
    "end_quiet",
    "find_due_texts",
    "find_openid",
    "forget_notices",
    "forget_texts",
    "forget_wish",
    "get_wish",
    "list_texts",
    "make_notifier",
    "make_values",
    "mark_seen",
    "put_wish",
    "read_feed",
    "render",
    "retry_text",
    "store_outcome",
    "surname_of",
    "tell",
    "wait_after",
]
