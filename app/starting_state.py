"""Wiring, first start: the starting knowledge base and the first accounts. Each is made only when none is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from app.accounts import NewUser, add_user
from app.passwords import generate_password
from app.settings import ROOT
from common.audit import SYSTEM
from common.clock import system_clock
from common.database import Database
from common.ids import new_id
from desk.kinds import Role
from desk.tables import User
from knowledge_base import files, importing
from knowledge_base.tables import Entry

CONTENT: Final = ROOT / "knowledge_base" / "content"

_ADMINISTRATOR: Final = ("admin", "系统管理员", (Role.ADMINISTRATOR,))
_DEVELOPMENT: Final = (
    ("agent", "坐席员甲", (Role.AGENT,)),
    ("expert", "专家乙", (Role.EXPERT,)),
    ("editor", "采编员丙", (Role.CONTENT,)),
    ("reviewer", "审核员丁", (Role.CONTENT, Role.SUPERVISOR)),
)


@dataclass(frozen=True)
class StartingAccount:
    """An account that was just made, with the password that is shown once."""

    username: str
    name: str
    password: str


def load_starting_content(database: Database) -> bool:
    """Publish the starting knowledge base into a database that holds no entry. Returns whether it did."""
    with database.read() as session:
        if session.scalar(select(func.count()).select_from(Entry)):
            return False
    with database.write() as session:
        importing.import_rows(
            session,
            files.read_rows(CONTENT),
            publish=True,
            author="初始知识库",
            actor=SYSTEM,
            now=system_clock(),
        )
    return True


def load_starting_accounts(database: Database, *, development: bool) -> list[StartingAccount]:
    """Make the first administrator and, in development mode, one account for each role, if there is no user."""
    wanted = (_ADMINISTRATOR, *(_DEVELOPMENT if development else ()))
    made = []
    with database.write() as session:
        if session.scalar(select(func.count()).select_from(User)):
            return []
        for username, name, roles in wanted:
            account = StartingAccount(username, name, generate_password())
            user = NewUser(username, name, account.password, roles)
            add_user(session, user, now=system_clock(), ids=new_id, actor=SYSTEM)
            made.append(account)
    return made
