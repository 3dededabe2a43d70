"""The reader's language: Chinese unless `Accept-Language` prefers English."""

from __future__ import annotations

from flask import has_request_context, request

from dispatch.words import Locale, Words


def locale() -> Locale:
    """Give the language of the present request."""
    if not has_request_context():
        return Locale.ZH
    for wanted, quality in request.accept_languages:  # best first
        language = wanted.lower().partition("-")[0]  # "zh" of zh-TW: the other script is still nearer than English
        if quality > 0 and language in {"zh", "en", "*"}:
            return Locale.EN if language == "en" else Locale.ZH
    return Locale.ZH


def say(words: Words, /, **facts: object) -> str:
    """Give a sentence in the reader's language."""
    return words.text(locale(), **facts)
