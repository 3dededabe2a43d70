"""A daughter asks for a bath for her mother; the officer sees who can come and gives it to them."""

from __future__ import annotations

import pytest

from dispatch import clock, intake, journal, storage, streets
from tests.factories.accounts import sign_in
from tests.factories.intake import NOW
from tests.openapi import CheckedClient
from tests.worlds.tiny_day import NETWORK, make_tiny_day


@pytest.mark.feature("R1")
@pytest.mark.feature("R5")
@pytest.mark.feature("S8")
def test_daughter_asks_for_a_bath_and_two_carers_come(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    client = CheckedClient(app, app.response_class, use_cookies=True)
    settings = app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    if not folder.exists():
        streets.save_network(NETWORK, folder=folder)
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        town = make_tiny_day()
        town.bath_team()
        town.provider("无证", at=(1100, 500), service="bathing_home", delivery="home")
        town.carer("Z", of="无证", skills=("care",))
    daughter = sign_in(app, role="family", elder_ids=[town.elder_id])
    officer = sign_in(app, role="district_officer", area="120198")

    # she asks, and loses the answer: sent again it is the same request
    body = {
        "elder_id": str(town.elder_id),
        "service_code": "bathing",
        "window_from_at": "2026-03-31T14:00:00+08:00",
        "window_to_at": "2026-03-31T16:00:00+08:00",
        "carer_sex": "female",
    }
    headers = daughter | {"Idempotency-Key": "bath-on-tuesday"}
    asked = client.post("/v1/care-requests", headers=headers, json=body)
    assert client.post("/v1/care-requests", headers=headers, json=body).json["id"] == asked.json["id"]
    path = f"/v1/care-requests/{asked.json['id']}"

    # she sees who can come and why the others cannot, but not whom
    hers = client.post(f"{path}/candidates", headers=daughter).json
    assert [each["site_name"] for each in hers["candidates"]] == ["浴站"]
    assert [each["rejected_because"][0]["label"] for each in hers["rejected"]] == ["没有具备资质的人员"]
    assert hers["candidates"][0]["carers"] == []

    # the officer gives it to the best; another one who comes later is told
    best = client.post(f"{path}/candidates", headers=officer).json["candidates"][0]
    choice = {"service_at_site_id": best["service_at_site_id"]}
    made = client.post(f"{path}/assignment", headers=officer, json=choice)
    late = client.post(f"{path}/assignment", headers=officer, json=choice)
    assert (made.status_code, late.status_code) == (201, 409)
    assert made.json["start_at"] == "2026-03-31T06:20:00+00:00"  # 14:20, when the second carer is there

    # she reads that it is scheduled; the journal tells the same
    shown = client.get(path, headers=daughter).json
    assert (shown["status_label"], len(shown["visit_ids"])) == ("已排期", 2)
    with storage.reading():
        assert intake.rebuild_state(journal.find_entries(asked.json["id"])).status.value == shown["status"]
        looks = [line.purpose.value for line in journal.find_access_lines(town.elder_id)]
    # asked, asked again, her candidates; the officer's candidates and choice; read at the end
    assert looks == ["own", "own", "own", "supervision", "supervision", "own"]
