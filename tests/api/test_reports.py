"""Reports over HTTP: which file, for whom, with which figures."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

import openpyxl
import pytest

from dispatch import storage, streets
from tests.factories.accounts import sign_in
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module", autouse=True)
def _network(app: Flask) -> Iterator[None]:
    settings = app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    streets.save_network(world.make_network(), folder=folder)
    yield
    shutil.rmtree(folder)  # other tests of this process begin without one


@pytest.fixture(autouse=True)
def _world(db) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()


@pytest.fixture
def officer(client: FlaskClient) -> dict[str, str]:
    return sign_in(client, role="district_officer", area=world.DISTRICT)


@pytest.fixture
def path(client: FlaskClient, officer: dict[str, str]) -> str:
    wish = {"area_code": world.DISTRICT, "service_code": "day_care", "as_of": world.AS_OF.isoformat()}
    run = client.post("/v1/coverage/runs", json=wish, headers=officer).get_json()
    return f"/v1/coverage/runs/{run['id']}/report"


def test_pdf_comes_as_a_file_the_same_each_time_and_304_after_that(
    client: FlaskClient, officer: dict[str, str], path: str
) -> None:
    reply, again = (client.get(path, headers=officer) for _ in range(2))

    assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
    assert reply.get_data().startswith(b"%PDF-")
    assert reply.get_data() == again.get_data()
    run_id = path.split("/")[4]
    assert reply.headers["Content-Disposition"] == f'attachment; filename="coverage-{run_id}-zh.pdf"'
    known = client.get(path, headers=officer | {"If-None-Match": reply.headers["ETag"]})
    assert known.status_code == 304


def test_workbook_has_the_figures_of_the_api(client: FlaskClient, officer: dict[str, str], path: str) -> None:
    reply = client.get(f"{path}?format=xlsx&lang=en", headers=officer)

    assert (reply.status_code, reply.mimetype) == (200, XLSX)
    book = openpyxl.load_workbook(io.BytesIO(reply.get_data()))
    run_id = path.split("/")[4]
    features = client.get(f"/v1/coverage/areas?run={run_id}", headers=officer).get_json()["features"]
    rows = {row[1]: row for row in book["Community by community"].iter_rows(values_only=True)}
    for found in (feature["properties"] for feature in features):
        row = rows[found["name_zh"]]
        band = found["band"]
        share = "—" if found["covered_share"] is None else found["covered_share"]
        assert row[1:10] == (
            *(found["name_zh"], found["elders"], found["covered"], share),
            *(band[name] for name in ("10", "12", "18", "20", "slower")),
        )


def test_language_is_the_reader_s_unless_asked_for(client: FlaskClient, officer: dict[str, str], path: str) -> None:
    english = officer | {"Accept-Language": "en"}

    assert "-en.pdf" in client.get(path, headers=english).headers["Content-Disposition"]
    assert "-zh.pdf" in client.get(f"{path}?lang=zh", headers=english).headers["Content-Disposition"]


def test_planner_s_workbook_hides_small_counts(client: FlaskClient, path: str) -> None:
    planner = sign_in(client, role="planner", area=world.DISTRICT)

    reply = client.get(f"{path}?format=xlsx", headers=planner)

    rows = list(openpyxl.load_workbook(io.BytesIO(reply.get_data()))["社区明细"].iter_rows(values_only=True))
    [row] = [row for row in rows if row[1] == f"测试地区{world.C1}"]
    assert row[2:5] == (5, "<5", "<5")


def test_run_of_another_area_is_404_and_other_roles_are_403(client: FlaskClient, path: str) -> None:
    elsewhere = sign_in(client, role="planner", area="120199")
    worker = sign_in(client, role="community_worker", area=world.DISTRICT)

    assert client.get(path, headers=elsewhere).status_code == 404
    assert client.get(path, headers=worker).status_code == 403
    assert client.get(f"/v1/coverage/runs/{uuid4()}/report", headers=elsewhere).status_code == 404


@pytest.mark.parametrize("query", ["format=docx", "lang=fr", f"unit={'x' * 81}", "colour=red"])
def test_other_formats_languages_and_parameters_are_400(
    client: FlaskClient, officer: dict[str, str], path: str, query: str
) -> None:
    assert client.get(f"{path}?{query}", headers=officer).status_code == 400


def test_without_the_font_a_pdf_is_503_and_says_what_to_do(
    client: FlaskClient, officer: dict[str, str], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.drawing.fonts.find_spec", lambda _: None)

    reply = client.get(path, headers=officer)

    assert (reply.status_code, reply.get_json()["code"]) == (503, "font-missing")
    assert "pip install --require-hashes" in reply.get_json()["detail"]
    assert client.get(f"{path}?format=xlsx", headers=officer).status_code == 200
