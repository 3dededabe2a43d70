"""The command that counts which features are shown."""

from __future__ import annotations

from tests.features import Feature, read_features, report

TABLE = """\
| id | feature | A | B | |
|---|---|---|---|---|
| D1 | Places and services | yes | no |  |
| G1 | Circles | no | no | ★ |
| M2 | Edits with ETag | partly | no | ☆ |
- **D1** text
"""


def test_rows_of_the_list_are_read_with_their_marks():
    assert read_features(TABLE) == [
        Feature("D1", "Places and services", ""),
        Feature("G1", "Circles", "★"),
        Feature("M2", "Edits with ETag", "☆"),
    ]


def test_what_is_shown_and_what_is_not_is_counted():
    lines = report(read_features(TABLE), {"G1": {"a", "b"}, "Q9": {"c"}})

    assert lines == [
        "★ G1     2 tests  Circles",
        "1 of 3 features are shown by tests",
        "not yet: D1 M2",
        "marked in tests, but not in the list: Q9",
    ]


def test_without_the_list_the_ids_are_counted():
    assert report([], {"G1": {"a"}})[-1] == "1 features are shown by tests (the list itself is not at hand)"
