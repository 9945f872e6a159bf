"""Wiring, HTTP: what the routes are given, and who is asking."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header
from starlette.requests import HTTPConnection

from app.accounts import Unauthorized, find_session
from app.live import Hub
from app.rate_limits import RateLimit
from app.settings import Settings
from app.turn_worker import TurnWorker
from common.audit import Actor
from common.clock import Clock
from common.database import Database
from common.errors import Forbidden
from common.ids import IdFactory
from common.secrets import Keyring
from desk.policy import DeskPolicy
from desk.tables import StaffSession, User
from knowledge_base.library import Library

SESSION_COOKIE: Final = "tongda_session"


class CsrfMismatch(Forbidden):
    """The request did not come from our own page."""

    code = "csrf"
    message = "页面已过期，请刷新后再试。"


@dataclass(frozen=True)
class Services:
    """Everything the routes use, built once at the start."""

    settings: Settings
    database: Database
    library: Library
    keyring: Keyring
    hub: Hub
    turns: TurnWorker
    clock: Clock
    ids: IdFactory
    policy: DeskPolicy


@dataclass(frozen=True)
class Limits:
    """The rate limits of what strangers can reach."""

    messages: RateLimit
    conversations: RateLimit
    sign_in: RateLimit


def get_services(connection: HTTPConnection) -> Services:
    """The services of the running application."""
    services: Services = connection.app.state.services
    return services


def get_limits(connection: HTTPConnection) -> Limits:
    """The rate limits of the running application."""
    limits: Limits = connection.app.state.limits
    return limits


# FastAPI would run a synchronous dependency in a thread: longer than it takes.
async def _services(connection: HTTPConnection) -> Services:
    return get_services(connection)


async def _limits(connection: HTTPConnection) -> Limits:
    return get_limits(connection)


LimitsNeeded = Annotated[Limits, Depends(_limits)]
ServicesNeeded = Annotated[Services, Depends(_services)]


def get_signed_in(connection: HTTPConnection, services: ServicesNeeded) -> tuple[User, StaffSession]:
    """The staff member whose session cookie came along. Raises Unauthorized."""
    token = connection.cookies.get(SESSION_COOKIE)
    if not token:
        raise Unauthorized
    with services.database.read() as session:
        return find_session(session, token, now=services.clock())


SignedIn = Annotated[tuple[User, StaffSession], Depends(get_signed_in)]


def get_reader(signed_in: SignedIn) -> User:
    """The staff member, for requests that change nothing."""
    return signed_in[0]


def get_writer(signed_in: SignedIn, presented: Annotated[str, Header(alias="X-CSRF-Token")] = "") -> User:
    """The staff member, for requests that change something. Raises CsrfMismatch."""
    user, session = signed_in
    if not secrets.compare_digest(presented.encode(), session.csrf_token.encode()):
        raise CsrfMismatch
    return user


Reader = Annotated[User, Depends(get_reader)]
Writer = Annotated[User, Depends(get_writer)]


def demand(user: User, *roles: str) -> None:
    """Raise Forbidden unless the user has one of the roles; an administrator has all."""
    if not {*roles, "administrator"} & set(user.roles):
        raise Forbidden


def as_actor(user: User) -> Actor:
    """The user as the audit records name him."""
    return Actor("user", user.id)
