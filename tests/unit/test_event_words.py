"""The reasons of a request's events are told in words."""

import pytest

from dispatch import intake
from dispatch.api.event_words import REASON_WORDS

BY_THE_SYSTEM = ("moved_out", "admitted", "not_confirmed", "no_candidate", "all_declined", "window_past", "carer_left")


@pytest.mark.parametrize("reason", [*intake.HoldReason, *intake.CancelReason, *BY_THE_SYSTEM])
def test_every_reason_of_a_hold_a_cancellation_and_a_search_in_vain_has_words(reason):
    assert REASON_WORDS[str(reason)].zh
