"""Sites listed, shown, changed, located; organizations deleted."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from dispatch import areas, directory, geo, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.directory.models import Service
from tests.factories.areas import COMMUNITY, DISTRICT
from tests.factories.directory import AT, SINCE, make_offer, make_organization, make_service, make_site, put_base

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)  # a Tuesday noon in Tianjin
OFFICER = Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, DISTRICT),))
STRANGER = Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120101"),))


@pytest.fixture(autouse=True)
def base(db):
    with storage.transaction():
        put_base()
        make_organization()
    return db


def refs(**wanted) -> list[str]:
    found = directory.find_sites(directory.SiteFilter(**wanted), now=NOW, zone=ZONE)
    return [entry.site.source_ref for entry in found]


@pytest.mark.feature("D6")
def test_stale_are_exactly_those_verified_longer_ago_than_their_type_allows():
    with storage.transaction():
        canteen = directory.get_code("facility_type", code="elder_canteen")
        canteen.facts = canteen.facts | {"stale_days": 30}
        make_site("fresh", verified_at=NOW - timedelta(days=365))
        make_site("stale", verified_at=NOW - timedelta(days=365, seconds=1))
        make_site("canteen", facility_type="elder_canteen", verified_at=NOW - timedelta(days=31))
        make_site("never")

        assert refs(is_stale=True) == ["stale", "canteen"]
        assert refs(is_stale=False) == ["fresh", "never"]
        freshness = [entry.freshness.value for entry in directory.find_sites(now=NOW, zone=ZONE)]
        assert freshness == ["fresh", "stale", "stale", "never_verified"]


def test_list_is_narrowed_by_box_area_type_service_and_point():
    with storage.transaction():
        make_site("a", point=(117.2, 39.1))
        make_site("b", point=(117.5, 39.5), area_code="120101", facility_type="pharmacy")
        make_site("c")
        make_service()
        make_offer("c")

        assert refs(bbox_ll=(117.1, 39.0, 117.2, 39.1)) == ["a"]
        assert refs(area=DISTRICT) == ["a", "c"]
        assert refs(facility_type="pharmacy") == ["b"]
        assert refs(service_codes=["day_care"]) == ["c"]
        assert refs(is_located=False) == ["c"]
        assert refs(is_located=True) == ["a", "b"]


def test_open_at_keeps_those_known_to_be_open_and_reads_on_until_there_are_enough():
    with storage.transaction():
        for number in range(12):
            make_site(f"s{number}")
            hours = "Mo-Fr 08:00-17:00" if number % 4 == 0 else "Sa-Su 08:00-17:00"
            if number % 4 != 3:
                directory.put_site_hours(
                    [directory.SiteHoursRecord(("test", f"s{number}"), hours, SINCE)], actor=SYSTEM, at=AT
                )
        make_site("suspended", stages=(("suspended", SINCE, None),))
        closure = directory.ClosureRecord(("test", "s8"), NOW - timedelta(hours=1), NOW + timedelta(hours=1), "停电")
        directory.put_closures([closure], actor=SYSTEM, at=AT)

        assert refs(open_at=NOW) == ["s0", "s4"]
        limited = directory.find_sites(directory.SiteFilter(open_at=NOW), now=NOW, zone=ZONE, limit=1)
        assert [entry.site.source_ref for entry in limited] == ["s0"]


@pytest.mark.feature("D1")
def test_card_holds_organization_tier_operator_beds_and_services_with_hours_and_price():
    with storage.transaction():
        site_id = make_site()
        make_service()
        make_offer(hours="Mo-Fr 08:00-17:00", price=("month", 120000))
        beds = [directory.BedRecord(("test", "s1"), kind, 10, 2, AT) for kind in ("nursing", "day_place")]
        directory.put_beds(beds, actor=SYSTEM, at=AT)

        card = directory.get_site_card(site_id, now=NOW, zone=ZONE)

    assert (card.organization.name, card.organization.operator_kind, card.tier) == ("机构o1", "company", "community")
    assert [(each.bed_type, each.vacancy.unit.value) for each in card.beds] == [
        ("day_place", "place"),
        ("nursing", "bed"),
    ]
    assert [(o.service_code, o.hours, o.price_cents) for o in card.offers] == [
        ("day_care", "Mo-Fr 08:00-17:00", 120000)
    ]
    assert card.entry.stage is directory.Stage.OPEN


def change_of(site_id, **columns) -> directory.SiteChange:
    site = directory.get_site(site_id)
    present = {
        name: getattr(site, name, None) for name in asdict(directory.SiteChange("", "", "", "")) if name != "stages"
    }
    return replace(directory.SiteChange(**present), **columns)


@pytest.mark.usefixtures("base")
def test_change_raises_the_version_even_of_stages_alone():
    with storage.transaction():
        site_id = make_site()
        change = change_of(site_id, stages=(("open", SINCE, None), ("closed", date(2026, 3, 1), None)))

        site = directory.change_site(site_id, change=change, version=1, actor=OFFICER, at=NOW)

        assert site.version == 2
        assert directory.stage_of(site_id, on=date(2026, 2, 28)) is directory.Stage.OPEN
        assert directory.stage_of(site_id, on=date(2026, 3, 1)) is directory.Stage.CLOSED
        with pytest.raises(storage.StaleVersionError):
            directory.change_site(site_id, change=change, version=1, actor=OFFICER, at=NOW)


def test_site_is_not_changed_from_outside_its_area_nor_moved_out_of_ones_own():
    with storage.transaction():
        site_id = make_site()
        change = change_of(site_id)

        with pytest.raises(directory.SiteNotFoundError):
            directory.change_site(site_id, change=change, version=1, actor=STRANGER, at=NOW)
        moved = replace(change, area_code="120101")
        with pytest.raises(areas.AreaNotFoundError):
            directory.change_site(site_id, change=moved, version=1, actor=OFFICER, at=NOW)


@pytest.mark.feature("D11")
def test_located_site_stands_in_wgs84_keeps_what_was_sent_and_leaves_the_worklist():
    sent = geo.from_wgs84((117.2, 39.13), crs=geo.ReferenceSystem.GCJ02)
    with storage.transaction():
        site_id = make_site()
        make_service()
        make_offer()
        point = areas.read_point(sent, crs="gcj02", study_area=None)

        site = directory.locate_site(site_id, point=point, version=1, actor=OFFICER, at=NOW)

        assert geo.distance_m((site.lon, site.lat), (117.2, 39.13)) < 0.01
        assert (site.source_crs, site.source_raw) == ("gcj02", {"lon": sent[0], "lat": sent[1]})
        assert site.version == 2
        assert refs(is_located=False) == []
        assert len(directory.find_offers_near((117.2, 39.13), service_codes=["day_care"], radius_m=10)) == 1


@pytest.mark.feature("D1")
def test_organization_with_open_sites_is_not_deleted_and_they_are_named():
    with storage.transaction():
        organization_id = make_organization("o2")
        make_site("open", organization="o2", name="还开着的站")
        make_site("closed", organization="o2", name="关了的站", stages=(("closed", SINCE, None),))

        with pytest.raises(directory.OrganizationHasSitesError) as caught:
            directory.delete_organization(organization_id, actor=OFFICER, at=NOW, zone=ZONE)

    assert [(site["name"], site["stage"]) for site in caught.value.facts["sites"]] == [("还开着的站", "open")]


def test_organization_goes_with_its_services_and_closed_sites():
    with storage.transaction():
        organization_id = make_organization("o2")
        make_site("s2", organization="o2", point=(117.2, 39.1))
        make_service("v2", organization="o2")
        offer_id = make_offer(
            "s2",
            service="v2",
            organization="o2",
            hours="24/7",
            price=("visit", 1),
            catchments=(DISTRICT,),
            capacity=("visit", 2, 1, AT),
        )
        directory.take_place(offer_id, service_on=date(2026, 3, 1), period="noon", maximum=2)
        make_site("s2", organization="o2", stages=(("closed", SINCE, None),))

        directory.delete_organization(organization_id, actor=OFFICER, at=NOW, zone=ZONE)

        with pytest.raises(directory.OrganizationNotFoundError):
            directory.get_organization(organization_id)
        assert storage.session().scalar(sa.select(sa.func.count()).select_from(Service)) == 0
        assert refs() == []


def test_organization_with_a_site_elsewhere_is_out_of_reach():
    with storage.transaction():
        organization_id = make_organization("o2")
        make_site("far", organization="o2", area_code="120101", stages=(("closed", SINCE, None),))

        with pytest.raises(directory.OrganizationNotFoundError):
            directory.delete_organization(organization_id, actor=OFFICER, at=NOW, zone=ZONE)


def test_organization_that_records_of_care_refer_to_stays_whole():
    with storage.transaction() as session:
        organization_id = make_organization("o2")
        make_service("v2", organization="o2")
        session.execute(
            sa.text(
                "INSERT INTO carer (id, organization_id, kind, name, sex, travel_mode, day_limit_min, status, version) "
                "VALUES (:id, :organization, 'care_worker', 'x', 'female', 'walk', 480, 'active', 1)"
            ).bindparams(sa.bindparam("id", type_=sa.Uuid()), sa.bindparam("organization", type_=sa.Uuid())),
            {"id": storage.new_id(), "organization": organization_id},
        )

        with pytest.raises(directory.OrganizationInUseError):
            directory.delete_organization(organization_id, actor=OFFICER, at=NOW, zone=ZONE)

        assert len(directory.find_services(organization_id)) == 1


def test_created_records_need_new_references_and_known_ones():
    wish = directory.NewOrganization("机构", "说明", "company", source="bureau", source_ref="7")
    with storage.transaction():
        made = directory.create_organization(wish, actor=OFFICER, at=NOW)

        with pytest.raises(directory.RecordExistsError) as caught:
            directory.create_organization(wish, actor=OFFICER, at=NOW)
        nobody = directory.NewSite(storage.new_id(), "站", "day_care_center", COMMUNITY, "路")
        with pytest.raises(directory.UnknownRecordError):
            directory.create_site(nobody, actor=OFFICER, at=NOW, zone=ZONE)

    assert caught.value.facts["id"] == str(made.id)
