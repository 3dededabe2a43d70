"""Points that arrive, codes, and what the beginning of an address says."""

import math

import pytest

from dispatch import areas, geo

TIANJIN = geo.StudyArea(116.6, 38.5, 118.2, 40.3)
NAMES = {"和平": "120101", "和平区": "120101", "河北区": "120105", "河北": "120105", "蓟县": "120119", "大港": "120116"}


@pytest.mark.feature("D11")
def test_point_without_reference_system_is_refused():
    with pytest.raises(areas.InvalidPointError) as caught:
        areas.read_point((117.2, 39.13), crs=None, study_area=TIANJIN)

    assert list(caught.value.fields) == ["crs"]


def test_unknown_reference_system_is_refused_with_the_allowed_ones():
    with pytest.raises(areas.InvalidPointError) as caught:
        areas.read_point((117.2, 39.13), crs="epsg:4326", study_area=TIANJIN)

    assert "wgs84, cgcs2000, gcj02, bd09" in caught.value.fields["crs"][0].en


@pytest.mark.parametrize(
    ("lon", "lat", "says"),
    [
        (39.13, 117.2, "写反"),
        (0.0, 0.0, "0,0"),
        (116.4, 39.9, "不在本市"),
        (200.0, 39.0, "-180"),
        (117.0, 95.0, "-90"),
        (math.nan, 39.0, "-180"),
    ],
)
@pytest.mark.feature("D11")
def test_point_that_cannot_be_is_refused_and_said_why(lon, lat, says):
    with pytest.raises(areas.InvalidPointError) as caught:
        areas.read_point((lon, lat), crs="wgs84", study_area=TIANJIN)

    assert any(says in word.zh for words in caught.value.fields.values() for word in words)


@pytest.mark.feature("D11")
def test_gcj02_point_becomes_wgs84_and_keeps_what_was_sent():
    point = areas.read_point((117.2, 39.13), crs="gcj02", study_area=TIANJIN)

    # a second implementation's figure: GCJ-02 is shifted by about 546 m in the mean in Tianjin
    shifted_m = geo.distance_m(point.lonlat, (117.2, 39.13))
    assert 450 < shifted_m < 600
    assert point.raw == (117.2, 39.13)
    assert geo.distance_m(geo.from_wgs84(point.lonlat, crs=point.crs), (117.2, 39.13)) < 0.01


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("天津市河北区中山路", None),
        ("河北区中山路", None),
        ("河北省石家庄市新乐市", "13"),
        ("河北石家庄新乐市", "13"),
        ("天津市和平区", "12"),
        ("天津武清开发区", "12"),
        ("内蒙古呼和浩特", "15"),
    ],
)
def test_province_is_read_from_the_beginning_of_an_address(address, code):
    found = areas.read_province(address)

    assert (found.code if found else None) == (code or ("12" if address.startswith("天津") else None))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("天津市蓟县官庄镇", "120119"),
        ("天津市大港旭日路6号", "120116"),
        ("天津市 和平区 柳州路", "120101"),
        ("和平路1号", None),
        ("天津市和平路1号", None),
        ("天津和平柳州路1号", "120101"),
        ("河北区中山路", "120105"),
        ("河北省蓟县", None),
    ],
)
def test_district_is_recognized_at_the_start_old_names_too(address, code):
    assert areas.read_district(address, names=NAMES) == code


@pytest.mark.parametrize(
    ("address", "city"),
    [("唐山市丰润区光华道", "唐山市"), ("天津市和平区", None), ("和平区南市街", None), ("大胡同菜市场", None)],
)
def test_another_city_is_noticed_without_its_province(address, city):
    assert areas.read_other_city(address, own_names=("天津市", "天津")) == city


def test_codes_know_their_ancestors():
    assert areas.parent_code("120198002003") == "120198002"
    assert areas.parent_code("12") is None
    assert areas.ancestor_codes("120198002003") == ["120198002003", "120198002", "120198", "12"]


def test_known_areas_add_up_to_the_published_census_total():
    districts = [area for area in areas.known_areas() if area.level == "district"]

    # Tianjin's bulletin no. 2 of the seventh census: 13,866,009 residents
    assert len(districts) == 16
    assert sum(area.residents for area in districts) == 13_866_009


def test_known_areas_are_those_of_the_census_file(shared_data):
    lines = (shared_data / "tianjin" / "census2020.csv").read_text(encoding="utf-8").split()[1:]
    districts = {area.code: area for area in areas.known_areas() if area.level == "district"}

    assert {
        (code, districts[code].name_zh, districts[code].residents) for code, _, _ in (x.split(",") for x in lines)
    } == {(code, name, int(count)) for code, name, count in (line.split(",") for line in lines)}
