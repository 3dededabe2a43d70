"""A community worker's month: who is due, a knock at the door, a bad connection, and the figure that changes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dispatch import journal, storage
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, put_elders, put_places, put_set
from tests.factories.visits import put_caseload

RATE = "/v1/visits/rate?area=120198001&month=2026-03"


@pytest.mark.feature("V2")
@pytest.mark.feature("V4")
def test_worker_logs_a_visit(client, app) -> None:
    account_id = make_account(app, role="community_worker", area="120198001")
    with storage.transaction():
        put_places("120198001001")
        put_set("living_alone")
        [worker] = put_carers(carer_record(account_id=account_id))
        wang, li = put_elders(elder_record("living_alone", name="王一"), elder_record("living_alone", name="李二"))
        put_caseload(worker, wang, li)
    worker_headers = headers_of(app, account_id=account_id)
    officer_headers = sign_in(client, role="district_officer", area="120198")

    # who is still due?
    before = client.get(f"{RATE}&names=true", headers=worker_headers).json
    assert {each["name"] for each in before["unvisited_elders"]} == {"王一", "李二"}

    # nobody opens at the first; the second visit is sent twice, since the connection broke
    absent = _log(wang, worker, outcome="not_home", at="2026-03-05T09:00:00+08:00")
    done = _log(li, worker, outcome="done", at="2026-03-05T10:00:00+08:00")
    sent = [client.post("/v1/visits/logs", json=each, headers=worker_headers) for each in (absent, done, done)]
    assert [reply.status_code for reply in sent] == [201, 201, 200]

    # the figure: one of two, and the name that is left
    after = client.get(f"{RATE}&names=true", headers=worker_headers).json
    assert (after["due"], after["visited"], after["rate_strict_share"]) == (2, 1, 0.5)
    assert [each["name"] for each in after["unvisited_elders"]] == ["王一"]
    officers = client.get(RATE, headers=officer_headers).json
    assert (officers["due"], officers["visited"]) == (2, 1)

    # what the worker did, and who looked at whom, stays on record
    logs = client.get("/v1/visits/logs", headers=worker_headers).json["items"]
    assert [each["outcome"] for each in logs] == ["done", "not_home"]
    with storage.reading():
        assert [each.kind for each in journal.find_entries(done["log_id"])] == ["visit_log.received"]
        # Wang: twice by name in the rate, one log sent, one list of logs; Li: once by name, a log sent twice, the list
        assert (len(journal.find_access_lines(wang)), len(journal.find_access_lines(li))) == (4, 4)


def _log(elder_id, carer_id, *, outcome: str, at: str) -> dict:
    return {
        "log_id": str(uuid4()),
        "service_code": "visiting",
        "elder_id": str(elder_id),
        "carer_id": str(carer_id),
        "place": "home",
        "mode": "door",
        "outcome": outcome,
        "started_at": at,
        "finished_at": at,
        "device_at": at,
    }
