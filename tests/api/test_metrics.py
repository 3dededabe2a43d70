"""Numbers for monitoring: of routes, not of people, and for nobody outside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dispatch import clock, storage
from dispatch.actor import SYSTEM
from tests.conftest import NOW

ELDER = "01890000-0000-7000-8000-00000000abcd"


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_never_by_address(client):
    key = ("dispatch_requests_total", "GET", "/v1/elders/<uuid:elder_id>", "401")
    before = numbers(client.get("/metrics").get_data(as_text=True)).get(key, 0)

    client.get(f"/v1/elders/{ELDER}")
    client.get(f"/v1/elders/{ELDER}?x=13812345678")
    client.get(f"/nowhere/{ELDER}")
    client.open("/livez", method="BREW")
    text = client.get("/metrics").get_data(as_text=True)

    found = numbers(text)
    assert found[key] == before + 2
    assert found["dispatch_request_seconds_count", "GET", "/v1/elders/<uuid:elder_id>"] >= 2
    assert found["dispatch_requests_total", "GET", "none", "404"] >= 1
    assert ELDER not in text
    assert "13812345678" not in text
    assert "BREW" not in text


@pytest.mark.usefixtures("db")
def test_what_waits_and_who_works_is_told(client, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        storage.request_job("coverage_run", key="k", args={}, actor=SYSTEM, at=NOW - timedelta(minutes=2))
        storage.set_deadline("upload.expiry", key="x", due_at=NOW - timedelta(seconds=30), at=NOW - timedelta(hours=1))
        storage.see_worker("one", at=NOW - timedelta(seconds=3))
        storage.see_worker("lost", at=NOW - timedelta(minutes=3))

    found = numbers(client.get("/metrics").get_data(as_text=True))

    assert found["dispatch_jobs", "coverage_run", "queued"] == 1
    assert found["dispatch_oldest_wait_seconds", "job"] == 120
    assert found["dispatch_oldest_wait_seconds", "deadline"] == 30
    assert found["dispatch_workers",] == 1


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("10.1.2.3", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"X-Real-IP": "10.1.2.3"}),
        ("not an address", {}),
    ],
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_for_outsiders_there_are_no_numbers(app, make_sibling, address, headers, proxies):
    client = make_sibling(app, proxies=proxies).test_client()
    reply = client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers)

    assert (reply.status_code, reply.get_json()["code"]) == (404, "not-found")
