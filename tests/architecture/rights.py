"""
Which routes stand behind each letter of the table "Who may do what" in `docs/access.md`.

r looks (m: masked, a: counts only), c makes new, u changes or ends, x decides. A route stands in one place.
"""

from __future__ import annotations

ROUTES: dict[str, dict[str, tuple[str, ...]]] = {
    "directory, codes, areas, calendar": {
        "r": (
            *("areas.list_areas", "areas.get_area", "areas.list_rules", "category_sets.list_category_sets"),
            *("codes.list_code_lists", "codes.get_code_list", "hours.show_calendar", "maps.list_facilities"),
            *("organizations.list_organizations", "organizations.get_organization"),
            *("services.list_nearby", "sites.list_sites", "sites.get_site"),
            *("site_parts.list_agreements", "site_parts.list_functions", "site_parts.list_operations"),
            *("site_parts.list_prices", "site_parts.list_slots", "site_parts.list_stages"),
            *("compounds.list_compounds", "compounds.get_compound", "beds.list_bed_changes"),
        ),
        "c": (
            *("organizations.create_organization", "services.create_service", "sites.create_site"),
            *("sites.create_offer", "site_parts.add_agreement", "site_parts.add_operation", "site_parts.add_stage"),
            *("compounds.create_compound", "beds.record_bed_change"),
        ),
        "u": (
            *("organizations.delete_organization", "sites.change_site", "sites.locate_site", "hours.put_day"),
            *("site_parts.correct_agreement", "site_parts.correct_operation", "site_parts.correct_stage"),
            "compounds.change_compound",
        ),
    },
    "functions, prices, places, vacancy, closures of a site": {
        "c": ("site_parts.add_function", "site_parts.add_price", "site_parts.book_place", "hours.close_site"),
        "u": (
            *("site_parts.correct_function", "site_parts.correct_price", "site_parts.plan_places"),
            *("site_parts.release_place", "site_parts.tell_beds", "site_parts.tell_vacancy", "hours.end_closure"),
        ),
    },
    "sites that may be one": {"r": ("duplicates.list_alike",), "x": ("duplicates.merge_site",)},
    "rules of an area, category sets": {"u": ("areas.put_rule", "category_sets.put_category_set")},
    "files to be imported": {"c": ("imports.create_import",)},
    "published figures": {
        "r": ("publications.list_publications", "publications.get_publication"),
        "x": ("publications.publish_run", "publications.withdraw_publication"),
    },
    "map layers": {
        "r": (
            *("ogc.show_landing", "ogc.show_conformance", "ogc.show_api", "ogc.list_collections"),
            *("ogc.show_collection", "ogc.show_schema", "ogc.list_items", "ogc.show_item"),
            *("geopackage.export_run", "tiles.describe_tiles", "tiles.show_tile"),
        ),
    },
    "targets of the policy": {"r": ("indicators.list_targets",)},
    "indicators": {
        "r": ("indicators.show_rates", "indicators.show_land", "indicators.show_equity", "indicators.show_beds"),
    },
    "coverage runs": {
        "r": (
            *("coverage.list_runs", "coverage.get_run", "coverage.compare", "coverage.list_areas"),
            *("coverage.list_circles", "coverage.list_gaps", "coverage.list_hexagons"),
            *("coverage_people.list_categories", "coverage_people.list_unmet"),
            "reports.get_report",
        ),
        "c": ("coverage.create_run",),
    },
    "scenarios": {
        "r": ("scenarios.list_scenarios", "scenarios.get_scenario", "scenarios.show_effect"),
        "c": ("scenarios.create_scenario",),
        "u": (
            *("scenarios.put_changes", "scenarios.add_change", "scenarios.remove_change"),
            "scenarios.share_scenario",
        ),
    },
    "putting a scenario away": {"u": ("scenarios.archive_scenario",)},
    "adopting a scenario": {"x": ("scenarios.adopt_scenario",)},
    "paths, gates and closures of the streets": {
        "r": ("network_edits.list_edits", "network_edits.get_edit"),
        "c": ("network_edits.add_edit",),
        "u": ("network_edits.correct_edit", "network_edits.withdraw_edit"),
    },
    "sitings": {
        "r": ("sitings.list_sitings", "sitings.get_siting", "sitings.list_areas", "sitings.list_picks"),
        "c": ("sitings.create_siting",),
    },
    "elder": {
        "r": ("elders.list_elders",),
        "c": ("elders.create_elder",),
        "u": ("elders.change_elder",),
    },
    "what one elder has within reach": {"r": ("circles.show_circle",)},
    "elders who may be one": {"r": ("elders.list_duplicates",), "x": ("elders.merge_elder",)},
    "residences, needs, absences, events": {
        "r": (
            *("elder_parts.list_residences", "elder_parts.list_needs", "elder_parts.list_absences"),
            "elder_parts.list_events",
        ),
        "c": (
            *("elder_parts.add_residence", "elder_parts.add_need", "elder_parts.add_absence"),
            "elder_parts.record_event",
        ),
        "u": ("elder_parts.correct_residence", "elder_parts.correct_need", "elder_parts.correct_absence"),
    },
    "contacts": {
        "r": ("elder_parts.list_contacts",),
        "c": ("elder_parts.add_contact",),
        "u": ("elder_parts.change_contact", "elder_parts.remove_contact"),
    },
    "categories, risk level": {
        "r": ("elder_parts.list_categories", "elder_parts.list_risk_levels"),
        "c": ("elder_parts.add_category", "elder_parts.add_risk_level"),
        "u": ("elder_parts.correct_category", "elder_parts.correct_risk_level"),
    },
    "assessment": {"r": ("elder_parts.list_assessments",), "c": ("elder_parts.add_assessment",)},
    "ability grade": {"r": ("elder_parts.show_grade",)},
    "consent": {
        "r": ("elder_parts.list_consents",),
        "c": ("elder_parts.add_consent",),
        "u": ("elder_parts.correct_consent",),
    },
    "care request": {
        "r": (
            *("care_requests.list_requests", "care_requests.show", "care_requests.list_events"),
            "quotes.show_quote",
        ),
        "c": ("care_requests.submit", "care_requests.confirm", "quotes.make_quote"),
        "u": ("care_requests.cancel", "care_requests.hold", "care_requests.resume"),
    },
    "voiding a care request": {"x": ("care_requests.void",)},
    "subsidy rules": {"r": ("subsidies.list_rules",), "c": ("subsidies.put_rule",)},
    "candidates, assignment": {"r": ("matching.find_candidates", "matching.list_runs"), "x": ("matching.assign",)},
    "requests past their limits": {"r": ("sla.list_breaches",)},
    "counts of requests past their limits": {"a": ("sla.count_breaches",)},
    "supervisors' tasks": {
        "r": ("supervisor_tasks.list_tasks", "supervisor_tasks.show"),
        "x": ("supervisor_tasks.close",),
    },
    "care series": {
        "r": ("care_series.list_series", "care_series.show"),
        "c": ("care_series.start",),
        "u": ("care_series.pause", "care_series.end_pause", "care_series.make_exception", "care_series.end"),
    },
    "offers": {"r": ("offers.list_offers", "offers.show")},
    "answering an offer": {"x": ("offers.accept", "offers.decline")},
    "making and withdrawing an offer": {"x": ("offers.make", "offers.withdraw")},
    "day plans, tours of others": {
        "r": ("plans.list_plans", "plans.get_plan", "plans.get_tour"),
        "c": ("plans.create_plan",),
        "u": ("plans.use_best",),
        "x": ("plans.accept", "plans.reject"),
    },
    "changes of a plan by hand, repairs": {
        "r": ("plan_changes.list_carers", "plan_changes.check", "plan_changes.list_changes"),
        "c": ("plan_changes.make", "plan_changes.undo", "plan_changes.repair"),
    },
    "board of a day": {"r": ("days.show_board",)},
    "one's own tour": {"r": ("days.show_own_tour",)},
    "having providers asked anew": {"x": ("offers.reopen",)},
    "starts and ends of visits, failures": {"u": ("doing.start", "doing.finish", "doing.report_problem", "doing.fail")},
    "another carer, attendance at a site": {"u": ("doing.change_carer", "doing.attend")},
    "one's own day, with whom it is for": {"r": ("doing.list_own",)},
    "confirmation, dispute": {"c": ("confirmations.confirm", "confirmations.dispute"), "x": ("confirmations.close",)},
    "totals of completed requests": {"a": ("confirmations.show_totals",)},
    "day's visits": {"r": ("visits.show_day",), "c": ("visits.record_log",)},
    "visit logs": {"r": ("visits.list_logs",)},
    "rate of monthly visits": {"a": ("visits.show_rate",)},
    "carers, rosters": {
        "r": (
            *("carers.list_carers", "carers.show_carer", "carers.show_roster", "carers.list_exceptions"),
            *("carers.list_qualifications", "carers.list_shifts"),
        ),
        "c": ("carers.create_carer", "carers.add_exception", "carers.add_qualification", "carers.add_shift"),
        "u": (
            *("carers.change_carer", "carers.end_carer", "carers.correct_exception", "carers.withdraw_exception"),
            *("carers.correct_qualification", "carers.withdraw_qualification"),
            *("carers.correct_shift", "carers.withdraw_shift"),
        ),
    },
    "one's own account, devices, jobs": {
        "r": (
            "auth.show_me",
            "sessions.list_own",
            "jobs.list_jobs",
            "jobs.get_job",
            "feed.show_feed",
            "feed.show_settings",
        ),
        "u": (
            *("auth.sign_out", "passwords.change_me", "passwords.change_password", "passwords.link"),
            *("sessions.end_own", "sessions.end_all_own", "jobs.cancel"),
            *("feed.mark_seen", "feed.put_settings"),
        ),
    },
    "short texts": {"r": ("messages_sent.list_texts",), "x": ("messages_sent.retry",)},
    "accounts of others, their grants, devices, codes, keys": {
        "r": ("accounts.list_accounts", "accounts.show_account", "accounts.list_sessions", "accounts.list_keys"),
        "c": ("accounts.open_account", "accounts.give_grant", "accounts.issue_code", "accounts.issue_key"),
        "u": ("accounts.change_account", "accounts.end_grant", "accounts.end_sessions", "accounts.revoke_key"),
    },
    "accounts bound to an elder": {
        "r": ("elder_accounts.list_bound",),
        "c": ("elder_accounts.issue_link_code", "elder_accounts.issue_bound_code"),
        "u": ("elder_accounts.unbind",),
    },
    "emergency access": {
        "r": ("emergencies.list_emergencies",),
        "c": ("emergencies.open_emergency",),
        "x": ("emergencies.acknowledge_emergency",),
    },
    "search by name or phone": {"r": ("phone_desk.search",)},
    "calls served": {
        "r": ("phone_desk.list_calls",),
        "c": ("phone_desk.open_call",),
        "u": ("phone_desk.end_call",),
    },
    "access log": {"r": ("access_log.show",)},
    "webhooks": {
        "r": (*("webhooks.list_kinds", "webhooks.list_webhooks", "webhooks.get_webhook", "webhooks.list_deliveries"),),
        "c": ("webhooks.create_webhook",),
        "u": (
            *("webhooks.change_webhook", "webhooks.delete_webhook", "webhooks.rotate_secret", "webhooks.ping"),
            *("webhooks.replay_delivery", "webhooks.replay"),
        ),
    },
    "one's own calendar addresses": {
        "r": ("calendars.list_own",),
        "c": ("calendars.issue",),
        "u": ("calendars.revoke",),
    },
    "proof of journal and access log": {"r": ("audit.verify",)},
    "copy of an elder's data, erasure": {"r": ("privacy.give_copy",), "x": ("privacy.erase",)},
}
# what shows no record: the door, pages, what machines ask
NO_RECORD = frozenset(
    {
        *("auth.sign_in", "auth.refresh", "passwords.choose_password", "passwords.register"),
        *("health.live", "health.ready", "metrics.show_metrics"),
        *("docs.show_start", "docs.show_docs", "docs.show_openapi"),
        "calendars.show",  # the secret address is the key, and opens what its owner may see today
    }
)
# open to every role, so that to those without a view the elder does not exist (404) instead of 403
ANSWERS_404 = frozenset({"elders.show_elder"})
