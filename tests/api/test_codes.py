"""GET /v1/codes: every list, in both languages, with source and clause."""

import pytest

from dispatch import directory, storage
from dispatch.actor import SYSTEM
from tests.factories.areas import AT


@pytest.fixture(autouse=True)
def codes(db):
    with storage.transaction():
        directory.put_known_codes(actor=SYSTEM, at=AT)
    return db


@pytest.mark.feature("D2")
def test_facility_types_come_with_both_labels_source_and_clause(client):
    items = client.get("/v1/codes/facility_type").get_json()["items"]

    (center,) = [code for code in items if code["code"] == "day_care_center"]
    assert (center["label_zh"], center["label_en"]) == ("日间照料中心（站）", "day care center")
    assert (center["source_file"], center["clause"]) == ("004_11b76f07681fca62.txt", "二(一)3")
    assert center["facts"]["tier"] == "community"
    assert len(items) == 37


@pytest.mark.feature("D2")
def test_services_are_a_tree_with_what_they_need(client):
    items = {code["code"]: code for code in client.get("/v1/codes/service").get_json()["items"]}

    assert items["bathing_home"]["parent"] == "bathing"
    assert items["bathing"]["label_zh"] == "助浴"
    assert items["bathing_home"]["facts"]["carers"] == 2


def test_lists_are_named_with_their_sizes(client):
    lists = {each["list"]: each["codes"] for each in client.get("/v1/codes").get_json()["items"]}

    assert {"facility_type", "service", "institution_class", "operator_kind", "category", "skill"} <= set(lists)
    assert lists["institution_class"] == 3


def test_label_is_in_the_readers_language(client):
    labels = [
        client.get("/v1/codes/institution_class", headers={"Accept-Language": language}).get_json()["items"][0]["label"]
        for language in ("zh", "en")
    ]

    assert labels == ["兜底保障型", "safety net"]


def test_unknown_list_is_404_and_names_those_there_are(client):
    problem = client.get("/v1/codes/colors").get_json()

    assert problem["code"] == "code-list-not-found"
    assert "facility_type" in problem["detail"]
