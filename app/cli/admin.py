"""Wiring, command line: `tongda user add`, `migrate`, `train`, `check` and `setup`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from app import rasa
from app.accounts import NewUser, add_user
from app.bootstrap import open_database, open_keyring, open_library
from app.cli.output import emit, step, tell
from app.migrate import current_revision, newest_revision
from app.migrate import migrate as migrate_database
from app.passwords import generate_password
from app.settings import Settings, load_settings, unknown_variables
from app.starting_state import load_starting_accounts, load_starting_content
from common.clock import system_clock
from common.database import Database
from common.ids import new_id
from desk.kinds import Role
from knowledge_base.publishing import current_version
from knowledge_base.rate_tables import TablesInvalid, shipped_tables

users = typer.Typer(help="工作人员账号。", no_args_is_help=True)


@users.callback()
def _users() -> None:
    """工作人员账号。"""


@users.command("add")
def add(
    username: Annotated[str, typer.Argument(help="登录名。")],
    name: Annotated[str, typer.Option(help="姓名。")],
    role: Annotated[list[Role], typer.Option(help="角色，可重复。")],
    capacity: Annotated[int, typer.Option(help="坐席同时接待的上限。", min=1, max=50)] = 5,
    skill: Annotated[list[str] | None, typer.Option(help="坐席擅长的税费种，可重复。")] = None,
) -> None:
    """新增一个账号；密码自动生成，只显示一次。坐席和专家会同时得到一个席位。"""
    password = generate_password()
    user = NewUser(username, name, password, tuple(role), capacity=capacity, skills=tuple(skill or ()))
    with open_database(load_settings()).write() as session:
        add_user(session, user, now=system_clock(), ids=new_id)
    tell(f"已新增 {name}（{username}）。密码只显示这一次：")
    emit(password)


def migrate() -> None:
    """把数据库升级到最新结构。"""
    changed = migrate_database(Database(load_settings().database_url))
    tell("数据库已升级。" if changed else "数据库已是最新结构。")


def train(
    force: Annotated[bool, typer.Option("--force", help="即使没有变化也重新训练。")] = False,
) -> None:
    """训练 Rasa 模型并建立索引；输入没有变化时什么也不做。"""
    settings = load_settings()
    _train(settings, force=force)
    with step("检查索引"):
        open_library(settings, open_database(settings)).refresh()


def _train(settings: Settings, *, force: bool = False) -> None:
    if rasa.current_model(settings) is not None and not force:
        return
    with step("训练 Rasa 模型"):
        asyncio.run(rasa.train(settings))


def setup() -> None:
    """首次启动所需的一切：数据库、初始知识库、账号、Rasa 模型、索引。已有的不再重复。"""
    settings = load_settings()
    database = Database(settings.database_url)
    if current_revision(database) != newest_revision():
        with step("升级数据库"):
            migrate_database(database)
    open_keyring(settings)
    if load_starting_content(database):
        tell("已载入初始知识库。")
    for account in load_starting_accounts(database, development=settings.development):
        tell(f"账号（密码只显示这一次）：{account.username}  {account.password}  {account.name}")
    _train(settings)
    library = open_library(settings, database)
    if not library.stored():
        with step("建立索引"):
            library.refresh()


def check() -> None:
    """检查设置、模型、数据库和知识库是否就绪。"""
    settings = load_settings()
    for name in unknown_variables():
        tell(f"提示：不认识的环境变量 {name}，可能拼错了。")
    problems = list(_problems(settings))
    for problem in problems:
        emit(problem)
    if problems:
        raise typer.Exit(1)
    tell("一切就绪。")


def _problems(settings: Settings) -> list[str]:
    problems = []
    database = Database(settings.database_url)
    if current_revision(database) != newest_revision():
        problems.append("数据库结构不是最新的：运行 tongda migrate。")
    else:
        with database.read() as session:
            if current_version(session) == 0:
                problems.append("知识库是空的：运行 tongda kb import 文件 --publish。")
    if not rasa.PYTHON.exists():
        problems.append("没有 Rasa 环境：运行 make setup。")
    if rasa.current_model(settings) is None:
        problems.append("没有与当前训练数据一致的 Rasa 模型：运行 tongda train。")
    try:
        shipped_tables()
    except TablesInvalid as error:
        problems += error.problems
    return problems
