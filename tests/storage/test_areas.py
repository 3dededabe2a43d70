"""Areas and their rules in the database."""

from datetime import UTC, date, datetime

import pytest

from dispatch import areas, geo, journal, storage
from dispatch.actor import SYSTEM
from tests.factories.areas import AT, COMMUNITY, DISTRICT, SUBDISTRICT, area_record, put_ground, square_ll

pytestmark = pytest.mark.usefixtures("db")
TODAY = date(2026, 3, 31)


def rule(area_code: str, value: object, *, since: date = date(2026, 1, 1), **columns) -> areas.RuleRecord:
    return areas.RuleRecord(area_code, "visit.modes", value, since, **columns)


def deciding(area_code: str, *, on: date = TODAY, with_drafts: bool = False) -> object:
    found = areas.find_rule(area_code, rule_key="visit.modes", on=on, with_drafts=with_drafts)
    return found.value if found else None


def test_known_areas_are_added_once_and_leave_what_is_there():
    with storage.transaction():
        first = areas.put_known_areas(actor=SYSTEM, at=AT)
        areas.put_areas([area_record("120101", name_zh="和平区", residents=1)], actor=SYSTEM, at=AT)
        again = areas.put_known_areas(actor=SYSTEM, at=AT)

        assert (first, again) == ((17, 0, 0), (0, 0, 17))
        assert areas.get_area("120101").residents == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("蓟县", "120119"),
        ("蓟州区", "120119"),
        ("120119", "120119"),
        ("塘沽", "120116"),
        ("汉沽区", "120116"),
        ("静海县", "120118"),
    ],
)
def test_old_names_find_their_district(text, code):
    with storage.transaction():
        put_ground()

        assert areas.find_area(text).code == code


def test_unknown_or_ambiguous_names_find_nothing():
    with storage.transaction():
        put_ground()
        areas.put_areas([area_record(f"12019800100{n}", name_zh="幸福里") for n in (2, 3)], actor=SYSTEM, at=AT)

        assert areas.find_area("幸福里") is None
        assert areas.find_area("幸福里", within="120198001002").code == "120198001002"
        assert areas.find_area("无此地") is None


def test_the_same_areas_again_change_nothing():
    record = area_record("120198002", name_zh="二街", boundary_ll=square_ll(117.2, 39.1), aliases=("老二街",))
    with storage.transaction():
        put_ground()

        counts = [areas.put_areas([record], actor=SYSTEM, at=AT) for _ in range(2)]
        renamed = areas.put_areas([area_record("120198002", name_zh="新二街", aliases=("二街",))], actor=SYSTEM, at=AT)

        assert counts == [(1, 0, 0), (0, 0, 1)]
        assert renamed == (0, 1, 0)
        assert areas.find_aliases(["120198002"]) == {"120198002": ["二街", "老二街"]}
        assert areas.get_area("120198002").parent_code == DISTRICT


def test_children_are_those_directly_below():
    with storage.transaction():
        put_ground()

        assert [area.code for area in areas.children(DISTRICT)] == [SUBDISTRICT]
        assert [area.code for area in areas.find_areas(query="县", level="district")][:2] == ["120114", "120115"]
        assert [area.code for area in areas.find_areas(prefixes=[SUBDISTRICT])] == [SUBDISTRICT, COMMUNITY]


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (area_record("120198002", boundary_ll={"type": "Point", "coordinates": [117, 39]}), geo.InvalidGeometryError),
        (
            area_record(
                "120198002",
                boundary_ll={"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
            ),
            geo.InvalidGeometryError,
        ),
        (area_record("120197001"), areas.UnknownAreaError),
        (areas.AreaRecord("1201980", "subdistrict", "七位", "test"), areas.InvalidAreaCodeError),
        (area_record("120198002", settlement="suburb"), areas.UnknownSettlementError),
    ],
)
def test_area_that_cannot_be_is_refused(record, error):
    with storage.transaction():
        put_ground()

        with pytest.raises(error):
            areas.put_areas([record], actor=SYSTEM, at=AT)


def test_nearest_area_above_decides():
    with storage.transaction():
        put_ground()
        areas.put_rules([rule("12", ["door"]), rule(DISTRICT, ["door", "phone_call"])], actor=SYSTEM, at=AT)

        assert deciding(COMMUNITY) == ["door", "phone_call"]
        assert deciding("120101") == ["door"]
        assert areas.find_rule(COMMUNITY, rule_key="visit.modes", on=TODAY).area_code == DISTRICT
        assert deciding(COMMUNITY, on=date(2025, 12, 31)) is None


def test_draft_never_decides_unless_asked_for():
    with storage.transaction():
        put_ground()
        areas.put_rules([rule(DISTRICT, ["door"]), rule(SUBDISTRICT, ["video"], status="draft")], actor=SYSTEM, at=AT)

        assert deciding(COMMUNITY) == ["door"]
        assert deciding(COMMUNITY, with_drafts=True) == ["video"]


def test_a_new_rule_ends_the_one_before_and_repeats_unchanged():
    records = [rule(DISTRICT, ["door"]), rule(DISTRICT, ["video"], since=date(2026, 3, 1))]
    with storage.transaction():
        put_ground()

        counts = [areas.put_rules(records, actor=SYSTEM, at=AT) for _ in range(2)]

        assert counts == [(2, 0, 0), (0, 0, 2)]
        assert deciding(DISTRICT, on=date(2026, 2, 28)) == ["door"]
        assert deciding(DISTRICT, on=date(2026, 3, 1)) == ["video"]


def test_a_rule_stored_later_ends_the_stored_one():
    with storage.transaction():
        put_ground()
        areas.put_rules([rule(DISTRICT, ["door"])], actor=SYSTEM, at=AT)

        areas.put_rules([rule(DISTRICT, ["video"], since=date(2026, 3, 1))], actor=SYSTEM, at=AT)

        assert deciding(DISTRICT, on=date(2026, 2, 28)) == ["door"]
        assert deciding(DISTRICT) == ["video"]


def test_a_batch_leaves_one_entry_in_the_journal():
    with storage.transaction():
        put_ground()

    with storage.reading():
        entries = journal.find_entries("areas")
    assert [entry.kind for entry in entries] == ["areas.recorded", "areas.recorded"]
    assert entries[0].facts == {"created": 17, "changed": 0}
    assert entries[0].at == datetime(2026, 1, 1, tzinfo=UTC)


def test_box_of_a_boundary_is_kept_beside_it():
    put_ground()
    outline = {"type": "Polygon", "coordinates": [[[117.1, 39.0], [117.3, 39.0], [117.2, 39.4], [117.1, 39.0]]]}
    areas.put_areas([area_record("120198", boundary_ll=outline)], actor=SYSTEM, at=AT)

    stored = areas.get_area("120198")

    assert (stored.west, stored.south, stored.east, stored.north) == (117.1, 39.0, 117.3, 39.4)  # read off the corners
    areas.put_areas([area_record("120198", boundary_ll=None)], actor=SYSTEM, at=AT)
    assert areas.get_area("120198").west is None
