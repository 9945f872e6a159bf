"""Wiring, security: staff accounts and their sessions. A session is a random token; only its hash is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.passwords import hash_password, verify_password
from common.audit import OPERATOR, Actor, record
from common.errors import Conflict, TongdaError
from common.ids import IdFactory, new_token
from common.secrets import token_hash
from desk.kinds import Availability, Role, Tier
from desk.tables import Seat, StaffSession, User

SESSION_LENGTH: Final = timedelta(hours=12)
FIRST_SEAT_NUMBER: Final = 1001
"""Seats are numbered from here; the number is what a taxpayer sees."""


class Unauthorized(TongdaError):
    """No session, or a wrong name or password."""

    code = "unauthorized"
    status = 401
    message = "请先登录。"


class WrongPassword(Unauthorized):
    """The name or the password is wrong; which one is not said."""

    code = "wrong_password"
    message = "用户名或密码不正确。"


@dataclass(frozen=True)
class NewUser:
    """An account to make. `skills` and `capacity` are for the seat that agents and experts get with it."""

    username: str
    name: str
    password: str
    roles: tuple[Role, ...]
    capacity: int = 5
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenedSession:
    """A fresh session: the token for the cookie and the one for the CSRF header."""

    user: User
    token: str
    csrf_token: str


def add_user(
    session: Session, new: NewUser, *, now: datetime, ids: IdFactory, actor: Actor = OPERATOR
) -> User:
    """Make an account, and a seat for an agent or expert. Raises Conflict when the name is taken."""
    if session.scalar(select(User).where(User.username == new.username)) is not None:
        raise Conflict(f"用户名 {new.username} 已被使用。")
    user = User(
        id=ids(),
        username=new.username,
        name=new.name,
        password_hash=hash_password(new.password),
        roles=list(new.roles),
        active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    if {Role.AGENT, Role.EXPERT} & set(new.roles):
        session.add(_seat_for(session, user, new, now=now, ids=ids))
    record(
        session,
        "user.added",
        subject=f"user:{user.id}",
        actor=actor,
        at=now,
        details={"roles": list(new.roles)},
    )
    session.flush()
    return user


def _seat_for(session: Session, user: User, new: NewUser, *, now: datetime, ids: IdFactory) -> Seat:
    count = session.scalar(select(func.count()).select_from(Seat)) or 0
    return Seat(
        id=ids(),
        user_id=user.id,
        number=str(FIRST_SEAT_NUMBER + count),
        name=new.name,
        tier=Tier.EXPERT if Role.EXPERT in new.roles else Tier.GENERAL,
        skills=list(new.skills),
        capacity=new.capacity,
        open_count=0,
        availability=Availability.OFFLINE,
        heartbeat_at=now,
        idle_since=now,
    )


def check_password(session: Session, username: str, password: str) -> User:
    """The user. Raises WrongPassword, the same for a wrong name and a wrong password.

    Takes a tenth of a second by design, so it is done on a read: no write waits for it.
    """
    user = session.scalar(select(User).where(User.username == username))
    right = verify_password(password, user.password_hash if user else None)
    if user is None or not right or not user.active:
        raise WrongPassword
    return user


def open_session(session: Session, user: User, *, now: datetime) -> OpenedSession:
    """A new session for a user whose password was checked; sessions that have ended are forgotten."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    opened = OpenedSession(user, token=new_token(), csrf_token=new_token())
    session.add(
        StaffSession(
            token_hash=token_hash(opened.token),
            user_id=user.id,
            csrf_token=opened.csrf_token,
            created_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    record(session, "user.signed_in", subject=f"user:{user.id}", actor=Actor("user", user.id), at=now)
    return opened


def find_session(session: Session, token: str, *, now: datetime) -> tuple[User, StaffSession]:
    """The user of a session token. Raises Unauthorized."""
    found = session.get(StaffSession, token_hash(token))
    if found is None or found.expires_at <= now:
        raise Unauthorized
    user = session.get(User, found.user_id)
    if user is None or not user.active:
        raise Unauthorized
    return user, found


def sign_out(session: Session, token: str) -> None:
    """End a session; nothing happens when there is none."""
    found = session.get(StaffSession, token_hash(token))
    if found is not None:
        session.delete(found)
