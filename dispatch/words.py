"""A sentence that a person reads, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Locale(StrEnum):
    """The languages of the product; Chinese is the default."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages; `{name}` is filled in from facts."""

    zh: str
    en: str

    def text(self, locale: Locale, /, **facts: Any) -> str:  # noqa: ANN401 - facts are shown, not computed with
        """Give the sentence in one language, with the facts filled in."""
        sentence = self.zh if locale is Locale.ZH else self.en
        return sentence.format(**facts) if facts else sentence
