"""What planners have on record on each side of the walk's world: a coverage run, a siting, an edit of the network."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from tests.factories.accounts import headers_of
from tests.worlds.tiny_day import point_ll

if TYPE_CHECKING:
    from flask import Flask

ON = date(2026, 3, 30)  # of the coverage run


def put_run(app: Flask, *, area_code: str, account_id: UUID) -> UUID:
    """Compute coverage of a district."""
    wish = {"area_code": area_code, "service_code": "bathing_home", "as_of": ON.isoformat()}
    reply = app.test_client().post("/v1/coverage/runs", json=wish, headers=headers_of(app, account_id=account_id))
    assert reply.status_code == 201, reply.get_data(as_text=True)
    return UUID(reply.get_json()["id"])


def put_siting(app: Flask, *, area_code: str, account_id: UUID) -> UUID:
    """Propose the next site of a district."""
    wish = {"area_code": area_code, "service_code": "bathing_home", "as_of": ON.isoformat(), "picks": 1}
    reply = app.test_client().post("/v1/coverage/sitings", json=wish, headers=headers_of(app, account_id=account_id))
    assert reply.status_code == 201, reply.get_data(as_text=True)
    return UUID(reply.get_json()["id"])


def put_edit(app: Flask, *, area_code: str, account_id: UUID) -> UUID:
    """Close a place on the streets of a district, for a day that is over."""
    wish = {
        "area_code": area_code,
        "name": "修路",
        "kind": "closure",
        "geometry": {"type": "Point", "coordinates": point_ll(1000, 500)},
        "crs": "wgs84",
        "reason": "路面维修一天",
        "valid_from": "2026-02-01",
        "valid_to": "2026-02-02",
    }
    reply = app.test_client().post(
        "/v1/coverage/network-edits", json=wish, headers=headers_of(app, account_id=account_id)
    )
    assert reply.status_code == 201, reply.get_data(as_text=True)
    return UUID(reply.get_json()["edit_id"])
