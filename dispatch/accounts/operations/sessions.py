"""Devices that are signed in: opening, turning and ending their sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.accounts.models import Account, DeviceSession
from dispatch.accounts.queries import AccountNotFoundError, ended_error
from dispatch.accounts.refresh_tokens import first_token, next_token, read_refresh_token
from dispatch.accounts.rules import judge_refresh
from dispatch.accounts.values import (
    AccountStatus,
    Device,
    OpenedSession,
    Outcome,
    RefreshVerdict,
    SessionEnd,
    SessionState,
)
from dispatch.actor import Actor
from dispatch.errors import NotAllowedError, NotFoundError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.accounts.refresh_tokens import RefreshToken

MOST_SESSIONS = 20  # of one account at a time; the one that was used longest ago makes room
KEPT = timedelta(days=90)  # a session that ended stays known for so long


class RefreshRefusedError(NotAllowedError):
    """The refresh token is none of ours or no longer good."""

    slug = "refresh-refused"
    title = Words("刷新令牌无效或已过期", "The refresh token is wrong or too old")
    detail = Words(
        "重新登录：POST /v1/auth/tokens。没有发出的记录请留在设备上。",
        "Sign in again: POST /v1/auth/tokens. Keep on the device what was not sent yet.",
    )


class RefreshReusedError(NotAllowedError):
    """The refresh token was used before, so that two devices hold it: the session has ended for both."""

    slug = "refresh-reused"
    title = Words("刷新令牌被用过两次，已退出登录", "The refresh token was used twice: signed out")
    detail = Words(
        "可能有人复制了登录信息，这台设备的登录已经作废。请重新登录；若不是你自己操作，请同时修改密码。",
        "Somebody may have copied it, so this device was signed out. Sign in again; change the password if it was not "
        "you.",
    )


class SessionNotFoundError(NotFoundError):
    """There is no such session, or it is somebody else's."""

    slug = "session-not-found"
    title = Words("没有这台已登录的设备", "No such signed-in device")


def open_session(
    account_id: UUID, *, device: Device | None = None, secret: str, now: datetime, session_days: int
) -> OpenedSession:
    """
    Sign a device in; what the same device had before ends.

    Raises
    ------
    AccountNotFoundError
        Where there is no such account.

    """
    if session().get(Account, account_id) is None:
        raise AccountNotFoundError
    session().execute(
        sa.delete(DeviceSession).where(
            DeviceSession.account_id == account_id,
            sa.func.coalesce(DeviceSession.ended_at, DeviceSession.expires_at) < now - KEPT,
        )
    )
    live = _load_live(account_id)
    same = [row for row in live if device is not None and row.device_id == device.device_id]
    others = [row for row in live if row not in same]
    for row in [*same, *others[: max(0, len(others) - MOST_SESSIONS + 1)]]:
        _end(row, because=SessionEnd.REPLACED, actor=Actor(account_id), now=now)
    session_id = new_id()
    token = first_token(session_id, secret=secret)
    expires_at = now + timedelta(days=session_days)
    session().add(
        DeviceSession(
            id=session_id,
            account_id=account_id,
            device_id=device.device_id if device else str(session_id),
            device_name=device.name if device else None,
            refresh_hash=token.hash,
            opened_at=now,
            turned_at=now,
            expires_at=expires_at,
        )
    )
    journal.append("session.opened", actor=Actor(account_id), at=now, subject_id=account_id, session_id=str(session_id))
    return OpenedSession(account_id, session_id, token.text, expires_at)


def refresh_session(text: str, *, secret: str, now: datetime, session_days: int) -> Outcome[OpenedSession]:
    """
    Exchange a refresh token for its successor, once; who lost the answer is given the same one for 30 seconds.

    A token that comes again later ends the session: the refusal says so, and the end must be committed.
    """
    token = read_refresh_token(text, secret=secret)
    if token is None:
        return Outcome(refusal=RefreshRefusedError())
    row = session().scalar(
        sa.select(DeviceSession)
        .where(DeviceSession.id == token.session_id)
        .with_for_update()  # of two at once the second sees what the first has done
        .execution_options(populate_existing=True)
    )
    if row is None:
        return Outcome(refusal=RefreshRefusedError())
    successor = next_token(token, secret=secret)
    verdict = _judge(row, token=token, successor=successor, now=now)
    if verdict is RefreshVerdict.ROTATE:
        row.refresh_hash, row.turned_at = successor.hash, now
        row.expires_at = now + timedelta(days=session_days)
    elif verdict is RefreshVerdict.REUSED:
        actor = Actor(row.account_id)
        journal.append("session.reuse_detected", actor=actor, at=now, subject_id=row.account_id, session_id=str(row.id))
        _end(row, because=SessionEnd.TOKEN_REUSED, actor=actor, now=now)
        return Outcome(refusal=RefreshReusedError())
    elif row.ended_because is not None:
        return Outcome(refusal=ended_error(SessionEnd(row.ended_because)))
    elif verdict is RefreshVerdict.EXPIRED:
        return Outcome(refusal=RefreshRefusedError())
    return Outcome(OpenedSession(row.account_id, row.id, successor.text, row.expires_at))


def end_session(
    session_id: UUID, *, account_id: UUID, because: SessionEnd = SessionEnd.REVOKED, actor: Actor, now: datetime
) -> None:
    """
    End one session of an account; its tokens stop working at once. Ending it again changes nothing.

    Raises
    ------
    SessionNotFoundError
        Where the account has no such session.

    """
    row = session().get(DeviceSession, session_id)
    if row is None or row.account_id != account_id:
        raise SessionNotFoundError
    if row.ended_at is None:
        _end(row, because=because, actor=actor, now=now)


def end_sessions(
    account_id: UUID,
    *,
    because: SessionEnd = SessionEnd.REVOKED,
    actor: Actor,
    now: datetime,
    but: UUID | None = None,
) -> int:
    """End all sessions of an account, `but` one; how many it were comes back."""
    rows = [row for row in _load_live(account_id) if row.id != but]
    for row in rows:
        _end(row, because=because, actor=actor, now=now)
    return len(rows)


def _load_live(account_id: UUID) -> list[DeviceSession]:
    """Load what has not ended, the one used longest ago first."""
    live = sa.select(DeviceSession).where(DeviceSession.account_id == account_id, DeviceSession.ended_at.is_(None))
    return list(session().scalars(live.order_by(DeviceSession.turned_at, DeviceSession.id)))


def _judge(row: DeviceSession, *, token: RefreshToken, successor: RefreshToken, now: datetime) -> RefreshVerdict:
    state = SessionState(turned_at=row.turned_at, expires_at=row.expires_at, is_ended=row.ended_at is not None)
    is_active = session().scalar(sa.select(Account.status).where(Account.id == row.account_id)) == AccountStatus.ACTIVE
    if not is_active:
        return RefreshVerdict.EXPIRED
    return judge_refresh(
        state,
        is_present=row.refresh_hash == token.hash,
        is_parent=row.refresh_hash == successor.hash,
        now=now,
    )


def _end(row: DeviceSession, *, because: SessionEnd, actor: Actor, now: datetime) -> None:
    row.ended_at, row.ended_because = now, because
    journal.append(
        "session.ended", actor=actor, at=now, subject_id=row.account_id, reason=because.value, session_id=str(row.id)
    )
