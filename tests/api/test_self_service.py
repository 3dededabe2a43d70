"""Whatever an elder or the family can do themselves, a phone operator can do for them."""

from __future__ import annotations

import pytest

from dispatch import clock, streets
from dispatch.actor import Role
from tests.factories.intake import NOW
from tests.walk.walking import opened
from tests.worlds.tiny_day import NETWORK

# what is not done for somebody else on the telephone, and why
NOT_BY_PHONE = {
    "calendars.issue": "the secret address of a calendar is handed to nobody but who reads it",
    "calendars.list_own": "as above",
    "calendars.revoke": "as above",
    "visits.list_logs": "what a visitor noted is hidden from operators; the visits themselves stand in the request",
    "circles.show_circle": "shows the home and the health of an elder whose record an operator sees masked",
    "elder_parts.list_absences": "where an elder is, is shown to those who answer for them (domain, section 4: masked)",
    "elder_parts.list_assessments": "an assessment is hidden from operators",
    "elder_parts.list_categories": "categories are hidden from operators",
    "elder_parts.list_contacts": "contacts are shown while a call is served, with the elder's card",
    "elder_parts.add_contact": "whom to call in need is changed by the family or the responsible worker",
    "elder_parts.change_contact": "as above",
    "elder_parts.remove_contact": "as above",
    "elder_parts.list_events": "what befell an elder is hidden from operators",
    "elder_parts.list_needs": "needs are hidden from operators",
    "elder_parts.list_residences": "the operator sees the community; the address while a call is served",
    "elder_parts.list_risk_levels": "the risk level is hidden from operators",
    "elder_parts.list_consents": "what was agreed to is told by the elder; an operator records it",
    "elder_parts.show_grade": "an assessment is hidden from operators",
    "privacy.give_copy": "a copy of the whole record goes to the person alone",
    "access_log.show": "who looked at a record is shown to the person alone",
}
SELF = (Role.ELDER, Role.FAMILY)


def _own(app) -> dict[str, tuple[Role, ...]]:
    """Give the routes that are open to elder and family and not to everybody."""
    return {
        rule.endpoint: roles
        for rule in app.url_map.iter_rules()
        if (roles := app.view_functions[rule.endpoint].__open_to__)
        and set(SELF) & set(roles)
        and set(roles) != set(Role)
    }


@pytest.mark.feature("R1")
def test_every_action_of_elder_and_family_is_open_to_operators_or_named_with_its_reason(app):
    closed = {endpoint for endpoint, roles in _own(app).items() if Role.OPERATOR not in roles}

    assert closed - set(NOT_BY_PHONE) == set()
    assert set(NOT_BY_PHONE) - closed == set()


@pytest.mark.feature("R1")
def test_an_operator_gets_through_for_an_elder_in_scope(app, monkeypatch):
    """Every such call is made as family and as operator for the same elder; where one gets in, so does the other."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    settings = app.config["DISPATCH_SETTINGS"]
    streets.save_network(NETWORK, folder=settings.networks_dir / settings.network)
    with opened(app) as walker:
        reached = {
            name: {
                step.endpoint
                for step in walker.walk(walker.world.callers[name])
                if step.target == "tied_here" and step.status < 400
            }
            for name in ("family", "operator")
        }

    shared = {endpoint for endpoint, roles in _own(app).items() if Role.OPERATOR in roles}
    assert (reached["family"] & shared) - reached["operator"] == set()
    assert {"care_requests.submit", "quotes.make_quote", "quotes.show_quote"} <= reached["operator"]
