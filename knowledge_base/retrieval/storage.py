"""Step 4, an index on disk: a directory with a manifest of checksums, put in place whole.

It is written beside its place, forced to the disk, then renamed, so that a reader sees a whole index or none. What
does not match its checksum is IndexCorrupt: the caller builds the index again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from knowledge_base.retrieval.field import TokenField
from knowledge_base.retrieval.types import IndexedRevision
from knowledge_base.retrieval.vectors import VectorField

FORMAT: Final = "tongda-index-2"
MANIFEST: Final = "manifest.json"
REVISIONS: Final = "revisions.json"
TOKEN_FIELDS: Final = ("characters", "pinyin", "concepts", "coverage", "concept_coverage", "answers")
VECTOR_FIELDS: Final = ("questions", "answer_meanings")


class IndexCorrupt(Exception):
    """What is stored is no whole index; build it again."""


@dataclass(frozen=True)
class Fields:
    """The parts of an index: by wording (characters, pinyin, concepts, questions) and by revision (the rest)."""

    characters: TokenField
    pinyin: TokenField
    concepts: TokenField
    coverage: TokenField
    concept_coverage: TokenField
    answers: TokenField
    questions: VectorField
    answer_meanings: VectorField

    def fit(self, *, questions: int, revisions: int, dimension: int) -> bool:
        """Whether the parts describe this many wordings and revisions."""
        by_question = (self.characters, self.pinyin, self.concepts)
        return (
            all(field.document_count == questions for field in by_question)
            and all(
                field.document_count == revisions
                for field in (self.coverage, self.concept_coverage, self.answers)
            )
            and (self.questions.size, self.answer_meanings.size) == (questions, revisions)
            and {self.questions.dimension, self.answer_meanings.dimension} == {dimension}
        )


def save(path: Path, revisions: Sequence[IndexedRevision], fields: Fields, *, fingerprint: str) -> None:
    """Write a directory at `path`, replacing what is there. Raises OSError."""
    parts = {REVISIONS: _json([asdict(revision) for revision in revisions])}
    for name in TOKEN_FIELDS:
        parts |= _token_parts(name, getattr(fields, name))
    parts |= {f"{name}.faiss": getattr(fields, name).to_bytes() for name in VECTOR_FIELDS}
    checksums = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    manifest = {"format": FORMAT, "fingerprint": fingerprint, "checksums": checksums}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=".new-"))
    try:
        for name, data in (parts | {MANIFEST: _json(manifest)}).items():
            _write(temporary / name, data)
        _force(temporary)
        shutil.rmtree(path, ignore_errors=True)
        temporary.replace(path)
        _force(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def load(path: Path) -> tuple[list[IndexedRevision], Fields, str]:
    """The revisions, the fields and the fingerprint of a stored index. Raises IndexCorrupt."""
    try:
        manifest = json.loads((path / MANIFEST).read_bytes())
        if manifest["format"] != FORMAT:
            raise IndexCorrupt("written by another version of the program")
        parts = {name: _checked(path / name, checksum) for name, checksum in manifest["checksums"].items()}
        revisions = [_revision(values) for values in json.loads(parts[REVISIONS])]
        token_fields = {name: _token_field(parts, name) for name in TOKEN_FIELDS}
        vector_fields = {name: VectorField.from_bytes(parts[f"{name}.faiss"]) for name in VECTOR_FIELDS}
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise IndexCorrupt(f"unreadable: {error}") from error
    fields = Fields(**token_fields, **vector_fields)  # type: ignore[arg-type]
    return revisions, fields, str(manifest["fingerprint"])


def _checked(file: Path, checksum: str) -> bytes:
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != checksum:
        raise IndexCorrupt(f"{file.name} is damaged")
    return data


def _token_parts(name: str, field: TokenField) -> dict[str, bytes]:
    buffer = io.BytesIO()
    np.savez(buffer, starts=field.starts, holders=field.holders, weights=field.weights, rarity=field.rarity)
    about = {
        "vocabulary": list(islice(field.vocabulary, len(field.rarity))),
        "document_count": field.document_count,
        "cosine": field.cosine,
    }
    return {f"{name}.npz": buffer.getvalue(), f"{name}.json": _json(about)}


def _token_field(parts: dict[str, bytes], name: str) -> TokenField:
    about = json.loads(parts[f"{name}.json"])
    arrays = np.load(io.BytesIO(parts[f"{name}.npz"]), allow_pickle=False)
    return TokenField(
        vocabulary={token: place for place, token in enumerate(about["vocabulary"])},
        starts=arrays["starts"],
        holders=arrays["holders"],
        weights=arrays["weights"],
        rarity=arrays["rarity"],
        document_count=int(about["document_count"]),
        cosine=bool(about["cosine"]),
    )


def _revision(values: dict[str, Any]) -> IndexedRevision:
    days = {
        name: date.fromisoformat(values[name]) if values[name] else None
        for name in ("effective_from", "effective_to")
    }
    return IndexedRevision(**{**values, **days, "similar_questions": tuple(values["similar_questions"])})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _force(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
