"""Who asks too often is told when to ask again; nobody else notices."""

from __future__ import annotations

from datetime import date

import pytest

from dispatch import accounts, clock, storage
from dispatch.actor import SYSTEM
from tests.factories.accounts import headers_of, make_account

LIMIT = 6


@pytest.fixture
def limited(real_app, make_sibling):
    """An application with a limit of six requests a minute."""
    return make_sibling(real_app, rate_limit=LIMIT)


def ask(limited, path="/v1/codes", *, address="10.0.0.1", headers=None, method="GET"):
    return limited.test_client().open(path, method=method, headers=headers, environ_base={"REMOTE_ADDR": address})


def test_one_too_many_is_429_with_a_time_and_others_go_on(limited):
    replies = [ask(limited) for _ in range(LIMIT)]
    refused = ask(limited)

    assert [reply.status_code for reply in replies] == [200] * LIMIT
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too-many-requests")
    assert refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert [int(reply.headers["X-RateLimit-Remaining"]) for reply in replies] == [5, 4, 3, 2, 1, 0]
    assert ask(limited, address="10.0.0.2").status_code == 200
    assert ask(limited, "/livez").status_code == 200


def test_all_routes_together_are_counted(limited):
    for path in ("/v1/codes", "/v1/areas", "/v1/sites") * 2:
        assert ask(limited, path).status_code == 200

    assert ask(limited, "/v1/organizations").status_code == 429


def test_accounts_behind_one_address_are_counted_apart_and_a_made_up_token_gains_nothing(limited):
    first, second = (headers_of(limited, account_id=make_account(limited, role="planner")) for _ in range(2))

    for _ in range(LIMIT):
        assert ask(limited, headers=first).status_code == 200
    assert ask(limited, headers=first).status_code == 429
    assert ask(limited, headers=second).status_code == 200
    for number in range(LIMIT):
        ask(limited, headers={"Authorization": f"Bearer made-up-{number}"})
    assert ask(limited, headers={"Authorization": "Bearer another"}).status_code == 429


def test_what_is_costly_has_a_tenth(limited):
    officer = headers_of(limited, account_id=make_account(limited, role="district_officer"))
    path = "/v1/care-requests/01890000-0000-7000-8000-00000000abcd/candidates"

    statuses = [ask(limited, path, headers=officer, method="POST").status_code for _ in range(2)]

    assert statuses[0] != 429
    assert statuses[1] == 429


def test_behind_a_proxy_the_callers_address_counts(real_app, make_sibling):
    limited = make_sibling(real_app, rate_limit=2, proxies=1)

    def through_proxy(caller):
        return ask(limited, address="127.0.0.1", headers={"X-Forwarded-For": caller}).status_code

    assert [through_proxy("10.0.0.1") for _ in range(3)] == [200, 200, 429]
    assert through_proxy("10.0.0.2") == 200
    assert through_proxy("10.0.0.9, 10.0.0.1") == 429  # what the caller itself wrote is not believed


@pytest.mark.feature("Z2")
def test_each_key_of_one_account_is_counted_for_itself_and_made_up_ones_by_address(limited, real_app):
    account_id = make_account(real_app, role="planner", area="120198", is_system=True)
    with real_app.app_context(), storage.transaction():
        terms = {"mode": accounts.KeyMode.LIVE, "label": "x", "days": 1, "actor": SYSTEM, "at": clock.utc_now()}
        keys = [accounts.issue_key(account_id, on=date(2026, 3, 31), **terms).key for _ in range(2)]

    def statuses(key):
        return [
            ask(limited, "/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code for _ in range(LIMIT + 1)
        ]

    assert [statuses(key) for key in keys] == [[200] * LIMIT + [429]] * 2
    made_up = [ask(limited, "/v1/me", headers={"Authorization": f"Bearer dk_live_{n}"}) for n in range(LIMIT + 1)]
    assert [reply.status_code for reply in made_up] == [401] * LIMIT + [429]
