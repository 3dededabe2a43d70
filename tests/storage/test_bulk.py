"""Many rows at once: they read back as any others, and what the database refuses is told as for any others."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from dispatch import storage
from dispatch.elders.models import Elder, Residence
from tests.factories.elders import put_places

pytestmark = pytest.mark.usefixtures("db")
AREA = "120198001001"
AT = datetime(2026, 3, 31, 4, 0, 5, 123456, tzinfo=UTC)


def elder_row(**columns) -> dict:
    given = {
        "id": storage.new_id(),
        "name": 'O\'张\t"三"\n\\N',
        "sex": "female",
        "born_on": date(1944, 5, 6),
        "id_no_sealed": b"\x00\\x01\xff",
        "id_no_index": b"\x01" * 16,
        "has_lift_access": False,
    }
    return given | columns


def home_row(elder_id, **columns) -> dict:
    given = {
        "id": storage.new_id(),
        "elder_id": elder_id,
        "kind": "main",
        "area_code": AREA,
        "address": "",
        "valid_from": date(2020, 1, 1),
        "lon": 117.123456789012,
        "lat": 39.1,
        "source_raw": [117.1, "中\\文"],
        "recorded_at": AT,
    }
    return given | columns


def test_rows_of_every_type_read_back_and_what_is_left_out_gets_its_default():
    person, bare = elder_row(), elder_row(id_no_sealed=None, id_no_index=None, has_lift_access=None)
    home, pointless = home_row(person["id"]), home_row(bare["id"], lon=None, lat=None, source_raw=None)

    with storage.transaction():
        put_places(AREA)
        storage.insert_rows(Elder.__table__, rows=[person, bare])
        storage.insert_rows(Residence.__table__, rows=[home, pointless])
        storage.insert_rows(Elder.__table__, rows=[])

    session = storage.session()
    rows = {row.id: row for row in session.scalars(sa.select(Elder))}
    homes = {row.id: row for row in session.scalars(sa.select(Residence))}
    kept = [(rows[each["id"]], each) for each in (person, bare)] + [
        (homes[each["id"]], each) for each in (home, pointless)
    ]
    assert [{name: getattr(row, name) for name in given} for row, given in kept] == [given for _, given in kept]
    assert {row.version for row in rows.values()} == {1}
    assert session.scalar(sa.select(sa.func.count()).where(Residence.source_raw.is_(None))) == 1


def test_what_the_database_refuses_is_an_integrity_error_without_the_values():
    with pytest.raises(sa.exc.IntegrityError) as told, storage.transaction():
        storage.insert_rows(Elder.__table__, rows=[elder_row(), elder_row(name="李四")])

    assert "id_no_index" in str(told.value.orig)
    assert "李四" not in str(told.value)


def test_postgresql_knows_how_large_a_table_has_become():
    if storage.engine().dialect.name != "postgresql":
        pytest.skip("SQLite plans without sizes")
    with storage.transaction():
        for _ in range(2):  # 1.6 MB in all, the second piece too small to double it
            storage.insert_rows(
                Elder.__table__, rows=[elder_row(id_no_sealed=None, id_no_index=None) for _ in range(6_000)]
            )

    known = storage.session().scalar(sa.text("SELECT reltuples FROM pg_class WHERE oid = 'elder'::regclass"))
    assert known >= 6_000
