"""Opening an elder's record for a change: who may, which version, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm.attributes import flag_modified

from dispatch.elders.models import Elder
from dispatch.elders.operations.reading import ElderMergedError, get_elder
from dispatch.elders.rules import judge_change
from dispatch.errors import NotAllowedError
from dispatch.storage import check_version, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import Ties


class ElderNotYoursError(NotAllowedError):
    """The caller may see the elder, and may not change this part of the record."""

    slug = "elder-not-yours"
    title = Words("这部分档案不归你改", "This part of the record is not yours")
    detail = Words(
        "可以改的人：老人所在区的工作人员、负责的社区工作者；联系人和意愿也可由本人和家属改。",
        "It is changed by officers of the area and by the responsible community worker; contacts and consent also by "
        "the elder and the family.",
    )


def open_elder(
    elder_id: UUID,
    *,
    part: str,
    is_new: bool,
    actor: Actor,
    on: date,
    ties: Ties,
    version: int | None = None,
    may_be_merged: bool = False,
) -> Elder:
    """
    Give the row of an elder whose record the actor may change, held until the transaction ends.

    The version rises with every change of any part.

    Raises
    ------
    ElderNotFoundError
        Where there is none, or it is outside the actor's scope.
    ElderNotYoursError
        Where the actor may see it and not change it.
    ElderMergedError
        Where it went into another record, unless `may_be_merged`.
    StaleVersionError
        Where the record is another than the actor read.

    """
    card = get_elder(elder_id, actor=actor, on=on, ties=ties)
    if not judge_change(actor, elder_id=elder_id, area_code=card.area_code, ties=ties, part=part, is_new=is_new):
        raise ElderNotYoursError(elder_id=elder_id)
    row = session().get_one(Elder, elder_id, with_for_update=True, populate_existing=True)
    if row.merged_into_id is not None and not may_be_merged:
        raise ElderMergedError(into_id=row.merged_into_id)
    check_version(row.version, expected=version)
    flag_modified(row, "name")
    return row
