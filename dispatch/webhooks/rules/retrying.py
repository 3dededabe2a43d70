"""When what could not be delivered is sent again, and when a receiver is given up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch.webhooks.values import Fault

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.webhooks.values import Answer

# the example schedule of Standard Webhooks 1.0.0 ("Deliverability and reliability"): 75 hours and a half in all
WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
JITTER_SHARE: Final = 0.2  # of each wait, at most, up or down: receivers that fell together do not rise together
FIRST_REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=5)  # of a receiver as a whole: one that is back is found within this time
LONGEST_ASKED: Final = timedelta(hours=24)  # a `Retry-After` beyond it is taken for this
GIVEN_UP_AFTER: Final = timedelta(days=5)  # P: of nothing but failures
GONE: Final = 410


def next_try(tries: int, *, answer: Answer, at: datetime, chance: float) -> datetime | None:
    """
    Say when an event is sent again that failed for the n-th time; None: not by itself.

    Parameters
    ----------
    tries : int
        How often it was sent, from 1 on.
    answer : Answer
        What came of it; `Retry-After` is honored where it asks for more time.
    at : datetime
        When it failed.
    chance : float
        From 0 to 1, by chance.

    """
    if tries > len(WAITS):
        return None
    return at + max(_jittered(WAITS[tries - 1], chance=chance), asked_wait(answer))


def rest_until(failures: int, *, answer: Answer, at: datetime, chance: float) -> datetime:
    """Say until when a receiver is left alone that has failed n times running, whatever else there is for it."""
    rest = min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)
    return at + max(_jittered(rest, chance=chance), asked_wait(answer))


def is_given_up(failing_since_at: datetime | None, *, at: datetime) -> bool:
    """Say whether a receiver has failed for so long that nothing is sent to it any more."""
    return failing_since_at is not None and at - failing_since_at >= GIVEN_UP_AFTER


def fault_of(answer: Answer) -> Fault | None:
    """Say what stands in the list of deliveries."""
    return None if answer.is_success else answer.fault or Fault.STATUS


def asked_wait(answer: Answer) -> timedelta:
    """Give how long a receiver asks to be left alone."""
    return min(timedelta(seconds=min(answer.retry_after_s or 0, 10**9)), LONGEST_ASKED)


def _jittered(wait: timedelta, *, chance: float) -> timedelta:
    return wait * (1 + JITTER_SHARE * (2 * chance - 1))
