"""Settings are read once; a wrong one stops the start and is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings, SettingsError, load_settings, unknown_variables


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TONGDA_{name.upper()}", raising=False)
    monkeypatch.delenv("TONGDA_SETTINGS_FILE", raising=False)


def test_every_wrong_setting_is_named_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGDA_PORT", "eighty")
    monkeypatch.setenv("TONGDA_BOT_BUDGET", "-1")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "TONGDA_PORT" in str(refused.value)
    assert "TONGDA_BOT_BUDGET" in str(refused.value)


def test_a_secret_that_is_too_short_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGDA_SECRET_KEY", "hunter2")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "TONGDA_SECRET_KEY" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_variable_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "tongda.env"
    file.write_text("TONGDA_PORT=9000\nTONGDA_NOTICE=周五晚系统维护\n")
    monkeypatch.setenv("TONGDA_SETTINGS_FILE", str(file))
    monkeypatch.setenv("TONGDA_PORT", "9001")
    settings = load_settings()
    assert settings.port == 9001
    assert settings.notice == "周五晚系统维护"


def test_a_settings_file_that_is_missing_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGDA_SETTINGS_FILE", "/nowhere/tongda.env")
    with pytest.raises(SettingsError, match="SETTINGS_FILE"):
        load_settings()


def test_a_webhook_without_its_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGDA_TELEGRAM_WEBHOOK_URL", "https://tax.example")
    with pytest.raises(SettingsError, match="TONGDA_TELEGRAM_WEBHOOK_SECRET"):
        load_settings()


def test_a_misspelt_variable_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGDA_PROT", "9000")
    assert "TONGDA_PROT" in unknown_variables()
    assert load_settings().port == 8000


def test_settings_cannot_be_changed_after_the_start() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_every_setting_is_in_the_reference() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    names = [f"`TONGDA_{name.upper()}`" for name in Settings.model_fields]
    assert names
    assert [name for name in names if name not in reference] == []
