"""Step 3, which model: a trained model's file name carries the fingerprint of all that it was made from.

A model made from other inputs is therefore never taken for the present one, and nothing has to remember what was trained.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import structlog

INPUTS: Final = (
    "config.yml",
    "bot/domain.yml",
    "bot/requirements.lock",
    "bot/data/**/*.yml",
    "bot/components/**/*.py",
    "bot/server/**/*.py",
)
BLOCK: Final = 1 << 20

log = structlog.get_logger()


def training_fingerprint(root: Path) -> str:
    """A hash of everything that decides what is trained: the same inputs give the same name on every machine."""
    digest = hashlib.sha256()
    for path in _inputs(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def model_name(fingerprint: str) -> str:
    """The file name of the model with this fingerprint."""
    return f"rasa-{fingerprint}.tar.gz"


def find_model(folders: Iterable[Path], fingerprint: str) -> Path | None:
    """The whole, undamaged model with this fingerprint, or None. The first folder that has one wins."""
    candidates = (folder / model_name(fingerprint) for folder in folders)
    for path in filter(Path.is_file, candidates):
        if _is_whole(path):
            return path
        log.error("stored Rasa model is damaged", path=str(path))
    return None


def _inputs(root: Path) -> Iterator[Path]:
    for pattern in INPUTS:
        found = sorted(path for path in root.glob(pattern) if path.is_file())
        if not found:
            raise FileNotFoundError(f"no input of the Rasa model matches {pattern}")
        yield from found


def _is_whole(path: Path) -> bool:
    """Whether the archive holds something and can be read to its end: gzip carries a checksum of the content."""
    size = 0
    try:
        with gzip.open(path) as archive:
            while block := archive.read(BLOCK):
                size += len(block)
    except (OSError, EOFError, zlib.error):
        return False
    return size > 0
