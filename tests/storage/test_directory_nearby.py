"""The nearest search on foot: the network decides, not the straight line."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch import directory, storage
from dispatch.actor import SYSTEM
from tests.factories.directory import SINCE, make_offer, make_organization, make_service, make_site, put_base
from tests.worlds.two_banks import SOURCE_AT, place, two_banks

pytestmark = pytest.mark.usefixtures("db")
ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
HOME = place(0, 35)


def put_sites(**places: tuple[float, float]) -> None:
    """A site for each place (metres), all offering the same service."""
    put_base()
    make_organization()
    make_service()
    for ref, (x_m, y_m) in places.items():
        make_site(ref, point=place(x_m, y_m))
        make_offer(ref)


def ask(limit_min: int = 15, *, start: tuple[float, float] = HOME, **wanted) -> directory.NearbyAnswer:
    question = {"service_codes": ["day_care"], "speed_mps": 1.0, "at": NOON, "zone": ZONE} | wanted
    return directory.find_nearby(start, limit_s=limit_min * 60, network=two_banks(), **question)


@pytest.mark.feature("D9")
def test_walking_time_is_that_of_the_worked_example():
    with storage.transaction():
        put_sites(a=(812, -20))

        (found,) = ask().found

    # domain.md section 5: 35 + 812 + 20 = 867 m at 1.0 m/s: 867 s, shown as 15 minutes
    assert (found.walk_s, found.walk_m, found.shown_min) == (867, 867.0, 15)
    assert found.straight_m == pytest.approx((812**2 + 55**2) ** 0.5, abs=0.5)


@pytest.mark.feature("D9")
def test_900_seconds_are_within_15_minutes_and_901_are_not():
    with storage.transaction():
        put_sites(inside=(865, 0), outside=(866, 0))

        answer = ask()

    assert [(each.offer.site_name, each.walk_s, each.shown_min) for each in answer.found] == [("站点inside", 900, 15)]


@pytest.mark.feature("D9")
def test_far_bank_is_as_far_as_the_bridge_however_near_it_looks():
    with storage.transaction():
        put_sites(across=(0, -300), along=(-500, 0))

        near, far = ask(), ask(30)

    # 35 to the street, 700 to the bridge, 300 over it, 700 back: 1735 m; the straight line is 335 m
    assert [each.offer.site_name for each in near.found] == ["站点along"]
    assert [(each.offer.site_name, each.walk_s) for each in far.found] == [("站点along", 535), ("站点across", 1735)]
    assert far.found[1].straight_m == pytest.approx(335, abs=0.5)


@pytest.mark.feature("D9")
def test_equally_far_sites_are_sorted_by_id_and_all_by_time():
    with storage.transaction():
        put_sites(b=(300, 0), a=(-300, 0), c=(100, 0))

        found = ask().found

    assert [each.walk_s for each in found] == [135, 335, 335]
    assert found[1].offer.service_at_site_id < found[2].offer.service_at_site_id


@pytest.mark.feature("D9")
def test_only_open_located_places_that_one_goes_to_are_found():
    with storage.transaction():
        put_sites(good=(100, 0))
        make_site("unlocated")
        make_site("suspended", point=place(110, 0), stages=(("suspended", SINCE, None),))
        make_site("opens_later", point=place(120, 0), stages=(("open", date(2026, 4, 1), None),))
        make_site("nobody_said", point=place(130, 0), stages=())
        make_service("home", service_code="bathing_home", delivery="home")
        for ref in ("unlocated", "suspended", "opens_later", "nobody_said"):
            make_offer(ref)
        make_offer("good", service="home")

        found = ask(service_codes=None).found

    assert [(each.offer.site_name, each.offer.service_code) for each in found] == [("站点good", "day_care")]


@pytest.mark.feature("D9")
def test_open_now_follows_hours_and_is_unknown_without():
    with storage.transaction():
        put_sites(a=(100, 0), b=(200, 0), c=(300, 0))
        for ref, hours in (("a", "Mo-Fr 08:00-17:00"), ("b", "Sa-Su 08:00-17:00")):
            directory.put_site_hours([directory.SiteHoursRecord(("test", ref), hours, SINCE)], actor=SYSTEM, at=NOON)

        assert [each.is_open_now for each in ask().found] == [True, False, None]


def test_slower_walkers_reach_less():
    with storage.transaction():
        put_sites(a=(812, -20))

        assert ask(speed_mps=0.8).found == ()  # ceil(867 / 0.8) = 1084 s
        assert ask(19, speed_mps=0.8).found[0].walk_s == 1084


def test_who_starts_far_from_every_street_is_told_so():
    with storage.transaction():
        put_sites(a=(100, 0))

        answer = ask(start=place(0, 260))

    assert (answer.found, answer.is_on_network) == ((), False)


@pytest.mark.feature("D9")
def test_answer_says_what_it_rests_on():
    with storage.transaction():
        put_base()

        assumptions = ask().assumptions

    assert assumptions.network == "two-banks@" + "ab" * 6
    assert (assumptions.network_date, assumptions.speed_mps, assumptions.limit_s) == (SOURCE_AT, 1.0, 900)
