"""Imports supersede what they change; planned places count in matching."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from dispatch import directory, storage
from dispatch.actor import SYSTEM
from dispatch.directory.models import Price, SiteStatus
from tests.factories.directory import (
    make_offer,
    make_organization,
    make_service,
    make_site,
    put_base,
    site_record,
)

LATER = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def offer_id(db):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_base()
        make_organization()
        make_site("s1")
        make_service()
        return make_offer("s1", price=("meal", 1000))


def _prices(known_at=None):
    rows = storage.session().scalars(
        sa.select(Price).where(storage.as_known(Price, known_at)).order_by(Price.valid_from)
    )
    return [(row.amount_cents, row.valid_from, row.valid_to) for row in rows]


def test_a_price_that_a_file_changes_is_superseded_and_an_old_file_again_changes_nothing(offer_id):
    since, change = date(2020, 1, 1), date(2026, 2, 1)
    with storage.transaction():
        record = directory.OfferRecord(
            site=("test", "s1"), service=("test", "o1", "v1"), hours_from=change, price=("meal", 1200)
        )
        directory.put_offers([record], actor=SYSTEM, at=LATER)
        make_offer("s1", price=("meal", 1000))

    with storage.reading():
        assert _prices() == [(1000, since, change), (1200, change, None)]
        assert _prices(LATER - timedelta(seconds=1)) == [(1000, since, None)]
        offer = directory.find_offers(service_codes=None, on=change, offer_ids=[offer_id])[0]
        assert offer.price_cents == 1200


@pytest.mark.usefixtures("offer_id")
def test_stages_that_a_file_changes_stay_readable_as_they_were_known():
    closed = (("open", date(2020, 1, 1), date(2026, 1, 15)), ("closed", date(2026, 1, 15), None))
    with storage.transaction():
        directory.put_sites([site_record("s1", stages=closed)], actor=SYSTEM, at=LATER)

    with storage.reading() as session:

        def known(at):
            rows = session.scalars(
                sa.select(SiteStatus.stage).where(storage.in_force(SiteStatus, date(2026, 1, 20), known_at=at))
            )
            return rows.all()

        assert known(None) == ["closed"]
        assert known(LATER - timedelta(seconds=1)) == ["open"]


@pytest.mark.usefixtures("offer_id")
def test_sites_go_out_with_their_points_as_they_came_in_and_without_where_there_is_none():
    with storage.transaction():
        directory.put_sites([site_record("s2", lon=117.3, lat=39.2, crs="gcj02")], actor=SYSTEM, at=LATER)

    with storage.reading():
        rows = [(row["source_ref"], row["lon"], row["lat"], row["crs"]) for row in directory.export_sites("test")]

    assert rows == [("s1", None, None, None), ("s2", 117.3, 39.2, "gcj02")]
