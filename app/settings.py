"""Settings: read once, typed, frozen; from `TONGDA_…` environment variables and an optional file.

The file is named by TONGDA_SETTINGS_FILE (lines of NAME=value, as in a shell); a variable wins over it. A wrong
value stops the start with a message that names the setting.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, FilePath, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TONGDA_"
ACTION_PATH = "/internal/rasa/actions"


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


Folder = Annotated[Path, AfterValidator(_absolute)]


class SettingsError(Exception):
    """The settings are wrong; the message names each one and says what it must be."""


class Settings(BaseSettings):
    """Everything an operator can set. Durations are seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Folder = Field(ROOT / "var", description="Index, models, secret key and the SQLite database.")
    database: str | None = Field(None, description="SQLAlchemy URL; default: SQLite in the data folder.")
    redis_url: str | None = Field(None, description="Tells several web processes of changes; default: none.")
    host: str = Field("127.0.0.1", description="Address the web process listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port of the web process.")
    rasa_port: int = Field(5005, ge=1, le=65535, description="Loopback port of the Rasa process.")
    bot_budget: float = Field(
        3.0, gt=0, le=30, description="How long a turn waits for Rasa before retrieval answers."
    )
    encoder: str = Field(
        "builtin", description='Sentence encoder: "builtin", or a sentence-transformers name or path.'
    )
    terms_file: Annotated[FilePath, AfterValidator(_absolute)] | None = Field(
        None, description="Own terms and abbreviations, one concept a line: its name, a colon, its wordings."
    )
    secret_key: SecretStr | None = Field(
        None, min_length=32, description="Seals phone numbers; default: made once."
    )
    development: bool = Field(False, description="Creates one account for each role at the first start.")
    strict_publishing: bool = Field(
        True, description="The console publishes only entries with basis, dates and five similar questions."
    )
    secure_cookies: bool = Field(False, description="Set when the console is served over HTTPS.")
    trusted_proxy: bool = Field(False, description="Believe X-Forwarded-For (only behind a proxy of yours).")
    messages_per_minute: int = Field(30, ge=1, description="Messages one conversation may send in a minute.")
    conversations_per_minute: int = Field(
        60, ge=1, description="Conversations one address may open in a minute."
    )
    notice: str | None = Field(
        None, max_length=200, description="The bureau's notice under the widget's head."
    )
    privacy_url: str = Field("/privacy", description="Where the privacy notice stands.")
    telegram_token: SecretStr | None = Field(None, description="Bot token; the channel is off without one.")
    telegram_base_url: str | None = Field(None, description="Bot API server; default: Telegram's own.")
    telegram_webhook_url: str | None = Field(
        None, description="Public address of this server; default: long polling."
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None, description="Secret that Telegram sends with each update."
    )
    hotline_12345_secret: SecretStr | None = Field(
        None, min_length=32, description="Shared secret of the 12345 bridge; the bridge is off without one."
    )
    hotline_12345_url: str | None = Field(None, description="Where 12345 takes status reports of its orders.")
    accept_timeout: float = Field(
        60, gt=0, description="A seat must accept an assigned conversation within this."
    )
    heartbeat_grace: float = Field(
        45, gt=0, description="A seat whose console is silent this long is set away."
    )
    log_format: Literal["console", "json"] = Field("console", description="Form of the log lines.")

    @model_validator(mode="after")
    def _webhook_needs_its_secret(self) -> Self:
        if self.telegram_webhook_url and not self.telegram_webhook_secret:
            raise ValueError("TONGDA_TELEGRAM_WEBHOOK_URL 需要同时设置 TONGDA_TELEGRAM_WEBHOOK_SECRET")
        return self

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database or f"sqlite:///{self.data_dir / 'tongda.db'}"

    @property
    def index_dir(self) -> Path:
        """Where search indexes are kept."""
        return self.data_dir / "index"

    @property
    def model_dirs(self) -> tuple[Path, ...]:
        """Where Rasa models are looked for; new ones go into the first."""
        own = self.data_dir / "models"
        shared = ROOT / "var" / "models"
        return (own,) if own == shared else (own, shared)

    @property
    def action_url(self) -> str:
        """Where Rasa finds the action endpoint."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104
        return f"http://{host}:{self.port}{ACTION_PATH}"

    @property
    def bot_timeout(self) -> timedelta:
        """How long a turn waits for Rasa."""
        return timedelta(seconds=self.bot_budget)


def load_settings(**overrides: object) -> Settings:
    """The settings from the environment and the settings file. Raises SettingsError."""
    file = os.environ.get(f"{PREFIX}SETTINGS_FILE")
    if file and not Path(file).is_file():
        raise SettingsError(f"{PREFIX}SETTINGS_FILE 指向的文件不存在：{file}")
    try:
        given: dict[str, Any] = {name: value for name, value in overrides.items() if value is not None}
        return Settings(_env_file=file, **given)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


def unknown_variables() -> list[str]:
    """Environment variables that look like settings but are none: most likely misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {f"{PREFIX}SETTINGS_FILE"}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        name = PREFIX + str(problem["loc"][0]).upper() if problem["loc"] else "设置"
        lines.append(f"{name}：{problem['msg']}")
    return "设置有误，未启动：\n" + "\n".join(f"  {line}" for line in lines)
