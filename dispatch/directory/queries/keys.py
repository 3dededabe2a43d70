"""Rows by the keys under which their sources know them, many at once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from dispatch.directory.models import Organization, Service, ServiceAtSite, Site
from dispatch.errors import InvalidError
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from dispatch.directory.values import ServiceKey, SourceKey

Key = TypeVar("Key")
AT_ONCE = 500  # keys of up to three parts; SQLite takes 32,766 values in a statement


class UnknownRecordError(InvalidError):
    """A record refers to another one that is not there."""

    slug = "unknown-record"
    title = Words("引用的记录不存在", "A record referred to does not exist")
    detail = Words("没有{what_zh}：{keys}。先导入它。", "There is no {what}: {keys}. Import it first.")


def in_pieces(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Give the different keys in pieces that fit into one statement."""
    left = iter(dict.fromkeys(keys))
    while piece := list(islice(left, AT_ONCE)):
        yield piece


def organizations_by_key(keys: Iterable[SourceKey]) -> dict[SourceKey, Organization]:
    """Give the organizations that are stored under these keys."""
    pair = sa.tuple_(Organization.source, Organization.source_ref)
    return {(row.source, row.source_ref): row for row in _rows(Organization, where=pair, keys=keys)}


def sites_by_key(keys: Iterable[SourceKey]) -> dict[SourceKey, Site]:
    """Give the sites that are stored under these keys."""
    pair = sa.tuple_(Site.source, Site.source_ref)
    return {(row.source, row.source_ref): row for row in _rows(Site, where=pair, keys=keys)}


def services_by_key(keys: Iterable[ServiceKey]) -> dict[ServiceKey, Service]:
    """Give the services that are stored under these keys."""
    found: dict[ServiceKey, Service] = {}
    for piece in in_pieces(keys):
        rows = session().execute(
            sa.select(Organization.source, Organization.source_ref, Service)
            .join(Service, Service.organization_id == Organization.id)
            .where(sa.tuple_(Organization.source, Organization.source_ref, Service.source_ref).in_(piece))
        )
        found |= {(source, ref, service.source_ref): service for source, ref, service in rows}
    return found


def offers_by_ids(pairs: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], ServiceAtSite]:
    """Give the services at sites that are stored for these (service, site)."""
    pair = sa.tuple_(ServiceAtSite.service_id, ServiceAtSite.site_id)
    return {(row.service_id, row.site_id): row for row in _rows(ServiceAtSite, where=pair, keys=pairs)}


def all_or_unknown(found: dict[Key, Any], *, wanted: Iterable[Key], what: Words) -> None:
    """Raise UnknownRecordError unless every wanted key was found."""
    missing = sorted({str(key) for key in wanted if key not in found})
    if missing:
        raise UnknownRecordError(what=what.en, what_zh=what.zh, keys="; ".join(missing[:5]))


def _rows(model: type[Any], *, where: sa.ColumnElement[Any], keys: Iterable[Any]) -> Iterator[Any]:
    for piece in in_pieces(keys):
        yield from session().scalars(sa.select(model).where(where.in_(piece)))
