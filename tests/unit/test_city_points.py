"""Reading points: what counts, what is left out, and what is refused with a sentence that helps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dispatch.cli.city_points import PointsFileError, read_points
from dispatch.cli.city_tags import CATEGORIES, SITE_TAGS, UNINHABITED, category_of, levels_of

DOCS = Path(__file__).parents[2] / "docs" / "coverage.md"


def write(folder: Path, text: str, *, name: str = "points.csv", encoding: str = "utf-8") -> str:
    (folder / name).write_bytes(text.encode(encoding))
    return str(folder / name)


def test_rows_with_an_empty_or_zero_weight_are_left_out(tmp_path: Path) -> None:
    file = write(tmp_path, "lon,lat,people\n117.1,39.1,5\n117.2,39.2,\n117.3,39.3,0\n117.4,39.4,2.5\n")

    read = read_points(f"{file}:people")

    assert (read.rows, read.left_out, read.without_point) == (4, 2, 0)
    assert read.points.name == "people"
    assert read.points.weight.tolist() == [5, 2.5]
    assert read.points.lonlat.tolist() == [[117.1, 39.1], [117.4, 39.4]]
    assert read.source == "points.csv:people"


def test_without_a_column_every_row_weighs_one_and_the_file_names_the_category(tmp_path: Path) -> None:
    read = read_points(write(tmp_path, "name,lon,lat\n食堂,117.1,39.1\n,117.2,39.2\n", name="canteens.v1.csv"))

    assert read.points.name == "canteens"
    assert read.points.weight.tolist() == [1, 1]
    assert read.points.labels == ("食堂", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_spreadsheets_are_read_in_the_encodings_written_here(tmp_path: Path, encoding: str) -> None:
    read = read_points(write(tmp_path, "lon,lat,老年人\n117.1,39.1,7\n", encoding=encoding) + ":老年人")

    assert (read.points.name, read.points.weight.tolist()) == ("老年人", [7])


def test_row_without_a_point_is_kept_and_counted(tmp_path: Path) -> None:
    read = read_points(write(tmp_path, "lon,lat,n\n,,3\n0,0,2\n117.1,39.1,1\n") + ":n")

    assert (read.without_point, read.left_out) == (2, 0)
    assert np.isnan(read.points.lonlat[:2]).all()
    assert read.points.weight.sum() == 6


def test_geojson_points_are_read(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [117.1, 39.1, 5]}, "properties": {"n": 4}},
        {"type": "Feature", "geometry": None, "properties": {"n": 2, "name": "甲"}},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [117.2, 39.2]}, "properties": {"n": None}},
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})

    read = read_points(write(tmp_path, text, name="p.geojson") + ":n")

    assert (read.rows, read.left_out, read.without_point) == (3, 1, 1)
    assert read.points.labels == ("", "甲")


@pytest.mark.parametrize(
    ("name", "text", "column", "says"),
    [
        ("a.csv", "x,y\n1,2\n", "", "columns are missing: lon, lat; it has: x, y"),
        ("a.csv", "lon,lat\n1,2\n", ":people", "columns are missing: people"),
        ("a.csv", "", "", "it has: none"),
        ("a.csv", "lon,lat,n\n117,39,many\n", ":n", "the weight in row 2 is no number"),
        ("a.csv", "lon,lat,n\n117,39,-1\n", ":n", "the weight in row 2 is no number"),
        ("a.csv", "lon,lat,n\n117,39,nan\n", ":n", "the weight in row 2 is no number"),
        ("a.csv", "lon,lat\n117,39\n39.1,117.2\n", "", "row 3 has no valid point"),
        ("a.csv", "lon,lat\neast,39\n", "", "row 2 has no valid point"),
        ("a.geojson", "{", "", "FeatureCollection of Point features is needed"),
        ("a.geojson", '{"features": [{"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}]}', "",
         "FeatureCollection of Point features is needed"),
        ("a.geojson", '{"features": [{"geometry": null, "properties": {}}]}', ":n", "no feature has the property n"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_used_is_refused_with_what_to_do(
    tmp_path: Path, name: str, text: str, column: str, says: str
) -> None:
    with pytest.raises(PointsFileError, match=says) as refused:
        read_points(write(tmp_path, text, name=name) + column)

    assert refused.value.facts["reason_zh"]


def test_missing_file_and_unknown_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PointsFileError, match="there is no such file"):
        read_points(str(tmp_path / "nothing.csv:people"))
    (tmp_path / "odd.csv").write_bytes(b"lon,lat\n\xff\xff\xff\n")
    with pytest.raises(PointsFileError, match="encoding is not known"):
        read_points(str(tmp_path / "odd.csv"))


@pytest.mark.parametrize(
    ("tags", "category"),
    [
        ({"amenity": "social_facility"}, "social_facility"),
        ({"amenity": "social_facility", "social_facility": "nursing_home"}, "nursing_home"),
        ({"amenity": "nursing_home"}, "nursing_home"),
        ({"amenity": "doctors"}, "clinic"),
        ({"healthcare": "hospital"}, "hospital"),
        ({"amenity": "pharmacy"}, "pharmacy"),
        ({"amenity": "community_centre"}, "community_centre"),
        ({"amenity": "cafe"}, None),
        ({}, None),
    ],
)
def test_tags_give_one_category(tags: dict[str, str], category: str | None) -> None:
    assert category_of(tags) == category


def test_levels_that_cannot_be_are_one() -> None:
    assert [levels_of(text) for text in (None, "3", "2,5", "many", "-1", "0", "900")] == [1, 3, 2.5, 1, 1, 1, 1]


def test_published_table_of_tags_is_the_one_in_use() -> None:
    text = DOCS.read_text(encoding="utf-8")

    published = {
        (cells[0].strip("` "), cells[1].strip("` "), frozenset(part.strip("` ") for part in cells[2].split(",")))
        for line in text.splitlines()
        if line.startswith("| `") and len(cells := line.strip("|").split("|")) == 3
    }
    assert published == {(category, key, frozenset(values)) for category, key, values in SITE_TAGS}
    assert set(CATEGORIES) == {category for category, _, _ in published}
    assert all(f"`{value}`" in text for value in UNINHABITED)
