"""Sentences in both languages, and errors that carry them."""

from __future__ import annotations

import pytest

from dispatch.errors import ConflictError, DispatchError, InvalidError
from dispatch.words import Locale, Words

DONE = Words("{name} 已结束", "{name} has ended")


class ThingEndedError(ConflictError):
    """For the tests below."""

    slug = "test-thing-ended"
    title = Words("已经结束了", "It has ended")
    detail = DONE


def test_facts_fill_the_blanks_in_either_language():
    assert DONE.text(Locale.ZH, name="A1") == "A1 已结束"
    assert DONE.text(Locale.EN, name="A1") == "A1 has ended"


def test_braces_in_facts_stay_braces():
    assert DONE.text(Locale.EN, name="{name}") == "{name} has ended"


def test_without_facts_the_sentence_stays_as_it_is():
    assert DONE.text(Locale.EN) == "{name} has ended"


def test_an_error_says_its_detail_filled_in_and_keeps_its_facts():
    error = ThingEndedError(name="A1")

    assert str(error) == "A1 has ended"
    assert error.text(Locale.ZH) == "A1 已结束"
    assert (error.facts, error.fields) == ({"name": "A1"}, {})


def test_an_error_without_detail_says_its_title():
    assert InvalidError().text(Locale.ZH) == "填写的内容有误"


def test_a_fact_that_is_missing_is_seen_where_the_error_is_raised():
    with pytest.raises(KeyError):
        ThingEndedError(other="x")


def test_fields_do_not_count_as_facts():
    error = InvalidError(fields={"point.crs": [DONE]})

    assert (error.fields, error.facts) == ({"point.crs": [DONE]}, {})
    assert isinstance(error, DispatchError)
