"""Sites are found by characters, pinyin and initials on every engine."""

import pytest
import sqlalchemy as sa

from dispatch import directory, storage
from dispatch.actor import SYSTEM
from dispatch.directory.models import Site
from tests.conftest import NOW
from tests.factories.directory import AT, UTC, make_organization, make_service, make_site, put_base

NAMES = {"s1": "河西养老服务中心", "s2": "单家食堂", "s3": "ABC养老院", "s4": "100%老年之家"}


@pytest.fixture
def town(db):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_base()
        make_organization()
        for ref, name in NAMES.items():
            make_site(ref, name=name)


def _found(question):
    wanted = directory.SiteFilter(name=question)
    return {entry.site.source_ref for entry in directory.find_sites(wanted, now=NOW, zone=UTC)}


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("question", "refs"),
    [
        ("养老", {"s1", "s3"}),
        ("hx", {"s1"}),
        ("yanglao", {"s1", "s3"}),
        ("shan", {"s2"}),
        ("dan", {"s2"}),
        ("abc养老", {"s3"}),
        ("%", set()),
        ("100%", {"s4"}),
        ("_养", {"s1", "s3"}),
        ("' OR 1=1", set()),
    ],
)
def test_the_same_is_found_on_every_engine(question, refs):
    with storage.reading():
        assert _found(question) == refs


@pytest.mark.usefixtures("town")
def test_a_site_is_found_by_a_service_given_there_and_by_its_new_name_at_once():
    with storage.transaction() as session:
        make_service("v1", name="到站助浴")
        record = directory.OfferRecord(site=("test", "s2"), service=("test", "o1", "v1"), hours_from=AT.date())
        directory.put_offers([record], actor=SYSTEM, at=AT)
        session.scalars(sa.select(Site).where(Site.source_ref == "s1")).one().name = "南开助老之家"

    with storage.reading():
        assert (_found("助浴"), _found("nankai"), _found("hx")) == ({"s2"}, {"s1"}, set())


@pytest.mark.usefixtures("town")
def test_rows_without_tokens_get_them_again():
    with storage.transaction() as session:
        session.execute(sa.update(Site).values(search=""))
        assert _found("养老") == set()

    with storage.transaction():
        changed = directory.rebuild_search(only_missing=True)

    with storage.reading():
        assert (changed, _found("养老")) == (4, {"s1", "s3"})
        assert directory.rebuild_search() == 0


def test_organizations_are_found_by_pinyin_and_still_by_a_part_of_their_name(db):  # noqa: ARG001 - undone with it
    with storage.transaction():
        put_base()
        make_organization("o1", name="河西康乐Company")

    with storage.reading():
        assert [len(directory.find_organizations(query=each)) for each in ("kangle", "hxkl", "ompan", "xyz")] == [
            1,
            1,
            1,
            0,
        ]
