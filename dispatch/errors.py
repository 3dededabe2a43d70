"""
The family of errors: five kinds, which know no HTTP.

A concrete error stands beside the function that raises it and says in both languages what is wrong
and what to do next; `{name}` in its detail is filled in from the facts given when it is raised.
"""

from __future__ import annotations

from typing import Any, ClassVar

from dispatch.words import Locale, Words


class DispatchError(Exception):
    """Base of all errors that a caller may be told about."""

    slug: ClassVar[str] = "error"
    title: ClassVar[Words] = Words("出错了", "Something went wrong")
    detail: ClassVar[Words | None] = None

    def __init__(self, *, fields: dict[str, list[Words | str]] | None = None, **facts: Any) -> None:  # noqa: ANN401 - facts are shown, not computed with
        """
        Say what is wrong.

        Parameters
        ----------
        fields : dict, optional
            For each field of the caller's message what is wrong with it.
        **facts
            What fills in the sentence of `detail` and goes to the caller. Never anything personal.

        """
        self.fields = fields or {}
        self.facts = facts
        super().__init__(self.text(Locale.EN))

    def text(self, locale: Locale) -> str:
        """Give title or, where there is one, the detail in one language."""
        return self.detail.text(locale, **self.facts) if self.detail else self.title.text(locale)


class NotFoundError(DispatchError):
    """There is no such record, or the caller may not know of it."""

    slug = "not-found"
    title = Words("没有这条记录，或者不归你管", "No such record, or outside your area")


class NotAllowedError(DispatchError):
    """The caller's role may not do this at all."""

    slug = "not-allowed"
    title = Words("你的角色不能做这件事", "Your role may not do this")


class InvalidError(DispatchError):
    """What was sent cannot be true or is not allowed."""

    slug = "invalid"
    title = Words("填写的内容有误", "The content is not valid")


class ConflictError(DispatchError):
    """What was asked for does not fit the present state."""

    slug = "conflict"
    title = Words("与现在的状态冲突", "This conflicts with the present state")


class UnavailableError(DispatchError):
    """Something that is needed is not there for now."""

    slug = "unavailable"
    title = Words("暂时不可用，请稍后再试", "Not available now; try again later")
