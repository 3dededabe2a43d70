"""Rows of many ids asked for with one parameter, on both engines."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa

from dispatch import elders, storage
from dispatch.elders.models import Elder
from tests.factories.elders import elder_record, put_elders
from tests.worlds.tiny_day import make_tiny_day


def test_rows_are_found_by_any_number_of_ids_and_others_are_not(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        make_tiny_day()
        known = put_elders(*(elder_record(name=f"老{number}") for number in range(3)))
        wanted = [known[0], known[2], *(uuid4() for _ in range(6_000))]

        found = storage.session().scalars(sa.select(Elder.id).where(storage.among(Elder.id, ids=wanted))).all()
        none = storage.session().scalars(sa.select(Elder.id).where(storage.among(Elder.id, ids=[]))).all()

        assert (set(found), none) == ({known[0], known[2]}, [])
        assert elders.find_names(wanted) == {known[0]: "老0", known[2]: "老2"}
