"""A model is found when it is whole and was made from the present inputs, and not otherwise."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from app.settings import ROOT
from bot.model import INPUTS, find_model, model_name, training_fingerprint

FINGERPRINT = "0123456789abcdef"
FILES = {
    "config.yml": "pipeline: []",
    "bot/domain.yml": "intents: [greet]",
    "bot/requirements.lock": "rasa==3.6.21",
    "bot/data/rules.yml": "rules: []",
    "bot/data/nlu/dialogue.yml": "nlu: []",
    "bot/components/__init__.py": "",
    "bot/server/train.py": "import rasa",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return tmp_path


def stored(folder: Path, *, content: bytes = b"a model" * 1000) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / model_name(FINGERPRINT)
    file.write_bytes(gzip.compress(content))
    return file


def test_every_input_is_there() -> None:
    assert len(training_fingerprint(ROOT)) == 16
    assert all(list(ROOT.glob(pattern)) for pattern in INPUTS)


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_any_input_gives_another_model(root: Path, name: str) -> None:
    before = training_fingerprint(root)
    assert training_fingerprint(root) == before
    with (root / name).open("a", encoding="utf-8") as file:
        file.write("# changed")
    assert training_fingerprint(root) != before


def test_text_that_moves_from_one_input_to_another_gives_another_model(root: Path) -> None:
    before = training_fingerprint(root)
    (root / "bot/data/rules.yml").rename(root / "bot/data/stories.yml")
    assert training_fingerprint(root) != before


def test_what_is_no_input_changes_nothing(root: Path) -> None:
    before = training_fingerprint(root)
    (root / "bot/client.py").write_text("# the client", encoding="utf-8")
    (root / "bot/server/__pycache__").mkdir()
    (root / "bot/server/__pycache__/train.cpython-311.pyc").write_bytes(b"compiled")
    assert training_fingerprint(root) == before


def test_an_input_that_is_missing_is_an_error(root: Path) -> None:
    (root / "config.yml").unlink()
    with pytest.raises(FileNotFoundError, match=r"config\.yml"):
        training_fingerprint(root)


def test_the_first_folder_that_has_the_model_wins(tmp_path: Path) -> None:
    own, shared = tmp_path / "own", tmp_path / "shared"
    assert find_model((own, shared), FINGERPRINT) is None
    kept = stored(shared)
    assert find_model((own, shared), FINGERPRINT) == kept
    assert find_model((own, shared), "fedcba9876543210") is None
    assert find_model((stored(own).parent, shared), FINGERPRINT) == own / kept.name


def test_a_model_that_is_cut_short_or_damaged_is_not_found(tmp_path: Path) -> None:
    file = stored(tmp_path, content=bytes(range(256)) * 4000)
    whole = file.read_bytes()
    assert find_model((tmp_path,), FINGERPRINT) == file
    for damaged in (b"", whole[: len(whole) // 2], b"x" * 100, whole[:-6] + b"abcdef"):
        file.write_bytes(damaged)
        assert find_model((tmp_path,), FINGERPRINT) is None


def test_a_damaged_model_does_not_hide_a_whole_one(tmp_path: Path) -> None:
    stored(tmp_path / "own").write_bytes(b"damaged")
    whole = stored(tmp_path / "shared")
    assert find_model((tmp_path / "own", tmp_path / "shared"), FINGERPRINT) == whole
