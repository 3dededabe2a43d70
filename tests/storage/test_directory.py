"""Records stored, repeated and read in bulk; the cells of the nearest search; places taken."""

import threading
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from dispatch import areas, directory, geo, storage
from dispatch.actor import SYSTEM
from dispatch.directory.models import CapacitySlot, OfferCell
from tests.factories.areas import COMMUNITY, DISTRICT
from tests.factories.directory import (
    AT,
    SINCE,
    make_offer,
    make_organization,
    make_service,
    make_site,
    put_base,
    site_record,
)

TODAY = date(2026, 3, 31)
POINT = (117.2, 39.13)


@pytest.fixture
def base(db):
    with storage.transaction():
        put_base()
        make_organization()
    return db


def the_offer(on: date = TODAY) -> directory.Offer:
    (offer,) = directory.find_offers(service_codes=None, on=on)
    return offer


@pytest.mark.feature("D2")
@pytest.mark.usefixtures("base")
def test_service_is_found_with_its_children_by_code_and_by_label():
    bathing = frozenset({"bathing", "bathing_home", "bathing_site"})

    with storage.reading():
        assert directory.service_with_children("助浴") == bathing
        assert directory.service_with_children("bathing") == bathing
        assert directory.service_with_children("上门助浴") == {"bathing_home"}


@pytest.mark.feature("D2")
@pytest.mark.usefixtures("base")
def test_unknown_code_names_the_field_and_what_is_allowed():
    with storage.transaction(), pytest.raises(directory.UnknownCodeError) as caught:
        directory.put_sites([site_record(institution_class="luxury")], actor=SYSTEM, at=AT)

    assert list(caught.value.fields) == ["institution_class"]
    assert caught.value.facts["allowed"] == ["safety_net", "inclusive", "market"]


@pytest.mark.usefixtures("base")
def test_needs_of_services_are_those_of_the_table():
    with storage.reading():
        home, site, meals = (directory.service_needs(code) for code in ("bathing_home", "bathing_site", "meals"))

    # domain.md 3.4: bathing_home (h; 2 x lifting, at least one bathing), bathing_site (s; 1 x bathing)
    assert (home.carers, home.skills_all, home.skills_any) == (2, {"lifting"}, {"bathing"})
    assert home.deliveries == {directory.Delivery.HOME}
    assert (site.carers, site.skills_all, site.deliveries) == (1, {"bathing"}, {directory.Delivery.SITE})
    assert (meals.carers, meals.is_group) == (0, True)


@pytest.mark.usefixtures("base")
def test_product_codes_are_stored_once_and_a_citys_own_stay():
    with storage.transaction() as session:
        session.add(
            directory.Code(
                list_name="skill", code="braille", position=999, label_zh="盲文", label_en="braille", facts={}
            )
        )
        again = directory.put_known_codes(actor=SYSTEM, at=AT)

        assert again.created == again.changed == 0
        assert directory.get_code("skill", code="braille").label_zh == "盲文"


@pytest.mark.usefixtures("base")
@pytest.mark.feature("D1")
def test_the_same_records_again_change_nothing():
    def put_all() -> list[areas.PutCount]:
        key = ("test", "s1")
        return [
            directory.put_organizations(
                [directory.OrganizationRecord("test", "o1", "机构o1", "测试机构", "company")], actor=SYSTEM, at=AT
            ),
            directory.put_sites([site_record(lon=117.2, lat=39.13, crs="gcj02")], actor=SYSTEM, at=AT),
            directory.put_services(
                [directory.ServiceRecord(("test", "o1"), "v1", "day_care", "日托", "site", categories=("oldest",))],
                actor=SYSTEM,
                at=AT,
            ),
            directory.put_offers(
                [
                    directory.OfferRecord(
                        site=key,
                        service=("test", "o1", "v1"),
                        hours_from=SINCE,
                        hours="Mo-Fr 08:00-17:00",
                        price=("visit", 1500),
                        catchments=(DISTRICT,),
                        capacity=("place", 10, 4, AT),
                    )
                ],
                actor=SYSTEM,
                at=AT,
            ),
            directory.put_site_hours([directory.SiteHoursRecord(key, "Mo-Su 08:00-20:00", SINCE)], actor=SYSTEM, at=AT),
            directory.put_closures(
                [directory.ClosureRecord(key, AT, AT + timedelta(days=100), "装修")], actor=SYSTEM, at=AT
            ),
            directory.put_beds([directory.BedRecord(key, "nursing", 20, 3, AT)], actor=SYSTEM, at=AT),
        ]

    with storage.transaction():
        first, again = put_all(), put_all()

        assert [count.created for count in first] == [0, 1, 1, 1, 1, 1, 1]  # the organization was there
        assert {(count.created, count.changed) for count in again} == {(0, 0)}
        offer = the_offer()
        assert (offer.hours, offer.price_cents, offer.capacity.available) == ("Mo-Fr 08:00-17:00", 1500, 4)
        assert [each.area_code for each in offer.catchments] == [DISTRICT]
        assert offer.closures == (directory.Span(AT, AT + timedelta(days=100)),)
        assert offer.categories == {"oldest"}


