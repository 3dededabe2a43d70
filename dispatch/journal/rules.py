"""Which role a look belongs to; how lines become a chain of hashes: same bytes, same hashes, on any machine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

from dispatch.actor import Role, ScopeKind
from dispatch.journal.values import AccessPurpose, Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dispatch.actor import Actor, Grant
    from dispatch.journal.values import Head

# which roles look for which purpose, the likeliest first
ROLES = {
    AccessPurpose.OWN: (Role.ELDER, Role.FAMILY),
    AccessPurpose.SUPERVISION: (Role.DISTRICT_OFFICER, Role.ADMINISTRATOR),
    AccessPurpose.VISIT: (Role.COMMUNITY_WORKER, Role.CARER),
    AccessPurpose.CARE: (Role.CARER, Role.COORDINATOR, Role.COMMUNITY_WORKER),
    AccessPurpose.REQUEST: (Role.OPERATOR, Role.COMMUNITY_WORKER, Role.COORDINATOR),
    AccessPurpose.EMERGENCY: (Role.CARER, Role.COMMUNITY_WORKER, Role.OPERATOR),
}
GENESIS = "0" * 64  # what the first link of every lane follows


def hash_line(columns: Mapping[str, bytes | None]) -> str:
    """
    Give the SHA-256 of a line: each column that is not empty, in the order of their names, with its length.

    Empty columns are left out, so that a column added in a later year leaves the hashes of old lines as they are.
    """
    digest = hashlib.sha256()
    for name in sorted(columns):
        value = columns[name]
        if value is not None:
            digest.update(b"%s:%d:" % (name.encode(), len(value)))
            digest.update(value)
    return digest.hexdigest()


def hash_link(previous: str, *, lane_no: int, index_no: int, table_name: str, line_no: int, line_hash: str) -> str:
    """Give the SHA-256 of a link, which follows from the link before it and the line that it holds."""
    text = f"{previous}|{lane_no}|{index_no}|{table_name}|{line_no}|{line_hash}"
    return hashlib.sha256(text.encode()).hexdigest()


def hash_heads(heads: Iterable[Head]) -> str:
    """Give one hash for all lanes, short enough to be read out and written down."""
    lanes = sorted(heads, key=lambda head: head.lane_no)
    return hashlib.sha256("\n".join(f"{one.lane_no}|{one.links}|{one.link_hash}" for one in lanes).encode()).hexdigest()


def choose_reader(actor: Actor, *, elder_id: UUID, purpose: AccessPurpose, area_code: str | None) -> Reader:
    """
    Say in which role an actor looks at an elder for a purpose: the grant that opens the record.

    `area_code` is where the elder lives; None: not known, then any area of the role will do.
    """
    for role in ROLES[purpose]:
        for grant in actor.grants:
            if grant.role is role and _opens(grant, elder_id=elder_id, area_code=area_code):
                return Reader(
                    role=role,
                    area_code=grant.scope_ref if grant.scope_kind is ScopeKind.AREA else None,
                    organization_id=UUID(grant.scope_ref) if grant.scope_kind is ScopeKind.ORGANIZATION else None,
                )
    return Reader()


def _opens(grant: Grant, *, elder_id: UUID, area_code: str | None) -> bool:
    if grant.scope_kind is ScopeKind.ELDER:
        return grant.scope_ref == str(elder_id)
    return grant.scope_kind is not ScopeKind.AREA or area_code is None or area_code.startswith(grant.scope_ref)
