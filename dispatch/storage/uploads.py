"""
Files that were sent in and wait for the job that reads them: kept in sealed parts, and not for long.

A file may hold a whole register of people. It goes when its job has ended, and after a day in any case.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.errors import NotFoundError
from dispatch.storage.columns import Base, UtcDateTime, new_id
from dispatch.storage.current import session
from dispatch.storage.deadlines import set_deadline, withdraw_deadline
from dispatch.storage.resealing import sealed_column
from dispatch.storage.sealing import Place, seal, unseal
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.actor import Actor

KEPT_FOR = timedelta(days=1)
UPLOAD_EXPIRY = "upload.expiry"  # the kind of deadline; its key is the upload's id


class UploadGoneError(NotFoundError):
    """The file is not there any more."""

    slug = "upload-gone"
    title = Words("上传的文件已经删除", "The file that was sent is gone")
    detail = Words("上传的文件只保存一天。请重新上传。", "Files that are sent in are kept for a day. Send it again.")


class Upload(Base):
    """One file that was sent in."""

    __tablename__ = "upload"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    uploaded_by: Mapped[UUID | None]
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UploadPart(Base):
    """A piece of a file, sealed."""

    __tablename__ = "upload_part"
    __table_args__ = (sa.UniqueConstraint("upload_id", "part_no"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    upload_id: Mapped[UUID] = mapped_column(sa.ForeignKey("upload.id", ondelete="CASCADE"))
    part_no: Mapped[int]
    content_sealed: Mapped[bytes] = sealed_column("content")


def begin_upload(*, actor: Actor, at: datetime) -> UUID:
    """Make room for a file; it is deleted after a day, whatever becomes of it."""
    upload_id = new_id()
    session().add(Upload(id=upload_id, uploaded_by=actor.account_id, uploaded_at=at))
    set_deadline(UPLOAD_EXPIRY, key=str(upload_id), due_at=at + KEPT_FOR, at=at)
    return upload_id


def add_upload_part(upload_id: UUID, *, part_no: int, content: bytes) -> None:
    """Keep the next piece of a file."""
    part_id = new_id()
    text = base64.b64encode(content).decode("ascii")
    sealed = seal(text, place=Place(UploadPart.__tablename__, "content", part_id))
    session().add(UploadPart(id=part_id, upload_id=upload_id, part_no=part_no, content_sealed=sealed))


def read_upload(upload_id: UUID) -> BytesIO:
    """Give a file, whole and in memory; raises UploadGoneError."""
    if session().get(Upload, upload_id) is None:
        raise UploadGoneError
    parts = session().scalars(
        sa.select(UploadPart).where(UploadPart.upload_id == upload_id).order_by(UploadPart.part_no)
    )
    whole = BytesIO()
    for part in parts:
        place = Place(UploadPart.__tablename__, "content", part.id)
        whole.write(base64.b64decode(unseal(part.content_sealed, place=place)))
    whole.seek(0)
    return whole


def drop_upload(upload_id: UUID, *, at: datetime) -> None:
    """Delete a file; does nothing where it is gone."""
    session().execute(sa.delete(UploadPart).where(UploadPart.upload_id == upload_id))
    session().execute(sa.delete(Upload).where(Upload.id == upload_id))
    withdraw_deadline(UPLOAD_EXPIRY, key=str(upload_id), at=at)
