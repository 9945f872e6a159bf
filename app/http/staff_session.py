"""Wiring, HTTP: staff sign in and out, and administrators' accounts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import ROLES, NewUser, add_user, sign_in, sign_out
from app.http.services import SESSION_COOKIE, Reader, ServicesNeeded, SignedIn, Writer, as_actor, demand
from app.passwords import generate_password
from common.errors import Invalid
from desk import seats, views
from desk.tables import Seat, User

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
    roles: Annotated[list[str], Field(min_length=1, max_length=5)]
    capacity: Annotated[int, Field(ge=1, le=50)] = 5
    skills: Annotated[list[str], Field(max_length=50)] = []


@router.post("/session")
def open_session(
    form: Credentials, request: Request, response: Response, services: ServicesNeeded
) -> dict[str, Any]:
    """Sign in: sets the session cookie, returns the user and the CSRF token."""
    limits = request.app.state.limits
    limits.sign_in.take(f"{form.username}")
    with services.database.write() as session:
        opened = sign_in(session, form.username, form.password, now=services.clock())
        body = {"user": user_body(session, opened.user), "csrf_token": opened.csrf_token}
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
def read_session(signed_in: SignedIn, services: ServicesNeeded) -> dict[str, Any]:
    """Who is signed in."""
    user, staff_session = signed_in
    with services.database.read() as session:
        return {"user": user_body(session, user), "csrf_token": staff_session.csrf_token}


@router.delete("/session", status_code=204)
def close_session(request: Request, response: Response, user: Writer, services: ServicesNeeded) -> None:
    """Sign out: the seat goes offline and its conversations back to the queue."""
    with services.database.write() as session:
        seat = session.scalar(select(Seat).where(Seat.user_id == user.id))
        if seat is not None:
            seats.set_availability(
                session, seat.id, "offline", actor=as_actor(user), now=services.clock(), ids=services.ids
            )
        sign_out(session, request.cookies[SESSION_COOKIE])
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/users")
def list_users(user: Reader, services: ServicesNeeded) -> dict[str, Any]:
    """All accounts."""
    demand(user, "administrator")
    with services.database.read() as session:
        people = session.scalars(select(User).order_by(User.created_at)).all()
        return {"users": [user_body(session, person) for person in people]}


@router.post("/users", status_code=201)
def create_user(form: UserForm, user: Writer, services: ServicesNeeded) -> dict[str, Any]:
    """A new account; the generated password is in this answer and nowhere else."""
    demand(user, "administrator")
    if set(form.roles) - set(ROLES):
        raise Invalid("角色有误。")
    password = generate_password()
    new = NewUser(form.username, form.name, password, tuple(form.roles), form.capacity, tuple(form.skills))
    with services.database.write() as session:
        made = add_user(session, new, now=services.clock(), ids=services.ids, actor=as_actor(user))
        return {"user": user_body(session, made), "password": password}


def user_body(session: Session, user: User) -> dict[str, Any]:
    """A user as the API shows it."""
    seat = session.scalar(select(Seat).where(Seat.user_id == user.id))
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "roles": user.roles,
        "seat": views.seat_view(seat) if seat else None,
    }


def seat_of(session: Session, user: User) -> Seat:
    """The user's seat. Raises Invalid for a user without one."""
    seat = session.scalar(select(Seat).where(Seat.user_id == user.id))
    if seat is None:
        raise Invalid("您的账号没有坐席。")
    return seat
