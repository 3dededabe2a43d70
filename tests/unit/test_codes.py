"""The code lists that come with the product, held against the documents they cite."""

import re
from collections import Counter

import pytest

from dispatch.directory.rules import known_codes

OF_LIST = {
    name: [code for code in known_codes() if code.list_name == name] for name in {c.list_name for c in known_codes()}
}
# domain.md 3.1: ledger rows that are no types of their own, or whose words stand for several types
NAMED_PLACES = {"L075", "L076", "L077", "L078", "L096", "L097"}
ROWS_OF_CODES = {
    "L052": {"district_guidance_center"},
    "L054": {"day_care_center"},
    "L057": {"day_care_center"},
    "L058": {"day_care_center"},
    "L059": {"day_care_center"},
    "L085": {"day_care_center"},
    "L322": {"day_care_center"},
    "L088": {"happiness_courtyard"},
    "L091": {"elder_school"},
    "L106": {"elder_learning_point"},
    "L062": {"embedded"},
    "L063": {"embedded"},
    "L071": {"public"},
    "L072": {"public_built_private_run"},
    "L073": {"socially_founded"},
    "L098": {"nursing_hospital", "rehabilitation_hospital"},
    "L099": {"nursing_station", "nursing_center", "community_health_center", "township_health_center"},
    "L105": {"elder_university", "elder_school", "elder_learning_point"},
}


def _plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.feature("D2")
def test_every_facility_row_of_the_ledger_has_a_code(shared_data):
    ledger = (shared_data.parent / "spec" / "seeds-ledger.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (L\d+) \| ([^|]+) \| [^|]+ \| (\S+) \| ([^|]+) \| facility type \|", ledger, re.MULTILINE)
    types = {code.label_zh: code for code in OF_LIST["facility_type"]}
    all_codes = {code.code for code in known_codes()}

    missing = [
        ref
        for ref, term, _, _ in rows
        if ref not in NAMED_PLACES and term not in types and not ROWS_OF_CODES.get(ref, {"?"}) <= all_codes
    ]

    assert len(rows) == 45  # the ledger's own count: F 45
    assert missing == []


@pytest.mark.feature("D2")
def test_every_cited_label_stands_word_for_word_in_its_document(shared_data):
    texts = {path.name: _plain(path.read_text(encoding="utf-8")) for path in (shared_data.parent / "seeds").iterdir()}

    wrong = [c.code for c in known_codes() if c.source_file and _plain(c.label_zh) not in texts[c.source_file]]

    assert wrong == []
    assert sum(code.source_file is not None for code in known_codes()) > 100


def test_a_source_and_its_clause_stand_together():
    assert all((code.source_file is None) == (code.clause is None) for code in known_codes())


def test_codes_and_labels_are_unique_in_their_list():
    for pick in (lambda c: c.code, lambda c: c.label_zh):
        twice = [key for key, n in Counter((c.list_name, pick(c)) for c in known_codes()).items() if n > 1]
        assert twice == []


def test_parents_and_members_and_skills_are_codes_themselves():
    services, skills = {c.code for c in OF_LIST["service"]}, {c.code for c in OF_LIST["skill"]}

    for code in known_codes():
        siblings = {c.code for c in OF_LIST[code.list_name]}
        assert code.parent is None or code.parent in siblings
        assert {*code.facts.get("skills_all", ()), *code.facts.get("skills_any", ())} <= skills
    for group in OF_LIST["service_set"]:
        assert set(group.facts["members"]) <= services
    assert [len(group.facts["members"]) for group in OF_LIST["service_set"]] == [6, 5, 8]


def test_tiers_count_as_the_table_of_types_says():
    counted = Counter(code.facts["tier"] for code in OF_LIST["facility_type"])

    # domain.md 3.1, counted by hand: D 1, S 2, C 11, R 2, M 13, O 8
    assert counted == {"district": 1, "subdistrict": 2, "community": 11, "residential": 2, "medical": 13, "other": 8}
    assert {c.code for c in OF_LIST["facility_type"] if c.facts["counts_rural"]} == {
        "day_care_center",
        "day_nursery",
        "community_elder_center",
        "rural_mutual_aid_home",
    }
