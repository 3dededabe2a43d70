"""Every route says to whom it is open."""

from __future__ import annotations

import re
from pathlib import Path

from dispatch.actor import Role
from dispatch.config import SETTINGS

ROOT = Path(__file__).parents[2]
# what needs no sign-in, each with its reason
OPEN_TO_ANYONE = {
    "auth.sign_in": "the door itself",
    "auth.refresh": "the refresh token is the key",
    "passwords.choose_password": "the one-time code is the key",
    "passwords.register": "as above",
    "calendars.show": "asked by calendar programs, which cannot sign in: the secret address is the key",
    "health.live": "asked by machines",
    "health.ready": "asked by machines",
    "metrics.show_metrics": "asked by machines from inside; to others it does not exist",
    "docs.show_start": "says what this is",
    "docs.show_docs": "says how to ask",
    "docs.show_openapi": "says how to ask",
    "areas.list_areas": "directory, codes and areas are open to all",
    "areas.get_area": "as above",
    "areas.list_rules": "as above",
    "compounds.list_compounds": "as above",
    "compounds.get_compound": "as above",
    "beds.list_bed_changes": "as above",
    "codes.list_code_lists": "as above",
    "codes.get_code_list": "as above",
    "organizations.list_organizations": "as above",
    "organizations.get_organization": "as above",
    "sites.list_sites": "as above",
    "sites.get_site": "as above",
    "site_parts.list_stages": "as above",
    "site_parts.list_operations": "as above",
    "site_parts.list_functions": "as above",
    "site_parts.list_agreements": "as above",
    "site_parts.list_prices": "as above",
    "site_parts.list_slots": "as above",
    "maps.list_facilities": "as above",
    "publications.list_publications": "published figures are for everybody, small counts hidden",
    "publications.get_publication": "as above",
    "ogc.show_landing": "directory and published coverage as map layers; with a token the runs of one's area",
    "ogc.show_conformance": "as above",
    "ogc.show_api": "as above",
    "ogc.list_collections": "as above",
    "ogc.show_collection": "as above",
    "ogc.show_schema": "as above",
    "ogc.list_items": "as above",
    "ogc.show_item": "as above",
    "indicators.list_targets": "policy documents are public",
    "geopackage.export_run": "as above",
    "tiles.describe_tiles": "as above",
    "tiles.show_tile": "as above",
    "services.list_nearby": "as above",
    "hours.show_calendar": "as above",
    "category_sets.list_category_sets": "which categories are counted is printed beside every rate",
}


def _views(app):
    return {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}


def test_every_route_says_to_whom_it_is_open(app):
    silent = [endpoint for endpoint, view in _views(app).items() if not hasattr(view, "__open_to__")]

    assert silent == []


def test_only_these_routes_need_no_sign_in(app):
    found = {endpoint for endpoint, view in _views(app).items() if getattr(view, "__open_to__", None) == ()}

    assert found == set(OPEN_TO_ANYONE)


def test_every_other_route_names_roles_that_exist(app):
    for endpoint, view in _views(app).items():
        assert set(getattr(view, "__open_to__", ())) <= set(Role), endpoint


def test_every_other_route_asks_who_is_there(client):
    """What the declaration says is what happens: without a token, 401 before anything else."""
    app = client.application
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_TO_ANYONE:
            continue
        url = re.sub("<[^>]*uuid[^>]*>", "01980000-0000-7000-8000-000000000001", rule.rule)
        url = re.sub("<[^>]*>", "x", url)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            reply = client.open(url, method=method)

            assert reply.status_code == 401, f"{method} {url} -> {reply.status_code}"


def test_settings_of_the_readme_are_the_settings():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith(("| `DISPATCH_", "| DISPATCH_"))
    ]

    assert [(row[0], row[1]) for row in rows] == [(name, default or "required") for name, default, _ in SETTINGS]
