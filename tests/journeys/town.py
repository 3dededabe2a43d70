"""A town with its people, each with a phone in hand; the background works when it is told to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import sqlalchemy as sa

from dispatch import clock, journal, storage, streets
from dispatch.jobs import following
from dispatch.jobs.deadlines import fire_due
from dispatch.journal.models import JournalEntry
from tests.factories.accounts import headers_of, make_account
from tests.factories.intake import local
from tests.openapi import CheckedClient
from tests.worlds.tiny_day import NETWORK, make_tiny_day

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import pytest
    from flask import Flask

AREA, DISTRICT = "120198001", "120198"
BATH = {
    "service_code": "bathing_home",
    "window_from_at": "2026-03-31T14:00:00+08:00",
    "window_to_at": "2026-03-31T16:00:00+08:00",
}
MEAL = {
    "service_code": "meal_dine_in",
    "window_from_at": "2026-03-31T11:00:00+08:00",
    "window_to_at": "2026-03-31T13:00:00+08:00",
}


class Town:
    """The town of `tiny_day`, with a clock that the test sets and a background that it lets run."""

    def __init__(self, app: Flask, *, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = app
        self.now: datetime = local("2026-03-30 09:00")
        self.client = CheckedClient(app, app.response_class, use_cookies=True)
        self._read = 0
        monkeypatch.setattr(clock, "utc_now", lambda: self.now)
        settings = app.config["DISPATCH_SETTINGS"]
        folder = settings.networks_dir / settings.network
        if not folder.exists():
            streets.save_network(NETWORK, folder=folder)
        with storage.transaction():
            self.day = make_tiny_day()
            self._read = self._newest()

    def person(self, role: str, **scope: Any) -> Person:
        """Let somebody have an account, and a phone."""
        return Person(self, make_account(self.app, role=role, **scope))

    def at(self, text: str) -> None:
        """Let it be a date and hour in Tianjin, and the background do what fell due until then, minute by minute."""
        end = local(text)
        while self.now < end:
            self.now = min(end, self.now + timedelta(minutes=30))
            self.work()

    def work(self) -> None:
        """Let the background do what is due and read what happened, as workers do each second."""
        settings = self.app.config["DISPATCH_SETTINGS"]
        while fire_due(settings=settings) or self._follow():
            pass

    def _follow(self) -> int:
        # not by `follow_all`: what this test has not committed is held back from it on PostgreSQL
        with storage.reading():
            query = sa.select(JournalEntry.seq).where(JournalEntry.seq > self._read).order_by(JournalEntry.seq)
            numbers = storage.session().scalars(query).all()
        for number in numbers:
            for reactions in following.FOLLOWERS.values():
                with storage.transaction():
                    entry = journal.find_entry(number)
                    if entry.kind in reactions:
                        reactions[entry.kind](entry, self.now)
            self._read = number
        return len(numbers)

    @staticmethod
    def _newest() -> int:
        storage.session().flush()
        return storage.session().scalar(sa.select(sa.func.max(JournalEntry.seq))) or 0


class Person:
    """Somebody with a phone: what is sent and answered goes through the API alone."""

    def __init__(self, town: Town, account_id: UUID) -> None:
        self.account_id = account_id
        self.calls = 0
        self._town = town
        self._cursor: str | None = None

    def get(self, path: str, expected: int = 200, /, **query: Any) -> Any:
        """Read."""
        return self._send("get", path, expected, query_string=query)

    def post(self, path: str, expected: int = 200, /, **body: Any) -> Any:
        """Do something."""
        return self._send("post", path, expected, json=body)

    def news(self) -> list[str]:
        """Read what is new in the feed, in words."""
        query = {"cursor": self._cursor} if self._cursor else {}
        page = self.get("/v1/me/feed", **query)
        self._cursor = page["cursor"]
        return [item["text"] for item in page["items"]]

    def _send(self, method: str, path: str, status: int, **options: Any) -> Any:
        self.calls += 1
        headers = headers_of(self._town.app, account_id=self.account_id) | {"Idempotency-Key": str(uuid4())}
        if method == "post" and not options.get("json"):
            options.pop("json", None)
        reply = getattr(self._town.client, method)(path, headers=headers, **options)
        assert reply.status_code == status, (method, path, reply.status_code, reply.get_data(as_text=True))
        return reply.json if reply.is_json else reply.get_data(as_text=True)