@pytest.mark.usefixtures("base")
def test_record_without_a_point_does_not_unlocate_a_site():
    with storage.transaction():
        site_id = make_site(point=POINT)

        count = directory.put_sites([site_record()], actor=SYSTEM, at=AT)

        assert count == (0, 0, 1)
        assert directory.get_site(site_id).lon == POINT[0]


@pytest.mark.usefixtures("base")
def test_new_price_holds_from_its_date_and_the_old_one_until_then():
    with storage.transaction():
        make_site()
        make_service()
        make_offer(price=("visit", 1500))

        make_offer(price=("visit", 1800), hours_from=date(2026, 3, 1))

        assert [the_offer(on=on).price_cents for on in (date(2026, 2, 28), date(2026, 3, 1))] == [1500, 1800]


@pytest.mark.usefixtures("base")
def test_hours_of_the_house_serve_where_the_service_has_none():
    with storage.transaction():
        make_site()
        make_service()
        make_offer()
        assert the_offer().hours is None

        directory.put_site_hours(
            [directory.SiteHoursRecord(("test", "s1"), "Mo-Su 09:00-18:00", SINCE)], actor=SYSTEM, at=AT
        )

        assert the_offer().hours == "Mo-Su 09:00-18:00"


@pytest.mark.usefixtures("base")
def test_older_news_of_vacancies_change_nothing():
    with storage.transaction():
        make_site()
        make_service()
        make_offer(capacity=("place", 10, 4, AT))

        make_offer(capacity=("place", 10, 9, AT - timedelta(hours=1)))

        assert the_offer().capacity.available == 4


@pytest.mark.usefixtures("base")
def test_offers_are_read_in_a_constant_number_of_queries():
    with storage.transaction():
        make_service()
        for number in range(3):
            make_site(f"s{number}")
            make_offer(f"s{number}", hours="24/7")

    def count_queries(site_count: int) -> int:
        ran = []
        sa.event.listen(storage.engine(), "before_cursor_execute", lambda *_: ran.append(1))
        with storage.reading():
            ids = [entry.site.id for entry in directory.find_sites(now=AT, zone=UTC)][:site_count]
            before = len(ran)
            assert len(directory.find_offers(service_codes=["day_care"], on=TODAY, site_ids=ids)) == site_count
            return len(ran) - before

    assert count_queries(1) == count_queries(3)


@pytest.mark.usefixtures("base")
def test_offers_are_found_by_service_and_area():
    with storage.transaction():
        make_site()
        make_service()
        offer_id = make_offer()

        def found(**wanted) -> list:
            return [
                o.service_at_site_id for o in directory.find_offers(**{"service_codes": None, "on": TODAY} | wanted)
            ]

        assert found(service_codes=["day_care"], area_prefixes=[DISTRICT]) == [offer_id]
        assert found(service_codes=["meals"]) == []
        assert found(area_prefixes=["120101"]) == []
        assert found(area_prefixes=[]) == []
        assert found(site_ids=[]) == []


@pytest.mark.usefixtures("base")
def test_cells_follow_the_point_the_service_and_its_status():
    def cells() -> list[tuple[str, int]]:
        rows = storage.session().scalars(sa.select(OfferCell).execution_options(populate_existing=True))
        return [(row.service_code, row.cell) for row in rows]

    with storage.transaction():
        make_site()
        make_service()
        make_offer()
        assert cells() == []  # unlocated

        directory.put_sites([site_record(lon=117.2, lat=39.13, crs="wgs84")], actor=SYSTEM, at=AT)
        assert cells() == [("day_care", geo.cell_of(117.2, 39.13))]

        directory.put_sites([site_record(lon=117.3, lat=39.13, crs="wgs84")], actor=SYSTEM, at=AT)
        assert cells() == [("day_care", geo.cell_of(117.3, 39.13))]

        make_service(service_code="short_stay")
        assert cells() == [("short_stay", geo.cell_of(117.3, 39.13))]

        make_service(service_code="short_stay", status="inactive")
        assert cells() == []


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize(
    "stages",
    [
        (("open", SINCE, None), ("closed", SINCE, None)),
        (("open", SINCE, date(2026, 6, 1)), ("closed", date(2026, 5, 1), None)),
        (("shut", SINCE, None),),
        (("open", TODAY, SINCE),),
    ],
)
def test_stages_that_overlap_or_do_not_exist_are_refused(stages):
    with storage.transaction(), pytest.raises(directory.InvalidStagesError):
        make_site(stages=stages)


