"""Organizations, sites, services, and which service is given at which site."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from dispatch.directory.values import AgreementKind, Delivery, ServiceStatus, Stage, search_text
from dispatch.storage import Base, Corrected, Dated, Json, UtcDateTime, new_id, one_of, unique_now


class Searched:
    """
    A row that is found by its name: whoever writes the name writes its tokens.

    PostgreSQL has an index of them (ix_site_search and so on) that the migration makes; SQLite looks through the rows.
    """

    @validates("name")
    def _keep_tokens(self, _key: str, name: str) -> str:
        self.search = search_text(name)
        return name


class Organization(Base, Searched):
    """Who operates sites and services."""

    __tablename__ = "organization"
    __table_args__ = (sa.UniqueConstraint("source", "source_ref"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    search: Mapped[str] = mapped_column(default="", deferred=True)
    description: Mapped[str]
    uscc: Mapped[str | None]
    operator_kind: Mapped[str]
    parent_organization_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organization.id"))
    source: Mapped[str]
    source_ref: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


IS_MERGED = sa.text("merged_into_id IS NOT NULL")


class Site(Base, Searched):
    """
    A place where a service is given.

    A site without a point is unlocated: `lon`, `lat` are null, never 0. `source_crs` and `source_raw`
    keep what was sent before it became WGS 84.
    """

    __tablename__ = "site"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_ref"),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point_whole"),
        sa.CheckConstraint("lon IS NULL OR lon <> 0 OR lat <> 0", name="point_not_zero"),
        sa.Index(None, "area_code"),
        sa.Index(None, "lon", "lat"),
        # of the merged ones only: most sites are not, and lists of those are read in the order of their ids
        sa.Index("ix_site_merged_into_id", "merged_into_id", sqlite_where=IS_MERGED, postgresql_where=IS_MERGED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    name: Mapped[str]
    search: Mapped[str] = mapped_column(default="", deferred=True)
    facility_type: Mapped[str]
    institution_class: Mapped[str | None]
    area_code: Mapped[str] = mapped_column(sa.ForeignKey("area.code"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    source_crs: Mapped[str | None]
    source_raw: Mapped[Any | None] = mapped_column(Json)
    address: Mapped[str]
    floor_area_m2: Mapped[float | None]
    source: Mapped[str]
    source_ref: Mapped[str]
    collected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by: Mapped[str | None]
    # the site that this one turned out to be: never one that was itself merged
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("site.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class SiteStatus(Base, Dated, Corrected):
    """The stage of a site."""

    __tablename__ = "site_status"
    __table_args__ = (one_of("stage", Stage), unique_now("site_status", "site_id", "valid_from"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"))
    stage: Mapped[str]


class SiteOperation(Base, Dated, Corrected):
    """Who runs a site, who founded it, and in which way it is run (clauses: operator_kind, founder_kind, run_mode)."""

    __tablename__ = "site_operation"
    __table_args__ = (unique_now("site_operation", "site_id", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"))
    organization_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    operator_kind: Mapped[str]
    founder_kind: Mapped[str]
    run_mode: Mapped[str]


class SiteFunction(Base, Dated, Corrected):
    """One function that a site offers: a code of the list `function`."""

    __tablename__ = "site_function"
    __table_args__ = (unique_now("site_function", "site_id", "function", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"))
    function: Mapped[str]


class Agreement(Base, Dated, Corrected):
    """What a site has agreed with another organization."""

    __tablename__ = "agreement"
    __table_args__ = (
        one_of("kind", AgreementKind),
        unique_now("agreement", "site_id", "kind", "partner_organization_id", "valid_from", name="parties_valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"))
    partner_organization_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    kind: Mapped[str]


class Service(Base, Searched):
    """
    What an organization offers, and to whom.

    `categories` and `grades` are lists of codes, null meaning anyone; `registration_prefix` is an area code.
    """

    __tablename__ = "service"
    __table_args__ = (
        one_of("delivery", Delivery),
        one_of("status", ServiceStatus),
        sa.UniqueConstraint("organization_id", "source_ref"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    service_code: Mapped[str]
    name: Mapped[str]
    search: Mapped[str] = mapped_column(default="", deferred=True)
    delivery: Mapped[str]
    visit_min: Mapped[int | None]
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    categories: Mapped[list[str] | None] = mapped_column(Json)
    grades: Mapped[list[str] | None] = mapped_column(Json)
    registration_prefix: Mapped[str | None]
    status: Mapped[str]
    source_ref: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class ServiceAtSite(Base):
    """A service given at a site; for home services the site is where carers start."""

    __tablename__ = "service_at_site"
    __table_args__ = (sa.UniqueConstraint("service_id", "site_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(sa.ForeignKey("service.id"))
    site_id: Mapped[UUID] = mapped_column(sa.ForeignKey("site.id"), index=True)
