"""Wiring, HTTP: staff sign in and out, and administrators' accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import accounts
from app.accounts import NewUser
from app.http.services import (
    SESSION_COOKIE,
    LimitsNeeded,
    Reader,
    ServicesNeeded,
    SignedIn,
    Writer,
    as_actor,
    demand,
)
from app.passwords import generate_password
from desk import seats, views
from desk.kinds import Availability, Role
from desk.tables import Seat, User
from desk.views import SeatBody

router = APIRouter(prefix="/api/v1/staff", tags=["staff"])

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Credentials(BaseModel):
    """What is typed at the sign-in page."""

    username: Name
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class UserForm(BaseModel):
    """A new account."""

    username: Name
    name: Name
    roles: Annotated[list[Role], Field(min_length=1, max_length=5)]
    capacity: Annotated[int, Field(ge=1, le=50)] = 5
    skills: Annotated[list[Name], Field(max_length=50)] = []


class UserBody(BaseModel):
    """A user, with the seat of an agent or expert."""

    id: str
    username: str
    name: str
    roles: list[Role]
    seat: SeatBody | None


class SignedInBody(BaseModel):
    """Who is signed in; the CSRF token goes with every request that changes something."""

    user: UserBody
    csrf_token: str


class Users(BaseModel):
    """All accounts."""

    users: list[UserBody]


class CreatedUser(BaseModel):
    """A new account; the generated password is in this answer and nowhere else."""

    user: UserBody
    password: str


@router.post("/session")
def open_session(
    form: Credentials, response: Response, services: ServicesNeeded, limits: LimitsNeeded
) -> SignedInBody:
    """Sign in: sets the session cookie, returns the user and the CSRF token."""
    limits.sign_in.take(form.username)
    with services.database.read() as session:
        user = accounts.check_password(session, form.username, form.password)
    with services.database.write() as session:
        opened = accounts.open_session(session, user, now=services.clock())
        body = SignedInBody(user=user_body(session, opened.user), csrf_token=opened.csrf_token)
    response.set_cookie(
        SESSION_COOKIE,
        opened.token,
        httponly=True,
        samesite="strict",
        secure=services.settings.secure_cookies,
        path="/",
    )
    return body


@router.get("/session")
def read_session(signed_in: SignedIn, services: ServicesNeeded) -> SignedInBody:
    """Who is signed in."""
    user, staff_session = signed_in
    with services.database.read() as session:
        return SignedInBody(user=user_body(session, user), csrf_token=staff_session.csrf_token)


@router.delete("/session", status_code=204)
def close_session(request: Request, response: Response, user: Writer, services: ServicesNeeded) -> None:
    """Sign out: the seat goes offline and its conversations back to the queue."""
    with services.database.write() as session:
        seat = find_seat(session, user)
        if seat is not None:
            seats.set_availability(
                session,
                seat.id,
                Availability.OFFLINE,
                actor=as_actor(user),
                now=services.clock(),
                ids=services.ids,
            )
        accounts.sign_out(session, request.cookies[SESSION_COOKIE])
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/users")
def list_users(user: Reader, services: ServicesNeeded) -> Users:
    """All accounts."""
    demand(user, Role.ADMINISTRATOR)
    with services.database.read() as session:
        people = session.scalars(select(User).order_by(User.created_at)).all()
        return Users(users=[user_body(session, person) for person in people])


@router.post("/users", status_code=201)
def create_user(form: UserForm, user: Writer, services: ServicesNeeded) -> CreatedUser:
    """A new account, with a generated password."""
    demand(user, Role.ADMINISTRATOR)
    password = generate_password()
    new = NewUser(form.username, form.name, password, tuple(form.roles), form.capacity, tuple(form.skills))
    with services.database.write() as session:
        made = accounts.add_user(session, new, now=services.clock(), ids=services.ids, actor=as_actor(user))
        return CreatedUser(user=user_body(session, made), password=password)


def user_body(session: Session, user: User) -> UserBody:
    """A user as the API shows it."""
    seat = find_seat(session, user)
    return UserBody(
        id=user.id,
        username=user.username,
        name=user.name,
        roles=[Role(role) for role in user.roles],
        seat=views.seat_view(seat) if seat else None,
    )


def find_seat(session: Session, user: User) -> Seat | None:
    """The user's seat; None for a user who has none."""
    return session.scalar(select(Seat).where(Seat.user_id == user.id))