@pytest.mark.usefixtures("base")
def test_service_is_not_given_in_a_way_its_code_does_not_know():
    with storage.transaction(), pytest.raises(directory.DeliveryNotAllowedError) as caught:
        make_service(service_code="bathing_home", delivery="site")

    assert caught.value.facts["allowed"] == "home"


@pytest.mark.usefixtures("base")
def test_references_to_nothing_are_refused():
    with storage.transaction():
        with pytest.raises(directory.UnknownRecordError):
            make_site(organization="nobody")
        with pytest.raises(areas.UnknownAreaError):
            make_site(area_code="120198009")
        make_site()
        with pytest.raises(directory.UnknownRecordError):
            make_offer(service="nothing")


@pytest.mark.usefixtures("base")
def test_places_of_a_part_of_a_day_are_taken_up_to_the_maximum():
    slot = {"service_on": TODAY, "period": "noon"}
    with storage.transaction():
        make_site()
        make_service()
        offer_id = make_offer()
        assert directory.find_slot(offer_id, **slot) is None

        taken = [directory.take_place(offer_id, **slot, maximum=2).taken for _ in range(2)]
        with pytest.raises(directory.FullError):
            directory.take_place(offer_id, **slot, maximum=2)
        directory.give_back_place(offer_id, **slot)

        assert taken == [1, 2]
        assert directory.find_slot(offer_id, **slot).taken == 1
        assert directory.find_slots(service_at_site_ids=[offer_id], **slot)[offer_id].taken == 1
        assert directory.take_place(offer_id, service_on=TODAY, period="evening", maximum=2).taken == 1


def test_the_last_place_goes_to_one_of_many_who_ask_at_once(real_app):
    with real_app.app_context(), storage.transaction():
        put_base()
        make_organization()
        make_site()
        make_service()
        offer_id = make_offer()
    begin, got = threading.Barrier(6), []

    def ask() -> None:
        with real_app.app_context(), suppress(directory.FullError):
            begin.wait()
            with storage.transaction():
                directory.take_place(offer_id, service_on=TODAY, period="noon", maximum=2)
            got.append(1)

    asking = [threading.Thread(target=ask) for _ in range(6)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()

    with real_app.app_context(), storage.reading() as session:
        slot = session.scalars(sa.select(CapacitySlot)).one()
        assert (len(got), slot.taken, slot.version) == (2, 2, 3)


@pytest.mark.usefixtures("base")
def test_near_offers_are_those_of_brute_force():
    points = [(117.2 + 0.004 * x, 39.1 + 0.003 * y) for x in range(6) for y in range(6)]
    with storage.transaction():
        make_service()
        directory.put_sites(
            [site_record(f"s{n}", lon=lon, lat=lat, crs="wgs84") for n, (lon, lat) in enumerate(points)],
            actor=SYSTEM,
            at=AT,
        )
        directory.put_offers(
            [directory.OfferRecord(("test", f"s{n}"), ("test", "o1", "v1"), SINCE) for n in range(len(points))],
            actor=SYSTEM,
            at=AT,
        )

        found = directory.find_offers_near((117.209, 39.108), service_codes=["day_care"], radius_m=900)

    expected = sorted(geo.distance_m((117.209, 39.108), point) for point in points)
    within = [distance for distance in expected if distance <= 900]
    assert [each.straight_m for each in found] == pytest.approx(within, rel=0.006)  # sphere against ellipsoid
    assert len(found) == len(within) > 10


@pytest.mark.usefixtures("base")
def test_community_of_the_factory_is_on_record():
    with storage.reading():
        assert areas.get_area(COMMUNITY).parent_code == COMMUNITY[:9]
        assert datetime(2026, 1, 1, tzinfo=UTC) == AT
