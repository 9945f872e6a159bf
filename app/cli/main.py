"""Wiring, command line: the commands and how errors reach the person who typed them."""

from __future__ import annotations

import logging
import sys

import typer

from app.bootstrap import NotMigrated
from app.cli import admin, ask, evaluate, kb, serve
from app.cli.output import complain
from app.logs import set_up_logs
from app.settings import SettingsError
from common.errors import TongdaError

app = typer.Typer(
    name="tongda",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(kb.app, name="kb")
app.add_typer(admin.users, name="user")
for command in (
    serve.serve,
    ask.ask,
    evaluate.evaluate,
    admin.train,
    admin.migrate,
    admin.check,
    admin.setup,
):
    app.command()(command)


@app.callback()
def _only_results_on_standard_output() -> None:
    """通答：12366/12345 融合热线智能助手。"""
    # A command that runs for long sets up its own, talkative logs.
    set_up_logs("console", level=logging.WARNING)


def main() -> None:
    """Run a command. Exit status 0 only on success; an error says what to do."""
    try:
        app()
    except (SettingsError, NotMigrated) as error:
        complain(str(error))
        sys.exit(2)
    except TongdaError as error:
        complain(error.message)
        sys.exit(1)
